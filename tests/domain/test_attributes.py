"""The catalogue of a site's attributes: one vocabulary, on every floor the same."""

import json
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.types import TypeEngine

from app.domain.attributes import (
    UNIT_LEVELS,
    Attribute,
    ValueType,
    encode,
    plain_decimal,
)
from app.domain.digest import canonical_json
from app.domain.site_attributes import SITE_ATTRIBUTES
from app.domain.vocabulary import ClearanceStatus
from app.models.columns import HectaresType, PercentType
from app.repositories.tables import SITE_VERSIONS
from app.schemas.sites import Site, SiteDetail, SiteValues

ATTRIBUTES = tuple(SITE_ATTRIBUTES.values())
decode = SITE_ATTRIBUTES.decode
NAMES = [attribute.name for attribute in ATTRIBUTES]
DERIVED = {"stage", "leasable_ha", "occupancy_pct", "occupancy_pct_definition", "clearance_pct"}

BOX = {"west", "south", "east", "north"}


# One vocabulary


def test_names_are_unique() -> None:
    assert len(SITE_ATTRIBUTES) == len(NAMES)


def test_what_clients_write_are_the_attributes_in_the_same_order() -> None:
    assert list(SiteValues.model_fields) == NAMES


def test_what_clients_read_are_the_attributes_and_what_is_derived() -> None:
    others = {"id", "kind", "valid_from", "valid_to", "known_from"}
    assert set(Site.model_fields) == {*NAMES, *DERIVED, *others} - {"geometry"}
    assert set(SiteDetail.model_fields) == {*NAMES, *DERIVED, *others, "as_of", "revision"}


def test_what_the_table_keeps_are_the_attributes_and_what_is_derived() -> None:
    others = {"site_id", "kind", "valid_from", "valid_to", "known_from", "known_to"}
    columns = {column.key for column in SITE_VERSIONS.columns}
    assert columns == {*NAMES, *DERIVED, *BOX, *others, "name_sort", "search_text"}


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda a: a.name)
def test_names_tell_the_unit_and_meanings_are_given(attribute: Attribute) -> None:
    assert attribute.name.endswith("_ha") == (attribute.type is ValueType.hectares)
    assert attribute.name.endswith("_pct") == (attribute.type is ValueType.percent)
    assert attribute.meaning.strip()
    for schema in (SiteValues, SiteDetail):
        assert schema.model_fields[attribute.name].description == attribute.meaning


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda a: a.name)
def test_the_table_has_columns_of_the_types(attribute: Attribute) -> None:
    kept: TypeEngine[Any] = SITE_VERSIONS.columns[attribute.name].type
    assert isinstance(kept, HectaresType) == (attribute.type is ValueType.hectares)
    assert isinstance(kept, PercentType) == (attribute.type is ValueType.percent)


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda a: a.name)
def test_clients_write_codes_as_codes_and_quantities_as_numbers(attribute: Attribute) -> None:
    annotation = SiteValues.model_fields[attribute.name].annotation
    types = [t for t in get_args(annotation) if isinstance(t, type)]
    is_code = any(issubclass(t, StrEnum) for t in types)
    assert is_code == (attribute.type is ValueType.code)
    if attribute.type in {ValueType.hectares, ValueType.percent}:
        values = SiteValues.model_validate({attribute.name: 12.5})
        assert getattr(values, attribute.name) == Decimal("12.5")
    if attribute.type is ValueType.number:
        values = SiteValues.model_validate({attribute.name: 3})
        assert getattr(values, attribute.name) == 3


def test_places_and_organizations() -> None:
    of_type = {t: {a.name for a in ATTRIBUTES if a.type is t} for t in ValueType}
    assert of_type[ValueType.unit] == set(UNIT_LEVELS)
    assert {name: str(level) for name, level in UNIT_LEVELS.items()} == {
        "province_code": "province",
        "district_code": "district",
        "commune_code": "commune",
    }
    assert of_type[ValueType.organization] == {"investor", "managing_body"}
    assert set(SITE_ATTRIBUTES.of_type(ValueType.organization)) == of_type[ValueType.organization]


