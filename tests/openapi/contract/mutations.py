"""Changes to the real document, for the rules to find or to let pass."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_TEXT = (ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8")
DOCUMENT = json.loads(_TEXT)
Mutate = Callable[[Any], None]


def mutated(*changes: Mutate) -> Any:
    """Return a copy of the document with changes made to it."""
    document = json.loads(_TEXT)
    for change in changes:
        change(document)
    return document


def operation(document: Any, name: str) -> Any:
    """Return an operation by its operationId."""
    found = [
        one
        for methods in document["paths"].values()
        for one in methods.values()
        if one["operationId"] == name
    ]
    return found[0]


def parameter(document: Any, name: str, of: str = "list_sites") -> Any:
    """Return a parameter of an operation."""
    return next(one for one in operation(document, of)["parameters"] if one["name"] == name)


def schema(document: Any, name: str) -> Any:
    """Return a named schema."""
    return document["components"]["schemas"][name]


def member(document: Any, of: str, name: str) -> Any:
    """Return the schema of a member of a named schema."""
    return schema(document, of)["properties"][name]


def in_each_schema(node: Any, pointer: str = "#") -> Iterator[tuple[str, Any]]:
    """Give each object of a document that says of which type a value is, and its pointer."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield pointer, node
        for name, inner in node.items():
            if name not in {"example", "examples"}:
                token = name.replace("~", "~0").replace("/", "~1")
                yield from in_each_schema(inner, f"{pointer}/{token}")
    elif isinstance(node, list):
        for i, inner in enumerate(node):
            yield from in_each_schema(inner, f"{pointer}/{i}")
