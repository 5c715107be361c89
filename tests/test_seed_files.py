"""The seed files: their form, their codes, and that they hold the facts read from the documents."""

import csv
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.domain.attributes import UNIT_LEVELS, ValueType, encode
from app.domain.indicators import INDICATORS, Unit
from app.domain.partial_dates import PartialDate, Period
from app.domain.quantities import to_square_metres
from app.domain.site_attributes import SITE_ATTRIBUTES
from app.domain.site_course import SITE_COURSE
from app.domain.subject_timeline import state_on, subject_timeline
from app.domain.subjects import Subject
from app.domain.timeline import Piece, Said
from app.domain.transitions import violations
from app.domain.units import Succession, UnitLevel, Units
from app.domain.units import Unit as AdminUnit
from app.domain.vocabulary import (
    AUTHORITY,
    Basis,
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    DateBasis,
    LegalStatus,
    OccupancyDefinition,
    OperationStatus,
    PlanningStatus,
    Qualifier,
    SiteKind,
    SourceKind,
    SubjectType,
)

SEEDS = Path(__file__).parent.parent / "seeds"
SETS = ("documents", "outside")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

CODES: dict[str, type[StrEnum]] = {
    "planning_status": PlanningStatus,
    "legal_status": LegalStatus,
    "clearance_status": ClearanceStatus,
    "clearance_stage": ClearanceStage,
    "construction_status": ConstructionStatus,
    "operation_status": OperationStatus,
    "occupancy_definition": OccupancyDefinition,
}
SAID = {"source_id", "effective_from", "date_basis", "basis", "locator"}
MEMBERS: dict[str, tuple[set[str], set[str]]] = {
    "sources": ({"id", "kind", "title"}, {"number", "issuer", "published_on", "url", "note"}),
    "organizations": ({"id", "name"}, {"name_en", "aliases"}),
    "sites": ({"id", "kind", "statements"}, set()),
    "provinces": ({"code", "statements"}, set()),
    "sites.statements": (SAID, {"note", "override_reason", "values"}),
    "provinces.statements": (SAID, {"note", "observations"}),
    "observations": (
        {"indicator", "value"},
        {"qualifier", "value_to", "period", "pct_of_target"},
    ),
}
"""For each kind of table, the members it must have and those it may have."""


class Statement(NamedTuple):
    """A statement with the subject it is about and the set it stands in."""

    folder: str
    subject: str
    table: dict[str, Any]


class Fact(NamedTuple):
    """One fact as read from a document: who says what of whom, and where."""

    number: str
    source: str
    line: int
    subject: str
    attribute: str
    value: Any


class Figure(NamedTuple):
    """One figure of a province as read from a document; no period is the effective date."""

    number: str
    source: str
    line: int
    subject: str
    indicator: str
    value: str
    basis: str = "actual"
    qualifier: str = "exact"
    period: str | None = None
    of_target: str | None = None


@cache
def load(folder: str, name: str) -> list[dict[str, Any]]:
    """Return the tables of one seed file, in order; a set need not have every file."""
    path = SEEDS / folder / f"{name}.toml"
    if not path.exists():
        return []
    with path.open("rb") as file:
        content = tomllib.load(file, parse_float=Decimal)
    assert set(content) == {name}, path
    tables: list[dict[str, Any]] = content[name]
    return tables


def everything(name: str) -> list[dict[str, Any]]:
    return [table for folder in SETS for table in load(folder, name)]


def statements(name: str, *folders: str) -> list[Statement]:
    return [
        Statement(folder, subject.get("id") or subject["code"], table)
        for folder in folders or SETS
        for subject in load(folder, name)
        for table in subject["statements"]
    ]


def all_statements() -> list[Statement]:
    return [*statements("sites"), *statements("provinces")]


def observations() -> Iterator[tuple[Statement, dict[str, Any]]]:
    for said in statements("provinces"):
        for observation in said.table.get("observations", []):
            yield said, observation