def test_only_name_and_province_cannot_be_cleared() -> None:
    assert {a.name for a in ATTRIBUTES if not a.clearable} == {"name", "province_code"}


def test_what_is_so_cannot_be_a_plan() -> None:
    facts = {a.name for a in ATTRIBUTES if not a.foreseeable}
    assert facts == {
        "legal_status",
        "area_ha",
        "leased_ha",
        "stated_occupancy_pct",
        "occupancy_definition",
        "clearance_status",
        "clearance_stage",
        "clearance_phase",
        "cleared_ha",
        "construction_status",
        "operation_status",
    }


# What the ledger stores

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)
decimals = st.decimals(0, 10**9, places=4) | st.decimals(0, 10**9, places=0)
OF_TYPE: dict[ValueType, st.SearchStrategy[Any]] = {
    ValueType.text: texts,
    ValueType.texts: st.lists(texts, max_size=3),
    ValueType.code: st.sampled_from(["planned", ClearanceStatus.in_progress]),
    ValueType.unit: st.sampled_from(["06", "065", "02131"]),
    ValueType.organization: st.just("onsen-fuji-bac-kan"),
    ValueType.hectares: decimals,
    ValueType.percent: st.decimals(0, 100, places=2),
    ValueType.number: st.integers(0, 2_000_000_000),
    ValueType.partial_date: st.sampled_from(["2024", "2024-06", "2024-06-30"]),
    # Inside the service a geometry is its text.
    ValueType.geometry: st.just('{"type":"Point","coordinates":[105.8,22.1]}'),
}
statements = st.fixed_dictionaries(
    {}, optional={a.name: st.none() | OF_TYPE[a.type] for a in ATTRIBUTES}
)


@given(statements)
def test_values_survive_the_way_into_the_ledger_and_back(values: dict[str, Any]) -> None:
    stored = json.loads(canonical_json(encode(values)))
    assert decode(stored) == values
    assert list(encode(values)) == list(values)


@given(statements)
def test_what_was_read_back_is_stored_the_same_again(values: dict[str, Any]) -> None:
    once = encode(values)
    assert canonical_json(encode(decode(once))) == canonical_json(once)


@pytest.mark.parametrize(
    ("decimal", "expected"),
    [
        ("43", "43"),
        ("43.0", "43"),
        ("43.0000", "43"),
        ("4.3E+1", "43"),
        ("430", "430"),
        ("4.3E+2", "430"),
        ("74.40", "74.4"),
        ("0.0001", "0.0001"),
        ("1E-4", "0.0001"),
        ("0", "0"),
        ("0.00", "0"),
        ("100", "100"),
    ],
)
def test_a_number_is_stored_in_one_form_only(decimal: str, expected: str) -> None:
    assert plain_decimal(Decimal(decimal)) == expected
    assert encode({"area_ha": Decimal(decimal)}) == {"area_ha": expected}


def test_what_is_stored() -> None:
    values = {
        "name": "CCN Quảng Chu",
        "aliases": ["Quảng Chu"],
        "province_code": "06",
        "clearance_status": ClearanceStatus.completed,
        "area_ha": Decimal("74.40"),
        "stated_occupancy_pct": Decimal("46.77"),
        "clearance_phase": 1,
        "investor": None,
        "leased_ha": None,
    }
    stored = {
        "name": "CCN Quảng Chu",
        "aliases": ["Quảng Chu"],
        "province_code": "06",
        "clearance_status": "completed",
        "area_ha": "74.4",
        "stated_occupancy_pct": "46.77",
        "clearance_phase": 1,
        "investor": None,
        "leased_ha": None,
    }
    assert encode(values) == stored
    assert type(encode(values)["clearance_status"]) is str
    assert decode(stored) == values
    assert type(decode(stored)["area_ha"]) is Decimal
    assert encode({}) == decode({}) == {}
