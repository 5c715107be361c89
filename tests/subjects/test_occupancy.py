"""Occupancy: which land it divides by, and where the rate comes from."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.core.vocabulary import SiteKind
from app.subjects.derived import Occupancy, definition_on
from app.subjects.derived import occupancy_of as occupancy_of_state
from app.subjects.sites import SiteFacts


def occupancy_of(kind: SiteKind, day: date, values: Mapping[str, object]) -> Occupancy:
    return occupancy_of_state(kind, day, SiteFacts.known(values))


ZONE, CLUSTER, VILLAGE = SiteKind.zone, SiteKind.cluster, SiteKind.craft_village
EVE, DECREE = date(2022, 7, 14), date(2022, 7, 15)


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        (ZONE, date(2018, 1, 1), "kcn_2018"),
        (ZONE, EVE, "kcn_2018"),
        (ZONE, DECREE, "kcn_2022"),
        (ZONE, date(2025, 1, 1), "kcn_2022"),
        (CLUSTER, EVE, "ccn"),
        (CLUSTER, DECREE, "ccn"),
        (VILLAGE, EVE, "ccn"),
        (VILLAGE, DECREE, "ccn"),
    ],
)
def test_the_definition_depends_on_the_kind_and_the_day(
    kind: SiteKind, day: date, expected: str
) -> None:
    assert definition_on(kind, day) == expected


def values(**given: Any) -> dict[str, Any]:
    return {name: Decimal(v) if isinstance(v, int) else v for name, v in given.items()}


FULL = values(industrial_land_ha=40, service_land_ha=10, leased_ha=10)
STATED = {"stated_occupancy_pct": Decimal("46.77")}


@pytest.mark.parametrize(
    ("kind", "day", "given", "expected"),
    [
        (CLUSTER, DECREE, FULL, ("40", "25.00", "ccn")),
        (VILLAGE, DECREE, FULL, ("40", "25.00", "ccn")),
        (ZONE, EVE, FULL, ("40", "25.00", "kcn_2018")),
        (ZONE, DECREE, FULL, ("50", "20.00", "kcn_2022")),
        (ZONE, DECREE, FULL | {"service_land_ha": Decimal(0)}, ("40", "25.00", "kcn_2022")),
        (CLUSTER, DECREE, FULL | {"leased_ha": Decimal(0)}, ("40", "0.00", "ccn")),
        (CLUSTER, DECREE, FULL | {"leased_ha": Decimal(40)}, ("40", "100.00", "ccn")),
        (CLUSTER, DECREE, values(industrial_land_ha=3, leased_ha=1), ("3", "33.33", "ccn")),
        (CLUSTER, DECREE, values(industrial_land_ha=3, leased_ha=2), ("3", "66.67", "ccn")),
        (CLUSTER, DECREE, values(industrial_land_ha=800, leased_ha=1), ("800", "0.13", "ccn")),
    ],
)
def test_the_rate_is_computed_where_both_areas_are_known(
    kind: SiteKind, day: date, given: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = occupancy_of(kind, day, given)
    assert (str(found.leasable_ha), str(found.occupancy_pct), found.definition) == expected


def test_more_leased_than_can_be_leased_gives_no_rate() -> None:
    too_much = FULL | {"leased_ha": Decimal("40.0001")}
    assert occupancy_of(CLUSTER, DECREE, too_much) == Occupancy(Decimal(40), None, None)
    # Nor is the stated rate taken, which the areas contradict as well.
    assert occupancy_of(CLUSTER, DECREE, {**too_much, **STATED}).occupancy_pct is None


def test_the_computed_rate_wins_over_the_stated_one() -> None:
    found = occupancy_of(CLUSTER, DECREE, {**FULL, **STATED, "occupancy_definition": "kcn_2018"})
    assert (found.occupancy_pct, found.definition) == (Decimal(25), "ccn")


@pytest.mark.parametrize("missing", ["industrial_land_ha", "service_land_ha"])
def test_what_a_zone_can_lease_since_the_decree_is_unknown_without_either_land(
    missing: str,
) -> None:
    found = occupancy_of(ZONE, DECREE, FULL | {missing: None})
    assert (found.leasable_ha, found.occupancy_pct, found.definition) == (None, None, None)
    absent = {name: value for name, value in FULL.items() if name != missing}
    assert occupancy_of(ZONE, DECREE, absent) == found


def test_unknown_service_land_does_not_matter_before_the_decree() -> None:
    found = occupancy_of(ZONE, EVE, FULL | {"service_land_ha": None})
    assert (found.leasable_ha, found.occupancy_pct) == (Decimal(40), Decimal(25))


@pytest.mark.parametrize("missing", ["industrial_land_ha", "leased_ha"])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "as_stated"),
        ({"occupancy_definition": None}, "as_stated"),
        ({"occupancy_definition": "as_stated"}, "as_stated"),
        ({"occupancy_definition": "kcn_2018"}, "kcn_2018"),
    ],
)
def test_else_the_stated_rate_is_taken_with_its_own_definition(
    missing: str, said: dict[str, Any], expected: str
) -> None:
    found = occupancy_of(CLUSTER, DECREE, {**FULL, missing: None, **STATED, **said})
    assert found.occupancy_pct == Decimal("46.77")
    assert found.definition == expected
    assert found.leasable_ha == (None if missing == "industrial_land_ha" else Decimal(40))


def test_a_zone_with_unknown_service_land_falls_back_to_the_stated_rate() -> None:
    found = occupancy_of(ZONE, DECREE, {**FULL, "service_land_ha": None, **STATED})
    assert (found.occupancy_pct, found.definition) == (Decimal("46.77"), "as_stated")


def test_a_stated_rate_of_zero_is_known() -> None:
    found = occupancy_of(CLUSTER, DECREE, {"stated_occupancy_pct": Decimal(0)})
    assert (found.occupancy_pct, found.definition) == (Decimal(0), "as_stated")


def test_a_definition_without_a_rate_says_nothing() -> None:
    found = occupancy_of(CLUSTER, DECREE, {"occupancy_definition": "ccn"})
    assert (found.leasable_ha, found.occupancy_pct, found.definition) == (None, None, None)
