"""The rules of compatibility, by breaking the real document in one way after the other."""

import copy
import json
from typing import Any

import pytest

from openapi.contract.compatibility import breaks
from tests.openapi.contract.mutations import (
    DOCUMENT,
    Mutate,
    in_each_schema,
    member,
    mutated,
    operation,
    parameter,
    schema,
)

SITES = "#/paths/~1v1~1sites"
SCHEMAS = "#/components/schemas"


def renamed(holder: Any, old: str, new: str) -> None:
    holder[new] = holder.pop(old)


def limit(document: Any) -> Any:
    return parameter(document, "limit")["schema"]


def hectares(document: Any) -> Any:
    return member(document, "SiteValues", "area_ha")["anyOf"][0]


def answer(document: Any, name: str, status: str) -> Any:
    return operation(document, name)["responses"][status]


def required_header(document: Any) -> Any:
    return answer(document, "register_site", "201")["headers"]["Location"]


def add_parameter(document: Any, **more: Any) -> None:
    new = {"name": "new", "in": "query", "schema": {"type": "string"}, **more}
    operation(document, "list_sites")["parameters"].append(new)


def add_member(document: Any, of: str, *, required: bool) -> None:
    schema(document, of)["properties"]["new"] = {"type": "string"}
    if required:
        schema(document, of)["required"].append("new")


