"""The rules of time over HTTP, worked out by hand: ends, lanes, groups, and what holds back."""

from typing import Any

import httpx
import pytest

from tests.support.http import pointers, refused, said
from tests.support.registers import get, post

SITE = "/v1/sites/ccn-a"
STATED = f"{SITE}/statements"


async def begin(client: httpx.AsyncClient, since: str = "2020", **values: Any) -> None:
    """Register a cluster in Bắc Kạn."""
    values = {"name": "CCN A", "province_code": "06"} | values
    await post(client, "/v1/sites", said(since, id="ccn-a", kind="cluster", values=values))


async def tell(client: httpx.AsyncClient, since: str, until: str | None = None, **more: Any) -> Any:
    """State something from a date on, and perhaps until another."""
    source, basis = more.pop("source", "report"), more.pop("basis", "actual")
    body = said(since, source, values=more, basis=basis)
    return await post(client, STATED, body | ({"effective_to": until} if until else {}))


async def course(client: httpx.AsyncClient, *names: str) -> list[tuple[Any, ...]]:
    """Return the first day of each version, with the values of some attributes."""
    items = (await get(client, f"{SITE}/timeline"))["items"]
    return [(item["valid_from"], *(item[name] for name in names)) for item in items]


# Ends


async def test_after_an_end_what_held_before_holds_again(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client, leased_ha=5)
    kept = await tell(sourced_client, "2023-06", "2024", leased_ha=9)
    assert (kept["effective_to"], kept["effective_precision"]) == ("2024", "month")
    assert await course(sourced_client, "leased_ha") == [
        ("2020-01-01", 5),
        ("2023-06-01", 9),
        ("2024-01-01", 5),
        # The merger of 2025 changes the codes of the place.
        ("2025-07-01", 5),
    ]


async def test_what_nothing_covers_is_unknown(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client)
    await tell(sourced_client, "2021", "2022", operation_status="trial", licensed_projects=3)
    assert await course(sourced_client, "stage", "licensed_projects") == [
        ("2020-01-01", "unknown", None),
        ("2021-01-01", "operating", 3),
        ("2022-01-01", "unknown", None),
        ("2025-07-01", "unknown", None),
    ]


async def test_one_end_within_another(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client)
    await tell(sourced_client, "2021", "2024", leased_ha=1)
    await tell(sourced_client, "2022", "2023", leased_ha=2)
    # It outlasts both, but began before them.
    await tell(sourced_client, "2020-06", "2024-06", leased_ha=3)
    assert (await course(sourced_client, "leased_ha"))[:-1] == [
        ("2020-01-01", None),
        ("2020-06-01", 3),
        ("2021-01-01", 1),
        ("2022-01-01", 2),
        ("2023-01-01", 1),
        ("2024-01-01", 3),
        ("2024-06-01", None),
    ]


@pytest.mark.parametrize("until", ["2024", "2024-06", "2024-05-31", "2024-Q2", "2023-Q4"])
async def test_an_end_comes_after_the_start(sourced_client: httpx.AsyncClient, until: str) -> None:
    await begin(sourced_client)
    body = said("2024-06", values={"leased_ha": 9}) | {"effective_to": until}
    problem = await refused(sourced_client, "POST", STATED, 422, json=body)
    assert pointers(problem) == ["#/effective_to"]
    following = {"2024": "2025", "2024-06": "2024-07", "2024-Q2": "2024-Q3"}
    detail = problem["errors"][0]["detail"]
    # What would still not come after the start is no way to mend it.
    if until in following:
        assert detail.endswith(f"to include {until} write {following[until]}.")
    else:
        assert "to include" not in detail


@pytest.mark.parametrize("name", ["name", "province_code", "commune_code"])
async def test_a_name_and_a_place_take_no_end(sourced_client: httpx.AsyncClient, name: str) -> None:
    await begin(sourced_client)
    value = {"name": "CCN B", "province_code": "06", "commune_code": "02131"}[name]
    body = said("2021", values={name: value, "leased_ha": 1}) | {"effective_to": "2022"}
    problem = await refused(sourced_client, "POST", STATED, 422, json=body)
    assert pointers(problem) == ["#/effective_to"]
    assert name in problem["detail"]


