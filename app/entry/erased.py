"""What revisions erased of the ledger, by which those who keep a copy of it blank it there."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, CompoundSelect, select

from app.database.connections import AnySelect, Executor
from app.ledger.schemas import Erased
from app.ledger.tables import ERASURES

_X = ERASURES.c
# Imports and proposals are no part of the ledger, and concern those alone who may see them.
_OF_LEDGER = select(_X.revision).where(_X.erased_revision.is_not(None))


async def erased_by(connection: Executor, numbers: Collection[int]) -> Mapping[int, list[Erased]]:
    """Return what each of some revisions erased, without what stood there."""
    found: dict[int, list[Erased]] = defaultdict(list)
    if numbers:
        columns = _OF_LEDGER.add_columns(_X.about, _X.members, _X.erased_revision)
        query = columns.where(_X.revision.in_(numbers))
        ordered = query.order_by(_X.revision, _X.erased_revision, _X.about)
        for row in (await connection.execute(ordered)).all():
            found[row.revision].append(Erased.of(row.about, row.members, row.erased_revision))
    return found


def erasing_of(numbers: AnySelect | CompoundSelect[int]) -> AnySelect:
    """Select the revisions that erased something of what some revisions recorded."""
    return _OF_LEDGER.where(_X.erased_revision.in_(numbers))


def erases(number: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a revision erased something of the ledger."""
    return _OF_LEDGER.where(_X.revision == number).exists()
