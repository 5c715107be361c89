"""Projecting the ledger: from timelines to rows with both time axes.

A write replaces only the rows that changed; a rebuild replays every revision with the same
functions, so both come out identical.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.indicators import INDICATORS
from app.domain.partial_dates import PartialDate, Period
from app.domain.subject_timeline import subject_timeline
from app.domain.subjects import Subject, rules_of
from app.domain.timeline import Piece
from app.domain.units import Units
from app.domain.vietnamese import search_text, sort_key, words_of_id
from app.models import OPEN_REVISION
from app.repositories.histories import HISTORIES
from app.repositories.statements import observation_of, said
from app.repositories.tables import OBSERVATIONS

Values = dict[str, Any]
# PostgreSQL takes index entries of 2,700 bytes at most; a key is six times as long as its name.
_MOST_SORT_KEY = 1000
_KNOWN = {"known_from", "known_to"}


def version_rows(subject: Subject, timeline: Iterable[Piece]) -> list[Values]:
    """Return the rows of a subject's versions, but for when they are known."""
    return [_version_row(subject, piece) for piece in timeline]


def _version_row(subject: Subject, piece: Piece) -> Values:
    rules = rules_of(subject)
    values = {name: piece.values.get(name) for name in (*rules.attributes, *rules.derived)}
    names = [values["name"], values["name_en"], *(values["aliases"] or ())]
    known_names = [name for name in names if name]
    return {
        HISTORIES[subject.type].key: subject.id,
        **({"kind": subject.kind.value} if subject.kind else {}),
        "valid_from": piece.valid_from,
        "valid_to": piece.valid_to,
        **values,
        "name_sort": sort_key(values["name"] or subject.id)[:_MOST_SORT_KEY],
        "search_text": search_text(*known_names, words_of_id(subject.id)),
    }


def changes(
    open_rows: Sequence[Mapping[str, Any]], wanted: Sequence[Values]
) -> tuple[list[Mapping[str, Any]], list[Values]]:
    """Return which open rows end and which rows begin when ``wanted`` becomes the timeline."""
    wanted_on = {row["valid_from"]: row for row in wanted}
    open_on = {row["valid_from"]: _bare(row) for row in open_rows}
    ending = [row for row in open_rows if _bare(row) != wanted_on.get(row["valid_from"])]
    return ending, [row for row in wanted if row != open_on.get(row["valid_from"])]


def _bare(row: Mapping[str, Any]) -> Values:
    return {name: value for name, value in row.items() if name not in _KNOWN}


async def project_subject(
    session: AsyncSession, subject: Subject, timeline: Iterable[Piece], revision: int
) -> None:
    """Make ``timeline`` what is known of a subject from a revision on."""
    history = HISTORIES[subject.type]
    table = history.versions
    is_open = and_(history.id == subject.id, table.c.known_to == OPEN_REVISION)
    found = await session.execute(select(table).where(is_open))
    open_rows = [dict(row._mapping) for row in found]  # noqa: SLF001
    ending, beginning = changes(open_rows, version_rows(subject, timeline))
    if ending:
        days = [row["valid_from"] for row in ending]
        closed = update(table).where(is_open, table.c.valid_from.in_(days))
        await session.execute(closed.values(known_to=revision))
    if beginning:
        known = {"known_from": revision, "known_to": OPEN_REVISION}
        await session.execute(insert(table), [row | known for row in beginning])


def replay(
    subject: Subject, statements: Sequence[Row[Any]], withdrawn_in: int | None, units: Units
) -> list[Values]:
    """Return all version rows a subject ever had, by replaying its revisions one after another."""
    closed: list[Values] = []
    open_rows: list[Values] = []
    for revision in _revisions_of(statements, withdrawn_in):
        live = [row for row in statements if _counts(row, revision)]
        gone = withdrawn_in is not None and withdrawn_in <= revision
        timeline = [] if gone else subject_timeline(subject, map(said, live), units)
        ending, beginning = changes(open_rows, version_rows(subject, timeline))
        ended = {row["valid_from"] for row in ending}
        closed += [{**row, "known_to": revision} for row in ending]
        open_rows = [row for row in open_rows if row["valid_from"] not in ended]
        known = {"known_from": revision, "known_to": OPEN_REVISION}
        open_rows += [row | known for row in beginning]
    return closed + open_rows


def _revisions_of(statements: Iterable[Row[Any]], withdrawn_in: int | None) -> list[int]:
    revisions = {number for row in statements for number in (row.revision, row.retracted_in)}
    return sorted(number for number in revisions | {withdrawn_in} if number is not None)


def _counts(row: Row[Any], revision: int) -> bool:
    return row.revision <= revision and (row.retracted_in is None or row.retracted_in > revision)


def observation_rows(statement: Any) -> list[Values]:
    """Return the observation rows of a statement about a province."""
    retracted = statement.retracted_in
    shared = {
        "statement_id": statement.id,
        "known_from": statement.revision,
        "known_to": OPEN_REVISION if retracted is None else retracted,
        "province_code": statement.subject_id,
        "basis": statement.basis,
        "source_id": statement.source_id,
        "authority": statement.authority,
        "effective_from": statement.effective_from,
        "effective_day": PartialDate.parse(statement.effective_from).first_day,
        "date_basis": statement.date_basis,
    }
    return [
        shared | _observation_row(position, stored, statement.effective_from)
        for position, stored in enumerate(statement.content, start=1)
    ]


def _observation_row(position: int, stored: Mapping[str, Any], effective_from: str) -> Values:
    observed = observation_of(stored)
    period = Period.parse(observed.period or effective_from)
    base = observed.price_base or INDICATORS[observed.indicator].price_base
    return {
        "position": position,
        "indicator": observed.indicator,
        "period": period.text,
        "period_from": period.first_day,
        "period_to": period.last_day,
        "value": observed.value,
        "value_to": observed.value_to,
        "qualifier": observed.qualifier.value,
        "pct_of_target": observed.pct_of_target,
        "price_base": base.value if base else None,
        "trend": observed.trend.value if observed.trend else None,
    }


async def project_observations(session: AsyncSession, statement: Any) -> None:
    """Insert the observations of a statement just recorded."""
    rows = observation_rows(statement)
    if rows:
        await session.execute(insert(OBSERVATIONS), rows)


async def close_observations(session: AsyncSession, statement_id: str, revision: int) -> None:
    """End the observations of a statement just retracted."""
    table = OBSERVATIONS.c
    ended = update(OBSERVATIONS).where(table.statement_id == statement_id)
    await session.execute(ended.values(known_to=revision))
