"""Typical errors: what is wrong, at which member, and how to mend it, in both languages.

The answers are kept in ``typical_errors.json``, as people read them.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

KEPT = json.loads((Path(__file__).parent / "typical_errors.json").read_text(encoding="utf-8"))
pytestmark = pytest.mark.databases("sqlite")


async def answer(client: httpx.AsyncClient, request: dict[str, Any], language: str) -> Any:
    """Return the answer to a request as it is kept."""
    headers = {"accept-language": language} | request.get("headers", {})
    sent = {"json": request["body"]} if "body" in request else {"content": request.get("content")}
    response = await client.request(request["method"], request["path"], headers=headers, **sent)
    assert response.headers["content-language"] == language
    problem = response.json()
    return {
        "status": problem["status"],
        "type": problem["type"],
        "title": problem["title"],
        "errors": [
            f"{error.get('pointer') or error.get('parameter')}: {error['detail']}"
            for error in problem["errors"]
        ]
        or [problem["detail"]],
    }


def test_they_are_thirty_at_least() -> None:
    assert len(KEPT) >= 30


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept["what"])
async def test_an_error_says_where_it_is_and_how_to_mend_it(
    seeded_client: httpx.AsyncClient, kept: dict[str, Any], language: str
) -> None:
    assert await answer(seeded_client, kept["request"], language) == kept[language]
