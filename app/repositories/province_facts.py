"""Reading all that is known of a province on a day, for the rules that find what is wrong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select

from app.domain.findings import Cited, ProvinceFacts, Saying, SubjectFacts
from app.domain.observations import stated_of
from app.domain.timeline import deciding
from app.domain.units import Unit
from app.domain.vocabulary import SiteKind
from app.repositories.histories import PROJECT_HISTORY, SITE_HISTORY, History
from app.repositories.observations import read_observed
from app.repositories.snapshots import At, Executor
from app.repositories.statements import said
from app.repositories.tables import OBSERVATIONS, SOURCES, STATEMENTS

_S = STATEMENTS.c


async def read_province_facts(connection: Executor, unit: Unit, at: At) -> ProvinceFacts:
    """Return what is known of a province of the day: three queries, however much it is."""
    observed = await read_observed(connection, [unit], at)
    return ProvinceFacts(
        province=unit,
        day=at.day,
        sites=await _subjects(connection, SITE_HISTORY, unit, at),
        projects=await _subjects(connection, PROJECT_HISTORY, unit, at),
        observed=stated_of(unit, observed, at.day),
    )


async def codes_with_facts(connection: Executor, revision: int) -> set[str]:
    """Return the codes of provinces of which anything is known at a revision."""
    tables = (SITE_HISTORY.versions, PROJECT_HISTORY.versions, OBSERVATIONS)
    found: set[str] = set()
    for table in tables:
        known = (table.c.known_from <= revision, table.c.known_to > revision)
        query = select(table.c.province_code).where(*known).distinct()
        found |= {code for code in (await connection.execute(query)).scalars() if code}
    return found


def _in_province(history: History, unit: Unit, at: At) -> Select[Any]:
    """Select the versions of the subjects in a province on a day, as known at a revision."""
    columns = history.versions.c
    return select(history.versions).where(
        columns.province_code == unit.code,
        columns.known_from <= at.revision,
        columns.known_to > at.revision,
        columns.valid_from <= at.day,
        columns.valid_to > at.day,
    )


async def _subjects(
    connection: Executor, history: History, unit: Unit, at: At
) -> list[SubjectFacts]:
    inside = _in_province(history, unit, at)
    rows = (await connection.execute(inside.order_by(history.id))).all()
    sayings = await _sayings(connection, history, inside, at) if rows else {}
    return [_subject(history, row, sayings[row._mapping[history.key]], at) for row in rows]  # noqa: SLF001


async def _sayings(
    connection: Executor, history: History, inside: Select[Any], at: At
) -> Mapping[str, list[Row[Any]]]:
    """Return the live statements about subjects that take effect by the day, oldest first."""
    live = or_(_S.retracted_in.is_(None), _S.retracted_in > at.revision)
    query = (
        select(STATEMENTS, SOURCES.c.title.label("source_title"))
        .join(SOURCES, SOURCES.c.id == _S.source_id)
        .where(
            _S.subject_type == history.type.value,
            _S.subject_id.in_(inside.with_only_columns(history.id)),
            and_(_S.revision <= at.revision, _S.effective_day <= at.day, live),
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
    told = [said(statement) for statement in statements]
    cited = {(s.revision, s.position): _cited(s) for s in statements}
    kind = values.get("kind")
    return SubjectFacts(
        type=history.type,
        id=key,
        kind=SiteKind(kind) if kind else None,
        name=values["name"] or key,
        values={name: value for name, value in values.items() if value is not None},
        deciding={
            name: cited[by.revision, by.position] for name, by in deciding(told, at.day).items()
        },
        sayings=[Saying(cited[one.revision, one.position], one.values) for one in told],
    )


def _cited(row: Row[Any]) -> Cited:
    return Cited(
        statement_id=row.id,
        source_id=row.source_id,
        source_title=row.source_title,
        authority=row.authority,
        basis=row.basis,
        effective_from=row.effective_from,
        effective_day=row.effective_day,
        date_basis=row.date_basis,
    )
