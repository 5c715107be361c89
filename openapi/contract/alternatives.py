"""What a schema takes, written as a list of alternatives without references and compositions.

``anyOf``, ``oneOf`` and lists of types become several alternatives; ``allOf``, and what stands
beside a reference or a composition, is merged into each. So "text or null" and "null or text",
written in whatever way, compare as the same.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

from openapi.contract.documents import Json, Place

_COMPOSED = ("$ref", "allOf", "anyOf", "oneOf", "type", "const", "pattern", "nullable")
_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}


@dataclass(frozen=True, slots=True)
class Alternative:
    """Values of one type, or of any type where ``kind`` is null, with what limits them."""

    document: Json
    pointer: str
    kind: str | None
    words: Json
    patterns: frozenset[str] = frozenset()

    def place(self, *names: str, default: Any = None) -> Place:
        """Return the place of a schema within this one."""
        return Place(self.document, self.words, self.pointer).at(*names, default=default)


def alternatives(place: Place) -> list[Alternative]:
    """Return the alternatives that a schema leaves; none for the schema that takes nothing."""
    schema = place.content
    if schema is False:
        return []
    if schema is True or schema is None:
        schema = {}
    found = _own(place, schema)
    for parts in _composed(place, schema):
        found = [both for pair in product(parts, found) if (both := _merged(*pair))]
    return found


def _own(place: Place, schema: Json) -> list[Alternative]:
    """Read the words that stand in the schema itself, once for each type."""
    types = schema.get("type")
    kinds = types if isinstance(types, list) else [types]
    words = {name: value for name, value in schema.items() if name not in _COMPOSED}
    if "const" in schema:
        words["enum"] = [schema["const"]]
    patterns = frozenset({schema["pattern"]} if "pattern" in schema else set())
    made = [Alternative(place.document, place.pointer, kind, words, patterns) for kind in kinds]
    if schema.get("nullable") is True:
        made.append(Alternative(place.document, place.pointer, "null", {}))
    return made


def _composed(place: Place, schema: Json) -> list[list[Alternative]]:
    """Return the alternatives of each part that must hold as well."""
    parts = [alternatives(place.resolved())] if "$ref" in schema else []
    parts += [alternatives(place.at("allOf", i)) for i in range(len(schema.get("allOf", ())))]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            choices = (place.at(word, i) for i in range(len(schema[word])))
            parts.append([found for choice in choices for found in alternatives(choice)])
    return parts


def _merged(inner: Alternative, outer: Alternative) -> Alternative | None:
    """Return what both take; nothing where their types exclude each other."""
    kinds = {kind for kind in (inner.kind, outer.kind) if kind is not None}
    if len(kinds) > 1 and kinds != {"integer", "number"}:
        return None
    kind = min(kinds, default=None)  # "integer" sorts before "number".
    words = dict(outer.words)
    for name, value in inner.words.items():
        words[name] = _both(name, value, words[name]) if name in words else value
    patterns = inner.patterns | outer.patterns
    return Alternative(inner.document, inner.pointer, kind, words, patterns)


def _both(name: str, inner: Any, outer: Any) -> Any:
    """Merge what two schemas say by the same word."""
    if name in _LOWER:
        return max(inner, outer)
    if name in _UPPER:
        return min(inner, outer)
    if name == "enum":
        return [value for value in inner if value in outer]
    if name == "required":
        return [*inner, *(other for other in outer if other not in inner)]
    if name == "properties":
        shared = {key: {"allOf": [inner[key], outer[key]]} for key in inner if key in outer}
        return {**inner, **outer, **shared}
    return outer
