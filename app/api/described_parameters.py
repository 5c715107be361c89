"""What the framework cannot say of parameters in a way that SDK generators read."""

from collections.abc import Iterator
from typing import Any


def describe_parameters(document: dict[str, Any]) -> None:
    """Refer to code lists by name alone; what is taken when absent goes into the description.

    A reference may have members beside it since OpenAPI 3.1, but some generators then lose the
    type of the parameter.
    """
    for parameter in _parameters(document):
        schema = parameter["schema"]
        if "$ref" not in schema:
            continue
        parameter["schema"] = {"$ref": schema["$ref"]}
        if "default" in schema:
            said = [parameter.get("description"), f"When absent: {schema['default']}."]
            parameter["description"] = " ".join(filter(None, said))


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from operation.get("parameters", [])
