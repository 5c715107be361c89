"""How exactly figures are known that are computed from what sources do not give exactly."""

from datetime import date
from typing import Any

import httpx
import pytest

from app.core.vocabulary import SiteKind
from app.statistics.site_tallies import QUANTITIES, tally_of
from app.statistics.tallies import Hedges, unpacked
from tests.support.figures import untraced
from tests.support.http import observe, read, said
from tests.support.registers import post

PROVINCE = "22"


async def give(client: httpx.AsyncClient, name: str, values: Any, **hedges: str) -> None:
    """Register a cluster with values, some of which are hedged; a range ends 5 higher."""
    values = {"name": name, "province_code": PROVINCE} | values
    ends = {one: values[one] + 5 for one, code in hedges.items() if code == "range"}
    hedged: dict[str, Any] = {"qualifiers": hedges, "values_to": ends}
    body = said("2022", id=name, kind="cluster", values=values, **hedged)
    await post(client, "/v1/sites", body)


async def clusters(client: httpx.AsyncClient, day: str) -> Any:
    url = f"/v1/provinces/{PROVINCE}/rollup?kind=cluster&as_of={day}"
    (found,) = (await read(client, url))["rollups"]
    return untraced(found)


async def test_sums_rates_totals_and_targets(shared: httpx.AsyncClient) -> None:
    """Over 5 of 20 ha and 5 of about 10 ha are leased, and of a third cluster 40 %."""
    first = {"area_ha": 40, "industrial_land_ha": 20, "leased_ha": 5}
    cleared = {"to_clear_ha": 10, "cleared_ha": 4}
    await give(shared, "ccn-over", first | cleared, leased_ha="over", cleared_ha="up_to")
    second = {"area_ha": 30, "industrial_land_ha": 10, "leased_ha": 5}
    await give(shared, "ccn-about", second, industrial_land_ha="about")
    await give(shared, "ccn-stated", {"area_ha": 10, "stated_occupancy_pct": 40}, area_ha="range")
    await observe(shared, PROVINCE, "2023-06", "actual", cluster_leased_ha=12, cluster_count=3)
    for period, value in (("2023", 9), ("2024", 12)):
        wanted = {"indicator": "cluster_leased_ha", "value": value, "period": period}
        body = said("2022", basis="target", observations=[wanted])
        await post(shared, f"/v1/provinces/{PROVINCE}/statements", body)
    found = await clusters(shared, "2025-01-01")
    assert found["area"] == {"total_ha": 80, "qualifier": "at_least", "known": 3, "unknown": 0}
    land = found["land"]
    assert (land["industrial_land_ha"]["total_ha"], land["industrial_land_ha"]["qualifier"]) == (
        30,
        "about",
    )
    assert (land["leased_ha"]["total_ha"], land["leased_ha"]["qualifier"]) == (10, "at_least")
    assert (land["service_land_ha"]["total_ha"], land["service_land_ha"]["qualifier"]) == (
        None,
        None,
    )
    clearance = found["clearance"]
    assert clearance["to_clear_ha"]["qualifier"] == "exact"
    assert clearance["cleared_ha"]["qualifier"] == "at_most"
    assert (clearance["clearance_pct"], clearance["clearance_qualifier"]) == (40, "at_most")
    occupancy = found["occupancy"]
    # 10 of 30 ha, and the mean of 25, 50 and 40 %.
    assert (occupancy["land_weighted_pct"], occupancy["land_weighted_qualifier"]) == (
        33.33,
        "at_least",
    )
    assert (occupancy["mean_pct"], occupancy["mean_qualifier"]) == (38.33, "at_least")
    by_definition = {one["definition"]: one["mean_qualifier"] for one in occupancy["definitions"]}
    assert by_definition == {"as_stated": "exact", "ccn": "at_least"}
    totals = {one["indicator"]: one for one in found["published"]}
    leased, count = totals["cluster_leased_ha"], totals["cluster_count"]
    assert (leased["computed"], leased["computed_qualifier"]) == (10, "at_least")
    assert (count["computed"], count["computed_qualifier"]) == (3, "exact")
    # At least 10 ha are more than 9; whether they are 12, nobody knows.
    reached = [
        (t["value"], t["reached"], t["computed_qualifier"], t["met"]) for t in found["targets"]
    ]
    assert reached == [(9, 10, "at_least", True), (12, 10, "at_least", None)]

    await give(shared, "ccn-up-to", {"area_ha": 20}, area_ha="up_to")
    both_ways = (await clusters(shared, "2025-01-01"))["area"]
    assert both_ways == {"total_ha": 100, "qualifier": None, "known": 4, "unknown": 0}


LESS, MORE, ABOUT = '{"%s":"up_to"}', '{"%s":"over"}', '{"%s":"about"}'


def hedges(kind: SiteKind, qualifiers: str, **quantities: int) -> Hedges:
    """Return the hedges of two sites with the same quantities, given exactly by one of them."""
    known = [quantities.get(name) for name in QUANTITIES]
    return Hedges(
        unpacked(sum(tally_of(kind, date(2023, 1, 1), known, one) for one in (qualifiers, None)))
    )


@pytest.mark.parametrize(
    ("kind", "expected"), [(SiteKind.zone, "at_most"), (SiteKind.cluster, "exact")]
)
def test_service_land_is_leased_in_zones(kind: SiteKind, expected: str) -> None:
    """What is more than over 5 ha of service land is less than so many percent of it."""
    land = {"leased_ha": 50_000, "leasable_ha": 100_000, "occupancy_pct": 500_000}
    found = hedges(kind, MORE % "service_land_ha", **land)
    assert found.of_occupancy() == expected
    assert found.of_mean() == expected


def test_a_hedge_counts_where_its_value_does() -> None:
    """Land of which it is not known how much is leased has no part in a rate."""
    land = {"industrial_land_ha": 100_000, "leasable_ha": 100_000}
    found = hedges(SiteKind.cluster, LESS % "industrial_land_ha", **land)
    assert found.of_sum("industrial_land_ha") == "at_most"
    assert found.of_occupancy() == "exact"


def test_a_stated_rate_counts_where_none_is_computed() -> None:
    given = ABOUT % "stated_occupancy_pct"
    assert hedges(SiteKind.cluster, given, occupancy_pct=400_000).of_mean() == "about"
    land = {"leased_ha": 40_000, "leasable_ha": 100_000, "occupancy_pct": 400_000}
    assert hedges(SiteKind.cluster, given, **land).of_mean() == "exact"


def test_the_part_of_a_plan_is_the_planned_area_or_else_the_own() -> None:
    own = LESS % "area_ha"
    assert hedges(SiteKind.cluster, own, area_ha=10).of_sum("plan_share_ha") == "at_most"
    planned = hedges(SiteKind.cluster, own, area_ha=10, planned_area_ha=10)
    assert planned.of_sum("plan_share_ha") == "exact"