def effective_day(table: dict[str, Any]) -> date:
    return PartialDate.parse(table["effective_from"]).first_day


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / "units" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def units() -> Units:
    return Units(
        (
            AdminUnit(
                level=UnitLevel(row["level"]),
                code=row["code"],
                name=row["name"],
                type=row["type"],
                parent_code=row["parent_code"] or None,
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            )
            for row in _rows("admin-units.csv")
        ),
        (
            Succession(
                level=UnitLevel(row["level"]),
                from_code=row["from_code"],
                to_code=row["to_code"],
                effective_on=date.fromisoformat(row["effective_on"]),
                extent=row["extent"],
            )
            for row in _rows("admin-successions.csv")
        ),
    )


# Form


def tables() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("sources", "organizations", "sites", "provinces"):
        yield from ((name, table) for table in everything(name))
    for name in ("sites", "provinces"):
        yield from ((f"{name}.statements", said.table) for said in statements(name))
    yield from (("observations", observation) for _, observation in observations())


def test_tables_have_the_members_they_must_and_no_unknown_ones() -> None:
    for kind, table in tables():
        required, optional = MEMBERS[kind]
        assert required <= table.keys(), (kind, table)
        assert table.keys() <= required | optional, (kind, table)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_texts_are_composed_trimmed_and_not_empty() -> None:
    for _, table in tables():
        for text in texts(table):
            assert text
            assert text == unicodedata.normalize("NFC", text).strip()


def test_dates_and_codes_are_strings_and_numbers_are_exact() -> None:
    for _, table in tables():
        for value in table.values():
            assert isinstance(value, str | int | Decimal | list | dict), table
            assert not isinstance(value, bool), table


def test_ids_are_slugs_and_unique() -> None:
    for name in ("sources", "organizations"):
        ids = [table["id"] for table in everything(name)]
        assert len(ids) == len(set(ids))
        assert all(SLUG.fullmatch(text) for text in ids)
    for folder in SETS:
        ids = [table["id"] for table in load(folder, "sites")]
        assert len(ids) == len(set(ids))
        assert all(SLUG.fullmatch(text) for text in ids)


def test_a_site_has_one_kind_and_the_prefix_of_it() -> None:
    prefixes = {SiteKind.zone: "kcn-", SiteKind.cluster: "ccn-"}
    for site in everything("sites"):
        assert site["id"].startswith(prefixes[SiteKind(site["kind"])]), site["id"]


def test_sources() -> None:
    for source in everything("sources"):
        SourceKind(source["kind"])
        if "published_on" in source:
            PartialDate.parse(source["published_on"])
        if "url" in source:
            assert source["url"].startswith("https://")


def test_statements_are_dated_and_meant_in_known_words() -> None:
    for said in all_statements():
        PartialDate.parse(said.table["effective_from"])
        DateBasis(said.table["date_basis"])
        Basis(said.table["basis"])


def test_a_date_of_publication_is_the_date_of_the_source() -> None:
    published = {source["id"]: source.get("published_on") for source in everything("sources")}
    for said in all_statements():
        if said.table["date_basis"] == DateBasis.publication:
            assert said.table["effective_from"] == published[said.table["source_id"]]


def test_statements_say_something() -> None:
    for said in all_statements():
        content = said.table.get("values") or said.table.get("observations")
        assert content or said.table.get("note"), said
        assert {} not in (said.table.get("values"), said.table.get("observations")), said


def test_no_two_statements_are_equal() -> None:
    seen = [repr((said.subject, sorted(said.table.items()))) for said in all_statements()]
    assert len(seen) == len(set(seen))


def test_no_source_states_an_attribute_twice_for_one_day() -> None:
    told = Counter(
        (said.subject, name, said.table["source_id"], effective_day(said.table))
        for said in statements("sites")
        for name in said.table.get("values", {})
    )
    assert max(told.values()) == 1


# References


def test_sources_and_organizations_referred_to_stand_in_the_same_set_or_before() -> None:
    for number, folder in enumerate(SETS):
        known = SETS[: number + 1]
        sources = {source["id"] for name in known for source in load(name, "sources")}
        organizations = {o["id"] for name in known for o in load(name, "organizations")}
        for kind in ("sites", "provinces"):
            for said in statements(kind, folder):
                assert said.table["source_id"] in sources
                for name, value in said.table.get("values", {}).items():
                    if SITE_ATTRIBUTES[name].type is ValueType.organization:
                        assert value in organizations, value


