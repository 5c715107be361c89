"""Administrative units as dated data: which unit a code names on a day, and what became of it.

A code alone is no key: 19 and 25 name different territories before and after 2025-07-01, and
commune codes were reused. A unit is therefore a code together with a half-open interval of days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain

from app.core.geometry import Degrees

WHOLE = "whole"
"""The extent of a succession that takes over all of a unit."""


class UnitLevel(StrEnum):
    """Tỉnh, huyện (until 2025-07-01), xã."""

    province = "province"
    district = "district"
    commune = "commune"


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit over its life; ``None`` in a date means no known bound."""

    level: UnitLevel
    code: str
    name: str
    type: str
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    iso_3166_2: str | None = None
    # What a unit is does not depend on where on the map it is shown.
    point: Degrees | None = field(default=None, compare=False)

    def exists_on(self, day: date) -> bool:
        """Tell whether the unit existed on ``day`` (the interval is half-open)."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)

    @property
    def label(self) -> str:
        """Name and code, as messages show a unit."""
        return f"{self.name} ({self.code})"


@dataclass(frozen=True, slots=True)
class Succession:
    """A link from a unit that ended on ``effective_on`` to one that began on that day."""

    level: UnitLevel
    from_code: str
    to_code: str
    effective_on: date
    extent: str


@dataclass(frozen=True, slots=True)
class Place:
    """The codes of a place on one day; ``None`` where nothing is known or the level is gone."""

    province_code: str | None
    district_code: str | None
    commune_code: str | None


class Units:
    """All units and successions, looked up by level, code and day."""

    def __init__(
        self,
        units: Iterable[Unit],
        successions: Iterable[Succession],
        edition: int | None = None,
    ) -> None:
        """Index the units by level and code, and the successions by both ends.

        ``edition`` counts the changes of the units of a register; ``None`` for those of no one.
        """
        self.edition = edition
        self._by_code: dict[tuple[UnitLevel, str], list[Unit]] = defaultdict(list)
        for unit in units:
            self._by_code[unit.level, unit.code].append(unit)
        for eras in self._by_code.values():
            eras.sort(key=lambda unit: unit.valid_from or date.min)
        self._after: dict[tuple[UnitLevel, str, date], list[Succession]] = defaultdict(list)
        self._before: dict[tuple[UnitLevel, str, date], list[Succession]] = defaultdict(list)
        for link in successions:
            self._after[link.level, link.from_code, link.effective_on].append(link)
            self._before[link.level, link.to_code, link.effective_on].append(link)
        self.change_days: tuple[date, ...] = tuple(sorted(self._days()))
        self.follow = lru_cache(maxsize=65_536)(self._follow)

    @cached_property
    def digest(self) -> str:
        """Tell whether these are the same units, points included: a digest over all of them."""
        eras = (unit for key in sorted(self._by_code) for unit in self._by_code[key])
        links = (link for key in sorted(self._after) for link in self._after[key])
        found = sha256()
        for item in chain(((unit, unit.point) for unit in eras), links):
            found.update(repr(item).encode())
        return found.hexdigest()

    def _days(self) -> set[date]:
        eras = (unit for eras in self._by_code.values() for unit in eras)
        return {day for unit in eras for day in (unit.valid_from, unit.valid_to) if day}

    def at(self, level: UnitLevel, code: str, day: date) -> Unit | None:
        """Return the unit that ``code`` named on ``day``, or ``None``."""
        return next((u for u in self.eras(level, code) if u.exists_on(day)), None)

    def during(self, level: UnitLevel, code: str, first: date, end: date) -> list[Unit]:
        """Return the units that ``code`` named on any day from ``first`` until before ``end``."""
        return [
            unit
            for unit in self.eras(level, code)
            if (unit.valid_from or date.min) < end and first < (unit.valid_to or date.max)
        ]

    def eras(self, level: UnitLevel, code: str) -> list[Unit]:
        """Return every unit that ever had ``code``, oldest first."""
        return self._by_code.get((level, code), [])

    def all_at(self, level: UnitLevel, day: date) -> list[Unit]:
        """Return the units of a level that existed on ``day``, by code."""
        eras = (u for (lvl, _), us in self._by_code.items() if lvl == level for u in us)
        return sorted((u for u in eras if u.exists_on(day)), key=lambda u: u.code)

    def successors(self, unit: Unit) -> list[Unit]:
        """Return the units that took over from ``unit`` when it ended."""
        if unit.valid_to is None:
            return []
        links = self._after[unit.level, unit.code, unit.valid_to]
        found = (self.at(unit.level, link.to_code, unit.valid_to) for link in links)
        return [u for u in found if u]

    def predecessors(self, unit: Unit) -> list[Unit]:
        """Return the units that ``unit`` took over from when it began."""
        if unit.valid_from is None:
            return []
        links = self._before[unit.level, unit.code, unit.valid_from]
        eras = (u for link in links for u in self.eras(unit.level, link.from_code))
        return [u for u in eras if u.valid_to == unit.valid_from]

    def parent(self, unit: Unit) -> Unit | None:
        """Return the unit one level up that ``unit`` lay in."""
        if unit.parent_code is None:
            return None
        day = unit.valid_from or (unit.valid_to - timedelta(days=1) if unit.valid_to else date.min)
        levels = [UnitLevel.district, UnitLevel.province]
        if unit.level is UnitLevel.district:
            levels = [UnitLevel.province]
        return next((p for lvl in levels if (p := self.at(lvl, unit.parent_code, day))), None)

    def lineage(self, unit: Unit) -> Iterator[Unit]:
        """Yield ``unit`` and the units above it, lowest first."""
        current: Unit | None = unit
        while current:
            yield current
            current = self.parent(current)

    def _follow(self, unit: Unit, day: date) -> Unit | None:
        """Return what ``unit`` is on ``day``: itself or its one successor.

        ``None`` when it was divided or ended without a successor: which part a place fell into
        cannot be known from the code.
        """
        current: Unit | None = unit
        while current and current.valid_to is not None and current.valid_to <= day:
            current = self._heir(current)
        return current

    def _heir(self, unit: Unit) -> Unit | None:
        """Return the unit that took over the whole of another."""
        if unit.valid_to is None:
            return None
        links = self._after[unit.level, unit.code, unit.valid_to]
        if len(links) != 1 or links[0].extent != WHOLE:
            return None
        return self.at(unit.level, links[0].to_code, unit.valid_to)

    def point_of(self, level: UnitLevel, code: str | None, day: date) -> Degrees | None:
        """Return the point of the unit that a code named on a day, or that of its one successor."""
        unit = self.at(level, code, day) if code else None
        while unit and unit.point is None:
            unit = self._heir(unit)
        return unit.point if unit else None

    def whole_successors(self, unit: Unit) -> list[Unit]:
        """Return the unit that took over the whole of another, if one did."""
        heir = self._heir(unit)
        return [heir] if heir else []

    def whole_predecessors(self, unit: Unit) -> list[Unit]:
        """Return the units that became part of ``unit`` as a whole when it began."""
        return [elder for elder in self.predecessors(unit) if self._heir(elder) is not None]

    def members_on(self, unit: Unit, day: date) -> list[Unit]:
        """Return the units of ``day`` whose whole territory lies in ``unit`` (itself included).

        A divided unit is no member of its successors: its sites cannot be told apart by code.
        """
        if unit.exists_on(day):
            return [unit]
        return [u for p in self.whole_predecessors(unit) for u in self.members_on(p, day)]

    def place_on(self, day: date, stated: Iterable[Unit]) -> Place:
        """Resolve the stated units to the codes of ``day``; the first given weighs most.

        The levels above a unit are taken from the unit itself, so that a commune alone is enough
        to know its province. A level that was divided or abolished becomes unknown, and a unit
        that lies elsewhere than a weightier one is passed over.
        """
        codes: dict[UnitLevel, str] = {}
        for unit in self.fitting((day, unit) for unit in stated):
            codes |= self.codes_on(unit, day)
        return Place(
            province_code=codes.get(UnitLevel.province),
            district_code=codes.get(UnitLevel.district),
            commune_code=codes.get(UnitLevel.commune),
        )

    def fitting(self, stated: Iterable[tuple[date, Unit]]) -> list[Unit]:
        """Return the units that lie where the weightier ones before them lie.

        Each is held against each weightier one on the day on which that was stated.
        """
        fit: list[tuple[date, Unit]] = []
        for day, unit in stated:
            if all(self._agree(unit, other, on) for on, other in fit):
                fit.append((day, unit))
        return [unit for _, unit in fit]

    def _agree(self, one: Unit, other: Unit, day: date) -> bool:
        codes, others = self.codes_on(one, day), self.codes_on(other, day)
        return all(codes[level] == others[level] for level in codes.keys() & others.keys())

    def codes_on(self, unit: Unit, day: date) -> dict[UnitLevel, str]:
        """Return the codes that a unit alone tells of a place on a day, for each level."""
        codes: dict[UnitLevel, str] = {}
        for ancestor in self.lineage(unit):
            heir = self.follow(ancestor, day)
            for known in self.lineage(heir) if heir else ():
                codes.setdefault(known.level, known.code)
        return codes
