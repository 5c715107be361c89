"""Patches of sites and projects (RFC 7396), which are statements in short."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.http import MERGE_PATCH, as_problem, latest_revision, pointers, refused
from tests.support.subjects import PROJECTS, SITES, Subjects, of_both


async def patch(
    client: httpx.AsyncClient, of: Subjects, name: str, body: str, **parameters: Any
) -> httpx.Response:
    asked = {"source_id": "article"} | parameters
    return await client.patch(of.at(name), params=asked, content=body, headers=MERGE_PATCH)


@of_both
async def test_a_patch_is_a_statement_of_its_members_from_today(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    await of.register(shared, "patch", "2020", **{of.number: 10}, address="Thôn 1", name_en="A")
    response = await patch(shared, of, "patch", f'{{"{of.number}": 12.5, "address": null}}')

    assert response.status_code == 200, response.text
    statement = response.json()
    assert (statement["subject_type"], statement["subject_id"]) == (of.type, of.id("patch"))
    assert statement["values"] == {of.number: 12.5, "address": None}
    # Vietnam has one time zone, seven hours ahead of UTC: its day begins at 17:00 UTC.
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    assert statement["effective_from"] == today.isoformat()
    assert statement["basis"] == "actual"
    assert statement["date_basis"] == "inferred"
    found = await of.read(shared, "patch")
    assert (found[of.number], found["address"], found["name_en"]) == (12.5, None, "A")
    then = await of.read(shared, "patch", as_of="2024-01-01")
    assert (then[of.number], then["address"]) == (10, "Thôn 1")


@of_both
async def test_a_patch_can_name_its_date_and_all_else(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    await of.register(shared, "patch-dated", "2020", **{of.status: of.after})
    told = {
        "source_id": "report",
        "effective_from": "2022-06",
        "basis": "estimate",
        "locator": "trang 1",
        "reason": "Sửa",
        "override_reason": "Mở lại",
    }
    body = f'{{"{of.status}": "{of.before}"}}'
    response = await patch(shared, of, "patch-dated", body, **told)
    statement = response.json()
    assert {name: statement[name] for name in told} == told
    assert statement["date_basis"] == "stated"


ALIKE = [
    ("{}", "#"),
    ("null", "#"),
    ("[]", "#"),
    ('{"name": null}', "#/name"),
    ('{"province_code": null}', "#/province_code"),
    ('{"province_code": "99"}', "#/province_code"),
    ('{"investor": "nobody"}', "#/investor"),
    ('{"nonsense": 1}', "#/nonsense"),
]
OF_SITES = [('{"area_ha": 0}', "#/area_ha"), ('{"stage": "operating"}', "#/stage")]
OF_PROJECTS = [
    ('{"design_capacity": 0}', "#/design_capacity"),
    ('{"site": "ccn-nowhere"}', "#/site"),
    ('{"area_ha": 5}', "#/area_ha"),
]


@pytest.mark.parametrize(
    ("of", "body", "pointer"),
    [
        pytest.param(of, *case, id=f"{of.type}-{case[0]}")
        for of, cases in ((SITES, ALIKE + OF_SITES), (PROJECTS, ALIKE + OF_PROJECTS))
        for case in cases
    ],
)
async def test_patches_that_do_not_fit(
    shared: httpx.AsyncClient, of: Subjects, body: str, pointer: str
) -> None:
    await of.register_once(shared, "patched")
    before = await latest_revision(shared)
    response = await patch(shared, of, "patched", body, effective_from="2022")
    assert pointers(as_problem(response, 422)) == [pointer]
    assert await latest_revision(shared) == before


@of_both
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("source_id", "nothing"),
        ("source_id", "No Slug"),
        ("effective_from", "2022-13"),
        ("basis", "guess"),
        # What is operating cannot be planned to be.
        ("basis", "plan"),
    ],
)
async def test_patches_with_parameters_that_do_not_fit(
    shared: httpx.AsyncClient, of: Subjects, parameter: str, value: str
) -> None:
    await of.register_once(shared, "patched")
    body = '{"operation_status": "trial"}'
    response = await patch(shared, of, "patched", body, **{parameter: value})
    assert pointers(as_problem(response, 400)) == [parameter]


@of_both
async def test_a_patch_needs_a_source(shared: httpx.AsyncClient, of: Subjects) -> None:
    await of.register_once(shared, "patched")
    problem = await refused(
        shared, "PATCH", of.at("patched"), 400, content="{}", headers=MERGE_PATCH
    )
    assert pointers(problem) == ["source_id"]


@of_both
async def test_a_patch_of_what_is_not_registered(shared: httpx.AsyncClient, of: Subjects) -> None:
    as_problem(await patch(shared, of, "nowhere", '{"address": "Thôn 1"}'), 404)


@of_both
@pytest.mark.parametrize(
    "media_type",
    ["application/json", "text/plain", "application/json-patch+json", "", "nonsense"],
)
async def test_patches_in_other_media_types(
    shared: httpx.AsyncClient, of: Subjects, media_type: str
) -> None:
    await of.register_once(shared, "patched")
    problem = await refused(
        shared,
        "PATCH",
        f"{of.at('patched')}?source_id=article",
        415,
        content='{"address": "Thôn 1"}',
        headers={"content-type": media_type},
    )
    assert problem["type"] == "/problems/media-type"


@pytest.mark.parametrize("path", ["sites/ccn-none", "projects/du-an-none"])
async def test_a_refused_media_type_names_the_right_one(
    shared: httpx.AsyncClient, path: str
) -> None:
    headers = {"content-type": "application/json", "if-match": "*"}
    answer = await shared.patch(f"/v1/{path}?source_id=article", content="{}", headers=headers)
    as_problem(answer, 415)
    assert answer.headers["accept-patch"] == "application/merge-patch+json"