def test_the_first_statement_of_a_site_registers_it() -> None:
    first: dict[str, dict[str, Any]] = {}
    for said in statements("sites"):
        first.setdefault(said.subject, said.table.get("values", {}))
    assert all({"name", "province_code"} <= values.keys() for values in first.values())


def test_a_name_is_the_same_wherever_it_is_given() -> None:
    named = {
        (said.subject, said.table["values"]["name"])
        for said in statements("sites")
        if "name" in said.table.get("values", {})
    }
    assert len(named) == len({site["id"] for site in everything("sites")})


def test_units_exist_on_the_day_a_statement_takes_effect() -> None:
    for said in statements("sites"):
        for name, level in UNIT_LEVELS.items():
            code = said.table.get("values", {}).get(name)
            if code is not None:
                assert units().at(level, code, effective_day(said.table)), (said.subject, code)
    for said in statements("provinces"):
        assert units().at(UnitLevel.province, said.subject, effective_day(said.table))


def test_the_places_of_a_statement_lie_in_each_other() -> None:
    for said in statements("sites"):
        values, day = said.table.get("values", {}), effective_day(said.table)
        codes = {values[name] for name in UNIT_LEVELS if name in values}
        lowest = next((n for n in reversed(UNIT_LEVELS) if n in values), None)
        unit = units().at(UNIT_LEVELS[lowest], values[lowest], day) if lowest else None
        if unit is not None:
            assert codes <= {above.code for above in units().lineage(unit)}, said.subject


# Values


def check_value(name: str, value: Any) -> None:
    kind = SITE_ATTRIBUTES[name].type
    if kind is ValueType.code:
        CODES[name](value)
    elif kind is ValueType.partial_date:
        PartialDate.parse(value)
    elif kind is ValueType.hectares:
        assert to_square_metres(Decimal(value)) > 0
    elif kind is ValueType.percent:
        assert 0 <= Decimal(value) <= 100
    elif kind is ValueType.number:
        assert isinstance(value, int)
        assert value > 0
    else:
        assert isinstance(value, str)


def test_attributes_are_those_of_the_catalogue() -> None:
    for said in statements("sites"):
        for name, value in said.table.get("values", {}).items():
            assert name in SITE_ATTRIBUTES, name
            check_value(name, value)


def test_only_what_can_be_foreseen_is_planned() -> None:
    for said in statements("sites"):
        if said.table["basis"] in {Basis.plan, Basis.target}:
            assert all(SITE_ATTRIBUTES[name].foreseeable for name in said.table.get("values", {}))


def test_observations_are_those_of_the_catalogue() -> None:
    for _, observation in observations():
        unit = INDICATORS[observation["indicator"]].unit
        value = observation["value"]
        assert value >= 0
        assert isinstance(value, int) or unit is not Unit.number
        assert to_square_metres(Decimal(value)) > 0 or unit is not Unit.hectares
        assert value <= 100 or unit is not Unit.percent
        qualifier = Qualifier(observation.get("qualifier", "exact"))
        assert (qualifier is Qualifier.range) == ("value_to" in observation)
        assert observation.get("pct_of_target", 1) > 0
        if "period" in observation:
            Period.parse(observation["period"])


# Facts

