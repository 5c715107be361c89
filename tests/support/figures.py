"""A small made-up register whose figures are worked out by hand in ``test_rollups.py``."""

from typing import Any

import httpx

from app.database import Database
from tests.support.http import observe, prepare_sourced, register, said, state
from tests.support.registers import beginning_with, post, serving

CLUSTERS: dict[str, dict[str, Any]] = {
    "ccn-a": {
        "legal_status": "established",
        "operation_status": "not_operating",
        "area_ha": 33.3333,
        "planned_area_ha": 35,
        "industrial_land_ha": 20,
        "leased_ha": 15,
        "clearance_status": "completed",
        "to_clear_ha": 30,
        "cleared_ha": 30,
    },
    "ccn-b": {
        "legal_status": "established",
        "area_ha": 16.6666,
        "industrial_land_ha": 10.5,
        "leased_ha": 2.5,
        "clearance_status": "in_progress",
        "to_clear_ha": 20.5,
        "cleared_ha": 5.5,
    },
    "ccn-c": {"planning_status": "planned", "to_clear_ha": 7, "stated_occupancy_pct": 60},
    "ccn-d": {
        "legal_status": "abolished",
        "area_ha": 99,
        "planned_area_ha": 99,
        "industrial_land_ha": 50,
        "leased_ha": 50,
        "clearance_status": "completed",
        "to_clear_ha": 99,
        "cleared_ha": 99,
    },
    "ccn-e": {"area_ha": 12.5, "stated_occupancy_pct": 50.5, "occupancy_definition": "ccn"},
    "ccn-f": {"planning_status": "proposed"},
}
ZONES: dict[str, dict[str, Any]] = {
    "kcn-1": {
        "province_code": "25",
        "legal_status": "established",
        "area_ha": 150,
        "industrial_land_ha": 100,
        "service_land_ha": 25,
        "leased_ha": 50,
    },
    "kcn-2": {
        "province_code": "25",
        "industrial_land_ha": 60,
        "leased_ha": 30,
        "stated_occupancy_pct": 80,
    },
    "kcn-3": {
        "province_code": "25",
        "stated_occupancy_pct": 10,
        "occupancy_definition": "kcn_2018",
    },
    "kcn-4": {"province_code": "17", "planning_status": "planned", "planned_area_ha": 50.5},
    "kcn-5": {"province_code": "26", "planning_status": "proposed", "planned_area_ha": 70},
}


@beginning_with(prepare_sourced)
async def prepare_figures(database: Database) -> None:
    """Record the sites of Bắc Kạn and of the three provinces of today's Phú Thọ, with plans."""
    async with serving(database.url) as client:
        for site_id, values in CLUSTERS.items():
            await register(client, site_id, **values)
        for site_id, values in ZONES.items():
            await register(client, site_id, kind="zone", **values)
        await register(client, "lang-nghe-g", kind="craft_village", area_ha=3)
        await state(client, "ccn-a", "2023", operation_status="operating")
        await _state_bac_kan(client)
        await _state_phu_tho(client)


async def _state_bac_kan(client: httpx.AsyncClient) -> None:
    plan: dict[str, Any] = {"cluster_planned_count": 10, "cluster_planned_area_ha": 200.5}
    await observe(client, "06", "2022", "plan", **plan)
    await observe(client, "06", "2022", "actual", cluster_count=3)
    totals: dict[str, Any] = {
        "cluster_count": 5,
        "cluster_area_ha": 50,
        "cluster_established_count": 3,
        "cluster_occupancy_pct": 40,
    }
    await observe(client, "06", "2023-06", "actual", **totals)
    await observe(client, "06", "2023-06", "estimate", cluster_industrial_land_ha=30.5)
    for day, indicator, value, period in (
        ("2021", "cluster_leased_ha", 70, "2023"),
        ("2021", "cluster_operating_count", 2, "2022"),
        ("2021", "cluster_operating_count", 5, "2025"),
        ("2022", "cluster_operating_count", 3, "2025"),
        ("2022", "cluster_planned_count", 30, "2030"),
    ):
        target = {"indicator": indicator, "value": value, "period": period}
        body = said(day, basis="target", observations=[target])
        await post(client, "/v1/provinces/06/statements", body)
    reached = {"indicator": "cluster_leased_ha", "value": 35, "period": "2023"}
    await post(client, "/v1/provinces/06/statements", said("2023-12", observations=[reached]))


async def _state_phu_tho(client: httpx.AsyncClient) -> None:
    for code, day, count, hectares in (("25", "2021", 4, 1000), ("17", "2022", 3, 500.5)):
        plan = {"zone_planned_count": count, "zone_planned_area_ha": hectares}
        await observe(client, code, day, "plan", **plan)
    await observe(client, "17", "2023", "actual", zone_count=2)
    await observe(client, "25", "2023", "actual", zone_count=3)
    await observe(client, "25", "2026", "plan", zone_planned_count=9)


def known(total_ha: float | None, known: int, unknown: int) -> dict[str, Any]:
    """Return a sum of areas that are given exactly, as a rollup has it."""
    qualifier = None if total_ha is None else "exact"
    return {"total_ha": total_ha, "qualifier": qualifier, "known": known, "unknown": unknown}


def untraced(figures: Any) -> Any:
    """Return figures without the addresses of what they are made of."""
    if isinstance(figures, list):
        return [untraced(item) for item in figures]
    if not isinstance(figures, dict):
        return figures
    kept = {name: part for name, part in figures.items() if name not in {"values", "listed"}}
    return {name: untraced(part) for name, part in kept.items()}
