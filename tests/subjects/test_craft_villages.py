"""What only craft villages have, and what every site may tell of its plan and its projects."""

from typing import Any

import httpx
import pytest

from tests.support.http import MERGE_PATCH, pointers, refused, register, register_once, said, state
from tests.support.registers import get, post

CRAFT: dict[str, Any] = {
    "craft": "Miến dong",
    "households": 120,
    "workers": 350,
    "recognised_on": "2019-11",
}


async def test_a_craft_village_tells_of_its_craft(shared: httpx.AsyncClient) -> None:
    village = "lang-nghe-con-minh"
    values = {"name": "Làng nghề Côn Minh", "province_code": "06"} | CRAFT
    await register(shared, village, "2020", "craft_village", **values)
    await state(shared, village, "2022", households=0, workers=None)
    then = await get(shared, f"/v1/sites/{village}", as_of="2021-12-31")
    assert {name: then[name] for name in CRAFT} == CRAFT
    now = await get(shared, f"/v1/sites/{village}", as_of="2022-01-01")
    assert (now["households"], now["workers"], now["craft"]) == (0, None, "Miến dong")


@pytest.mark.parametrize("kind", ["cluster", "zone"])
@pytest.mark.parametrize(
    ("name", "value"), [*((n, v) for n, v in CRAFT.items() if n != "workers"), ("craft", None)]
)
async def test_other_sites_have_no_craft(
    shared: httpx.AsyncClient, kind: str, name: str, value: Any
) -> None:
    site_id = f"no-craft-{kind}"
    await register_once(shared, site_id, kind=kind)
    path = f"/v1/sites/{site_id}"
    body = said("2024", values={name: value})
    problem = await refused(shared, "POST", f"{path}/statements", 422, json=body)
    assert pointers(problem) == [f"#/values/{name}"]
    assert "craft_village" in problem["detail"]
    assert kind in problem["detail"]
    asked = f"{path}?source_id=article"
    problem = await refused(shared, "PATCH", asked, 422, json={name: value}, headers=MERGE_PATCH)
    assert pointers(problem) == [f"#/{name}"]
    values = {"name": "A", "province_code": "06", name: value}
    body = said("2024", id="no-such-craft", kind=kind, values=values)
    problem = await refused(shared, "POST", "/v1/sites", 422, json=body)
    assert pointers(problem) == [f"#/values/{name}"]


@pytest.mark.parametrize(
    ("values", "more", "pointer"),
    [
        ({"households": -1}, {}, "#/values/households"),
        ({"households": 1.5}, {}, "#/values/households"),
        ({"workers": "350"}, {}, "#/values/workers"),
        ({"recognised_on": "2019-13"}, {}, "#/values/recognised_on"),
        ({"craft": ""}, {}, "#/values/craft"),
        ({"planned_increase_ha": 0}, {}, "#/values/planned_increase_ha"),
        ({"licensed_projects": -1}, {}, "#/values/licensed_projects"),
        ({"licensed_projects": 1.5}, {}, "#/values/licensed_projects"),
        ({"households": 5}, {"basis": "plan"}, "#/basis"),
        ({"workers": 5}, {"basis": "target"}, "#/basis"),
        ({"recognised_on": "2030"}, {"basis": "plan"}, "#/basis"),
        ({"licensed_projects": 5}, {"basis": "plan"}, "#/basis"),
    ],
    ids=repr,
)
async def test_statements_that_do_not_fit(
    shared: httpx.AsyncClient, values: dict[str, Any], more: dict[str, Any], pointer: str
) -> None:
    village = "lang-nghe-refusing"
    await register_once(shared, village, kind="craft_village")
    body = said("2024", values=values) | more
    problem = await refused(shared, "POST", f"/v1/sites/{village}/statements", 422, json=body)
    assert pointers(problem) == [pointer]


async def test_a_craft_may_be_planned(shared: httpx.AsyncClient) -> None:
    village = "lang-nghe-planned"
    await register(shared, village, "2020", "craft_village")
    body = said("2024", basis="plan", values={"craft": "Đá cảnh"})
    await post(shared, f"/v1/sites/{village}/statements", body)
    assert (await get(shared, f"/v1/sites/{village}"))["craft"] == "Đá cảnh"


async def test_every_site_tells_of_its_plan_and_its_projects(shared: httpx.AsyncClient) -> None:
    for kind in ("cluster", "zone", "craft_village"):
        site_id = f"planned-{kind.replace('_', '-')}"
        await register(shared, site_id, "2020", kind, licensed_projects=0)
        await state(shared, site_id, "2022", licensed_projects=14)
        body = said("2023", basis="plan", values={"planned_increase_ha": 6.3})
        await post(shared, f"/v1/sites/{site_id}/statements", body)
        site = await get(shared, f"/v1/sites/{site_id}", as_of="2023-01-01")
        assert (site["licensed_projects"], site["planned_increase_ha"]) == (14, 6.3)
        then = await get(shared, f"/v1/sites/{site_id}", as_of="2021-01-01")
        assert (then["licensed_projects"], then["planned_increase_ha"]) == (0, None)
