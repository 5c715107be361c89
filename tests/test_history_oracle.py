"""The whole register against the oracle: random histories through HTTP, on both databases.

The histories are drawn once for each seed and recorded in one register each; the tests only read
it. The seed is part of a test's name, so that a failure can be repeated.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.database import Database
from app.repositories.tables import OBSERVATIONS, SITE_VERSIONS
from app.services.rebuilding import rebuild
from tests import oracle
from tests.conftest import KINDS, Templates, get, opened, post, prepare_empty, serving, writer_on
from tests.histories import SOURCES, Retract, Step, random_history
from tests.oracle import MERGER, State, Told

SEEDS = (58,)
SITES = 8
STEPS = 8
TODAY = date(2026, 7, 1)
"""A day of the units that are today's."""

Parameters = dict[str, str]

_ABOUT_THE_ANSWER = {"as_of", "revision", "known_from", "valid_from", "valid_to", "id", "kind"}
_SUMMED = ("planned_area_ha", "detailed_plan_area_ha", "industrial_land_ha", "leased_ha")


@dataclass
class Site:
    """A site, and what was recorded of it by the step of its history that said so."""

    id: str
    kind: str
    history: list[Step]
    recorded: dict[int, Told] = field(default_factory=dict)
    statement_ids: dict[int, str] = field(default_factory=dict)
    withdrawn: int | None = None

    @property
    def told(self) -> list[Told]:
        """What was said, in the order in which it was recorded."""
        return list(self.recorded.values())

    @property
    def revisions(self) -> list[int]:
        """The revisions that concern the site, oldest first."""
        numbers = [self.withdrawn, *(n for s in self.told for n in (s.revision, s.retracted))]
        return sorted({number for number in numbers if number is not None})

    def state(self, day: date, revision: int, units_of: date | None = None) -> State | None:
        """Return what the oracle says of a day."""
        if self.withdrawn is not None and revision >= self.withdrawn:
            return None
        return oracle.state(self.kind, self.told, day, revision, units_of)

    def timeline(self, revision: int) -> list[tuple[date, date, State]]:
        """Return what the oracle says of all days."""
        if self.withdrawn is not None and revision >= self.withdrawn:
            return []
        return oracle.timeline(self.kind, self.told, revision)


