"""Recorded statements as rows: those whose values count at a revision; their digests."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, bindparam, or_, select

from app.core.digest import JsonObject, content_digest
from app.core.vocabulary import SubjectType
from app.database.connections import AnyRow, Executor, read_rows
from app.ledger.entries import source_at
from app.ledger.tables import REVISIONS, SOURCES, STATEMENTS, Statement

_S = STATEMENTS.c
# Statements that every write needs are built once: building costs more than executing.
_IS_LIVE = and_(
    _S.revision <= bindparam("revision"),
    or_(_S.retracted_in.is_(None), _S.retracted_in > bindparam("revision")),
)
_WITH_REMARKS = (
    select(STATEMENTS)
    .where(
        _S.subject_type == bindparam("what"),
        _S.subject_id.in_(bindparam("keys", expanding=True)),
        _IS_LIVE,
    )
    .order_by(_S.revision, _S.position)
)
# A subject may have any number of remarks, and they decide nothing.
_LIVE = _WITH_REMARKS.where(_S.content != {})
_LIVE_SOURCED = (
    _LIVE.add_columns(
        source_at("title", bindparam("revision")).label("source_title"),
        source_at("issuer", bindparam("revision")).label("source_issuer"),
        REVISIONS.c.recorded_at,
        REVISIONS.c.author,
    )
    .join(SOURCES, SOURCES.c.id == _S.source_id)
    .join(REVISIONS, REVISIONS.c.number == _S.revision)
)
"""The same with their sources, and with who recorded them and when."""
_SAME = select(_S.content_digest, _S.id).where(
    _S.content_digest.in_(bindparam("digests", expanding=True))
)
_SAME_LIVE = _SAME.where(_IS_LIVE)


async def live_statements(
    connection: Executor, subject: tuple[SubjectType, str], revision: int
) -> Sequence[Statement]:
    """Return the statements of a subject whose values count at a revision, in their order."""
    return await live_of_many(connection, subject[0], [subject[1]], revision)


async def live_with_sources(
    connection: Executor, what: SubjectType, keys: Collection[str], revision: int
) -> Sequence[AnyRow]:
    """Return the statements of subjects that count at a revision, with who said and recorded."""
    parameters = {"what": what, "keys": list(keys), "revision": revision}
    return (await connection.execute(_LIVE_SOURCED, parameters)).all()


async def live_of_many(
    connection: Executor,
    what: SubjectType,
    keys: Collection[str],
    revision: int,
    *,
    remarks: bool = False,
) -> Sequence[Statement]:
    """Return the statements of some subjects whose values count at a revision, in their order.

    With ``remarks`` those without values as well.
    """
    parameters = {"what": what, "keys": list(keys), "revision": revision}
    query = _WITH_REMARKS if remarks else _LIVE
    return await read_rows(connection, Statement, query, parameters)


async def find_same(
    connection: Executor, digests: Collection[str], live_at: int | None = None
) -> dict[str, str]:
    """Return the ids of statements with these content digests, by digest.

    With ``live_at`` only those that count at this revision.
    """
    query = _SAME if live_at is None else _SAME_LIVE
    parameters = {"digests": list(digests), "revision": live_at}
    rows = (await connection.execute(query, parameters)).all() if digests else []
    return {row.content_digest: row.id for row in rows}


LATER = frozenset({"effective_to", "qualifiers", "values_to", "replaces", "rank_of"})
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
    "qualifiers",
    "values_to",
)
"""The members of a statement that are digested besides subject and content."""


def statement_digest(
    subject: tuple[SubjectType, str], head: Mapping[str, object], content: object
) -> str:
    """Return the digest of a statement, independent of its author and time of recording."""
    members = {n: head[n] for n in HEAD if n not in LATER or head[n] is not None}
    return content_digest({"subject": list(subject), "head": members, "content": content})


def recorded_digest(row: JsonObject) -> str:
    """Return the same digest of a recorded statement, computed from its row."""
    return statement_digest((row["subject_type"], row["subject_id"]), row, row["content"])
