"""Reading statements: the history of a subject, and what the projections are made from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    and_,
    literal,
    or_,
    select,
    type_coerce,
)

from app.domain.attributes import decode
from app.domain.partial_dates import PartialDate
from app.domain.timeline import Said
from app.domain.vocabulary import SubjectType
from app.errors import NotFoundError
from app.models import Statement as StatementRow
from app.repositories.paging import Cursor, mark_of, read_cursor
from app.repositories.snapshots import At, Executor
from app.repositories.tables import REVISIONS, SOURCES, STATEMENTS
from app.schemas.observations import ObservationValue
from app.schemas.queries import StatementsQuery
from app.schemas.sites import SiteValues
from app.schemas.statements import Statement, StatementPage, StatementRetraction

_S = STATEMENTS.c
_RETRACTION = REVISIONS.alias("retraction")


def _with_revisions() -> Select[Any]:
    """Select statements with the revision that recorded them, its source and its retraction."""
    return (
        select(
            STATEMENTS,
            SOURCES.c.title.label("source_title"),
            REVISIONS.c.recorded_at,
            REVISIONS.c.author,
            REVISIONS.c.reason,
            _RETRACTION.c.recorded_at.label("retracted_at"),
            _RETRACTION.c.author.label("retracted_by"),
        )
        .join(REVISIONS, REVISIONS.c.number == _S.revision)
        .join(SOURCES, SOURCES.c.id == _S.source_id)
        .outerjoin(_RETRACTION, _RETRACTION.c.number == _S.retracted_in)
    )


async def get_statement(connection: Executor, statement_id: str, revision: int) -> Statement:
    """Return one statement as known at a revision."""
    query = _with_revisions().where(_S.id == statement_id, _S.revision <= revision)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        detail = f"No statement {statement_id!r} is recorded at revision {revision}."
        raise NotFoundError(detail)
    return _as_answer(row, revision)


async def list_statements(
    connection: Executor,
    subject: tuple[SubjectType, str],
    query: StatementsQuery,
    at: At,
) -> StatementPage:
    """Return one page of a subject's statements, newest first."""
    mark = mark_of(query, *subject)
    selected = (
        _with_revisions()
        .where(
            _S.subject_type == subject[0],
            _S.subject_id == subject[1],
            _S.revision <= at.revision,
        )
        .order_by(_S.revision.desc(), _S.position.desc())
        .limit(query.limit + 1)
    )
    if query.as_of is not None:
        selected = selected.where(_S.effective_day <= query.as_of)
    if query.cursor is not None:
        revision, position = read_cursor(query.cursor, mark, [int, int]).keys
        same = and_(_S.revision == revision, type_coerce(_S.position, BigInteger) < position)
        selected = selected.where(or_(_S.revision < revision, same))
    rows = (await connection.execute(selected)).all()
    page = rows[: query.limit]
    keys = (page[-1].revision, page[-1].position) if page else ()
    more = len(rows) > query.limit
    return StatementPage(
        items=[_as_answer(row, at.revision) for row in page],
        next_cursor=Cursor(mark, at.revision, at.day, keys).encode() if more else None,
        revision=at.revision,
    )


def _as_answer(row: Row[Any], revision: int) -> Statement:
    known = {name: getattr(row, name) for name in Statement.model_fields if hasattr(row, name)}
    return Statement.model_validate(
        known
        | _content(row.subject_type, row.content)
        | {
            "effective_precision": PartialDate.parse(row.effective_from).precision,
            "retraction": _retraction(row, revision),
        }
    )


def _content(subject_type: str, content: Any) -> dict[str, Any]:
    if subject_type == SubjectType.site:
        values = SiteValues.model_validate(decode(content)) if content else None
        return {"values": values, "observations": None}
    return {"values": None, "observations": [observation_of(o) for o in content] or None}


def observation_of(stored: Mapping[str, Any]) -> ObservationValue:
    """Turn a stored observation back: its decimals are strings in the ledger."""
    decimals = {
        name: Decimal(stored[name])
        for name in ("value", "value_to", "pct_of_target")
        if stored.get(name) is not None
    }
    return ObservationValue.model_validate({**stored, **decimals})


def _retraction(row: Row[Any], revision: int) -> StatementRetraction | None:
    if row.retracted_in is None or row.retracted_in > revision:
        return None
    return StatementRetraction(
        revision=row.retracted_in,
        retracted_at=row.retracted_at,
        author=row.retracted_by,
        reason=row.retraction_reason,
    )


async def live_statements(
    connection: Executor, subject: tuple[SubjectType, str], revision: int
) -> list[Row[Any]]:
    """Return the statements of a subject that count at a revision, in order of recording."""
    query = (
        select(STATEMENTS)
        .where(
            _S.subject_type == subject[0],
            _S.subject_id == subject[1],
            _S.revision <= revision,
            or_(_S.retracted_in.is_(None), _S.retracted_in > revision),
        )
        .order_by(_S.revision, _S.position)
    )
    return list((await connection.execute(query)).all())


def said(row: Row[Any] | StatementRow) -> Said:
    """Turn a statement about a site into what the fold needs."""
    return Said(row.effective_day, row.authority, row.revision, row.position, decode(row.content))


async def find_same(connection: Executor, content_digest: str, *, live_only: bool) -> str | None:
    """Return the id of a statement that says exactly the same, if there is one."""
    query = select(_S.id).where(_S.content_digest == literal(content_digest))
    if live_only:
        query = query.where(_S.retracted_in.is_(None))
    found: str | None = (await connection.execute(query.limit(1))).scalar()
    return found