async def test_a_patch_and_a_bulk_may_end(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client)
    site = await get(sourced_client, SITE)
    asked = {"source_id": "report", "effective_from": "2021", "effective_to": "2021"}
    head = {"If-Match": f'"{site["changed_in"]}"', "Content-Type": "application/merge-patch+json"}
    answer = await sourced_client.patch(SITE, params=asked, json={"leased_ha": 4}, headers=head)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "effective_to"
    asked["effective_to"] = "2022"
    dry = await sourced_client.patch(
        SITE, params=asked | {"dry_run": "true"}, json={"leased_ha": 4}, headers=head
    )
    (change,) = dry.json()["dry_run"]["sites"][:1]
    assert (change["valid_from"], change["valid_to"]) == ("2020-01-01", "2021-01-01")
    answer = await sourced_client.patch(SITE, params=asked, json={"leased_ha": 4}, headers=head)
    assert answer.status_code == 200, answer.text
    assert answer.json()["effective_to"] == "2022"
    of_site = {"subject_type": "site", "subject_id": "ccn-a", "effective_to": "2023"}
    body = {"statements": [said("2022", values={"leased_ha": 6}) | of_site]}
    await post(sourced_client, "/v1/statements/bulk", body)
    assert (await course(sourced_client, "leased_ha"))[:-1] == [
        ("2020-01-01", None),
        ("2021-01-01", 4),
        ("2022-01-01", 6),
        ("2023-01-01", None),
    ]
    changes = (await get(sourced_client, "/v1/changes"))["items"]
    ends = [e["statement"]["effective_to"] for c in changes[-2:] for e in c["entries"]]
    assert ends == ["2022", "2023"]


async def test_the_same_with_another_end_is_another_statement(
    sourced_client: httpx.AsyncClient,
) -> None:
    await begin(sourced_client)
    await tell(sourced_client, "2021", "2022", leased_ha=4)
    await tell(sourced_client, "2021", "2023", leased_ha=4)
    again = said("2021", "report", values={"leased_ha": 4}) | {"effective_to": "2022"}
    problem = await refused(sourced_client, "POST", STATED, 409, json=again)
    assert problem["type"] == "/problems/duplicate-statement"


# Lanes


async def test_a_plan_stands_beside_what_is(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client, industrial_land_ha=50, leased_ha=20, to_clear_ha=40, cleared_ha=10)
    plan: Any = {"industrial_land_ha": 100, "to_clear_ha": 80, "affected_households": 120}
    await tell(sourced_client, "2022", basis="plan", source="decision", **plan)
    site = await get(sourced_client, SITE, as_of="2023-01-01")
    assert site["planned"] == plan
    assert (site["industrial_land_ha"], site["occupancy_pct"]) == (50, 40)
    assert (site["to_clear_ha"], site["clearance_pct"]) == (40, 25)
    assert site["affected_households"] is None
    # To clear one leaves the other.
    await tell(sourced_client, "2023-06", basis="target", industrial_land_ha=None)
    await tell(sourced_client, "2024", basis="estimate", to_clear_ha=None)
    assert (await course(sourced_client, "industrial_land_ha", "to_clear_ha", "planned"))[2:-1] == [
        ("2023-06-01", 50, 40, {"to_clear_ha": 80, "affected_households": 120}),
        ("2024-01-01", 50, None, {"to_clear_ha": 80, "affected_households": 120}),
    ]
    path = "/v1/sparse/sites"
    found = await get(sourced_client, path, sort="-industrial_land_ha", fields="planned")
    assert found["items"] == [
        {"id": "ccn-a", "planned": {"to_clear_ha": 80, "affected_households": 120}}
    ]
    table = await sourced_client.get("/v1/sites.csv", params={"as_of": "2023-01-01"})
    header, row = (line.split(",") for line in table.text.splitlines())
    cells = dict(zip(header, row, strict=True))
    assert cells["industrial_land_ha"] == "50"
    assert cells["planned.industrial_land_ha"] == "100"
    assert cells["planned.investor"] == ""


