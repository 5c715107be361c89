"""What is logged, as JSON and for people, and that nothing secret is in it."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from app.cli.logs import configure_logs
from app.core.settings import Settings

REQUEST = {
    "request_id": "seven",
    "method": "GET",
    "path": "/v1/sites",
    "route": "/v1/sites",
    "status": 200,
    "milliseconds": 1.5,
    "client": "127.0.0.1",
}


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Put back what a test sets up."""
    root, icr, server = (logging.getLogger(name) for name in (None, "icr", "uvicorn"))
    before = root.handlers[:], root.level, icr.level, server.level
    flags = logging.logThreads, logging.logProcesses, logging.logMultiprocessing
    yield
    root.handlers[:], root.level, icr.level, server.level = before
    logging.logThreads, logging.logProcesses, logging.logMultiprocessing = flags


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="auto"))
    logging.getLogger("icr.requests").info("request", extra={"request": REQUEST})
    (line,) = logged(capsys)
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {"level": "info", "event": "request", **REQUEST}


def test_what_is_logged_meanwhile_carries_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    with bound_contextvars(request_id="seven"):
        logging.getLogger("sqlalchemy.pool").warning("lost %s", "one", extra={"pool": 3})
    (line,) = logged(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "lost one",
        "level": "warning",
        "logger": "sqlalchemy.pool",
        "pool": 3,
        "request_id": "seven",
    }


def test_a_traceback_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    try:
        raise ValueError("postgresql://icr:geheim@db/icr cannot be reached")
    except ValueError:
        logging.getLogger("icr").exception("unforeseen error")
    (line,) = logged(capsys)
    assert "Traceback (most recent call last)" in line["exception"]
    assert "postgresql://[hidden]@db/icr" in line["exception"]
    assert "geheim" not in json.dumps(line)


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_secrets_are_hidden_in_tracebacks_too(
    capsys: pytest.CaptureFixture[str], log_format: Any
) -> None:
    configure_logs(Settings(log_format=log_format))
    try:
        raise ValueError("postgresql://icr:geheim@db/icr") from ValueError("icr_geheim0123456789")
    except ValueError:
        logging.getLogger("icr").exception("unforeseen error")
    told = capsys.readouterr().err
    assert "Traceback (most recent call last)" in told
    # In the source line of the traceback, and in what the errors say.
    assert told.count("[hidden]") == 4
    assert "geheim" not in told


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer geheim.0123456789",
        "authorization: basic geheim0123456789==",
        "redis://:geheim0123@store:6379/0",
        "postgresql://icr:geheim0123@db/icr",
        "eyJhbGciOiJub25lIn0geheim.eyJzdWIiOiJhIn0geheim.geheim",
        "icr_geheim0123456789",
    ],
)
def test_what_looks_like_a_secret_is_hidden(
    capsys: pytest.CaptureFixture[str], text: str, log_format: Any
) -> None:
    configure_logs(Settings(log_format=log_format))
    logging.getLogger("icr").warning("got %s", text, extra={"password": "geheim"})
    path = REQUEST | {"path": f"/v1/{text}"}
    logging.getLogger("icr.requests").info("request", extra={"request": path})
    told = capsys.readouterr().err
    assert told.count("[hidden]") >= 3
    assert "geheim" not in told


def test_on_a_terminal_lines_are_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logs(Settings(log_format="auto"))
    logging.getLogger("icr.requests").info("request", extra={"request": REQUEST})
    told = capsys.readouterr().err
    assert not told.startswith("{")
    assert "/v1/sites" in told


@pytest.mark.parametrize(("level", "lines"), [("debug", 3), ("info", 2), ("error", 1)])
def test_the_level_is_that_of_the_settings(
    capsys: pytest.CaptureFixture[str], level: Any, lines: int
) -> None:
    configure_logs(Settings(log_level=level))
    for number in (logging.DEBUG, logging.INFO, logging.ERROR):
        logging.getLogger("icr.requests").log(number, "request", extra={"request": REQUEST})
    assert len(logged(capsys)) == lines
