"""The OpenAPI documents in the repository are those of the code, and keep what was promised."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from app.core.settings import Settings
from app.main import create_app
from openapi.contract.compatibility import breaks
from openapi.contract.openapi30 import as_openapi_30

FOLDER = Path(__file__).resolve().parents[3] / "openapi"


def written(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def made() -> Any:
    return json.loads(json.dumps(create_app(Settings()).openapi()))


def test_the_document_is_that_of_the_code() -> None:
    """When it is not: icr openapi."""
    assert written("openapi.json") == made()


def test_the_older_document_is_that_of_the_code() -> None:
    """When it is not: icr openapi."""
    assert written("openapi-3.0.json") == as_openapi_30(made())


def test_the_document_keeps_what_the_released_one_promised() -> None:
    """When it does not: keep the promise, or see docs/decisions/0021-the-contract.md."""
    assert breaks(written("released.json"), made()) == []
