"""Clients that follow the change feed: one keeps what it reads, one records it all over again."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from tests.oracle import Told
from tests.support.lives import Life
from tests.support.registers import get, post

LATE = "2100-01-01"
"""A day by which everything that was stated has taken effect."""

_HEAD = (
    "source_id",
    "effective_from",
    "effective_to",
    "date_basis",
    "basis",
    "locator",
    "note",
    "cites",
    "override_reason",
    "qualifiers",
    "values_to",
)
_HEDGES = {"qualifiers", "values_to"}
_WITHOUT = {
    "province": {"override_reason", "effective_to", *_HEDGES},
    "source": {"override_reason", *_HEDGES},
}
"""What statements about these do not have, besides the other members of a head."""


async def follow(client: httpx.AsyncClient, limit: int = 50, **asked: Any) -> AsyncIterator[Any]:
    """Give every change from zero on, until there are no more."""
    after = 0
    while True:
        page = await get(client, "/v1/changes", after=after, limit=limit, **asked)
        for change in page["items"]:
            yield change
        after = page["next_after"]
        if after == page["latest_revision"]:
            return


async def state_at(client: httpx.AsyncClient, subject: str, revision: int) -> Any:
    """Read a site or project as it is in the end, as known at a revision; ``None`` if it is not."""
    answer = await client.get(subject, params={"revision": revision, "as_of": LATE})
    if answer.status_code in {404, 410}:
        return None
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name != "revision"}


class Mirror:
    """The state of every site and project, read anew whenever the feed says that it changed."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.states: dict[str, dict[str, Any]] = {"site": {}, "project": {}}

    async def take(self, change: Any) -> None:
        """Read what a change did something to, as known at its revision."""
        for entry in change["entries"]:
            states = self.states.get(entry["subject_type"])
            if states is None:
                continue
            state = await state_at(self._client, entry["links"]["subject"], change["number"])
            states.pop(entry["subject_id"], None)
            if state is not None:
                states[entry["subject_id"]] = state


class Tally:
    """The areas and the counts of sites by province and kind, added up from what was followed.

    It is plain arithmetic over the states that a mirror holds, without a look at any rollup.
    """

    def __init__(self, states: Iterable[Mapping[str, Any]]) -> None:
        groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for state in states:
            # A site that is closed counts no more.
            if state["stage"] not in {"closed", "removed"}:
                groups.setdefault((state["province_code"], state["kind"]), []).append(state)
        self.groups = {key: _tallied(sites) for key, sites in groups.items()}

    @staticmethod
    def shown(rollup: Mapping[str, Any]) -> dict[str, Any]:
        """Return the same figures as a rollup has them."""
        stages = rollup["sites"]["by_stage"].items()
        return {
            "count": rollup["sites"]["count"],
            "by_stage": {
                name: number
                for name, number in stages
                if number and name not in {"closed", "removed"}
            },
            "known": rollup["area"]["known"],
            "unknown": rollup["area"]["unknown"],
            "total_ha": _exactly(rollup["area"]["total_ha"]),
            "to_clear_ha": _exactly(rollup["clearance"]["to_clear_ha"]["total_ha"]),
            "cleared_ha": _exactly(rollup["clearance"]["cleared_ha"]["total_ha"]),
        }


def _tallied(sites: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    areas = [site["area_ha"] for site in sites]
    return {
        "count": len(sites),
        "by_stage": dict(Counter(site["stage"] for site in sites)),
        "known": sum(area is not None for area in areas),
        "unknown": areas.count(None),
        "total_ha": _sum(areas),
        "to_clear_ha": _sum([site["to_clear_ha"] for site in sites]),
        "cleared_ha": _sum([site["cleared_ha"] for site in sites]),
    }


def _exactly(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number)).normalize()


def _sum(numbers: Iterable[float | None]) -> Decimal | None:
    known = [Decimal(str(number)) for number in numbers if number is not None]
    return sum(known, Decimal()).normalize() if known else None


