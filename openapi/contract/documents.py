"""Finding one's way in an OpenAPI document: references, pointers, places."""

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Break(NamedTuple):
    """Something that a client of the released document can stumble over."""

    pointer: str
    """Where it stands in the released document, or would stand where it is new."""
    text: str


class Place(NamedTuple):
    """A part of a document, and where it stands."""

    document: Json
    content: Any
    pointer: str

    def at(self, *names: str | int, default: Any = None) -> "Place":
        """Return a part of this part, with a default for what is not there."""
        content, pointer = self.content, self.pointer
        for name in names:
            content = content[name] if isinstance(name, int) else content.get(name, default)
            pointer = f"{pointer}/{as_token(name)}"
        return Place(self.document, content, pointer)

    def resolved(self) -> "Place":
        """Follow the reference that stands here, or the chain of them."""
        place = self
        while isinstance(place.content, dict) and "$ref" in place.content:
            place = referred(place.document, place.content["$ref"])
        return place


def as_token(name: str | int) -> str:
    """Write a name as a token of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def referred(document: Json, reference: str) -> Place:
    """Find what a reference refers to; ``ValueError`` when it leads out of the document."""
    if not reference.startswith("#/"):
        message = f"{reference} leads out of the document"
        raise ValueError(message)
    content: Any = document
    for token in reference.removeprefix("#/").split("/"):
        content = content[token.replace("~1", "/").replace("~0", "~")]
    return Place(document, content, reference)


def operations(document: Json) -> Iterator[tuple[str, str, Place]]:
    """Yield the path, the method and the place of every operation."""
    for path in document.get("paths", {}):
        item = Place(document, document, "#").at("paths", path).resolved()
        for method in METHODS:
            if method in item.content:
                yield path, method, item.at(method)