SOURCES = {
    "S0": "bac-kan-press-2021-06-30",
    "S1": "bac-kan-press-2023-12",
    "S2": "bac-kan-planning-2021-09-27",
    "S3": "hoa-binh-portal-2024-06-24",
    "S4": "bac-kan-press-2025-01",
}
DATES = {
    "S0": ("2021-06-30", "publication"),
    "S1": ("2023-12", "inferred"),
    "S2": ("2021-09-27", "publication"),
    "S3": ("2024-06-24", "publication"),
    "S4": ("2025-01", "publication"),
}
OTHER_DATES = {"F137": ("2024-12-31", "inferred"), "F138": ("2024", "inferred")}
CLUSTERS = (
    "ccn-huyen-tung",
    "ccn-quang-chu",
    "ccn-thanh-thinh",
    "ccn-cam-giang",
    "ccn-vang-muoi",
    "ccn-nam-bang-lung",
)
# A remark is a fact about its note: the value is a word that the note has to have.
NOTE = "note"
SITE_FACTS = (
    Fact("F010", "S0", 18, "ccn-quang-chu", "planning_status", "planned"),
    Fact("F011", "S0", 18, "ccn-quang-chu", "district_code", "065"),
    Fact("F016", "S0", 20, "kcn-thanh-binh", NOTE, "Nine secondary projects"),
    Fact("F017", "S0", 20, "kcn-thanh-binh", "managing_body", "ban-quan-ly-kcn-bac-kan"),
    Fact("F020", "S0", 20, "ccn-huyen-tung", "legal_status", "established"),
    Fact("F021", "S0", 20, "ccn-cam-giang", "legal_status", "established"),
    Fact("F022", "S0", 20, "ccn-quang-chu", "legal_status", "established"),
    Fact("F053", "S1", 6, "kcn-thanh-binh", "district_code", "065"),
    Fact("F054", "S1", 7, "kcn-thanh-binh", "operation_status", "operating"),
    Fact("F055", "S1", 7, "kcn-cho-moi-1", "planning_status", "proposed"),
    Fact("F055", "S1", 7, "kcn-cho-moi-2", "planning_status", "proposed"),
    Fact("F056", "S1", 7, "kcn-thanh-binh", NOTE, "7.2 ha"),
    Fact("F057", "S1", 7, "kcn-thanh-binh", "planned_area_ha", Decimal("80.7")),
    Fact("F058", "S1", 7, "kcn-cho-moi-1", "planned_area_ha", 300),
    Fact("F059", "S1", 7, "kcn-cho-moi-1", "district_code", "065"),
    Fact("F059", "S1", 7, "kcn-cho-moi-1", "commune_code", "02131"),
    Fact("F060", "S1", 7, "kcn-cho-moi-2", "planned_area_ha", 200),
    Fact("F061", "S1", 7, "kcn-cho-moi-2", "district_code", "065"),
    Fact("F061", "S1", 7, "kcn-cho-moi-2", "commune_code", "02113"),
    Fact("F067", "S1", 10, "ccn-huyen-tung", "district_code", "058"),
    Fact("F068", "S1", 10, "ccn-huyen-tung", "construction_status", "in_progress"),
    Fact("F074", "S1", 11, "ccn-quang-chu", "area_ha", Decimal("74.4")),
    Fact("F075", "S1", 11, "ccn-quang-chu", "investor", "onsen-fuji-bac-kan"),
    Fact("F076", "S1", 11, "ccn-quang-chu", "expected_operation", "2025-01"),
    Fact("F077", "S1", 11, "ccn-thanh-thinh", "area_ha", 50),
    Fact("F078", "S1", 11, "ccn-thanh-thinh", "clearance_status", "in_progress"),
    Fact("F078", "S1", 11, "ccn-thanh-thinh", "clearance_phase", 1),
    Fact("F079", "S1", 11, "ccn-cam-giang", "area_ha", 43),
    Fact("F080", "S1", 11, "ccn-cam-giang", "construction_status", "preparing"),
    Fact("F080", "S1", 11, "ccn-cam-giang", NOTE, "feasibility study"),
    Fact("F081", "S1", 11, "ccn-cam-giang", "clearance_status", "in_progress"),
    Fact("F082", "S1", 11, "ccn-vang-muoi", "clearance_status", "in_progress"),
    Fact("F083", "S1", 11, "ccn-nam-bang-lung", "clearance_status", "in_progress"),
    *(Fact("F084", "S1", 14, site, "operation_status", "not_operating") for site in CLUSTERS),
    Fact("F137", "S4", 7, "ccn-huyen-tung", "stated_occupancy_pct", 100),
    Fact("F137", "S4", 7, "ccn-huyen-tung", "occupancy_definition", "as_stated"),
    Fact("F144", "S4", 1, "kcn-thanh-binh", "operation_status", "operating"),
)
PLANNED_FACTS = {"F055", "F056", "F057", "F058", "F059", "F060", "F061", "F076"}
INFERRED_COMMUNES = {
    ("ccn-quang-chu", "02131"),
    ("ccn-huyen-tung", "01846"),
    ("ccn-thanh-thinh", "02113"),
    ("ccn-cam-giang", "02008"),
}
REMARKS = (
    Fact("F087", "S1", 14, "06", NOTE, "hard to attract"),
    Fact("F088", "S1", 15, "06", NOTE, "land clearance"),
    Fact("F120", "S3", 17, "17", NOTE, "resettlement"),
    Fact("F121", "S3", 17, "17", NOTE, "occupancy is not high"),
    Fact("F138", "S4", 7, "06", NOTE, "technical infrastructure"),
    Fact("F149", "S4", 17, "06", NOTE, "sped up"),
)
FIGURES = (
    Figure("F018", "S0", 20, "06", "cluster_established_count", "3"),
    Figure("F019", "S0", 20, "06", "cluster_established_area_ha", "130"),
    Figure("F055", "S1", 7, "06", "zone_seeking_planning_count", "3", "plan"),
    Figure("F063", "S1", 9, "06", "cluster_planned_count", "27", "plan", period="2030"),
    Figure("F064", "S1", 9, "06", "cluster_planned_area_ha", "676.4", "plan", period="2030"),
    Figure("F065", "S1", 9, "06", "cluster_in_progress_count", "6"),
    Figure("F066", "S1", 9, "06", "cluster_in_progress_area_ha", "186.4"),
    Figure("F084", "S1", 14, "06", "cluster_operating_count", "0"),
    Figure("F086", "S1", 18, "06", "cluster_operating_count", "1", "target", "at_least", "2024"),
    Figure(
        "F095", "S2", 16, "06", "cluster_infrastructure_completed_count", "4",
        "target", "at_least", "2025",
    ),
    Figure("F096", "S2", 16, "06", "cluster_occupancy_pct", "60", "target", "over", "2025"),
    Figure("F099, F100", "S3", 13, "17", "zone_occupancy_pct", "46.77", of_target="58.46"),
    Figure("F101, F102", "S3", 13, "17", "cluster_occupancy_pct", "41.3", of_target="82.4"),
    Figure(
        "F105, F106", "S3", 13, "17", "zone_and_cluster_land_ha", "6113.48",
        qualifier="about", of_target="132.9",
    ),
)  # fmt: skip


