"""Random histories of sites and projects, recorded through HTTP, with what was answered then."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import httpx

from app.database import Database
from tests import oracle
from tests.oracle import State, Told
from tests.support.histories import (
    PROJECT_THEMES,
    SOURCES,
    Replace,
    Retract,
    Say,
    Step,
    random_history,
)
from tests.support.planned import Plan, plan_number
from tests.support.registers import post

SITES = 12
PROJECTS = 6
STEPS = 8

Parameters = dict[str, str]


@dataclass
class Life:
    """A site or project, and what was recorded of it by the step of its history that said so."""

    id: str
    kind: str | None
    """Of a site; a project has none."""
    history: list[Step]
    recorded: dict[int, Told] = field(default_factory=dict)
    statement_ids: dict[int, str] = field(default_factory=dict)
    withdrawn: int | None = None
    _states: dict[tuple[date, date, int], State | None] = field(default_factory=dict, repr=False)
    _timelines: dict[int, list[tuple[date, date, State]]] = field(default_factory=dict, repr=False)
    """What the oracle said: nothing changes between two revisions that concern a life."""

    @property
    def root(self) -> str:
        """The address of all sites, or of all projects."""
        return "/v1/projects" if self.kind is None else "/v1/sites"

    @property
    def path(self) -> str:
        """Its own address."""
        return f"{self.root}/{self.id}"

    @property
    def told(self) -> list[Told]:
        """What was said, in the order in which it was recorded."""
        return list(self.recorded.values())

    @property
    def revisions(self) -> list[int]:
        """The revisions that concern it, oldest first."""
        numbers = [self.withdrawn, *(n for s in self.told for n in (s.revision, s.retracted))]
        return sorted({number for number in numbers if number is not None})

    def state(self, day: date, revision: int, units_of: date | None = None) -> State | None:
        """Return what the oracle says of a day."""
        if self.withdrawn is not None and revision >= self.withdrawn:
            return None
        last = self._last(revision)
        point = (day, units_of or day, last)
        if point not in self._states:
            self._states[point] = oracle.state(self.kind, self.told, day, last, units_of)
        return self._states[point]

    def _last(self, revision: int) -> int:
        """Return the last revision, up to one, that concerns it."""
        return max((number for number in self.revisions if number <= revision), default=0)

    def changed_in(self, revision: int) -> int:
        """Return the last revision, up to one, that changed what the oracle says of any day."""
        last, before = 0, list[tuple[date, date, State]]()
        for number in self.revisions:
            now = self.timeline(number)
            if number <= revision and now != before:
                last, before = number, now
        return last

    def timeline(self, revision: int) -> list[tuple[date, date, State]]:
        """Return what the oracle says of all days."""
        if self.withdrawn is not None and revision >= self.withdrawn:
            return []
        last = self._last(revision)
        if last not in self._timelines:
            self._timelines[last] = oracle.timeline(self.kind, self.told, last)
        return self._timelines[last]


@dataclass
class Register:
    """A running register, what was recorded in it, and what it answered at the time."""

    client: httpx.AsyncClient
    database: Database
    lives: list[Life]
    latest: int = 0
    plans: list[Plan] = field(default_factory=list)
    answers: list[tuple[str, Parameters, tuple[int, str]]] = field(default_factory=list)

    @property
    def sites(self) -> list[Life]:
        """The sites among what lives in the register."""
        return [life for life in self.lives if life.kind is not None]

    @property
    def projects(self) -> list[Life]:
        """The projects."""
        return [life for life in self.lives if life.kind is None]

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Write, and note the revision."""
        answer = await post(self.client, path, body)
        self.latest += 1
        return answer

    async def record(self, random: Random, *, keep: bool = False) -> None:
        """Record sources and organizations, then all lives mixed with each other.

        On request keep what is answered after each step, so that it can be asked again later.
        """
        for name, (kind, _) in SOURCES.items():
            await self.post("/v1/sources", {"id": name, "kind": kind, "title": name})
        for name in ("developer-a", "developer-b"):
            await self.post("/v1/organizations", {"id": name, "name": name})
        await _record_histories(self, random, keep=keep)


