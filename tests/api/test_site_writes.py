"""Writing of sites: statements, patches, refusals, withdrawals and retractions."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.helpers import (
    as_problem,
    ids,
    latest_revision,
    pointers,
    refused,
    register,
    register_once,
    said,
    state,
)
from tests.conftest import get, post

MERGE_PATCH = {"content-type": "application/merge-patch+json"}


# Statements


async def test_a_statement_is_kept_as_it_was_said(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-kept")
    body = {
        "source_id": "report",
        "effective_from": "2023-06",
        "date_basis": "inferred",
        "basis": "estimate",
        "locator": "trang 4",
        "note": "Ước đạt\nđến cuối tháng",
        "reason": "Nhập báo cáo tháng",
        "values": {"area_ha": 43.50, "investor": "builder", "address": None},
    }
    author = "Nguyễn Thị Ánh Đào"
    before = await latest_revision(shared)
    response = await shared.post(
        "/v1/sites/ccn-kept/statements", json=body, headers={b"X-Author": author.encode()}
    )

    assert response.status_code == 201, response.text
    answer = response.json()
    assert response.headers["location"] == f"/v1/statements/{answer['id']}"
    assert await get(shared, response.headers["location"]) == answer
    recorded_at = datetime.fromisoformat(answer.pop("recorded_at"))
    assert abs((datetime.now(UTC) - recorded_at).total_seconds()) < 60
    assert answer == {
        **{name: value for name, value in body.items() if name != "values"},
        "id": f"{before + 1}-1",
        "revision": before + 1,
        "author": author,
        "subject_type": "site",
        "subject_id": "ccn-kept",
        "source_title": "The report",
        "effective_precision": "month",
        "override_reason": None,
        "retraction": None,
        "observations": None,
        # What was not said is left out; what was said to be unknown is null.
        "values": {"area_ha": 43.5, "investor": "builder", "address": None},
    }
    revision = await get(shared, f"/v1/revisions/{before + 1}")
    assert (revision["author"], revision["reason"]) == (author, body["reason"])


@pytest.mark.parametrize(
    ("header", "author"),
    [
        (None, "anonymous"),
        (b"  ", "anonymous"),
        ("Đặng Thị Hoài Ửng".encode(), "Đặng Thị Hoài Ửng"),
        ("  Lê Ô ".encode(), "Lê Ô"),
        ("Ho\u0300a".encode(), "H\u00f2a"),
    ],
    ids=["absent", "blank", "vietnamese", "surrounded", "decomposed"],
)
async def test_authors(shared: httpx.AsyncClient, header: bytes | None, author: str) -> None:
    site_id = f"ccn-by-{len(header or b'')}"
    body = said("2020", id=site_id, kind="cluster", values={"name": "A", "province_code": "06"})
    headers = {} if header is None else {b"X-Author": header}
    response = await shared.post("/v1/sites", json=body, headers=headers)
    assert response.json()["author"] == author


@pytest.mark.parametrize(
    "header",
    [b"Ng\xf4", b"\xff", b"a" * 201, b"a\x01b", "a\u200bb".encode()],
    ids=["latin-1", "no-text", "too-long", "control", "invisible"],
)
async def test_authors_that_cannot_be_kept(shared: httpx.AsyncClient, header: bytes) -> None:
    body = said("2020", kind="cluster", values={"name": "A", "province_code": "06"})
    problem = await refused(
        shared, "POST", "/v1/sites", 400, json=body, headers={b"X-Author": header}
    )
    assert pointers(problem) == ["X-Author"]


async def test_the_history_is_newest_first(shared: httpx.AsyncClient) -> None:
    path = "/v1/sites/ccn-history"
    first = await register(shared, "ccn-history", "2020")
    late = await state(shared, "ccn-history", "2019", area_ha=10)
    future = await state(shared, "ccn-history", "2098", area_ha=30)

    page = await get(shared, f"{path}/statements")
    assert ids(page) == [future["id"], late["id"], first["id"]]
    by_2019 = await get(shared, f"{path}/statements", as_of="2019-12-31")
    assert ids(by_2019) == [late["id"]]
    earlier = await get(shared, f"{path}/statements", revision=late["revision"])
    assert ids(earlier) == [late["id"], first["id"]]
    assert page["items"][0] == future


async def test_a_late_statement_never_overwrites_what_came_after(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-late", "2020", area_ha=10)
    await state(shared, "ccn-late", "2022", area_ha=20)
    await state(shared, "ccn-late", "2021", area_ha=15, address="Thôn 1")

    timeline = await get(shared, "/v1/sites/ccn-late/timeline")
    assert [
        (v["valid_from"], v["valid_to"], v["area_ha"], v["address"], v["province_code"])
        for v in timeline["items"]
    ] == [
        ("2020-01-01", "2021-01-01", 10, None, "06"),
        ("2021-01-01", "2022-01-01", 15, "Thôn 1", "06"),
        ("2022-01-01", "2025-07-01", 20, "Thôn 1", "06"),
        ("2025-07-01", None, 20, "Thôn 1", "19"),
    ]


async def test_null_clears_and_zero_is_none_at_all(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-cleared", "2020", area_ha=10, leased_ha=3)
    await state(shared, "ccn-cleared", "2021", area_ha=None, leased_ha=0)

    site = await get(shared, "/v1/sites/ccn-cleared", as_of="2021-01-01")
    assert (site["area_ha"], site["leased_ha"]) == (None, 0)
    history = await get(shared, "/v1/sites/ccn-cleared/statements", limit=1)
    assert history["items"][0]["values"] == {"area_ha": None, "leased_ha": 0}


async def test_among_equal_dates_authority_wins_and_then_the_later_recorded(
    shared: httpx.AsyncClient,
) -> None:
    path = "/v1/sites/ccn-ranks/statements"
    await register(shared, "ccn-ranks", "2020")
    winners = []
    for source, area in (("report", 1), ("decision", 2), ("plan", 3), ("article", 4)):
        await post(shared, path, said("2021", source, values={"area_ha": area}))
        winners.append((await get(shared, "/v1/sites/ccn-ranks"))["area_ha"])
    assert winners == [1, 2, 2, 2]
    for area, source in ((5, "article"), (6, "other-article")):
        values = {"leased_ha": area, "area_ha": 9}
        await post(shared, path, said("2022", source, values=values))
    # The same day, written more exactly.
    await post(shared, path, said("2022-01-01", values={"leased_ha": 7}))

    assert (await get(shared, "/v1/sites/ccn-ranks"))["leased_ha"] == 7
    provenance = await get(shared, "/v1/sites/ccn-ranks/provenance", as_of="2022-01-01")
    assert [(p["attribute"], p["source_id"], p["effective_from"]) for p in provenance["items"]] == [
        ("area_ha", "other-article", "2022"),
        ("leased_ha", "article", "2022-01-01"),
        ("name", "article", "2020"),
        ("province_code", "article", "2020"),
    ]


async def test_a_remark_changes_nothing_but_is_kept(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-remark")
    before = await get(shared, "/v1/sites/ccn-remark")
    body = said("2021", note="Vốn hạ tầng khó thu hút.")
    remark = await post(shared, "/v1/sites/ccn-remark/statements", body)

    assert (remark["values"], remark["observations"]) == (None, None)
    after = await get(shared, "/v1/sites/ccn-remark")
    assert after == before | {"revision": remark["revision"]}
    history = await get(shared, "/v1/sites/ccn-remark/statements")
    assert history["items"][0]["note"] == body["note"]


# Statements that are refused


@pytest.mark.parametrize(
    ("values", "more", "pointer"),
    [
        ({"area_ha": 0}, {}, "#/values/area_ha"),
        ({"area_ha": -1.5}, {}, "#/values/area_ha"),
        ({"planned_area_ha": 0}, {}, "#/values/planned_area_ha"),
        ({"industrial_land_ha": 0}, {}, "#/values/industrial_land_ha"),
        ({"leased_ha": -0.0001}, {}, "#/values/leased_ha"),
        ({"area_ha": 0.00001}, {}, "#/values/area_ha"),
        ({"area_ha": 1_000_000_001}, {}, "#/values/area_ha"),
        ({"stated_occupancy_pct": 100.01}, {}, "#/values/stated_occupancy_pct"),
        ({"affected_households": -1}, {}, "#/values/affected_households"),
        ({"affected_households": 1.5}, {}, "#/values/affected_households"),
        ({"clearance_phase": 0}, {}, "#/values/clearance_phase"),
        ({"name": None}, {}, "#/values/name"),
        ({"province_code": None}, {}, "#/values/province_code"),
        ({"name": ""}, {}, "#/values/name"),
        ({"aliases": ["A", ""]}, {}, "#/values/aliases/1"),
        ({"legal_status": "Established"}, {}, "#/values/legal_status"),
        ({"expected_operation": "soon"}, {}, "#/values/expected_operation"),
        ({"stage": "planned"}, {}, "#/values/stage"),
        ({"occupancy_pct": 50}, {}, "#/values/occupancy_pct"),
        ({"area_ha": 5}, {"source_id": "nothing"}, "#/source_id"),
        ({"area_ha": 5}, {"effective_from": "2024-02-30"}, "#/effective_from"),
        ({"area_ha": 5}, {"basis": "plan"}, "#/basis"),
        ({"legal_status": "established"}, {"basis": "target"}, "#/basis"),
        ({"operation_status": "operating"}, {"basis": "plan"}, "#/basis"),
        ({"leased_ha": 1}, {"basis": "target"}, "#/basis"),
        ({"investor": "nobody"}, {}, "#/values/investor"),
        ({"managing_body": "nobody"}, {}, "#/values/managing_body"),
        ({"province_code": "99"}, {}, "#/values/province_code"),
        ({"district_code": "999"}, {}, "#/values/district_code"),
        ({"commune_code": "99999"}, {}, "#/values/commune_code"),
        # Quảng Chu lay in Chợ Mới district (065) of Bắc Kạn (06).
        ({"province_code": "19", "commune_code": "02131"}, {}, "#/values/province_code"),
        ({"district_code": "061", "commune_code": "02131"}, {}, "#/values/district_code"),
        # Cồn Cỏ has been a commune-level unit since 2025-07-01; the districts ended that day.
        ({"commune_code": "19742"}, {"effective_from": "2025-06-30"}, "#/values/commune_code"),
        ({"commune_code": "02131"}, {"effective_from": "2025-07-01"}, "#/values/commune_code"),
        ({"district_code": "065"}, {"effective_from": "2025-07-01"}, "#/values/district_code"),
        ({}, {}, "#"),
        ({}, {"note": " "}, "#/note"),
    ],
    ids=repr,
)
async def test_statements_that_do_not_fit(
    shared: httpx.AsyncClient, values: dict[str, Any], more: dict[str, Any], pointer: str
) -> None:
    await register_once(shared, "ccn-refusing", commune_code="02131")
    body = said("2024") | {"values": values} | more
    problem = await refused(shared, "POST", "/v1/sites/ccn-refusing/statements", 422, json=body)
    assert pointers(problem) == [pointer]


@pytest.mark.parametrize(
    "code", ["commune_code", "district_code", "province_code"], ids=lambda code: code[:-5]
)
async def test_a_unit_of_another_time_is_refused_with_what_became_of_it(
    shared: httpx.AsyncClient, code: str
) -> None:
    await register_once(shared, "ccn-refusing", commune_code="02131")
    old = {"commune_code": "02131", "district_code": "065", "province_code": "06"}[code]
    successors = {"commune_code": ["02086"], "district_code": [], "province_code": ["19"]}[code]
    problem = await refused(
        shared,
        "POST",
        "/v1/sites/ccn-refusing/statements",
        422,
        json=said("2026", values={code: old}),
    )
    assert [unit["code"] for unit in problem["successors"]] == successors


async def test_what_is_foreseen_may_be_stated_as_a_plan(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-foreseen")
    values = {"planned_area_ha": 50, "expected_operation": "2027", "to_clear_ha": 45}
    body = said("2024", basis="plan", values=values)
    assert (await post(shared, "/v1/sites/ccn-foreseen/statements", body))["basis"] == "plan"


@pytest.mark.parametrize(
    ("moved", "place"),
    [
        ({"province_code": "19"}, ("19", None, None)),
        ({"province_code": "19", "district_code": None}, ("19", None, None)),
        # Bạch Thông district and Cẩm Giàng commune in it.
        ({"district_code": "063"}, ("06", "063", None)),
        ({"commune_code": "02008"}, ("06", "063", "02008")),
        ({"province_code": "06"}, ("06", "065", "02131")),
    ],
    ids=repr,
)
async def test_a_later_place_moves_a_site(
    shared: httpx.AsyncClient, moved: dict[str, Any], place: tuple[str | None, ...]
) -> None:
    site_id = f"ccn-moved-{uuid4().hex}"
    await register(shared, site_id, commune_code="02131")
    path = f"/v1/sites/{site_id}/statements"
    if place[0] != "06":
        # A site does not get into another province without a word.
        await refused(shared, "POST", path, 409, json=said("2024", values=moved))
    await post(shared, path, said("2024", values=moved, override_reason="Nhầm tỉnh"))
    codes = ("province_code", "district_code", "commune_code")
    site = await get(shared, f"/v1/sites/{site_id}", as_of="2024-01-01")
    assert tuple(site[code] for code in codes) == place
    before = await get(shared, f"/v1/sites/{site_id}", as_of="2023-12-31")
    assert tuple(before[code] for code in codes) == ("06", "065", "02131")


async def test_a_place_that_a_weightier_source_of_the_day_denies_is_refused(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-denied")
    path = "/v1/sites/ccn-denied/statements"
    await post(shared, path, said("2024", "decision", values={"commune_code": "02131"}))
    body = said("2024", "article", values={"province_code": "19"})
    problem = await refused(shared, "POST", path, 422, json=body)
    assert pointers(problem) == ["#/values/province_code"]


async def test_statements_of_unknown_sites(shared: httpx.AsyncClient) -> None:
    body = said("2024", values={"area_ha": 5})
    for path in ("ccn-nowhere", "CCN", "a" * 100):
        problem = await refused(shared, "POST", f"/v1/sites/{path}/statements", 404, json=body)
        assert problem["type"] == "/problems/not-found"


# Duplicates


async def test_the_same_statement_is_recorded_once(shared: httpx.AsyncClient) -> None:
    path = "/v1/sites/ccn-twice/statements"
    await register(shared, "ccn-twice")
    body = said("2024", values={"area_ha": 43, "legal_status": "established"})
    first = await post(shared, path, body)

    again = said("2024", values={"legal_status": "established", "area_ha": 43.0}, reason="Lại")
    problem = await refused(shared, "POST", path, 409, json=again)
    assert problem["type"] == "/problems/duplicate-statement"
    assert problem["statement_id"] == first["id"]

    await post(shared, path, body | {"locator": "trang 2"})
    await post(shared, path, body | {"effective_from": "2024-01"})
    await post(shared, f"/v1/statements/{first['id']}/retraction", {"reason": "Nhầm"})
    await post(shared, path, body)


async def test_ids_are_taken_once(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-taken", name="CCN Taken")
    values = {"name": "CCN Taken", "province_code": "19"}
    for body in ({"id": "ccn-taken"}, {}):
        problem = await refused(
            shared,
            "POST",
            "/v1/sites",
            409,
            json=said("2021", kind="cluster", values=values, **body),
        )
        assert problem["type"] == "/problems/conflict"
        assert pointers(problem) == ["#/id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "park"}, "#/kind"),
        ({"kind": None}, "#/kind"),
        ({"id": "Ccn-a"}, "#/id"),
        ({"id": "a--b"}, "#/id"),
        ({"id": ""}, "#/id"),
        ({"id": "a" * 101}, "#/id"),
        ({"values": {"province_code": "06"}}, "#/values/name"),
        ({"values": {"name": "A"}}, "#/values/province_code"),
        ({"values": {"name": "工业", "province_code": "06"}}, "#/id"),
        ({"values": {"name": "A", "province_code": "19", "commune_code": "02131"}},
         "#/values/province_code"),
        ({"values": {"name": "A", "province_code": "06"}, "effective_from": "2026"},
         "#/values/province_code"),
    ],
    ids=repr,
)  # fmt: skip
async def test_registrations_that_do_not_fit(
    shared: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    whole = said("2021", kind="cluster", values={"name": "A", "province_code": "06"}) | body
    problem = await refused(shared, "POST", "/v1/sites", 422, json=whole)
    assert pointers(problem) == [pointer]


# Withdrawal and retraction


async def test_a_withdrawn_site_is_gone_and_still_readable_as_known_earlier(
    shared: httpx.AsyncClient,
) -> None:
    path = "/v1/sites/ccn-withdrawn"
    first = await register(shared, "ccn-withdrawn", area_ha=5)
    response = await shared.post(f"{path}/withdrawal", json={"reason": "Trùng hồ sơ"})

    assert response.status_code == 201, response.text
    withdrawn_in = first["revision"] + 1
    assert response.json() == {
        "id": "ccn-withdrawn",
        "revision": withdrawn_in,
        "reason": "Trùng hồ sơ",
    }
    for read_path in (path, f"{path}/timeline", f"{path}/provenance"):
        problem = as_problem(await shared.get(read_path), 410)
        assert problem["type"] == "/problems/withdrawn"
        assert problem["withdrawn_in"] == withdrawn_in
        assert "Trùng hồ sơ" in problem["detail"]
        assert (await shared.get(f"{read_path}?revision={first['revision']}")).status_code == 200
    assert "ccn-withdrawn" not in ids(await get(shared, "/v1/sites", limit=1000))
    earlier = await get(shared, "/v1/sites", limit=1000, revision=first["revision"])
    assert "ccn-withdrawn" in ids(earlier)
    assert ids(await get(shared, f"{path}/statements")) == [first["id"]]

    values = {"area_ha": 6}
    asked = f"{path}?source_id=article"
    body = said("2022", values=values)
    await refused(shared, "POST", f"{path}/statements", 410, json=body)
    await refused(shared, "PATCH", asked, 410, json=values, headers=MERGE_PATCH)
    await refused(shared, "POST", f"{path}/withdrawal", 410, json={"reason": "Lại"})
    again = said(
        "2022", id="ccn-withdrawn", kind="cluster", values={"name": "A", "province_code": "06"}
    )
    await refused(shared, "POST", "/v1/sites", 409, json=again)


async def test_a_retraction_is_kept_with_its_reason(shared: httpx.AsyncClient) -> None:
    path = "/v1/sites/ccn-retracted"
    await register(shared, "ccn-retracted", "2020", area_ha=5)
    wrong = await state(shared, "ccn-retracted", "2021", area_ha=50)
    response = await shared.post(
        f"/v1/statements/{wrong['id']}/retraction",
        json={"reason": "Đọc nhầm dấu phẩy"},
        headers={b"X-Author": "Lê Đức".encode()},
    )

    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"/v1/statements/{wrong['id']}"
    retraction = response.json()["retraction"]
    assert retraction.pop("retracted_at") >= wrong["recorded_at"]
    assert retraction == {
        "revision": wrong["revision"] + 1,
        "author": "Lê Đức",
        "reason": "Đọc nhầm dấu phẩy",
    }
    assert response.json() | {"retraction": None} == wrong
    assert (await get(shared, path, as_of="2022-01-01"))["area_ha"] == 5
    history = await get(shared, f"{path}/statements")
    assert history["items"][0] == response.json()
    # As known before, it counted and was not retracted.
    asked = {"revision": wrong["revision"]}
    assert (await get(shared, path, as_of="2022-01-01", **asked))["area_ha"] == 50
    assert await get(shared, f"/v1/statements/{wrong['id']}", **asked) == wrong
    assert (await get(shared, f"{path}/statements", **asked))["items"][0] == wrong

    again = await refused(
        shared, "POST", f"/v1/statements/{wrong['id']}/retraction", 409, json={"reason": "Lại"}
    )
    assert str(retraction["revision"]) in again["detail"]


@pytest.mark.parametrize("statement_id", ["1-1", "99999-1", "x"])
async def test_only_recorded_statements_are_read_and_retracted(
    shared: httpx.AsyncClient, statement_id: str
) -> None:
    path = f"/v1/statements/{statement_id}"
    await refused(shared, "GET", path, 404)
    problem = await refused(shared, "POST", f"{path}/retraction", 404, json={"reason": "x"})
    # No revision is named that does not exist.
    assert f"revision {await latest_revision(shared) + 1}" not in problem["detail"]


async def test_a_site_without_any_live_statement(shared: httpx.AsyncClient) -> None:
    only = await register(shared, "ccn-emptied")
    await post(shared, f"/v1/statements/{only['id']}/retraction", {"reason": "Nhầm"})

    await refused(shared, "GET", "/v1/sites/ccn-emptied", 404)
    assert "ccn-emptied" not in ids(await get(shared, "/v1/sites", limit=1000))
    assert len((await get(shared, "/v1/sites/ccn-emptied/statements"))["items"]) == 1
