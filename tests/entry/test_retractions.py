"""What a retraction or a replacement takes away from a site or project, and needs a reason for."""

from typing import Any

import httpx

from tests.support.http import pointers, refused, register, said, state
from tests.support.registers import get, post

_OVERRIDE = {"override_reason": "Đăng ký lại sau"}


async def retraction_refused(client: httpx.AsyncClient, statement: str) -> Any:
    """Have a retraction refused, dry and real, and carried out with a reason."""
    path, body = f"/v1/statements/{statement}/retraction", {"reason": "Nhầm"}
    problem = await refused(client, "POST", path, 409, json=body)
    dry = await refused(client, "POST", f"{path}?dry_run=true", 409, json=body)
    assert dry["errors"] == problem["errors"]
    done = await post(client, path, body | _OVERRIDE)
    assert done["retraction"]["reason"] == "Nhầm"
    (revision,) = (await get(client, "/v1/revisions", limit=1))["items"]
    assert revision["reason"] == f"Nhầm; {statement}: Đăng ký lại sau"
    return problem


def codes(problem: Any) -> list[str | None]:
    return [fault.get("code") for fault in problem["errors"]]


async def test_a_site_keeps_its_name_and_its_place(sourced_client: httpx.AsyncClient) -> None:
    first = await register(sourced_client, "a", "2020", area_ha=40)
    await state(sourced_client, "a", "2022", area_ha=50)
    problem = await retraction_refused(sourced_client, first["id"])
    assert codes(problem) == ["leaves_no_name", "leaves_no_place"]
    assert pointers(problem) == ["#", "#"]
    # What is left of it is known from 2022 on.
    assert "From 2022-01-01 on the site 'a' would have no name" in problem["detail"]


async def test_a_site_of_which_nothing_is_left(sourced_client: httpx.AsyncClient) -> None:
    first = await register(sourced_client, "a", "2020")
    problem = await retraction_refused(sourced_client, first["id"])
    assert codes(problem) == ["leaves_no_name", "leaves_no_place"]
    assert "withdraw the site if it was registered by mistake" in problem["detail"]


async def test_what_others_say_too_may_be_retracted(sourced_client: httpx.AsyncClient) -> None:
    first = await register(sourced_client, "a", "2020", area_ha=40)
    await state(sourced_client, "a", "2022", name="A", commune_code="02131")
    body = {"reason": "Nhầm"}
    # Its history begins in 2022, and it has a name and a place from then on.
    await post(sourced_client, f"/v1/statements/{first['id']}/retraction", body)
    site = await get(sourced_client, "/v1/sites/a", as_of="2022-01-01")
    assert (site["name"], site["province_code"]) == ("A", "06")


async def test_a_retraction_that_leaves_a_step_out(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "a", "2015", planning_status="planned")
    await state(sourced_client, "a", "2018", planning_status="removed")
    proposed = await state(sourced_client, "a", "2019", planning_status="proposed")
    await state(sourced_client, "a", "2020", planning_status="planned")
    problem = await retraction_refused(sourced_client, proposed["id"])
    assert (codes(problem), pointers(problem)) == ([None], ["#"])
    assert "From 2020-01-01: planning_status" in problem["detail"]


async def test_a_replacement_without_the_name(sourced_client: httpx.AsyncClient) -> None:
    first = await register(sourced_client, "a", "2020", area_ha=40)
    path = f"/v1/statements/{first['id']}/replacement"
    body = said("2020", subject_type="site", values={"area_ha": 41}, reason="Sửa diện tích")
    problem = await refused(sourced_client, "POST", path, 409, json=body)
    assert codes(problem) == ["leaves_no_name", "leaves_no_place"]
    assert pointers(problem) == ["#/values/name", "#/values/province_code"]
    values = {"name": "a", "province_code": "06", "area_ha": 41}
    await post(sourced_client, path, body | {"values": values})


async def test_a_project_keeps_its_name_too(sourced_client: httpx.AsyncClient) -> None:
    values = {"name": "May", "province_code": "06"}
    first = await post(sourced_client, "/v1/projects", said("2022", id="may", values=values))
    problem = await retraction_refused(sourced_client, first["id"])
    assert codes(problem) == ["leaves_no_name", "leaves_no_place"]
    assert "the project 'may' would have no name" in problem["detail"]
