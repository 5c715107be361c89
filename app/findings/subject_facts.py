"""Sites and projects with the live statements behind them, for the rules of findings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from sys import intern

from sqlalchemy import ColumnElement, and_, bindparam, literal, or_, select

from app.core.dates import day_of, end_of
from app.core.vocabulary import (
    AUTHORITY,
    MEASURED,
    Basis,
    SiteKind,
    SourceKind,
    SubjectType,
)
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
from app.subjects.fold import Assertion, deciding
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
    return _statements_at(literal(at.revision), literal(at.revision))


def _statements_at(revision: ColumnElement[int], since: ColumnElement[int]) -> AnySelect:
    """Select the same of statements that were retracted after an earlier revision, too."""
    return (
        select(
            STATEMENTS,
            source_at("title", revision).label("source_title"),
            REVISIONS.c.recorded_at,
            HAS_MERGES,
        )
        .join(SOURCES, SOURCES.c.id == _S.source_id)
        .join(REVISIONS, REVISIONS.c.number == _S.revision)
        .where(
            _S.revision <= revision,
            or_(_S.retracted_in.is_(None), _S.retracted_in > since),
        )
    )


# Every write looks at what it changed: these are built once.
_CHANGED_STATEMENTS = _statements_at(bindparam("revision"), bindparam("before")).where(
    _S.subject_type == bindparam("what"), _S.subject_id.in_(bindparam("keys", expanding=True))
)


@lru_cache
def _changed_versions(history: History) -> AnySelect:
    """Select the versions of a day as known at the bound revision, or at the one before."""
    columns = history.versions.c
    return (
        select(history.versions)
        .where(
            history.id.in_(bindparam("keys", expanding=True)),
            columns.known_from <= bindparam("revision"),
            columns.known_to > bindparam("before"),
            columns.valid_from <= bindparam("day"),
            columns.valid_to > bindparam("day"),
        )
        .order_by(history.id)
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
    of_type = query.where(_S.subject_type == history.type.value)
    said = [SaidFact.of(row) for row in (await connection.execute(of_type)).all()]
    kept = await _kept_at(connection, said, at)
    return _subjects(history, rows, _by_subject(said), at, kept)


@dataclass(frozen=True, slots=True)
class SaidFact:
    """A statement as facts have it, and as it is folded."""

    row: AnyRow
    folded: Assertion
    asserted: Asserted

    @classmethod
    def of(cls, row: AnyRow, folded: Assertion | None = None) -> "SaidFact":
        """Return a statement by its row, and as it was folded before, if it was."""
        hedges = hedges_of(row.qualifiers, row.values_to)
        if folded is not None and row.basis in MEASURED:
            return cls(row, folded, Asserted(cited(row), folded.values, hedges))
        values = decoded(SubjectType(row.subject_type), row.content)
        folded = folded or assertion_of(row, values=values)
        return cls(row, folded, Asserted(cited(row), values, hedges))

    def led(self, kept: Kept) -> Asserted:
        """Return it with the organizations that those which it names were merged into."""
        one = self.asserted
        return replace(one, values=led(self.row.subject_type, one.values, kept)) if kept else one


async def read_changed(
    connection: Executor,
    history: History,
    ids: Collection[str],
    at: At,
    known: Sequence[SaidFact] | None = None,
) -> tuple[list[SubjectFacts], list[SubjectFacts]]:
    """Return the facts of subjects before the revision of ``at``, and at it.

    All is read once for both, and what follows from a statement is made once. ``known`` are the
    statements that count before or after it, where they are known already and none names an
    organization that was merged.
    """
    before = At(at.day, at.revision - 1)
    around = {**at.parameters, "before": before.revision, "what": history.type, "keys": list(ids)}
    versions = (await connection.execute(_changed_versions(history), around)).all()
    said = known
    if said is None:
        rows = (await connection.execute(_CHANGED_STATEMENTS, around)).all()
        said = [SaidFact.of(row) for row in rows]
    statements = _by_subject(said)
    both = []
    for one in (before, at):
        rows = [row for row in versions if row.known_from <= one.revision < row.known_to]
        found = {
            key: [said for said in of_one if _is_live(said.row, one.revision)]
            for key, of_one in statements.items()
        }
        kept = await _kept_at(connection, said if known is None else (), one)
        both.append(_subjects(history, rows, found, one, kept))
    return both[0], both[1]


def _is_live(row: AnyRow, revision: int) -> bool:
    is_gone = row.retracted_in is not None and row.retracted_in <= revision
    return bool(row.revision <= revision and not is_gone)


def _by_subject(statements: Iterable[SaidFact]) -> Mapping[str, list[SaidFact]]:
    """Return statements by their subjects, oldest first.

    Later ones too: names and places hold back to days before they were first stated.
    """
    found: dict[str, list[SaidFact]] = defaultdict(list)
    for one in sorted(statements, key=lambda one: order_of(one.row)):
        found[one.row.subject_id].append(one)
    return found


async def _kept_at(connection: Executor, said: Sequence[SaidFact], at: At) -> Kept:
    """Return which organizations others lead to, if there were any merges."""
    return await kept_at(connection, at.revision) if said and said[0].row.has_merges else {}


def _subjects(
    history: History,
    versions: Iterable[AnyRow],
    statements: Mapping[str, list[SaidFact]],
    at: At,
    kept: Kept,
) -> list[SubjectFacts]:
    """Return the facts of subjects by their versions of the day, and their live statements."""
    return [
        _subject(history, row, statements.get(row._mapping[history.key], ()), at, kept)  # noqa: SLF001
        for row in versions
    ]


def _subject(
    history: History, row: AnyRow, statements: Sequence[SaidFact], at: At, kept: Kept
) -> SubjectFacts:
    values = dict(row._mapping)  # noqa: SLF001
    key = values[history.key]
    rules = DEFINITIONS[history.type].attributes.rules
    decided = deciding([one.folded for one in statements], at.day, rules)
    by_place = {(one.row.revision, one.row.position): one.asserted.cited for one in statements}
    begun = sum(one.row.effective_day <= at.day for one in statements)
    kind = values.get("kind")
    return SubjectFacts(
        type=history.type,
        id=key,
        kind=SiteKind(kind) if kind else None,
        name=values["name"] or key,
        values={name: value for name, value in values.items() if value is not None},
        deciding={name: by_place[by.revision, by.position] for name, by in decided.items()},
        assertions=[one.led(kept) for one in statements[:begun]],
        to_come=[one.asserted.cited for one in statements[begun:] if _is_early(one.row, at.day)],
        hedges=hedges_of(values["qualifiers"], values["values_to"]),
    )


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
