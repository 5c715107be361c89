"""The seed files: their form, their codes, and that what they refer to exists."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.core.dates import PartialDate
from app.core.vocabulary import Basis, DateBasis, SiteKind, SourceKind
from app.subjects.attributes import UNIT_LEVELS, ValueType
from app.units.units import UnitLevel
from tests.support.seed_files import (
    CATALOGUES,
    REGISTERS,
    SETS,
    SUBJECTS,
    all_statements,
    everything,
    load,
    observations,
    statements,
    units,
    valued,
)

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PREFIXES = {
    SiteKind.zone: "kcn-",
    SiteKind.cluster: "ccn-",
    SiteKind.craft_village: "lang-nghe-",
}
SAID = {"source_id", "effective_from", "date_basis", "basis", "locator"}
SAID_OF_SUBJECT = (SAID, {"note", "cites", "override_reason", "values"})
MEMBERS: dict[str, tuple[set[str], set[str]]] = {
    "sources": (
        {"id", "kind", "title"},
        {"number", "issuer", "issuer_id", "published_on", "url", "note"},
    ),
    "organizations": ({"id", "name"}, {"name_en", "aliases"}),
    "policies": ({"id", "statements"}, set()),
    "sites": ({"id", "kind", "statements"}, set()),
    "projects": ({"id", "statements"}, set()),
    "provinces": ({"code", "statements"}, set()),
    "policies.statements": (SAID, {"note", "cites", "values"}),
    "sites.statements": SAID_OF_SUBJECT,
    "projects.statements": SAID_OF_SUBJECT,
    "provinces.statements": (SAID, {"note", "cites", "observations"}),
    "observations": (
        {"indicator", "value"},
        {"qualifier", "value_to", "period", "pct_of_target", "price_base", "trend"},
    ),
}
"""For each kind of table, the members it must have and those it may have."""


def tables() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in (*REGISTERS, *SUBJECTS):
        yield from ((name, table) for table in everything(name))
    for name in SUBJECTS:
        yield from ((f"{name}.statements", said.table) for said in statements(name))
    yield from (("observations", observation) for _, observation in observations())


# Form


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
    for name in REGISTERS:
        check_ids([table["id"] for table in everything(name)])
    for folder in SETS:
        for name in ("policies", "sites", "projects"):
            check_ids([table["id"] for table in load(folder, name)])


def check_ids(ids: list[str]) -> None:
    assert len(ids) == len(set(ids))
    assert all(SLUG.fullmatch(text) for text in ids)


def test_a_site_has_one_kind_and_the_prefix_of_it() -> None:
    for site in everything("sites"):
        assert site["id"].startswith(PREFIXES[SiteKind(site["kind"])]), site["id"]


def test_a_project_has_the_prefix_of_projects() -> None:
    assert all(project["id"].startswith("du-an-") for project in everything("projects"))


def test_sources() -> None:
    for source in everything("sources"):
        SourceKind(source["kind"])
        if "published_on" in source:
            PartialDate.parse(source["published_on"])
        if "url" in source:
            assert source["url"].startswith("https://")
        assert "issuer" in source or "issuer_id" not in source


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
        assert said.values or said.observations or said.table.get("note"), said
        for member in ("values", "observations", "cites"):
            assert said.table.get(member, "something"), said


def test_no_two_statements_are_equal() -> None:
    seen = [repr((said.subject, sorted(said.table.items()))) for said in all_statements()]
    assert len(seen) == len(set(seen))


def test_no_source_states_an_attribute_twice_for_one_day() -> None:
    told = Counter(
        (name, said.subject, attribute, said.table["source_id"], said.effective_day)
        for name, said, attribute, _ in valued()
    )
    assert max(told.values()) == 1


def test_no_source_gives_a_figure_twice() -> None:
    told = Counter(
        (
            said.subject,
            observation["indicator"],
            observation.get("period", said.table["effective_from"]),
            said.table["basis"],
            said.table["source_id"],
        )
        for said, observation in observations()
    )
    assert max(told.values()) == 1


# References


def known(name: str, folder: str) -> set[str]:
    """Return the ids of a kind that stand in a set or in one before it."""
    sets = SETS[: SETS.index(folder) + 1]
    return {table["id"] for before in sets for table in load(before, name)}


def test_what_is_referred_to_stands_in_the_same_set_or_before() -> None:
    for said in all_statements():
        sources = known("sources", said.folder)
        assert {said.table["source_id"], *said.table.get("cites", [])} <= sources
    for name, said, attribute, value in valued():
        kind = CATALOGUES[name][attribute].type
        if kind is ValueType.organization:
            assert value in known("organizations", said.folder), value
        elif kind is ValueType.site:
            assert value in known("sites", said.folder), value
    for folder in SETS:
        issuers = {table["issuer_id"] for table in load(folder, "sources") if "issuer_id" in table}
        assert issuers <= known("organizations", folder)


def test_policies_are_sources() -> None:
    for said in statements("policies"):
        assert said.subject in known("sources", said.folder)


def test_no_organization_and_no_policy_document_is_named_in_vain() -> None:
    organizations = {table.get("issuer_id") for table in everything("sources")}
    documents = {said.table["source_id"] for said in all_statements()}
    for name, _, attribute, value in valued():
        if CATALOGUES[name][attribute].type is ValueType.organization:
            organizations.add(value)
    for said in all_statements():
        documents |= {said.subject, *said.table.get("cites", [])}
        documents |= set(re.findall(r"(?<=reported by )[a-z0-9-]+", said.table["locator"]))
    assert {table["id"] for table in everything("organizations")} <= organizations
    assert {table["id"] for table in everything("sources")} <= documents


def test_the_first_statement_of_a_site_or_project_registers_it() -> None:
    for name in ("sites", "projects"):
        first: dict[str, dict[str, Any]] = {}
        for said in statements(name):
            first.setdefault(said.subject, said.values)
        assert all({"name", "province_code"} <= values.keys() for values in first.values())


def test_a_name_is_the_same_wherever_it_is_given() -> None:
    for name in ("sites", "projects"):
        named = {
            (said.subject, said.values["name"])
            for said in statements(name)
            if "name" in said.values
        }
        assert len(named) == len({table["id"] for table in everything(name)})


def test_units_exist_on_the_day_a_statement_takes_effect() -> None:
    for _, said, attribute, value in valued():
        if attribute in UNIT_LEVELS:
            found = units().at(UNIT_LEVELS[attribute], value, said.effective_day)
            assert found, (said.subject, value)
    for said in statements("provinces"):
        assert units().at(UnitLevel.province, said.subject, said.effective_day)


def test_the_places_of_a_statement_lie_in_each_other() -> None:
    for said in (*statements("sites"), *statements("projects")):
        codes = {said.values[name] for name in UNIT_LEVELS if name in said.values}
        lowest = next((name for name in reversed(UNIT_LEVELS) if name in said.values), None)
        if lowest is not None:
            unit = units().at(UNIT_LEVELS[lowest], said.values[lowest], said.effective_day)
            assert unit
            assert codes <= {above.code for above in units().lineage(unit)}, said.subject
