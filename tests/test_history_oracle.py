"""The whole register against the oracle: random histories through HTTP, on both databases.

The histories are drawn once for each seed and recorded in one register each; the tests only read
it. The seed is part of a test's name, so that a failure can be repeated. ``ICR_HISTORIES=200``
takes so many seeds, and compares a part of the days of each.

Both databases record the same histories, and compute the same from them with the same queries. Each
is therefore asked at every revision, but for one half of the days; both together for all of them.
"""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app.database import Database, is_sqlite
from app.statistics.projection import OBSERVATIONS
from app.subjects.tables import VERSIONS, WORDS
from app.upkeep.rebuilding import rebuild
from tests import oracle
from tests.oracle import MERGER, State
from tests.support.figures import untraced
from tests.support.lists import COURSES
from tests.support.lives import (
    Life,
    Register,
    days_of,
    expected_provenance,
    expected_spans,
    plain,
    random_lives,
    without_names,
)
from tests.support.planned import PLANNED, compare_plan
from tests.support.registers import KINDS, Templates, get, opened, prepare_empty, serving, writer_on
from tests.support.summed import area_sum, compare_clearance, compare_occupancy

FIRST = 333
SEEDS = range(FIRST, FIRST + int(os.environ.get("ICR_HISTORIES", "1")))
FEW = 3
SPARSELY = 1 if len(SEEDS) <= FEW else 8
"""Of so many days one is compared where there are many histories."""
TODAY = date(2026, 7, 1)
"""A day of the units that are today's."""

LISTS = ("/v1/sites", "/v1/projects")
FILTERS = {
    "/v1/sites": (("province_code", "19"), ("stage", "closed"), ("commune_code", "02086")),
    "/v1/projects": (("province_code", "19"), ("site", "site-1"), ("licence_status", "revoked")),
}
_ABOUT_THE_ANSWER = {"as_of", "revision", "known_from", "valid_from", "valid_to", "id", "kind"}
_UNKNOWN: tuple[object, ...] = (None, {})
"""An attribute, and what is planned, of which nothing is known."""
_SUMMED = ("planned_area_ha", "detailed_plan_area_ha", "industrial_land_ha", "leased_ha")


@pytest.fixture(
    scope="module",
    params=[(kind, seed) for kind in KINDS for seed in SEEDS],
    ids=lambda param: f"{param[0]}-seed-{param[1]}",
)
async def register(request: pytest.FixtureRequest, templates: Templates) -> AsyncIterator[Register]:
    """Record random histories through HTTP, mixed with each other."""
    kind, seed = request.param
    random = Random(seed)  # noqa: S311  histories are to be repeatable, not secret
    async with (
        templates.copy(kind, prepare_empty) as url,
        serving(url) as client,
        opened(url) as database,
    ):
        found = Register(client, database, random_lives(random))
        await found.record(random, keep=True)
        yield found


def points_of(register: Register) -> Iterator[tuple[date, int]]:
    """Yield points on both time axes: a few days of every revision, every day of the last.

    The one database has each second of them, the other database the rest.
    """
    days = days_of(register)
    step = 10 * SPARSELY
    few = [
        (day, revision)
        for revision in range(register.latest + 1)
        for day in days[revision % step :: step]
    ]
    every = [(day, register.latest) for day in days[::SPARSELY]]
    yield from [*few, *every][_half(register) :: 2]


def _half(register: Register) -> int:
    """Return with which of two days, or points, a database begins."""
    return KINDS.index("sqlite" if is_sqlite(register.database.url) else "postgresql")


def shown(answer: dict[str, Any]) -> State:
    """Return the attributes that an answer knows."""
    known = without_names(answer).items()
    return {n: v for n, v in known if v not in _UNKNOWN and n not in _ABOUT_THE_ANSWER}


def expected_list(lives: list[Life], day: date, revision: int, units_of: date) -> dict[str, State]:
    """Return what the oracle says of every life of which anything is known."""
    states = {life.id: life.state(day, revision, units_of) for life in lives}
    return {key: plain(now) for key, now in states.items() if now is not None}


def listed(register: Register, path: str) -> list[Life]:
    """Return what a list is about."""
    return [life for life in register.lives if life.root == path]


