"""Patches of sites (RFC 7396), which are statements in short."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.helpers import (
    as_problem,
    latest_revision,
    pointers,
    refused,
    register,
    register_once,
)
from tests.conftest import get

MERGE_PATCH = {"content-type": "application/merge-patch+json", "if-match": "*"}


async def patch(
    client: httpx.AsyncClient, site_id: str, body: str, **parameters: Any
) -> httpx.Response:
    asked = {"source_id": "article"} | parameters
    return await client.patch(
        f"/v1/sites/{site_id}", params=asked, content=body, headers=MERGE_PATCH
    )


async def test_a_patch_is_a_statement_of_its_members_from_today(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-patch", "2020", area_ha=10, address="Thôn 1", name_en="A")
    response = await patch(shared, "ccn-patch", '{"area_ha": 12.5, "address": null}')

    assert response.status_code == 200, response.text
    statement = response.json()
    assert statement["values"] == {"area_ha": 12.5, "address": None}
    assert statement["effective_from"] == datetime.now(UTC).date().isoformat()
    assert statement["basis"] == "actual"
    site = await get(shared, "/v1/sites/ccn-patch")
    assert (site["area_ha"], site["address"], site["name_en"]) == (12.5, None, "A")
    then = await get(shared, "/v1/sites/ccn-patch", as_of="2024-01-01")
    assert (then["area_ha"], then["address"]) == (10, "Thôn 1")


async def test_a_patch_can_name_its_date_and_all_else(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-patch-dated", "2020", operation_status="closed")
    told = {
        "source_id": "report",
        "effective_from": "2022-06",
        "basis": "estimate",
        "locator": "trang 1",
        "reason": "Sửa",
        "override_reason": "Mở lại",
    }
    response = await patch(shared, "ccn-patch-dated", '{"operation_status": "trial"}', **told)
    statement = response.json()
    assert {name: statement[name] for name in told} == told


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("{}", "#"),
        ("null", "#"),
        ("[]", "#"),
        ('{"name": null}', "#/name"),
        ('{"area_ha": 0}', "#/area_ha"),
        ('{"area": 1}', "#/area"),
        ('{"stage": "operating"}', "#/stage"),
        ('{"province_code": "99"}', "#/province_code"),
        ('{"investor": "nobody"}', "#/investor"),
    ],
)
async def test_patches_that_do_not_fit(shared: httpx.AsyncClient, body: str, pointer: str) -> None:
    await register_once(shared, "ccn-patched")
    before = await latest_revision(shared)
    problem = as_problem(await patch(shared, "ccn-patched", body, effective_from="2022"), 422)
    assert pointers(problem) == [pointer]
    assert await latest_revision(shared) == before


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("source_id", "nothing"),
        ("source_id", "No Slug"),
        ("effective_from", "2022-13"),
        ("basis", "guess"),
    ],
)
async def test_patches_with_parameters_that_do_not_fit(
    shared: httpx.AsyncClient, parameter: str, value: str
) -> None:
    await register_once(shared, "ccn-patched")
    response = await patch(shared, "ccn-patched", '{"area_ha": 1}', **{parameter: value})
    assert pointers(as_problem(response, 400)) == [parameter]


async def test_a_patch_needs_a_source(shared: httpx.AsyncClient) -> None:
    await register_once(shared, "ccn-patched")
    problem = await refused(
        shared, "PATCH", "/v1/sites/ccn-patched", 400, content="{}", headers=MERGE_PATCH
    )
    assert pointers(problem) == ["source_id"]


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "text/plain", "application/json-patch+json", "", "nonsense"],
)
async def test_patches_in_other_media_types(shared: httpx.AsyncClient, media_type: str) -> None:
    await register_once(shared, "ccn-patched")
    problem = await refused(
        shared,
        "PATCH",
        "/v1/sites/ccn-patched?source_id=article",
        415,
        content='{"area_ha": 1}',
        headers={"content-type": media_type},
    )
    assert problem["type"] == "/problems/media-type"


@pytest.mark.parametrize("path", ["sites/ccn-patched", "projects/du-an-none"])
async def test_a_refused_media_type_names_the_right_one(
    shared: httpx.AsyncClient, path: str
) -> None:
    headers = {"content-type": "application/json", "if-match": "*"}
    answer = await shared.patch(f"/v1/{path}?source_id=article", content="{}", headers=headers)
    as_problem(answer, 415)
    assert answer.headers["accept-patch"] == "application/merge-patch+json"
