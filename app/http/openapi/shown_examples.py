"""The examples in the OpenAPI document: what is sent, and what was answered."""

import json

from fastapi.sse import format_sse_event

from app.core.digest import JsonObject
from app.http.openapi.draft_examples import IMPORTS, PROPOSALS
from app.http.openapi.examples import (
    ACCESS,
    ANSWERS,
    FIRST,
    READS,
    STREAM,
    WRITES,
    Example,
)


def describe_examples(document: JsonObject) -> None:
    """Add to each operation its example: parameters, body, and what was answered."""
    answers = json.loads(ANSWERS.read_text(encoding="utf-8"))
    sent = (FIRST, *READS, *IMPORTS, *PROPOSALS, *WRITES, *ACCESS, STREAM)
    examples = {example.operation: example for example in sent}
    for methods in document["paths"].values():
        for operation in methods.values():
            example = examples.get(operation["operationId"])
            if example is not None:
                _describe_request(operation, example)
            for status, answer in answers.get(operation["operationId"], {}).items():
                _only(operation["responses"][status])["example"] = answer
    _describe_stream(document, answers)


def _describe_stream(document: JsonObject, answers: JsonObject) -> None:
    """Show the first change of the list as the event that the stream makes of it."""
    change = answers["list_changes_after"]["200"]["items"][0]
    data = json.dumps(change, ensure_ascii=False, separators=(",", ":"))
    event = format_sse_event(data_str=data, id=str(change["number"]))
    operation = document["paths"]["/v1/changes/stream"]["get"]
    _only(operation["responses"]["200"])["example"] = event.decode()


def _describe_request(operation: JsonObject, example: Example) -> None:
    given = {**example.path, **example.query, **example.headers}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in given:
            parameter["example"] = _typed(parameter["schema"], given[parameter["name"]])
    if example.body is not None:
        _only(operation["requestBody"])["example"] = example.body


def _only(holder: JsonObject) -> JsonObject:
    """Return the one media type of a body."""
    only: JsonObject
    (only,) = holder["content"].values()
    return only


def _typed(schema: JsonObject, text: str) -> object:
    """Write what stands in an address as the value that it means."""
    kinds = {schema.get("type")} | {one.get("type") for one in schema.get("anyOf", ())}
    if "integer" in kinds:
        return int(text)
    if "boolean" in kinds:
        return text == "true"
    return text.split(",") if "array" in kinds else text
