"""The rights of editors: they write about subjects in their provinces, before and after the write.

On each day a subject lies where the register says now, its first place held back as far as its
province existed; where the register says nothing of a day any more, where it said last. Before
anything that was ever said, a subject may have lain in each province that its first became of. A
project lies also where the site lies that it is in on that day.

All provinces of all days that are known before or after a write must be the editor's, so that
nothing can be written for, moved out of or moved into a province of somebody else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core.errors import ForbiddenError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.entry.known import Key, Known
from app.ledger.revisions import Writer
from app.ledger.tables import OPEN_REVISION
from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.fold import StatePeriod
from app.units.units import Unit, UnitLevel

_NOWHERE = Template(
    "entry.nowhere", "This lies in no known province: it is for administrators to write."
)
_FOREIGN = Template(
    "entry.foreign",
    "This is about {foreign}, where you may not write; your provinces: {own}.",
)


_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a subject lies over an interval of days: its province, and the site of a project."""

    province_code: str | None
    site: str | None
    valid_from: date
    valid_to: date

    def within(self, first: date, end: date) -> "Stay":
        """Return the part of a stay between two days; it may be empty."""
        since, until = max(first, self.valid_from), min(end, self.valid_to)
        return Stay(self.province_code, self.site, since, until)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a subject lies, each day in one stay, and the first day that this is known of.

    Stays before that day are held back from it.
    """

    stays: Sequence[Stay]
    known_from: date


def _stays_of(timeline: Iterable[StatePeriod]) -> Iterator[Stay]:
    for period in timeline:
        code, site = text_of(period.values, "province_code"), text_of(period.values, "site")
        if code or site:
            yield Stay(code, site, period.valid_from, period.valid_to)


def _first_of_each_day(stays: Iterable[Stay]) -> list[Stay]:
    """Return stays without the days on which an earlier one in the list counts."""
    found: list[Stay] = []
    free = [(date.min, date.max)]
    for stay in stays:
        parts = [stay.within(first, end) for first, end in free]
        found += (part for part in parts if part.valid_from < part.valid_to)
        sides = [((a, min(b, stay.valid_from)), (max(a, stay.valid_to), b)) for a, b in free]
        free = [(a, b) for side in sides for a, b in side if a < b]
    return found


def check_rights(writer: Writer, provinces: Iterable[Unit]) -> None:
    """Refuse a write about a subject in provinces that are not the writer's, or in none."""
    concerned = set(provinces)
    if writer.concerned is not None:
        writer.concerned.update(concerned)
    principal = writer.principal
    if principal is None or not principal.is_bound:
        return
    if not concerned:
        raise ForbiddenError(_NOWHERE())
    foreign = principal.foreign(concerned, writer.units)
    if foreign:
        named = ", ".join(unit.label for unit in foreign)
        rest = ["…"] if len(principal.provinces) > _MOST_NAMED else []
        own = ", ".join([*map(str, principal.provinces[:_MOST_NAMED]), *rest])
        raise ForbiddenError(_FOREIGN(foreign=named, own=own))


