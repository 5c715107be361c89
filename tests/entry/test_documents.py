"""Policy documents: who issued them, what is said of them, and what refers to them."""

from typing import Any

import httpx
import pytest

from tests.support.http import (
    MERGE_PATCH,
    as_problem,
    ids,
    latest_revision,
    pointers,
    read,
    refused,
    said,
    walk,
)
from tests.support.registers import get, post
from tests.support.subjects import PROJECTS, SITES


async def add_document(client: httpx.AsyncClient, key: str, **members: Any) -> str:
    """Register a document and return its address."""
    body = {"id": key, "kind": "resolution", "title": f"Nghị quyết {key}"} | members
    await post(client, "/v1/sources", body)
    return f"/v1/sources/{key}"


# Who issued it


async def test_a_document_names_its_issuer_as_an_organization(shared: httpx.AsyncClient) -> None:
    path = await add_document(
        shared, "issued", issuer="Ban quản lý", issuer_id="board", published_on="2021-06"
    )
    found = await get(shared, path)
    assert (found["issuer"], found["issuer_id"]) == ("Ban quản lý", "board")
    assert found["issuer_name"] == "Ban quản lý các KCN"
    listed = {source["id"]: source for source in (await get(shared, "/v1/sources"))["items"]}
    assert listed["issued"] == found
    assert listed["article"]["issuer_id"] is None


@pytest.mark.parametrize("issuer_id", ["nobody", "article", "No Slug", "", 5])
async def test_an_issuer_must_be_an_organization_of_the_register(
    shared: httpx.AsyncClient, issuer_id: Any
) -> None:
    body = {"id": "unissued", "kind": "law", "title": "Luật", "issuer_id": issuer_id}
    problem = await refused(shared, "POST", "/v1/sources", 422, json=body)
    assert pointers(problem) == ["#/issuer_id"]


# What is said of it


async def test_a_statement_about_a_document(shared: httpx.AsyncClient) -> None:
    path = await add_document(shared, "told-of")
    values = {
        "status": "in_force",
        "issued_on": "2016-04-22",
        "approved_by": "board",
        "years_implemented": 5,
    }
    body = said("2021", "report", locator="dòng 5", cites=["plan"], values=values)
    before = await latest_revision(shared)
    response = await shared.post(f"{path}/statements", json=body)

    assert response.status_code == 201, response.text
    answer = response.json()
    assert answer.pop("findings") == {"raised": [], "settled": []}
    assert response.headers["location"] == f"/v1/statements/{before + 1}-1"
    assert await get(shared, response.headers["location"]) == answer
    assert answer.pop("cite_titles") == [(await get(shared, "/v1/sources/plan"))["title"]]
    assert answer.pop("recorded_at")
    assert answer == {
        **body,
        "id": f"{before + 1}-1",
        "revision": before + 1,
        "author": "tester",
        "reason": None,
        "subject_type": "source",
        "subject_id": "told-of",
        "source_title": "The report",
        "basis": "actual",
        "effective_precision": "year",
        "effective_to": None,
        "date_basis": "stated",
        "note": None,
        "override_reason": None,
        "retraction": None,
        "replaces": None,
        "replaced_by": None,
        "links": {"subject": path, "source": "/v1/sources/report"},
    }
    # Its entry among the sources is as it was.
    assert (await get(shared, path))["revision"] == before
    problem = await refused(shared, "POST", f"{path}/statements", 409, json=body)
    assert problem["type"] == "/problems/duplicate-statement"


async def test_what_was_said_of_a_document_newest_first(shared: httpx.AsyncClient) -> None:
    path = f"{await add_document(shared, 'history')}/statements"
    drafted = await post(shared, path, said("2020", values={"status": "drafting"}))
    late = await post(shared, path, said("2019", values={"issued_on": None}))
    # A document may say of itself, and any status may follow any.
    own = await post(shared, path, said("2021-03", "history", values={"status": "expired"}))
    remark = await post(shared, path, said("2022", note="Chưa tổng kết"))
    assert (late["values"], remark["values"]) == ({"issued_on": None}, None)

    assert ids(await get(shared, path)) == [s["id"] for s in (remark, own, late, drafted)]
    assert ids(await get(shared, path, as_of="2020-12-31")) == [late["id"], drafted["id"]]
    assert ids(await get(shared, path, revision=late["revision"])) == [late["id"], drafted["id"]]
    first = await get(shared, path, limit=3)
    rest = await get(shared, path, limit=3, cursor=first["next_cursor"])
    assert (ids(rest), rest["next_cursor"]) == ([drafted["id"]], None)
    # What others say of other documents is not among them.
    assert ids(await get(shared, "/v1/sources/plan/statements", limit=1000)) == []


