"""Faults of form and of what is named, in one answer; nothing is recorded by the way."""

from typing import Any

import httpx
import pytest

from tests.support.http import MERGE_PATCH, as_problem, latest_revision, pointers, said

BODY: dict[str, Any] = {
    "id": "ccn-partly",
    "kind": "cluster",
    "values": {"name": "Partly", "province_code": "06"},
}

JSON = {"content-type": "application/json"}


async def faults(client: httpx.AsyncClient, **changed: object) -> list[str]:
    body = said("2024", **BODY) | changed
    return pointers(as_problem(await client.post("/v1/sites", json=body), 422))


async def test_an_unknown_member_hides_no_unknown_source(shared: httpx.AsyncClient) -> None:
    before = await latest_revision(shared)
    assert await faults(shared, nonsense=1, source_id="nobody") == ["#/nonsense", "#/source_id"]
    assert await latest_revision(shared) == before


async def test_what_fits_but_for_its_form_is_not_recorded(shared: httpx.AsyncClient) -> None:
    before = await latest_revision(shared)
    assert await faults(shared, nonsense=1) == ["#/nonsense"]
    assert await faults(shared, locator=7) == ["#/locator"]
    assert await latest_revision(shared) == before
    assert (await shared.get("/v1/sites/ccn-partly")).status_code == 404


async def test_a_key_sent_with_a_body_that_does_not_fit_is_free(shared: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "partly"}
    body = said("2024", **(BODY | {"id": "ccn-mended"}))
    await shared.post("/v1/sites", json=body | {"nonsense": 1}, headers=headers)
    mended = await shared.post("/v1/sites", json=body, headers=headers)
    assert mended.status_code == 201


@pytest.mark.parametrize("name", ["", 5])
async def test_what_could_not_be_read_is_not_said_to_be_missing(
    shared: httpx.AsyncClient, name: object
) -> None:
    values = {"name": name, "commune_code": "x"}
    assert await faults(shared, values=values) == ["#/values/name", "#/values/commune_code"]


async def test_a_conflict_is_not_reported_beside_faults_of_form(shared: httpx.AsyncClient) -> None:
    values = {"name": "A", "province_code": "06", "area_ha": 1, "leased_ha": 2, "nonsense": 1}
    assert await faults(shared, values=values) == ["#/values/nonsense"]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/v1/sites/ccn-partly", "", ["#/area", "#/name_en", "source_id"]),
        ("/v1/sources/report", "", ["#/area", "#/name_en", "reason"]),
        ("/v1/sources/report", "?reason=r&dry_run=perhaps", ["#/area", "#/name_en", "dry_run"]),
    ],
)
async def test_a_patch_has_faults_of_parameters_and_members_in_one_answer(
    shared: httpx.AsyncClient, path: str, query: str, expected: list[str]
) -> None:
    patch = {"area": 5, "name_en": 7}
    answer = await shared.patch(f"{path}{query}", json=patch, headers=MERGE_PATCH)
    assert sorted(pointers(as_problem(answer, 422))) == expected


async def test_an_unknown_parameter_hides_no_fault_of_the_body(shared: httpx.AsyncClient) -> None:
    before = await latest_revision(shared)
    body = said("2024", **BODY)
    query = {"colour": "red", "dry_run": "perhaps"}
    for changed, expected, status in (
        ({}, ["colour", "dry_run"], 400),
        ({"nonsense": 1}, ["#/nonsense", "colour", "dry_run"], 422),
        # Of a body that cannot be read at all, no parameter is read either: their names are.
        ({"kind": None}, ["#/kind", "colour"], 422),
    ):
        answer = await shared.post("/v1/sites", params=query, json=body | changed)
        assert sorted(pointers(as_problem(answer, status))) == expected
    body["source_id"] = "nobody"
    answer = await shared.post("/v1/sites?colour=red", json=body | {"nonsense": 1})
    expected = ["#/nonsense", "#/source_id", "colour"]
    assert sorted(pointers(as_problem(answer, 422))) == expected
    answer = await shared.post("/v1/sites?colour=red", json=said("2024", **BODY))
    assert pointers(as_problem(answer, 400)) == ["colour"]
    answer = await shared.post("/v1/sites?colour=red", content=b"{", headers=JSON)
    assert pointers(as_problem(answer, 422)) == ["colour", "#"]
    assert await latest_revision(shared) == before
    assert (await shared.get("/v1/sites/ccn-partly")).status_code == 404