BREAKING: dict[str, tuple[Mutate, str, str]] = {
    "path removed": (lambda d: d["paths"].pop("/v1/sites"), SITES, "was removed"),
    "path renamed": (
        lambda d: renamed(d["paths"], "/v1/sites", "/v1/places"),
        SITES,
        "/v1/sites was removed",
    ),
    "path parameter renamed": (
        lambda d: renamed(d["paths"], "/v1/sites/{site_id}", "/v1/sites/{id}"),
        f"{SITES}~1{{site_id}}",
        "was removed",
    ),
    "operation removed": (
        lambda d: d["paths"]["/v1/sites"].pop("post"),
        f"{SITES}/post",
        "POST /v1/sites was removed",
    ),
    "method changed": (
        lambda d: renamed(d["paths"]["/v1/sites/{site_id}"], "patch", "put"),
        f"{SITES}~1{{site_id}}/patch",
        "was removed",
    ),
    "operationId changed": (
        lambda d: operation(d, "list_sites").update(operationId="get_sites"),
        f"{SITES}/get/operationId",
        "list_sites became get_sites",
    ),
    "tag changed": (
        lambda d: operation(d, "list_sites").update(tags=["places"]),
        f"{SITES}/get/tags",
        "sites became places",
    ),
    "parameter removed": (
        lambda d: operation(d, "list_sites")["parameters"].remove(parameter(d, "limit")),
        f"{SITES}/get/parameters",
        "query parameter limit was removed",
    ),
    "parameter renamed": (
        lambda d: parameter(d, "limit").update(name="size"),
        f"{SITES}/get/parameters",
        "query parameter limit was removed",
    ),
    "parameter moved": (
        lambda d: parameter(d, "limit").update({"in": "header"}),
        f"{SITES}/get/parameters",
        "query parameter limit was removed",
    ),
    "parameter required": (
        lambda d: parameter(d, "limit").update(required=True),
        f"{SITES}/get/parameters",
        "limit is required now",
    ),
    "required parameter added": (
        lambda d: add_parameter(d, required=True),
        f"{SITES}/get",
        "new query parameter new is required",
    ),
    "parameter written otherwise": (
        lambda d: parameter(d, "kind").update(style="form", explode=False),
        f"{SITES}/get/parameters",
        "another way",
    ),
    "parameter in another media type": (
        lambda d: parameter(d, "limit").update(
            content={"application/json": {"schema": parameter(d, "limit").pop("schema")}}
        ),
        f"{SITES}/get/parameters",
        "another media type",
    ),
    "default of a parameter changed": (
        lambda d: limit(d).update(default=20),
        f"{SITES}/get/parameters",
        "50 was meant, and 20",
    ),
    "maximum of a parameter lowered": (
        lambda d: limit(d).update(maximum=500),
        f"{SITES}/get/parameters",
        "maximum was 1000 and is 500",
    ),
    "minimum of a parameter raised": (
        lambda d: limit(d).update(minimum=2),
        f"{SITES}/get/parameters",
        "minimum was 1 and is 2",
    ),
    "minimum of a parameter left out": (
        lambda d: renamed(limit(d), "minimum", "exclusiveMinimum"),
        f"{SITES}/get/parameters",
        "minimum was 1 and is 1 (excluded)",
    ),
    "type of a parameter changed": (
        lambda d: limit(d).update(type="string"),
        f"{SITES}/get/parameters",
        "type integer is no longer taken",
    ),
    "steps in a parameter": (
        lambda d: limit(d).update(multipleOf=10),
        f"{SITES}/get/parameters",
        "multipleOf was absent and is 10",
    ),
    "body required": (
        lambda d: operation(d, "list_sites").update(
            requestBody={"required": True, "content": {"application/json": {}}}
        ),
        f"{SITES}/get/requestBody",
        "body is required",
    ),
    "body removed": (
        lambda d: operation(d, "register_site").pop("requestBody"),
        f"{SITES}/post/requestBody",
        "No body is taken",
    ),
    "media type of a body removed": (
        lambda d: renamed(
            operation(d, "patch_site")["requestBody"]["content"],
            "application/merge-patch+json",
            "application/json",
        ),
        f"{SITES}~1{{site_id}}/patch/requestBody/content/application~1merge-patch+json",
        "taken no longer",
    ),
    "member taken removed": (
        lambda d: schema(d, "SiteValues")["properties"].pop("address"),
        f"{SCHEMAS}/SiteValues/properties/address",
        "address was removed",
    ),
    "member taken renamed": (
        lambda d: renamed(schema(d, "SiteValues")["properties"], "address", "place"),
        f"{SCHEMAS}/SiteValues/properties/address",
        "address was removed",
    ),
    "required member added": (
        lambda d: add_member(d, "SiteRegistration", required=True),
        f"{SCHEMAS}/SiteRegistration/properties/new",
        "new is required",
    ),
    "member taken required": (
        lambda d: schema(d, "SourceRegistration")["required"].append("url"),
        f"{SCHEMAS}/SourceRegistration/properties/url",
        "url is required",
    ),
    "default of a member changed": (
        lambda d: member(d, "SiteRegistration", "basis").update(default="plan"),
        f"{SCHEMAS}/SiteRegistration/properties/basis",
        "'actual' was meant, and 'plan'",
    ),
    "null no longer taken": (
        lambda d: member(d, "SiteValues", "area_ha")["anyOf"].pop(),
        f"{SCHEMAS}/SiteValues/properties/area_ha",
        "type null is no longer taken",
    ),
    "number narrowed to integer": (
        lambda d: hectares(d).update(type="integer"),
        f"{SCHEMAS}/SiteValues/properties/area_ha",
        "type number is no longer taken",
    ),
    "exclusive minimum raised": (
        lambda d: hectares(d).update(exclusiveMinimum=1),
        f"{SCHEMAS}/SiteValues/properties/area_ha/anyOf/0",
        "minimum was 0.0001 and is 1 (excluded)",
    ),
    "length shortened": (
        lambda d: member(d, "SourceRegistration", "title").update(maxLength=100),
        f"{SCHEMAS}/SourceRegistration/properties/title",
        "maxLength was 500 and is 100",
    ),
    "least length": (
        lambda d: member(d, "SourceRegistration", "title").update(minLength=3),
        f"{SCHEMAS}/SourceRegistration/properties/title",
        "minLength was absent and is 3",
    ),
    "words taken besides another pattern": (
        lambda d: member(d, "SourceRegistration", "id").update(pattern="^([a-z]+|null)$"),
        f"{SCHEMAS}/SourceRegistration/properties/id",
        "pattern was",
    ),
    "pattern changed": (
        lambda d: member(d, "SourceRegistration", "id").update(pattern="^[a-z]+$"),
        f"{SCHEMAS}/SourceRegistration/properties/id",
        "pattern was",
    ),
    "format added": (
        lambda d: member(d, "SourceRegistration", "title").update(format="uri"),
        f"{SCHEMAS}/SourceRegistration/properties/title",
        "format was absent and is uri",
    ),
    "number of items lowered": (
        lambda d: member(d, "SiteRegistration", "cites")["anyOf"][0].update(maxItems=10),
        f"{SCHEMAS}/SiteRegistration/properties/cites/anyOf/0",
        "maxItems was 50 and is 10",
    ),
    "items shortened": (
        lambda d: member(d, "SiteRegistration", "cites")["anyOf"][0]["items"].update(maxLength=9),
        f"{SCHEMAS}/SiteRegistration/properties/cites/anyOf/0/items",
        "maxLength was 100 and is 9",
    ),
    "code removed": (
        lambda d: schema(d, "SiteKind")["enum"].remove("zone"),
        f"{SCHEMAS}/SiteKind",
        "'zone' was removed",
    ),
    "code renamed": (
        lambda d: schema(d, "SiteKind").update(enum=["kcn", "cluster", "craft_village"]),
        f"{SCHEMAS}/SiteKind",
        "'zone' was removed",
    ),
    "text limited to codes": (
        lambda d: member(d, "SourceRegistration", "title").update(enum=["A", "B"]),
        f"{SCHEMAS}/SourceRegistration/properties/title",
        "Only these are taken",
    ),
    "one of a choice removed": (
        lambda d: schema(d, "Geometry")["oneOf"].pop(0),
        f"{SCHEMAS}/Point/properties/type",
        "'Point' was removed",
    ),
    "success removed": (
        lambda d: operation(d, "register_site")["responses"].pop("201"),
        f"{SITES}/post/responses/201",
        "201 was removed",
    ),
    "304 removed": (
        lambda d: operation(d, "list_sites")["responses"].pop("304"),
        f"{SITES}/get/responses/304",
        "304 was removed",
    ),
    "media type of an answer removed": (
        lambda d: renamed(
            answer(d, "list_sites", "200")["content"], "application/json", "text/json"
        ),
        f"{SITES}/get/responses/200/content/application~1json",
        "answered no longer",
    ),
    "header of an answer removed": (
        lambda d: answer(d, "register_site", "201")["headers"].pop("Location"),
        f"{SITES}/post/responses/201/headers/Location",
        "Location was removed",
    ),
    "header no longer always there": (
        lambda d: required_header(d).pop("required"),
        f"{SITES}/post/responses/201/headers/Location",
        "no longer always there",
    ),
    "member answered removed": (
        lambda d: schema(d, "SiteDetail")["properties"].pop("area_ha"),
        f"{SCHEMAS}/SiteDetail/properties/area_ha",
        "area_ha was removed",
    ),
    "member answered not always there": (
        lambda d: schema(d, "SitePage")["required"].remove("revision"),
        f"{SCHEMAS}/SitePage/properties/revision",
        "revision is no longer always there",
    ),
    "null answered": (
        lambda d: member(d, "SitePage", "revision").update(type=["integer", "null"]),
        f"{SCHEMAS}/SitePage/properties/revision",
        "type null can now be answered",
    ),
    "integer answered became number": (
        lambda d: member(d, "SitePage", "revision").update(type="number"),
        f"{SCHEMAS}/SitePage/properties/revision",
        "type number can now be answered",
    ),
    "format answered dropped": (
        lambda d: member(d, "SitePage", "as_of").pop("format"),
        f"{SCHEMAS}/SitePage/properties/as_of",
        "format was date and is absent",
    ),
    "codes answered became text": (
        lambda d: schema(d, "Stage").pop("enum"),
        f"{SCHEMAS}/Stage",
        "no longer one of a list",
    ),
    "code answered removed": (
        lambda d: schema(d, "Stage")["enum"].remove("closed"),
        f"{SCHEMAS}/Stage",
        "'closed' was removed",
    ),
    "problem lost a member": (
        lambda d: schema(d, "Problem")["properties"].pop("errors"),
        f"{SCHEMAS}/Problem/properties/errors",
        "errors was removed",
    ),
    "credentials asked for": (
        lambda d: operation(d, "list_sites").update(security=[{"key": []}]),
        f"{SITES}/get/security",
        "no credentials is no longer let in",
    ),
}