async def test_the_histories_are_worth_comparing(
    register: Register, request: pytest.FixtureRequest
) -> None:
    """What the other tests are to prove occurs, and most of what was drawn was accepted."""
    told = [s for life in register.lives for s in life.told]
    assert len(told) > sum(len(life.history) for life in register.lives) / 2
    if not request.node.callspec.id.endswith(f"-{FIRST}"):
        pytest.skip("not everything occurs in each")
    assert any(value is None for s in told for value in s.values.values())
    assert any(s.retracted for s in told)
    assert any(s.replaces for s in told)
    assert any(site.withdrawn for site in register.sites)
    assert any(project.withdrawn for project in register.projects)
    pairs = [
        pair
        for life in register.lives
        for pair in combinations(life.told, 2)
        if pair[0].values.keys() & pair[1].values.keys()
    ]
    assert any(later.effective < earlier.effective for earlier, later in pairs)
    same_day = [pair for pair in pairs if pair[0].effective == pair[1].effective]
    assert any(later.authority < earlier.authority for earlier, later in same_day)
    assert any(later.authority == earlier.authority for earlier, later in same_day)
    states = [now for site in register.sites for now in all_states(site)]
    assert {"06", "17", "19", "25"} <= {now.get("province_code") for now in states}
    rates = {now.get("occupancy_pct_definition") for now in states if "leased_ha" in now}
    assert {"ccn", "kcn_2018", "kcn_2022"} <= rates
    stages = {now["stage"] for now in states}
    assert {"closed", "suspended", "operating", "clearance", "established", "removed"} <= stages
    assert any(s.end for s in told)
    planned = {name for now in states for name in now.get("planned", ())}
    assert {"industrial_land_ha", "to_clear_ha", "investor", "qualifiers"} <= planned
    hedged = {name for now in states for name in now.get("qualifiers", ())}
    assert {"leased_ha", "affected_households"} <= hedged
    assert any(now.get("values_to") for now in states)
    assert any("cleared_ha" in now and "clearance_phase" in now for now in states)
    assert any("occupancy_definition" in now for now in states)
    of_projects = [now for project in register.projects for now in all_states(project)]
    assert {"19", "25"} <= {now.get("province_code") for now in of_projects}
    for name in ("site", "design_capacity", "investor"):
        assert any(name in now for now in of_projects)


def all_states(life: Life) -> Iterator[State]:
    for revision in life.revisions:
        for day in oracle.boundary_days(life.told):
            now = life.state(day, revision)
            if now is not None:
                yield now


async def test_each_on_every_boundary_day_at_every_revision(register: Register) -> None:
    for life in register.lives:
        for revision in [life.revisions[0] - 1, *life.revisions]:
            changed_in = life.changed_in(revision)
            boundary_days = oracle.boundary_days(life.told)[revision % SPARSELY :: SPARSELY]
            for day in boundary_days[(revision + _half(register)) % 2 :: 2]:
                await compare_state(register, life, day, revision, changed_in)


async def compare_state(
    register: Register, life: Life, day: date, revision: int, changed_in: int
) -> None:
    parameters = {"as_of": day.isoformat(), "revision": str(revision)}
    answer = await register.client.get(life.path, params=parameters)
    expected = life.state(day, revision)
    if expected is None:
        is_withdrawn = life.withdrawn is not None and revision >= life.withdrawn
        assert answer.status_code == (410 if is_withdrawn else 404), (life, parameters)
        return
    assert answer.status_code == 200, (life, parameters, answer.text)
    found = answer.json()
    assert found.pop("changed_in") == changed_in, (life, parameters)
    assert shown(found) == plain(expected), (life, parameters)
    assert (found["id"], found.get("kind")) == (life.id, life.kind)
    assert (found["as_of"], found["revision"]) == (day.isoformat(), revision)


async def test_timelines_at_every_revision(register: Register) -> None:
    for life in register.lives:
        since: dict[str, int] = {}
        for revision in life.revisions:
            expected = [
                (start.isoformat(), None if end == date.max else end.isoformat(), plain(now))
                for start, end, now in life.timeline(revision)
            ]
            # A version is known since the revision from which on it was said without a break.
            since = {repr(row): since.get(repr(row), revision) for row in expected}
            path = f"{life.path}/timeline"
            answer = await register.client.get(path, params={"revision": revision})
            items = answer.json()["items"] if answer.status_code == 200 else []
            found = [(item["valid_from"], item["valid_to"], shown(item)) for item in items]
            assert found == expected, (life, revision)
            assert [item["known_from"] for item in items] == list(since.values()), (life, revision)


