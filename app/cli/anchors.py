"""`icr anchor`, and the anchors that `icr verify` compares the register with."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.cli.common import ERR, OUT, check_migrated, opened_database, read_settings
from app.core.access_settings import is_safe_url
from app.core.signed_notes import Checkpoint, NoteError, Signer, Verifier, notes_in
from app.database.sqlite import create_new_file
from app.upkeep.anchors import sign_anchor

_SECONDS = 30
_MOST_PAGES = 1000
_SCHEMES = ("http://", "https://")
_STDOUT = "-"


def anchor(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Where it goes: files, to which it is appended, addresses, to which it is sent by "
            "POST, or - for standard output, as without any."
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The file of the private key; ICR_ANCHOR_KEY without.")
    ] = None,
    new_key: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Make the key instead, for a register of this name, as register.example.vn/icr.",
        ),
    ] = None,
) -> None:
    """Sign revision and digest of now, to be kept where nobody reaches who reaches the database.

    The private key is kept outside the database as well. Whoever has an anchor and the public key,
    which is printed when the key is made, can tell by icr verify --anchors whether the register is
    still the one of then.
    """
    path = key or read_settings().anchor_key
    if path is None:
        ERR.print("Name the file of the key by --key or ICR_ANCHOR_KEY.")
        raise typer.Exit(2)
    try:
        if new_key is not None:
            _make_key(path, new_key)
            return
        signer = Signer.parse(path.read_text(encoding="utf-8"))
    except (NoteError, OSError, UnicodeDecodeError) as error:
        ERR.print(f"{path}: {error}")
        raise typer.Exit(2) from error
    places = targets or [_STDOUT]
    _check(places)
    note = asyncio.run(_signed(signer))
    failed = [place for place in places if not _delivered(note, place)]
    if failed:
        raise typer.Exit(1)


def _make_key(path: Path, name: str) -> None:
    signer = Signer.new(name)
    create_new_file(path)
    path.write_text(f"{signer.text}\n", encoding="utf-8")
    OUT.print(f"The private key is in {path}. Give this one to those who keep anchors:")
    OUT.print(str(signer.verifier))


async def _signed(signer: Signer) -> str:
    async with opened_database() as database:
        await check_migrated(database)
        return await sign_anchor(database, signer)


def _check(places: list[str]) -> None:
    for place in places:
        _check_url(place)


def _check_url(place: str) -> None:
    if place.startswith(_SCHEMES) and not is_safe_url(place):
        ERR.print(f"{place}: write an address that begins with https://.")
        raise typer.Exit(2)


def _delivered(note: str, place: str) -> bool:
    """Hand an anchor over; say what stands in the way, and let the other places have it."""
    try:
        if place == _STDOUT:
            OUT.print(note, end="")
        elif place.startswith(_SCHEMES):
            headers = {"Content-Type": "text/plain; charset=utf-8"}
            sent = httpx.post(place, content=note.encode(), headers=headers, timeout=_SECONDS)
            sent.raise_for_status()
        else:
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(f"{note}\n")
                file.flush()
                os.fsync(file.fileno())
    except (OSError, httpx.HTTPError) as error:
        ERR.print(f"{place} did not take the anchor: {error}")
        return False
    return True


def read_anchors(places: list[str], key: str | None) -> list[Checkpoint]:
    """Read anchors of files and addresses that a key signed, in the order of their revisions."""
    if key is None:
        ERR.print("Name the public key of the anchors by --key: whoever forges one signs it too.")
        raise typer.Exit(2)
    return checkpoints((note for place in places for note in _notes_of(place)), key)


def checkpoints(notes: Iterable[str], key: str) -> list[Checkpoint]:
    """Return what anchors that a key signed say, in the order of their revisions."""
    try:
        verifier = Verifier.parse(key)
        found = [Checkpoint.parse(verifier.opened(note)) for note in notes]
    except (NoteError, OSError, httpx.HTTPError, ValueError) as error:
        ERR.print(f"The anchors cannot be used: {error}.")
        raise typer.Exit(1) from error
    if not found or any(one.origin != verifier.name for one in found):
        ERR.print(f"The anchors cannot be used: none, or not all, are of {verifier.name}.")
        raise typer.Exit(1)
    return sorted(found, key=lambda one: (one.revision, one.at))


def _notes_of(place: str) -> Iterator[str]:
    if not place.startswith(_SCHEMES):
        yield from notes_in(Path(place).read_text(encoding="utf-8"))
        return
    _check_url(place)
    url = httpx.URL(place)
    for _ in range(_MOST_PAGES):
        answer = httpx.get(url, timeout=_SECONDS)
        answer.raise_for_status()
        if "json" not in answer.headers.get("content-type", ""):
            yield from notes_in(answer.text)
            return
        page = answer.json()
        yield from (item["note"] for item in page["items"])
        if page["next_cursor"] is None:
            return
        url = url.copy_merge_params({"cursor": page["next_cursor"]})
