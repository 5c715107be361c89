"""Parameters in the OpenAPI document as they can be sent, which the framework says too widely."""

from typing import Any

_NULL = {"type": "null"}


def describe_parameters(document: dict[str, Any]) -> None:
    """Leave out null, which no query and no header has: it would be the text ``null``.

    A patch must name the state that its client has seen; that a missing one is answered with 428,
    and not with 400 as other parameters are, is why the route reads it as optional.
    """
    for path in document["paths"].values():
        for method, operation in path.items():
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _without_null(parameter["schema"])
                if method == "patch" and parameter["name"] == "If-Match":
                    parameter["required"] = True


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices: list[dict[str, Any]] = schema.get("anyOf", [])
    choices = [choice for choice in choices if choice != _NULL]
    if len(choices) != 1:
        return schema
    return choices[0] | {name: value for name, value in schema.items() if name != "anyOf"}
