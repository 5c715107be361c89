"""Stating in bulk: one revision, judged as if one thing was stated after the other."""

from typing import Any

import httpx
import pytest

from tests.support.counting import counted
from tests.support.http import (
    as_problem,
    latest_revision,
    pointers,
    register,
    said,
    signed_in,
    state,
)
from tests.support.ledgers import check_sound
from tests.support.ledgers import state as state_directly
from tests.support.registers import get, opened, post, serving, writer_on

BULK = "/v1/statements/bulk"
BAC_KAN = ("06", "2025-06-30")


def about(subject_type: str, subject_id: str, day: str, **members: Any) -> dict[str, Any]:
    """Return a statement of a bulk."""
    return {"subject_type": subject_type, "subject_id": subject_id, **said(day, **members)}


def site(key: str, day: str = "2020", **values: Any) -> dict[str, Any]:
    """Return the registration of a cluster in Bắc Kạn."""
    values = {"name": key, "province_code": "06"} | values
    return said(day, id=key, kind="cluster", values=values)


def of_site(key: str, day: str, **values: Any) -> dict[str, Any]:
    return about("site", key, day, values=values)


async def send(client: httpx.AsyncClient, status: int = 201, **members: Any) -> Any:
    """Send a bulk; members that begin with an underscore are parameters."""
    parameters = {n[1:]: v for n, v in members.items() if n.startswith("_")}
    body = {n: v for n, v in members.items() if not n.startswith("_")}
    response = await client.post(BULK, json=body, params=parameters)
    assert response.status_code == status, response.text
    return response.json() if status < 400 else as_problem(response, status)


EVERYTHING: dict[str, Any] = {
    "reason": "Nhập lần đầu",
    "organizations": [{"id": "new-builder", "name": "Công ty mới"}],
    "sources": [
        {"id": "new-plan", "kind": "plan", "title": "Quy hoạch", "issuer_id": "new-builder"}
    ],
    "sites": [said("2020", "new-plan", id="ccn-a", kind="cluster", values={
        "name": "CCN A", "province_code": "06", "investor": "new-builder"})],
    "projects": [said("2021", "new-plan", id="du-an-a", values={
        "name": "Dự án A", "province_code": "06", "site": "ccn-a"})],
    "statements": [
        of_site("ccn-a", "2022", area_ha=40.5),
        about("project", "du-an-a", "2022", values={"design_capacity": 7}, cites=["new-plan"]),
        about("source", "new-plan", "2022", values={"status": "approved"}),
        about("province", "06", "2022",
              observations=[{"indicator": "cluster_count", "value": 27}]),
    ],
}  # fmt: skip


async def test_what_is_new_and_what_is_stated_of_it_are_one_revision(
    sourced_client: httpx.AsyncClient,
) -> None:
    before = await latest_revision(sourced_client)
    answer = await send(sourced_client, **EVERYTHING)
    number = before + 1
    assert (answer["revision"], answer["recorded"], answer["refused"]) == (number, 8, 0)
    assert await latest_revision(sourced_client) == number
    found = await get(sourced_client, f"/v1/revisions/{number}")
    assert found["reason"] == "Nhập lần đầu"
    named = [(i["subject_type"], i["subject_id"], i["statement_id"]) for i in answer["statements"]]
    assert named == [
        ("site", "ccn-a", f"{number}-3"),
        ("project", "du-an-a", f"{number}-4"),
        ("source", "new-plan", f"{number}-5"),
        ("province", "06", f"{number}-6"),
    ]
    assert answer["sites"][0]["statement_id"] == f"{number}-1"
    assert answer["projects"][0]["statement_id"] == f"{number}-2"
    assert answer["sources"][0]["statement_id"] is None
    shown = await get(sourced_client, "/v1/sites/ccn-a", as_of="2023-01-01")
    assert (shown["area_ha"], shown["investor"], shown["known_from"]) == (
        40.5, "new-builder", number,
    )  # fmt: skip
    project = await get(sourced_client, "/v1/projects/du-an-a", as_of="2023-01-01")
    assert (project["site"], project["design_capacity"]) == ("ccn-a", 7)
    counts = await get(sourced_client, "/v1/provinces/06/observations", as_of="2023-01-01")
    assert [item["value"] for item in counts["items"]] == [27]
    statement = await get(sourced_client, f"/v1/statements/{number}-4")
    assert (statement["cites"], statement["reason"]) == (["new-plan"], "Nhập lần đầu")


