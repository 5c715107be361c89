"""What every operation of the OpenAPI document must say; what is missing is named."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.operations import DOCUMENT

TAGS = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
# A workbook is no text that could be shown.
NOT_SHOWN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
SHORT = {"livez", "readyz"}
"""Operations of one word; all others are named by a verb and what it is done to."""


def all_operations(document: Any) -> list[Any]:
    return [one for methods in document["paths"].values() for one in methods.values()]


def missing(document: Any) -> list[str]:
    """Say of each operation what it lacks."""
    return [
        f"{operation['operationId']}: {lack}"
        for operation in all_operations(document)
        for lack in lacks(operation)
    ]


def lacks(operation: Any) -> Iterator[str]:
    for name in ("summary", "description"):
        if not operation.get(name):
            yield f"no {name}"
    if len(operation["tags"]) != 1 or operation["tags"][0] not in TAGS:
        yield "not one tag that is described"
    if "_" not in operation["operationId"] and operation["operationId"] not in SHORT:
        yield "no operationId of a verb and a noun"
    yield from request_lacks(operation)
    for status, answer in operation["responses"].items():
        yield from (f"{status}: {lack}" for lack in answer_lacks(status, answer))


def request_lacks(operation: Any) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description"):
            yield f"no description of {parameter['name']}"
        if parameter["in"] == "path" and "example" not in parameter:
            yield f"no example of {parameter['name']}"
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if "example" not in content:
            yield f"no example of a body ({media_type})"


def answer_lacks(status: str, answer: Any) -> Iterator[str]:
    if not answer.get("description"):
        yield "no description"
    if status == "304":
        if "content" in answer:
            yield "a body"
    elif not status.startswith("2"):
        if answer.get("content") != PROBLEM:
            yield "not a problem document"
    elif len(answer["content"]) != 1:
        yield "not one media type"
    elif "example" not in next(iter(answer["content"].values())) and [*answer["content"]] != [
        NOT_SHOWN
    ]:
        yield "no example"


def test_no_operation_lacks_anything() -> None:
    assert not missing(DOCUMENT)


def without(name: str) -> Callable[[Any], Any]:
    return lambda operation: operation.pop(name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without("summary"), "no summary"),
        (without("description"), "no description"),
        (lambda o: o["tags"].append("sites"), "not one tag that is described"),
        pytest.param(
            lambda o: o.update(tags=["else"]), "not one tag that is described", id="unknown tag"
        ),
        (lambda o: o.update(operationId="read"), "no operationId of a verb and a noun"),
        (lambda o: o["parameters"][0].pop("description"), "no description of site_id"),
        (lambda o: o["parameters"][0].pop("example"), "no example of site_id"),
        (
            lambda o: o.update(requestBody={"content": {"application/json": {}}}),
            "no example of a body (application/json)",
        ),
        (lambda o: o["responses"]["404"].pop("content"), "404: not a problem document"),
        (lambda o: o["responses"]["default"].pop("content"), "default: not a problem document"),
        (
            lambda o: o["responses"].update({"304": {"description": "D", "content": PROBLEM}}),
            "304: a body",
        ),
        (lambda o: o["responses"]["200"]["content"].update(PROBLEM), "200: not one media type"),
        (
            lambda o: o["responses"]["200"]["content"]["application/json"].pop("example"),
            "200: no example",
        ),
    ],
)
def test_what_is_missing_is_told(change: Callable[[Any], Any], told: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    operation = document["paths"]["/v1/sites/{site_id}"]["get"]
    change(operation)
    assert missing(document) == [f"{operation['operationId']}: {told}"]


def test_operations_are_named_once_and_by_their_function() -> None:
    names = [operation["operationId"] for operation in all_operations(DOCUMENT)]
    assert len(names) == len(set(names)) > 50
    assert all(name.isidentifier() and name.islower() for name in names)


def test_every_tag_is_used() -> None:
    assert {tag for one in all_operations(DOCUMENT) for tag in one["tags"]} == TAGS


def test_reads_are_not_refused_for_a_body_and_writes_can_be() -> None:
    for methods in DOCUMENT["paths"].values():
        for method, operation in methods.items():
            assert ("422" in operation["responses"]) is (method != "get")


def test_the_document_says_whose_it_is_and_where_it_holds() -> None:
    info = DOCUMENT["info"]
    assert info["license"] == {"name": "MIT", "identifier": "MIT"}
    assert info["contact"] == {"name": "The industrial cluster registry contributors"}
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/"]
