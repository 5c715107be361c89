"""Forms that write, as a browser fills them in: sent to be tried, then to be recorded."""

from collections.abc import Mapping

import httpx

from tests.support.pages import Reader, words


def hidden(page: Reader) -> dict[str, str]:
    """Return the hidden fields of the form of a page."""
    fields = [one for one in page.of("input") if one.get("type") == "hidden"]
    return {str(one["name"]): str(one["value"]) for one in fields}


def faults(page: Reader) -> set[str]:
    """Return the names of the fields that are marked as wrong."""
    found = [one for tag in ("input", "select", "textarea") for one in page.of(tag)]
    return {str(one["name"]) for one in found if one.get("aria-invalid") == "true"}


async def fill(
    browser: httpx.AsyncClient,
    path: str,
    fields: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Send a form."""
    files = {name: (None, value) for name, value in fields.items()}
    return await browser.post(path, files=files, headers=headers)


async def tried(
    browser: httpx.AsyncClient, path: str, fields: Mapping[str, str], status: int = 200
) -> Reader:
    """Send a form for the first time; return the page that answers."""
    answer = await fill(browser, path, {**fields, "step": "check"})
    assert answer.status_code == status, words(Reader(answer.text))[:1500]
    return Reader(answer.text)


async def recorded(browser: httpx.AsyncClient, path: str, fields: Mapping[str, str]) -> str:
    """Send a form, look at what it would change, and record it; return where it leads."""
    page = await tried(browser, path, fields)
    assert "What would change" in words(page), words(page)
    answer = await fill(browser, path, {**hidden(page), "step": "record"})
    assert answer.status_code == 303, words(Reader(answer.text))[:1500]
    return answer.headers["location"]