def at_its_place(said: Statement, fact: Fact | Figure) -> bool:
    """Tell whether a statement is of the subject, source, line and date of a fact."""
    table = said.table
    return (said.subject, table["source_id"], table["locator"]) == (
        fact.subject,
        SOURCES[fact.source],
        f"line {fact.line}",
    ) and (table["effective_from"], table["date_basis"]) == OTHER_DATES.get(
        fact.number, DATES[fact.source]
    )


def holds(said: Statement, fact: Fact) -> bool:
    if not at_its_place(said, fact):
        return False
    if fact.attribute == NOTE:
        return fact.value in said.table.get("note", "")
    return bool(said.table.get("values", {}).get(fact.attribute) == fact.value)


@pytest.mark.parametrize("fact", SITE_FACTS, ids=lambda f: f"{f.number}-{f.subject}-{f.attribute}")
def test_a_fact_about_a_site_is_stated_once(fact: Fact) -> None:
    found = [said for said in statements("sites", "documents") if holds(said, fact)]
    assert len(found) == 1
    expected = Basis.plan if fact.number in PLANNED_FACTS else Basis.actual
    assert found[0].table["basis"] == expected


@pytest.mark.parametrize("fact", REMARKS, ids=lambda f: f.number)
def test_a_remark_about_a_province_is_kept(fact: Fact) -> None:
    found = [said for said in statements("provinces", "documents") if holds(said, fact)]
    assert ["observations" in said.table for said in found] == [False]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.number)
