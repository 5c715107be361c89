"""Files that pages bring along: their addresses have a digest of all of them, and never change.

One digest for the folder, not one for each file: what refers to a file beside it (a module that
imports another, an address in a stylesheet) stays as it was written.
"""

from functools import cache
from hashlib import sha256
from os import PathLike, stat_result
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).resolve().parent / "static"
_DIGITS = 16
_FOREVER = "public, max-age=31536000, immutable"


@cache
def static_path() -> str:
    """Return the path below which the files are."""
    digest = sha256()
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(_FOLDER)}\0".encode() + path.read_bytes())
    return f"/static/{digest.hexdigest()[:_DIGITS]}"


def static(name: str) -> str:
    """Return the address of a file by its name in the folder; ``ValueError`` if there is none."""
    if not (_FOLDER / name).is_file():
        raise ValueError(f"there is no file {name}")
    return f"{static_path()}/{name}"


class ImmutableFiles(StaticFiles):
    """Files that clients keep without asking again."""

    def __init__(self) -> None:
        """Serve the folder."""
        super().__init__(directory=_FOLDER)

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return a file, to be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _FOREVER
        return response
