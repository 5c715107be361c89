"""The pages with recipes, executed as they stand: what they print is compared."""

import asyncio
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import httpx
import jq
import pytest

from tests.support.registers import make_key
from tests.support.streams import SECONDS, running

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "docs/cookbook.md", "docs/imports.md", "docs/officers-day.md")
_TOUR = re.compile(r"<!-- tour -->(.*?)<!-- end of tour -->", re.DOTALL)
_ASSIGNED = re.compile(r"([A-Z]+)=\$\((.*)\)")
_BLOCK = re.compile(r"```(console|python)\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A command of the shell or a program, with what the page says it prints."""

    language: str
    text: str
    printed: str


def steps(document: str) -> Iterator[Step]:
    """Yield what a page does, in its order."""
    (part,) = _TOUR.findall((ROOT / document).read_text(encoding="utf-8"))
    for language, block, printed in _BLOCK.findall(part):
        if language == "python":
            yield Step(language, block, printed.rstrip("\n"))
            continue
        for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, shown = divided(chunk)
            yield Step(language, command, shown.rstrip("\n"))


def divided(chunk: str) -> tuple[str, str]:
    """Return a command, which goes on over lines while a quotation is open, and what it prints."""
    command, _, rest = chunk.partition("\n")
    while command.count("'") % 2:
        line, _, rest = rest.partition("\n")
        command = f"{command}\n{line}"
    return command, rest


@dataclass
class Curl:
    """What the few options of curl that the pages use ask for; any other is an error."""

    method: str = "GET"
    url: str = ""
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    output: str | None = None
    write_out: str = ""
    etag_save: str | None = None
    etag_compare: str | None = None

    @classmethod
    def read(cls, words: list[str], key: str) -> "Curl":
        """Read the words of a command; ``$KEY`` is the key of who writes."""
        assert words[:2] == ["curl", "-s"]
        words = [word.replace("$KEY", key) for word in words]
        found = cls()
        found.take([word for word in words[2:] if word != "-G"], in_url="-G" in words)
        return found

    def take(self, words: list[str], *, in_url: bool) -> None:
        """Take the options one after the other."""
        rest = iter(words)
        for word in rest:
            if word in {"-X", "-o", "-w"}:
                name = {"-X": "method", "-o": "output", "-w": "write_out"}[word]
                setattr(self, name, next(rest))
            elif word.startswith("--etag-"):
                setattr(self, word.removeprefix("--").replace("-", "_"), next(rest))
            elif word == "-H":
                name, _, value = next(rest).partition(": ")
                self.headers[name] = value
            elif word == "--data-urlencode" or (word == "-d" and in_url):
                name, _, value = next(rest).partition("=")
                self.query.append((name, value))
            elif word == "-F":
                name, _, path = next(rest).partition("=@")
                self.files[name] = (Path(path).name, (ROOT / path).read_bytes())
                self.method = "POST"
            elif word == "-d":
                self.body = next(rest).encode()
            else:
                assert word.startswith("$REGISTER/"), word
                self.url = word.removeprefix("$REGISTER")

    def printed(self, response: httpx.Response, folder: Path) -> str:
        """Return what curl prints of an answer; its files go to a folder of the test."""
        if self.etag_save is not None:
            (folder / self.etag_save).write_text(response.headers["etag"])
        if self.output is None:
            return response.text
        if self.output != os.devnull:
            (folder / self.output).write_bytes(response.content)
        told = {"http_code": str(response.status_code)}
        told["content_type"] = response.headers.get("content-type", "")
        text = re.sub(r"%header\{([a-z-]+)\}", lambda m: response.headers[m[1]], self.write_out)
        text = re.sub(r"%\{([a-z_]+)\}", lambda m: told[m[1]], text)
        return text.replace("\\n", "\n")


async def run(client: httpx.AsyncClient, key: str, command: str, folder: Path) -> str:
    """Do what ``curl …``, ``curl … | jq …`` or ``curl … | cut …`` does, by the running service."""
    curl, _, rest = command.partition(" | ")
    selection = rest.removeprefix("jq ") if rest.startswith("jq ") else ""
    asked = Curl.read(shlex.split(curl), key)
    if asked.etag_compare is not None:
        asked.headers["If-None-Match"] = (folder / asked.etag_compare).read_text()
    # Unless told to, curl asks for no coding.
    request = client.build_request(
        asked.method,
        asked.url,
        content=asked.body,
        files=asked.files or None,
        headers={"Accept-Encoding": "identity", **asked.headers},
        params=tuple(asked.query) or None,
    )
    response = await client.send(request)
    if not selection:
        printed = asked.printed(response, folder).replace("\r\n", "\n")
        return (await filtered(rest, printed) if rest else printed).rstrip("\n")
    options, program = shlex.split(selection)
    found = jq.compile(program).input_value(response.json()).all()
    return "\n".join(shown(value, raw="r" in options) for value in found)


async def filtered(command: str, text: str) -> str:
    """Return what a command of the shell makes of a text."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_shell(command, stdin=pipe, stdout=pipe)
    made, _ = await process.communicate(text.encode())
    assert process.returncode == 0
    return made.decode()


def shown(value: Any, *, raw: bool) -> str:
    """Print as jq does: compact, or a string as it is."""
    if raw and isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def run_program(base: str, program: str, folder: Path) -> str:
    """Run a Python program in a process of its own; return what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
        env={**os.environ, "REGISTER": base, "NO_PROXY": "127.0.0.1"},
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode().rstrip("\n")


def anonymous(base: str) -> httpx.AsyncClient:
    """Return a client that sends no credentials of its own."""
    return httpx.AsyncClient(base_url=base, trust_env=False, timeout=SECONDS)


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_page_prints_what_it_says(seeded_url: str, document: str, tmp_path: Path) -> None:
    """With the key that `make run` makes, and without one where a command has none."""
    found = list(steps(document))
    assert len(found) > 10
    async with running(seeded_url) as service, anonymous(service.base) as client:
        key = (await make_key(service.database, "administrator")).key
        kept: dict[str, str] = {}
        for step in found:
            if step.language == "python":
                printed = await run_program(service.base, step.text, tmp_path)
                assert printed == step.printed, step.text
                continue
            name, command = assigned(Template(step.text).safe_substitute(kept))
            printed = await run(client, key, command, tmp_path)
            if name is None:
                assert printed == step.printed, step.text
            else:
                kept[name] = printed


def assigned(command: str) -> tuple[str | None, str]:
    """Return the variable that a command keeps what it prints in, if any, and what it executes."""
    found = _ASSIGNED.fullmatch(command)
    return (found[1], found[2]) if found else (None, command)
