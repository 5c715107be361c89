"""The timelines of sites and projects against the oracle, over random histories."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.vocabulary import SiteKind, SubjectType
from app.subjects.attributes import Hedge
from app.subjects.definitions import Subject, definition_of
from app.subjects.fold import FOREVER, Assertion, StatePeriod, deciding
from app.subjects.projection import Projection, changes, version_rows
from app.subjects.timeline import changed_from, state_on, subject_timeline, timeline_from
from app.units.units import Succession, Unit, UnitLevel, Units
from tests import oracle
from tests.oracle import Told
from tests.support.histories import (
    PROJECT_THEMES,
    SITE_THEMES,
    Replace,
    Retract,
    random_history,
)

UNIT_FILES = Path(__file__).resolve().parents[2] / "seeds" / "units"
RANDOMS = st.randoms(use_true_random=False)
SUBJECTS = st.sampled_from(
    [
        Subject(SubjectType.site, "a", SiteKind.zone),
        Subject(SubjectType.site, "a", SiteKind.cluster),
        Subject(SubjectType.project, "a"),
    ]
)


@pytest.fixture(scope="module")
def dated_units() -> Units:
    """Give the administrative units, read from the files themselves."""
    units = [
        Unit(
            UnitLevel(row["level"]),
            row["code"],
            row["name"],
            row["type"],
            row["parent_code"] or None,
            _day(row["valid_from"]),
            _day(row["valid_to"]),
        )
        for row in _rows("admin-units.csv")
    ]
    links = [
        Succession(
            UnitLevel(row["level"]),
            row["from_code"],
            row["to_code"],
            date.fromisoformat(row["effective_on"]),
            row["extent"],
        )
        for row in _rows("admin-successions.csv")
    ]
    return Units(units, links)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (UNIT_FILES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def draw(random: Random, subject: Subject) -> list[Told]:
    """Draw a history as a list of statements; now and then a revision records two of them."""
    themes = SITE_THEMES if subject.type is SubjectType.site else PROJECT_THEMES
    told: dict[int, Told] = {}
    revision = 0
    for number, step in enumerate(random_history(random, random.randrange(2, 9), themes)):
        if isinstance(step, Retract):
            revision += 1
            told[step.step].retracted = revision
        elif isinstance(step, Replace):
            revision += 1
            old = told[step.step]
            old.retracted = revision
            is_project = subject.kind is None
            told[number] = step.say.told(revision, of_project=is_project, replaces=old)
        else:
            together = number - 1 in told and random.randrange(4) == 0
            revision += 0 if together else 1
            told[number] = step.told(revision, of_project=subject.kind is None)
    return list(told.values())


def said(told: Sequence[Told], revision: int) -> list[Assertion]:
    """Return the statements that count at a revision as the fold takes them."""
    return [
        Assertion(
            s.effective,
            s.authority,
            s.revision,
            position,
            in_lanes(s, s.values),
            s.end or FOREVER,
            in_lanes(s, {name: hedge(s, name) for name in s.qualifiers}),
            place(told, s),
        )
        for position, s in enumerate(told, start=1)
        if s in oracle.live(told, revision)
    ]


def hedge(said: Told, name: str) -> Hedge:
    """Return how exactly a statement gives a number."""
    end = said.values_to.get(name)
    return Hedge(said.qualifiers[name], None if end is None else str(end))


def place(told: Sequence[Told], said: Told) -> tuple[int, int] | None:
    """Return the revision and position of what a statement is in place of."""
    if said.replaces is None:
        return None
    *_, position = oracle.rank(told, said)
    return told[position].revision, position + 1


def in_lanes(said: Told, values: Mapping[str, object]) -> dict[str, object]:
    """Return what is said under the names of its lanes."""
    is_planned = {name: oracle.lane(said, name) == oracle.PLANNED for name in values}
    return {f"planned.{n}" if is_planned[n] else n: v for n, v in values.items()}


def shown(period: StatePeriod | None) -> oracle.State | None:
    """Return the values of a period as the oracle has them."""
    if period is None:
        return None
    now: oracle.State = {}
    for name, value in period.values.items():
        *lanes, attribute = name.split(".")
        lane = now.setdefault("planned", {}) if "planned" in lanes else now
        if "hedge" in lanes:
            code, end = cast("Hedge", value)
            lane.setdefault("qualifiers", {})[attribute] = code
            if end is not None:
                lane.setdefault("values_to", {})[attribute] = Decimal(end)
        else:
            lane[attribute] = value
    return now


def begins(told: Sequence[Told], revision: int) -> date | None:
    """Return the first day of which anything is known."""
    known = (
        s for s in oracle.live(told, revision) if any(v is not None for v in s.values.values())
    )
    return min((s.effective for s in known), default=None)


def revisions(told: Sequence[Told]) -> range:
    """Return all revisions of a history, from before the first."""
    return range(max(max(s.revision, s.retracted or 0) for s in told) + 1)


@given(RANDOMS, SUBJECTS)
@settings(max_examples=200, deadline=None)
def test_every_attribute_on_every_day_at_every_revision(
    dated_units: Units, random: Random, subject: Subject
) -> None:
    told = draw(random, subject)
    for revision in revisions(told):
        timeline = subject_timeline(subject, said(told, revision), dated_units)
        for day in oracle.boundary_days(told):
            found = state_on(timeline, day)
            expected = oracle.state(subject.kind, told, day, revision)
            assert shown(found) == expected, (day, revision, told)


@given(RANDOMS, SUBJECTS)
@settings(max_examples=100, deadline=None)
def test_from_any_day_on_a_timeline_is_the_end_of_the_whole(
    dated_units: Units, random: Random, subject: Subject
) -> None:
    told = draw(random, subject)
    counted = said(told, revisions(told)[-1])
    whole = subject_timeline(subject, counted, dated_units)
    for day in oracle.boundary_days(told):
        later = [replace(p, valid_from=max(p.valid_from, day)) for p in whole if p.valid_to > day]
        assert timeline_from(subject, counted, dated_units, day, ()) == later, day


@given(RANDOMS, SUBJECTS)
@settings(max_examples=100, deadline=None)
def test_pieces_tile_time_and_neighbours_differ(
    dated_units: Units, random: Random, subject: Subject
) -> None:
    told = draw(random, subject)
    for revision in revisions(told):
        counted = said(told, revision)
        timeline = subject_timeline(subject, counted, dated_units)
        first = begins(told, revision)
        assert bool(timeline) == (first is not None)
        if timeline:
            assert timeline[0].valid_from == first
            assert timeline[-1].valid_to == FOREVER
        assert all(piece.valid_from < piece.valid_to for piece in timeline)
        for before, after in pairwise(timeline):
            assert before.valid_to == after.valid_from
            assert before.values != after.values
        pieces = [(p.valid_from, p.valid_to, shown(p)) for p in timeline]
        assert pieces == oracle.timeline(subject.kind, told, revision)


@given(RANDOMS, SUBJECTS)
@settings(max_examples=100, deadline=None)
def test_the_order_in_which_statements_are_given_does_not_matter(
    dated_units: Units, random: Random, subject: Subject
) -> None:
    told = draw(random, subject)
    statements = said(told, revisions(told)[-1])
    shuffled = random.sample(statements, len(statements))
    assert subject_timeline(subject, shuffled, dated_units) == subject_timeline(
        subject, statements, dated_units
    )


@given(RANDOMS, SUBJECTS)
@settings(max_examples=100, deadline=None)
def test_the_statement_that_decides_is_the_one_the_rules_name(
    random: Random, subject: Subject
) -> None:
    told = draw(random, subject)
    last = revisions(told)[-1]
    for day in oracle.boundary_days(told):
        decided = deciding(said(told, last), day, definition_of(subject).attributes.rules)
        found = {name: told[s.position - 1] for name, s in decided.items()}
        planned = oracle.winners(told, day, last, oracle.PLANNED).items()
        expected = oracle.winners(told, day, last) | {f"planned.{n}": s for n, s in planned}
        if not oracle.has_begun(told, day, last):
            expected = {}
        assert found == expected


@given(RANDOMS, SUBJECTS)
@settings(max_examples=200, deadline=None)
def test_an_append_looks_only_at_the_versions_that_it_can_change(
    dated_units: Units, random: Random, subject: Subject
) -> None:
    """What is recorded by them is what a comparison of all versions says."""
    told = draw(random, subject)
    after = said(told, revisions(told)[-1])
    if not after:
        return
    new = random.choice(after)
    before = [one for one in after if one is not new]
    open_rows = version_rows(subject, subject_timeline(subject, before, dated_units))
    timeline = subject_timeline(subject, after, dated_units)
    projection = Projection()
    projection.add(subject, timeline, open_rows, changed_from(subject, new))
    ending, beginning = changes(open_rows, version_rows(subject, timeline))
    assert (projection.ending, projection.beginning) == (ending, beginning)


def test_the_oracle_by_hand() -> None:
    """The oracle is believed everywhere else, so a few answers are worked out here."""
    told = [
        Told(date(2021, 1, 1), 20, {"commune_code": "02131", "area_ha": 74}, revision=1),
        Told(date(2023, 1, 1), 10, {"area_ha": 43}, revision=2),
        Told(date(2022, 1, 1), 10, {"area_ha": 40}, revision=3, retracted=5),
        Told(date(2023, 1, 1), 40, {"area_ha": None}, revision=4, retracted=6),
    ]

    def area(day: str, revision: int) -> object:
        now = oracle.state("cluster", told, date.fromisoformat(day), revision)
        return "nothing" if now is None else now.get("area_ha")

    assert [area("2020-12-31", 6), area("2021-01-01", 0), area("2021-01-01", 1)] == [
        "nothing",
        "nothing",
        74,
    ]
    assert [area("2022-06-30", r) for r in (2, 3, 4, 5)] == [74, 40, 40, 74]
    assert [area("2023-06-30", r) for r in (1, 2, 3, 4, 6)] == [74, 43, 43, None, 43]
    last, first = (
        oracle.state("cluster", told, oracle.MERGER - timedelta(days=n), 1) for n in (1, 0)
    )
    assert last == {
        "province_code": "06",
        "district_code": "065",
        "commune_code": "02131",
        "area_ha": 74,
        "stage": "unknown",
    }
    assert first == {
        "province_code": "19",
        "commune_code": "02086",
        "area_ha": 74,
        "stage": "unknown",
    }
    # Of a project nothing is derived.
    assert oracle.state(None, told, oracle.MERGER, 1) == {
        "province_code": "19",
        "commune_code": "02086",
        "area_ha": 74,
    }
