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
class Flight:
    """An answer of a moment that is being made; those who want the same wait for it."""

    moment: Moment
    landed: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Kept | None = None
    """What they are given, even if the register is at another moment by then."""


@dataclass(slots=True)
class KeptAnswers:
    """The finished answers of one moment, those used last; bounded in bytes."""

    most_bytes: int
    moment: Moment | None = None
    size: int = 0
    _flights: dict[Key, Flight] = field(default_factory=dict)
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

    def keep(self, key: Key, flight: Flight, answer: Kept) -> None:
        """Give an answer to those who wait for it, and keep it if its moment is still the one."""
        flight.answer = answer
        if flight.moment != self.moment or key in self._kept:
            return
        self._kept[key] = answer
        self.size += _size(key, answer)
        while self.size > self.most_bytes:
            self.size -= _size(*self._kept.popitem(last=False))

    def has_room_for(self, size: int) -> bool:
        """Return whether an answer of so many bytes is kept: none takes much of the room."""
        return size * _LARGEST_PART <= self.most_bytes

    def flight(self, moment: Moment, key: Key) -> Flight | None:
        """Return the answer of a moment that is being made."""
        flight = self._flights.get(key)
        return flight if flight is not None and flight.moment == moment else None

    @contextmanager
    def making(self, moment: Moment, key: Key) -> Iterator[Flight]:
        """Have those who want the same wait until it has landed, at the latest until the end."""
        flight = self._flights[key] = Flight(moment)
        try:
            yield flight
        finally:
            flight.landed.set()
            if self._flights.get(key) is flight:
                del self._flights[key]


def _size(key: Key, answer: Kept) -> int:
    return len(answer.body) + len(key[0]) + len(key[1]) + _OVERHEAD
