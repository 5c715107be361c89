"""Which sites the figures of a province count, against figures worked out by hand."""

from typing import Any

import httpx

from tests.support.http import observe, read, register
from tests.support.registers import get

IN_2024 = "2024-01-01"


async def clusters_of(client: httpx.AsyncClient, code: str, day: str = IN_2024) -> Any:
    """Read the rollup of the clusters of a province."""
    url = f"/v1/provinces/{code}/rollup?kind=cluster&as_of={day}"
    (found,) = (await read(client, url))["rollups"]
    return found


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
        await register(shared, f"ccn-{name}", province_code="14", **values)
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
    assert found["area"] == {"total_ha": 380, "known": 6, "unknown": 0}  # 4 + 8 + … + 64 + 256
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
