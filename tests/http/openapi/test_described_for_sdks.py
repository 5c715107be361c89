"""What generators of SDKs need of the OpenAPI document, beyond its being right."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.operations import DOCUMENT

PARAMETERS = [
    parameter
    for operations in DOCUMENT["paths"].values()
    for operation in operations.values()
    for parameter in operation.get("parameters", [])
]


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, the schemas among them."""
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for child in part:
            yield from schemas(child)


def test_every_number_has_the_width_that_clients_must_keep() -> None:
    numbers = [s for s in schemas(DOCUMENT) if s.get("type") in ("integer", "number")]
    widths = {(number["type"], number.get("format")) for number in numbers}
    assert widths == {("integer", "int64"), ("number", "double")}


def test_a_reference_of_a_parameter_stands_alone() -> None:
    references = [p["schema"] for p in PARAMETERS if "$ref" in p["schema"]]
    assert {"$ref": "#/components/schemas/Boundaries"} in references
    assert all(set(reference) == {"$ref"} for reference in references)


def test_what_is_taken_when_a_code_is_absent_is_still_said() -> None:
    said = {p["description"] for p in PARAMETERS if p["name"] == "boundaries"}
    assert said == {"By the units of the as_of date, or by today's. When absent: then."}


@pytest.mark.parametrize("path", ["/v1/sites/{site_id}", "/v1/projects/{project_id}"])
def test_a_patch_is_described_with_the_one_media_type_that_it_takes(path: str) -> None:
    content = DOCUMENT["paths"][path]["patch"]["requestBody"]["content"]
    assert list(content) == ["application/merge-patch+json"]


def test_no_schema_is_named_as_what_makes_another_one_in_go() -> None:
    """The function NewKey makes a Key, so that a type NewKey would not compile beside it."""
    names = set(DOCUMENT["components"]["schemas"])
    assert names.isdisjoint({f"New{name}" for name in names})
