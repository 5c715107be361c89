"""`python -m openapi.contract`: the OpenAPI 3.0 document, the released one, and what breaks it."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from openapi.contract.compatibility import breaks
from openapi.contract.openapi30 import as_openapi_30

FOLDER = Path(__file__).resolve().parents[1]
SERVED = FOLDER.parent / "app" / "data" / "openapi-3.0.json"
"""What the service answers at ``/openapi-3.0.json``: the same document without white space."""

_OUT = Console(soft_wrap=True, markup=False, highlight=False)
_ERR = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@commands.command()
def convert(
    document: Annotated[Path, typer.Argument(help="An OpenAPI 3.1 document.")] = (
        FOLDER / "openapi.json"
    ),
    older: Annotated[Path, typer.Argument(help="Where to write it in OpenAPI 3.0.")] = (
        FOLDER / "openapi-3.0.json"
    ),
    served: Annotated[Path, typer.Option(help="Where the service finds it.")] = SERVED,
) -> None:
    """Write the document in OpenAPI 3.0, for tools that read nothing newer."""
    content = as_openapi_30(_read(document))
    older.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    served.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
    _OUT.print(f"Written: {older} and {served}")


@commands.command()
def release(
    document: Annotated[Path, typer.Argument(help="The document of the release.")] = (
        FOLDER / "openapi.json"
    ),
    released: Annotated[Path, typer.Argument(help="What later ones are compared with.")] = (
        FOLDER / "released.json"
    ),
) -> None:
    """Make a document the one that later documents are compared with."""
    _read(document)
    shutil.copyfile(document, released)
    _OUT.print(f"Written: {released}")


@commands.command()
def compatibility(
    released: Annotated[Path, typer.Argument(help="What clients were promised.")] = (
        FOLDER / "released.json"
    ),
    current: Annotated[Path, typer.Argument(help="What is to keep it.")] = (
        FOLDER / "openapi.json"
    ),
) -> None:
    """Name what in an OpenAPI document breaks clients of the last released one."""
    before, now = _read(released), _read(current)
    found = breaks(before, now)
    for pointer, text in found:
        _OUT.print(f"{pointer}\n    {text}")
    version = before["info"]["version"]
    if found:
        _ERR.print(f"Breaking changes since version {version}: {len(found)}")
        raise typer.Exit(1)
    _OUT.print(f"{current.name} keeps what version {version} promised.")


def _read(path: Path) -> Any:
    """Read a document, or say in a sentence why it cannot be used."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _ERR.print(f"{path} cannot be read: {error}")
        raise typer.Exit(2) from error
    if not isinstance(document, dict) or "paths" not in document:
        _ERR.print(f"{path} is not an OpenAPI document.")
        raise typer.Exit(2)
    return document


if __name__ == "__main__":
    commands()
