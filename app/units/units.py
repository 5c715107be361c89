"""Administrative units as dated data: which unit a code names on a day, and what became of it.

A code alone is no key: 19 and 25 name different territories before and after 2025-07-01, and
commune codes were reused. A unit is therefore a code together with a half-open interval of days.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from itertools import chain

from app.core.geometry import Degrees

WHOLE = "whole"
"""The extent of a succession that takes over all of a unit."""
_MOST_PLACES = 65_536
Codes = Mapping["UnitLevel", str]
"""The codes of a place at the levels that are known."""


class UnitLevel(StrEnum):
    """Tỉnh, huyện (until 2025-07-01), xã."""

    province = "province"
    district = "district"
    commune = "commune"


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit over its life; a date of ``None`` means no known bound."""

    level: UnitLevel
    code: str
    name: str
    type: str
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    iso_3166_2: str | None = None
    # The identity of a unit does not depend on where on the map it is shown.
    point: Degrees | None = field(default=None, compare=False)

    def exists_on(self, day: date) -> bool:
        """Return whether the unit existed on ``day`` (the interval is half-open)."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)

    @property
    def label(self) -> str:
        """Name and code, as messages show a unit."""
        return f"{self.name} ({self.code})"


REFORMS: Mapping[date, str] = {date(2025, 7, 1): "202/2025/QH15"}
"""The resolutions of the National Assembly by which units ended and began, by their days.

