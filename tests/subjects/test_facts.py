"""Every fact of the five documents is found through HTTP: what, when, who says so and where."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.core.dates import PartialDate, Period
from app.core.vocabulary import Qualifier
from app.subjects.attributes import UNIT_LEVELS
from tests.support.fact_subjects import COMPANIES, NUMBERED, PATHS
from tests.support.fact_table import CITES, PLACES, cites, head, tellings
from tests.support.facts import (
    Attributes,
    Citation,
    Fact,
    Figure,
    Place,
    holds,
    period_of,
    price_base_of,
    read,
    read_facts,
    same,
    unit_of,
    values_of,
)
from tests.support.registers import get

FACTS = read_facts()
MOST = 1000


def test_every_row_is_walked() -> None:
    assert [fact.id for fact in FACTS] == [f"F{number:03}" for number in range(1, 150)]
    assert PLACES.keys() == {fact.id for fact in FACTS}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
async def test_a_fact_is_found(documents: httpx.AsyncClient, fact: Fact) -> None:
    for path, place in tellings(fact):
        statement = await statement_of(documents, fact, place, path)
        check_head(statement, head(fact))
        if place is PLACES[fact.id]:
            assert statement["cites"] == cites(fact)
        if isinstance(place, Figure):
            await check_figure(documents, fact, place, path, statement)
        elif isinstance(place, Attributes) and not path.startswith("sources/"):
            await check_state(documents, fact, place, path, statement)
        statement.pop("effects", None)
        assert await get(documents, f"/v1/statements/{statement['id']}") == statement


async def statement_of(
    client: httpx.AsyncClient, fact: Fact, place: Place, path: str
) -> dict[str, Any]:
    """Return the one statement about a subject, or that cites a document, that holds the fact."""
    listed = "citations" if isinstance(place, Citation) else "statements"
    page = await get(client, f"/v1/{path}/{listed}", limit=MOST)
    found = [said for said in page["items"] if holds(fact, place, head(fact), said)]
    assert len(found) == 1, [said for said in page["items"] if is_near(fact, said)]
    statement: dict[str, Any] = found[0]
    if not isinstance(place, Citation):
        assert path.endswith(f"s/{statement['subject_id']}")
        assert path.startswith(f"{statement['subject_type']}s/")
    return statement


def is_near(fact: Fact, said: Mapping[str, Any]) -> bool:
    """Tell whether a statement is of the source and line of a fact; shown when none holds it."""
    place = head(fact)
    return (said["source_id"], said["locator"]) == (place["source_id"], place["locator"])


def check_head(statement: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    assert {name: statement[name] for name in wanted} == wanted
    precision = PartialDate.parse(wanted["effective_from"]).precision
    assert statement["effective_precision"] == precision
    assert statement["source_title"]
    assert statement["retraction"] is None


async def check_state(
    client: httpx.AsyncClient,
    fact: Fact,
    place: Attributes,
    path: str,
    statement: Mapping[str, Any],
) -> None:
    """The state of the subject on the day has the values, with the statement as their origin."""
    day = first_day(statement["effective_from"])
    subject = await get(client, f"/v1/{path}", as_of=day)
    origins = await get(client, f"/v1/{path}/provenance", as_of=day)
    decided = {origin["attribute"]: origin["statement_id"] for origin in origins["items"]}
    for name, value in values_of(fact, place.values).items():
        assert same(subject[name], value), name
        # A statement of the commune tells the district as well, and decides both.
        if name not in UNIT_LEVELS:
            is_stated = name in (statement["values"] or {})
            assert decided.get(name) == (statement["id"] if is_stated else None)


async def check_figure(
    client: httpx.AsyncClient,
    fact: Fact,
    place: Figure,
    path: str,
    statement: Mapping[str, Any],
) -> None:
    """The observations of the province on the day have the figure, in its unit and period."""
    observation = await observation_of(client, place.indicator, path, fact, statement)
    reading = place.reading or read(fact)
    assert same(observation[place.member], reading.value)
    if place.member == "value":
        assert observation["unit"] == unit_of(fact)
        assert observation["qualifier"] == reading.qualifier
        assert (reading.qualifier is Qualifier.range) == (observation["value_to"] is not None)
        assert same(observation["value_to"], reading.value_to)
        assert observation["trend"] == place.trend
        assert observation["price_base"] == price_base_of(fact) or price_base_of(fact) is None
    else:
        assert unit_of(fact) == "pct"
    for (code, member), text in place.beside.items():
        beside = await observation_of(client, code, path, fact, statement)
        assert str(beside[member]) == text


async def observation_of(
    client: httpx.AsyncClient,
    indicator: str,
    path: str,
    fact: Fact,
    statement: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the observation of an indicator that a statement gives for the period of a fact."""
    day = first_day(statement["effective_from"])
    page = await get(client, f"/v1/{path}/observations", as_of=day, indicator=indicator, limit=MOST)
    period = period_of(fact, head(fact))
    found = [
        observation
        for observation in page["items"]
        if (observation["statement_id"], observation["period"]) == (statement["id"], period)
    ]
    assert len(found) == 1, page["items"]
    observation: dict[str, Any] = found[0]
    assert observation["in_force"]
    for name in ("source_id", "basis", "effective_from", "date_basis"):
        assert observation[name] == statement[name]
    assert observation["period_from"] == Period.parse(period).first_day.isoformat()
    assert observation["period_to"] == Period.parse(period).last_day.isoformat()
    return observation


def first_day(effective_from: str) -> str:
    return PartialDate.parse(effective_from).first_day.isoformat()


@pytest.mark.parametrize("entity", [e for e, p in PATHS.items() if not p.startswith("sources/")])
async def test_a_subject_is_called_as_in_the_facts(
    documents: httpx.AsyncClient, entity: str
) -> None:
    subject = await get(documents, f"/v1/{PATHS[entity]}", as_of="2025-01-31")
    assert subject["name"].casefold() in entity.casefold()


@pytest.mark.parametrize("entity", [e for e, p in PATHS.items() if p.startswith("sources/")])
async def test_a_document_is_called_as_in_the_facts(
    documents: httpx.AsyncClient, entity: str
) -> None:
    path = PATHS[entity]
    source = await get(documents, f"/v1/{path}")
    assert entity.startswith(source["title"])
    number, published_on, issuer_id = NUMBERED.get(path, (None, None, source["issuer_id"]))
    assert (source["number"], source["published_on"]) == (number, published_on)
    assert source["issuer_id"] == issuer_id


@pytest.mark.parametrize("cited", sorted(set(CITES.values())))
async def test_a_document_lists_the_statements_that_cite_it(
    documents: httpx.AsyncClient, cited: str
) -> None:
    page = await get(documents, f"/v1/sources/{cited}/citations", limit=MOST)
    facts = [fact for fact in FACTS if CITES.get(fact.id) == cited]
    for said in page["items"]:
        assert any(holds(fact, PLACES[fact.id], head(fact), said) for fact in facts), said
    assert page["next_cursor"] is None


@pytest.mark.parametrize("organization", COMPANIES)
async def test_an_organization_is_called_as_in_the_facts(
    documents: httpx.AsyncClient, organization: str
) -> None:
    found = await get(documents, f"/v1/organizations/{organization}")
    assert found["name"] == COMPANIES[organization]
