"""Recorded statements as rows: those that count at a revision, and the digests of their content."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, bindparam, or_, select

from app.core.digest import content_digest
from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.ledger.tables import STATEMENTS

_S = STATEMENTS.c
# Statements that every write needs are built once: building costs more than executing.
_LIVE = (
    select(STATEMENTS)
    .where(
        _S.subject_type == bindparam("what"),
        _S.subject_id.in_(bindparam("keys", expanding=True)),
        _S.revision <= bindparam("revision"),
        or_(_S.retracted_in.is_(None), _S.retracted_in > bindparam("revision")),
    )
    .order_by(_S.revision, _S.position)
)
_SAME = select(_S.content_digest, _S.id).where(
    _S.content_digest.in_(bindparam("digests", expanding=True))
)
_SAME_LIVE = _SAME.where(_S.retracted_in.is_(None))


async def live_statements(
    connection: Executor, subject: tuple[SubjectType, str], revision: int
) -> list[Row[Any]]:
    """Return the statements of a subject that count at a revision, in order of recording."""
    return await live_of_many(connection, subject[0], [subject[1]], revision)


async def live_of_many(
    connection: Executor, what: SubjectType, keys: Collection[str], revision: int
) -> list[Row[Any]]:
    """Return the statements of some subjects that count at a revision, in order of recording."""
    parameters = {"what": what, "keys": list(keys), "revision": revision}
    return list((await connection.execute(_LIVE, parameters)).all())


async def find_same(
    connection: Executor, digests: Collection[str], *, live_only: bool
) -> dict[str, str]:
    """Return the ids of statements with these content digests, by digest."""
    query = _SAME_LIVE if live_only else _SAME
    rows = (await connection.execute(query, {"digests": list(digests)})).all() if digests else []
    return {row.content_digest: row.id for row in rows}


LATER = frozenset({"effective_to"})
"""The columns of statements that were added later: digested only where they are not null."""
HEAD = (
    "source_id",
    "effective_from",
    "effective_to",
    "basis",
    "date_basis",
    "locator",
    "note",
    "cites",
)
"""The members of a statement that are digested besides subject and content."""


def statement_digest(
    subject: tuple[SubjectType, str], head: Mapping[str, Any], content: Any
) -> str:
    """Return the digest of a statement, independent of its author and time of recording."""
    members = {n: head[n] for n in HEAD if n not in LATER or head[n] is not None}
    return content_digest({"subject": list(subject), "head": members, "content": content})


def recorded_digest(row: Mapping[str, Any]) -> str:
    """Return the same digest of a recorded statement, computed from its row."""
    return statement_digest((row["subject_type"], row["subject_id"]), row, row["content"])
