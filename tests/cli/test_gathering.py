"""What is written within one round of the event loop goes out together, in order, and complete."""

import asyncio
import io
import logging
import socket
from collections.abc import AsyncIterator

import pytest

from app.cli.gathering import GatheringHandler, GatheringTransport

Ends = tuple[GatheringTransport, socket.socket]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """Return the one end of a connection as a transport, and the other as a socket."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    yield GatheringTransport(transport, loop), theirs
    transport.abort()
    theirs.close()


def received(theirs: socket.socket) -> bytes | None:
    """Return what has arrived; ``None`` for nothing."""
    try:
        return theirs.recv(1_000_000)
    except BlockingIOError:
        return None


async def test_a_head_and_its_body_go_out_at_the_end_of_the_round(ends: Ends) -> None:
    transport, theirs = ends
    transport.write(b"head ")
    transport.write(b"body")
    assert received(theirs) is None
    await asyncio.sleep(0)
    assert received(theirs) == b"head body"
    transport.write(b"next")
    await asyncio.sleep(0)
    assert received(theirs) == b"next"


async def test_much_does_not_wait(ends: Ends) -> None:
    transport, theirs = ends
    transport.write(b"head ")
    transport.write(b"0" * 65_536)
    assert (received(theirs) or b"").startswith(b"head 0")


@pytest.mark.parametrize("end", ["close", "write_eof"])
async def test_nothing_is_lost_at_the_end(ends: Ends, end: str) -> None:
    transport, theirs = ends
    transport.write(b"last words")
    getattr(transport, end)()
    await asyncio.sleep(0)
    assert received(theirs) == b"last words"
    await asyncio.sleep(0)
    assert received(theirs) == b""


async def test_nothing_is_written_to_a_connection_that_was_lost(
    ends: Ends, caplog: pytest.LogCaptureFixture
) -> None:
    transport, theirs = ends
    theirs.close()
    for _ in range(20):
        transport.write(b"for nobody")
        await asyncio.sleep(0.001)
    assert transport.is_closing()
    assert not caplog.records


def handled(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord("icr", level, __file__, 0, text, None, None)


async def test_lines_go_out_at_the_end_of_the_round_and_warnings_at_once() -> None:
    stream = io.StringIO()
    handler = GatheringHandler(stream)
    handler.handle(handled(logging.INFO, "one"))
    handler.handle(handled(logging.INFO, "two"))
    assert stream.getvalue() == ""
    await asyncio.sleep(0)
    assert stream.getvalue() == "one\ntwo\n"
    handler.handle(handled(logging.INFO, "three"))
    handler.handle(handled(logging.WARNING, "four"))
    assert stream.getvalue() == "one\ntwo\nthree\nfour\n"


def test_lines_outside_of_an_event_loop_go_out_at_once() -> None:
    stream = io.StringIO()
    GatheringHandler(stream).handle(handled(logging.INFO, "one"))
    assert stream.getvalue() == "one\n"


async def test_lines_that_wait_are_written_when_the_process_ends() -> None:
    stream = io.StringIO()
    handler = GatheringHandler(stream)
    handler.handle(handled(logging.INFO, "one"))
    handler.flush()
    assert stream.getvalue() == "one\n"


def test_a_line_that_cannot_be_made_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = GatheringHandler(stream)
    handler.handle(logging.LogRecord("icr", logging.INFO, __file__, 0, "%d", ("x",), None))
    handler.handle(handled(logging.INFO, "one"))
    assert stream.getvalue() == "one\n"
    assert "Logging error" in capsys.readouterr().err
