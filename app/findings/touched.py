"""Reading what revisions touched of the facts that findings follow from."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    union,
)

from app.core.vocabulary import SubjectType
from app.database.connections import AnyColumn, Executor
from app.ledger.tables import (
    ORGANIZATION_CORRECTIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCE_CORRECTIONS,
    STATEMENTS,
)
from app.subjects.histories import HISTORIES

Key = tuple[str, str]
"""The type and the id of a subject."""
_MOST = 500
"""More subjects than so many are not read again one by one."""
_SINCE = bindparam("since", type_=BigInteger())
_UNTIL = bindparam("until", type_=BigInteger())


def _between(column: AnyColumn) -> ColumnElement[bool]:
    return and_(column > _SINCE, column <= _UNTIL)


_S = STATEMENTS.c
# Whatever changes the state of a subject or what is said of it is a statement, its retraction or
# replacement, or a withdrawal; but for a correction of an entry that statements name.
_SUBJECTS = union(
    *(
        select(_S.subject_type.label("what"), _S.subject_id.label("key")).where(_between(column))
        for column in (_S.revision, _S.retracted_in)
    ),
    *(
        select(literal(str(what)).label("what"), table.c.id.label("key")).where(
            _between(table.c.withdrawn_in)
        )
        for what, table in REGISTRATIONS.items()
        if "withdrawn_in" in table.c
    ),
)
_BEFORE = select(
    REVISIONS.c.digest,
    or_(
        *(
            exists().where(_between(table.c.revision))
            for table in (SOURCE_CORRECTIONS, ORGANIZATION_CORRECTIONS)
        )
    ).label("is_corrected"),
).where(REVISIONS.c.number == _SINCE)
_PLACES = {
    what: select(history.id.label("key"), history.versions.c.province_code)
    .distinct()
    .where(history.id.in_(bindparam("keys", expanding=True)), history.versions.c.known_to > _SINCE)
    for what, history in HISTORIES.items()
    if "province_code" in history.versions.c
}


@dataclass(frozen=True, slots=True)
class Touched:
    """What the revisions after one touched, until another.

    ``by_province`` are the sites and projects that lie in a province, or did, on any day; and the
    province itself. ``digest`` is that of the revision which they come after.
    """

    until: int
    digest: str | None
    is_much: bool
    """Whether an entry that any statement may name was corrected, or very many were touched."""
    subjects: frozenset[Key]
    by_province: Mapping[str | None, frozenset[Key]]


async def read_touched(connection: Executor, since: int, until: int) -> Touched:
    """Return what the revisions after one touched, until another."""
    between = {"since": since, "until": until}
    found = (await connection.execute(_BEFORE, between)).one_or_none()
    digest, is_corrected = (None, True) if found is None else found
    rows = (await connection.execute(_SUBJECTS, between)).all()
    subjects = frozenset((row.what, row.key) for row in rows)
    if is_corrected or len(subjects) > _MOST:
        return Touched(until, digest, True, frozenset(), {})
    inside: dict[str | None, set[Key]] = defaultdict(set)
    for what, key in subjects:
        if what == SubjectType.province:
            inside[key].add((what, key))
    for what, places in _PLACES.items():
        keys = sorted(key for kind, key in subjects if kind == what)
        if keys:
            for row in (await connection.execute(places, {"since": since, "keys": keys})).all():
                inside[row.province_code].add((what, row.key))
    by_province = {code: frozenset(some) for code, some in inside.items()}
    return Touched(until, digest, False, subjects, by_province)
