"""What the OpenAPI document says of writes."""

from typing import Any

import pytest

from tests.support.operations import DOCUMENT, REGISTER_WRITES

STATE_WRITES = [
    f"/v1/{what}/{{{what[:-1]}_id}}{rest}"
    for what in ("sites", "projects")
    for rest in ("", "/statements", "/withdrawal")
] + [
    "/v1/organizations/{organization_id}/merge",
    "/v1/organizations/{organization_id}/withdrawal",
    "/v1/sources/{source_id}/withdrawal",
    "/v1/statements/{statement_id}/replacement",
]


def operation(method: str, path: str) -> Any:
    return DOCUMENT["paths"][path][method]


def parameters(method: str, path: str) -> set[tuple[str, str]]:
    return {(p["in"], p["name"]) for p in operation(method, path)["parameters"]}


@pytest.mark.parametrize(("method", "path"), REGISTER_WRITES)
def test_every_write_takes_a_key_and_a_dry_run(method: str, path: str) -> None:
    known = parameters(method, path)
    assert known >= {("header", "Idempotency-Key"), ("query", "dry_run")}
    heeds = method == "patch" or path in STATE_WRITES
    assert (("header", "If-Match") in known) is heeds
    statuses = operation(method, path)["responses"].keys()
    assert statuses >= {"400", "404", "409", "413", "415", "422"}
    assert (statuses >= {"410", "412"}) is heeds
    assert ("428" in statuses) is (method == "patch")


@pytest.mark.parametrize(("method", "path"), REGISTER_WRITES)
def test_every_write_has_one_type_of_success(method: str, path: str) -> None:
    answers = operation(method, path)["responses"]
    schemas = [
        answers[status]["content"]["application/json"]["schema"]
        for status in answers
        if status.startswith("2")
    ]
    assert len(schemas) == (1 if method == "patch" else 2)
    assert all(schema == schemas[0] for schema in schemas)


@pytest.mark.parametrize(("method", "path"), [w for w in REGISTER_WRITES if w[0] == "post"])
def test_what_is_created_has_a_location(method: str, path: str) -> None:
    headers = operation(method, path)["responses"]["201"]["headers"]
    assert headers["Location"]["required"] is True
    assert headers["Location"]["schema"]["format"] == "uri-reference"
    assert "Idempotent-Replayed" in headers
