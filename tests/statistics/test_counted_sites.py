"""Which sites the figures of a province count, against figures worked out by hand."""

from typing import Any

import httpx

from tests.support.figures import known, untraced
from tests.support.http import MISTAKE, observe, read, register, said, state
from tests.support.registers import get, post

IN_2024 = "2024-01-01"


async def clusters_of(client: httpx.AsyncClient, code: str, day: str = IN_2024) -> Any:
    """Read the rollup of the clusters of a province, without the addresses in it."""
    url = f"/v1/provinces/{code}/rollup?kind=cluster&as_of={day}"
    (found,) = (await read(client, url))["rollups"]
    return untraced(found)


STAGES: dict[str, dict[str, Any]] = {
    "closed": {"legal_status": "established", "operation_status": "closed", "area_ha": 1},
    "abolished": {"planning_status": "planned", "legal_status": "abolished", "area_ha": 2},
    "suspended": {"legal_status": "established", "operation_status": "suspended", "area_ha": 4},
    "operating": {"planning_status": "removed", "operation_status": "operating", "area_ha": 8},
    "building": {"planning_status": "planned", "construction_status": "completed", "area_ha": 16},
    "clearing": {"planning_status": "removed", "clearance_status": "suspended", "area_ha": 32},
    "established": {"legal_status": "expanded", "area_ha": 64},
    "removed": {"planning_status": "removed", "area_ha": 128},
    "proposed": {"planning_status": "proposed", "area_ha": 256},
}


async def test_what_each_stage_counts_for(shared: httpx.AsyncClient) -> None:
    for name, values in STAGES.items():
        await register(
            shared, f"ccn-{name}", province_code="14", override_reason="Số liệu thử", **values
        )
    plan = {"cluster_planned_count": 10, "cluster_planned_area_ha": 500}
    await observe(shared, "14", "2023", "plan", **plan)
    totals = {
        f"cluster_{part}{measure}": 0
        for part in ("", "established_", "in_progress_", "operating_")
        for measure in ("count", "area_ha")
    }
    await observe(shared, "14", IN_2024, "actual", **totals)
    found = await clusters_of(shared, "14")
    assert found["sites"]["by_stage"] == {
        "closed": 2,
        "suspended": 1,
        "operating": 1,
        "construction": 1,
        "clearance": 1,
        "established": 1,
        "planned": 0,
        "proposed": 1,
        "removed": 1,
        "unknown": 0,
    }
    # All but the closed ones and the one that is removed and nothing else.
    assert found["sites"]["count"] == 6
    assert found["area"] == known(380, 6, 0)  # 4 + 8 + … + 64 + 256
    assert {one["indicator"]: one["computed"] for one in found["published"]} == {
        "cluster_count": 6,
        "cluster_area_ha": 380,
        # By legal status: the one whose operation is closed as well.
        "cluster_established_count": 3,
        "cluster_established_area_ha": 69,  # 1 + 4 + 64
        "cluster_in_progress_count": 3,
        "cluster_in_progress_area_ha": 112,  # 16 + 32 + 64
        "cluster_operating_count": 1,
        "cluster_operating_area_ha": 8,
    }
    planned = found["planned"]
    # Those that were removed from the plan are not of it, though they operate or are being cleared.
    assert (planned["listed_sites"], planned["listed_area"]["total_ha"]) == (3, 84)  # 4 + 16 + 64
    assert (planned["remaining_sites"], planned["remaining_area_ha"]) == (7, 416)


async def test_figures_are_grouped_by_the_new_stages(shared: httpx.AsyncClient) -> None:
    for name in ("suspended", "removed"):
        await register(shared, f"ccn-group-{name}", province_code="15", **STAGES[name])
    answer = await get(shared, "/v1/rollups", group_by=["province_code", "stage"], as_of=IN_2024)
    groups = {
        item["stage"]: (item["sites"]["count"], item["area"]["total_ha"])
        for item in answer["items"]
        if item["province_code"] == "15"
    }
    assert groups == {"suspended": (1, 4), "removed": (0, 0)}


async def retract(client: httpx.AsyncClient, statement: Any) -> None:
    await post(client, f"/v1/statements/{statement['id']}/retraction", MISTAKE)


