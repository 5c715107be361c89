"""The rights of editors: they write about subjects in their provinces, before and after the write.

A subject lies in every province that it has on any day, as far as is known; a project also in those
of the sites that it is in. All of them must be the editor's, so that nothing can be written for,
moved out of or moved into a province of somebody else. Subjects in no known province are for
administrators.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import ForbiddenError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.entry.known import Key, Known
from app.ledger.revisions import Writer
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


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a subject lies over an interval of days: its province, and the site of a project."""

    province_code: str | None
    site: str | None
    valid_from: date
    valid_to: date


def stays_of(timeline: Iterable[StatePeriod]) -> list[Stay]:
    """Return where a subject lies by its timeline."""
    return [
        Stay(
            text_of(period.values, "province_code"),
            text_of(period.values, "site"),
            period.valid_from,
            period.valid_to,
        )
        for period in timeline
    ]


def check_rights(writer: Writer, provinces: Iterable[Unit]) -> None:
    """Refuse a write about a subject in provinces that are not the writer's, or in none."""
    principal = writer.principal
    if principal is None or not principal.is_bound:
        return
    concerned = set(provinces)
    if not concerned:
        raise ForbiddenError(_NOWHERE())
    foreign = principal.foreign(concerned, writer.units)
    if foreign:
        named = ", ".join(unit.label for unit in foreign)
        own = ", ".join(map(str, principal.provinces))
        raise ForbiddenError(_FOREIGN(foreign=named, own=own))


class Rights:
    """The rights of a writer over subjects, by where they lie as far as is known so far."""

    def __init__(self, writer: Writer, known: Known) -> None:
        """Begin with what the register knows."""
        self._writer = writer
        self._known = known
        self._accepted: dict[Key, list[Stay]] = {}
        principal = writer.principal
        self.is_bound = principal is not None and principal.is_bound

    def accept(self, subject: Key, timeline: Iterable[StatePeriod]) -> None:
        """Note where a subject lies by what was accepted; what lies nowhere keeps its last."""
        if self.is_bound and (stays := stays_of(timeline)):
            self._accepted[subject] = stays

    def forget(self, subjects: Iterable[Key]) -> None:
        """Go back to what the register knows of some subjects."""
        for subject in subjects:
            self._accepted.pop(subject, None)

    def check_known_place(self, subject: Key) -> None:
        """Refuse a write about a subject that lies, as far as is known, in provinces of others."""
        if self.is_bound and (known := self._known_provinces(subject)):
            check_rights(self._writer, known)

    def check_place(
        self,
        subject: Key,
        timeline: Iterable[StatePeriod],
        stated: tuple[Mapping[str, Any], date] | None = None,
    ) -> None:
        """Refuse a write that gives a subject a ``timeline`` in provinces of others.

        The place that is ``stated`` from a day on counts also where another statement outweighs it
        for now.
        """
        if not self.is_bound:
            return
        stays = stays_of(timeline)
        own = self._within(stays) | self._known_provinces(subject)
        if stated is not None:
            values, day = stated
            own |= set(self._named(values, day)) | self._around({values.get("site")})
        check_rights(self._writer, own)

    def _known_provinces(self, subject: Key) -> set[Unit]:
        """Return the provinces that a subject lay in before the write; its last, if none now."""
        return self._within(self._stays(subject))

    def _stays(self, subject: Key) -> list[Stay]:
        if subject in self._accepted:
            return self._accepted[subject]
        rows = self._known.places.get(subject, ())
        return [Stay(r.province_code, r.site, r.valid_from, r.valid_to) for r in rows]

    def _within(self, stays: Iterable[Stay]) -> set[Unit]:
        """Return the provinces of these stays and of the sites that they are in."""
        stays = list(stays)
        return self._during(stays) | self._around({stay.site for stay in stays})

    def _around(self, sites: Iterable[str | None]) -> set[Unit]:
        keys = [(SubjectType.site, site) for site in sites if site is not None]
        return {unit for key in keys for unit in self._during(self._stays(key))}

    def _during(self, stays: Iterable[Stay]) -> set[Unit]:
        """Return the provinces that codes named on any of their days."""
        during, level = self._writer.units.during, UnitLevel.province
        return {
            unit
            for stay in stays
            if stay.province_code
            for unit in during(level, stay.province_code, stay.valid_from, stay.valid_to)
        }

    def _named(self, values: Mapping[str, Any], day: date) -> Iterator[Unit]:
        """Yield the provinces of the units that a statement names."""
        units = self._writer.units
        for name, level in UNIT_LEVELS.items():
            unit = units.at(level, values[name], day) if values.get(name) else None
            above = units.lineage(unit) if unit else ()
            yield from (one for one in above if one.level is UnitLevel.province)
