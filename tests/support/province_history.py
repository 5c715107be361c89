"""A province whose figures change over time: clusters, a plan, and a zone elsewhere."""

import httpx

from tests.support.http import observe, register, state


async def with_history(client: httpx.AsyncClient) -> None:
    """Register two clusters that change, a plan, and a zone of another province."""
    await register(client, "one", "2020-03-05", area_ha=20, legal_status="established")
    await register(client, "two", "2021-07-01", area_ha=30, planning_status="planned")
    await state(client, "one", "2022-02-01", area_ha=25, clearance_status="in_progress")
    await state(client, "two", "2023-05-05", planning_status="removed")
    await register(client, "far", "2019", kind="zone", province_code="19", area_ha=500)
    await observe(client, "06", "2022-11-11", "plan", cluster_planned_area_ha=100)
