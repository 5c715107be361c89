"""`icr openapi`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import OUT
from app.main import create_app


def openapi(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("openapi/openapi.json"),
) -> None:
    """Write the OpenAPI document of this release to a file."""
    document = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document + "\n", encoding="utf-8")
    OUT.print(f"Written: {path}")
