"""Which subjects, sources and organizations are in the register: their ids, in order."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, func, or_, select

from app.core.vocabulary import HISTORIC, SubjectType
from app.database.connections import Executor
from app.ledger.entries import ENTRIES, is_present
from app.ledger.tables import REGISTRATIONS

REGISTERED = (*(what.value for what in HISTORIC), *ENTRIES)
"""What is registered, by type."""


async def count_registered(connection: Executor, what: str, revision: int) -> int:
    """Return how many of a type are in the register at a revision."""
    source, present = _registered(what, revision)
    counted = select(func.count()).select_from(source).where(present)
    return int((await connection.execute(counted, {"revision": revision})).scalar_one())


async def registered_ids(
    connection: Executor, what: str, revision: int, offset: int, most: int
) -> Sequence[str]:
    """Return ids of a type, from one place of their order on."""
    source, present = _registered(what, revision)
    ordered = select(source.c.id).where(present).order_by(source.c.id).offset(offset).limit(most)
    return [key for (key,) in await connection.execute(ordered, {"revision": revision})]


def _registered(what: str, revision: int) -> tuple[FromClause, ColumnElement[bool]]:
    """Return what to select from, and the condition that it is in the register."""
    if what in ENTRIES:
        entries = ENTRIES[what]
        present = entries.where(is_present(entries)).subquery()
        return present, present.c.revision <= revision
    table = REGISTRATIONS[SubjectType(what)]
    withdrawn = table.c.withdrawn_in
    is_there = or_(withdrawn.is_(None), withdrawn > revision)
    return table, (table.c.revision <= revision) & is_there
