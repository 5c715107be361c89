"""The seed files hold every fact of the five documents, and nothing else."""

import re
from collections import Counter
from typing import Any

import pytest

from tests.support.fact_subjects import PATHS
from tests.support.fact_table import DATES, PLACES, cites, head, tellings
from tests.support.facts import (
    Attributes,
    Citation,
    Fact,
    Figure,
    Remark,
    holds,
    period_of,
    read_facts,
    values_of,
)
from tests.support.seed_files import (
    SEEDS,
    SUBJECTS,
    Statement,
    all_statements,
    observations,
    statements,
)

FACTS = read_facts()
FILES = {"sources": "policies", "sites": "sites", "projects": "projects", "provinces": "provinces"}
"""The seed file of each type of subject, by the first part of its path."""

# A subject's name and province register it, and what a project makes is in its name as well.
REGISTERED = {"name", "name_en", "province_code", "product"}
INFERRED_COMMUNES = {
    ("sites/ccn-quang-chu", "02131"),
    ("sites/ccn-huyen-tung", "01846"),
    ("sites/ccn-thanh-thinh", "02113"),
    ("sites/ccn-cam-giang", "02008"),
    ("sites/lang-nghe-mien-dong-con-minh", "02173"),
}


def said_of(path: str) -> list[Statement]:
    name, subject = path.split("/")
    return [s for s in statements(FILES[name], "documents") if s.subject == subject]


def citing(path: str) -> list[Statement]:
    cited = path.removeprefix("sources/")
    return [s for s in all_statements("documents") if cited in s.table.get("cites", [])]


def path_of(file: str, subject: str) -> str:
    return f"{'sources' if file == 'policies' else file}/{subject}"


# Rows


def test_every_row_has_a_place_and_no_other() -> None:
    assert [fact.id for fact in FACTS] == [f"F{number:03}" for number in range(1, 150)]
    assert PLACES.keys() == {fact.id for fact in FACTS}
    assert PATHS.keys() == {fact.entity for fact in FACTS}


def test_what_a_row_notes_is_noted() -> None:
    assert not [fact.id for fact in FACTS if fact.note and not PLACES[fact.id].note]


def test_explicit_dates_are_told() -> None:
    for fact in FACTS:
        if fact.as_of_basis.startswith("explicit") and not isinstance(PLACES[fact.id], Figure):
            assert fact.as_of in {head(fact)["effective_from"], fact.value}, fact.id


def test_other_dates_are_those_of_the_rows() -> None:
    for fact in FACTS:
        if fact.id in DATES and not isinstance(PLACES[fact.id], Figure):
            assert DATES[fact.id][0] == fact.as_of


def test_every_row_stands_in_a_comment() -> None:
    named: set[str] = set()
    for path in (SEEDS / "documents").glob("*.toml"):
        for comment in re.findall(r"^# .*$", path.read_text(encoding="utf-8"), re.MULTILINE):
            named |= set(re.findall(r"F[0-9]{3}", comment))
    assert named == PLACES.keys()


# Files


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact_is_stated_once(fact: Fact) -> None:
    for path, place in tellings(fact):
        where = citing(path) if isinstance(place, Citation) else said_of(path)
        found = [said for said in where if holds(fact, place, head(fact), said.table)]
        assert len(found) == 1, path
        if place is PLACES[fact.id]:
            assert found[0].table.get("cites", []) == cites(fact)


def test_the_documents_state_nothing_but_these_facts() -> None:
    stated = Counter(
        (path_of(file, said.subject), said.table["locator"], name, value)
        for file in SUBJECTS
        for said in statements(file, "documents")
        if "same name" not in said.table.get("note", "")
        for name, value in said.values.items()
        if name not in REGISTERED
    )
    assert stated == Counter(told())


def told() -> list[tuple[str, str, str, Any]]:
    return [
        (path, head(fact)["locator"], name, value)
        for fact in FACTS
        for path, place in tellings(fact)
        if isinstance(place, Attributes)
        for name, value in values_of(fact, place.values).items()
        if name not in REGISTERED and value is not None
    ]


def test_the_documents_give_no_figures_but_these() -> None:
    given = {
        (f"provinces/{said.subject}", said.table["source_id"], o["indicator"], _period(said, o))
        for said, o in observations("documents")
    }
    wanted = set()
    for fact in FACTS:
        place = PLACES[fact.id]
        if isinstance(place, Figure):
            codes = {place.indicator, *(code for code, _ in place.beside)}
            about = period_of(fact, head(fact))
            wanted |= {(PATHS[fact.entity], head(fact)["source_id"], code, about) for code in codes}
    assert given == wanted
    assert len(list(observations("documents"))) == len(given)


def _period(said: Statement, observation: dict[str, Any]) -> str:
    period: str = observation.get("period", said.table["effective_from"])
    return period


def test_the_documents_remark_nothing_but_these_facts() -> None:
    remarks = [s for s in all_statements("documents") if not s.values and not s.observations]
    only_cited = [s for s in remarks if "cites" in s.table]
    assert len(remarks) - len(only_cited) == len(
        [place for place in PLACES.values() if isinstance(place, Remark)]
    )
    assert len(only_cited) == 5


def test_communes_concluded_from_names_say_so() -> None:
    found = {
        (f"sites/{said.subject}", said.values["commune_code"])
        for said in statements("sites", "documents")
        if "same name" in said.table.get("note", "") and said.table["date_basis"] == "inferred"
    }
    assert found == INFERRED_COMMUNES