@pytest.mark.parametrize("path", LISTS)
async def test_lists_at_every_revision(register: Register, path: str) -> None:
    for day, revision in points_of(register):
        for boundaries, units_of in (("then", day), ("now", TODAY)):
            expected = expected_list(listed(register, path), day, revision, units_of)
            asked = {"as_of": day, "revision": revision, "boundaries": boundaries, "sort": "id"}
            page = await get(register.client, path, **asked)
            found = {item["id"]: shown(item) for item in page["items"]}
            assert found == expected, asked
            assert list(found) == sorted(found)


SORTS = {
    "/v1/sites": ("stage", "province_code", "commune_code", "area_ha"),
    "/v1/projects": ("licence_status", "province_code", "commune_code"),
}


@pytest.mark.parametrize("path", LISTS)
async def test_sorted_lists_at_every_revision(register: Register, path: str) -> None:
    for number, (day, revision) in enumerate(points_of(register)):
        name = SORTS[path][number % len(SORTS[path])]
        descending = number % 5 % 2 == 1
        boundaries, units_of = (("then", day), ("now", TODAY))[number % 3 % 2]
        expected = expected_list(listed(register, path), day, revision, units_of)
        asked = {"as_of": day, "revision": revision, "boundaries": boundaries}
        page = await get(register.client, path, sort="-" * descending + name, **asked)
        found = [item["id"] for item in page["items"]]
        assert found == in_order(expected, name, descending=descending), (asked, name)


def in_order(states: dict[str, State], name: str, *, descending: bool) -> list[str]:
    """Return the ids by the values of an attribute, unknown ones last, and then by id."""
    unknown = {None, "unknown"}
    known = {key: now[name] for key, now in states.items() if now.get(name) not in unknown}
    course = COURSES.get(name, "").split()
    places = {key: course.index(value) if course else value for key, value in known.items()}
    ordered = sorted(known, key=lambda key: (places[key], key), reverse=descending)
    return ordered + sorted(states.keys() - known.keys(), reverse=descending)


@pytest.mark.parametrize("path", LISTS)
async def test_filtered_lists_at_every_revision(register: Register, path: str) -> None:
    for day, revision in points_of(register):
        name, value = FILTERS[path][revision % len(FILTERS[path])]
        expected = expected_list(listed(register, path), day, revision, day)
        asked: dict[str, Any] = {"as_of": day, "revision": revision, name: value}
        answer = await register.client.get(path, params=asked)
        if answer.status_code == 400:
            # No statement can name what is not registered yet.
            assert name == "site"
            assert await is_unknown(register, value, revision)
            continue
        found = {item["id"] for item in answer.json()["items"]}
        assert found == {key for key, now in expected.items() if now.get(name) == value}, asked


async def is_unknown(register: Register, site: str, revision: int) -> bool:
    """Return whether a site is registered by a later revision than one, by the feed."""
    entries = await register.client.get(f"/v1/sites/{site}/statements", params={"limit": 1000})
    return bool(min(item["revision"] for item in entries.json()["items"]) > revision)


async def test_who_said_so(register: Register) -> None:
    for life in register.lives:
        revision = (life.withdrawn or register.latest + 1) - 1
        for day in oracle.boundary_days(life.told)[revision % SPARSELY :: SPARSELY]:
            if life.state(day, revision) is None:
                continue
            path = f"{life.path}/provenance"
            page = await get(register.client, path, as_of=day, revision=revision)
            found = {(i["lane"], i["attribute"]): i["revision"] for i in page["items"]}
            assert found == expected_provenance(life, day, revision), (life, day)
            state = await get(register.client, life.path, as_of=day, revision=revision)
            for item in page["items"]:
                values = state if item["lane"] == "actual" else state["planned"]
                assert item["value"] == values.get(item["attribute"])
                assert item["qualifier"] == (values.get("qualifiers") or {}).get(item["attribute"])
                assert item["value_to"] == (values.get("values_to") or {}).get(item["attribute"])


ROLES = {
    "site": {"investor": "infrastructure_developer", "managing_body": "managing_body"},
    "project": {"investor": "project_investor"},
}


async def test_the_roles_of_organizations_at_every_revision(register: Register) -> None:
    held = 0
    for organization in ("developer-a", "developer-b"):
        for revision in range(10, register.latest + 1):
            path = f"/v1/organizations/{organization}/roles"
            page = await get(register.client, path, revision=revision)
            names = ("role", "subject_id", "valid_from", "valid_to")
            found = [tuple(role[name] for name in names) for role in page["items"]]
            expected = [
                (role, life.id, *span)
                for life in register.lives
                for name, role in ROLES["site" if life.kind else "project"].items()
                for span in expected_spans(life, name, organization, revision)
            ]
            assert sorted(found, key=str) == sorted(expected, key=str), (organization, revision)
            held += len(found)
    assert held > 0