def test_a_figure_of_a_province_is_stated_once(figure: Figure) -> None:
    found = [
        (said.table["basis"], observation)
        for said, observation in observations()
        if at_its_place(said, figure)
        and observation["indicator"] == figure.indicator
        and observation["value"] == Decimal(figure.value)
    ]
    assert [basis for basis, _ in found] == [figure.basis]
    observation = found[0][1]
    assert observation.get("qualifier", "exact") == figure.qualifier
    assert observation.get("period") == figure.period
    assert observation.get("pct_of_target") == (figure.of_target and Decimal(figure.of_target))


def test_the_documents_state_nothing_but_these_facts() -> None:
    registered = {"name", "province_code"}
    stated = Counter(
        (said.subject, name, value)
        for said in statements("sites", "documents")
        for name, value in said.table.get("values", {}).items()
        if name not in registered
    )
    facts = Counter((f.subject, f.attribute, f.value) for f in SITE_FACTS if f.attribute != NOTE)
    communes = Counter((site, "commune_code", code) for site, code in INFERRED_COMMUNES)
    assert stated == facts + communes
    assert len(list(observations())) == len(FIGURES)
    assert len([s for s in statements("provinces") if "observations" not in s.table]) == len(
        REMARKS
    )


def test_communes_concluded_from_names_say_so() -> None:
    found = {
        (said.subject, said.table["values"]["commune_code"])
        for said in statements("sites", "documents")
        if "commune_code" in said.table.get("values", {})
        and said.table["date_basis"] == DateBasis.inferred
        and "same name" in said.table.get("note", "")
    }
    assert found == INFERRED_COMMUNES


# Timelines


@cache
def timelines(*folders: str) -> dict[str, tuple[SiteKind, list[Piece]]]:
    """Return the kind and the timeline of each site, as seeding these sets in order gives it."""
    authority = {s["id"]: AUTHORITY[SourceKind(s["kind"])] for s in everything("sources")}
    said: dict[str, list[Said]] = {}
    for position, (folder, site, table) in enumerate(statements("sites", *folders)):
        said.setdefault(site, []).append(
            Said(
                effective_day=effective_day(table),
                authority=authority[table["source_id"]],
                revision=SETS.index(folder) + 1,
                position=position,
                values=SITE_ATTRIBUTES.decode(encode(table.get("values", {}))),
            )
        )
    kinds = {site["id"]: SiteKind(site["kind"]) for site in everything("sites")}
    return {
        site: (
            kinds[site],
            subject_timeline(Subject(SubjectType.site, site, kinds[site]), told, units()),
        )
        for site, told in said.items()
    }


def states(kind: SiteKind, day: date, *folders: str) -> dict[str, dict[str, Any]]:
    found = {
        site: state_on(timeline, day)
        for site, (of_kind, timeline) in timelines(*folders).items()
        if of_kind is kind
    }
    return {site: dict(piece.values) for site, piece in found.items() if piece}


