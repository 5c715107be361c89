"""What statements may name: documents once, sites that are there; and who approved what."""

import httpx

from tests.support.http import as_problem, ids, pointers, read, refused, register, said
from tests.support.registers import get, post


async def test_a_document_is_cited_once_and_no_list_is_an_empty_list(
    shared: httpx.AsyncClient,
) -> None:
    path = "/v1/provinces/36/statements"
    body = said("2024", note="Theo quy hoạch", cites=["plan", "plan"])
    problem = await refused(shared, "POST", path, 422, json=body)
    assert pointers(problem) == ["#/cites"]
    said_so = await post(shared, path, body | {"cites": []})
    assert said_so["cites"] == []
    # Citing nothing is the same statement, with a list or without.
    without = {name: value for name, value in body.items() if name != "cites"}
    twin = await refused(shared, "POST", path, 409, json=without)
    assert twin["statement_id"] == said_so["id"]


async def test_a_withdrawn_site_can_neither_be_named_nor_asked_for_projects(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-gone")
    project = said("2024", values={"name": "Dự án cũ", "province_code": "06", "site": "ccn-gone"})
    await post(shared, "/v1/projects", project | {"id": "du-an-of-gone"})
    await post(shared, "/v1/sites/ccn-gone/withdrawal", {"reason": "Trùng"})

    problem = as_problem(await shared.get("/v1/sites/ccn-gone/projects"), 410)
    assert problem["detail"].endswith("/v1/projects?site=ccn-gone")
    late = said("2024", values={"name": "Dự án mới", "province_code": "06", "site": "ccn-gone"})
    problem = await refused(shared, "POST", "/v1/projects", 422, json=late)
    assert pointers(problem) == ["#/values/site"]
    # What was said before stays said, and by the site the projects are found.
    found = await get(shared, "/v1/projects", site="ccn-gone", as_of="2024-06-30")
    assert ids(found) == ["du-an-of-gone"]
    nowhere = await shared.get("/v1/projects?site=ccn-nowhere")
    assert pointers(as_problem(nowhere, 400)) == ["site"]
    assert (await get(shared, "/v1/projects/du-an-of-gone", as_of="2024-06-30"))[
        "site"
    ] == "ccn-gone"


async def test_what_is_stated_of_a_document_keeps_to_the_basis(shared: httpx.AsyncClient) -> None:
    path = "/v1/sources/plan/statements"
    body = said("2024", basis="target", values={"years_implemented": 3})
    assert pointers(await refused(shared, "POST", path, 422, json=body)) == ["#/basis"]
    planned = await post(shared, path, said("2024", basis="plan", values={"status": "drafting"}))
    assert planned["values"] == {"status": "drafting"}


async def test_who_approved_a_document_has_that_role_until_it_is_corrected(
    shared: httpx.AsyncClient,
) -> None:
    council = {"id": "council", "name": "HĐND tỉnh"}
    await post(shared, "/v1/organizations", council)
    path = "/v1/sources/decision/statements"
    first = await post(shared, path, said("2021-06-30", values={"approved_by": "council"}))
    role = {
        "role": "approver",
        "subject_type": "source",
        "subject_id": "decision",
        "subject_name": "The decision",
        "valid_from": "2021-06-30",
        "valid_to": None,
    }
    roles = "/v1/organizations/council/roles"
    known = await read(shared, roles)
    assert known["items"] == [role]
    assert (await read(shared, f"{roles}?as_of=2021-06-29"))["items"] == []
    await post(shared, path, said("2024", values={"approved_by": "builder"}))
    assert (await read(shared, roles))["items"] == [role | {"valid_to": "2024-01-01"}]
    await post(shared, f"/v1/statements/{first['id']}/retraction", {"reason": "Nhầm"})
    assert (await read(shared, roles))["items"] == []
    before = await read(shared, f"{roles}?revision={known['revision']}")
    assert before["items"] == [role]


async def test_a_period_is_its_days_however_it_is_written(shared: httpx.AsyncClient) -> None:
    path = "/v1/provinces/37"
    twice = [
        {"indicator": "cluster_count", "value": 1, "period": "2023"},
        {"indicator": "cluster_count", "value": 2, "period": "2023-01/2023-12"},
    ]
    body = said("2024", observations=twice)
    problem = await refused(shared, "POST", f"{path}/statements", 422, json=body)
    assert pointers(problem) == ["#/observations/1"]

    for day, said_of in (("2024-01-01", twice[0]), ("2024-02-01", twice[1])):
        await post(shared, f"{path}/statements", said(day, observations=[said_of]))
    page = await read(shared, f"{path}/observations?as_of=2024-12-31&indicator=cluster_count")
    assert [item["value"] for item in page["items"]] == [2]
    series = await read(shared, f"{path}/indicators/cluster_count?as_of=2024-12-31")
    (period,) = series["items"]
    (value,) = period["values"]
    assert value["in_force"]["value"] == 2
    assert [revision["value"] for revision in value["revisions"]] == [1]

    target = {"indicator": "industrial_output_value", "value": 100, "period": "2023"}
    reached = target | {"value": 90, "period": "2023-01-01/2023-12-31"}
    await post(shared, f"{path}/statements", said("2023", basis="target", observations=[target]))
    await post(shared, f"{path}/statements", said("2024", observations=[reached]))
    targets = await read(
        shared, f"{path}/targets?as_of=2024-12-31&indicator=industrial_output_value"
    )
    assert [(item["reached"], item["reached_pct"], item["met"]) for item in targets["items"]] == [
        (90, 90, False)
    ]