@dataclass
class Register:
    """A running register, what was recorded in it, and what it answered at the time."""

    client: httpx.AsyncClient
    database: Database
    sites: list[Site]
    latest: int = 0
    answers: list[tuple[str, Parameters, tuple[int, str]]] = field(default_factory=list)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Write, and note the revision."""
        answer = await post(self.client, path, body)
        self.latest += 1
        return answer


@pytest.fixture(
    scope="module",
    params=[(kind, seed) for kind in KINDS for seed in SEEDS],
    ids=lambda param: f"{param[0]}-seed-{param[1]}",
)
async def register(request: pytest.FixtureRequest, templates: Templates) -> AsyncIterator[Register]:
    """Record random histories through HTTP, mixed with each other."""
    kind, seed = request.param
    random = Random(seed)  # noqa: S311  histories are to be repeatable, not secret
    kinds = ("zone", "cluster")
    sites = [Site(f"site-{n}", kinds[n % 2], random_history(random, STEPS)) for n in range(SITES)]
    async with (
        templates.copy(kind, "empty", prepare_empty) as url,
        serving(url) as client,
        opened(url) as database,
    ):
        found = Register(client, database, sites)
        await record_sources(found)
        await record_histories(found, random)
        yield found


async def record_sources(register: Register) -> None:
    for name, (kind, _) in SOURCES.items():
        await register.post("/v1/sources", {"id": name, "kind": kind, "title": name})
    for name in ("developer-a", "developer-b"):
        await register.post("/v1/organizations", {"id": name, "name": name})


async def record_histories(register: Register, random: Random) -> None:
    """Take the steps of all histories in turns, and keep what is answered after each."""
    turns = [site for site in register.sites for _ in site.history]
    random.shuffle(turns)
    steps = {site.id: enumerate(site.history) for site in register.sites}
    for turn, site in enumerate(turns):
        if turn % SITES == 0:
            await state_of_province(register, turn)
        await take(register, site, *next(steps[site.id]))
        if turn == len(turns) - SITES:
            await withdraw(register, site)
        await keep_answers(register, site, random.choice(days_of(register)))


async def state_of_province(register: Register, turn: int) -> None:
    """Record a total of a province; every second one is retracted at once."""
    count = {"indicator": "cluster_count", "value": turn}
    body = {"source_id": "report-a", "effective_from": "2023", "observations": [count]}
    answer = await register.post("/v1/provinces/06/statements", body)
    if turn % (2 * SITES) == 0:
        await register.post(f"/v1/statements/{answer['id']}/retraction", {"reason": "misread"})


async def take(register: Register, site: Site, number: int, step: Step) -> None:
    """Take one step of a history."""
    if isinstance(step, Retract):
        if step.step in site.recorded:
            path = f"/v1/statements/{site.statement_ids[step.step]}/retraction"
            await register.post(path, {"reason": "misread"})
            site.recorded[step.step].retracted = register.latest
        return
    body: dict[str, Any] = {
        "source_id": step.source,
        "effective_from": step.effective_from,
        "values": plain(dict(step.values)),
        "override_reason": "a made-up life takes any course",
    }
    path = f"/v1/sites/{site.id}/statements"
    if number == 0:
        path, body = "/v1/sites", body | {"id": site.id, "kind": site.kind}
    answer = await register.client.post(path, json=body)
    if is_refused(site, answer):
        return
    assert answer.status_code == 201, answer.text
    register.latest += 1
    site.recorded[number] = step.told(register.latest)
    site.statement_ids[number] = answer.json()["id"]


def is_refused(site: Site, answer: httpx.Response) -> bool:
    """Tell whether a statement was refused as it should be; it was never said, then."""
    if site.withdrawn is not None:
        assert answer.status_code == 410, answer.text
    if answer.status_code == 409:
        assert answer.json()["type"].endswith(("impossible-state", "duplicate-statement"))
    if answer.status_code == 422:
        # The place lies elsewhere than a weightier statement of that day says.
        assert answer.json()["errors"][0]["pointer"].endswith("_code"), answer.text
    return answer.status_code in {409, 410, 422}


async def withdraw(register: Register, site: Site) -> None:
    await register.post(f"/v1/sites/{site.id}/withdrawal", {"reason": "registered by mistake"})
    site.withdrawn = register.latest


async def keep_answers(register: Register, site: Site, day: date) -> None:
    """Keep what the register answers just now, so that it can be asked again later."""
    on_the_day = {"as_of": day.isoformat()}
    asked: tuple[tuple[str, Parameters], ...] = (
        (f"/v1/sites/{site.id}/timeline", {}),
        (f"/v1/sites/{site.id}/statements", {}),
        ("/v1/sites", on_the_day),
        ("/v1/provinces/19/rollup", on_the_day | {"boundaries": "now"}),
        ("/v1/provinces/06/observations", {"as_of": "2024-01-01"}),
    )
    for path, parameters in asked:
        answer = await register.client.get(path, params=parameters)
        at_that_time = parameters | {"revision": str(register.latest)}
        register.answers.append((path, at_that_time, (answer.status_code, answer.text)))


def days_of(register: Register) -> list[date]:
    """Return the days around every boundary of any site."""
    return sorted({day for site in register.sites for day in oracle.boundary_days(site.told)})


def points_of(register: Register) -> Iterator[tuple[date, int]]:
    """Yield points on both time axes: a few days of every revision, every day of the last."""
    days = days_of(register)
    for revision in range(register.latest + 1):
        yield from ((day, revision) for day in days[revision % 10 :: 10])
    yield from ((day, register.latest) for day in days)


def plain(values: State) -> State:
    """Return values as JSON gives them."""
    return {n: float(v) if isinstance(v, Decimal) else v for n, v in values.items()}


def shown(answer: dict[str, Any]) -> State:
    """Return the attributes that an answer knows."""
    return {n: v for n, v in answer.items() if v is not None and n not in _ABOUT_THE_ANSWER}


def expected_list(register: Register, day: date, revision: int, units_of: date) -> dict[str, State]:
    """Return what the oracle says of every site of which anything is known."""
    states = {site.id: site.state(day, revision, units_of) for site in register.sites}
    return {site: plain(now) for site, now in states.items() if now is not None}


async def test_the_histories_are_worth_comparing(register: Register) -> None:
    """What the other tests are to prove occurs, and most of what was drawn was accepted."""
    told = [s for site in register.sites for s in site.told]
    assert len(told) > sum(len(site.history) for site in register.sites) / 2
    assert any(value is None for s in told for value in s.values.values())
    assert any(s.retracted for s in told)
    assert any(site.withdrawn for site in register.sites)
    pairs = [
        pair
        for site in register.sites
        for pair in combinations(site.told, 2)
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
    assert {"closed", "operating", "clearance", "established"} <= {now["stage"] for now in states}


def all_states(site: Site) -> Iterator[State]:
    for revision in site.revisions:
        for day in oracle.boundary_days(site.told):
            now = site.state(day, revision)
            if now is not None:
                yield now


async def test_a_site_on_every_boundary_day_at_every_revision(register: Register) -> None:
    for site in register.sites:
        for revision in [site.revisions[0] - 1, *site.revisions]:
            for day in oracle.boundary_days(site.told):
                await compare_site(register, site, day, revision)


async def compare_site(register: Register, site: Site, day: date, revision: int) -> None:
    parameters = {"as_of": day.isoformat(), "revision": str(revision)}
    answer = await register.client.get(f"/v1/sites/{site.id}", params=parameters)
    expected = site.state(day, revision)
    if expected is None:
        is_withdrawn = site.withdrawn is not None and revision >= site.withdrawn
        assert answer.status_code == (410 if is_withdrawn else 404), (site, parameters)
        return
    assert answer.status_code == 200, (site, parameters, answer.text)
    found = answer.json()
    assert shown(found) == plain(expected), (site, parameters)
    assert (found["id"], found["kind"]) == (site.id, site.kind)
    assert (found["as_of"], found["revision"]) == (day.isoformat(), revision)


async def test_timelines_at_every_revision(register: Register) -> None:
    for site in register.sites:
        since: dict[str, int] = {}
        for revision in site.revisions:
            expected = [
                (start.isoformat(), None if end == date.max else end.isoformat(), plain(now))
                for start, end, now in site.timeline(revision)
            ]
            # A version is known since the revision from which on it was said without a break.
            since = {repr(row): since.get(repr(row), revision) for row in expected}
            path = f"/v1/sites/{site.id}/timeline"
            answer = await register.client.get(path, params={"revision": revision})
            items = answer.json()["items"] if answer.status_code == 200 else []
            found = [(item["valid_from"], item["valid_to"], shown(item)) for item in items]
            assert found == expected, (site, revision)
            assert [item["known_from"] for item in items] == list(since.values()), (site, revision)


async def test_lists_at_every_revision(register: Register) -> None:
    for day, revision in points_of(register):
        for boundaries, units_of in (("then", day), ("now", TODAY)):
            expected = expected_list(register, day, revision, units_of)
            asked = {"as_of": day, "revision": revision, "boundaries": boundaries, "sort": "id"}
            page = await get(register.client, "/v1/sites", **asked)
            found = {item["id"]: shown(item) for item in page["items"]}
            assert found == expected, asked
            assert list(found) == sorted(found)


async def test_filtered_lists_at_every_revision(register: Register) -> None:
    filters = (("province_code", "19"), ("stage", "closed"), ("commune_code", "02086"))
    for day, revision in points_of(register):
        name, value = filters[revision % len(filters)]
        expected = expected_list(register, day, revision, day)
        asked = {"as_of": day, "revision": revision, name: value}
        page = await get(register.client, "/v1/sites", **asked)
        found = {item["id"] for item in page["items"]}
        assert found == {site for site, now in expected.items() if now.get(name) == value}, asked


async def test_who_said_so(register: Register) -> None:
    for site in register.sites:
        revision = (site.withdrawn or register.latest + 1) - 1
        for day in oracle.boundary_days(site.told):
            if site.state(day, revision) is None:
                continue
            path = f"/v1/sites/{site.id}/provenance"
            page = await get(register.client, path, as_of=day, revision=revision)
            found = {item["attribute"]: item["revision"] for item in page["items"]}
            assert found == expected_provenance(site, day, revision), (site, day)


def expected_provenance(site: Site, day: date, revision: int) -> dict[str, int]:
    """Return the revision of the statement behind each attribute that is shown as it says."""
    now = site.state(day, revision) or {}
    winners = {n: oracle.decisive(site.told, n, day, revision) for s in site.told for n in s.values}
    said = {n: s for n, s in winners.items() if s is not None and s.values[n] is not None}
    places = sorted(
        ((s, n) for n, s in said.items() if n in oracle.LEVELS),
        key=lambda told: (
            told[0].effective,
            told[0].authority,
            told[0].revision,
            oracle.LEVELS.index(told[1]),
        ),
        reverse=True,
    )
    found = {n: s.revision for n, s in said.items() if n not in oracle.LEVELS and n in now}
    for name in oracle.LEVELS:
        if now.get(name) is not None:
            telling = (s for s, n in places if oracle.where((s, n), day).get(name) == now[name])
            found[name] = next(telling).revision
    return {name: number for name, number in found.items() if now[name] is not None}


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
    for found in answer["rollups"]:
        known = [
            s.state(day, revision, units_of) for s in register.sites if s.kind == found["kind"]
        ]
        lying_in = [now for now in known if now and now.get("province_code") == code]
        stages = [now["stage"] for now in lying_in]
        counted = [now for now in lying_in if now["stage"] != "closed"]
        by_stage = found["sites"]["by_stage"]
        assert by_stage == {stage: stages.count(stage) for stage in by_stage}, (code, asked)
        assert sum(by_stage.values()) == len(lying_in)
        assert found["sites"]["count"] == len(counted)
        assert found["area"] == area_sum(counted, "area_ha"), (code, asked)
        assert found["clearance"]["to_clear_ha"] == area_sum(counted, "to_clear_ha")
        assert found["clearance"]["cleared_ha"] == area_sum(counted, "cleared_ha")
        for name in _SUMMED:
            assert found["land"][name] == area_sum(counted, name), (code, asked, name)


def area_sum(states: list[State], name: str) -> dict[str, Any]:
    """Add up in whole square metres."""
    metres = [int(now[name] * 10_000) for now in states if name in now]
    unknown = len(states) - len(metres)
    total = None if unknown and not metres else float(Decimal(sum(metres)) / 10_000)
    return {"total_ha": total, "known": len(metres), "unknown": unknown}


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
    assert len(before) > len(register.sites)
    assert after == before
    await compare_answers(register)


async def all_rows(database: Database) -> list[str]:
    """Return all rows of all projections, in an order of their own."""
    async with database.read() as connection:
        found = [
            repr(tuple(row))
            for table in (SITE_VERSIONS, OBSERVATIONS)
            for row in await connection.execute(select(table))
        ]
    return sorted(found)


async def test_a_late_commune_does_not_move_what_was_stated_later(
    client: httpx.AsyncClient,
) -> None:
    """The place of 2023 was stated for 2023; a late statement about 2021 never overwrites it."""
    await post(client, "/v1/sources", {"id": "report-a", "kind": "report", "title": "A"})
    head = {"source_id": "report-a", "effective_from": "2019", "override_reason": "a slip before"}
    begun = head | {"values": {"name": "A", "province_code": "06"}}
    await post(client, "/v1/sites", begun | {"id": "ccn-a", "kind": "cluster"})
    moved = head | {"effective_from": "2023", "values": {"province_code": "17"}}
    await post(client, "/v1/sites/ccn-a/statements", moved)
    late = head | {"effective_from": "2021", "values": {"commune_code": "02131"}}
    await client.post("/v1/sites/ccn-a/statements", json=late)
    site = await get(client, "/v1/sites/ccn-a", as_of="2024-01-01")
    assert (site["province_code"], site["commune_code"]) == ("17", None)


async def test_a_retraction_does_not_move_what_was_stated_later(client: httpx.AsyncClient) -> None:
    await post(client, "/v1/sources", {"id": "report-a", "kind": "report", "title": "A"})
    head = {"source_id": "report-a", "effective_from": "2019", "override_reason": "a slip before"}
    begun = head | {"values": {"name": "A", "commune_code": "02131"}}
    await post(client, "/v1/sites", begun | {"id": "ccn-a", "kind": "cluster"})
    values = {"province_code": "06", "commune_code": None}
    cleared = head | {"effective_from": "2022", "values": values}
    statement = await post(client, "/v1/sites/ccn-a/statements", cleared)
    moved = head | {"effective_from": "2023", "values": {"province_code": "17"}}
    await post(client, "/v1/sites/ccn-a/statements", moved)
    path = f"/v1/statements/{statement['id']}/retraction"
    await post(client, path, {"reason": "the commune was right"})
    for day, place in (("2022-06-01", ("06", "02131")), ("2024-01-01", ("17", None))):
        site = await get(client, "/v1/sites/ccn-a", as_of=day)
        assert (site["province_code"], site["commune_code"]) == place


async def test_a_merger_does_not_bring_back_the_place_a_site_was_moved_from(
    client: httpx.AsyncClient,
) -> None:
    """In 2023 the site is said to lie in 19, so not in commune 02131 of 06; 19 took in 06 later."""
    await post(client, "/v1/sources", {"id": "report-a", "kind": "report", "title": "A"})
    head = {"source_id": "report-a", "effective_from": "2023", "override_reason": "a slip before"}
    begun = head | {"values": {"name": "A", "province_code": "19"}}
    await post(client, "/v1/sites", begun | {"id": "ccn-a", "kind": "cluster"})
    late = head | {"effective_from": "2021", "values": {"commune_code": "02131"}}
    await post(client, "/v1/sites/ccn-a/statements", late)
    for day, place in (
        ("2022-12-31", ("06", "02131")),
        ("2025-06-30", ("19", None)),
        ("2025-07-01", ("19", None)),
    ):
        site = await get(client, "/v1/sites/ccn-a", as_of=day)
        assert (site["province_code"], site["commune_code"]) == place
