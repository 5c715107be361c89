"""What is said of periods to come reaches nothing yet, and only what was reached is measured."""

import httpx

from tests.support.http import pointers, read, refused, register, said
from tests.support.registers import post


async def test_a_value_of_a_period_to_come_reaches_no_target_yet(shared: httpx.AsyncClient) -> None:
    path = "/v1/provinces/38"
    target = {"indicator": "industrial_output_value", "value": 4, "period": "2030"}
    measured = target | {"value": 9}
    await post(shared, f"{path}/statements", said("2024", basis="target", observations=[target]))
    await post(shared, f"{path}/statements", said("2024-06", observations=[measured]))
    (before,) = (await read(shared, f"{path}/targets?as_of=2024-12-31"))["items"]
    assert (before["reached"], before["reached_pct"], before["met"]) == (None, None, None)


async def test_a_target_cannot_say_how_much_of_it_is_reached(shared: httpx.AsyncClient) -> None:
    observation = {"indicator": "cluster_count", "value": 5, "pct_of_target": 101}
    for basis in ("target", "plan"):
        body = said("2024", basis=basis, observations=[observation])
        problem = await refused(shared, "POST", "/v1/provinces/38/statements", 422, json=body)
        assert pointers(problem) == ["#/observations/0/pct_of_target"]


async def test_figures_of_no_known_province_have_an_id_in_geojson(
    shared: httpx.AsyncClient,
) -> None:
    # Before the merger it may have been in any of those that the province was made of.
    await register(shared, "ccn-known-late", "2026", province_code="19")
    early = said("1960", values={"address": "Xã cũ"})
    await post(shared, "/v1/sites/ccn-known-late/statements", early)
    page = await read(shared, "/v1/rollups.geojson?as_of=1961-01-01&kind=cluster")
    ids = [feature["id"] for feature in page["features"]]
    assert "unknown-cluster" in ids
    assert not [key for key in ids if "None" in key]
