"""Statements about sites and projects: kept as they were said, folded by date and authority."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.support.http import (
    ids,
    latest_revision,
    pointers,
    refused,
    said,
    signed_in,
)
from tests.support.registers import get, post
from tests.support.subjects import SITES, Subjects, of_both


@of_both
async def test_a_statement_is_kept_as_it_was_said(shared: httpx.AsyncClient, of: Subjects) -> None:
    await of.register(shared, "kept")
    values = {of.number: 43.50, "investor": "builder", "address": None}
    body = {
        "source_id": "report",
        "effective_from": "2023-06",
        "date_basis": "inferred",
        "basis": "estimate",
        "locator": "trang 4",
        "note": "Ước đạt\nđến cuối tháng",
        "cites": ["plan", "decision"],
        "reason": "Nhập báo cáo tháng",
        "values": values,
    }
    author = "Nguyễn Thị Ánh Đào"
    before = await latest_revision(shared)
    credentials = await signed_in(shared, author)
    response = await shared.post(f"{of.at('kept')}/statements", json=body, headers=credentials)

    assert response.status_code == 201, response.text
    answer = response.json()
    assert response.headers["location"] == f"/v1/statements/{answer['id']}"
    assert answer.pop("findings")["settled"] == []
    assert await get(shared, response.headers["location"]) == answer
    recorded_at = datetime.fromisoformat(answer.pop("recorded_at"))
    assert abs((datetime.now(UTC) - recorded_at).total_seconds()) < 60
    assert answer == {
        **body,
        "id": f"{before + 1}-1",
        "revision": before + 1,
        "author": author,
        "subject_type": of.type,
        "subject_id": of.id("kept"),
        "source_title": "The report",
        "cite_titles": ["The plan", "The decision"],
        "effective_precision": "month",
        "effective_to": None,
        "override_reason": None,
        "qualifiers": None,
        "values_to": None,
        "retraction": None,
        "replaces": None,
        "replaced_by": None,
        "links": {"subject": of.at("kept"), "source": "/v1/sources/report"},
        # What was not said is left out; what was said to be unknown is null.
        "values": {of.number: 43.5, "investor": "builder", "address": None},
    }
    revision = await get(shared, f"/v1/revisions/{before + 1}")
    assert (revision["author"], revision["reason"]) == (author, body["reason"])


@of_both
async def test_the_history_is_newest_first(shared: httpx.AsyncClient, of: Subjects) -> None:
    path = of.at("history")
    first = await of.register(shared, "history", "2020")
    late = await of.state(shared, "history", "2019", **{of.number: 10})
    future = await of.state(shared, "history", "2035", **{of.number: 30})

    page = await get(shared, f"{path}/statements")
    assert ids(page) == [future["id"], late["id"], first["id"]]
    by_2019 = await get(shared, f"{path}/statements", as_of="2019-12-31")
    assert ids(by_2019) == [late["id"]]
    earlier = await get(shared, f"{path}/statements", revision=late["revision"])
    assert ids(earlier) == [late["id"], first["id"]]
    (effect,) = page["items"][0].pop("effects")
    assert (effect["attribute"], effect["in_effect"]) == (of.number, False)
    assert page["items"][0] | {"findings": future["findings"]} == future


@of_both
async def test_a_late_statement_never_overwrites_what_came_after(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    await of.register(shared, "late", "2020", **{of.number: 10})
    await of.state(shared, "late", "2022", **{of.number: 20})
    await of.state(shared, "late", "2021", **{of.number: 15}, address="Thôn 1")

    timeline = await get(shared, f"{of.at('late')}/timeline")
    assert timeline["next_cursor"] is None
    assert [
        (v["valid_from"], v["valid_to"], v[of.number], v["address"], v["province_code"])
        for v in timeline["items"]
    ] == [
        ("2020-01-01", "2021-01-01", 10, None, "06"),
        ("2021-01-01", "2022-01-01", 15, "Thôn 1", "06"),
        ("2022-01-01", "2025-07-01", 20, "Thôn 1", "06"),
        ("2025-07-01", None, 20, "Thôn 1", "19"),
    ]


@of_both
async def test_null_clears_and_zero_is_none_at_all(shared: httpx.AsyncClient, of: Subjects) -> None:
    await of.register(shared, "cleared", "2020", **{of.number: 10, of.amount: 3})
    await of.state(shared, "cleared", "2021", **{of.number: None, of.amount: 0})

    found = await of.read(shared, "cleared", as_of="2021-01-01")
    assert (found[of.number], found[of.amount]) == (None, 0)
    history = await get(shared, f"{of.at('cleared')}/statements", limit=1)
    assert history["items"][0]["values"] == {of.number: None, of.amount: 0}


@of_both
async def test_among_equal_dates_authority_wins_and_then_the_later_recorded(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    path = f"{of.at('ranks')}/statements"
    await of.register(shared, "ranks", "2020")
    winners = []
    for source, number in (("report", 1), ("decision", 2), ("plan", 3), ("article", 4)):
        await post(shared, path, said("2021", source, values={of.number: number}))
        winners.append((await of.read(shared, "ranks"))[of.number])
    assert winners == [1, 2, 2, 2]
    for amount, source in ((5, "article"), (6, "other-article")):
        values = {of.amount: amount, of.number: 9}
        await post(shared, path, said("2022", source, values=values))
    # The same day, written more exactly.
    await post(shared, path, said("2022-01-01", values={of.amount: 7}))

    assert (await of.read(shared, "ranks"))[of.amount] == 7
    provenance = await get(shared, f"{of.at('ranks')}/provenance", as_of="2022-01-01")
    assert [
        (p["attribute"], p["source_id"], p["effective_from"]) for p in provenance["items"]
    ] == sorted(
        [
            (of.number, "other-article", "2022"),
            (of.amount, "article", "2022-01-01"),
            ("name", "article", "2020"),
            ("province_code", "article", "2020"),
        ]
    )


@of_both
async def test_a_remark_changes_nothing_but_is_kept(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    await of.register(shared, "remark")
    before = await of.read(shared, "remark")
    body = said("2021", note="Vốn hạ tầng khó thu hút.")
    remark = await post(shared, f"{of.at('remark')}/statements", body)

    assert remark["values"] is None
    assert remark["cites"] == []
    after = await of.read(shared, "remark")
    assert after == before | {"revision": remark["revision"]}
    history = await get(shared, f"{of.at('remark')}/statements")
    assert history["items"][0]["note"] == body["note"]


@of_both
async def test_statements_of_what_is_not_registered(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    body = said("2024", values={of.number: 5})
    for key in ("nowhere", "CCN", "a" * 100):
        path = f"{of.path}/{key}/statements"
        problem = await refused(shared, "POST", path, 404, json=body)
        assert problem["type"] == "/problems/not-found"
        assert f"No {of.type} " in problem["detail"]


async def test_a_site_is_no_project(shared: httpx.AsyncClient) -> None:
    await SITES.register(shared, "only-a-site")
    for path in ("", "/statements", "/timeline", "/provenance"):
        await refused(shared, "GET", f"/v1/projects/ccn-only-a-site{path}", 404)
    # Neither takes the other's id.
    body = said("2020", id="ccn-only-a-site", values={"name": "A", "province_code": "06"})
    await post(shared, "/v1/projects", body)
    for path in ("/v1/sites", "/v1/projects"):
        page = await get(shared, f"{path}/ccn-only-a-site/statements")
        assert len(page["items"]) == 1


# Duplicates


@of_both
async def test_the_same_statement_is_recorded_once(shared: httpx.AsyncClient, of: Subjects) -> None:
    path = f"{of.at('twice')}/statements"
    await of.register(shared, "twice")
    body = said("2024", values={of.number: 43, of.status: of.before})
    first = await post(shared, path, body)

    again = said("2024", values={of.status: of.before, of.number: 43.0}, reason="Lại")
    problem = await refused(shared, "POST", path, 409, json=again)
    assert problem["type"] == "/problems/duplicate-statement"
    assert problem["statement_id"] == first["id"]
    # To cite nothing is to say no more than before.
    problem = await refused(shared, "POST", path, 409, json=body | {"cites": []})
    assert problem["type"] == "/problems/duplicate-statement"

    await post(shared, path, body | {"locator": "trang 2"})
    await post(shared, path, body | {"effective_from": "2024-01"})
    await post(shared, path, body | {"cites": ["plan"]})
    await post(shared, f"/v1/statements/{first['id']}/retraction", {"reason": "Nhầm"})
    await post(shared, path, body)


@of_both
async def test_ids_are_taken_once(shared: httpx.AsyncClient, of: Subjects) -> None:
    await of.register(shared, "taken")
    values = {"name": "taken", "province_code": "19"}
    for body in ({"id": of.id("taken")}, {}):
        whole = said("2021", **of.fixed, values=values, **body)
        problem = await refused(shared, "POST", of.path, 409, json=whole)
        assert problem["type"] == "/problems/conflict"
        assert pointers(problem) == ["#/id"]


# Changes


@of_both
async def test_an_irregular_change_needs_a_reason_which_is_kept(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    await of.register(shared, "irregular", "2020", **{of.status: of.after})
    path = f"{of.at('irregular')}/statements"
    body = said("2022", values={of.status: of.before})
    problem = await refused(shared, "POST", path, 409, json=body)
    assert problem["type"] == "/problems/irregular-change"
    assert pointers(problem) == [f"#/values/{of.status}"]
    assert "2022-01-01" in problem["detail"]

    reason = "Theo quyết định mới"
    statement = await post(shared, path, body | {"override_reason": reason})
    assert statement["override_reason"] == reason
    assert (await of.read(shared, "irregular"))[of.status] == of.before


@of_both
@pytest.mark.parametrize("place", [{"province_code": "19"}, {"commune_code": "05461"}], ids=repr)
async def test_nothing_gets_into_another_province_without_a_word(
    shared: httpx.AsyncClient, of: Subjects, place: dict[str, Any]
) -> None:
    (code,) = place.values()
    name = f"moving-{code}"
    await of.register(shared, name, commune_code="02131")
    path = f"{of.at(name)}/statements"
    problem = await refused(shared, "POST", path, 409, json=said("2024", values=place))
    assert problem["type"] == "/problems/irregular-change"
    assert "from province 06 to 19" in problem["detail"]
    await post(shared, path, said("2024", values=place, override_reason="Nhầm tỉnh"))
    assert (await of.read(shared, name, as_of="2024-01-01"))["province_code"] == "19"
