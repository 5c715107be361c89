"""How exactly sources give the numbers of sites and projects."""

from csv import DictReader
from typing import Any

import httpx
import pytest

from tests.support.http import MERGE_PATCH, pointers, refused, register, said
from tests.support.registers import get, post

SITE = "/v1/sites/ccn-hedged"
STATED = f"{SITE}/statements"


def hedged(state: Any) -> tuple[Any, Any]:
    return state["qualifiers"], state["values_to"]


async def begin(client: httpx.AsyncClient) -> None:
    await register(client, "ccn-hedged", "2020", area_ha=40)


async def say(client: httpx.AsyncClient, effective_from: str, **members: Any) -> Any:
    source = members.pop("source_id", "article")
    return await post(client, STATED, said(effective_from, source, **members))


async def test_a_qualifier_comes_back_with_its_statement(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    stated = await say(
        client,
        "2021",
        values={"area_ha": 43, "leased_ha": 10, "affected_households": 100, "address": "Xã A"},
        qualifiers={"area_ha": "about", "leased_ha": "range", "affected_households": "over"},
        values_to={"leased_ha": 12.5},
    )
    assert hedged(stated) == (
        {"area_ha": "about", "leased_ha": "range", "affected_households": "over"},
        {"leased_ha": 12.5},
    )
    stated.pop("findings")
    assert await get(client, f"/v1/statements/{stated['id']}") == stated
    entry = (await get(client, "/v1/changes", after=stated["revision"] - 1))["items"][0]
    assert hedged(entry["entries"][0]["statement"]) == hedged(stated)


async def test_it_holds_while_its_value_does(sourced_client: httpx.AsyncClient) -> None:
    """From about 43 in 2021 over exactly 43 in 2022 to at least 45 in 2023, until July."""
    client = sourced_client
    await begin(client)
    await say(client, "2021", values={"area_ha": 43}, qualifiers={"area_ha": "about"})
    await say(client, "2022", values={"area_ha": 43})
    end = {"effective_to": "2023-07"}
    await say(client, "2023", values={"area_ha": 45}, qualifiers={"area_ha": "at_least"}, **end)
    expected = [
        ("2020-01-01", 40, None),
        ("2021-01-01", 43, {"area_ha": "about"}),
        ("2022-01-01", 43, None),
        ("2023-01-01", 45, {"area_ha": "at_least"}),
        ("2023-07-01", 43, None),
    ]
    timeline = (await get(client, f"{SITE}/timeline"))["items"]
    shown = [(v["valid_from"], v["area_ha"], v["qualifiers"]) for v in timeline]
    assert [one for one in shown if one[0] < "2025"] == expected
    for day, area, qualifiers in expected:
        state = await get(client, SITE, as_of=day)
        assert (state["area_ha"], state["qualifiers"]) == (area, qualifiers)


async def test_it_is_that_of_the_statement_that_decides(sourced_client: httpx.AsyncClient) -> None:
    """Of one day the decision says 50, the article about 48; once retracted, the article counts."""
    client = sourced_client
    await begin(client)
    about = {"values": {"area_ha": 48}, "qualifiers": {"area_ha": "about"}}
    await say(client, "2021", **about)
    decided = await say(client, "2021", source_id="decision", values={"area_ha": 50})
    state = await get(client, SITE)
    assert (state["area_ha"], state["qualifiers"]) == (50, None)
    await post(client, f"/v1/statements/{decided['id']}/retraction", {"reason": "Nhầm"})
    state = await get(client, SITE)
    assert (state["area_ha"], state["qualifiers"]) == (48, {"area_ha": "about"})
    then = await get(client, SITE, revision=decided["revision"])
    assert (then["area_ha"], then["qualifiers"]) == (50, None)


async def test_to_be_less_exact_about_the_same_number_is_another_statement(
    sourced_client: httpx.AsyncClient,
) -> None:
    client = sourced_client
    await begin(client)
    plain = said("2021", values={"area_ha": 43})
    await post(client, STATED, plain)
    exactly = {**plain, "qualifiers": {"area_ha": "exact"}}
    await refused(client, "POST", STATED, 409, json=exactly)
    await post(client, STATED, {**plain, "qualifiers": {"area_ha": "about"}})
    state = await get(client, SITE)
    assert (state["area_ha"], state["qualifiers"]) == (43, {"area_ha": "about"})


async def test_what_is_planned_has_qualifiers_of_its_own(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    await say(client, "2021", values={"industrial_land_ha": 30})
    plan = {"values": {"industrial_land_ha": 35}, "qualifiers": {"industrial_land_ha": "range"}}
    await say(client, "2021", basis="plan", **plan, values_to={"industrial_land_ha": 40})
    state = await get(client, SITE)
    assert (state["industrial_land_ha"], *hedged(state)) == (30, None, None)
    assert state["planned"] == {
        "industrial_land_ha": 35,
        "qualifiers": {"industrial_land_ha": "range"},
        "values_to": {"industrial_land_ha": 40},
    }


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"qualifiers": {"leased_ha": "about"}}, "#/qualifiers/leased_ha"),
        ({"values": {"area_ha": None}, "qualifiers": {"area_ha": "about"}}, "#/qualifiers/area_ha"),
        ({"qualifiers": {"name": "about"}}, "#/qualifiers"),
        ({"qualifiers": {"legal_status": "about"}}, "#/qualifiers"),
        (
            {"values": {"clearance_phase": 1}, "qualifiers": {"clearance_phase": "about"}},
            "#/qualifiers",
        ),
        ({"qualifiers": {"area": "about"}}, "#/qualifiers/area"),
        ({"qualifiers": {"area_ha": "roughly"}}, "#/qualifiers/area_ha"),
        ({"qualifiers": {"area_ha": "range"}}, "#/qualifiers/area_ha"),
        ({"values_to": {"area_ha": 50}}, "#/values_to/area_ha"),
        (
            {"qualifiers": {"area_ha": "about"}, "values_to": {"area_ha": 50}},
            "#/values_to/area_ha",
        ),
        (
            {"qualifiers": {"area_ha": "range"}, "values_to": {"area_ha": 43}},
            "#/values_to/area_ha",
        ),
    ],
    ids=repr,
)
async def test_qualifiers_that_do_not_fit(
    sourced_client: httpx.AsyncClient, members: dict[str, Any], expected: str
) -> None:
    await begin(sourced_client)
    body = said("2021", values={"area_ha": 43}) | members
    problem = await refused(sourced_client, "POST", STATED, 422, json=body)
    assert pointers(problem) == [expected]