async def test_rollups_at_every_revision(register: Register) -> None:
    for day, revision in points_of(register):
        then = ("06", "17", "19") if day < MERGER else ("19", "25")
        now = ("19", "25")
        await compare_rollup(register, then[revision % len(then)], day, revision, "then")
        await compare_rollup(register, now[revision % len(now)], day, revision, "now")


async def compare_rollup(
    register: Register, code: str, day: date, revision: int, boundaries: str
) -> None:
    asked = {"as_of": day, "revision": revision, "boundaries": boundaries}
    answer = await get(register.client, f"/v1/provinces/{code}/rollup", **asked)
    units_of = TODAY if boundaries == "now" else day
    for found in untraced(answer["rollups"]):
        known = [
            s.state(day, revision, units_of) for s in register.sites if s.kind == found["kind"]
        ]
        lying_in = [now for now in known if now and now.get("province_code") == code]
        stages = [now["stage"] for now in lying_in]
        counted = [now for now in lying_in if now["stage"] not in {"closed", "removed"}]
        by_stage = found["sites"]["by_stage"]
        assert by_stage == {stage: stages.count(stage) for stage in by_stage}, (code, asked)
        assert sum(by_stage.values()) == len(lying_in)
        assert found["sites"]["count"] == len(counted)
        assert found["area"] == area_sum(counted, "area_ha"), (code, asked)
        assert found["clearance"]["to_clear_ha"] == area_sum(counted, "to_clear_ha")
        assert found["clearance"]["cleared_ha"] == area_sum(counted, "cleared_ha")
        for name in _SUMMED:
            assert found["land"][name] == area_sum(counted, name), (code, asked, name)
        compare_totals(register, found["published"], day, revision)
        compare_clearance(found["clearance"], counted, (code, asked))
        compare_occupancy(found["occupancy"], counted, (code, asked))


async def test_plans_at_every_revision(register: Register) -> None:
    """The plans in force before the merger, and what remains of them besides the clusters."""
    before = (point for point in points_of(register) if point[0] < MERGER)
    for number, (day, revision) in enumerate(before):
        code, asked = PLANNED[number % 2], {"as_of": day, "revision": revision, "kind": "cluster"}
        answer = await get(register.client, f"/v1/provinces/{code}/rollup", **asked)
        known = [s.state(day, revision) for s in register.sites if s.kind == "cluster"]
        lying_in = [now for now in known if now and now.get("province_code") == code]
        plans = [plan for plan in register.plans if plan.code == code]
        compare_plan(answer["rollups"][0]["planned"], plans, lying_in, (day, revision))


def compare_totals(
    register: Register, published: list[dict[str, Any]], day: date, revision: int
) -> None:
    """A total of clusters is stated of 2023: it is compared with those of the end of that year."""
    for found in published:
        on = min(day, date(2023, 12, 31))
        assert (found["indicator"], found["computed_on"]) == ("cluster_count", on.isoformat())
        known = [s.state(on, revision) for s in register.sites if s.kind == "cluster"]
        lying_in = [now for now in known if now and now.get("province_code") == "06"]
        counted = [now for now in lying_in if now["stage"] not in {"closed", "removed"}]
        assert found["computed"] == len(counted), (day, revision)


async def test_later_writes_change_no_earlier_answer(register: Register) -> None:
    await compare_answers(register)


async def compare_answers(register: Register) -> None:
    for path, parameters, expected in register.answers:
        answer = await register.client.get(path, params=parameters)
        assert (answer.status_code, answer.text) == expected, (path, parameters)


async def test_a_rebuild_changes_no_row(register: Register) -> None:
    before = await all_rows(register.database)
    writer = await writer_on(register.database)
    progress = [step async for step in rebuild(register.database, writer.units)]
    after = await all_rows(register.database)
    assert progress[-1].rows == len(before)
    assert len(before) > len(register.lives)
    assert after == before
    await compare_answers(register)


async def all_rows(database: Database) -> list[str]:
    """Return all rows of all projections, in an order of their own."""
    async with database.read() as connection:
        found = [
            repr(tuple(row))
            for table in (*VERSIONS.values(), *WORDS.values(), OBSERVATIONS)
            for row in await connection.execute(select(table))
        ]
    return sorted(found)
