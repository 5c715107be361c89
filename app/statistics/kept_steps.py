"""What figures are made from, kept in this process: step functions and stated values of provinces.

Both follow from the register at a revision, and are moved on by what later ones changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.database.connections import Executor
from app.ledger.kept import Kept
from app.ledger.snapshots import Pin
from app.statistics.indicator_queries import read_all_observed
from app.statistics.observations import Stated
from app.statistics.step_queries import Touched, read_held, read_touched
from app.statistics.steps import Steps
from app.units.units import Units

_MOST_DAYS = 16
"""As many days of a province as are read alone, where nothing is kept of it."""
_OBSERVED_BYTES = 1000
"""About how many bytes a stated value takes."""


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

    @property
    def former(self) -> "_Province":
        """Itself: it has little in common with what follows."""
        return self

    def moved(self, code: str | None, touched: Touched) -> "_Province":
        """Return what is known after some revisions; itself where they did not touch it."""
        has_stated = touched.has_corrections or code in touched.observed
        if code not in touched.moves and not has_stated:
            return self
        steps = self.steps and self.steps.moved(touched.moves.get(code, ()))
        return _Province(touched.until, steps, None if has_stated else self.observed)


class KeptSteps(Kept[str | None, _Province, Touched]):
    """What was read last of provinces, by their codes; of none, under ``None``."""

    def __init__(self, most_bytes: int) -> None:
        """Keep about so many bytes at most."""
        super().__init__(most_bytes, read_touched)

    def of(self, code: str | None, pin: Pin) -> _Province:
        """Return what is kept of a province at a revision, which may be nothing."""
        return self.get(code, pin) or _Province(pin.revision)


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
        known = {code: self.kept.of(code, self.pin) for code in codes}
        found = {code: one.observed for code, one in known.items() if one.observed is not None}
        missing = known.keys() - found.keys()
        if missing:
            read = await read_all_observed(self.connection, missing, self.pin.revision)
            for code in missing:
                found[code] = Stated.of(read.get(code, ()))
                now = self.kept.of(code, self.pin)
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
            kept = self.kept.of(code, self.pin).steps
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
            now = self.kept.of(code, self.pin)
            self.kept.keep(code, self.pin, replace(now, steps=steps))
        return found
