"""The examples of the OpenAPI document are what the register answers."""

import json
import sys
from datetime import date
from typing import Any

import httpx
import pytest

from app.cli.documents import answer_all, seed_examples
from app.core.dates import today
from app.core.settings import Settings
from app.http.openapi.examples import ANSWERS
from tests.support.operations import DOCUMENT
from tests.support.registers import serving
from tests.support.streams import running, streaming

KEPT = json.loads(ANSWERS.read_text(encoding="utf-8"))
OPERATIONS = [one for methods in DOCUMENT["paths"].values() for one in methods.values()]


async def answered(url: str) -> Any:
    """Answer all examples on a database without facts."""
    await seed_examples(Settings(database_url=url))
    async with serving(url, own_approval=True) as client:
        return await answer_all(client, DOCUMENT)


async def test_every_example_is_answered_as_it_is_documented(empty_url: str) -> None:
    """When it is not, and the new answer is right: icr examples, icr openapi."""
    answers = await answered(empty_url)
    assert answers.keys() == KEPT.keys()
    for operation, found in answers.items():
        assert found == KEPT[operation], operation


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_the_answers_are_the_same_on_every_day(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [m for name, m in sys.modules.items() if name.startswith("app.")]
    asking = [module for module in modules if getattr(module, "today", None) is today]
    assert len(asking) > 5
    # While the plan of the documents is in force, which dry runs of today mention.
    for module in asking:
        monkeypatch.setattr(module, "today", lambda: date(2030, 12, 30))
    assert await answered(empty_url) == KEPT


def documented(operation: Any) -> dict[str, Any]:
    """Return the examples of the answers of an operation, by status."""
    return {
        status: content["example"]
        for status, answer in operation["responses"].items()
        for content in answer.get("content", {}).values()
        if "example" in content
    }


def test_the_document_shows_what_was_answered() -> None:
    shown = {one["operationId"]: documented(one) for one in OPERATIONS if documented(one)}
    assert shown.pop("stream_changes")
    assert shown == {
        operation: {status: answer for status, answer in found.items() if answer is not None}
        for operation, found in KEPT.items()
    }


async def test_the_stream_sends_the_event_that_is_documented(empty_url: str) -> None:
    operation = DOCUMENT["paths"]["/v1/changes/stream"]["get"]
    (after,) = [one["example"] for one in operation["parameters"] if "example" in one]
    data, number, *rest = documented(operation)["200"].split("\n")
    assert rest == ["", ""]
    expected = json.loads(data.removeprefix("data: "))
    await seed_examples(Settings(database_url=empty_url))
    async with (
        running(empty_url) as service,
        service.client() as client,
        streaming(client, after=after) as stream,
    ):
        event = await stream.change()
    assert number == f"id: {event.id}"
    assert lasting(event.change) == lasting(expected)


def lasting(content: Any) -> Any:
    """Leave out what differs from one register to the next."""
    if isinstance(content, list):
        return [lasting(part) for part in content]
    if not isinstance(content, dict):
        return content
    moving = {"recorded_at", "digest"}
    return {name: lasting(part) for name, part in content.items() if name not in moving}


async def test_an_example_that_is_refused_is_told(empty_url: str) -> None:
    """On a register without facts the first example with a name in its path finds nothing."""
    async with serving(empty_url) as client:
        with pytest.raises(ValueError, match=r"^get_site: "):
            await answer_all(client, DOCUMENT)


async def test_the_key_that_is_made_first_sends_every_other_example(empty_url: str) -> None:
    sent: list[str] = []

    async def note(request: httpx.Request) -> None:
        sent.append(request.headers["Authorization"])

    await seed_examples(Settings(database_url=empty_url))
    async with serving(empty_url, own_approval=True) as client:
        of_the_test = client.headers["Authorization"]
        client.event_hooks["request"] = [note]
        await answer_all(client, DOCUMENT)
    assert sent[0] == of_the_test
    assert set(sent[1:]) == {client.headers["Authorization"]}
    assert len(sent) > len(KEPT)
