"""What HTTP clients do with references in the heads of answers: they resolve them."""

from collections.abc import Callable
from typing import Any

import httpx


async def resolve_references(response: httpx.Response) -> None:
    """Replace ``Location`` and ``Link`` by the paths that they lead to on the same host.

    A hook of clients of tests, which then follow them by their own base address. What is really
    sent is looked at in ``tests/http/test_references.py``.
    """
    if "location" in response.headers:
        response.headers["location"] = resolved(response, response.headers["location"])
    if "link" in response.headers:
        (target,) = (link["url"] for link in response.links.values())
        found = resolved(response, target)
        response.headers["link"] = response.headers["link"].replace(target, found)


def resolved(response: httpx.Response, reference: str) -> str:
    """Return where a reference in an answer leads to: a path where that is on the same host."""
    base = response.request.url
    found = base.join(reference)
    if (found.scheme, found.netloc) != (base.scheme, base.netloc):
        return reference
    return found.raw_path.decode() + (f"#{found.fragment}" if found.fragment else "")


RESOLVING: dict[str, list[Callable[..., Any]]] = {"response": [resolve_references]}
"""The hook, as clients of httpx take it."""
