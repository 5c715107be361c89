"""Parameters in the OpenAPI document, as they can be sent and as SDK generators read them."""

from collections.abc import Iterator
from typing import Any

from app.core.vocabulary import HISTORIC
from app.subjects.definitions import DEFINITIONS

_MEANINGS = {
    name: member.attribute.meaning.rstrip(".")
    for what in reversed(HISTORIC)
    for name, member in DEFINITIONS[what].state.members.items()
} | {
    "indicator": "Code of the indicator; see /v1/indicators",
    "basis": "How the statement is meant",
    "severity": "How much it matters",
    "action": "What happened",
}
# Members of the statement that a patch becomes.
_OF_STATEMENT = {
    "locator": "Where in the source: line, page.",
    "note": "What else is to be known of the statement.",
    "reason": "Why this is recorded now.",
    "override_reason": "Why an irregular change is right all the same.",
}


def describe_filters(document: dict[str, Any]) -> None:
    """Describe each parameter that has no words of its own."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if "description" not in parameter:
                    parameter["description"] = _described(parameter["name"])


def _described(name: str) -> str:
    meaning = _OF_STATEMENT.get(name)
    return meaning or f"{_MEANINGS[name]}. Repeat it for several; all when absent."


_NULL = {"type": "null"}


def describe_parameters(document: dict[str, Any]) -> None:
    """Refer to code lists by name alone; what is taken when absent goes into the description.

    A reference may have members beside it since OpenAPI 3.1, but some generators then lose the
    type of the parameter.

    No query and no header has null: it would be the text. A patch must name the state that its
    client has seen; that a missing one is answered with 428, and not with 400 as other parameters
    are, is why the route reads it as optional.
    """
    for operation in document["paths"].values():
        for parameter in operation.get("patch", {}).get("parameters", []):
            parameter["required"] |= parameter["name"] == "If-Match"
    for parameter in _parameters(document):
        schema = parameter["schema"] = _without_null(parameter["schema"])
        if "$ref" not in schema:
            continue
        parameter["schema"] = {"$ref": schema["$ref"]}
        if "default" in schema:
            sentences = [parameter.get("description"), f"When absent: {schema['default']}."]
            parameter["description"] = " ".join(filter(None, sentences))


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from operation.get("parameters", [])


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices: list[dict[str, Any]] = schema.get("anyOf", [])
    choices = [choice for choice in choices if choice != _NULL]
    if len(choices) != 1:
        return schema
    return choices[0] | {name: value for name, value in schema.items() if name != "anyOf"}
