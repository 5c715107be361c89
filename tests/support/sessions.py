"""Signing in to the pages, as a browser does it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.support.pages import HTML
from tests.support.references import RESOLVING

HOME = "https://register"
OWN = HTML | {"origin": HOME}
"""What a browser sends with a form of a page of the register."""
COOKIE = "__Host-icr_session"


@asynccontextmanager
async def browser(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a browser that has a way to the service of a client by HTTPS, but none of its keys."""
    async with httpx.AsyncClient(
        transport=client._transport,
        base_url=HOME,
        headers=OWN,
        event_hooks=RESOLVING,
    ) as found:
        yield found


def key_of(client: httpx.AsyncClient) -> str:
    """Return the key that a client sends with each request."""
    return client.headers["authorization"].removeprefix("Bearer ")


async def send(
    browser: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None, **fields: str
) -> httpx.Response:
    """Send a form, as pages of the register do."""
    files = {name: (None, value) for name, value in fields.items()}
    return await browser.post(path, files=files or None, headers=headers)


async def sign_in(browser: httpx.AsyncClient, key: str, back: str = "/") -> str:
    """Sign in with a key; return the value of the session's cookie."""
    answer = await send(browser, str(httpx.URL("/sign-in", params={"back": back})), key=key)
    assert (answer.status_code, answer.headers["location"]) == (303, back), answer.text
    value = browser.cookies[COOKIE]
    assert value
    return value
