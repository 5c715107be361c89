"""The catalogue of indicators is sane."""

import unicodedata
from collections import Counter
from enum import StrEnum

import pytest

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, ConstructionStatus, LegalStatus, PriceBase, SiteKind, Stage
from app.statistics.indicators import (
    INDICATORS,
    MONEY,
    Counterpart,
    Indicator,
    Measure,
    planned_area_code,
    planned_count_code,
)

CATALOGUE = list(INDICATORS.values())
ENDINGS = {
    UnitOfMeasure.number: "_count",
    UnitOfMeasure.hectares: "_ha",
    UnitOfMeasure.percent: "_pct",
}
WORDS = {
    SiteKind.zone: ("khu công nghiệp", "industrial zones"),
    SiteKind.cluster: ("cụm công nghiệp", "industrial clusters"),
}
TRACKS: dict[str, type[StrEnum]] = {
    "stage": Stage,
    "legal_status": LegalStatus,
    "construction_status": ConstructionStatus,
}
UNITS = {
    Measure.number: UnitOfMeasure.number,
    Measure.area: UnitOfMeasure.hectares,
    Measure.leased: UnitOfMeasure.hectares,
    Measure.industrial_land: UnitOfMeasure.hectares,
    Measure.occupancy: UnitOfMeasure.percent,
}
COMPUTED = [(i, i.counterpart) for i in CATALOGUE if i.counterpart]


def code(value: Indicator | Counterpart) -> str | None:
    return value.code if isinstance(value, Indicator) else ""


def test_each_indicator_stands_under_its_own_code() -> None:
    assert [i.code for i in CATALOGUE] == list(INDICATORS)
    # Ten by group, two planned, one seeking planning, two of land, one rate: for two kinds; and
    # the land of both. Eight more groups of clusters, each counted and measured, and ten figures of
    # their tenants, money and wastewater. None replaced another of the same code.
    of_sites = [i for i in CATALOGUE if i.kind in WORDS]
    assert len(of_sites) == 2 * 16 + 26
    assert INDICATORS["zone_and_cluster_land_ha"].kind is None


@pytest.mark.parametrize("indicator", CATALOGUE, ids=code)
def test_the_code_tells_the_kind_and_the_unit(indicator: Indicator) -> None:
    assert indicator.code == indicator.code.lower()
    assert indicator.code.replace("_", "").isalpha()
    ending = ENDINGS.get(indicator.unit)
    assert ending is None or indicator.code.endswith(ending)
    assert ending or not indicator.code.endswith(tuple(ENDINGS.values()))
    starts = [kind for kind in SiteKind if indicator.code.startswith(f"{kind}_")]
    expected = [indicator.kind] if indicator.kind else []
    assert starts == (expected if indicator.code != "zone_and_cluster_land_ha" else [SiteKind.zone])


@pytest.mark.parametrize("indicator", CATALOGUE, ids=code)
def test_the_names_are_clean_and_in_two_languages(indicator: Indicator) -> None:
    for text in (indicator.name_vi, indicator.name_en, indicator.meaning):
        assert text == unicodedata.normalize("NFC", " ".join(text.split()))
        assert text[0].isupper()
    assert indicator.name_en.isascii()
    assert not indicator.name_vi.isascii()
    assert indicator.meaning.endswith(".")
    assert indicator.meaning != f"{indicator.name_en}."
    if indicator.kind in WORDS:
        vi, en = WORDS[indicator.kind]
        assert vi in indicator.name_vi
        assert en in indicator.name_en


def test_no_two_indicators_have_the_same_name() -> None:
    for name_of in ("name_vi", "name_en", "meaning"):
        names = [getattr(indicator, name_of) for indicator in CATALOGUE]
        assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize(("indicator", "counterpart"), COMPUTED, ids=code)
def test_a_counterpart_measures_the_same_unit_over_codes_that_exist(
    indicator: Indicator, counterpart: Counterpart
) -> None:
    assert UNITS[counterpart.measure] is indicator.unit
    assert bool(counterpart.track) == bool(counterpart.codes)
    if counterpart.track:
        assert counterpart.codes <= set(TRACKS[counterpart.track])


@pytest.mark.parametrize("kind", list(WORDS))
def test_plans_are_compared_as_plans_and_have_no_counterpart(kind: SiteKind) -> None:
    count, area = INDICATORS[planned_count_code(kind)], INDICATORS[planned_area_code(kind)]
    assert (count.kind, count.unit, count.counterpart) == (kind, UnitOfMeasure.number, None)
    assert (area.kind, area.unit, area.counterpart) == (kind, UnitOfMeasure.hectares, None)


def test_what_is_computed_for_clusters_in_progress() -> None:
    counterpart = INDICATORS["cluster_in_progress_count"].counterpart
    assert counterpart == Counterpart(
        Measure.number, "stage", frozenset({"established", "clearance", "construction"})
    )


TO_DATE = {"cluster_infrastructure_approved_capital", "cluster_infrastructure_paid_capital"}
"""Money that was added up from the beginning: that of one year holds that of the year before."""
NEW = "cluster_established_in_period_area_ha"
"""Hectares of a period: those of two periods are different land."""