def random_lives(random: Random) -> list[Life]:
    """Draw the histories of some sites and projects."""
    kinds = ("zone", "cluster")
    sites = [Life(f"site-{n}", kinds[n % 2], random_history(random, STEPS)) for n in range(SITES)]
    projects = [
        Life(f"project-{n}", None, random_history(random, STEPS, PROJECT_THEMES))
        for n in range(PROJECTS)
    ]
    return sites + projects


async def _record_histories(register: Register, random: Random, *, keep: bool) -> None:
    """Take the steps of all histories in turns."""
    turns = [life for life in register.lives for _ in life.history]
    random.shuffle(turns)
    steps = {life.id: enumerate(life.history) for life in register.lives}
    sites = [turn for turn, life in enumerate(turns) if life.kind is not None]
    projects = [turn for turn, life in enumerate(turns) if life.kind is None]
    for turn, life in enumerate(turns):
        if turn % SITES == 0:
            await _state_of_province(register, turn)
        await _take(register, life, *next(steps[life.id]))
        if turn in (sites[-SITES], projects[-PROJECTS]):
            await _withdraw(register, life)
        if keep:
            await _keep_answers(register, life, random.choice(days_of(register)))


async def _state_of_province(register: Register, turn: int) -> None:
    """Record a plan of a province, and a total of one; every second total is retracted at once."""
    plan = plan_number(len(register.plans), register.latest + 1)
    await register.post(f"/v1/provinces/{plan.code}/statements", plan.body)
    register.plans.append(plan)
    count = {"indicator": "cluster_count", "value": turn}
    body = {"source_id": "report-a", "effective_from": "2023", "observations": [count]}
    answer = await register.post("/v1/provinces/06/statements", body)
    if turn % (2 * SITES) == 0:
        await register.post(f"/v1/statements/{answer['id']}/retraction", {"reason": "misread"})


def body_of(step: Say) -> dict[str, Any]:
    """Return what is sent to say something."""
    body: dict[str, Any] = {
        "source_id": step.source,
        "effective_from": step.effective_from,
        "basis": step.basis,
        "values": plain(dict(step.values)),
        "override_reason": "a made-up life takes any course",
    }
    if step.qualifiers:
        body["qualifiers"] = dict(step.qualifiers)
    if step.values_to:
        body["values_to"] = plain(dict(step.values_to))
    if step.effective_to is not None:
        body["effective_to"] = step.effective_to
    return body


async def _take(register: Register, life: Life, number: int, step: Step) -> None:
    """Take one step of a history."""
    if isinstance(step, Retract):
        if step.step in life.recorded:
            path = f"/v1/statements/{life.statement_ids[step.step]}/retraction"
            await register.post(path, {"reason": "misread", "override_reason": "misread"})
            life.recorded[step.step].retracted = register.latest
        return
    replaced = life.recorded.get(step.step) if isinstance(step, Replace) else None
    if isinstance(step, Replace) and replaced is None:
        return
    path, body = _asked(life, number, step)
    answer = await register.client.post(path, json=body)
    if _is_refused(life, answer):
        return
    assert answer.status_code == 201, answer.text
    register.latest += 1
    if replaced is not None:
        replaced.retracted = register.latest
    say = step.say if isinstance(step, Replace) else step
    told = say.told(register.latest, of_project=life.kind is None, replaces=replaced)
    life.recorded[number] = told
    life.statement_ids[number] = answer.json()["id"]


def _asked(life: Life, number: int, step: Say | Replace) -> tuple[str, dict[str, Any]]:
    """Return where what is sent to say something."""
    if isinstance(step, Replace):
        what = "project" if life.kind is None else "site"
        path = f"/v1/statements/{life.statement_ids[step.step]}/replacement"
        return path, body_of(step.say) | {"subject_type": what, "reason": "misread"}
    if number:
        return f"{life.path}/statements", body_of(step)
    kind = {} if life.kind is None else {"kind": life.kind}
    return life.root, body_of(step) | {"id": life.id} | kind


