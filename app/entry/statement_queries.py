"""Reading statements: one, those about a subject, and those that cite a document."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    bindparam,
    or_,
    select,
    type_coerce,
)

from app.core.dates import PartialDate
from app.core.digest import JsonObject
from app.core.errors import NotFoundError
from app.core.geometry import read_geometry
from app.core.messages import Template
from app.core.types import Answer
from app.core.vocabulary import SubjectType
from app.database.connections import AnySelect, Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.entry.schemas import (
    ANSWERS,
    BODIES,
    Statement,
    StatementAnswer,
    StatementPage,
    StatementRetraction,
    SubjectStatementPage,
)
from app.ledger.entries import source_at
from app.ledger.snapshots import At, Snapshot, latest_revision
from app.ledger.tables import REVISIONS, SOURCES, STATEMENTS, Revision
from app.statistics.projection import observation_of
from app.subjects.histories import read_dicts
from app.subjects.projection import decoded
from app.subjects.provenance import Decisions, read_decisions
from app.subjects.query_parameters import StatementsQuery
from app.subjects.schemas import Values

_NOT_RECORDED = Template(
    "entry.statement-not-recorded",
    "No statement {statement_id!r} is recorded at revision {revision}.",
)
_S = STATEMENTS.c
_Page = TypeVar("_Page", bound=Answer)
_RETRACTION = REVISIONS.alias("retraction")
_REPLACEMENT = STATEMENTS.alias("replacement")


def _with_revisions(known: ColumnElement[int]) -> AnySelect:
    return (
        select(
            STATEMENTS,
            source_at("title", known).label("source_title"),
            REVISIONS.c.recorded_at,
            REVISIONS.c.author,
            REVISIONS.c.reason,
            _RETRACTION.c.recorded_at.label("retracted_at"),
            _RETRACTION.c.author.label("retracted_by"),
            _REPLACEMENT.c.id.label("replaced_by"),
        )
        .join(REVISIONS, REVISIONS.c.number == _S.revision)
        .join(SOURCES, SOURCES.c.id == _S.source_id)
        .outerjoin(_RETRACTION, _RETRACTION.c.number == _S.retracted_in)
        .outerjoin(_REPLACEMENT, _REPLACEMENT.c.replaces == _S.id)
    )


_WITH_REVISIONS = _with_revisions(bindparam("known", type_=BigInteger))
"""Statements with the revision that recorded them, their source as it is known at the bound
revision, their retraction and what replaced them."""
_AS_RECORDED = _with_revisions(_S.revision)
"""The same with their source as it was when they were recorded."""
_ONE = _WITH_REVISIONS.where(_S.id == bindparam("statement"), _S.revision <= bindparam("known"))


async def get_statement(connection: Executor, statement_id: str, revision: int) -> StatementAnswer:
    """Return one statement as known at a revision."""
    parameters = {"statement": statement_id, "known": revision}
    rows = await read_dicts(connection, _ONE, parameters)
    if not rows:
        raise not_recorded(statement_id, revision)
    return statement_answer(rows[0], revision)


async def subject_of(connection: Executor, statement_id: str) -> tuple[SubjectType, str]:
    """Return what a statement is about."""
    about = select(_S.subject_type, _S.subject_id).where(_S.id == statement_id)
    row = (await connection.execute(about)).one_or_none()
    if row is None:
        raise not_recorded(statement_id, await latest_revision(connection))
    return SubjectType(row.subject_type), row.subject_id


async def get_statement_rows(connection: Executor, ids: Collection[str]) -> Sequence[JsonObject]:
    """Return statements with what revisions say of them, in no order."""
    if not ids:
        return []
    selected = _AS_RECORDED.where(_S.id.in_(ids))
    return await read_dicts(connection, selected, {})


def not_recorded(statement_id: str, revision: int) -> NotFoundError:
    """Return the error for a statement that is not recorded at a revision."""
    return NotFoundError(_NOT_RECORDED(statement_id=statement_id, revision=revision))


def recorded_answer(
    statement: JsonObject, source_title: str, recorded: Revision
) -> StatementAnswer:
    """Return the answer for a statement that was just recorded, without reading it back."""
    about = {
        "revision": recorded.number,
        "recorded_at": recorded.recorded_at,
        "author": recorded.author,
        "reason": recorded.reason,
        "source_title": source_title,
        "retracted_in": None,
        "replaced_by": None,
    }
    return statement_answer({**statement, **about}, recorded.number)


async def list_statements(
    connection: Executor,
    page: type[_Page],
    subject: tuple[SubjectType, str],
    query: StatementsQuery,
    at: At,
) -> _Page:
    """Return one page of a subject's statements that are effective by a day, newest first."""
    about = and_(_S.subject_type == subject[0], _S.subject_id == subject[1])
    items, cursor = await _listed(connection, about, query, at, mark_of(query, *subject))
    return page.model_validate({"items": items, "next_cursor": cursor, "revision": at.revision})