async def test_a_statement_about_a_document_can_be_retracted(shared: httpx.AsyncClient) -> None:
    path = f"{await add_document(shared, 'retracted')}/statements"
    wrong = await post(shared, path, said("2020", values={"years_implemented": 50}))
    retraction = f"/v1/statements/{wrong['id']}/retraction"
    retracted = await post(shared, retraction, {"reason": "Đọc nhầm"})
    assert retracted | {"retraction": None} == wrong
    retracted.pop("findings")
    wrong.pop("findings")
    assert retracted["retraction"]["reason"] == "Đọc nhầm"
    page = await get(shared, path)
    of_no_effect = {"attribute": "years_implemented", "lane": "actual", "in_effect": False}
    assert page["items"] == [{**retracted, "effects": [of_no_effect | {"displaced_by": None}]}]
    then = await get(shared, path, revision=wrong["revision"])
    in_effect = of_no_effect | {"in_effect": True, "displaced_by": None}
    assert then["items"] == [{**wrong, "effects": [in_effect]}]
    # It may be said again.
    await post(shared, path, said("2020", values={"years_implemented": 50}))


@pytest.mark.parametrize(
    ("values", "more", "pointer"),
    [
        ({"status": "valid"}, {}, "#/values/status"),
        ({"status": "planned"}, {}, "#/values/status"),
        ({"issued_on": "2016-13"}, {}, "#/values/issued_on"),
        ({"issued_on": 2016}, {}, "#/values/issued_on"),
        ({"approved_by": "nobody"}, {}, "#/values/approved_by"),
        ({"approved_by": "No Slug"}, {}, "#/values/approved_by"),
        ({"years_implemented": -1}, {}, "#/values/years_implemented"),
        ({"years_implemented": 1.5}, {}, "#/values/years_implemented"),
        ({"years_implemented": "5"}, {}, "#/values/years_implemented"),
        ({"title": "Khác"}, {}, "#/values/title"),
        ({"name": "Khác"}, {}, "#/values/name"),
        ({"status": "expired"}, {"source_id": "nothing"}, "#/source_id"),
        ({"status": "expired"}, {"cites": ["nothing"]}, "#/cites/0"),
        ({"years_implemented": 3}, {"basis": "plan"}, "#/basis"),
        ({}, {}, "#"),
    ],
    ids=repr,
)
async def test_statements_that_do_not_fit(
    shared: httpx.AsyncClient, values: dict[str, Any], more: dict[str, Any], pointer: str
) -> None:
    body = said("2024") | {"values": values} | more
    path = "/v1/sources/decision/statements"
    problem = await refused(shared, "POST", path, 422, json=body)
    assert pointers(problem) == [pointer]


async def test_documents_that_are_not_registered(shared: httpx.AsyncClient) -> None:
    body = said("2024", values={"status": "expired"})
    await refused(shared, "POST", "/v1/sources/nothing/statements", 404, json=body)
    for path in ("statements", "citations"):
        await refused(shared, "GET", f"/v1/sources/nothing/{path}", 404)
        registered = (await get(shared, "/v1/sources/decision"))["revision"]
        url = f"/v1/sources/decision/{path}?revision={registered - 1}"
        await refused(shared, "GET", url, 404)


# What refers to it


