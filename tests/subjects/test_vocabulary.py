"""The vocabulary over HTTP: code lists with labels, and the attributes."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args

import httpx
import pytest

from app.core.labels import CODE_LISTS
from app.core.vocabulary import SubjectType
from app.subjects import schemas
from app.subjects.schemas import DocumentValues, Values
from tests.core.code_types import VOCABULARY, codes_of, snake_case
from tests.support.http import as_problem, refused
from tests.support.operations import DOCUMENT
from tests.support.registers import get

SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
ENUMERATIONS = {name: schema["enum"] for name, schema in SCHEMAS.items() if "enum" in schema}
CODE_MEMBERS = {"code", "label_vi", "label_en", "description", "legal_source"}

VALUES: dict[str, type[Values]] = {
    "site": schemas.SCHEMAS[SubjectType.site].values,
    "project": schemas.SCHEMAS[SubjectType.project].values,
    "source": DocumentValues,
}


def enumerations(schema: Any) -> Iterator[list[str]]:
    """Give every enumeration of the document, named or not."""
    if isinstance(schema, list):
        for item in schema:
            yield from enumerations(item)
    elif isinstance(schema, dict):
        if "enum" in schema:
            yield schema["enum"]
        for item in schema.values():
            yield from enumerations(item)


# The document


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_an_enumeration_of_the_document_is_the_list_of_its_name(name: str) -> None:
    assert codes_of(snake_case(name)) == ENUMERATIONS[name]


def test_the_document_has_no_other_enumerations() -> None:
    found = list(enumerations(DOCUMENT))
    assert {"zone", "cluster", "craft_village"} in [set(codes) for codes in found]
    lists = [codes_of(name + end) for name in CODE_LISTS for end in ("", "_filter")]
    # Answers about a file name attributes, which have a list of their own: /v1/attributes.
    others = [codes for codes in found if codes not in lists and "area_ha" not in codes]
    assert others == []


def test_every_list_is_a_type_of_the_document_or_of_the_register() -> None:
    described = {snake_case(name).removesuffix("_filter") for name in ENUMERATIONS}
    others = {snake_case(codes.__name__) for codes in VOCABULARY}
    assert set(CODE_LISTS) - described - others == {"unit"}


# The code lists


async def test_all_lists_are_answered_at_once(client: httpx.AsyncClient) -> None:
    page = await get(client, "/v1/vocabulary")
    assert page.keys() == {"items", "next_cursor"}
    assert page["next_cursor"] is None
    assert [item["name"] for item in page["items"]] == list(CODE_LISTS)
    for item in page["items"]:
        assert item.keys() == {"name", "title_vi", "title_en", "codes"}
        assert all(code.keys() == CODE_MEMBERS for code in item["codes"])
        assert [code["code"] for code in item["codes"]] == codes_of(item["name"])
        assert item == await get(client, f"/v1/vocabulary/{item['name']}")


async def test_one_list(client: httpx.AsyncClient) -> None:
    assert await get(client, "/v1/vocabulary/price_base") == {
        "name": "price_base",
        "title_vi": "Giá dùng để tính",
        "title_en": "Price base",
        "codes": [
            {
                "code": "current",
                "label_vi": "Giá hiện hành",
                "label_en": "Current prices",
                "description": "Prices of the period itself.",
                "legal_source": None,
            },
            {
                "code": "constant_2010",
                "label_vi": "Giá so sánh 2010",
                "label_en": "Constant prices of 2010",
                "description": "Growth in volume is counted at these.",
                "legal_source": "Thông tư 02/2012/TT-BKHĐT",
            },
        ],
    }


@pytest.mark.parametrize("name", ["ClearanceStatus", "clearance-status", "kind", "null", "%20"])
async def test_an_unknown_list_is_told_which_there_are(
    client: httpx.AsyncClient, name: str
) -> None:
    problem = await refused(client, "GET", f"/v1/vocabulary/{name}", 404)
    assert problem["type"] == "/problems/not-found"
    assert all(f" {known}" in problem["detail"] for known in CODE_LISTS)


async def test_no_parameters_are_taken(client: httpx.AsyncClient) -> None:
    for path in ("/v1/vocabulary", "/v1/vocabulary/stage", "/v1/attributes"):
        as_problem(await client.get(f"{path}?limit=10"), 400)


# The attributes


async def attributes(client: httpx.AsyncClient, subject_type: str) -> dict[str, Any]:
    page = await get(client, "/v1/attributes")
    assert page.keys() == {"items", "next_cursor"}
    assert page["next_cursor"] is None
    return {i["name"]: i for i in page["items"] if i["subject_type"] == subject_type}


async def test_the_attributes_of_a_site_are_those_that_can_be_stated(
    client: httpx.AsyncClient,
) -> None:
    for subject, values in VALUES.items():
        assert list(await attributes(client, subject)) == list(values.model_fields)
    found = await attributes(client, "site")
    assert found["leased_ha"] == {
        "subject_type": "site",
        "name": "leased_ha",
        "type": "hectares",
        "unit": "ha",
        "code_list": None,
        "meaning": "Leased land, hectares (diện tích đã cho thuê)",
        "foreseeable": False,
        "kinds": ["zone", "cluster", "craft_village"],
        "clearable": True,
    }
    assert found["craft"]["kinds"] == ["craft_village"]
    assert (found["name"]["foreseeable"], found["name"]["clearable"]) == (True, False)
    units = {name: found[name]["unit"] for name in ("stated_occupancy_pct", "clearance_phase")}
    assert units == {"stated_occupancy_pct": "pct", "clearance_phase": "count"}
    assert found["expected_operation"]["unit"] is None


async def test_an_attribute_names_the_list_of_the_codes_that_are_accepted(
    client: httpx.AsyncClient,
) -> None:
    for subject, values in VALUES.items():
        found = await attributes(client, subject)
        accepted = {
            name: snake_case(member.__name__)
            for name, field in values.model_fields.items()
            for member in get_args(field.annotation)
            if isinstance(member, type) and issubclass(member, StrEnum)
        }
        assert accepted
        assert {name: i["code_list"] for name, i in found.items() if i["code_list"]} == accepted
        assert set(accepted.values()) <= set(CODE_LISTS)
