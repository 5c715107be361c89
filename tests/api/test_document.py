"""The OpenAPI document in the repository is that of the code."""

import json
from pathlib import Path

from app.main import create_app
from app.settings import Settings

DOCUMENT = Path(__file__).resolve().parents[2] / "openapi" / "openapi.json"


def test_the_document_is_that_of_the_code() -> None:
    """When it is not: icr openapi."""
    written = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(create_app(Settings()).openapi()))


def test_every_operation_has_a_name_one_tag_and_its_problems() -> None:
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert len(operations) == len({operation["operationId"] for operation in operations})
    for operation in operations:
        assert operation["summary"]
        assert len(operation["tags"]) == 1
        for status in ("400", "404", "422", "default"):
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"]