async def test_citations_of_all_kinds_newest_first(shared: httpx.AsyncClient) -> None:
    path = await add_document(shared, "cited")
    await add_document(shared, "cited-too")
    cites = ["cited"]
    of_site = await post(shared, "/v1/sites", SITES.registration("citing", "2020", cites=cites))
    whole = PROJECTS.registration("citing", "2022", cites=["plan", "cited", "cited-too"])
    of_project = await post(shared, "/v1/projects", whole)
    observations = [{"indicator": "cluster_count", "value": 5}]
    body = said("2021", observations=observations, cites=cites)
    of_province = await post(shared, "/v1/provinces/12/statements", body)
    told = said("2023", values={"years_implemented": 3}, cites=["cited"])
    of_document = await post(shared, "/v1/sources/cited-too/statements", told)
    # To be the source is not to be cited; and a longer id is another document.
    await post(shared, f"{SITES.at('citing')}/statements", said("2021", "cited", note="Khác"))
    body = said("2024", cites=["cited-too"], note="Khác")
    await post(shared, f"{SITES.at('citing')}/statements", body)

    for one in (of_document, of_province, of_project, of_site):
        one.pop("findings")
    everything = [of_document, of_province, of_project, of_site]
    page = await get(shared, f"{path}/citations")
    assert page["items"] == everything
    assert [item["subject_type"] for item in page["items"]] == [
        "source",
        "province",
        "project",
        "site",
    ]
    assert (page["next_cursor"], page["revision"]) == (None, await latest_revision(shared))
    assert of_project["cites"] == ["plan", "cited", "cited-too"]

    by_2021 = await get(shared, f"{path}/citations", as_of="2021-12-31")
    assert by_2021["items"] == [of_province, of_site]
    then = await get(shared, f"{path}/citations", revision=of_project["revision"])
    assert then["items"] == [of_project, of_site]
    first = await get(shared, f"{path}/citations", limit=3)
    asked = {"limit": 3, "cursor": first["next_cursor"]}
    rest = await get(shared, f"{path}/citations", **asked)
    assert first["items"] + rest["items"] == everything
    assert rest["next_cursor"] is None


async def test_a_cursor_of_citations_goes_with_its_document_and_list(
    shared: httpx.AsyncClient,
) -> None:
    path = await add_document(shared, "cited-often")
    await SITES.register(shared, "citing-often")
    for year in (2021, 2022):
        body = said(str(year), cites=["cited-often", "other-article"], note="Xem")
        await post(shared, f"{SITES.at('citing-often')}/statements", body)
    cursor = (await get(shared, f"{path}/citations", limit=1))["next_cursor"]
    for other in ("/v1/sources/other-article/citations", f"{path}/statements"):
        problem = await refused(shared, "GET", f"{other}?cursor={cursor}", 400)
        assert pointers(problem) == ["cursor"]
    response = await shared.get(f"{path}/citations?limit=1")
    assert cursor in response.links["next"]["url"]


async def test_a_retracted_citation_is_listed_as_retracted(shared: httpx.AsyncClient) -> None:
    path = await add_document(shared, "cited-once")
    await SITES.register(shared, "citing-once")
    body = said("2021", cites=["cited-once"], values={"area_ha": 5})
    citing = await post(shared, f"{SITES.at('citing-once')}/statements", body)
    citing.pop("findings")
    await post(shared, f"/v1/statements/{citing['id']}/retraction", {"reason": "Nhầm"})
    (found,) = (await get(shared, f"{path}/citations"))["items"]
    assert (found["id"], found["retraction"]["reason"]) == (citing["id"], "Nhầm")
    (then,) = (await get(shared, f"{path}/citations", revision=citing["revision"]))["items"]
    assert then == citing


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sites/ccn-citing-nothing/statements",
        "/v1/provinces/12/statements",
        "/v1/sources/plan/statements",
    ],
)
async def test_what_is_cited_must_be_registered(shared: httpx.AsyncClient, path: str) -> None:
    await SITES.register_once(shared, "citing-nothing")
    body = said("2024", note="Xem", cites=["article", "nothing", "nor-this"])
    problem = await refused(shared, "POST", path, 422, json=body)
    assert pointers(problem) == ["#/cites/1", "#/cites/2"]
    assert "'nothing'" in problem["detail"]


