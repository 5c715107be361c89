"""Addresses of pages: an address is the state of what is seen, so that it can be sent and cited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Request
from pydantic import Field, TypeAdapter, ValidationError

AS_OF, KNOWN_AT, REVISION, RULES, LANGUAGE = "as_of", "known_at", "revision", "rules", "lang"
RECORDED = "recorded"
"""The revision that a form recorded, which the page names."""
TIMES = (AS_OF, KNOWN_AT, REVISION)
"""The parameters of the point in time, which links to other pages keep."""
_SNAPSHOT = {*TIMES, RULES, RECORDED}
LocalAddress = Annotated[
    str, Field(pattern=r"^/([^/\\\x00-\x20][^\\\x00-\x20]*)?$", max_length=4000)
]
"""A path with its query on this very host: two slashes would begin another host."""
_LOCAL_ADDRESS = TypeAdapter[str](LocalAddress)


def address(path: str, parameters: Mapping[str, object] | Sequence[tuple[str, object]] = ()) -> str:
    """Return a path with its query, for a mapping or pairs of parameters."""
    query = urlencode(parameters, doseq=True)
    return f"{path}?{query}" if query else path


def local_address(text: str) -> str:
    """Return a text that is a local address, or else the first page's."""
    try:
        return _LOCAL_ADDRESS.validate_python(text)
    except ValidationError:
        return "/"


@dataclass(frozen=True, slots=True)
class Here:
    """The address of the page that is shown."""

    path: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request) -> "Here":
        """Return the address of a request, without what is empty."""
        given = request.query_params.multi_items()
        # Two slashes would begin another host.
        path = "/" + request.url.path.lstrip("/")
        return cls(path, tuple(pair for pair in given if pair[1]))

    def with_(self, **changes: object) -> str:
        """Return the address with other values of some parameters; ``None`` leaves one out."""
        kept: list[tuple[str, object]] = [p for p in self.parameters if p[0] not in changes]
        new = [(name, value) for name, value in changes.items() if value is not None]
        return address(self.path, [*kept, *new])

    def to(self, path: str, **parameters: object) -> str:
        """Return the address of another page, at the same point in time, in the same language."""
        kept = {name: value for name, value in self.parameters if name in {*TIMES, LANGUAGE}}
        given = {name: value for name, value in parameters.items() if value is not None}
        return address(path, {**kept, **given})

    def value(self, name: str) -> str:
        """Return a parameter as it was given; nothing where it was not."""
        return dict(self.parameters).get(name, "")

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The parameters besides those of the point in time, and what the page names."""
        return [pair for pair in self.parameters if pair[0] not in _SNAPSHOT]

    @property
    def canonical(self) -> str:
        """The address of what is shown as it is today, in the language of whoever asks."""
        return address(self.path, [pair for pair in self.filters if pair[0] != LANGUAGE])

    @property
    def times(self) -> Mapping[str, str]:
        """The parameters of the point in time that are given."""
        return {name: value for name, value in self.parameters if name in TIMES}