class Replica:
    """Another register in which everything is recorded over again, in the same revisions.

    All that it needs is in the feed; of a revision with very many entries also in their pages.
    """

    def __init__(self, origin: httpx.AsyncClient, copy: httpx.AsyncClient) -> None:
        self._origin = origin
        self._copy = copy

    async def take(self, change: Any) -> None:
        """Record what one change did."""
        entries = await all_entries(self._origin, change)
        replacing = [e for e in entries if e["type"] == "stated" and e["statement"]["replaces"]]
        if replacing:
            await self._replace(replacing[0])
            return
        for entry in entries:
            if entry["type"] == "retracted":
                path = f"{entry['links']['statement']}/retraction"
                reason = entry["statement"]["retraction"]["reason"]
                await post(self._copy, path, {"reason": reason, "override_reason": reason})
            elif entry["type"] == "withdrawn":
                gone = entry[entry["subject_type"]]
                path = f"{entry['links']['subject']}/withdrawal"
                await post(self._copy, path, {"reason": gone["withdrawal_reason"]})
        if body := self._recorded(entries):
            answer = await post(self._copy, "/v1/statements/bulk", {**body, "reason": None})
            stated = {e["statement_id"] for e in entries if e["type"] == "stated"}
            items = (i for name in ("sites", "projects", "statements") for i in answer[name])
            assert {item["statement_id"] for item in items} == stated

    async def _replace(self, entry: Any) -> None:
        """Record a statement in place of another, which one revision does."""
        said = entry["statement"]
        body = {"subject_type": entry["subject_type"], "reason": said["reason"], **_said(entry)}
        answer = await post(self._copy, f"/v1/statements/{said['replaces']}/replacement", body)
        assert answer["id"] == entry["statement_id"]

    @staticmethod
    def _recorded(entries: Sequence[Any]) -> dict[str, list[Any]]:
        """Return the body of a bulk that records what was registered and stated."""
        body: dict[str, list[Any]] = {}
        begun: dict[tuple[str, str], Any] = {}
        for entry in entries:
            what, subject = entry["subject_type"], (entry["subject_type"], entry["subject_id"])
            if entry["type"] == "registered" and what in {"site", "project"}:
                kind = {"kind": entry["site"]["kind"]} if what == "site" else {}
                begun[subject] = {"id": entry["subject_id"], **kind}
            elif entry["type"] == "registered":
                shown = entry[what].items()
                worked_out = {"revision", "authority", "links", "changed_in", "merged_into"}
                new = {name: v for name, v in shown if name not in worked_out | {"issuer_name"}}
                body.setdefault(f"{what}s", []).append(new)
            elif entry["type"] == "stated" and subject in begun:
                first = begun.pop(subject) | _said(entry)
                body.setdefault(f"{what}s", []).append(first)
            elif entry["type"] == "stated":
                about = {"subject_type": what, "subject_id": entry["subject_id"]}
                body.setdefault("statements", []).append(about | _said(entry))
        return body


def _said(entry: Any) -> dict[str, Any]:
    """Return the body of the statement that an entry recorded."""
    said, what = entry["statement"], entry["subject_type"]
    body = {name: said[name] for name in _HEAD if name not in _WITHOUT.get(what, ())}
    content = "observations" if what == "province" else "values"
    return body | {content: said[content] or ([] if what == "province" else {})}


async def all_entries(client: httpx.AsyncClient, change: Any) -> list[Any]:
    """Return the entries of a change; where the feed lists the first ones only, by their pages."""
    if change["entries_count"] == len(change["entries"]):
        entries: list[Any] = change["entries"]
        return entries
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await get(client, change["links"]["entries"], limit=1000, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


class Fold:
    """Every site and project by the oracle's rules, from nothing but what the feed says."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._authority: dict[str, int] = {}
        self._told: dict[str, Told] = {}
        self.lives: dict[tuple[str, str], Life] = {}

    async def take(self, change: Any) -> None:
        """Note what a change recorded, retracted and withdrew."""
        for entry in await all_entries(self._client, change):
            subject = (entry["subject_type"], entry["subject_id"])
            registered = entry["site"] or entry["project"]
            if entry["source"] is not None:
                self._authority[entry["subject_id"]] = entry["source"]["authority"]
            elif entry["type"] == "registered" and registered is not None:
                self.lives[subject] = Life(entry["subject_id"], registered["kind"], [])
            elif entry["type"] == "withdrawn":
                self.lives[subject].withdrawn = registered["withdrawn_in"]
            elif entry["type"] == "retracted" and entry["statement_id"] in self._told:
                self._told[entry["statement_id"]].retracted = change["number"]
            elif entry["type"] == "stated" and subject in self.lives:
                told = self._said(entry["statement"], change["number"])
                told.of_project = subject[0] == "project"
                self._told[entry["statement_id"]] = told
                recorded = self.lives[subject].recorded
                recorded[len(recorded)] = told

    def _said(self, statement: Any, revision: int) -> Told:
        values = _exact(statement["values"])
        authority = self._authority[statement["source_id"]]
        day = _first_day(statement["effective_from"])
        end = None if statement["effective_to"] is None else _first_day(statement["effective_to"])
        told = Told(day, authority, values, revision, end=end, basis=statement["basis"])
        told.qualifiers = statement["qualifiers"] or {}
        told.values_to = _exact(statement["values_to"])
        told.replaces = self._told.get(statement["replaces"])
        return told


def _exact(values: dict[str, Any] | None) -> dict[str, Any]:
    return {
        name: Decimal(str(value)) if isinstance(value, int | float) else value
        for name, value in (values or {}).items()
    }


def _first_day(written: str) -> date:
    for quarter, month in (("Q1", "01"), ("Q2", "04"), ("Q3", "07"), ("Q4", "10")):
        written = written.replace(quarter, month)
    numbers = [int(part) for part in written.split("-")]
    return date(*(*numbers, 1, 1)[:3])