async def test_any_fault_refuses_all_and_all_faults_are_named(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "ccn-old", area_ha=10)
    before = await latest_revision(sourced_client)
    problem = await send(
        sourced_client,
        422,
        sources=[{"id": "article", "kind": "article", "title": "Another"}],
        sites=[site("ccn-new"), site("ccn-old"), site("ccn-new")],
        statements=[
            of_site("ccn-new", "2021", area_ha=0),
            of_site("ccn-new", "2021", leased_ha=50, area_ha=40),
            of_site("ccn-nowhere", "2021", area_ha=4),
            about("site", "ccn-new", "2021", source_id="nothing", values={"area_ha": 4}),
            of_site("ccn-new", "2021", area_ha=44),
            {"subject_type": "cluster"},
            "x",
            about("province", "06", "2021", observations=[{"indicator": "x", "value": 1}]),
        ],
    )
    assert problem["type"] == "/problems/bulk-refused"
    kinds = [error["type"].removeprefix("/problems/") for error in problem["errors"]]
    assert list(zip(pointers(problem), kinds, strict=True)) == [
        ("#/sources/0/id", "conflict"),
        ("#/sites/1/id", "conflict"),
        ("#/sites/2/id", "conflict"),
        ("#/statements/0/values/area_ha", "bad-body"),
        ("#/statements/1/values/leased_ha", "impossible-state"),
        ("#/statements/2", "not-found"),
        ("#/statements/3/source_id", "bad-body"),
        ("#/statements/5/subject_type", "bad-body"),
        ("#/statements/6", "bad-body"),
        ("#/statements/7/observations/0/indicator", "bad-body"),
    ]
    assert "more_errors" not in problem
    assert await latest_revision(sourced_client) == before


async def test_of_many_faults_the_first_hundred_are_listed(
    sourced_client: httpx.AsyncClient,
) -> None:
    statements = [of_site("ccn-nowhere", "2021", area_ha=n + 1) for n in range(250)]
    problem = await send(sourced_client, 422, statements=statements)
    assert pointers(problem) == [f"#/statements/{number}" for number in range(100)]
    assert problem["more_errors"] == 150


async def test_what_is_refused_can_be_left_out_with_what_depends_on_it(
    sourced_client: httpx.AsyncClient,
) -> None:
    answer = await send(
        sourced_client,
        _skip_refused=True,
        organizations=[{"id": "good", "name": "Good"}, {"id": "bad"}],
        sources=[{"id": "report-x", "kind": "report", "title": "X", "issuer_id": "bad"}],
        sites=[site("ccn-good"), site("ccn-bad", area_ha=-1)],
        projects=[
            said("2020", id="du-an-x", values={
                "name": "X", "province_code": "06", "site": "ccn-bad"}),
            said("2020", id="du-an-y", values={
                "name": "Y", "province_code": "06", "site": "ccn-good"}),
        ],
        statements=[
            of_site("ccn-good", "2021", area_ha=7, investor="good"),
            of_site("ccn-good", "2022", investor="bad"),
            of_site("ccn-bad", "2021", area_ha=7),
            about("site", "ccn-good", "2023", source_id="report-x", values={"area_ha": 8}),
            about("project", "du-an-x", "2021", values={"design_capacity": 7}),
        ],
    )  # fmt: skip
    refused = {
        error["pointer"]: error["detail"]
        for name in ("organizations", "sources", "sites", "projects", "statements")
        for item in answer[name]
        for error in item["errors"]
    }
    assert list(refused) == [
        "#/organizations/1/name",
        "#/sources/0/issuer_id",
        "#/sites/1/values/area_ha",
        "#/projects/0/values/site",
        "#/statements/1/values/investor",
        "#/statements/2",
        "#/statements/3/source_id",
        "#/statements/4",
    ]
    assert refused["#/statements/2"] == (
        "This request registers the site 'ccn-bad' too, and that was refused: "
        "correct that, and send both again."
    )
    assert (answer["recorded"], answer["refused"]) == (4, 8)
    assert [item["is_recorded"] for item in answer["statements"]] == [True, *[False] * 4]
    shown = await get(sourced_client, "/v1/sites/ccn-good", as_of="2024-01-01")
    assert (shown["area_ha"], shown["investor"]) == (7, "good")
    assert (await sourced_client.get("/v1/sites/ccn-bad")).status_code == 404


async def test_where_nothing_can_be_recorded_there_is_no_revision(
    sourced_client: httpx.AsyncClient,
) -> None:
    before = await latest_revision(sourced_client)
    statements = [of_site("ccn-nowhere", "2021", area_ha=4)]
    answer = await send(sourced_client, 200, _skip_refused=True, statements=statements)
    assert (answer["revision"], answer["recorded"], answer["refused"]) == (None, 0, 1)
    assert await latest_revision(sourced_client) == before