async def test_a_rate_above_100_percent_counts_nowhere(shared: httpx.AsyncClient) -> None:
    land: dict[str, Any] = {"industrial_land_ha": 20, "to_clear_ha": 10, "area_ha": 50}
    await register(shared, "ccn-too-full", province_code="24", **land)
    larger = await state(shared, "ccn-too-full", "2021", industrial_land_ha=40, to_clear_ha=20)
    done: dict[str, Any] = {"leased_ha": 32, "cleared_ha": 15, "clearance_status": "in_progress"}
    await state(shared, "ccn-too-full", "2022", **done)
    wanted = {"indicator": "cluster_occupancy_pct", "value": 60, "period": "2023"}
    body = said("2022", basis="target", observations=[wanted])
    await post(shared, "/v1/provinces/24/statements", body)
    await observe(shared, "24", IN_2024, "actual", cluster_occupancy_pct=70)
    before = await clusters_of(shared, "24")
    # 32 of 40 ha and 15 of 20 ha.
    assert before["occupancy"]["land_weighted_pct"] == 80
    assert before["clearance"]["clearance_pct"] == 75
    assert [one["met"] for one in before["targets"]] == [True]

    await retract(shared, larger)  # 32 of 20 ha would be 160 %, and 15 of 10 ha 150 %.
    site = await get(shared, "/v1/sites/ccn-too-full", as_of=IN_2024)
    assert (site["leased_ha"], site["leasable_ha"]) == (32, 20)
    rates = ("occupancy_pct", "occupancy_pct_definition", "clearance_pct")
    assert [site[name] for name in rates] == [None, None, None]
    alone = await clusters_of(shared, "24")
    assert alone["occupancy"] == {
        "land_weighted_pct": None,
        "land_weighted_qualifier": None,
        "leased_ha": None,
        "leasable_ha": None,
        "known": 0,
        "unknown": 1,
        "mean_pct": None,
        "mean_qualifier": None,
        "rates_known": 0,
        "rates_unknown": 1,
        "definitions": [],
    }
    assert (alone["clearance"]["clearance_pct"], alone["clearance"]["known"]) == (None, 0)
    (target,) = alone["targets"]
    assert (target["reached"], target["reached_pct"], target["met"]) == (None, None, None)
    assert [one["computed"] for one in alone["published"]] == [None]

    # Beside a site that is right it leaves numerator and denominator alike; sums keep its areas.
    right: dict[str, Any] = {
        "industrial_land_ha": 30,
        "leased_ha": 12,
        "to_clear_ha": 8,
        "cleared_ha": 2,
    }
    await register(shared, "ccn-half-full", province_code="24", **right)
    both = await clusters_of(shared, "24")
    assert both["occupancy"]["land_weighted_pct"] == 40
    assert (both["occupancy"]["leased_ha"], both["occupancy"]["leasable_ha"]) == (12, 30)
    assert (both["occupancy"]["known"], both["occupancy"]["unknown"]) == (1, 1)
    assert both["clearance"]["clearance_pct"] == 25
    assert both["land"]["leased_ha"]["total_ha"] == 44
    assert both["clearance"]["cleared_ha"]["total_ha"] == 17
    (target,) = both["targets"]
    # 40 % is known of one site; the other may be full.
    assert (target["reached"], target["computed_unknown"], target["met"]) == (40, 1, None)
    series = f"/v1/provinces/24/rollup/series?kind=cluster&from={IN_2024}&to={IN_2024}"
    (day,) = (await read(shared, series))["items"]
    assert untraced(day["rollups"]) == [both]
    table = await shared.get(f"/v1/rollups.csv?kind=cluster&as_of={IN_2024}")
    header, *lines = table.text.splitlines()
    rows = [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
    (row,) = (row for row in rows if row["province_code"] == "24")
    assert float(row["occupancy.land_weighted_pct"]) == 40
    assert float(row["clearance.clearance_pct"]) == 25


async def test_the_area_of_sites_that_are_said_to_be_cleared(shared: httpx.AsyncClient) -> None:
    completed: dict[str, Any] = {"clearance_status": "completed"}
    sites: dict[str, dict[str, Any]] = {
        "a": {"area_ha": 74.4} | completed,
        "b": {"area_ha": 43, "to_clear_ha": 40} | completed,
        "c": {"area_ha": 81.2} | completed,
        "d": completed,
        "measured": {"area_ha": 50, "to_clear_ha": 20, "cleared_ha": 20} | completed,
        "going-on": {"area_ha": 16, "clearance_status": "in_progress"},
        "gone": {"area_ha": 5, "legal_status": "abolished"} | completed,
    }
    for name, values in sites.items():
        await register(shared, f"ccn-cleared-{name}", province_code="30", **values)
    clearance = (await clusters_of(shared, "30"))["clearance"]
    # 198.6 ha in 4 sites (the area of one is unknown), hectares not stated.
    assert clearance["completed_area_ha"] == known(198.6, 3, 1)
    assert clearance["cleared_ha"] == known(20, 1, 5)
    assert clearance["clearance_pct"] == 100
    table = await shared.get(f"/v1/rollups.csv?kind=cluster&as_of={IN_2024}")
    header, *lines = table.text.splitlines()
    place = header.split(",").index("clearance.completed_area_ha.total_ha")
    assert "198.6" in [line.split(",")[place] for line in lines if line.startswith("30,")]