HARMLESS: dict[str, Mutate] = {
    "path added": lambda d: d["paths"].update({"/v2": {"get": operation(d, "livez")}}),
    "optional parameter added": add_parameter,
    "parameter order": lambda d: operation(d, "list_sites")["parameters"].reverse(),
    "member answered added": lambda d: add_member(d, "SitePage", required=True),
    "optional member taken added": lambda d: add_member(d, "SiteRegistration", required=False),
    "member taken no longer required": lambda d: schema(d, "SourceRegistration")["required"].remove(
        "title"
    ),
    "member always answered": lambda d: schema(d, "Problem")["required"].append("errors"),
    "bounds widened": lambda d: limit(d).update(maximum=2000, minimum=0),
    "length no longer limited": lambda d: member(d, "SourceRegistration", "title").pop("maxLength"),
    "format taken dropped": lambda d: parameter(d, "as_of")["schema"].pop("format"),
    "integer taken became number": lambda d: limit(d).update(type="number"),
    "null taken as well": lambda d: member(d, "SourceRegistration", "title").update(
        type=["string", "null"]
    ),
    "null no longer answered": lambda d: member(d, "SitePage", "next_cursor").update(
        anyOf=[{"type": "string"}]
    ),
    "words taken besides a pattern": lambda d: schema(d, "SourceRegistration")["properties"][
        "id"
    ].update(pattern="^([a-z0-9]+(-[a-z0-9]+)*|null|not_null)$"),
    "code added": lambda d: schema(d, "SiteKind")["enum"].append("park"),
    "success added": lambda d: operation(d, "list_sites")["responses"].update({"206": {}}),
    "problem added": lambda d: operation(d, "list_sites")["responses"].update({"418": {}}),
    "media type added": lambda d: answer(d, "list_sites", "200")["content"].update({"a/b": {}}),
    "texts": lambda d: operation(d, "list_sites").update(summary="S", description="D"),
    "null in another spelling": lambda d: member(d, "SitePage", "next_cursor").update(
        anyOf=[{"type": "null"}, {"type": "string"}]
    ),
    "a reference written out": lambda d: (
        member(d, "SiteRegistration", "values").update(schema(d, "SiteValues"))
        or member(d, "SiteRegistration", "values").pop("$ref")
    ),
    "deprecated": lambda d: operation(d, "list_sites").update(deprecated=True),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_is_told(name: str) -> None:
    mutate, pointer, text = BREAKING[name]
    found = breaks(DOCUMENT, mutated(mutate))
    assert any(one.pointer.startswith(pointer) and text in one.text for one in found), found


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_nothing_is_let_pass(name: str) -> None:
    document = mutated(HARMLESS[name])
    assert document != DOCUMENT
    assert breaks(DOCUMENT, document) == []


def test_the_document_keeps_its_own_promises() -> None:
    assert breaks(DOCUMENT, copy.deepcopy(DOCUMENT)) == []


def test_members_that_are_not_listed_are_no_longer_taken() -> None:
    released = mutated(lambda d: schema(d, "SiteRegistration").pop("additionalProperties"))
    assert [one.pointer for one in breaks(released, DOCUMENT)] == [
        f"{SCHEMAS}/SiteRegistration/additionalProperties"
    ]


@pytest.mark.parametrize(
    ("loosen", "word"),
    [
        (lambda d: member(d, "SourceRegistration", "title").pop("pattern"), "pattern"),
        (
            lambda d: member(d, "SiteRegistration", "cites")["anyOf"][0].pop("uniqueItems"),
            "uniqueItems",
        ),
    ],
    ids=["pattern", "uniqueItems"],
)
def test_a_limit_where_there_was_none_is_told(loosen: Mutate, word: str) -> None:
    found = breaks(mutated(loosen), DOCUMENT)
    assert found
    assert all(f"{word} was absent and is " in one.text for one in found)


def secured(*ways: Any) -> Any:
    """Return the document with the same ways of being let in everywhere."""
    document = mutated(lambda d: d.update(security=list(ways)))
    for item in document["paths"].values():
        for one in item.values():
            one.pop("security", None)
    return document


def test_a_scheme_that_is_let_in_may_not_be_dropped_and_another_may_come() -> None:
    keyed, opened = secured({"key": ["write"]}), secured()
    either, token = secured({"token": []}, {"key": []}), secured({"token": []})
    assert breaks(keyed, either) == []
    assert breaks(keyed, opened) == []
    assert {one.text for one in breaks(either, token)} == {
        "A request with key is no longer let in."
    }
    assert len(breaks(opened, keyed)) == sum(len(item) for item in DOCUMENT["paths"].values())


def test_a_server_that_is_gone_is_told() -> None:
    served = mutated(lambda d: d.update(servers=[{"url": "/api"}]))
    other = mutated(lambda d: d.update(servers=[{"url": "/"}]))
    assert [one.text for one in breaks(served, other)] == ["The server /api was removed."]


# Everywhere at once: what is true of one parameter, member or list is true of each.


def test_each_parameter_that_is_gone_is_told() -> None:
    document = copy.deepcopy(DOCUMENT)
    parameters = 0
    for item in document["paths"].values():
        for one in item.values():
            parameters += len(one.pop("parameters", ()))
    found = [one for one in breaks(DOCUMENT, document) if "/parameters/" in one.pointer]
    assert len(found) == parameters > 100


def test_each_member_that_is_gone_is_told() -> None:
    """But for those that lead to others, which could not be compared without them."""
    document = copy.deepcopy(DOCUMENT)
    members = set()
    for pointer, one in in_each_schema(document):
        known = one.get("properties", {})
        for name in [name for name in known if "$ref" not in json.dumps(known[name])]:
            del known[name]
            members.add(f"{pointer}/properties/{name}")
    found = {one.pointer for one in breaks(DOCUMENT, document) if "removed" in one.text}
    assert len(members) > 500
    assert found >= members


def test_each_code_that_is_gone_is_told() -> None:
    document = copy.deepcopy(DOCUMENT)
    lists = set()
    for pointer, one in in_each_schema(document):
        if "enum" in one:
            one["enum"] = one["enum"][1:]
            lists.add(pointer)
    assert {one.pointer for one in breaks(DOCUMENT, document) if "code" in one.text} >= lists
    assert len(lists) > 30


def test_a_named_schema_that_is_renamed_is_told() -> None:
    for name in ("Site", "SiteValues", "Problem", "Stage", "Point"):
        text = json.dumps(DOCUMENT)
        document = json.loads(text.replace(f'{SCHEMAS}/{name}"', f'{SCHEMAS}/Else"'))
        renamed(document["components"]["schemas"], name, "Else")
        assert (f"{SCHEMAS}/{name}", f"The schema {name} was removed") in [
            (pointer, told.partition(":")[0]) for pointer, told in breaks(DOCUMENT, document)
        ]


def test_each_format_that_changes_is_told() -> None:
    document = copy.deepcopy(DOCUMENT)
    formats = set()
    for pointer, one in in_each_schema(document):
        if "format" in one:
            one["format"] = "else"
            formats.add(pointer)
    found = {one.pointer for one in breaks(DOCUMENT, document) if "format was" in one.text}
    assert len(formats) > 100
    assert found == formats


def test_each_type_that_changes_is_told() -> None:
    for kind in ("string", "integer", "number", "boolean", "array", "object"):
        document = copy.deepcopy(DOCUMENT)
        for _, one in in_each_schema(document):
            if one["type"] == kind:
                one["type"] = "else"
        assert any(f"type {kind}" in one.text for one in breaks(DOCUMENT, document)), kind


# Circles and references


def in_a_circle(kind: str) -> Any:
    unit = {
        "type": "object",
        "properties": {
            "name": {"type": kind},
            "parts": {"type": "array", "items": {"$ref": f"{SCHEMAS}/Unit"}},
        },
    }
    content = {"application/json": {"schema": {"$ref": f"{SCHEMAS}/Unit"}}}
    reading = {"operationId": "read", "responses": {"200": {"content": content}}}
    writing = {"operationId": "write", "requestBody": {"$ref": "#/components/requestBodies/Unit"}}
    return {
        "paths": {"/units/{id}": {"get": reading, "post": writing}},
        "components": {"schemas": {"Unit": unit}, "requestBodies": {"Unit": {"content": content}}},
    }


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    assert breaks(in_a_circle("string"), in_a_circle("string")) == []
    assert breaks(in_a_circle("string"), in_a_circle("integer")) == [
        (f"{SCHEMAS}/Unit/properties/name", "A value of type integer can now be answered."),
        (f"{SCHEMAS}/Unit/properties/name", "A value of type string is no longer taken."),
    ]


def test_parameters_of_a_path_and_shared_ones_are_looked_at() -> None:
    released, current = in_a_circle("string"), in_a_circle("string")
    released["paths"]["/units/{id}"]["parameters"] = [{"$ref": "#/components/parameters/page"}]
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    released["components"]["parameters"] = {"page": page}
    assert set(breaks(released, current)) == {
        ("#/components/parameters/page", "The query parameter page was removed.")
    }


def test_a_reference_out_of_the_document_is_refused() -> None:
    document = in_a_circle("string")
    document["paths"]["/units/{id}"]["get"]["responses"]["200"] = {"$ref": "other.json#/x"}
    with pytest.raises(ValueError, match="out of the document"):
        breaks(document, document)


# Choices and compositions


@pytest.mark.parametrize(
    "schema_",
    [
        {"allOf": [{"type": "number", "minimum": 1}, {"maximum": 9}]},
        {"type": "number", "minimum": 1, "allOf": [{"maximum": 9, "minimum": 0}]},
        {"anyOf": [{"type": "number", "minimum": 1}, {"type": "integer", "minimum": 1}]}
        | {"maximum": 9},
    ],
)
def test_compositions_are_compared_by_what_they_take(schema_: Any) -> None:
    def taking(taken: Any) -> Any:
        content = {"application/json": {"schema": taken}}
        return {
            "paths": {"/x": {"post": {"operationId": "x", "requestBody": {"content": content}}}}
        }

    plain = {"type": "number", "minimum": 1, "maximum": 9}
    assert breaks(taking(plain), taking(schema_)) == []
    assert breaks(taking(schema_), taking(plain)) == []
    assert breaks(taking(schema_), taking(plain | {"maximum": 8}))
    assert breaks(taking(plain | {"maximum": 10}), taking(schema_))