The data of the units name none.
"""


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
    """All units and successions of one edition, looked up by level, code and day.

    Nothing in it ever changes: another edition is another ``Units``. The units above a unit, its
    heirs and its codes are therefore computed once, when they are first needed.
    """

    def __init__(
        self,
        units: Iterable[Unit],
        successions: Iterable[Succession],
        edition: int | None = None,
    ) -> None:
        """Index the units by level and code, and the successions by both ends.

        ``edition`` counts the changes to the units of a register; ``None`` if they belong to none.
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
        self.change_days: tuple[date, ...] = tuple(sorted(self._bounds()))
        self.lineage = cache(self._lineage)
        self._heir_since = cache(self._follow)
        self._all_since = cache(self._all)
        self._codes_since = cache(self._codes)
        # Of these there are as many as combinations of units that somebody states.
        self._place_since = lru_cache(_MOST_PLACES)(self._place)
        self._fitting_since = lru_cache(_MOST_PLACES)(self._fitting)

    def __iter__(self) -> Iterator[Unit]:
        """Yield every unit that there ever was."""
        return (unit for eras in self._by_code.values() for unit in eras)

    def _bounds(self) -> set[date]:
        return {day for unit in self for day in (unit.valid_from, unit.valid_to) if day}

    def _last_change(self, day: date) -> date:
        """Return the last day up to ``day`` on which any unit began or ended.

        All units are the same on both days. Results are therefore cached by the last change, so
        that there are few, however many different days clients name.
        """
        position = bisect_right(self.change_days, day)
        return self.change_days[position - 1] if position else date.min

    @cached_property
    def digest(self) -> str:
        """The digest over all units and successions, points included; equal for equal units."""
        eras = (unit for key in sorted(self._by_code) for unit in self._by_code[key])
        links = (link for key in sorted(self._after) for link in self._after[key])
        digest = sha256()
        for item in chain(((unit, unit.point) for unit in eras), links):
            digest.update(repr(item).encode())
        return digest.hexdigest()

    # Codes and days

    def at(self, level: UnitLevel, code: str, day: date) -> Unit | None:
        """Return the unit that ``code`` named on ``day``, or ``None``."""
        return next((u for u in self.eras(level, code) if u.exists_on(day)), None)

    def name_of(self, level: UnitLevel, code: str | None, day: date) -> str | None:
        """Return the name of the unit that a code named on a day, or else of its last one."""
        unit = self.at(level, code, day) if code else None
        eras = self.eras(level, code) if code else []
        return unit.name if unit else eras[-1].name if eras else None

    def during(self, level: UnitLevel, code: str, first: date, end: date) -> list[Unit]:
        """Return the units that ``code`` named on any day from ``first`` until before ``end``."""
        return [
            unit
            for unit in self.eras(level, code)
            if (unit.valid_from or date.min) < end and first < (unit.valid_to or date.max)
        ]

    def territories(
        self, level: UnitLevel, code: str, first: date, last: date
    ) -> list[tuple[date, Unit]]:
        """Return the territories that ``code`` named on days from ``first`` to ``last``.

        Each is the unit that it was named as last, with the first of these days on which it was.
        """
        found: list[tuple[date, Unit]] = []
        for unit in self.during(level, code, first, last + timedelta(days=1)):
            goes_on = found and self._goes_on(found[-1][1], unit)
            begin = found.pop()[0] if goes_on else max(first, unit.valid_from or first)
            found.append((begin, unit))
        return found

    def _goes_on(self, elder: Unit, unit: Unit) -> bool:
        """Return whether a unit took over all of the territory of another, and no other's."""
        return self._heir(elder) == unit and self.predecessors(unit) == [elder]

    def eras(self, level: UnitLevel, code: str) -> list[Unit]:
        """Return every unit that ever had ``code``, oldest first."""
        return self._by_code.get((level, code), [])

    def all_at(self, level: UnitLevel, day: date) -> list[Unit]:
        """Return the units of a level that existed on ``day``, by code."""
        return [*self._all_since(level, self._last_change(day))]

    def _all(self, level: UnitLevel, day: date) -> list[Unit]:
        there = (u for u in self if u.level == level and u.exists_on(day))
        return sorted(there, key=lambda u: u.code)

    def codes(self, level: UnitLevel) -> list[str]:
        """Return the codes that units of a level ever had, in their order."""
        return sorted(code for of, code in self._by_code if of is level)

    # Successions

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

    def whole_successors(self, unit: Unit) -> list[Unit]:
        """Return the unit that took over the whole of another, if one did."""
        heir = self._heir(unit)
        return [heir] if heir else []

    def whole_predecessors(self, unit: Unit) -> list[Unit]:
        """Return the units that became part of ``unit`` as a whole when it began."""
        return [elder for elder in self.predecessors(unit) if self._heir(elder) is not None]

    def members_on(self, unit: Unit, day: date) -> list[Unit]:
        """Return the units of ``day`` whose whole territory lies in ``unit`` (itself included).

        A divided unit is no member of its successors: its sites cannot be distinguished by code.
        """
        if unit.exists_on(day):
            return [unit]
        return [u for p in self.whole_predecessors(unit) for u in self.members_on(p, day)]

    def follow(self, unit: Unit, day: date) -> Unit | None:
        """Return what ``unit`` is on ``day``: itself or its one successor.

        ``None`` when it was divided or ended without a successor: which part a place fell into
        cannot be known from the code.
        """
        return self._heir_since(unit, self._last_change(day))

    def _follow(self, unit: Unit, day: date) -> Unit | None:
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

    # Places

    def parent(self, unit: Unit) -> Unit | None:
        """Return the unit one level up that ``unit`` lay in."""
        if unit.parent_code is None:
            return None
        day = unit.valid_from or (unit.valid_to - timedelta(days=1) if unit.valid_to else date.min)
        levels = [UnitLevel.district, UnitLevel.province]
        if unit.level is UnitLevel.district:
            levels = [UnitLevel.province]
        return next((p for lvl in levels if (p := self.at(lvl, unit.parent_code, day))), None)

    def above(self, unit: Unit, level: UnitLevel) -> Unit | None:
        """Return the unit of a level that ``unit`` lay in, or is."""
        return next((known for known in self.lineage(unit) if known.level is level), None)

    def _lineage(self, unit: Unit) -> tuple[Unit, ...]:
        """Return ``unit`` and the units above it, lowest first."""
        parent = self.parent(unit)
        return (unit, *self.lineage(parent)) if parent else (unit,)

    def place_on(self, day: date, stated: Iterable[Unit]) -> Place:
        """Resolve the stated units to the codes of ``day``; the first given weighs most.

        The levels above a unit are taken from the unit itself, so that a commune alone is enough
        to know its province. A level that was divided or abolished becomes unknown, and a unit
        that lies elsewhere than a weightier one is passed over.
        """
        return self._place_since(self._last_change(day), tuple(stated))

    def _place(self, day: date, stated: tuple[Unit, ...]) -> Place:
        codes: dict[UnitLevel, str] = {}
        for unit in self.fitting((day, unit) for unit in stated):
            codes |= self.codes_on(unit, day)
        return Place(
            province_code=codes.get(UnitLevel.province),
            district_code=codes.get(UnitLevel.district),
            commune_code=codes.get(UnitLevel.commune),
        )

    def fitting(self, stated: Iterable[tuple[date, Unit]]) -> tuple[Unit, ...]:
        """Return the units that lie where the weightier ones before them lie.

        Each is compared with each weightier one as of the day on which that was stated.
        """
        return self._fitting_since(tuple((self._last_change(day), unit) for day, unit in stated))

    def _fitting(self, stated: tuple[tuple[date, Unit], ...]) -> tuple[Unit, ...]:
        fit: list[tuple[date, Unit]] = []
        for day, unit in stated:
            if all(self._agree(unit, other, on) for on, other in fit):
                fit.append((day, unit))
        return tuple(unit for _, unit in fit)

    def _agree(self, one: Unit, other: Unit, day: date) -> bool:
        codes, others = self.codes_on(one, day), self.codes_on(other, day)
        return all(others.get(level, code) == code for level, code in codes.items())

    def _codes_before(self, unit: Unit, day: date) -> Codes:
        """Return the codes that all have in common of which a unit was made: those are certain."""
        elders = [self.codes_on(elder, day) for elder in self.predecessors(unit)]
        first = elders[0] if elders else {}
        return {
            level: code
            for level, code in first.items()
            if all(codes.get(level) == code for codes in elders)
        }

    def codes_on(self, unit: Unit, day: date) -> Codes:
        """Return the codes of a place on a day, as far as a unit alone determines them.

        Before the unit began, those are the codes of all that became part of it.
        """
        return self._codes_since(unit, self._last_change(day))

    def _codes(self, unit: Unit, day: date) -> Codes:
        if unit.valid_from is not None and day < unit.valid_from:
            return self._codes_before(unit, day)
        codes: dict[UnitLevel, str] = {}
        for ancestor in self.lineage(unit):
            heir = self.follow(ancestor, day)
            for known in self.lineage(heir) if heir else ():
                codes.setdefault(known.level, known.code)
        return codes
