"""The same document for tools that read only OpenAPI 3.0.

What 3.0 says in other words is put into those; what it has no words for at all is an error, so
that no promise is lost in silence.
"""

from collections.abc import Callable
from typing import Any

from openapi.contract.documents import Json, Place, as_token

VERSION = "3.0.3"
_UNSAYABLE = {
    "$defs",
    "$dynamicRef",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
}
_NULL = {"type": "null"}
# Null as a choice beside others. Whatever composes schemas takes null only if one of these does,
# whatever ``nullable`` beside it says.
_NULL_30 = {"enum": [None], "nullable": True}
_COMPOSED = {"$ref", "allOf", "anyOf", "oneOf"}
# Members whose values are data, or names that the document gives, but not objects of OpenAPI.
_DATA = {"default", "enum", "example", "value", "mapping", "scopes", "security", "required"}
_NAMED = {
    "callbacks",
    "content",
    "encoding",
    "examples",
    "headers",
    "links",
    "parameters",
    "paths",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
    "variables",
}


def as_openapi_30(document: Json) -> Json:
    """Say an OpenAPI 3.1 document in OpenAPI 3.0; ``ValueError`` names what it cannot say."""
    for name, holder in (("webhooks", document), ("pathItems", document.get("components", {}))):
        if holder.get(name):
            message = f"{name}: OpenAPI 3.0 has no words for them"
            raise ValueError(message)
    left = {
        name: value
        for name, value in document.items()
        if name not in {"webhooks", "jsonSchemaDialect"}
    }
    converted: Json = _objects(left, "#") | {"openapi": VERSION}
    converted["info"] = _info(document["info"])
    _type_nullables(converted, converted)
    return converted


def _type_nullables(node: Any, document: Json) -> None:
    """Write a type beside ``nullable``, which means nothing without one: that of the choices."""
    if isinstance(node, list):
        for inner in node:
            _type_nullables(inner, document)
    elif isinstance(node, dict):
        if node.get("nullable") is True and "type" not in node:
            types = _types_of(node, document) - {None}
            typed = {"type": types.pop()} if len(types) == 1 else {}
            node |= typed
            for nothing in (one for one in node.get("anyOf", ()) if one == _NULL_30):
                nothing.update(typed)
        for inner in node.values():
            _type_nullables(inner, document)


def _types_of(schema: Json, document: Json, seen: frozenset[str] = frozenset()) -> set[str | None]:
    """Return the types of what a schema composes, however deep; of what names itself none more."""
    reference = schema.get("$ref", "")
    if reference in seen:
        return set()
    named = Place(document, schema, "#").resolved().content
    parts = [one for word in ("allOf", "oneOf", "anyOf") for one in named.get(word, ())]
    if not parts or "type" in named:
        return {named.get("type")}
    within = seen | ({reference} if reference else set())
    return {kind for one in parts for kind in _types_of(one, document, within)}


def _info(info: Json) -> Json:
    """Put the summary before the description, and the address of the licence for its SPDX name."""
    converted = {name: value for name, value in info.items() if name != "summary"}
    if "summary" in info:
        converted["description"] = "\n\n".join(
            [info["summary"], info.get("description", "")]
        ).strip()
    if "identifier" in info.get("license", {}):
        name, identifier = info["license"]["name"], info["license"]["identifier"]
        converted["license"] = {"name": name, "url": f"https://spdx.org/licenses/{identifier}.html"}
    return converted


def _objects(node: Any, pointer: str) -> Any:
    """Go through everything that is not a schema, and translate the schemas in it."""
    if isinstance(node, list):
        return [_objects(inner, f"{pointer}/{i}") for i, inner in enumerate(node)]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"]}
    return {
        name: _object(name, inner, f"{pointer}/{as_token(name)}") for name, inner in node.items()
    }


def _object(name: str, inner: Any, pointer: str) -> Any:
    if name == "schema":
        return _schema(inner, pointer)
    if name == "schemas":
        return _each(inner, pointer)
    if name in _DATA:
        return inner
    if name in _NAMED and isinstance(inner, dict):
        return {key: _objects(one, f"{pointer}/{as_token(key)}") for key, one in inner.items()}
    return _objects(inner, pointer)


def _each(schemas: Json, pointer: str) -> Json:
    return {name: _schema(one, f"{pointer}/{as_token(name)}") for name, one in schemas.items()}


