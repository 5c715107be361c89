"""Reading just some members, and counting whole lists."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.core.query_parameters import fields_of
from app.core.vocabulary import SubjectType
from app.subjects.schemas import SCHEMAS
from tests.support.http import (
    as_problem,
    ids,
    latest_revision,
    pointers,
    read,
    register,
    said,
    walk,
)
from tests.support.operations import DOCUMENT
from tests.support.registers import post

SITES = SCHEMAS[SubjectType.site]


async def some_sites(client: httpx.AsyncClient, name: str, count: int) -> list[str]:
    """Register sites with a name of their own, 1 ha, 2 ha and so on."""
    keys = [f"ccn-{name}-{number}" for number in range(1, count + 1)]
    for number, key in enumerate(keys, 1):
        await register(client, key, name=f"{name} {number}", area_ha=number)
    return keys


# Fields


@pytest.mark.parametrize(
    "query",
    ["fields=name,area_ha", "fields=area_ha&fields=name", "fields=id,name,name&fields=area_ha"],
)
async def test_one_site_in_part(shared: httpx.AsyncClient, query: str) -> None:
    if (await shared.get("/v1/sites/ccn-part")).status_code == 404:
        await register(shared, "ccn-part", name="Phần", area_ha=12.5)
    answer = await read(shared, f"/v1/sparse/sites/ccn-part?as_of=2024-01-01&{query}")
    assert answer == {
        "id": "ccn-part",
        "name": "Phần",
        "area_ha": 12.5,
        "as_of": "2024-01-01",
        "revision": await latest_revision(shared),
    }


async def test_members_are_those_of_the_whole_answer(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-whole", name="Whole", craft="gốm", kind="craft_village")
    whole = await read(shared, "/v1/sites/ccn-whole")
    assert set(whole) == set(SITES.detail.model_fields)
    for name in whole:
        part = await read(shared, f"/v1/sparse/sites/ccn-whole?fields={name}")
        always = {"id", "as_of", "revision"}
        assert part == {key: whole[key] for key in {name} | always}


async def test_what_is_always_sent_is_required(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-sent", name="Sent")
    schemas = DOCUMENT["components"]["schemas"]
    for name, path in (("SiteDetail", "/v1/sites/ccn-sent"), ("Site", "/v1/sites?q=sent")):
        answer = await read(shared, path)
        sent = answer["items"][0] if "items" in answer else answer
        assert set(schemas[name]["required"]) == set(sent) == set(schemas[name]["properties"])
    assert schemas["SparseSite"]["required"] == ["id"]
    assert schemas["SparseSite"]["properties"].keys() == schemas["Site"]["properties"].keys()
    operation = DOCUMENT["paths"]["/v1/sparse/sites"]["get"]
    (fields,) = (one for one in operation["parameters"] if one["name"] == "fields")
    assert fields["required"]


async def test_fields_belong_to_sparse_reads(shared: httpx.AsyncClient) -> None:
    for path in ("/v1/sites", "/v1/projects", "/v1/sites/ccn-a"):
        problem = as_problem(await shared.get(f"{path}?fields=name"), 400)
        assert pointers(problem) == ["fields"]
        assert "/v1/sparse/sites" in problem["detail"]
    problem = as_problem(await shared.get("/v1/sparse/sites"), 400)
    assert pointers(problem) == ["fields"]


async def test_a_list_in_part(shared: httpx.AsyncClient) -> None:
    await some_sites(shared, "tap", 3)
    url = "/v1/sparse/sites?q=tap&sort=-area_ha&limit=2&fields=area_ha,investor"
    response = await shared.get(url)
    page = response.json()
    assert page["items"] == [
        {"id": "ccn-tap-3", "area_ha": 3, "investor": None},
        {"id": "ccn-tap-2", "area_ha": 2, "investor": None},
    ]
    full = await read(shared, "/v1/sites?q=tap&sort=-area_ha&limit=2")
    assert {name: page[name] for name in full if name != "items"} == {
        name: full[name] for name in full if name != "items"
    }
    assert response.headers["content-type"] == "application/json"
    assert len(response.content) < 300
    last = await shared.get(response.links["next"]["url"])
    assert last.json()["items"] == [{"id": "ccn-tap-1", "area_ha": 1, "investor": None}]


async def test_projects_in_part(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-host", name="Chủ nhà")
    values = {"name": "Nhà máy gốm", "province_code": "06", "site": "ccn-host"}
    await post(shared, "/v1/projects", said("2021", id="nha-may-gom", values=values))
    expected = {"id": "nha-may-gom", "site": "ccn-host", "product": None}
    for path in ("/v1/sparse/projects?q=gom", "/v1/sparse/sites/ccn-host/projects?sort=name"):
        page = await read(shared, f"{path}&fields=site,product")
        assert page["items"] == [expected]
    one = await read(shared, "/v1/sparse/projects/nha-may-gom?fields=product,site")
    assert {name: one[name] for name in expected} == expected
    assert set(one) - set(expected) == {"as_of", "revision"}


@pytest.mark.parametrize(
    "path",
    ["sites", "sites/ccn-a", "projects", "projects/x", "sites/a/projects"],
)
@pytest.mark.parametrize("fields", ["", "area", "name,", "name,,id", "Name", "name;id", "items"])
async def test_unknown_fields(shared: httpx.AsyncClient, path: str, fields: str) -> None:
    problem = as_problem(await shared.get(f"/v1/sparse/{path}?fields={fields}"), 400)
    assert pointers(problem) == ["fields"]
    assert "known here: id, " in problem["detail"]
    assert "valid_from" in problem["detail"]


async def test_a_cursor_goes_on_with_other_fields(shared: httpx.AsyncClient) -> None:
    await some_sites(shared, "khac", 2)
    first = await read(shared, "/v1/sparse/sites?q=khac&limit=1&fields=name&count=exact")
    assert first["count"] == 2
    rest = await read(shared, f"/v1/sites?q=khac&limit=1&cursor={first['next_cursor']}")
    assert ids(rest) == ["ccn-khac-2"]
    assert rest["items"][0]["area_ha"] == 2
    assert rest["count"] is None


@given(st.lists(st.lists(st.sampled_from(list(SITES.state.model_fields)), min_size=1), min_size=1))
def test_lists_and_repeats_mean_the_same(names: list[list[str]]) -> None:
    made_at_run_time: Any = fields_of(SITES.state)
    adapter: TypeAdapter[list[str]] = TypeAdapter(made_at_run_time)
    given_names = [name for some in names for name in some]
    assert adapter.validate_python([",".join(some) for some in names]) == given_names
    assert adapter.validate_python(given_names) == given_names


# Counts


async def test_counts(shared: httpx.AsyncClient) -> None:
    await some_sites(shared, "dem", 5)
    assert (await read(shared, "/v1/sites?q=dem"))["count"] is None
    for query, expected in (
        ("q=dem", 5),
        ("q=dem&limit=1", 5),
        ("q=dem&area_min=4", 2),
        ("q=dem&area_min=4&kind=zone", 0),
        ("q=dem&as_of=2019-01-01", 0),
        ("q=dem&province_code=06&as_of=2024-01-01", 5),
        ("q=dem&province_code=19&boundaries=now", 5),
    ):
        assert (await read(shared, f"/v1/sites?{query}&count=exact"))["count"] == expected, query


async def test_a_count_is_the_same_on_every_page_while_others_write(
    shared: httpx.AsyncClient,
) -> None:
    await some_sites(shared, "trang", 3)
    first = await shared.get("/v1/sites?q=trang&limit=2&count=exact")
    await register(shared, "ccn-trang-4", name="trang 4")
    second = await shared.get(first.links["next"]["url"])
    assert [first.json()["count"], second.json()["count"]] == [3, 3]
    assert ids(second.json()) == ["ccn-trang-3"]
    assert (await read(shared, "/v1/sites?q=trang&count=exact"))["count"] == 4


async def test_counts_of_the_documents(documents: httpx.AsyncClient) -> None:
    for url in ("/v1/sites", "/v1/sites?kind=cluster&sort=-area_ha", "/v1/projects"):
        with_query = f"{url}{'&' if '?' in url else '?'}count=exact"
        pages = await walk(documents, f"{with_query}&limit=7")
        items = [key for page in pages for key in ids(page)]
        assert {page["count"] for page in pages} == {len(items)}
        assert items


@pytest.mark.parametrize("count", ["", "true", "Exact", "estimated", "1"])
async def test_other_counts(shared: httpx.AsyncClient, count: str) -> None:
    for path in ("/v1/sites", "/v1/projects", "/v1/sites/ccn-a/projects"):
        problem = as_problem(await shared.get(f"{path}?count={count}"), 400)
        assert pointers(problem) == ["count"]
        assert "write exact" in problem["detail"]


# The document


def test_the_document_says_what_can_be_absent() -> None:
    schemas: Any = DOCUMENT["components"]["schemas"]
    assert schemas["SparseSite"]["required"] == schemas["SparseProject"]["required"] == ["id"]
    for name in ("SparseSiteDetail", "SparseProjectDetail"):
        assert schemas[name]["required"] == ["id", "as_of", "revision"]
    for name in ("SitePage", "ProjectPage", "SparseSitePage", "SparseProjectPage"):
        of_day = {"as_of", "as_of_note", "as_of_note_vi"}
        required = {"items", "next_cursor", "count", "revision"} | of_day
        assert set(schemas[name]["required"]) == required
    parameters = DOCUMENT["paths"]["/v1/sparse/projects"]["get"]["parameters"]
    fields = next(p for p in parameters if p["name"] == "fields")
    assert fields["schema"]["type"] == "array"
    assert fields["schema"]["items"] == {
        "type": "string",
        "pattern": f"^({'|'.join(SCHEMAS[SubjectType.project].state.model_fields)})$",
    }
    assert fields["description"].startswith("The members to answer with")
