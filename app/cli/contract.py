"""`icr openapi` and `icr compatibility`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.common import ERR, OUT
from app.domain.contract.compatibility import breaks
from app.domain.contract.openapi30 import as_openapi_30
from app.main import create_app
from app.settings import Settings

_FOLDER = Path("openapi")
_DOCUMENT = "openapi.json"
_RELEASED = "released.json"


def openapi(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.")] = _FOLDER,
    *,
    release: Annotated[
        bool, typer.Option("--release", help="Make it what later documents are compared with.")
    ] = False,
) -> None:
    """Write the OpenAPI document of this version: in OpenAPI 3.1, and in 3.0 for older tools."""
    document = create_app(Settings()).openapi()
    _write(folder / _DOCUMENT, document)
    _write(folder / "openapi-3.0.json", as_openapi_30(document))
    if release:
        _write(folder / _RELEASED, document)


def compatibility(
    released: Annotated[Path, typer.Argument(help="What clients were promised.")] = (
        _FOLDER / _RELEASED
    ),
    current: Annotated[Path, typer.Argument(help="What is to keep it.")] = _FOLDER / _DOCUMENT,
) -> None:
    """Tell what in an OpenAPI document breaks clients of the last released one."""
    before, now = _read(released), _read(current)
    found = breaks(before, now)
    for pointer, text in found:
        OUT.print(f"{pointer}\n    {text}")
    version = before["info"]["version"]
    if found:
        ERR.print(f"{len(found)} changes break clients of version {version}.")
        raise typer.Exit(1)
    OUT.print(f"{current} keeps what version {version} promised.")


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    OUT.print(f"Written: {path}")


def _read(path: Path) -> Any:
    """Read a document, or say in a sentence why it cannot be compared."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        ERR.print(f"{path} cannot be read: {error}")
        raise typer.Exit(2) from error
    if not isinstance(document, dict) or "paths" not in document:
        ERR.print(f"{path} is not an OpenAPI document.")
        raise typer.Exit(2)
    return document
