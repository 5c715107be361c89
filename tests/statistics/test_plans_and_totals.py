"""Plans by their horizon and totals of the day they are about, over HTTP and worked out by hand."""

from typing import Any

import httpx

from tests.support.http import read, register, said, state
from tests.support.registers import post


async def clusters_of(client: httpx.AsyncClient, code: str, query: str) -> Any:
    """Read the rollup of the clusters of a province."""
    url = f"/v1/provinces/{code}/rollup?kind=cluster&{query}"
    (found,) = (await read(client, url))["rollups"]
    return found


def value(indicator: str, number: float, **members: Any) -> dict[str, Any]:
    return {"indicator": f"cluster_{indicator}", "value": number, **members}


async def say(
    client: httpx.AsyncClient,
    code: str,
    day: str,
    *observations: dict[str, Any],
    source: str = "article",
    basis: str = "actual",
) -> Any:
    body = said(day, source, basis=basis, observations=list(observations))
    return await post(client, f"/v1/provinces/{code}/statements", body)


async def test_plans_by_their_horizon(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-planned", province_code="42", planning_status="planned", area_ha=60)
    await register(shared, "ccn-wide", province_code="42", planning_status="planned")
    to_2030 = (
        value("planned_count", 27, period="2030", qualifier="about"),
        value("planned_area_ha", 676.4, period="2030"),
    )
    await say(shared, "42", "2021", *to_2030, source="decision", basis="plan")
    to_2025 = (value("planned_count", 12, period="2025"),)
    await say(shared, "42", "2023", *to_2025, source="plan", basis="plan")
    beyond = (value("planned_area_ha", 900, period="2030", qualifier="at_least"),)
    await say(shared, "42", "2024", *beyond, source="report", basis="plan")

    in_2023 = await clusters_of(shared, "42", "as_of=2023-06-30")
    planned = in_2023["planned"]
    assert (planned["horizon"], planned["sites"], planned["area_ha"]) == ("2030-12-31", 27, 676.4)
    assert (planned["sites_qualifier"], planned["area_qualifier"]) == ("about", "exact")
    assert (planned["remaining_sites"], planned["remaining_sites_qualifier"]) == (25, "about")
    assert (planned["remaining_area_ha"], planned["remaining_area_qualifier"]) == (616.4, "at_most")
    (other,) = in_2023["other_plans"]
    assert (other["source_id"], other["horizon"], other["has_passed"]) == (
        "plan",
        "2025-12-31",
        False,
    )
    assert [(one["indicator"], one["value"]) for one in other["stated"]] == [
        ("cluster_planned_count", 12)
    ]

    # Of one horizon the later stated: an area of at least 900 ha, and no count.
    in_2026 = await clusters_of(shared, "42", "as_of=2026-01-01")
    planned = in_2026["planned"]
    assert (planned["sites"], planned["area_ha"], planned["area_qualifier"]) == (
        None,
        900,
        "at_least",
    )
    # One listed area is unknown: what remains may be more and may be less than 840 ha.
    assert (planned["remaining_area_ha"], planned["remaining_area_qualifier"]) == (None, None)
    assert [(one["source_id"], one["has_passed"]) for one in in_2026["other_plans"]] == [
        ("decision", False),
        ("plan", True),
    ]
    await state(shared, "ccn-wide", "2026-01", area_ha=40)
    known = (await clusters_of(shared, "42", "as_of=2026-01-01"))["planned"]
    assert (known["remaining_area_ha"], known["remaining_area_qualifier"]) == (800, "at_least")

    # All of them are over.
    later = await clusters_of(shared, "42", "as_of=2031-01-01")
    assert later["planned"] is None
    assert len(later["other_plans"]) == 3
    assert all(one["has_passed"] for one in later["other_plans"])
    rows = (await read(shared, "/v1/rollups?kind=cluster&as_of=2031-01-01"))["items"]
    assert [len(row["other_plans"]) for row in rows if row["province_code"] == "42"] == [3]


async def test_what_remains_is_as_exact_as_the_areas_listed(shared: httpx.AsyncClient) -> None:
    """Of 100 ha are listed 30, less or more exactly given, 25 (planned of over 20), later 10."""

    async def give(site: str, day: str, hedge: str, **values: float) -> None:
        hedges = {"qualifiers": dict.fromkeys(values, hedge)}
        body = said(day, "article", values=values, **hedges)
        await post(shared, f"/v1/sites/{site}/statements", body)

    async def remains(day: str) -> tuple[float | None, str | None]:
        planned = (await clusters_of(shared, "12", f"as_of={day}"))["planned"]
        return planned["remaining_area_ha"], planned["remaining_area_qualifier"]

    of_plan = {"province_code": "12", "planning_status": "planned"}
    area = value("planned_area_ha", 100, period="2030")
    await say(shared, "12", "2021", area, source="decision", basis="plan")
    await register(shared, "ccn-hedged-one", planned_area_ha=30, **of_plan)
    await register(shared, "ccn-hedged-two", planned_area_ha=25, **of_plan)
    await give("ccn-hedged-two", "2021", "over", area_ha=20)
    assert await remains("2021-06-30") == (45, "exact")
    for day, hedge, expected in (
        ("2022", "about", (45, "about")),
        ("2023", "over", (45, "at_most")),
        ("2024", "up_to", (45, "at_least")),
    ):
        await give("ccn-hedged-one", day, hedge, planned_area_ha=30)
        assert await remains(f"{day}-06-30") == expected
    await register(shared, "ccn-hedged-three", "2025", area_ha=10, **of_plan)
    assert await remains("2025-06-30") == (35, "at_least")
    await give("ccn-hedged-three", "2026", "at_least", area_ha=10)
    assert await remains("2026-06-30") == (None, None)


async def test_a_published_total_is_compared_on_the_day_it_is_about(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-early", "2020", province_code="36", area_ha=10)
    await register(shared, "ccn-mid", "2023", province_code="36", area_ha=20)
    await register(shared, "ccn-late", "2024-06", province_code="36", area_ha=40)
    await say(shared, "36", "2024-01", value("count", 2, period="2023"), value("area_ha", 31))
    # Published later, about an earlier year.
    await say(shared, "36", "2024-03", value("count", 9, period="2021"), source="report")

    def shown(rollup: Any) -> list[tuple[Any, ...]]:
        names = ("indicator", "value", "computed_on", "computed", "difference", "higher")
        return [tuple(one[name] for name in names) for one in rollup["published"]]

    at_the_end = await clusters_of(shared, "36", "as_of=2024-12-31")
    assert at_the_end["sites"]["count"] == 3
    assert shown(at_the_end) == [
        ("cluster_area_ha", 31, "2024-01-31", 30, 1, "stated"),
        ("cluster_count", 2, "2023-12-31", 2, 0, "neither"),
    ]
    # While January runs the total is about the day itself.
    running = await clusters_of(shared, "36", "as_of=2024-01-15")
    assert shown(running)[0] == ("cluster_area_ha", 31, "2024-01-15", 30, 1, "stated")
    grouped = (await read(shared, "/v1/rollups?kind=cluster&as_of=2024-12-31"))["items"]
    (row,) = (row for row in grouped if row["province_code"] == "36")
    assert shown(row) == shown(at_the_end)
    series = "/v1/provinces/36/rollup/series?kind=cluster&from=2022-12-31&to=2024-12-31"
    days = (await read(shared, series))["items"]
    assert [shown(day["rollups"][0]) for day in days] == [[], [], shown(at_the_end)]


async def test_a_total_of_a_day_before_the_province_was_merged(shared: httpx.AsyncClient) -> None:
    """Thái Nguyên of 2025-07-01 says a total of 2024: of Bắc Kạn and the old Thái Nguyên."""
    await register(shared, "ccn-was-06", "2020", province_code="06", area_ha=10)
    await register(shared, "ccn-was-19", "2020", province_code="19", area_ha=5)
    await register(shared, "ccn-since", "2025-08", province_code="19", area_ha=3)
    await say(shared, "19", "2025-07-15", value("area_ha", 15, period="2024"))
    (published,) = (await clusters_of(shared, "19", "as_of=2025-12-31"))["published"]
    assert (published["computed_on"], published["computed"]) == ("2024-12-31", 15)
    grouped = (await read(shared, "/v1/rollups?kind=cluster&as_of=2025-12-31"))["items"]
    (row,) = (row for row in grouped if row["province_code"] == "19")
    assert [one["computed"] for one in row["published"]] == [15]


async def test_a_series_compares_with_the_predecessors_as_one_date_does(
    shared: httpx.AsyncClient,
) -> None:
    """25 is Phú Thọ, since the merger with what was 17: 10 and 20 ha are 30 ha of its territory.

    The day that the total is about is one of the dates of the series itself.
    """
    await register(shared, "ccn-of-17", "2024", province_code="17", area_ha=10)
    await register(shared, "ccn-of-25", "2024", province_code="25", area_ha=20)
    for key in ("ccn-of-17", "ccn-of-25"):
        await state(shared, key, "2024", legal_status="established")
    total = value("established_area_ha", 30, period="2024")
    await say(shared, "25", "2025-08-01", total)
    one = (await clusters_of(shared, "25", "as_of=2025-12-31"))["published"]
    series = "/v1/provinces/25/rollup/series?kind=cluster&from=2024-12-31&to=2025-12-31&step=year"
    days = (await read(shared, series))["items"]
    of_the_series = days[-1]["rollups"][0]["published"]
    assert [p["computed"] for p in of_the_series] == [p["computed"] for p in one] == [30]