async def list_with_effects(
    connection: Executor,
    subject: tuple[SubjectType, str],
    query: StatementsQuery,
    read: Snapshot,
    *,
    is_gone: bool,
) -> SubjectStatementPage:
    """Return one page of what was said of a site or project, with what of it is in effect.

    That is on the day until which statements are listed, or else today. Of what is gone nothing is.
    """
    model = BODIES[subject[0]].statements
    page = await list_statements(connection, model, subject, query, read.at)
    at = replace(read.at, day=read.today) if read.at.day == date.max else read.at
    decisions = await read_decisions(connection, subject, at, read.units)
    if is_gone:
        decisions = replace(decisions, live={}, decided={})
    stated = (item for item in page.items if isinstance(item, StatementAnswer))
    items = [_with_effects(item, decisions) for item in stated]
    return page.model_copy(update={"items": items})


def _with_effects(item: StatementAnswer, decisions: Decisions) -> StatementAnswer:
    values: Values | None = getattr(item, "values", None)
    given = [n for n in values.members if n in values.model_fields_set] if values else []
    return item.model_copy(update={"effects": decisions.effects(item.id, item.basis, given)})


async def list_citations(
    connection: Executor, source_id: str, query: StatementsQuery, at: At
) -> StatementPage:
    """Return one page of the statements that cite a document, newest first."""
    # Ids are slugs, so none holds a character that LIKE or JSON would read otherwise.
    cites = type_coerce(_S.cites, String).like(f'%"{source_id}"%')
    mark = mark_of(query, "citations", source_id)
    found, cursor = await _listed(connection, cites, query, at, mark)
    items = [Statement(statement) for statement in found]
    return StatementPage(items=items, next_cursor=cursor, revision=at.revision)


async def _listed(
    connection: Executor, which: ColumnElement[bool], query: StatementsQuery, at: At, mark: str
) -> tuple[list[StatementAnswer], str | None]:
    selected = (
        _WITH_REVISIONS.where(which, _S.revision <= at.revision)
        .order_by(_S.revision.desc(), _S.position.desc())
        .limit(query.limit + 1)
    )
    if at.day < date.max:
        selected = selected.where(_S.effective_day <= at.day)
    if query.cursor is not None:
        revision, position = read_cursor(query.cursor, mark, [int, int]).keys
        same = and_(_S.revision == revision, type_coerce(_S.position, BigInteger) < position)
        selected = selected.where(or_(_S.revision < revision, same))
    rows = await read_dicts(connection, selected, {"known": at.revision})
    page = rows[: query.limit]
    keys = (page[-1]["revision"], page[-1]["position"]) if page else ()
    more = len(rows) > query.limit
    items = [statement_answer(row, at.revision) for row in page]
    return items, Cursor(mark, at.revision, at.day, keys).encode() if more else None


def statement_answer(row: JsonObject, revision: int) -> StatementAnswer:
    """Return the answer for a statement as known at a revision."""
    what = SubjectType(row["subject_type"])
    answer = ANSWERS[what]
    retraction = _retraction(row, revision)
    known = {name: row[name] for name in answer.model_fields if name in row}
    return answer.model_validate(
        known
        | _content(what, row)
        | {
            "subject_type": what,
            "cites": row["cites"] or [],
            "effective_precision": PartialDate.parse(row["effective_from"]).precision,
            "retraction": retraction,
            "replaced_by": row["replaced_by"] if retraction else None,
        }
    )


def _content(what: SubjectType, row: JsonObject) -> JsonObject:
    if what is SubjectType.province:
        return {"observations": [observation_of(o) for o in row["content"]] or None}
    return {"values": _shown(decoded(what, row["content"])) or None}


def _shown(values: JsonObject) -> JsonObject:
    """Return the values with a geometry, which is text inside the service, as plain JSON."""
    text = values.get("geometry")
    return values if text is None else {**values, "geometry": read_geometry(text)}


def _retraction(row: JsonObject, revision: int) -> StatementRetraction | None:
    if row["retracted_in"] is None or row["retracted_in"] > revision:
        return None
    return StatementRetraction(
        revision=row["retracted_in"],
        retracted_at=row["retracted_at"],
        author=row["retracted_by"],
        reason=row["retraction_reason"],
    )