async def test_what_has_one_lane_is_replaced_by_a_plan(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client, planned_area_ha=50)
    await tell(sourced_client, "2022", basis="plan", planned_area_ha=75)
    assert (await course(sourced_client, "planned_area_ha", "planned"))[:2] == [
        ("2020-01-01", 50, {}),
        ("2022-01-01", 75, {}),
    ]


async def test_a_plan_begins_a_history_and_nulls_alone_do_not(
    sourced_client: httpx.AsyncClient,
) -> None:
    await begin(sourced_client, "2022")
    await tell(sourced_client, "2018", leased_ha=None)
    assert (await course(sourced_client, "name"))[0] == ("2022-01-01", "CCN A")
    await tell(sourced_client, "2019", basis="plan", industrial_land_ha=30)
    assert (await course(sourced_client, "name", "province_code", "planned"))[0] == (
        "2019-01-01",
        "CCN A",
        "06",
        {"industrial_land_ha": 30},
    )


# Groups


async def test_a_definition_holds_while_its_rate_does(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client)
    names = ("stated_occupancy_pct", "occupancy_definition")
    await tell(sourced_client, "2021", stated_occupancy_pct=40, occupancy_definition="ccn")
    await tell(sourced_client, "2022", stated_occupancy_pct=40.0)
    await tell(sourced_client, "2023", stated_occupancy_pct=60)
    await tell(sourced_client, "2023-06", occupancy_definition="kcn_2018")
    await tell(sourced_client, "2024", stated_occupancy_pct=40)
    assert await course(sourced_client, *names) == [
        ("2020-01-01", None, None),
        ("2021-01-01", 40, "ccn"),
        ("2023-01-01", 60, None),
        ("2023-06-01", 60, "kcn_2018"),
        ("2024-01-01", 40, "ccn"),
        ("2025-07-01", 40, "ccn"),
    ]


async def test_hectares_are_those_of_their_phase(sourced_client: httpx.AsyncClient) -> None:
    await begin(sourced_client)
    await tell(sourced_client, "2021", clearance_phase=1, to_clear_ha=10, cleared_ha=4)
    await tell(sourced_client, "2022", cleared_ha=8)
    await tell(sourced_client, "2023", clearance_phase=2)
    await tell(sourced_client, "2024", to_clear_ha=20)
    names = ("clearance_phase", "to_clear_ha", "cleared_ha", "clearance_pct")
    assert (await course(sourced_client, *names))[:-1] == [
        ("2020-01-01", None, None, None, None),
        ("2021-01-01", 1, 10, 4, 40),
        ("2022-01-01", 1, 10, 8, 80),
        ("2023-01-01", 2, None, None, None),
        ("2024-01-01", 2, 20, None, None),
    ]


# Names and places hold back


async def test_a_place_holds_back_over_a_merger_as_far_as_it_is_certain(
    sourced_client: httpx.AsyncClient,
) -> None:
    """Chợ Mới of today was made of communes of one district of Bắc Kạn; Thái Nguyên was not."""
    await begin(sourced_client, "2026-01", province_code="19", commune_code="02086")
    await tell(sourced_client, "2024", leased_ha=1)
    codes = ("province_code", "district_code", "commune_code")
    assert await course(sourced_client, *codes) == [
        ("2024-01-01", "06", "065", None),
        ("2025-07-01", "19", None, "02086"),
    ]


async def test_a_province_alone_does_not_say_which_it_was(
    sourced_client: httpx.AsyncClient,
) -> None:
    await begin(sourced_client, "2026-01", province_code="19")
    await tell(sourced_client, "2024", leased_ha=1)
    assert await course(sourced_client, "name", "province_code") == [
        ("2024-01-01", "CCN A", None),
        ("2025-07-01", "CCN A", "19"),
    ]