@pytest.mark.parametrize("indicator", CATALOGUE, ids=code)
def test_how_values_add_up_fits_the_unit(indicator: Indicator) -> None:
    # A percentage never adds up, everything else does; what lies on the ground is a stock.
    assert (indicator.adds_up is AddsUp.ratio) == (indicator.unit is UnitOfMeasure.percent)
    if indicator.unit is UnitOfMeasure.hectares:
        assert (indicator.adds_up is AddsUp.stock) == (indicator.code != NEW)
    if indicator.unit in MONEY:
        assert (indicator.adds_up is AddsUp.flow) == (indicator.code not in TO_DATE)
    assert indicator.price_base is None or indicator.unit in MONEY


PARTS = {
    ("industrial_output_value", "sector"): {
        "industrial_output_mining_value",
        "industrial_output_processing_value",
        "industrial_output_electricity_gas_value",
        "industrial_output_water_waste_value",
    },
    ("cluster_operating_count", "establishment"): {
        "cluster_operating_established_count",
        "cluster_operating_not_established_count",
    },
    ("cluster_operating_area_ha", "establishment"): {
        "cluster_operating_established_area_ha",
        "cluster_operating_not_established_area_ha",
    },
    ("craft_village_recognised_count", "group"): {
        "craft_village_processed_products_count",
        "craft_village_traditional_count",
        "craft_village_handicraft_art_count",
    },
    ("craft_village_traditional_count", "craft"): {
        "craft_village_bamboo_rattan_count",
        "craft_village_brocade_count",
    },
    ("craft_village_handicraft_art_count", "craft"): {
        "craft_village_ornamental_stone_count",
        "craft_village_driftwood_stone_count",
    },
}


def test_the_parts_of_each_whole_are_of_its_kind_and_unit() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for part in CATALOGUE:
        assert bool(part.part_of) == bool(part.part_group)
        if part.part_of:
            whole = INDICATORS[part.part_of]
            assert (part.kind, part.unit, part.adds_up) == (whole.kind, whole.unit, whole.adds_up)
            found.setdefault((part.part_of, part.part_group), set()).add(part.code)
    assert found == PARTS


def test_what_is_some_of_a_whole_is_of_its_kind_and_unit() -> None:
    some = {i.code: i.some_of for i in CATALOGUE if i.some_of}
    assert some == {
        "cluster_enterprise_count": "cluster_established_count",
        "cluster_enterprise_area_ha": "cluster_established_area_ha",
        "cluster_operating_craft_count": "cluster_operating_count",
        "cluster_operating_craft_area_ha": "cluster_operating_area_ha",
        "cluster_operating_specialised_count": "cluster_operating_count",
        "cluster_operating_specialised_area_ha": "cluster_operating_area_ha",
        "cluster_infrastructure_paid_capital": "cluster_infrastructure_approved_capital",
        "cluster_tenants_foreign_count": "cluster_tenants_count",
        "cluster_tenants_operating_count": "cluster_tenants_count",
        "cluster_wastewater_compliant_count": "cluster_wastewater_built_count",
    }
    for code, of in some.items():
        part, whole = INDICATORS[code], INDICATORS[of]
        assert (part.kind, part.unit, part.adds_up) == (whole.kind, whole.unit, whole.adds_up)
        assert part.part_of is None


def test_growth_is_of_a_level_that_adds_up_over_a_year() -> None:
    levels = {i.code: i.growth_of for i in CATALOGUE if i.growth_of}
    assert levels == {
        "industrial_output_growth_pct": "industrial_output_value",
        "industrial_value_added_growth_pct": "industrial_value_added",
        "retail_and_services_growth_pct": "retail_and_services_revenue",
    }
    for growth, level in levels.items():
        assert INDICATORS[growth].is_growth
        assert INDICATORS[level].adds_up is AddsUp.flow


def test_each_percentage_is_growth_or_a_share() -> None:
    growth = {i.code for i in CATALOGUE if i.is_growth}
    shares = {i.code for i in CATALOGUE if i.is_share}
    assert growth | shares == {i.code for i in CATALOGUE if i.unit is UnitOfMeasure.percent}
    assert not growth & shares
    assert growth == {i.code for i in CATALOGUE if "_growth_" in i.code}
    assert {"zone_occupancy_pct", "grid_electricity_households_pct"} <= shares


def test_where_the_price_base_is_defined() -> None:
    # What was paid is never recounted; output and value added are published both ways.
    assert INDICATORS["retail_and_services_revenue"].price_base is PriceBase.current
    assert INDICATORS["licensed_registered_capital"].price_base is PriceBase.current
    assert INDICATORS["industrial_output_value"].price_base is None
    assert INDICATORS["industrial_value_added"].price_base is None


def test_what_the_register_cannot_compute() -> None:
    # Craft villages are listed whether recognised or not, and groups are only counted.
    uncounted = [i for i in CATALOGUE if i.kind not in WORDS]
    assert [i.code for i in uncounted if i.counterpart] == []
    assert len(uncounted) == 1 + 9 + 20 + 11
