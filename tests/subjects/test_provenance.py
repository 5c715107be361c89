"""Who said what is shown, who cleared what is not, and what of all that was said is in effect."""

from typing import Any

import httpx

from tests.support.http import register, said
from tests.support.registers import get, post

SITE = "/v1/sites/ccn-said"
STATED = f"{SITE}/statements"
DAY = "2024-06-30"


async def begin(client: httpx.AsyncClient) -> Any:
    place = {"province_code": "06", "commune_code": "02131"}
    return await register(client, "ccn-said", "2020", area_ha=40, address="Xã A", **place)


async def say(client: httpx.AsyncClient, effective_from: str, **members: Any) -> Any:
    source = members.pop("source_id", "article")
    return await post(client, STATED, said(effective_from, source, **members))


async def provenance(client: httpx.AsyncClient, **asked: Any) -> dict[tuple[str, str], Any]:
    page = await get(client, f"{SITE}/provenance", **{"as_of": DAY, **asked})
    return {(item.pop("lane"), item.pop("attribute")): item for item in page["items"]}


async def effects(client: httpx.AsyncClient, **asked: Any) -> dict[tuple[str, str, str], Any]:
    page = await get(client, STATED, **{"as_of": DAY, **asked})
    return {
        (item["id"], one["lane"], one["attribute"]): (one["in_effect"], one["displaced_by"])
        for item in page["items"]
        for one in item["effects"]
    }


