"""Recorded statements as rows: those whose values count at a revision; their digests."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import and_, bindparam, exists, func, null, or_, select

from app.core.dates import DatePrecision, PartialDate
from app.core.digest import JsonObject, content_digest
from app.core.vocabulary import SubjectType
from app.database.connections import AnyRow, Executor, read_rows
from app.database.prepared import Prepared, any_of
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
_REMARK = STATEMENTS.alias().c
_IS_REMARKED = exists().where(
    _REMARK.subject_type == bindparam("what"),
    _REMARK.subject_id == _S.subject_id,
    _REMARK.content == {},
)
_LIVE_DATED = (
    _LIVE.add_columns(
        source_at("title", bindparam("revision")).label("source_title"),
        REVISIONS.c.recorded_at,
        _IS_REMARKED.label("is_remarked"),
    )
    .join(SOURCES, SOURCES.c.id == _S.source_id)
    .join(REVISIONS, REVISIONS.c.number == _S.revision)
)
_LENGTH_OF_DAY = len("2024-06-30")
_IMPRECISE = select(_S.subject_id, _S.effective_from, _S.effective_to).where(
    _S.subject_type == bindparam("what"),
    _S.subject_id.in_(bindparam("keys", expanding=True)),
    _IS_LIVE,
    or_(
        func.length(_S.effective_from) < _LENGTH_OF_DAY,
        func.length(_S.effective_to) < _LENGTH_OF_DAY,
    ),
)
_BORNE = select(
    SOURCES.c.id.label("subject_id"),
    source_at("published_on", bindparam("revision"), SOURCES.c.id).label("effective_from"),
    null().label("effective_to"),
).where(SOURCES.c.id.in_(bindparam("keys", expanding=True)))
_PRECISIONS = list(DatePrecision)
_SAME = select(_S.content_digest, _S.id).where(any_of(_S.content_digest, "digests"))
_SAME_EVER, _SAME_LIVE = Prepared(_SAME), Prepared(_SAME.where(_IS_LIVE))


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
    dated: bool = False,
) -> Sequence[Statement]:
    """Return the statements of some subjects whose values count at a revision, in their order.

    With ``remarks`` those without values as well; ``dated`` ones have the title of their source,
    when they were recorded, and whether there ever was a remark about their subject.
    """
    parameters = {"what": what, "keys": list(keys), "revision": revision}
    query = _LIVE_DATED if dated else _WITH_REMARKS if remarks else _LIVE
    return await read_rows(connection, Statement, query, parameters)


async def find_same(
    connection: Executor, digests: Collection[str], live_at: int | None = None
) -> dict[str, str]:
    """Return the ids of statements with these content digests, by digest.

    With ``live_at`` only those that count at this revision.
    """
    query = _SAME_EVER if live_at is None else _SAME_LIVE
    parameters = {"digests": list(digests), "revision": live_at}
    rows = await query.rows(connection, parameters) if digests else []
    return {row[0]: row[1] for row in rows}


async def written_dates(
    connection: Executor, what: SubjectType, keys: Collection[str], revision: int
) -> Mapping[tuple[str, date], str]:
    """Return by subject and day the dates that sources gave less precisely than to the day.

    These are the days on which states begin and end because of such a date; of several that begin
    on one day the least precise, so that no more is claimed than was said. Documents have the one
    that they bear as well.
    """
    parameters = {"what": what, "keys": list(keys), "revision": revision}
    rows = [*(await connection.execute(_IMPRECISE, parameters))] if keys else []
    if keys and what is SubjectType.source:
        rows += await connection.execute(_BORNE, parameters)
    written = [
        (row.subject_id, PartialDate.parse(text).first_day, text)
        for row in rows
        for text in (row.effective_from, row.effective_to)
        if text and len(text) < _LENGTH_OF_DAY
    ]
    return {(key, day): text for key, day, text in sorted(written, key=_by_precision)}


def _by_precision(written: tuple[str, date, str]) -> tuple[str, date, int]:
    key, day, text = written
    return key, day, -_PRECISIONS.index(PartialDate.parse(text).precision)


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
