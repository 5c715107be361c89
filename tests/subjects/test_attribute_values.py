"""What the ledger stores of the values of attributes, and what is read back."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.digest import canonical_json
from app.core.vocabulary import ClearanceStatus
from app.subjects.attributes import Catalogue, ValueType, encode, plain_decimal
from app.subjects.definitions.project import ProjectState
from app.subjects.definitions.source import DocumentState
from app.subjects.sites import SiteState

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)
decimals = st.decimals(0, 10**9, places=4) | st.decimals(0, 10**9, places=0)
OF_TYPE: dict[ValueType, st.SearchStrategy[Any]] = {
    ValueType.text: texts,
    ValueType.texts: st.lists(texts, max_size=3),
    ValueType.code: st.sampled_from(["planned", ClearanceStatus.in_progress]),
    ValueType.unit: st.sampled_from(["06", "065", "02131"]),
    ValueType.organization: st.just("onsen-fuji-bac-kan"),
    ValueType.site: st.just("ccn-quang-chu"),
    ValueType.quantity: decimals,
    ValueType.money: st.integers(0, 10**15),
    ValueType.hectares: decimals,
    ValueType.percent: st.decimals(0, 100, places=2),
    ValueType.number: st.integers(0, 2_000_000_000),
    ValueType.partial_date: st.sampled_from(["2024", "2024-06", "2024-06-30"]),
    # Inside the service a geometry is its text.
    ValueType.geometry: st.just('{"type":"Point","coordinates":[105.8,22.1]}'),
}


def statements(catalogue: Catalogue) -> st.SearchStrategy[tuple[Catalogue, dict[str, Any]]]:
    """Draw the values of a statement, with the catalogue they are of."""
    optional = {name: st.none() | OF_TYPE[a.type] for name, a in catalogue.items()}
    return st.tuples(st.just(catalogue), st.fixed_dictionaries({}, optional=optional))


CATALOGUES = (SiteState.attributes, ProjectState.attributes, DocumentState.attributes)
any_statement = st.one_of(*map(statements, CATALOGUES))


@given(any_statement)
def test_values_survive_the_way_into_the_ledger_and_back(
    statement: tuple[Catalogue, dict[str, Any]],
) -> None:
    catalogue, values = statement
    stored = json.loads(canonical_json(encode(values)))
    assert catalogue.decode(stored) == values
    assert list(encode(values)) == list(values)


@given(any_statement)
def test_what_was_read_back_is_stored_the_same_again(
    statement: tuple[Catalogue, dict[str, Any]],
) -> None:
    catalogue, values = statement
    once = encode(values)
    assert canonical_json(encode(catalogue.decode(once))) == canonical_json(once)


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
    read = SiteState.attributes.decode(stored)
    assert read == values
    assert type(read["area_ha"]) is Decimal
    assert encode({}) == SiteState.attributes.decode({}) == {}
