"""The seed files: their values are those of the catalogues, in known words and sound numbers."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.core.dates import PartialDate, Period
from app.core.quantities import UnitOfMeasure, to_square_metres
from app.core.vocabulary import (
    Basis,
    CapacityPeriod,
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    DocumentStatus,
    LegalStatus,
    LicenceStatus,
    OccupancyDefinition,
    OperationStatus,
    PlanningStatus,
    PriceBase,
    ProjectOperationStatus,
    Qualifier,
    SiteKind,
    Trend,
)
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import ValueType
from tests.support.seed_files import CATALOGUES, everything, observations, valued

SITE_CODES: dict[str, type[StrEnum]] = {
    "planning_status": PlanningStatus,
    "legal_status": LegalStatus,
    "clearance_status": ClearanceStatus,
    "clearance_stage": ClearanceStage,
    "construction_status": ConstructionStatus,
    "operation_status": OperationStatus,
    "occupancy_definition": OccupancyDefinition,
}
PROJECT_CODES: dict[str, type[StrEnum]] = {
    "licence_status": LicenceStatus,
    "operation_status": ProjectOperationStatus,
    "design_capacity_period": CapacityPeriod,
}
CODES: dict[str, dict[str, type[StrEnum]]] = {
    "policies": {"status": DocumentStatus},
    "sites": SITE_CODES,
    "projects": PROJECT_CODES,
}


def check_value(kind: ValueType, codes: type[StrEnum] | None, value: Any) -> None:
    if codes is not None:
        codes(value)
    elif kind is ValueType.partial_date:
        PartialDate.parse(value)
    elif kind is ValueType.hectares:
        assert to_square_metres(Decimal(value)) > 0
    elif kind is ValueType.percent:
        assert 0 <= Decimal(value) <= 100
    elif kind in {ValueType.number, ValueType.money, ValueType.quantity}:
        assert isinstance(value, int)
        assert value > 0
    else:
        assert isinstance(value, str)


def test_attributes_are_those_of_the_catalogue() -> None:
    kinds = {site["id"]: SiteKind(site["kind"]) for site in everything("sites")}
    for name, said, attribute, value in valued():
        entry = CATALOGUES[name][attribute]
        assert (entry.type is ValueType.code) == (attribute in CODES[name])
        check_value(entry.type, CODES[name].get(attribute), value)
        assert not entry.kinds or kinds[said.subject] in entry.kinds


def test_only_what_can_be_foreseen_is_planned() -> None:
    for name, said, attribute, _ in valued():
        if said.table["basis"] in {Basis.plan, Basis.target}:
            assert CATALOGUES[name][attribute].foreseeable, (said.subject, attribute)


def test_observations_are_those_of_the_catalogue() -> None:
    for _, observation in observations():
        unit = INDICATORS[observation["indicator"]].unit
        value = observation["value"]
        assert value >= 0
        assert isinstance(value, int) or unit is not UnitOfMeasure.number
        assert unit is not UnitOfMeasure.hectares or to_square_metres(Decimal(value)) > 0
        assert unit is not UnitOfMeasure.percent or value <= 100
        qualifier = Qualifier(observation.get("qualifier", "exact"))
        assert (qualifier is Qualifier.range) == ("value_to" in observation)
        assert observation.get("value_to", value + 1) > value
        assert observation.get("pct_of_target", 1) > 0
        Period.parse(observation.get("period", "2024"))
        Trend(observation.get("trend", Trend.rising))


def test_only_money_has_a_price_base() -> None:
    for _, observation in observations():
        if "price_base" in observation:
            PriceBase(observation["price_base"])
            unit = INDICATORS[observation["indicator"]].unit
            assert unit in {UnitOfMeasure.billion_vnd, UnitOfMeasure.million_usd}
