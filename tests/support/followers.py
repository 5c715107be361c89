"""Clients that follow the change feed: one keeps what it reads, one records it all over again."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx

from tests.support.registers import get, post

LATE = "2100-01-01"
"""A day by which everything that was stated has taken effect."""

_HEAD = (
    "source_id",
    "effective_from",
    "date_basis",
    "basis",
    "locator",
    "note",
    "cites",
    "reason",
    "override_reason",
)
_WITHOUT_OVERRIDE = {"province", "source"}


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
            if state["stage"] != "closed":
                groups.setdefault((state["province_code"], state["kind"]), []).append(state)
        self.groups = {key: _tallied(sites) for key, sites in groups.items()}

    @staticmethod
    def shown(rollup: Mapping[str, Any]) -> dict[str, Any]:
        """Return the same figures as a rollup has them."""
        stages = rollup["sites"]["by_stage"].items()
        return {
            "count": rollup["sites"]["count"],
            "by_stage": {name: number for name, number in stages if number and name != "closed"},
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
    """Another register in which everything is recorded over again, in the same revisions."""

    def __init__(self, origin: httpx.AsyncClient, copy: httpx.AsyncClient) -> None:
        self._origin = origin
        self._copy = copy

    async def take(self, change: Any) -> None:
        """Record what one change did, from what the links of its entries answer."""
        registered = None
        for entry in change["entries"]:
            if entry["type"] == "registered":
                registered = entry["subject_id"]
            await getattr(self, f"_{entry['type']}")(entry, registered, change)

    async def _registered(self, entry: Any, _registered: Any, _change: Any) -> None:
        if entry["subject_type"] in {"site", "project"}:
            # They are registered with what is stated of them in the same revision.
            return
        body = await get(self._origin, entry["links"]["subject"])
        shown = {n: v for n, v in body.items() if n not in {"revision", "authority"}}
        await post(self._copy, f"/v1/{entry['subject_type']}s", shown)

    async def _stated(self, entry: Any, registered: str | None, _change: Any) -> None:
        said = await get(self._origin, entry["links"]["statement"])
        what = entry["subject_type"]
        body = {name: said[name] for name in _HEAD}
        if what in _WITHOUT_OVERRIDE:
            del body["override_reason"]
        content = "observations" if what == "province" else "values"
        body[content] = said[content] or ([] if what == "province" else {})
        path = f"{entry['links']['subject']}/statements"
        if registered is not None:
            body["id"] = registered
            path = f"/v1/{what}s"
            if what == "site":
                body["kind"] = await self._kind(entry)
        recorded = await post(self._copy, path, body)
        assert recorded["id"] == entry["statement_id"]

    async def _kind(self, entry: Any) -> str:
        revision = int(entry["statement_id"].partition("-")[0])
        state = await state_at(self._origin, entry["links"]["subject"], revision)
        kind: str = state["kind"]
        return kind

    async def _retracted(self, entry: Any, _registered: Any, change: Any) -> None:
        path = f"{entry['links']['statement']}/retraction"
        await post(self._copy, path, {"reason": change["reason"]})

    async def _withdrawn(self, entry: Any, _registered: Any, change: Any) -> None:
        path = f"{entry['links']['subject']}/withdrawal"
        await post(self._copy, path, {"reason": change["reason"]})