def _schema(schema: Any, pointer: str) -> Json:
    """Translate a schema and those in it."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    for word in _UNSAYABLE & schema.keys():
        message = f"{pointer}/{as_token(word)}: OpenAPI 3.0 has no words for it"
        raise ValueError(message)
    converted = {name: _word(name, value, f"{pointer}/{name}") for name, value in schema.items()}
    for step in _STEPS:
        converted = step(converted)
    return converted


def _word(name: str, value: Any, pointer: str) -> Any:
    if name == "properties":
        return _each(value, pointer)
    if name in {"anyOf", "oneOf", "allOf"}:
        return [
            one if one == _NULL else _schema(one, f"{pointer}/{i}") for i, one in enumerate(value)
        ]
    if name in {"items", "not"} or (name == "additionalProperties" and isinstance(value, dict)):
        return _schema(value, pointer)
    return value


def _constant(converted: Json) -> Json:
    """Write a constant as the only code of a list."""
    return _replaced(converted, "const", lambda value: {"enum": [value]})


def _example(converted: Json) -> Json:
    """Keep the first of several examples."""
    return _replaced(converted, "examples", lambda values: {"example": values[0]} if values else {})


def _bounds(converted: Json) -> Json:
    """Say by a boolean that a bound itself is left out; of two bounds the tighter one stays."""
    for bound, exclusive, tighter in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        if isinstance(converted.get(exclusive), bool) or exclusive not in converted:
            continue
        left_out = converted.pop(exclusive)
        converted[bound] = tighter(converted.get(bound, left_out), left_out)
        if converted[bound] == left_out:
            converted[exclusive] = True
    return converted


def _content(converted: Json) -> Json:
    """Call bytes by the formats that 3.0 has for them."""
    encoded = converted.pop("contentEncoding", None)
    media_type = converted.pop("contentMediaType", None)
    if encoded == "base64":
        return {**converted, "format": "byte"}
    return {**converted, "format": "binary"} if media_type is not None else converted


def _types(converted: Json) -> Json:
    """Say several types as alternatives, and null as ``nullable``; an array tells its items."""
    kinds = converted.get("type")
    if kinds == "array":
        return {"items": {}, **converted}
    if kinds == "null":
        rest = {name: value for name, value in converted.items() if name != "type"}
        return {**rest, **_NULL_30}
    if not isinstance(kinds, list):
        return converted
    others = [kind for kind in kinds if kind != "null"]
    if len(others) == 1:
        return _nullable({**converted, "type": others[0]}, is_so="null" in kinds)
    rest = {name: value for name, value in converted.items() if name != "type"}
    choices = [{"type": kind} for kind in others]
    return _nullable({**rest, "anyOf": choices}, is_so="null" in kinds)


def _choices(converted: Json) -> Json:
    """Say a choice with null by ``nullable``, of the other where that is one plain schema."""
    for word in ("anyOf", "oneOf"):
        if _NULL not in converted.get(word, ()):
            continue
        others = [one for one in converted[word] if one != _NULL]
        rest = {name: value for name, value in converted.items() if name != word}
        if len(others) == 1 and not _COMPOSED & others[0].keys():
            converted = _nullable({**others[0], **rest}, is_so=True)
        else:
            converted = {**rest, word: [*others, dict(_NULL_30)], "nullable": True}
    return converted


def _reference(converted: Json) -> Json:
    """Put a reference into ``allOf`` where something stands beside it, which 3.0 would not read."""
    if "$ref" not in converted or len(converted) == 1:
        return converted
    rest = {name: value for name, value in converted.items() if name != "$ref"}
    return {**rest, "allOf": [{"$ref": converted["$ref"]}, *rest.get("allOf", ())]}


def _nullable(converted: Json, *, is_so: bool) -> Json:
    if not is_so:
        return converted
    codes = converted.get("enum")
    listed = {"enum": [*codes, None]} if codes and None not in codes else {}
    return {**converted, **listed, "nullable": True}


def _replaced(converted: Json, name: str, make: Callable[[Any], Json]) -> Json:
    if name not in converted:
        return converted
    rest = {key: value for key, value in converted.items() if key != name}
    return {**rest, **make(converted[name])}


_STEPS = (_constant, _example, _bounds, _content, _types, _choices, _reference)
