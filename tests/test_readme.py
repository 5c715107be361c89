"""The README's tour, executed as it stands: what each command prints is compared."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jq
import pytest

from app.database import Database
from tests.conftest import make_key

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def tour() -> Iterator[tuple[str, str]]:
    """Yield each command of the tour with what the page says it prints."""
    text = README.read_text(encoding="utf-8")
    part = text.split("<!-- tour -->")[1].split("<!-- end of tour -->")[0]
    for block in _BLOCK.findall(part):
        for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = chunk.partition("\n")
            yield command, printed.rstrip("\n")


async def run(client: httpx.AsyncClient, key: str, command: str) -> str:
    """Do what ``curl … | jq …`` does, through the real app."""
    curl, _, selection = command.partition(" | jq ")
    response = await client.send(request_of(client, key, shlex.split(curl)))
    options, program = shlex.split(selection)
    found = jq.compile(program).input_value(response.json()).all()
    return "\n".join(shown(value, raw="r" in options) for value in found)


def request_of(client: httpx.AsyncClient, key: str, words: list[str]) -> httpx.Request:
    """Read the few options of curl that the tour uses; any other is an error."""
    assert words[:2] == ["curl", "-s"]
    method, url, body, headers = "GET", "", None, {}
    query: list[tuple[str, str | int | float | bool | None]] = []
    in_url = "-G" in words
    rest = iter(words[2:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value.replace("$KEY", key)
        elif word == "--data-urlencode" or (word == "-d" and in_url):
            name, _, value = next(rest).partition("=")
            query.append((name, value))
        elif word == "-d":
            body = next(rest).encode()
        elif word == "-G":
            continue
        else:
            assert word.startswith("$REGISTER/"), word
            url = word.removeprefix("$REGISTER")
    parameters = query or None
    return client.build_request(method, url, content=body, headers=headers, params=parameters)


def shown(value: Any, *, raw: bool) -> str:
    """Print as jq does: compact, or a string as it is."""
    if raw and isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)
async def test_the_tour_prints_what_the_page_says(
    seeded_client: httpx.AsyncClient, seeded: Database
) -> None:
    """The tour is taken with the key that `make run` makes, and without one where it has none."""
    key = (await make_key(seeded, "administrator")).key
    del seeded_client.headers["authorization"]
    commands = list(tour())
    assert len(commands) > 10
    for command, printed in commands:
        assert await run(seeded_client, key, command) == printed, command
