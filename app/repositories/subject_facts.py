"""Reading sites and projects with the live statements behind them, for the rules of findings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from app.domain.findings import Cited, Saying, SubjectFacts
from app.domain.timeline import deciding
from app.domain.vocabulary import Basis, SiteKind
from app.repositories.histories import History
from app.repositories.snapshots import At, Executor, day_of, end_of
from app.repositories.statements import said
from app.repositories.tables import REVISIONS, SOURCES, STATEMENTS

_S = STATEMENTS.c


def versions_on(history: History, at: At) -> Select[Any]:
    """Select the versions of all subjects on a day, as known at a revision."""
    columns = history.versions.c
    return select(history.versions).where(
        columns.known_from <= at.revision,
        columns.known_to > at.revision,
        columns.valid_from <= at.day,
        columns.valid_to > at.day,
    )


def live_statements(at: At) -> Select[Any]:
    """Select the live statements with the title of their source and when they were recorded."""
    return (
        select(STATEMENTS, SOURCES.c.title.label("source_title"), REVISIONS.c.recorded_at)
        .join(SOURCES, SOURCES.c.id == _S.source_id)
        .join(REVISIONS, REVISIONS.c.number == _S.revision)
        .where(
            _S.revision <= at.revision,
            or_(_S.retracted_in.is_(None), _S.retracted_in > at.revision),
        )
    )


def is_actual_and_recorded(at: At) -> ColumnElement[bool]:
    """Return the condition that a statement says what is, and was recorded by the day."""
    return and_(_S.basis == Basis.actual.value, REVISIONS.c.recorded_at <= end_of(at.day))


async def read_subjects(
    connection: Executor, history: History, versions: Select[Any], at: At
) -> list[SubjectFacts]:
    """Return the facts of subjects by their versions of a day: two queries, one if there are none.

    ``versions`` selects them.
    """
    rows = (await connection.execute(versions.order_by(history.id))).all()
    sayings = await _sayings(connection, history, versions, at) if rows else {}
    return [_subject(history, row, sayings[row._mapping[history.key]], at) for row in rows]  # noqa: SLF001


async def _sayings(
    connection: Executor, history: History, versions: Select[Any], at: At
) -> Mapping[str, list[Row[Any]]]:
    """Return the live statements about subjects, oldest first, with the actual ones to come."""
    query = (
        live_statements(at)
        .where(
            _S.subject_type == history.type.value,
            _S.subject_id.in_(versions.with_only_columns(history.id)),
            or_(_S.effective_day <= at.day, is_actual_and_recorded(at)),
        )
        .order_by(_S.effective_day, _S.revision, _S.position)
    )
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in (await connection.execute(query)).all():
        found[row.subject_id].append(row)
    return found


def _subject(
    history: History, row: Row[Any], statements: Sequence[Row[Any]], at: At
) -> SubjectFacts:
    values = dict(row._mapping)  # noqa: SLF001
    key = values[history.key]
    of_the_day = [statement for statement in statements if statement.effective_day <= at.day]
    told = [said(statement) for statement in of_the_day]
    by_rank = {(s.revision, s.position): cited(s) for s in of_the_day}
    kind = values.get("kind")
    return SubjectFacts(
        type=history.type,
        id=key,
        kind=SiteKind(kind) if kind else None,
        name=values["name"] or key,
        values={name: value for name, value in values.items() if value is not None},
        deciding={
            name: by_rank[by.revision, by.position] for name, by in deciding(told, at.day).items()
        },
        sayings=[Saying(by_rank[one.revision, one.position], one.values) for one in told],
        to_come=[cited(s) for s in statements if s.effective_day > at.day],
    )


def cited(row: Row[Any]) -> Cited:
    """Turn a statement into what findings cite."""
    return Cited(
        statement_id=row.id,
        source_id=row.source_id,
        source_title=row.source_title,
        authority=row.authority,
        basis=row.basis,
        effective_from=row.effective_from,
        effective_day=row.effective_day,
        date_basis=row.date_basis,
        recorded_on=day_of(row.recorded_at),
    )