async def test_what_contradicts_is_judged_in_order(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a", area_ha=40)
    # Each is judged after the one before: the second gives way, so that the third can be.
    statements = [
        of_site("ccn-a", "2021", leased_ha=50),
        of_site("ccn-a", "2021", area_ha=60),
        of_site("ccn-a", "2021-02", leased_ha=50),
        of_site("ccn-a", "2022", operation_status="operating"),
        of_site("ccn-a", "2023", operation_status="closed"),
        of_site("ccn-a", "2024", operation_status="operating"),
        {**of_site("ccn-a", "2024", operation_status="operating"), "override_reason": "Mở lại"},
    ]
    answer = await send(sourced_client, _skip_refused=True, statements=statements)
    assert [item["is_recorded"] for item in answer["statements"]] == [
        False, True, True, True, True, False, True,
    ]  # fmt: skip
    kinds = [item["errors"][0]["type"] for item in answer["statements"] if item["errors"]]
    assert kinds == ["/problems/irregular-change"] * 2


async def test_nothing_is_said_twice(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a")
    recorded = await state(sourced_client, "ccn-a", "2021", area_ha=40)
    count = [{"indicator": "cluster_count", "value": 27}]
    statements = [
        of_site("ccn-a", "2021", area_ha=40.0),
        of_site("ccn-a", "2022", area_ha=41),
        of_site("ccn-a", "2022", area_ha=41),
        about("province", "06", "2022", observations=count),
        about("province", "06", "2022", observations=count),
    ]
    problem = await send(sourced_client, 422, statements=statements)
    assert pointers(problem) == ["#/statements/0", "#/statements/2", "#/statements/4"]
    first, second, third = (error["detail"] for error in problem["errors"])
    assert recorded["id"] in first
    assert "#/statements/1 " in second
    assert "#/statements/3 " in third
    assert {error["type"] for error in problem["errors"]} == {"/problems/duplicate-statement"}
    path = f"{BULK}?skip_refused=true"
    skipping = await post(sourced_client, path, {"statements": statements})
    known, one, same, other, again = (item["statement_id"] for item in skipping["statements"])
    assert known == recorded["id"]
    assert one == same == f"{skipping['revision']}-1"
    assert other == again == f"{skipping['revision']}-2"


async def test_a_dry_run_shows_all_and_records_nothing(sourced_client: httpx.AsyncClient) -> None:
    before = await latest_revision(sourced_client)
    answer = await send(sourced_client, 200, _dry_run=True, **EVERYTHING)
    assert answer["recorded"] == 8
    dry_run = answer["dry_run"]
    changed = [(c["after"]["id"], c["valid_from"]) for c in dry_run["sites"]]
    assert changed[:2] == [("ccn-a", "2020-01-01"), ("ccn-a", "2022-01-01")]
    assert {c["after"]["id"] for c in dry_run["projects"]} == {"du-an-a"}
    assert {"sites.count", "area.total_ha"} <= {f["figure"] for f in dry_run["figures"]}
    assert await latest_revision(sourced_client) == before
    assert (await send(sourced_client, **EVERYTHING))["revision"] == before + 1


async def test_a_bulk_sent_again_is_answered_as_before(sourced_client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "one-bulk"}
    first = await sourced_client.post(BULK, json=EVERYTHING, headers=headers)
    again = await sourced_client.post(BULK, json=EVERYTHING, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.headers["Location"] == f"/v1/revisions/{first.json()['revision']}"
    await send(sourced_client, 422, **EVERYTHING)


async def test_a_bulk_with_what_is_left_out_is_answered_as_before(
    sourced_client: httpx.AsyncClient,
) -> None:
    path, headers = f"{BULK}?skip_refused=true", {"Idempotency-Key": "one-bulk"}
    first = await sourced_client.post(path, json={"sites": [site("ccn-a")]}, headers=headers)
    again = await sourced_client.post(path, json={"sites": [site("ccn-a")]}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = await sourced_client.post(path, json={"sites": [site("ccn-b")]}, headers=headers)
    assert as_problem(other, 422)["type"] == "/problems/idempotency-key-reused"


async def test_what_was_refused_as_another_is_not_stated_of_the_one_that_is_there(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "ccn-a")
    source = {"id": "report-y", "kind": "report", "title": "Y"}
    await send(sourced_client, sources=[source])
    answer = await send(
        sourced_client,
        _skip_refused=True,
        sources=[source],
        sites=[site("ccn-a"), site("ccn-b")],
        statements=[
            of_site("ccn-a", "2021", area_ha=9),
            about("site", "ccn-b", "2021", source_id="report-y", values={"area_ha": 8}),
        ],
    )
    assert [item["is_recorded"] for item in answer["sources"] + answer["sites"]] == [
        False, False, True,
    ]  # fmt: skip
    assert [item["is_recorded"] for item in answer["statements"]] == [False, True]


async def test_rights_are_those_of_each_member(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-own")
    await register(sourced_client, "ccn-foreign", province_code="17")
    editor = await signed_in(sourced_client, "Lan", "editor", BAC_KAN)
    body = {
        "sites": [site("ccn-new"), site("ccn-else", province_code="17")],
        "projects": [
            said("2020", id="du-an-x", values={
                "name": "X", "province_code": "06", "site": "ccn-foreign"}),
            said("2020", id="du-an-y", values={
                "name": "Y", "province_code": "06", "site": "ccn-new"}),
        ],
        "statements": [
            of_site("ccn-own", "2021", area_ha=7),
            of_site("ccn-foreign", "2021", area_ha=7),
            of_site("ccn-new", "2021", area_ha=7),
            about("province", "17", "2021",
                  observations=[{"indicator": "cluster_count", "value": 27}]),
        ],
    }  # fmt: skip
    refused = await sourced_client.post(BULK, json=body, headers=editor)
    faults = ["#/sites/1", "#/projects/0", "#/statements/1", "#/statements/3"]
    assert pointers(as_problem(refused, 403)) == faults
    made_up = {"statements": [about("secret", "x", "2021"), *body["statements"]]}
    refused = await sourced_client.post(BULK, json=made_up, headers=editor)
    assert "secret" not in as_problem(refused, 403)["detail"]
    skipping = await sourced_client.post(f"{BULK}?skip_refused=true", json=body, headers=editor)
    assert skipping.status_code == 201
    assert skipping.json()["recorded"] == 4


async def test_the_audit_log_has_what_was_left_out_for_want_of_a_right(
    sourced_client: httpx.AsyncClient,
) -> None:
    editor = await signed_in(sourced_client, "Lan", "editor", BAC_KAN)
    count = {"observations": [{"indicator": "cluster_count", "value": 27}]}
    statements = [about("province", code, "2021", **count) for code in ("06", "17", "17")]
    path = f"{BULK}?skip_refused=true"
    sent = await sourced_client.post(path, json={"statements": statements}, headers=editor)
    assert [item["is_recorded"] for item in sent.json()["statements"]] == [True, False, False]
    app = sourced_client._transport.app  # type: ignore[attr-defined]
    await app.state.service.authenticator.journal.flush()
    (entry,) = (await get(sourced_client, "/v1/audit", action="refused"))["items"]
    assert (entry["principal"], entry["path"], entry["status"]) == ("Lan", BULK, 403)
    assert (entry["count"], "where you may not write" in entry["detail"]) == (1, True)


async def test_the_body_has_a_limit_of_its_own(empty_url: str) -> None:
    note = "x" * 3000
    limits = {"max_body_bytes": 2000, "max_bulk_body_bytes": 20_000}
    async with serving(empty_url, **limits) as client:
        source = {"id": "long", "kind": "report", "title": "Long", "note": note}
        as_problem(await client.post("/v1/sources", json=source), 413)
        await send(client, sources=[source])
        many = [{**source, "id": f"long-{number}"} for number in range(10)]
        as_problem(await client.post(BULK, json={"sources": many}), 413)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_bulk_has_at_most_ten_thousand_members_and_one_at_least(
    sourced_client: httpx.AsyncClient,
) -> None:
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"statements": [1] * 10_001},
        {"statements": [1] * 9_000, "sites": [1] * 1_001},
        {"statements": 1},
        {"statement": []},
    )
    for body in bodies:
        as_problem(await sourced_client.post(BULK, json=body), 422)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_the_reason_is_given_once(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a")
    statement = {**of_site("ccn-a", "2021", area_ha=4), "reason": "Vì sao"}
    problem = await send(sourced_client, 422, statements=[statement])
    assert pointers(problem) == ["#/statements/0/reason"]


MANY_SITES, OF_EACH = 200, 5


@pytest.fixture
async def many(sourced_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give a register of many sites, registered by one bulk."""
    sites = [site(f"ccn-{number}") for number in range(MANY_SITES)]
    answer = await send(sourced_client, sites=sites)
    assert answer["recorded"] == MANY_SITES
    return sourced_client


async def test_a_thousand_statements_take_as_many_queries_as_one(many: httpx.AsyncClient) -> None:
    statements = [
        of_site(f"ccn-{number}", str(2021 + turn), area_ha=number / 2 + turn + 1)
        for turn in range(OF_EACH)
        for number in range(MANY_SITES)
    ]
    with counted() as queries:
        answer = await send(many, statements=statements)
    # The end of the ledger, sources, sites, statements so far, versions so far, equal statements;
    # then the counter, the revision, the statements, closing versions, adding versions. Last the
    # findings of a hundred subjects: their statements, and their versions before and after.
    assert len(queries) == 11 + 2, queries
    assert answer["recorded"] == MANY_SITES * OF_EACH
    page = await get(many, "/v1/sites", as_of="2025-06-01", limit=1000)
    areas = {item["id"]: item["area_ha"] for item in page["items"]}
    assert areas == {f"ccn-{n}": n / 2 + OF_EACH for n in range(MANY_SITES)}
    found = await get(many, f"/v1/revisions/{answer['revision']}")
    assert found["number"] == await latest_revision(many)


async def test_a_large_revision_verifies_and_rebuilds(empty_url: str) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        report = {"id": "article", "kind": "article", "title": "Báo"}
        sites = [site(f"ccn-{number}") for number in range(150)]
        await send(client, sources=[report], sites=sites)
        await check_sound(await writer_on(database))


# What others write meanwhile


async def test_what_changed_meanwhile_is_judged_anew(empty_url: str, interrupting: Any) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        writer = await writer_on(database, "another")
        source = {"id": "report-2024", "kind": "report", "title": "Báo cáo"}
        await send(
            client,
            sources=[source, {"id": "article", "kind": "article", "title": "Báo"}],
            sites=[site("ccn-a", area_ha=40), site("ccn-b", area_ha=40)],
        )
        statements = [
            of_site("ccn-a", "2022", leased_ha=30),
            of_site("ccn-a", "2023", area_ha=41),
            of_site("ccn-b", "2022", leased_ha=30),
        ]

        async def shrink() -> None:
            # From then on 30 ha cannot be leased any more.
            await state_directly(writer, "ccn-a", "2021", area_ha=20)

        interrupting(shrink)
        answer = await send(client, _skip_refused=True, statements=statements)
        assert [item["is_recorded"] for item in answer["statements"]] == [False, True, True]
        assert answer["revision"] == 3
        assert [item["statement_id"] for item in answer["statements"]] == [None, "3-1", "3-2"]
        shown = await get(client, "/v1/sites/ccn-a/timeline")
        known = [(item["valid_from"], item["area_ha"]) for item in shown["items"]]
        assert known[:3] == [("2020-01-01", 40), ("2021-01-01", 20), ("2023-01-01", 41)]
        await check_sound(await writer_on(database))


async def test_what_nobody_touched_is_recorded_as_planned(
    empty_url: str, interrupting: Any
) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        writer = await writer_on(database, "another")
        source = {"id": "report-2024", "kind": "report", "title": "Báo cáo"}
        article = {"id": "article", "kind": "article", "title": "Báo"}
        await send(client, sources=[source, article], sites=[site("ccn-a"), site("ccn-b")])

        async def elsewhere() -> None:
            await state_directly(writer, "ccn-b", "2021", area_ha=20)

        interrupting(elsewhere)
        answer = await send(client, statements=[of_site("ccn-a", "2022", area_ha=30)])
        assert answer["statements"][0]["statement_id"] == "3-1"
        await check_sound(await writer_on(database))


async def test_an_id_taken_meanwhile_is_refused(empty_url: str, interrupting: Any) -> None:
    async with serving(empty_url) as client, serving(empty_url) as other:
        article = {"id": "article", "kind": "article", "title": "Báo"}
        await send(client, sources=[article])

        async def take() -> None:
            await send(other, sites=[site("ccn-a")])

        interrupting(take)
        problem = await send(
            client, 422, sites=[site("ccn-a"), site("ccn-b")],
            statements=[of_site("ccn-b", "2021", area_ha=4)],
        )  # fmt: skip
        assert pointers(problem) == ["#/sites/0/id"]
        assert await latest_revision(client) == 2


async def test_where_all_is_refused_meanwhile_there_is_no_revision(
    empty_url: str, interrupting: Any
) -> None:
    async with serving(empty_url) as client, serving(empty_url) as other:
        await send(client, sources=[{"id": "article", "kind": "article", "title": "Báo"}])

        async def take() -> None:
            await send(other, sites=[site("ccn-a")])

        interrupting(take)
        body = {"sites": [site("ccn-a")]}
        answer = await client.post(f"{BULK}?skip_refused=true", json=body)
        assert (answer.status_code, answer.json()["revision"]) == (200, None)
        assert answer.headers["Register-Revision"] == "2"
        assert await latest_revision(client) == 2
