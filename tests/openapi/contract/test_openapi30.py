"""Saying OpenAPI 3.1 in OpenAPI 3.0."""

import copy
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from openapi.contract.openapi30 import as_openapi_30
from tests.openapi.contract.mutations import DOCUMENT, in_each_schema


def said(schema: Any) -> Any:
    """Return a schema of the document in OpenAPI 3.0."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"One": schema}},
    }
    return as_openapi_30(document)["components"]["schemas"]["One"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        (
            {"type": ["string", "null"], "enum": ["a"]},
            {"type": "string", "enum": ["a", None], "nullable": True},
        ),
        (
            {"type": ["string", "integer"], "title": "T"},
            {"title": "T", "anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        (
            {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}], "title": "T"},
            {"type": "string", "maxLength": 5, "title": "T", "nullable": True},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {
                "anyOf": [
                    {"type": "string"},
                    {"type": "integer"},
                    {"enum": [None], "nullable": True},
                ],
                "nullable": True,
            },
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/One"}, {"type": "null"}]},
            {
                "anyOf": [{"$ref": "#/components/schemas/One"}, {"enum": [None], "nullable": True}],
                "nullable": True,
            },
        ),
        (
            {"$ref": "#/components/schemas/One", "description": "D", "default": "a"},
            {
                "allOf": [{"$ref": "#/components/schemas/One"}],
                "description": "D",
                "default": "a",
            },
        ),
        ({"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/One"}),
        (
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 9},
            {
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 9,
                "exclusiveMaximum": True,
            },
        ),
        (
            {"type": "number", "minimum": 5, "exclusiveMinimum": 0},
            {"type": "number", "minimum": 5},
        ),
        ({"type": "string", "const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        (
            {"type": "string", "contentMediaType": "image/png"},
            {"type": "string", "format": "binary"},
        ),
        (
            {"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"},
            {"type": "string", "format": "byte"},
        ),
        ({"type": "null"}, {"enum": [None], "nullable": True}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        ({"type": "array", "items": True}, {"type": "array", "items": {}}),
        (False, {"not": {}}),
        (
            {
                "type": "object",
                "properties": {"const": {"const": 1}},
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"const": {"enum": [1]}},
                "additionalProperties": False,
            },
        ),
        (
            {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
            {"type": "object", "additionalProperties": {"type": "number", "nullable": True}},
        ),
        (
            {"type": "string", "default": {"const": 1}, "enum": ["const"]},
            {"type": "string", "default": {"const": 1}, "enum": ["const"]},
        ),
    ],
)
def test_each_word_has_its_words_in_openapi_30(schema: Any, expected: Any) -> None:
    before = copy.deepcopy(schema)
    assert said(schema) == expected
    assert schema == before


@pytest.mark.parametrize("word", ["prefixItems", "if", "patternProperties", "$defs"])
def test_what_cannot_be_said_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=rf"One/properties/x/{word.replace('$', '.')}: "):
        said({"type": "object", "properties": {"x": {word: {}}}})


@pytest.mark.parametrize("holder", ["webhooks", "pathItems"])
def test_webhooks_and_shared_paths_are_refused(holder: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    (document if holder == "webhooks" else document["components"])[holder] = {"x": {"get": {}}}
    with pytest.raises(ValueError, match=holder):
        as_openapi_30(document)


def test_what_is_no_schema_keeps_its_words() -> None:
    examples = {"one": {"summary": "S", "value": {"const": 1, "type": ["a"]}}}
    content = {"application/json": {"schema": {"const": 1}, "examples": examples}}
    answers = {"200": {"$ref": "#/components/responses/R", "description": "beside"}}
    document = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "T",
            "version": "1",
            "summary": "Short.",
            "description": "Long.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {"/examples": {"get": {"responses": answers}}},
        "components": {"responses": {"R": {"description": "D", "content": content}}},
    }
    assert as_openapi_30(document) == {
        "openapi": "3.0.3",
        "info": {
            "title": "T",
            "version": "1",
            "description": "Short.\n\nLong.",
            "license": {"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"},
        },
        "paths": {
            "/examples": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}
        },
        "components": {
            "responses": {
                "R": {
                    "description": "D",
                    "content": {
                        "application/json": {"schema": {"enum": [1]}, "examples": examples}
                    },
                }
            }
        },
    }


def test_a_named_schema_or_null_says_its_type() -> None:
    older = as_openapi_30(DOCUMENT)["components"]["schemas"]
    status = older["SiteValues"]["properties"]["clearance_status"]
    assert status["anyOf"] == [
        {"$ref": "#/components/schemas/ClearanceStatus"},
        {"type": "string", "enum": [None], "nullable": True},
    ]
    assert (status["type"], status["nullable"]) == ("string", True)


def test_both_documents_fit_the_official_schemas() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()
    OpenAPIV30SpecValidator(as_openapi_30(DOCUMENT)).validate()


def test_nothing_of_the_document_gets_lost() -> None:
    older = as_openapi_30(DOCUMENT)
    assert set(older["components"]["schemas"]) == set(DOCUMENT["components"]["schemas"])
    for path, methods in DOCUMENT["paths"].items():
        for method, one in methods.items():
            other = older["paths"][path][method]
            assert other.keys() == one.keys()
            assert other["responses"].keys() == one["responses"].keys()
            assert [p["name"] for p in other.get("parameters", ())] == [
                p["name"] for p in one.get("parameters", ())
            ]


def test_no_word_of_openapi_31_is_left() -> None:
    older = as_openapi_30(DOCUMENT)
    for pointer, schema in in_each_schema(older):
        assert not schema.keys() & {"const", "contentMediaType", "contentEncoding"}, pointer
        assert schema["type"] != "null", pointer
        assert isinstance(schema.get("exclusiveMinimum", True), bool), pointer
