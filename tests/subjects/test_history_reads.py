"""Reading one site or one project along both time axes, by the units of then and of now."""

import httpx
import pytest

from tests.support.catalogue import IN_2024
from tests.support.http import ids, latest_revision, pointers, refused
from tests.support.registers import get
from tests.support.subjects import Subjects, of_both

CODES = ("province_code", "district_code", "commune_code")
PLACES = ["", "/statements", "/timeline", "/provenance"]


@of_both
async def test_before_the_first_statement_there_is_nothing(
    catalogue: httpx.AsyncClient, of: Subjects
) -> None:
    problem = await refused(catalogue, "GET", f"{of.at('an')}?as_of=2019-12-31", 404)
    assert problem["type"] == "/problems/not-found"
    assert "2020-01-01" in problem["detail"]
    assert ids(await get(catalogue, of.path, as_of="2019-12-31")) == []
    assert (await of.read(catalogue, "an", as_of="2020-01-01"))["investor"] == "builder"


@of_both
@pytest.mark.parametrize("place", PLACES)
async def test_what_is_not_registered(
    catalogue: httpx.AsyncClient, of: Subjects, place: str
) -> None:
    problem = await refused(catalogue, "GET", f"{of.at('nowhere')}{place}", 404)
    assert problem["type"] == "/problems/not-found"
    assert f"No {of.type} '{of.id('nowhere')}'" in problem["detail"]
    assert f"{of.path}?q=" in problem["detail"]


# System time


@of_both
async def test_a_state_as_known_earlier(sourced_client: httpx.AsyncClient, of: Subjects) -> None:
    first = await of.register(sourced_client, "a", "2020", **{of.number: 10})
    second = await of.state(sourced_client, "a", "2020-01-01", **{of.number: 12})

    assert (await of.read(sourced_client, "a"))[of.number] == 12
    for asked in ({"revision": first["revision"]}, {"known_at": first["recorded_at"]}):
        then = await of.read(sourced_client, "a", **asked)
        assert (then[of.number], then["revision"]) == (10, first["revision"])
        page = await get(sourced_client, of.path, **asked)
        assert (page["items"][0][of.number], page["revision"]) == (10, first["revision"])
    known_at = second["recorded_at"].replace("Z", "+00:00")
    assert (await of.read(sourced_client, "a", known_at=known_at))[of.number] == 12

    path, earlier = of.at("a"), first["revision"] - 1
    problem = await refused(sourced_client, "GET", f"{path}?revision={earlier}", 404)
    assert problem["type"] == "/problems/not-found"
    assert ids(await get(sourced_client, of.path, revision=earlier)) == []
    await refused(sourced_client, "GET", f"{path}?known_at=2000-01-01T00:00:00Z", 404)
    asked = {"known_at": "2000-01-01T00:00:00+07:00"}
    assert ids(await get(sourced_client, of.path, **asked)) == []


@of_both
async def test_a_revision_that_is_not_recorded_yet(
    catalogue: httpx.AsyncClient, of: Subjects
) -> None:
    beyond = await latest_revision(catalogue) + 1
    for path in (of.path, of.at("an"), f"{of.at('an')}/timeline"):
        problem = await refused(catalogue, "GET", f"{path}?revision={beyond}", 400)
        assert pointers(problem) == ["revision"]
        assert problem["latest_revision"] == beyond - 1


@of_both
@pytest.mark.parametrize("place", ["list", *PLACES])
async def test_known_at_and_revision_exclude_each_other(
    catalogue: httpx.AsyncClient, of: Subjects, place: str
) -> None:
    path = of.path if place == "list" else f"{of.at('an')}{place}"
    asked = "known_at=2024-01-01T00:00:00Z&revision=1"
    problem = await refused(catalogue, "GET", f"{path}?{asked}", 400)
    assert pointers(problem) == ["known_at"]


# The units of the date, or those of today


@of_both
async def test_a_state_by_the_units_of_the_date_and_of_today(
    catalogue: httpx.AsyncClient, of: Subjects
) -> None:
    # Quảng Chu commune was 02131 in Chợ Mới district (065) and is 02086 in Thái Nguyên (19).
    then = await of.read(catalogue, "an", as_of=IN_2024)
    now = await of.read(catalogue, "an", as_of=IN_2024, boundaries="now")
    today = await of.read(catalogue, "an")

    assert [then[code] for code in CODES] == ["06", "065", "02131"]
    assert [now[code] for code in CODES] == ["19", None, "02086"]
    assert [today[code] for code in CODES] == ["19", None, "02086"]
    names = ["province_name", "district_name", "commune_name"]
    assert [then[name] for name in names] == ["Bắc Kạn", "Chợ Mới", "Quảng Chu"]
    assert [now[name] for name in names] == ["Thái Nguyên", None, "Chợ Mới"]
    different = {name for name in then if then[name] != now[name]}
    assert different == {*CODES, *names}


@of_both
async def test_the_timeline_is_cut_where_units_changed(
    catalogue: httpx.AsyncClient, of: Subjects
) -> None:
    timeline = await get(catalogue, f"{of.at('an')}/timeline")
    assert [(v["valid_from"], v["valid_to"], v["commune_code"]) for v in timeline["items"]] == [
        ("2020-01-01", "2025-07-01", "02131"),
        ("2025-07-01", None, "02086"),
    ]


@of_both
async def test_the_timeline_by_a_date_ends_with_the_state_of_that_date(
    catalogue: httpx.AsyncClient, of: Subjects
) -> None:
    path = f"{of.at('an')}/timeline"
    timeline = await get(catalogue, path, as_of="2025-06-30")
    assert [v["valid_from"] for v in timeline["items"]] == ["2020-01-01"]
    await refused(catalogue, "GET", f"{path}?as_of=2019-12-31", 404)


@of_both
async def test_which_part_of_a_divided_commune_it_fell_into_is_unknown(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    # Tân Thạnh in Thới Lai district (927) was divided between two communes of Cần Thơ.
    await of.register(shared, "divided", "2020", commune_code="31268", province_code="92")
    then = await of.read(shared, "divided", as_of=IN_2024)
    assert (then["commune_code"], then["province_code"]) == ("31268", "92")
    for asked in ({}, {"as_of": IN_2024, "boundaries": "now"}):
        now = await of.read(shared, "divided", **asked)
        assert (now["commune_code"], now["district_code"]) == (None, None)
        assert now["province_code"] == "92"
