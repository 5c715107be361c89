"""Sites and projects with the live statements behind them, for the rules of findings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from sys import intern

from sqlalchemy import ColumnElement, and_, literal, or_, select

from app.core.dates import day_of, end_of
from app.core.vocabulary import AUTHORITY, Basis, SiteKind, SourceKind, SubjectType
from app.database.connections import AnyRow, AnySelect, Executor
from app.findings import (
    Asserted,
    Cited,
    Misplaced,
    SourceFacts,
    SubjectFacts,
)
from app.ledger.entries import ENTRIES, HAS_MERGES, Kept, kept_at, source_at
from app.ledger.snapshots import At
from app.ledger.tables import REVISIONS, SOURCES, STATEMENTS
from app.statistics.observations import Observed
from app.subjects.attributes import UNIT_LEVELS, hedges_of
from app.subjects.definitions import DEFINITIONS
from app.subjects.fold import deciding
from app.subjects.histories import History
from app.subjects.projection import assertion_of, decoded, end_day_of, led, place_of
from app.units.units import Unit, Units

_S = STATEMENTS.c


def versions_on(history: History, at: At) -> AnySelect:
    """Select the versions of all subjects on a day, as known at a revision."""
    columns = history.versions.c
    return select(history.versions).where(
        columns.known_from <= at.revision,
        columns.known_to > at.revision,
        columns.valid_from <= at.day,
        columns.valid_to > at.day,
    )


def live_statements(at: At) -> AnySelect:
    """Select the live statements with the title of their source and when they were recorded."""
    return statements_at(at, since=at.revision)


def statements_at(at: At, since: int) -> AnySelect:
    """Select the same of statements that were retracted after an earlier revision, too."""
    return (
        select(
            STATEMENTS,
            source_at("title", literal(at.revision)).label("source_title"),
            REVISIONS.c.recorded_at,
            HAS_MERGES,
        )
        .join(SOURCES, SOURCES.c.id == _S.source_id)
        .join(REVISIONS, REVISIONS.c.number == _S.revision)
        .where(
            _S.revision <= at.revision,
            or_(_S.retracted_in.is_(None), _S.retracted_in > since),
        )
    )


def is_actual_and_recorded(at: At) -> ColumnElement[bool]:
    """Return the condition that a statement is actual and was recorded by the day."""
    return and_(_S.basis == Basis.actual.value, REVISIONS.c.recorded_at <= end_of(at.day))


async def read_subjects(
    connection: Executor, history: History, versions: AnySelect, at: At
) -> list[SubjectFacts]:
    """Return the facts of the subjects whose versions of a day are selected.

    That takes two queries, or one if there are none; one more where organizations were merged.
    """
    rows = (await connection.execute(versions.order_by(history.id))).all()
    if not rows:
        return []
    query = live_statements(at).where(_S.subject_id.in_(versions.with_only_columns(history.id)))
    found = await _statements(connection, history, query)
    return await _subjects(connection, history, (rows, found), at)


async def read_changed(
    connection: Executor, history: History, ids: Collection[str], at: At
) -> tuple[list[SubjectFacts], list[SubjectFacts]]:
    """Return the facts of subjects before the revision of ``at``, and at it.

    The statements are read once for both.
    """
    before = At(at.day, at.revision - 1)
    query = statements_at(at, since=before.revision).where(_S.subject_id.in_(ids))
    all_found = await _statements(connection, history, query)
    both = []
    for one in (before, at):
        versions = versions_on(history, one).where(history.id.in_(ids)).order_by(history.id)
        rows = (await connection.execute(versions)).all()
        found = {
            key: [row for row in statements if _is_live(row, one.revision)]
            for key, statements in all_found.items()
        }
        both.append(await _subjects(connection, history, (rows, found), one))
    return both[0], both[1]


def _is_live(row: AnyRow, revision: int) -> bool:
    is_gone = row.retracted_in is not None and row.retracted_in <= revision
    return bool(row.revision <= revision and not is_gone)


async def _statements(
    connection: Executor, history: History, query: AnySelect
) -> Mapping[str, list[AnyRow]]:
    """Return selected statements by their subjects, oldest first.

    Later ones too: names and places hold back to days before they were first stated.
    """
    of_type = query.where(_S.subject_type == history.type.value)
    found: dict[str, list[AnyRow]] = defaultdict(list)
    for row in sorted((await connection.execute(of_type)).all(), key=order_of):
        found[row.subject_id].append(row)
    return found


async def _subjects(
    connection: Executor,
    history: History,
    known: tuple[Iterable[AnyRow], Mapping[str, list[AnyRow]]],
    at: At,
) -> list[SubjectFacts]:
    """Return the facts of subjects by their versions of the day, and their live statements."""
    versions, statements = known
    is_merged = any(found and found[0].has_merges for found in statements.values())
    kept = await kept_at(connection, at.revision) if is_merged else {}
    return [
        _subject(history, row, statements.get(row._mapping[history.key], ()), at, kept)  # noqa: SLF001
        for row in versions
    ]


def _subject(
    history: History, row: AnyRow, statements: Sequence[AnyRow], at: At, kept: Kept
) -> SubjectFacts:
    values = dict(row._mapping)  # noqa: SLF001
    key = values[history.key]
    rules = DEFINITIONS[history.type].attributes.rules
    folded = [assertion_of(statement) for statement in statements]
    decided = deciding(folded, at.day, rules)
    said = [cited(statement) for statement in statements]
    by_place = {(one.revision, one.position): by for one, by in zip(folded, said, strict=True)}
    begun = sum(statement.effective_day <= at.day for statement in statements)
    kind = values.get("kind")
    return SubjectFacts(
        type=history.type,
        id=key,
        kind=SiteKind(kind) if kind else None,
        name=values["name"] or key,
        values={name: value for name, value in values.items() if value is not None},
        deciding={name: by_place[by.revision, by.position] for name, by in decided.items()},
        assertions=[
            _asserted(history.type, row, by, kept)
            for row, by in zip(statements[:begun], said, strict=False)
        ],
        to_come=[
            by
            for row, by in zip(statements[begun:], said[begun:], strict=True)
            if _is_early(row, at.day)
        ],
        hedges=hedges_of(values["qualifiers"], values["values_to"]),
    )


def _asserted(what: SubjectType, row: AnyRow, by: Cited, kept: Kept) -> Asserted:
    hedges = hedges_of(row.qualifiers, row.values_to)
    return Asserted(by, led(what, decoded(what, row.content), kept), hedges)


def _is_early(row: AnyRow, day: date) -> bool:
    return bool(row.basis == Basis.actual and row.recorded_at <= end_of(day))


def order_of(row: AnyRow) -> tuple[date, tuple[int, int]]:
    """Return the place of a live statement, oldest first."""
    return row.effective_day, place_of(row)


def cited(row: AnyRow) -> Cited:
    """Return a row of ``live_statements`` as findings cite it."""
    return Cited(
        statement_id=row.id,
        # Many statements have these in common, and facts are kept.
        source_id=intern(row.source_id),
        source_title=intern(row.source_title),
        authority=row.authority,
        basis=intern(row.basis),
        effective_from=row.effective_from,
        effective_day=row.effective_day,
        date_basis=intern(row.date_basis),
        recorded_on=day_of(row.recorded_at),
        end_day=end_day_of(row.effective_to),
    )


_IDS_PER_QUERY = 500
_SOURCES = ENTRIES["source"].add_columns(HAS_MERGES)


def misplaced_of(
    units: Units, subjects: Iterable[SubjectFacts]
) -> Mapping[tuple[SubjectType, str], Sequence[Misplaced]]:
    """Return the places that do not count since they contradict weightier ones, by subject."""
    found = ((one.type, one.id, _misplaced(units, one)) for one in subjects)
    return {(what, key): misplaced for what, key, misplaced in found if misplaced}


def _misplaced(units: Units, subject: SubjectFacts) -> Sequence[Misplaced]:
    """Return the contradicting ones of the places that decide, the weightiest first.

    Mostly one statement decides all of them, and it fits itself.
    """
    if len({cited.statement_id for cited in subject.behind(*UNIT_LEVELS)}) <= 1:
        return []
    stated: list[tuple[Unit, Cited]] = []
    for assertion in reversed(subject.assertions):
        for name, level in reversed(UNIT_LEVELS.items()):
            code, day = assertion.values.get(name), assertion.cited.effective_day
            unit = units.at(level, str(code), day) if code else None
            if unit and subject.deciding[name].statement_id == assertion.cited.statement_id:
                stated.append((unit, assertion.cited))
    stated.sort(key=lambda one: (one[1].effective_day, one[1].authority), reverse=True)
    return [
        Misplaced(unit, cited, *against)
        for place, (unit, cited) in enumerate(stated)
        if (against := _against(units, unit, stated[:place]))
    ]


def _against(
    units: Units, unit: Unit, weightier: Iterable[tuple[Unit, Cited]]
) -> tuple[Unit, Cited] | None:
    for other, by in weightier:
        day = by.effective_day
        if unit not in units.fitting([(day, other), (day, unit)]):
            return other, by
    return None


def cited_sources(subjects: Iterable[SubjectFacts], observed: Iterable[Observed]) -> frozenset[str]:
    """Return the sources of what is known of subjects and of a province."""
    of_subjects = (one.once(_sources_of) for one in subjects)
    return frozenset({o.source_id for o in observed}.union(*of_subjects))


def _sources_of(subject: SubjectFacts) -> frozenset[str]:
    return frozenset(assertion.cited.source_id for assertion in subject.assertions)


async def read_sources(
    connection: Executor, ids: Collection[str], revision: int
) -> Mapping[str, SourceFacts]:
    """Return sources by id."""
    wanted = sorted(ids)
    found: dict[str, SourceFacts] = {}
    for start in range(0, len(wanted), _IDS_PER_QUERY):
        of_these = _SOURCES.where(SOURCES.c.id.in_(wanted[start : start + _IDS_PER_QUERY]))
        rows = (await connection.execute(of_these, {"revision": revision})).all()
        is_merged = bool(rows) and rows[0].has_merges
        kept = await kept_at(connection, revision) if is_merged else {}
        for row in rows:
            found[row.id] = SourceFacts(
                row.id,
                row.title,
                AUTHORITY[SourceKind(row.kind)],
                row.number,
                row.issuer,
                kept.get(row.issuer_id, row.issuer_id),
                row.published_on,
            )
    return found