async def test_a_document_registered_later_can_be_cited_then(shared: httpx.AsyncClient) -> None:
    await SITES.register(shared, "citing-later")
    path, body = f"{SITES.at('citing-later')}/statements", said("2024", note="Xem", cites=["later"])
    await refused(shared, "POST", path, 422, json=body)
    await add_document(shared, "later")
    assert (await post(shared, path, body))["cites"] == ["later"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "report.pdf", "https://", "https://a b", "https://me:secret@a.org/"],
)
async def test_the_address_of_a_document_leads_to_the_web(
    shared: httpx.AsyncClient, url: str
) -> None:
    body = {"id": "by-address", "kind": "report", "title": "Báo cáo", "url": url}
    problem = await refused(shared, "POST", "/v1/sources", 422, json=body)
    assert pointers(problem) == ["#/url"]


async def test_documents_are_found_by_words_and_kind(shared: httpx.AsyncClient) -> None:
    for name, kind, title, number in (
        ("qd-tim-1", "decision", "Quyết định thành lập cụm công nghiệp Tìm Kiếm", "77/QĐ-TK"),
        ("bc-tim-2", "report", "Báo cáo về CCN Tìm Kiếm", None),
        ("bc-tim-3", "report", "Báo cáo khác", "78/BC-TK"),
    ):
        body = {"id": name, "kind": kind, "title": title, "number": number}
        await post(shared, "/v1/sources", body)
    for query, found in (
        ("q=tim kiem", ["bc-tim-2", "qd-tim-1"]),
        ("q=TÌM KIẾM cụm cn", ["bc-tim-2", "qd-tim-1"]),
        ("q=tim kiem&kind=report", ["bc-tim-2"]),
        ("q=tk 78", ["bc-tim-3"]),
        ("q=bc tim", ["bc-tim-2", "bc-tim-3"]),
        ("q=kiem tra", []),
    ):
        assert ids(await read(shared, f"/v1/sources?{query}")) == found
    pages = await walk(shared, "/v1/sources?q=tim&limit=1")
    assert [name for page in pages for name in ids(page)] == ["bc-tim-2", "bc-tim-3", "qd-tim-1"]
    reports = await read(shared, "/v1/sources?kind=report&limit=1000")
    assert {source["kind"] for source in reports["items"]} == {"report"}
    as_problem(await shared.get("/v1/sources?q=,"), 400)


async def test_an_issuer_has_the_name_that_is_known_then(shared: httpx.AsyncClient) -> None:
    await post(shared, "/v1/organizations", {"id": "so-ten", "name": "Sở Tên Cũ"})
    path = await add_document(shared, "qd-ten", issuer_id="so-ten")
    before = await latest_revision(shared)
    url = "/v1/organizations/so-ten?reason=r"
    answer = await shared.patch(url, json={"name": "Sở Tên Mới"}, headers=MERGE_PATCH)
    assert answer.status_code == 200
    assert (await get(shared, path))["issuer_name"] == "Sở Tên Mới"
    assert (await get(shared, path, revision=before))["issuer_name"] == "Sở Tên Cũ"
    table = (await shared.get("/v1/sources.csv?q=qd-ten")).text.splitlines()
    assert dict(zip(table[0].split(","), table[1].split(","), strict=True))["issuer_name"] == (
        "Sở Tên Mới"
    )


async def test_documents_are_found_by_the_organization_that_issued_them(
    shared: httpx.AsyncClient,
) -> None:
    issuer = {"id": "so-tim", "name": "Sở Tìm Kiếm Thử", "aliases": ["STKT"]}
    await post(shared, "/v1/organizations", issuer)
    body = {"id": "qd-stkt", "kind": "decision", "title": "Quyết định", "issuer_id": "so-tim"}
    await post(shared, "/v1/sources", body)
    for words in ("so tim kiem thu", "stkt quyet dinh"):
        assert ids(await read(shared, f"/v1/sources?q={words}")) == ["qd-stkt"]


async def test_organizations_are_found_by_all_their_names(shared: httpx.AsyncClient) -> None:
    body = {"id": "cong-ty-x", "name": "Công ty Đông Á", "name_en": "East", "aliases": ["ĐA Corp"]}
    await post(shared, "/v1/organizations", body)
    for words in ("dong a", "EAST", "da corp", "cong ty x", "đông corp"):
        assert "cong-ty-x" in ids(await read(shared, f"/v1/organizations?q={words}"))
    assert ids(await read(shared, "/v1/organizations?q=dong corp nowhere")) == []
