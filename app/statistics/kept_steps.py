"""What figures are made from, kept in this process: step functions and stated values of provinces.

Both follow from the register at a revision. What is kept is of the latest revision that was read;
a later one moves it on by what the revisions between changed, and leaves alone the provinces that
they did not touch. What is read at earlier revisions is kept beside it. Each read names the
revision that it is pinned to, with its digest, so none is ever given what is of another.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from app.database.connections import Executor
from app.ledger.snapshots import Pin
from app.statistics.indicator_queries import read_all_observed
from app.statistics.observations import Stated
from app.statistics.step_queries import Touched, read_held, read_touched
from app.statistics.steps import Steps
from app.units.units import Units

_MOST_DAYS = 16
"""As many days of a province as are read alone, where nothing is kept of it."""
_MOST_SEEN = 256
_OBSERVED_BYTES = 1000
"""About how many bytes a stated value takes."""


class _Key(NamedTuple):
    """A province, or none, at the revision of a pin, or at the latest one."""

    code: str | None
    pinned: tuple[int, str | None] | None = None

    @staticmethod
    def at(code: str | None, pin: Pin) -> "_Key":
        return _Key(code, (pin.revision, pin.digest))


@dataclass(frozen=True, slots=True)
class _Province:
    """What is known of a province, the same at each revision from ``since`` on."""

    since: int
    steps: Steps | None = None
    observed: Stated | None = None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        steps = 0 if self.steps is None else self.steps.size
        return steps + _OBSERVED_BYTES * (1 + (self.observed.count if self.observed else 0))

    def moved(self, code: str | None, touched: Touched) -> "_Province":
        """Return what is known after some revisions; itself where they did not touch it."""
        has_stated = touched.has_corrections or code in touched.observed
        if code not in touched.moves and not has_stated:
            return self
        steps = self.steps and self.steps.moved(touched.moves.get(code, ()))
        return _Province(touched.until, steps, None if has_stated else self.observed)


@dataclass(slots=True)
class KeptSteps:
    """What was read last of provinces, of about so many bytes at most."""

    most_bytes: int
    size: int = 0
    _latest: Pin | None = None
    _seen: dict[tuple[int, str | None], None] = field(default_factory=dict)
    """The revisions that were the latest one here, each with its digest; the last ones of them."""
    _kept: OrderedDict[_Key, _Province] = field(default_factory=OrderedDict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reach(self, connection: Executor, pin: Pin) -> None:
        """Move what is kept on to a revision, if that is a later one."""
        if self._is_reached(pin):
            return
        async with self._turn:
            latest = self._latest
            is_other = latest is None or latest.units_edition != pin.units_edition
            if latest is None or is_other or not self._kept:
                self._begin(pin)
            elif not self._is_reached(pin):
                touched = await read_touched(connection, latest.revision, pin.revision)
                self._move(latest, pin, touched)

    def _is_reached(self, pin: Pin) -> bool:
        latest = self._latest
        if latest is None or latest.units_edition != pin.units_edition:
            return False
        return latest.revision >= pin.revision

    def _begin(self, pin: Pin) -> None:
        self._kept.clear()
        self._seen.clear()
        self.size = 0
        self._note(pin)

    def _note(self, pin: Pin) -> None:
        self._latest = pin
        self._seen[pin.revision, pin.digest] = None
        if len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]

    def _move(self, latest: Pin, pin: Pin, touched: Touched) -> None:
        if touched.digest != latest.digest:
            # It is another register, in the place of that one.
            self._begin(pin)
            return
        self._note(pin)
        current = [(key, known) for key, known in self._kept.items() if key.pinned is None]
        for key, known in current:
            moved = known.moved(key.code, touched)
            if moved is not known:
                # Reads that are pinned to the revision before go on with what was.
                self._put(_Key.at(key.code, latest), known)
                self._put(key, moved)

    def get(self, code: str | None, pin: Pin) -> _Province:
        """Return what is kept of a province at a revision, which may be nothing."""
        for key in (_Key(code), _Key.at(code, pin)):
            known = self._kept.get(key)
            if known is not None and (key.pinned or self._is_of(known, pin)):
                self._kept.move_to_end(key)
                return known
        return _Province(pin.revision)

    def _is_of(self, known: _Province, pin: Pin) -> bool:
        """Return whether what is known at the latest revision was so at that of a pin."""
        is_seen = (pin.revision, pin.digest) in self._seen
        return is_seen and known.since <= pin.revision

    def keep(self, code: str | None, pin: Pin, known: _Province) -> None:
        """Keep what was read of a province at a revision."""
        self._put(_Key(code) if self.is_latest(pin) else _Key.at(code, pin), known)

    def is_latest(self, pin: Pin) -> bool:
        """Return whether a pin is at the latest revision that was read."""
        return self._latest is not None and self._latest[:3] == pin[:3]

    def _put(self, key: _Key, known: _Province) -> None:
        before = self._kept.pop(key, None)
        self.size += known.size - (before.size if before else 0)
        self._kept[key] = known
        while self.size > self.most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.size -= oldest.size


@dataclass(frozen=True, slots=True)
class Provinces:
    """Provinces at the revision that a read is pinned to."""

    connection: Executor
    pin: Pin
    kept: KeptSteps

    @staticmethod
    def unkept(connection: Executor, revision: int, units: Units) -> "Provinces":
        """Return provinces at a revision of which nothing is to be kept."""
        pin = Pin(revision, None, units.edition or 0, None, revision)
        return Provinces(connection, pin, KeptSteps(0))

    async def observed(self, codes: Collection[str]) -> Mapping[str, Stated]:
        """Return all values stated of provinces, by their codes, of whatever day."""
        await self.kept.reach(self.connection, self.pin)
        known = {code: self.kept.get(code, self.pin) for code in codes}
        found = {code: one.observed for code, one in known.items() if one.observed is not None}
        missing = known.keys() - found.keys()
        if missing:
            read = await read_all_observed(self.connection, missing, self.pin.revision)
            for code in missing:
                found[code] = Stated.of(read.get(code, ()))
                now = self.kept.get(code, self.pin)
                self.kept.keep(code, self.pin, replace(now, observed=found[code]))
        return found

    async def steps(
        self, codes: Collection[str | None], days: Collection[date]
    ) -> Mapping[str | None, Steps]:
        """Return what the sites of provinces add up to on some days, by the codes of these.

        Under ``None`` are the sites of unknown province. A province that nothing is kept of is
        read on these days alone, if they are few; when others are requested, on all. At an earlier
        revision, where the next read is seldom of another day, few days are always read alone.
        """
        if not days:
            return {code: Steps() for code in codes}
        await self.kept.reach(self.connection, self.pin)
        found: dict[str | None, Steps] = {}
        rare: list[str | None] = []
        for code in codes:
            kept = self.kept.get(code, self.pin).steps
            if kept is not None and kept.covers(days):
                found[code] = kept
            elif len(days) <= _MOST_DAYS and (kept is None or not self.kept.is_latest(self.pin)):
                rare.append(code)
            else:
                # One after the other, so that there is room for the rows.
                found |= await self._read([code], None)
        if rare:
            found |= await self._read(rare, frozenset(days))
        return found

    async def _read(
        self, codes: Collection[str | None], days: frozenset[date] | None
    ) -> dict[str | None, Steps]:
        held = await read_held(self.connection, codes, self.pin.revision, days)
        found = {code: Steps.of(held.get(code, ()), days) for code in codes}
        for code, steps in found.items():
            now = self.kept.get(code, self.pin)
            self.kept.keep(code, self.pin, replace(now, steps=steps))
        return found
