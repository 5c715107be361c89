"""Dry runs: everything is checked, what would change is told, nothing is recorded."""

from typing import Any

import httpx
import pytest

from tests.support.http import (
    as_problem,
    latest_revision,
    observe,
    pointers,
    refused,
    register,
    said,
    state,
)
from tests.support.registers import get, post

MERGE_PATCH = {"content-type": "application/merge-patch+json", "if-match": "*"}
DRY = {"dry_run": "true"}


async def rehearse(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    """Send a dry run, which must succeed and record nothing; then the same for good."""
    before = await latest_revision(client)
    answer = await client.post(path, params=DRY, json=body)
    assert answer.status_code == 200, answer.text
    assert "location" not in answer.headers
    assert "etag" not in answer.headers
    assert await latest_revision(client) == before
    return answer.json()


def figures(dry_run: Any, as_of: str) -> dict[str, tuple[Any, Any]]:
    return {
        change["figure"]: (change["before"], change["after"])
        for change in dry_run["figures"]
        if change["as_of"] == as_of
    }


async def test_a_statement_would_cut_a_version(own_figures: httpx.AsyncClient) -> None:
    client = own_figures
    await register(client, "ccn-dry", "2020", province_code="04", area_ha=10)
    path = "/v1/sites/ccn-dry/statements"
    body = said("2023", values={"area_ha": 12.5, "name_en": "Dry"})
    told = await rehearse(client, path, body)
    assert told["id"] == f"{await latest_revision(client) + 1}-1"
    assert told["values"] == {"area_ha": 12.5, "name_en": "Dry"}

    cut, changed = told["dry_run"]["sites"]
    assert (cut["valid_from"], cut["valid_to"], cut["changed"]) == ("2020-01-01", "2023-01-01", [])
    assert (changed["valid_from"], changed["valid_to"]) == ("2023-01-01", None)
    assert sorted(changed["changed"]) == ["area_ha", "name_en"]
    assert (changed["before"]["area_ha"], changed["after"]["area_ha"]) == (10, 12.5)
    assert changed["before"]["valid_from"] == "2020-01-01"
    assert told["dry_run"]["projects"] == []

    real = await post(client, path, body)
    assert "dry_run" not in real
    assert real | {"recorded_at": ""} == {
        name: value for name, value in told.items() if name != "dry_run"
    } | {"recorded_at": ""}


async def test_the_states_told_are_the_states_that_come(own_figures: httpx.AsyncClient) -> None:
    """What a dry run says would hold is what the timeline shows once it is done for good."""
    client = own_figures
    await register(client, "ccn-dry", "2019", area_ha=10)
    await state(client, "ccn-dry", "2021", area_ha=11)
    gone = await state(client, "ccn-dry", "2022", area_ha=12)
    for path, body in (
        ("/v1/sites/ccn-dry/statements", said("2018", values={"name": "Trước"})),
        ("/v1/sites/ccn-dry/statements", said("2021", "decision", values={"area_ha": 20})),
        ("/v1/sites/ccn-dry/statements", said("2030", values={"area_ha": None})),
        (f"/v1/statements/{gone['id']}/retraction", {"reason": "Nhầm"}),
        ("/v1/sites/ccn-dry/statements", said("2022", note="Không có gì mới")),
    ):
        old = (await get(client, "/v1/sites/ccn-dry/timeline"))["items"]
        changes = (await rehearse(client, path, body))["dry_run"]["sites"]
        await post(client, path, body)
        new = (await get(client, "/v1/sites/ccn-dry/timeline"))["items"]
        ended = [c["before"] for c in changes if c["before"]]
        begun = [c["after"] for c in changes if c["after"]]
        assert [v for v in old if v not in new] == unique(ended)
        assert [v for v in new if v not in old] == unique(begun)


def unique(versions: list[Any]) -> list[Any]:
    return [version for n, version in enumerate(versions) if version not in versions[:n]]


async def test_the_figures_told_are_the_figures_that_come(own_figures: httpx.AsyncClient) -> None:
    client = own_figures
    await register(client, "ccn-dry", "2020", province_code="12", area_ha=10)
    told = await rehearse(
        client, "/v1/sites/ccn-dry/statements", said("2023", values={"area_ha": 12.5})
    )
    assert figures(told["dry_run"], "2023-01-01")["area.total_ha"] == (10, 12.5)
    assert {change["kind"] for change in told["dry_run"]["figures"]} == {"cluster"}
    assert {change["province_code"] for change in told["dry_run"]["figures"]} == {"12"}
    rollup = (await get(client, "/v1/provinces/12/rollup", as_of="2023-01-01"))["rollups"]
    assert [r["area"]["total_ha"] for r in rollup if r["kind"] == "cluster"] == [10]


async def test_figures_are_those_of_the_rollup_before_and_after(
    own_figures: httpx.AsyncClient,
) -> None:
    """Every difference of the computed figures is told, and nothing that does not differ."""
    client = own_figures
    await register(client, "ccn-dry", "2020", area_ha=10, to_clear_ha=4)
    gone = await state(client, "ccn-dry", "2022", industrial_land_ha=8, leased_ha=2)
    about = "/v1/sites/ccn-dry/statements"
    for day, path, body in (
        ("2021-01-01", about, said("2021", values={"area_ha": 11, "cleared_ha": 1})),
        ("2022-01-01", f"/v1/statements/{gone['id']}/retraction", {"reason": "Nhầm"}),
        ("2023-05-01", about, said("2023-05", values={"operation_status": "operating"})),
        ("2020-01-01", "/v1/sites/ccn-dry/withdrawal", {"reason": "Nhầm"}),
    ):
        told = (await rehearse(client, path, body))["dry_run"]
        before = await computed(client, day)
        await post(client, path, body)
        after = await computed(client, day)
        differing = {n: (before[n], after[n]) for n in before if before[n] != after[n]}
        assert differing
        assert {
            name: change
            for name, change in figures(told, day).items()
            if name.partition(".")[0] in COMPUTED
        } == differing


COMPUTED = ("sites", "area", "land", "clearance", "occupancy")


async def computed(client: httpx.AsyncClient, day: str) -> dict[str, Any]:
    """Return the computed figures of the clusters of Bắc Kạn by their dotted names."""
    rollup = await get(client, "/v1/provinces/06/rollup", as_of=day, kind="cluster")
    (clusters,) = rollup["rollups"]
    found: dict[str, Any] = {}
    left = [(name, clusters[name]) for name in COMPUTED]
    while left:
        name, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{name}.{member}", inner) for member, inner in value.items()]
        elif isinstance(value, list):
            left += [
                (f"{name}.{item['definition']}.{member}", inner)
                for item in value
                for member, inner in item.items()
                if member != "definition"
            ]
        elif not name.endswith((".values", ".listed")):
            # Besides the figures stand the addresses of what they are summed from.
            found[name] = value
    return found


async def test_a_registration_would_begin_a_site(own_figures: httpx.AsyncClient) -> None:
    values = {"name": "CCN Mới", "province_code": "12", "area_ha": 7, "legal_status": "established"}
    body = said("2021", kind="cluster", values=values)
    told = await rehearse(own_figures, "/v1/sites", body)
    (change,) = told["dry_run"]["sites"]
    assert change["before"] is None
    assert change["after"]["id"] == told["subject_id"] == "ccn-moi"
    assert (change["valid_from"], change["valid_to"]) == ("2021-01-01", None)
    found = figures(told["dry_run"], "2021-01-01")
    assert found["sites.count"] == (0, 1)
    assert found["sites.by_stage.established"] == (0, 1)
    # No sites have no area, so the sum is 0 and not unknown.
    assert found["area.total_ha"] == (0, 7)
    as_problem(await own_figures.get("/v1/sites/ccn-moi"), 404)


async def test_a_withdrawal_would_end_all(own_figures: httpx.AsyncClient) -> None:
    await register(own_figures, "ccn-dry", "2020", province_code="12", area_ha=10)
    told = await rehearse(own_figures, "/v1/sites/ccn-dry/withdrawal", {"reason": "Nhầm"})
    (change,) = told["dry_run"]["sites"]
    assert change["after"] is None
    assert change["before"]["area_ha"] == 10
    assert figures(told["dry_run"], "2020-01-01")["sites.count"] == (1, 0)
    assert (await get(own_figures, "/v1/sites/ccn-dry"))["area_ha"] == 10


async def test_a_patch_and_a_project(own_figures: httpx.AsyncClient) -> None:
    client = own_figures
    values = {"name": "Nhà máy", "province_code": "12", "product": "gạch"}
    await post(client, "/v1/projects", said("2020", id="du-an-dry", values=values))
    before = await latest_revision(client)
    answer = await client.patch(
        "/v1/projects/du-an-dry",
        params={"source_id": "article", "effective_from": "2024"} | DRY,
        json={"product": None},
        headers=MERGE_PATCH,
    )
    assert answer.status_code == 200, answer.text
    assert "etag" not in answer.headers
    dry_run = answer.json()["dry_run"]
    assert [change["changed"] for change in dry_run["projects"]] == [[], ["product"]]
    assert dry_run["projects"][1]["before"]["product"] == "gạch"
    assert (dry_run["sites"], dry_run["figures"]) == ([], [])
    assert await latest_revision(client) == before


async def test_what_is_stated_of_a_province(own_figures: httpx.AsyncClient) -> None:
    client = own_figures
    await observe(client, "12", "2022-06", "plan", cluster_planned_count=5)
    observed = [{"indicator": "cluster_planned_count", "value": 7}]
    body = said("2023-06", basis="plan", observations=observed)
    told = await rehearse(client, "/v1/provinces/12/statements", body)
    found = figures(told["dry_run"], "2023-06-01")
    assert found["planned.sites"] == (5, 7)
    assert found["planned.remaining_sites"] == (5, 7)
    assert told["observations"][0]["value"] == 7


async def test_registers_and_documents(own_figures: httpx.AsyncClient) -> None:
    client = own_figures
    source = {"id": "dry", "kind": "plan", "title": "A"}
    assert (await rehearse(client, "/v1/sources", source))["id"] == "dry"
    as_problem(await client.get("/v1/sources/dry"), 404)
    assert (await rehearse(client, "/v1/organizations", {"id": "dry", "name": "A"}))["name"] == "A"
    body = said("2023", values={"status": "in_force"})
    told = await rehearse(client, "/v1/sources/plan/statements", body)
    assert told["dry_run"] == {"sites": [], "projects": [], "figures": []}


async def test_a_dry_run_is_refused_as_the_write_would_be(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-refused")
    path = "/v1/sites/ccn-refused/statements?dry_run=true"
    problem = await refused(
        shared, "POST", path, 422, json=said("2021", values={"investor": "nobody"})
    )
    assert pointers(problem) == ["#/values/investor"]
    stale = {"if-match": '"1"'}
    body = said("2021", values={"area_ha": 1})
    await refused(shared, "POST", path, 412, json=body, headers=stale)
    patch = "/v1/sites/ccn-refused?source_id=article&dry_run=true"
    headers = {"content-type": MERGE_PATCH["content-type"]}
    await refused(shared, "PATCH", patch, 428, json={"area_ha": 1}, headers=headers)
    maybe = path.replace("true", "maybe")
    assert pointers(await refused(shared, "POST", maybe, 400, json=body)) == ["dry_run"]


async def test_a_dry_run_keeps_no_key(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-dry-key")
    path, key = "/v1/sites/ccn-dry-key/statements", {"Idempotency-Key": "dry"}
    body = said("2021", values={"area_ha": 1})
    for _ in range(2):
        answer = await shared.post(path, params=DRY, json=body, headers=key)
        assert (answer.status_code, "idempotent-replayed" in answer.headers) == (200, False)
    assert (await shared.post(path, json=body, headers=key)).status_code == 201


@pytest.mark.parametrize("value", ["false", "0"])
async def test_what_is_no_dry_run_is_recorded(shared: httpx.AsyncClient, value: str) -> None:
    before = await latest_revision(shared)
    source = {"id": f"wet-{value}", "kind": "plan", "title": "A"}
    answer = await shared.post(f"/v1/sources?dry_run={value}", json=source)
    assert answer.status_code == 201
    assert await latest_revision(shared) == before + 1