def _is_refused(life: Life, answer: httpx.Response) -> bool:
    """Tell whether a statement was refused as it should be; it was never said, then."""
    if life.withdrawn is not None:
        assert answer.status_code == 410, answer.text
    if answer.status_code == 409:
        assert answer.json()["type"].endswith(("impossible-state", "duplicate-statement"))
    if answer.status_code == 422:
        # The place lies elsewhere than a weightier statement of that day says; or a project is
        # said to be in a site that is not registered yet.
        assert answer.json()["errors"][0]["pointer"].endswith(("_code", "/site")), answer.text
    return answer.status_code in {409, 410, 422}


async def _withdraw(register: Register, life: Life) -> None:
    await register.post(f"{life.path}/withdrawal", {"reason": "registered by mistake"})
    life.withdrawn = register.latest


async def _keep_answers(register: Register, life: Life, day: date) -> None:
    """Keep what the register answers just now, so that it can be asked again later."""
    on_the_day = {"as_of": day.isoformat()}
    asked: tuple[tuple[str, Parameters], ...] = (
        (f"{life.path}/timeline", {}),
        (f"{life.path}/statements", {}),
        (life.root, on_the_day),
        ("/v1/sites/site-0/projects", on_the_day),
        ("/v1/organizations/developer-a/roles", {}),
        ("/v1/provinces/19/rollup", on_the_day | {"boundaries": "now"}),
        ("/v1/provinces/06/observations", {"as_of": "2024-01-01"}),
    )
    for path, parameters in asked:
        answer = await register.client.get(path, params=parameters)
        at_that_time = parameters | {"revision": str(register.latest)}
        register.answers.append((path, at_that_time, (answer.status_code, answer.text)))


def days_of(register: Register) -> list[date]:
    """Return the days around every boundary of any life."""
    return sorted({day for life in register.lives for day in oracle.boundary_days(life.told)})


def plain(values: State) -> State:
    """Return values as JSON gives them."""
    shown = {n: plain(v) if isinstance(v, dict) else v for n, v in values.items()}
    return {n: float(v) if isinstance(v, Decimal) else v for n, v in shown.items()}


def expected_provenance(life: Life, day: date, revision: int) -> dict[tuple[str, str], int]:
    """Return the revision of the statement behind each attribute, by lane and name.

    It is shown as that says, or cleared by it.
    """
    now = life.state(day, revision) or {}
    winners = oracle.winners(life.told, day, revision)
    said = {n: s for n, s in winners.items() if s.values[n] is not None}
    places = sorted(
        ((s, n) for n, s in said.items() if n in oracle.LEVELS),
        key=lambda word: (oracle.rank(life.told, word[0]), oracle.LEVELS.index(word[1])),
        reverse=True,
    )
    found = {n: s.revision for n, s in said.items() if n not in oracle.LEVELS and n in now}
    for name in oracle.LEVELS:
        if now.get(name) is not None:
            telling = (s for s, n in places if oracle.where((s, n), day).get(name) == now[name])
            found[name] = next(telling).revision
    cleared = {n: s.revision for n, s in winners.items() if s.values[n] is None}
    planned = oracle.winners(life.told, day, revision, oracle.PLANNED)
    return {("actual", n): number for n, number in (cleared | found).items()} | {
        ("planned", n): s.revision for n, s in planned.items()
    }


def expected_spans(
    life: Life, name: str, value: str, revision: int
) -> list[tuple[str, str | None]]:
    """Return over which days without a break an attribute has a value, by the oracle."""
    days = [(start, end) for start, end, now in life.timeline(revision) if now.get(name) == value]
    breaks = [at for at, (before, after) in enumerate(pairwise(days), 1) if before[1] != after[0]]
    cuts = [0, *breaks, len(days)]
    joined = [(days[a][0], days[b - 1][1]) for a, b in pairwise(cuts) if days]
    return [
        (start.isoformat(), None if end == date.max else end.isoformat()) for start, end in joined
    ]


_NAMES = {
    f"{reference}_name"
    for reference in ("province", "district", "commune", "investor", "managing_body", "site")
}


def without_names(item: dict[str, Any]) -> dict[str, Any]:
    """Return a state as answered, what is planned included, without the names beside ids."""
    bare = {n: v for n, v in item.items() if n not in _NAMES}
    return bare | {"planned": without_names(item["planned"])} if "planned" in item else bare
