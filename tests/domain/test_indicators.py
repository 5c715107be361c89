"""The catalogue of indicators is sane."""

import unicodedata
from collections import Counter
from enum import StrEnum

import pytest

from app.domain.indicators import (
    INDICATORS,
    Counterpart,
    Indicator,
    Measure,
    Unit,
    planned_area_code,
    planned_count_code,
)
from app.domain.vocabulary import ConstructionStatus, LegalStatus, SiteKind, Stage

CATALOGUE = list(INDICATORS.values())
ENDINGS = {Unit.number: "_count", Unit.hectares: "_ha", Unit.percent: "_pct"}
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
    Measure.number: Unit.number,
    Measure.area: Unit.hectares,
    Measure.leased: Unit.hectares,
    Measure.industrial_land: Unit.hectares,
    Measure.occupancy: Unit.percent,
}
COMPUTED = [(i, i.counterpart) for i in CATALOGUE if i.counterpart]


def code(value: Indicator | Counterpart) -> str | None:
    return value.code if isinstance(value, Indicator) else ""


def test_each_indicator_stands_under_its_own_code() -> None:
    assert [i.code for i in CATALOGUE] == list(INDICATORS)
    # Ten by group, two planned, one seeking planning, two of land, one rate: for two kinds; and
    # the land of both. None replaced another of the same code.
    assert len(INDICATORS) == 2 * 16 + 1


@pytest.mark.parametrize("indicator", CATALOGUE, ids=code)
def test_the_code_tells_the_kind_and_the_unit(indicator: Indicator) -> None:
    assert indicator.code.endswith(ENDINGS[indicator.unit])
    assert indicator.code.replace("_", "").isalpha()
    assert indicator.code == indicator.code.lower()
    start = f"{indicator.kind}_" if indicator.kind else "zone_and_cluster_"
    assert indicator.code.startswith(start)


@pytest.mark.parametrize("indicator", CATALOGUE, ids=code)
def test_the_names_are_clean_and_in_two_languages(indicator: Indicator) -> None:
    for name in (indicator.name_vi, indicator.name_en):
        assert name == unicodedata.normalize("NFC", " ".join(name.split()))
        assert name[0].isupper()
    assert indicator.name_en.isascii()
    assert not indicator.name_vi.isascii()
    if indicator.kind:
        vi, en = WORDS[indicator.kind]
        assert vi in indicator.name_vi
        assert en in indicator.name_en


def test_no_two_indicators_have_the_same_name() -> None:
    for names in ([i.name_vi for i in CATALOGUE], [i.name_en for i in CATALOGUE]):
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
    assert (count.kind, count.unit, count.counterpart) == (kind, Unit.number, None)
    assert (area.kind, area.unit, area.counterpart) == (kind, Unit.hectares, None)


def test_what_is_computed_for_clusters_in_progress() -> None:
    counterpart = INDICATORS["cluster_in_progress_count"].counterpart
    assert counterpart == Counterpart(
        Measure.number, "stage", frozenset({"established", "clearance", "construction"})
    )
