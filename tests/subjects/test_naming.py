"""Filters that name what is not registered are refused: an empty list would say nothing is so."""

import httpx
import pytest

from tests.support.http import as_problem, pointers, read, register
from tests.support.registers import get, post


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/v1/sites?investor=nobody", ["investor"]),
        (
            "/v1/sites?investor=nobody&managing_body=none&investor=builder",
            ["investor", "managing_body"],
        ),
        ("/v1/sparse/sites?fields=name&investor=nobody", ["investor"]),
        ("/v1/values?attribute=area_ha&investor=nobody", ["investor"]),
        ("/v1/projects?site=nowhere", ["site"]),
        ("/v1/sites.csv?investor=nobody", ["investor"]),
        ("/v1/statements?source_id=no-such-report", ["source_id"]),
    ],
)
async def test_ids_that_name_nothing(
    sourced_client: httpx.AsyncClient, path: str, parameters: list[str]
) -> None:
    problem = as_problem(await sourced_client.get(path), 400)
    assert pointers(problem) == parameters
    assert "look it up by /v1/" in problem["detail"]


async def test_ids_that_name_something(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a", investor="builder")
    for query in ("investor=builder", "investor=null", "investor=board", "investor=not_null"):
        await read(sourced_client, f"/v1/sites?{query}")
    # As known before it was registered, it is unknown.
    before = (await get(sourced_client, "/v1/revisions"))["revision"]
    await post(sourced_client, "/v1/organizations", {"id": "later", "name": "Later"})
    assert (await read(sourced_client, "/v1/sites?investor=later"))["items"] == []
    url = f"/v1/sites?investor=later&revision={before}"
    assert pointers(as_problem(await sourced_client.get(url), 400)) == ["investor"]


async def test_a_misspelt_attribute_of_values(sourced_client: httpx.AsyncClient) -> None:
    url = "/v1/values?attribute=clered_ha"
    problem = as_problem(await sourced_client.get(url), 400)
    assert problem["errors"][0]["detail"].endswith("Did you mean cleared_ha?")
    problem = as_problem(await sourced_client.get("/v1/values?attribute=xyz"), 400)
    assert "write one of name, " in problem["detail"]


async def test_values_of_a_province_that_ended(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a", area_ha=40)
    page = await read(sourced_client, "/v1/values?attribute=area_ha&province_code=06")
    assert page["as_of"] == "2025-06-30"
    assert "became part of Thái Nguyên (19)" in page["as_of_note"]
    assert "2025-06-30" in page["as_of_note_vi"]
    assert "sáp nhập" in page["as_of_note_vi"]
    (value,) = page["items"]
    assert (value["province_code"], value["province_name"]) == ("06", "Bắc Kạn")
