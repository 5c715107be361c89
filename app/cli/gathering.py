"""Fewer writes: what a process writes within one round of its event loop goes out at once.

The server writes the head of an answer and its body apart, and the log has a line for each request.
Each write is a call of the kernel, that of a connection also wakes whoever reads at its other end.
"""

import asyncio
import logging
from contextlib import suppress
from threading import RLock
from typing import Any, TextIO

_MOST_BYTES = 65_536


class GatheringTransport:
    """A transport that hands on at the end of the round what is written, or once it is much.

    All else is the transport's own, which also tells its protocol when to wait.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Wrap the transport of a connection."""
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        """Return what the transport itself has."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write on."""
        if not self._parts:
            self._loop.call_soon(self.hand_on)
        self._parts.append(data)
        self._size += len(data)
        if self._size > _MOST_BYTES:
            self.hand_on()

    def write_eof(self) -> None:
        """Write no more after what was written."""
        self.hand_on()
        self._transport.write_eof()

    def close(self) -> None:
        """Close the connection after what was written."""
        self.hand_on()
        self._transport.close()

    def hand_on(self) -> None:
        """Hand on what was written until now."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.writelines(parts)


class GatheringHandler(logging.StreamHandler[TextIO]):
    """Writes the lines of one round at its end, and all of them at once with a warning or error.

    A process that is killed loses the lines of its last round.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        super().__init__(stream)
        self._lines: list[str] = []
        # Threads log as well.
        self._turn = RLock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  as the standard library's handlers: no line stops a request
            self.handleError(record)
            return
        with self._turn:
            self._lines.append(line)
        if record.levelno >= logging.WARNING or not self._is_flushed_later():
            self.flush()

    def _is_flushed_later(self) -> bool:
        """Return whether the end of a round writes the lines; have it do so for the first one."""
        if len(self._lines) > 1:
            return True
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            return False
        return True

    def flush(self) -> None:
        """Write the lines that are there."""
        with self._turn:
            lines, self._lines = self._lines, []
            # There is no place left to say that standard error cannot be written to.
            with suppress(OSError, ValueError):
                if lines:
                    self.stream.write("\n".join([*lines, ""]))
                self.stream.flush()