class Rights:
    """The rights of a writer over subjects, by where they lie as far as is known so far."""

    def __init__(self, writer: Writer, known: Known) -> None:
        """Begin with what the register knows."""
        self._units = writer.units
        self._writer = writer
        self._known = known
        self._accepted: dict[Key, Iterable[StatePeriod]] = {}
        self.are_looked_at = writer.looks_at_provinces

    def accept(self, subject: Key, timeline: Iterable[StatePeriod]) -> None:
        """Note the timeline of a subject by what was accepted."""
        self._accepted[subject] = timeline

    def forget(self, subjects: Iterable[Key]) -> None:
        """Go back to what the register knows of some subjects."""
        for subject in subjects:
            self._accepted.pop(subject, None)

    def check_known(self, subject: Key) -> None:
        """Refuse a write about a subject that lies, as far as is known, in provinces of others."""
        if self.are_looked_at:
            known = self._known_of(subject)
            check_rights(self._writer, self._provinces(known, known.known_from))

    def check_change(
        self,
        subject: Key,
        timeline: Iterable[StatePeriod],
        stated: tuple[Mapping[str, Any], date] | None = None,
    ) -> None:
        """Refuse a write that gives a subject a ``timeline``, if it is or was another's.

        The place that is ``stated`` from a day on counts also where another statement outweighs it
        for now. Days that become known by the write are compared with what could be before it.
        """
        if not self.are_looked_at:
            return
        before, after = self._known_of(subject), self._with(subject, timeline)
        first = min(before.known_from, after.known_from)
        own = self._provinces(after, first)
        if own:
            own |= self._possible(before, first)
            own |= self._named(*stated) if stated else set()
        check_rights(self._writer, own)

    # Where subjects lie

    def _known_of(self, subject: Key) -> Whereabouts:
        return self._with(subject, self._accepted.get(subject))

    def _with(self, subject: Key, timeline: Iterable[StatePeriod] | None) -> Whereabouts:
        """Return where a subject lies by a timeline, or by what is recorded."""
        rows = self._known.places.get(subject, ())
        said = [Stay(r.province_code, r.site, r.valid_from, r.valid_to) for r in rows]
        if timeline is None:
            now = [one for one, r in zip(said, rows, strict=True) if r.known_to == OPEN_REVISION]
        else:
            now = list(_stays_of(timeline))
        stays = _first_of_each_day([*now, *self._held_back(now), *said])
        known_from = min((stay.valid_from for stay in [*now, *said]), default=date.max)
        return Whereabouts([*stays, *self._held_back(stays)], known_from)

    def _held_back(self, stays: Iterable[Stay]) -> Iterator[Stay]:
        """Yield the stay before the first of all, in its province since that existed."""
        first = min(stays, key=lambda stay: stay.valid_from, default=None)
        code = first.province_code if first else None
        if first and code:
            unit = self._units.at(UnitLevel.province, code, first.valid_from)
            since = (unit and unit.valid_from) or date.min
            yield Stay(code, None, since, first.valid_from)

    def _provinces(self, known: Whereabouts, first: date, end: date = date.max) -> set[Unit]:
        """Return the provinces in which a subject lies between two days, also by its sites."""
        found: set[Unit] = set()
        for stay in (one.within(first, end) for one in known.stays):
            if stay.valid_from < stay.valid_to:
                found |= self._of_code(stay)
                if stay.site:
                    site = self._known_of((SubjectType.site, stay.site))
                    found |= self._provinces(site, stay.valid_from, stay.valid_to)
        return found

    def _of_code(self, stay: Stay) -> set[Unit]:
        code, level = stay.province_code, UnitLevel.province
        if code is None:
            return set()
        return set(self._units.during(level, code, stay.valid_from, stay.valid_to))

    def _possible(self, known: Whereabouts, since: date) -> set[Unit]:
        """Return the provinces from which the first that is known became, back to a day."""
        if known.known_from <= since or known.known_from == date.max:
            return set()
        begun = self._provinces(known, known.known_from, known.known_from + timedelta(days=1))
        return set(self._elders(begun, since))

    def _elders(self, provinces: Iterable[Unit], since: date) -> Iterator[Unit]:
        for unit in provinces:
            if unit.valid_from and unit.valid_from > since:
                elders = self._units.predecessors(unit)
                yield from elders
                yield from self._elders(elders, since)

    def _named(self, values: Mapping[str, Any], day: date) -> set[Unit]:
        """Return the provinces of the units and the site that a statement names, on its day."""
        units = self._units
        named = [
            units.at(level, values[name], day)
            for name, level in UNIT_LEVELS.items()
            if values.get(name)
        ]
        above = {one for unit in named if unit for one in units.lineage(unit)}
        stay = Stay(None, values.get("site"), day, day + timedelta(days=1))
        of_site = self._provinces(Whereabouts([stay], day), day)
        return of_site | {one for one in above if one.level is UnitLevel.province}
