"""Reading statements: one, those about a subject, and those that cite a document."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    bindparam,
    literal,
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
from app.core.vocabulary import MEASURED, Lane, SubjectType
from app.database.connections import AnySelect, Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.entry.schemas import (
    ANSWERS,
    ProvinceStatement,
    ProvinceStatementPage,
    Statement,
    StatementAnswer,
    StatementLinks,
    StatementPage,
    StatementRetraction,
)
from app.ledger.entries import source_at
from app.ledger.snapshots import At, Snapshot, latest_revision
from app.ledger.tables import REVISIONS, SOURCES, STATEMENTS, Revision
from app.statistics.indicator_queries import read_observed
from app.statistics.observations import Observed, latest, stated_of
from app.statistics.observations import subject as same_figure
from app.statistics.projection import observation_of
from app.subjects.histories import read_dicts
from app.subjects.projection import decoded
from app.subjects.provenance import Decisions, read_decisions
from app.subjects.query_parameters import StatementsQuery
from app.subjects.schemas import Effect, Values
from app.units.units import UnitLevel

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
            REVISIONS.c.approved_by,
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


WITH_REVISIONS = _with_revisions(bindparam("known", type_=BigInteger))
"""Statements with the revision that recorded them, their source as it is known at the bound
revision, their retraction and what replaced them."""
_AS_RECORDED = _with_revisions(_S.revision)
"""The same with their source as it was when they were recorded."""
_ONE = WITH_REVISIONS.where(_S.id == bindparam("statement"), _S.revision <= bindparam("known"))


async def get_statement(connection: Executor, statement_id: str, revision: int) -> StatementAnswer:
    """Return one statement as known at a revision."""
    parameters = {"statement": statement_id, "known": revision}
    rows = await read_dicts(connection, _ONE, parameters)
    if not rows:
        raise not_recorded(statement_id, revision)
    (row,) = await with_cited(connection, rows, known_at(revision))
    return statement_answer(row, revision)


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
    rows = await read_dicts(connection, _AS_RECORDED.where(_S.id.in_(ids)), {})
    return await with_cited(connection, rows, _S.revision)


def known_at(revision: int) -> ColumnElement[int]:
    """Return a revision as the one at which titles are known."""
    return literal(revision, BigInteger)


async def with_cited(
    connection: Executor, rows: Sequence[JsonObject], known: ColumnElement[int]
) -> list[JsonObject]:
    """Add to statements the titles of the documents that they cite: one query, or none."""
    citing = {row["id"]: row["cites"] for row in rows if row["cites"]}
    titles: dict[tuple[str, str], str] = {}
    if citing:
        title = source_at("title", known, SOURCES.c.id).label("title")
        # Few: each source is compared with the few statements of a page.
        is_cited = type_coerce(_S.cites, String).contains(literal('"') + SOURCES.c.id + '"')
        cited = SOURCES.c.id.in_({key for keys in citing.values() for key in keys})
        pairs = select(_S.id, SOURCES.c.id, title).where(_S.id.in_(citing), cited, is_cited)
        titles = {(by, key): text for by, key, text in await connection.execute(pairs)}
    return [
        {**row, "cite_titles": [titles[row["id"], key] for key in row["cites"] or ()]}
        for row in rows
    ]


def not_recorded(statement_id: str, revision: int) -> NotFoundError:
    """Return the error for a statement that is not recorded at a revision."""
    return NotFoundError(_NOT_RECORDED(statement_id=statement_id, revision=revision))


def recorded_answer(
    statement: JsonObject, titles: Mapping[str, str], recorded: Revision
) -> StatementAnswer:
    """Return the answer for a statement that was just recorded, without reading it back.

    ``titles`` are those of its source and of what it cites, by id.
    """
    about = {
        "revision": recorded.number,
        "recorded_at": recorded.recorded_at,
        "author": recorded.author,
        "approved_by": recorded.approved_by,
        "reason": recorded.reason,
        "source_title": titles[statement["source_id"]],
        "cite_titles": [titles[key] for key in statement["cites"] or ()],
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
    model: type[_Page],
    subject: tuple[SubjectType, str],
    query: StatementsQuery,
    read: Snapshot,
    *,
    is_gone: bool = False,
) -> _Page:
    """Return one page of what was said of a subject with attributes, with what is in effect.

    That is on the day until which statements are listed, or else today. Of what is gone nothing is.
    """
    page = await list_statements(connection, model, subject, query, read.at)
    decisions = await read_decisions(connection, subject, _effective_at(read), read.units)
    if is_gone:
        decisions = replace(decisions, live={}, decided={})
    return _with_effects(page, partial(_effects_of_values, decisions))


def _effective_at(read: Snapshot) -> At:
    return replace(read.at, day=read.today) if read.at.day == date.max else read.at


def _with_effects(page: _Page, effects: Callable[[Any], list[Effect]]) -> _Page:
    items: list[Answer] = getattr(page, "items", [])
    shown = [item.model_copy(update={"effects": effects(item)}) for item in items]
    return page.model_copy(update={"items": shown})


def _effects_of_values(decisions: Decisions, item: StatementAnswer) -> list[Effect]:
    values: Values | None = getattr(item, "values", None)
    given = [n for n in values.members if n in values.model_fields_set] if values else []
    return decisions.effects(item.id, item.basis, given)


async def list_of_province(
    connection: Executor, code: str, query: StatementsQuery, read: Snapshot
) -> ProvinceStatementPage:
    """Return one page of what was said of every province that had a code, with what is in effect.

    A figure is in effect while no other of the same indicator, period, basis and prices displaces
    it; of a province that has ended, as on its last day.
    """
    subject, at = (SubjectType.province, code), _effective_at(read)
    page = await list_statements(connection, ProvinceStatementPage, subject, query, read.at)
    eras = read.units.eras(UnitLevel.province, code)
    observed = await read_observed(connection, eras, at)
    in_force: dict[tuple[str, int], tuple[Observed, Observed]] = {}
    for era in eras:
        stated = stated_of(era, observed, at.day)
        winners = latest(stated, same_figure)
        in_force |= {(o.statement_id, o.position): (o, winners[same_figure(o)]) for o in stated}
    return _with_effects(page, partial(_effects_of_figures, in_force))


def _effects_of_figures(
    in_force: Mapping[tuple[str, int], tuple[Observed, Observed]], item: ProvinceStatement
) -> list[Effect]:
    effects = []
    for position, figure in enumerate(item.observations or (), start=1):
        own, winner = in_force.get((item.id, position), (None, None))
        is_displaced = winner is not None and winner is not own
        effects.append(
            Effect(
                attribute=figure.indicator,
                period=figure.period or item.effective_from,
                lane=Lane.actual if item.basis in MEASURED else Lane.planned,
                in_effect=winner is not None and not is_displaced,
                displaced_by=winner.statement_id if winner is not None and is_displaced else None,
            )
        )
    return effects


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
        WITH_REVISIONS.where(which, _S.revision <= at.revision)
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
    named = await with_cited(connection, page, known_at(at.revision))
    items = [statement_answer(row, at.revision) for row in named]
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
            "links": StatementLinks(
                subject=f"/v1/{what}s/{row['subject_id']}",
                source=f"/v1/sources/{row['source_id']}",
            ),
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