def stages(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {site: str(values["stage"]) for site, values in found.items()}


def known(found: dict[str, dict[str, Any]], attribute: str) -> list[Decimal]:
    return [values[attribute] for values in found.values() if attribute in values]


END_OF_2023 = date(2023, 12, 31)


@pytest.mark.parametrize("folders", [("documents",), SETS])
def test_every_change_goes_the_usual_course(folders: tuple[str, ...]) -> None:
    for site, (_, timeline) in timelines(*folders).items():
        assert violations(timeline, SITE_COURSE) == [], site
    assert not any("override_reason" in said.table for said in all_statements())


@pytest.mark.parametrize("folders", [("documents",), SETS])
def test_every_version_has_a_name_and_a_province(folders: tuple[str, ...]) -> None:
    for _, timeline in timelines(*folders).values():
        assert all({"name", "province_code"} <= piece.values.keys() for piece in timeline)


def test_three_clusters_in_the_middle_of_2021() -> None:
    assert states(SiteKind.cluster, date(2021, 6, 29), "documents") == {}
    found = states(SiteKind.cluster, date(2021, 6, 30), "documents")
    assert stages(found) == {
        "ccn-huyen-tung": "established",
        "ccn-quang-chu": "established",
        "ccn-cam-giang": "established",
    }
    assert known(found, "area_ha") == []


def test_six_clusters_at_the_end_of_2023() -> None:
    found = states(SiteKind.cluster, END_OF_2023, "documents")
    assert stages(found) == {
        "ccn-huyen-tung": "construction",
        "ccn-quang-chu": "established",
        "ccn-cam-giang": "clearance",
        "ccn-thanh-thinh": "clearance",
        "ccn-vang-muoi": "clearance",
        "ccn-nam-bang-lung": "clearance",
    }
    areas = known(found, "area_ha")
    assert len(areas) == 3
    assert sum(areas) == Decimal("167.4")


def test_three_zones_at_the_end_of_2023() -> None:
    found = states(SiteKind.zone, END_OF_2023, "documents")
    assert stages(found) == {
        "kcn-thanh-binh": "operating",
        "kcn-cho-moi-1": "proposed",
        "kcn-cho-moi-2": "proposed",
    }
    assert sum(known(found, "planned_area_ha")) == Decimal("580.7")
    assert known(found, "area_ha") == []


def test_seven_clusters_at_the_end_of_2023_with_the_outside_set() -> None:
    found = states(SiteKind.cluster, END_OF_2023, *SETS)
    assert stages(found) == {
        "ccn-huyen-tung": "construction",
        "ccn-quang-chu": "established",
        "ccn-cam-giang": "clearance",
        "ccn-thanh-thinh": "clearance",
        "ccn-vang-muoi": "clearance",
        "ccn-nam-bang-lung": "clearance",
        "ccn-chu-huong": "established",
    }
    areas = {site: values["area_ha"] for site, values in found.items()}
    assert areas == {
        "ccn-huyen-tung": 16,
        "ccn-quang-chu": Decimal("74.4"),
        "ccn-cam-giang": 43,
        "ccn-thanh-thinh": 50,
        "ccn-vang-muoi": 15,
        "ccn-nam-bang-lung": 20,
        "ccn-chu-huong": 18,
    }
    assert sum(areas.values()) == Decimal("236.4")


def test_quang_chu_is_under_construction_since_the_end_of_2024_with_the_outside_set() -> None:
    eve, day = date(2024, 11, 30), date(2024, 12, 1)
    assert states(SiteKind.cluster, eve, *SETS)["ccn-quang-chu"]["stage"] == "established"
    assert states(SiteKind.cluster, day, *SETS)["ccn-quang-chu"]["stage"] == "construction"


@pytest.mark.parametrize("folders", [("documents",), SETS])
@pytest.mark.parametrize("kind", [SiteKind.zone, SiteKind.cluster])
def test_all_sites_move_to_thai_nguyen(kind: SiteKind, folders: tuple[str, ...]) -> None:
    before = states(kind, date(2025, 6, 30), *folders)
    since = states(kind, date(2025, 7, 1), *folders)
    assert {values["province_code"] for values in before.values()} == {"06"}
    assert {values["province_code"] for values in since.values()} == {"19"}
    assert before.keys() == since.keys()
    assert known(since, "district_code") == []


def test_communes_since_the_reform_with_the_outside_set() -> None:
    found = {
        site: values.get("commune_code")
        for kind in (SiteKind.zone, SiteKind.cluster)
        for site, values in states(kind, date(2025, 7, 1), *SETS).items()
    }
    assert found == {
        "kcn-thanh-binh": None,
        "kcn-cho-moi-1": "02086",
        "kcn-cho-moi-2": "02107",
        "ccn-huyen-tung": "01840",
        "ccn-quang-chu": "02086",
        "ccn-cam-giang": "02008",
        "ccn-thanh-thinh": "02107",
        "ccn-vang-muoi": "02176",
        "ccn-nam-bang-lung": "02020",
        "ccn-chu-huong": "01921",
    }
