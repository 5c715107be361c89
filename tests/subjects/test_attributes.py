"""The catalogues of attributes: one vocabulary, the same in declarations, schemas and tables."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import BigInteger, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.types import TypeEngine

from app.core.vocabulary import SiteKind, SubjectType
from app.database.tables import CanonicalJson, HectaresType, PercentType, QuantityType
from app.subjects.attributes import UNIT_LEVELS, Attribute, Catalogue, ValueType
from app.subjects.definitions.project import ProjectState
from app.subjects.definitions.source import DocumentState
from app.subjects.schemas import SCHEMAS, DocumentValues
from app.subjects.sites import SiteState
from app.subjects.states import State
from app.subjects.tables import SITE_VERSIONS, VERSIONS


@dataclass(frozen=True)
class Subject:
    """One type of subject in all places: its catalogue, its schemas and the table it is kept in."""

    catalogue: Catalogue
    written: type[BaseModel]
    shown: type[BaseModel] | None = None
    kept: Table | None = None
    derived: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


SITES, PROJECTS = SCHEMAS[SubjectType.site], SCHEMAS[SubjectType.project]
SITE_DERIVED = frozenset(
    {"stage", "leasable_ha", "occupancy_pct", "occupancy_pct_definition", "clearance_pct"}
)
HEDGED = frozenset({"qualifiers", "values_to"})
SUBJECTS = {
    "site": Subject(
        SiteState.attributes,
        SITES.values,
        SITES.detail,
        SITE_VERSIONS,
        SITE_DERIVED,
        frozenset({"kind"}),
        frozenset({"planned", *HEDGED}),
    ),
    "project": Subject(
        ProjectState.attributes,
        PROJECTS.values,
        PROJECTS.state,
        VERSIONS[SubjectType.project],
        beside=HEDGED,
    ),
    # What is said of a document is listed, not folded: it has no versions.
    "source": Subject(DocumentState.attributes, DocumentValues),
}
# Where a site is to be found, beside its own geometry.
BOX = {"west", "south", "east", "north"}
TIMES = {"valid_from", "valid_to", "known_from"}
every_subject = pytest.mark.parametrize("name", SUBJECTS)
every_attribute = pytest.mark.parametrize(
    ("subject", "attribute"),
    [
        pytest.param(subject, attribute, id=f"{name}-{attribute.name}")
        for name, subject in SUBJECTS.items()
        for attribute in subject.catalogue.values()
    ],
)


# One vocabulary


@every_subject
def test_what_clients_write_are_the_attributes_in_the_same_order(name: str) -> None:
    assert list(SUBJECTS[name].written.model_fields) == list(SUBJECTS[name].catalogue)


@pytest.mark.parametrize("state", [SiteState, ProjectState, DocumentState])
def test_every_member_of_a_state_is_declared_as_an_attribute(state: type[State]) -> None:
    assert list(state.members) == list(state.model_fields)


@every_subject
def test_names_are_those_of_the_attributes(name: str) -> None:
    catalogue = SUBJECTS[name].catalogue
    assert [attribute.name for attribute in catalogue.values()] == list(catalogue)
    assert len(catalogue) == len(set(catalogue))


NAMES = ("province", "district", "commune", "investor", "managing_body", "site")
"""What has its name beside it in answers."""


@pytest.mark.parametrize("name", ["site", "project"])
def test_what_clients_read_are_the_attributes_and_what_is_derived(name: str) -> None:
    subject = SUBJECTS[name]
    assert subject.shown is not None
    names = {name for name in NAMES if f"{name}_code" in subject.catalogue}
    names |= {name for name in NAMES if name in subject.catalogue}
    wanted = {*subject.catalogue, *subject.derived, *subject.fixed, *subject.beside, *TIMES, "id"}
    wanted |= {f"{name}_name" for name in names}
    about = {"as_of", "revision", "changed_in"} & set(subject.shown.model_fields)
    assert set(subject.shown.model_fields) == wanted | about


def test_lists_leave_out_the_geometry_alone() -> None:
    left_out = set(SITES.detail.model_fields) - set(SITES.state.model_fields)
    assert left_out == {"geometry", "as_of", "revision", "changed_in"}


@pytest.mark.parametrize("name", ["site", "project"])
def test_what_the_table_keeps_are_the_attributes_and_what_is_derived(name: str) -> None:
    subject = SUBJECTS[name]
    assert subject.kept is not None
    columns = {column.key for column in subject.kept.columns}
    others = {*TIMES, f"{name}_id", "known_to", "name_sort", "search_text"}
    others |= BOX if name == "site" else set()
    others |= subject.beside
    assert columns == {*subject.catalogue, *subject.derived, *subject.fixed, *others}


@every_attribute
def test_names_tell_the_unit_and_meanings_are_given(subject: Subject, attribute: Attribute) -> None:
    assert attribute.name.endswith("_ha") == (attribute.type is ValueType.hectares)
    assert attribute.name.endswith("_pct") == (attribute.type is ValueType.percent)
    assert attribute.name.endswith("_vnd") == (attribute.type is ValueType.money)
    assert attribute.meaning.strip()
    for schema in filter(None, (subject.written, subject.shown)):
        assert schema.model_fields[attribute.name].description == attribute.meaning


@every_attribute
def test_the_table_has_columns_of_the_types(subject: Subject, attribute: Attribute) -> None:
    if subject.kept is None:
        return
    kept: TypeEngine[Any] = subject.kept.columns[attribute.name].type
    assert type(kept) is COLUMNS.get(attribute.type, type(kept))
    assert isinstance(kept, HectaresType) == (
        attribute.type in {ValueType.hectares, ValueType.quantity}
    )
    assert isinstance(kept, PercentType) == (attribute.type is ValueType.percent)
    assert isinstance(kept, Integer) == (attribute.type in {ValueType.number, ValueType.money})


COLUMNS: dict[ValueType, type[Any]] = {
    # A default of SQLModel would be AutoString, Numeric or Enum: the type is lost on the way.
    ValueType.code: String,
    ValueType.unit: String,
    ValueType.organization: String,
    ValueType.site: String,
    ValueType.partial_date: String,
    ValueType.geometry: Text,
    ValueType.number: Integer,
    ValueType.hectares: HectaresType,
    ValueType.percent: PercentType,
    ValueType.quantity: QuantityType,
    ValueType.texts: CanonicalJson,
    # A sum of money in whole VND is more than 32 bits hold.
    ValueType.money: BigInteger,
}


@pytest.mark.parametrize("name", ["site", "project"])
def test_texts_are_ordered_by_bytes_where_they_are_keys(name: str) -> None:
    kept = SUBJECTS[name].kept
    assert kept is not None
    postgresql = dialect()  # type: ignore[no-untyped-call]
    ordered = {c.key for c in kept.columns if 'COLLATE "C"' in c.type.compile(postgresql)}
    wanted = {a.name for a in SUBJECTS[name].catalogue.values() if COLUMNS.get(a.type) is String}
    wanted |= (
        {"site_id", "kind", "stage", "occupancy_pct_definition"}
        if name == "site"
        else {
            "project_id",
            "design_capacity_unit",
        }
    )
    assert ordered == wanted | {"name_sort"}


def test_what_is_derived_is_kept_as_what_it_is_derived_from() -> None:
    kept = {name: type(SITE_VERSIONS.columns[name].type) for name in SITE_DERIVED}
    assert kept == {
        "stage": String,
        "leasable_ha": HectaresType,
        "occupancy_pct": PercentType,
        "occupancy_pct_definition": String,
        "clearance_pct": PercentType,
    }


@every_attribute
def test_clients_write_codes_as_codes_and_quantities_as_numbers(
    subject: Subject, attribute: Attribute
) -> None:
    annotation = subject.written.model_fields[attribute.name].annotation
    types = [t for t in get_args(annotation) if isinstance(t, type)]
    is_code = any(issubclass(t, StrEnum) for t in types)
    assert is_code == (attribute.type is ValueType.code)
    if attribute.type in {ValueType.hectares, ValueType.percent, ValueType.quantity}:
        values = subject.written.model_validate({attribute.name: 12.5})
        assert getattr(values, attribute.name) == Decimal("12.5")
    if attribute.type in {ValueType.number, ValueType.money}:
        values = subject.written.model_validate({attribute.name: 3})
        assert getattr(values, attribute.name) == 3
        with pytest.raises(ValidationError):
            subject.written.model_validate({attribute.name: 3.5})


def of_type(name: str, kind: ValueType) -> set[str]:
    return {a.name for a in SUBJECTS[name].catalogue.values() if a.type is kind}


def test_places_organizations_and_sites() -> None:
    assert {name: str(level) for name, level in UNIT_LEVELS.items()} == {
        "province_code": "province",
        "district_code": "district",
        "commune_code": "commune",
    }
    for name in ("site", "project"):
        assert of_type(name, ValueType.unit) == set(UNIT_LEVELS)
    assert of_type("site", ValueType.organization) == {"investor", "managing_body"}
    assert of_type("project", ValueType.organization) == {"investor"}
    assert of_type("source", ValueType.organization) == {"approved_by"}
    assert of_type("project", ValueType.site) == {"site"}
    assert ProjectState.attributes.of_type(ValueType.site) == ("site",)
    assert SiteState.attributes.of_type(ValueType.organization) == ("investor", "managing_body")


def test_only_name_and_province_cannot_be_cleared() -> None:
    kept = {name: {a.name for a in s.catalogue.values() if not a.clearable}
            for name, s in SUBJECTS.items()}  # fmt: skip
    own = {"name", "province_code"}
    assert kept == {"site": own, "project": own, "source": set()}


def test_what_only_craft_villages_have() -> None:
    kinds = {a.name: a.kinds for s in SUBJECTS.values() for a in s.catalogue.values() if a.kinds}
    craft = frozenset({SiteKind.craft_village})
    assert kinds == dict.fromkeys(("craft", "households", "recognised_on"), craft)


FACTS = {
    "site": {
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
        "households_inventoried",
        "households_paid",
        "paid_vnd",
        "licensed_projects",
        "tenants",
        "tenants_foreign",
        "tenants_operating",
        "workers",
        "revenue_vnd",
        "budget_vnd",
        "wastewater_treatment",
        "households",
        "recognised_on",
    },
    "project": {"licence_status", "operation_status"},
    "source": {"years_implemented"},
}


@every_subject
def test_what_is_so_cannot_be_a_plan(name: str) -> None:
    found = {a.name for a in SUBJECTS[name].catalogue.values() if not a.foreseeable}
    assert found == FACTS[name]


@pytest.mark.parametrize(
    ("catalogue", "name", "code_list", "unit"),
    [
        (SiteState.attributes, "clearance_status", "clearance_status", None),
        (SiteState.attributes, "operation_status", "operation_status", None),
        (SiteState.attributes, "area_ha", None, "ha"),
        (SiteState.attributes, "affected_households", None, "count"),
        (ProjectState.attributes, "operation_status", "project_operation_status", None),
        (ProjectState.attributes, "design_capacity_period", "capacity_period", None),
        (ProjectState.attributes, "registered_capital_vnd", None, "vnd"),
        (ProjectState.attributes, "design_capacity", None, None),
        (DocumentState.attributes, "status", "document_status", None),
    ],
)
def test_units_and_code_lists(
    catalogue: Catalogue, name: str, code_list: str | None, unit: str | None
) -> None:
    assert (catalogue[name].code_list, catalogue[name].unit) == (code_list, unit)


def test_what_has_two_lanes_belongs_to_another_or_goes_on_for_ever() -> None:
    """As the design has them, worked out apart from the declarations."""
    assert set(SiteState.attributes.planned) == {
        "investor",
        "managing_body",
        "industrial_land_ha",
        "service_land_ha",
        "to_clear_ha",
        "affected_households",
    }
    assert not ProjectState.attributes.planned
    assert SiteState.attributes.rules.heads == {
        "occupancy_definition": "stated_occupancy_pct",
        "geometry_accuracy": "geometry",
        "to_clear_ha": "clearance_phase",
        "cleared_ha": "clearance_phase",
    }
    assert ProjectState.attributes.rules.heads == {
        "design_capacity_unit": "design_capacity",
        "design_capacity_period": "design_capacity",
    }
    for state in (SiteState, ProjectState):
        assert [set(names) for names in state.attributes.rules.lasting] == [
            {"name"},
            {"province_code", "district_code", "commune_code"},
        ]
    assert not DocumentState.attributes.rules.lasting