async def test_of_a_word_it_is_said_that_it_is_no_quantity(
    sourced_client: httpx.AsyncClient,
) -> None:
    await begin(sourced_client)
    body = said("2021", values={"legal_status": "established"})
    body["qualifiers"] = {"legal_status": "about"}
    problem = await refused(sourced_client, "POST", STATED, 422, json=body)
    assert problem["errors"][0]["detail"].startswith("legal_status is not a quantity")


async def test_a_patch_and_a_dry_run(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    patch = {"area_ha": 43, "qualifiers": {"area_ha": "about"}}
    query = {"source_id": "article", "effective_from": "2021"}
    dry = {**query, "dry_run": "true"}
    answer = await client.patch(SITE, params=dry, json=patch, headers=MERGE_PATCH)
    assert answer.status_code == 200, answer.text
    (change,) = (c for c in answer.json()["dry_run"]["sites"] if c["valid_from"] == "2021-01-01")
    assert {"area_ha", "qualifiers"} <= set(change["changed"])
    assert change["after"]["qualifiers"] == {"area_ha": "about"}
    answer = await client.patch(SITE, params=query, json=patch, headers=MERGE_PATCH)
    assert answer.status_code == 200, answer.text
    assert answer.json()["values"] == {"area_ha": 43}
    assert (await get(client, SITE))["qualifiers"] == {"area_ha": "about"}
    for alone, pointer in (
        ({"qualifiers": {"leased_ha": "about"}}, "#/qualifiers/leased_ha"),
        ({"area_ha": 43, "values_to": {"area_ha": 50}}, "#/values_to/area_ha"),
        ({"area_ha": 43, "qualifiers": {"area_ha": "some"}}, "#/qualifiers/area_ha"),
    ):
        asked = {"params": query, "json": alone, "headers": MERGE_PATCH}
        problem = await refused(client, "PATCH", SITE, 422, **asked)
        assert pointers(problem) == [pointer]


async def test_many_at_once_and_projects(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    values = {"name": "Giày", "site": "ccn-hedged", "registered_capital_vnd": 90_000_000_000}
    project = said("2021", values={**values, "province_code": "06"}, id="du-an-hedged")
    project["qualifiers"] = {"registered_capital_vnd": "over"}
    site = said("2021", subject_type="site", subject_id="ccn-hedged", values={"area_ha": 43})
    site["qualifiers"] = {"area_ha": "up_to"}
    await post(client, "/v1/statements/bulk", {"projects": [project], "statements": [site]})
    state = await get(client, "/v1/projects/du-an-hedged")
    assert state["qualifiers"] == {"registered_capital_vnd": "over"}
    (listed,) = (await get(client, "/v1/sites"))["items"]
    assert hedged(listed) == ({"area_ha": "up_to"}, None)


async def test_exports_have_them_in_columns_of_their_own(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await begin(client)
    values = {"area_ha": 43, "leased_ha": 10}
    hedges = {"qualifiers": {"area_ha": "about", "leased_ha": "range"}}
    await say(client, "2021", values=values, **hedges, values_to={"leased_ha": 12.5})
    plan = {"values": {"industrial_land_ha": 35}, "qualifiers": {"industrial_land_ha": "over"}}
    await say(client, "2021", basis="plan", **plan)
    text = (await client.get("/v1/sites.csv")).text
    (row,) = DictReader(text.lstrip("\ufeff").splitlines())
    assert "area_ha=about; leased_ha=range; planned.industrial_land_ha=over" in row.values()
    assert "leased_ha=12.5" in row.values()
    (feature,) = (await get(client, "/v1/sites.geojson"))["features"]
    assert feature["properties"]["values_to"] == ["leased_ha=12.5"]


@pytest.mark.parametrize(
    ("cleared", "to_clear", "qualifiers", "values_to", "status"),
    [
        (70, 60, {}, {}, 409),
        (70, 60, {"to_clear_ha": "over"}, {}, 201),
        (70, 60, {"to_clear_ha": "range"}, {"to_clear_ha": 80}, 201),
        (70, 60, {"to_clear_ha": "range"}, {"to_clear_ha": 65}, 409),
        (70, 60, {"to_clear_ha": "up_to"}, {}, 409),
        (70, 60, {"cleared_ha": "up_to"}, {}, 201),
        (63, 60, {"to_clear_ha": "about"}, {}, 201),
        (64, 60, {"to_clear_ha": "about"}, {}, 409),
        (66, 60, {"to_clear_ha": "about", "cleared_ha": "about"}, {}, 201),
    ],
)
async def test_more_cleared_than_was_to_be_cleared(
    sourced_client: httpx.AsyncClient,
    cleared: float,
    to_clear: float,
    qualifiers: dict[str, str],
    values_to: dict[str, float],
    status: int,
) -> None:
    """About 60 ha are 63 at most, and about 66 are 62.7 at least."""
    await begin(sourced_client)
    values = {"area_ha": 75, "cleared_ha": cleared, "to_clear_ha": to_clear}
    body = said("2021", values=values, qualifiers=qualifiers, values_to=values_to)
    answer = await sourced_client.post(STATED, json=body)
    assert answer.status_code == status, answer.text
