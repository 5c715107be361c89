"""References to other addresses of the service, relative to that of the request (RFC 3986, 4.2).

How a client came to the service, through which proxies and below which path, is not known: a
reference that begins at the root leads past a proxy that serves the register below a prefix.
"""

from starlette.types import Scope

_LOCATION = b"location"
_Headers = list[tuple[bytes, bytes]]


def relative(path: str, target: str) -> str:
    """Return a path of the service, with its query or fragment, as seen from another path of it.

    It never leads above the root of the service. Anything but a path is returned unchanged.
    """
    if not path.startswith("/") or not target.startswith("/") or target.startswith("//"):
        return target
    cut = min((place for place in map(target.find, "?#") if place >= 0), default=len(target))
    here, there = path.split("/")[:-1], target[:cut].split("/")
    most = min(len(here), len(there) - 1)
    common = next((n for n in range(most) if here[n] != there[n]), most)
    found = "../" * (len(here) - common) + "/".join(there[common:])
    # A first segment that is empty or has a colon would be read as something else.
    is_plain = found and not found.startswith("/") and ":" not in found.partition("/")[0]
    return ("" if is_plain else "./") + found + target[cut:]


def located(headers: _Headers, scope: Scope) -> _Headers:
    """Return the headers of an answer with a ``Location`` that is relative to the request."""
    if not any(name == _LOCATION for name, _ in headers):
        return headers
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return [
        (name, relative(path, value.decode("latin-1")).encode("latin-1"))
        if name == _LOCATION
        else (name, value)
        for name, value in headers
    ]