async def test_the_value_its_source_and_who_recorded_it(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    hedged = {"values": {"area_ha": 43}, "qualifiers": {"area_ha": "range"}}
    head = {"basis": "estimate", "effective_to": "2025", "source_id": "report"}
    stated = await say(client, "2022-Q2", **hedged, **head, values_to={"area_ha": 45})
    assert (await provenance(client))["actual", "area_ha"] == {
        "value": 43,
        "qualifier": "range",
        "value_to": 45,
        "basis": "estimate",
        "statement_id": stated["id"],
        "source_id": "report",
        "source_title": "The report",
        "source_issuer": None,
        "effective_from": "2022-Q2",
        "effective_to": "2025",
        "revision": stated["revision"],
        "recorded_at": stated["recorded_at"],
        "author": "tester",
    }


async def test_what_is_planned_stands_beside_what_is(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    actual = await say(client, "2021", values={"industrial_land_ha": 30})
    plan = await say(client, "2022", basis="plan", values={"industrial_land_ha": 35})
    found = await provenance(client)
    for lane, by, value in (("actual", actual, 30), ("planned", plan, 35)):
        item = found[lane, "industrial_land_ha"]
        assert (item["statement_id"], item["value"]) == (by["id"], value)
    shown = await effects(client)
    assert shown[actual["id"], "actual", "industrial_land_ha"] == (True, None)
    assert shown[plan["id"], "planned", "industrial_land_ha"] == (True, None)


async def test_who_cleared_what_is_cleared(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    first = await begin(client)
    cleared = await say(client, "2022", values={"address": None})
    item = (await provenance(client))["actual", "address"]
    assert (item["value"], item["statement_id"]) == (None, cleared["id"])
    before = (await provenance(client, as_of="2021-12-31"))["actual", "address"]
    assert (before["value"], before["statement_id"]) == ("Xã A", first["id"])
    shown = await effects(client)
    assert shown[cleared["id"], "actual", "address"] == (True, None)
    assert shown[first["id"], "actual", "address"] == (False, cleared["id"])
    assert shown[first["id"], "actual", "area_ha"] == (True, None)


async def test_what_displaced_it_and_when(sourced_client: httpx.AsyncClient) -> None:
    """40 from 2020; of 2022 the decision's 50 over the article's 45; 47 over 2023 alone."""
    client = sourced_client
    first = await begin(client)
    lighter = await say(client, "2022", values={"area_ha": 45})
    decided = await say(client, "2022", source_id="decision", values={"area_ha": 50})
    ended = await say(client, "2023", values={"area_ha": 47}, effective_to="2024")

    async def shown(**asked: Any) -> list[tuple[bool, str | None]]:
        found = await effects(client, **asked)
        of = (first, lighter, decided, ended)
        return [
            found[s["id"], "actual", "area_ha"]
            for s in of
            if (s["id"], "actual", "area_ha") in found
        ]

    by = decided["id"]
    assert await shown(as_of="2021-06-30") == [(True, None)]
    assert await shown(as_of="2022-06-30") == [(False, by), (False, by), (True, None)]
    by = ended["id"]
    assert await shown(as_of="2023-06-30") == [(False, by), (False, by), (False, by), (True, None)]
    by = decided["id"]
    # What has ended is displaced by nothing.
    now = [(False, by), (False, by), (True, None), (False, None)]
    assert await shown(as_of=DAY) == now
    page = await get(client, STATED)
    assert {e["in_effect"] for e in page["items"][0]["effects"]} == {False}
    await post(client, f"/v1/statements/{decided['id']}/retraction", {"reason": "Nhầm"})
    by = lighter["id"]
    assert await shown() == [(False, by), (True, None), (False, None), (False, None)]
    assert await shown(revision=ended["revision"]) == now


async def test_a_place_that_another_statement_denies(sourced_client: httpx.AsyncClient) -> None:
    """The province of 2022 denies the commune of 2020: in 17 there is no commune 02131."""
    client = sourced_client
    first = await begin(client)
    moved = await say(client, "2022", values={"province_code": "17"}, override_reason="Nhầm")
    shown = await effects(client)
    assert shown[moved["id"], "actual", "province_code"] == (True, None)
    assert shown[first["id"], "actual", "province_code"] == (False, moved["id"])
    found = await provenance(client)
    assert found["actual", "province_code"]["value"] == "17"
    assert ("actual", "commune_code") not in found


async def test_of_what_was_withdrawn_nothing_is_in_effect(
    sourced_client: httpx.AsyncClient,
) -> None:
    client = sourced_client
    first = await begin(client)
    await post(client, f"{SITE}/withdrawal", {"reason": "Trùng"})
    assert set((await effects(client)).values()) == {(False, None)}
    before = await effects(client, revision=first["revision"])
    assert set(before.values()) == {(True, None)}


async def test_only_lists_say_what_is_in_effect(sourced_client: httpx.AsyncClient) -> None:
    first = await begin(sourced_client)
    assert "effects" not in first
    assert "effects" not in await get(sourced_client, f"/v1/statements/{first['id']}")


async def test_what_of_a_document_is_in_effect(sourced_client: httpx.AsyncClient) -> None:
    """In force from 2021 and ended from 2023 on; the article of that day is outweighed."""
    path = "/v1/sources/plan/statements"

    async def say_it(effective_from: str, status: str, source: str) -> str:
        body = said(effective_from, source, values={"status": status})
        return str((await post(sourced_client, path, body))["id"])

    first = await say_it("2021", "in_force", "decision")
    lighter = await say_it("2023", "in_force", "article")
    last = await say_it("2023", "expired", "decision")

    async def shown(day: str) -> dict[str, tuple[bool, str | None]]:
        items = (await get(sourced_client, path, as_of=day))["items"]
        found = {item["id"]: item["effects"] for item in items}
        return {i: (one["in_effect"], one["displaced_by"]) for i, (one,) in found.items()}

    assert await shown("2022-12-31") == {first: (True, None)}
    assert await shown(DAY) == {first: (False, last), lighter: (False, last), last: (True, None)}


async def test_which_figures_of_a_province_are_in_effect(sourced_client: httpx.AsyncClient) -> None:
    """Of 2023 the later statement counts, whatever is planned, and of another year another."""
    path = "/v1/provinces/06/statements"

    async def say_it(effective_from: str, basis: str, *figures: tuple[str, int, str]) -> str:
        names = ("indicator", "value", "period")
        observed = [dict(zip(names, one, strict=True)) for one in figures]
        body = said(effective_from, basis=basis, observations=observed)
        return str((await post(sourced_client, path, body))["id"])

    area, count = "cluster_established_area_ha", "cluster_established_count"
    first = await say_it("2024", "actual", (area, 180, "2023"), (count, 5, "2022"))
    target = await say_it("2024-02", "target", (area, 300, "2023"))
    later = await say_it("2024-03", "actual", (area, 186, "2023"))
    wrong = await say_it("2024-05", "actual", (area, 18, "2023"))
    await post(sourced_client, f"/v1/statements/{wrong}/retraction", {"reason": "Nhầm"})
    page = await get(sourced_client, path, as_of=DAY)
    assert {
        (item["id"], one["attribute"], one["period"], one["lane"]): (
            one["in_effect"],
            one["displaced_by"],
        )
        for item in page["items"]
        for one in item["effects"]
    } == {
        (first, area, "2023", "actual"): (False, later),
        (first, count, "2022", "actual"): (True, None),
        (target, area, "2023", "planned"): (True, None),
        (later, area, "2023", "actual"): (True, None),
        (wrong, area, "2023", "actual"): (False, None),
    }
    earlier = await get(sourced_client, path, as_of="2024-02-29")
    assert {one["in_effect"] for item in earlier["items"] for one in item["effects"]} == {True}


async def test_what_derived_values_follow_from(sourced_client: httpx.AsyncClient) -> None:
    """12 of 30 ha are 40 %, as is stated besides; a cluster in operation has been built before."""
    client = sourced_client
    await begin(client)
    tracks = {"legal_status": "established", "construction_status": "completed"}
    await say(client, "2021", values={**tracks, "operation_status": "operating"})
    await say(client, "2021-02", values={"stated_occupancy_pct": 40, "service_land_ha": 5})

    async def derived() -> dict[str, tuple[Any, list[str]]]:
        page = await get(client, f"{SITE}/provenance", as_of=DAY)
        return {one["attribute"]: (one["value"], one["derived_from"]) for one in page["derived"]}

    stage = {"stage": ("operating", ["operation_status"])}
    stated = ["stated_occupancy_pct"]
    assert await derived() == {
        **stage,
        "occupancy_pct": (40, stated),
        "occupancy_pct_definition": ("as_stated", stated),
    }
    await say(client, "2022", values={"leased_ha": 12, "industrial_land_ha": 30})
    areas = ["industrial_land_ha", "leased_ha"]
    await say(client, "2023", values={"to_clear_ha": 20, "cleared_ha": 5})
    assert await derived() == {
        **stage,
        "leasable_ha": (30, ["industrial_land_ha"]),
        "occupancy_pct": (40, areas),
        "occupancy_pct_definition": ("ccn", areas),
        "clearance_pct": (25, ["to_clear_ha", "cleared_ha"]),
    }
