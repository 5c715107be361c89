"""Finished answers of one moment, kept for whoever asks the same while the register is at it."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from app.http.readers import Choices
from app.ledger.snapshots import Pin

_LARGEST_PART = 16
_OVERHEAD = 1000
"""About how many bytes an answer takes besides its body and its address."""
Key = tuple[str, bytes, str | None, str, Choices]
Moment = tuple[Pin, date]


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished answer."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(slots=True)
class KeptAnswers:
    """The finished answers of one moment, those used last; bounded in bytes."""

    most_bytes: int
    moment: Moment | None = None
    size: int = 0
    _flights: dict[Key, asyncio.Event] = field(default_factory=dict)
    _kept: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)

    def at(self, moment: Moment) -> None:
        """Drop what is of another moment."""
        if moment != self.moment:
            self._kept.clear()
            self.moment, self.size = moment, 0

    def get(self, key: Key) -> Kept | None:
        """Return an answer of the moment."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def keep(self, moment: Moment, key: Key, answer: Kept) -> None:
        """Keep an answer that was begun at a moment, if that is still the one."""
        if moment != self.moment or key in self._kept:
            return
        self._kept[key] = answer
        self.size += _size(key, answer)
        while self.size > self.most_bytes:
            self.size -= _size(*self._kept.popitem(last=False))

    def has_room_for(self, size: int) -> bool:
        """Return whether an answer of so many bytes is kept: none takes much of the room."""
        return size * _LARGEST_PART <= self.most_bytes

    def flight(self, key: Key) -> asyncio.Event | None:
        """Return what ends when an answer that is being made is kept, or will not be."""
        return self._flights.get(key)

    @contextmanager
    def making(self, key: Key) -> Iterator[asyncio.Event]:
        """Have those who want the same wait meanwhile; the event lets them go on."""
        landed = self._flights[key] = asyncio.Event()
        try:
            yield landed
        finally:
            landed.set()
            if self._flights.get(key) is landed:
                del self._flights[key]


def _size(key: Key, answer: Kept) -> int:
    return len(answer.body) + len(key[0]) + len(key[1]) + _OVERHEAD
