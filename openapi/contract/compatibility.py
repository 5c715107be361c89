"""Find what a document breaks of what the released one promised.

Only what OpenAPI says is compared; how the service behaves is what its tests are for.
"""

from collections.abc import Iterator
from typing import Any

from openapi.contract.documents import Break, Json, Place, operations, referred
from openapi.contract.schemas import SchemaComparison, Way, changed_default

_SUCCESS = ("2", "3")
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def breaks(released: Json, current: Json) -> list[Break]:
    """Return everything that a client of the released document can stumble over, once each."""
    found = _Comparison().document(released, current)
    return list(dict.fromkeys(found))


class _Comparison:
    """Compares two documents operation by operation."""

    def __init__(self) -> None:
        self._schemas = SchemaComparison()

    def document(self, released: Json, current: Json) -> Iterator[Break]:
        now = {(path, method): place for path, method, place in operations(current)}
        for path in released["paths"]:
            if path not in current["paths"]:
                where = Place(released, released, "#").at("paths", path).pointer
                yield Break(where, f"The path {path} was removed.")
        for path, method, before in operations(released):
            if (path, method) in now:
                yield from self._operation(before, now[path, method])
            elif path in current["paths"]:
                yield Break(before.pointer, f"{method.upper()} {path} was removed.")
        yield from _names(released, current)

    def _operation(self, before: Place, now: Place) -> Iterator[Break]:
        yield from _identity(before, now)
        yield from _security(before, now)
        yield from self._parameters(before, now)
        yield from self._body(before, now)
        yield from self._answers(before, now)

    def _parameters(self, before: Place, now: Place) -> Iterator[Break]:
        known, found = _parameters(before), _parameters(now)
        for key, parameter in known.items():
            if key in found:
                yield from self._parameter(parameter, found[key])
            else:
                yield Break(parameter.pointer, f"The {_named(parameter)} was removed.")
        for key, parameter in found.items():
            if key not in known and parameter.content.get("required"):
                yield Break(before.pointer, f"The new {_named(parameter)} is required.")

    def _parameter(self, before: Place, now: Place) -> Iterator[Break]:
        if now.content.get("required") and not before.content.get("required"):
            yield Break(before.pointer, f"The {_named(before)} is required now.")
        if _style(before.content) != _style(now.content):
            yield Break(before.pointer, f"The {_named(before)} is written in another way.")
        if ("content" in before.content) != ("content" in now.content):
            yield Break(before.pointer, f"The {_named(before)} has another media type.")
        elif "content" in before.content:
            yield from self._content(before, now, Way.taken)
        else:
            schemas = before.at("schema", default=True), now.at("schema", default=True)
            yield from self._schemas.breaks(*schemas, Way.taken)
            if not before.content.get("required"):
                yield from changed_default(*schemas)

    def _body(self, before: Place, now: Place) -> Iterator[Break]:
        known, found = (one.at("requestBody", default={}).resolved() for one in (before, now))
        if found.content.get("required") and not known.content.get("required"):
            yield Break(known.pointer, "A body is required now.")
        if known.content and not found.content:
            yield Break(known.pointer, "No body is taken any more.")
        elif known.content:
            yield from self._content(known, found, Way.taken)

    def _answers(self, before: Place, now: Place) -> Iterator[Break]:
        known, found = (one.at("responses", default={}) for one in (before, now))
        for status in known.content:
            where = known.at(status)
            if status in found.content:
                answers = where.resolved(), found.at(status).resolved()
                yield from self._content(*answers, Way.answered)
                yield from self._headers(*answers)
            elif status.startswith(_SUCCESS):
                yield Break(where.pointer, f"The answer {status} was removed.")

    def _content(self, before: Place, now: Place, way: Way) -> Iterator[Break]:
        known, found = (one.at("content", default={}) for one in (before, now))
        for media_type in known.content:
            where = known.at(media_type)
            if media_type not in found.content:
                yield Break(where.pointer, f"{media_type} {way.value} no longer.")
                continue
            one, other = where, found.at(media_type)
            schemas = one.at("schema", default=True), other.at("schema", default=True)
            yield from self._schemas.breaks(*schemas, way)

    def _headers(self, before: Place, now: Place) -> Iterator[Break]:
        known, found = (one.at("headers", default={}) for one in (before, now))
        actual = {name.lower(): name for name in found.content}
        for name in known.content:
            where = known.at(name)
            if name.lower() not in actual:
                yield Break(where.pointer, f"The header {name} was removed.")
                continue
            one, other = where.resolved(), found.at(actual[name.lower()]).resolved()
            if one.content.get("required") and not other.content.get("required"):
                yield Break(where.pointer, f"The header {name} is no longer always there.")
            schemas = one.at("schema", default=True), other.at("schema", default=True)
            yield from self._schemas.breaks(*schemas, Way.answered)


def _identity(before: Place, now: Place) -> Iterator[Break]:
    """Compare what generated clients are named by."""
    known, found = (one.content.get("operationId") for one in (before, now))
    if known != found:
        yield Break(before.at("operationId").pointer, f"The operationId {known} became {found}.")
    known, found = (one.content.get("tags", [None])[0] for one in (before, now))
    if known != found:
        text = f"The tag {known} became {found}: generated clients have it in another class."
        yield Break(before.at("tags").pointer, text)


def _names(released: Json, current: Json) -> Iterator[Break]:
    """Look for removed schemas and servers: types of clients, and where they send requests."""
    root = Place(released, released, "#")
    found = current.get("components", {}).get("schemas", {})
    for name in released.get("components", {}).get("schemas", {}):
        if name not in found:
            where = root.at("components", "schemas", name).pointer
            yield Break(where, f"The schema {name} was removed: a type of generated clients.")
    served = [server["url"] for server in current.get("servers", [])]
    for i, server in enumerate(released.get("servers", [])):
        if server["url"] not in served:
            yield Break(root.at("servers", i).pointer, f"The server {server['url']} was removed.")


def _parameters(operation: Place) -> dict[tuple[str, str], Place]:
    """Return the parameters of an operation by place and name, those of its path included."""
    item = referred(operation.document, operation.pointer.rpartition("/")[0])
    places = [
        owner.at("parameters", i).resolved()
        for owner in (item, operation)
        for i in range(len(owner.content.get("parameters", ())))
    ]
    return {_key(place.content): place for place in places}


def _key(parameter: Json) -> tuple[str, str]:
    name = parameter["name"]
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _named(parameter: Place) -> str:
    return f"{parameter.content['in']} parameter {parameter.content['name']}"


def _style(parameter: Json) -> tuple[Any, ...]:
    style = parameter.get("style", _STYLES[parameter["in"]])
    return style, parameter.get("explode", style == "form"), parameter.get("allowReserved", False)


def _security(before: Place, now: Place) -> Iterator[Break]:
    """See to it that each way of being let in is still one."""
    for known in _ways_in(before):
        if not any(_requires_no_more(found, known) for found in _ways_in(now)):
            credentials = " and ".join(known) or "no credentials"
            where = before.at("security").pointer
            yield Break(where, f"A request with {credentials} is no longer let in.")


def _ways_in(operation: Place) -> list[dict[str, list[str]]]:
    everywhere = operation.document.get("security", [])
    ways: list[dict[str, list[str]]] = operation.content.get("security", everywhere)
    return ways or [{}]


def _requires_no_more(found: dict[str, list[str]], known: dict[str, list[str]]) -> bool:
    return all(
        scheme in known and set(scopes) <= set(known[scheme]) for scheme, scopes in found.items()
    )
