"""Decision 15's rules of who may write about a subject, told a second time over every day.

Where statements place a subject comes from ``tests.oracle``. No code is shared with the app; all
days and all revisions are looked at, one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tests import oracle
from tests.oracle import LEVELS, MERGER, Told

DATES = {
    "2019": date(2019, 1, 1),
    "2021-03": date(2021, 3, 1),
    "2022-07-14": date(2022, 7, 14),
    "2025-06-30": date(2025, 6, 30),
    "2025-07-01": MERGER,
    "2026-03": date(2026, 3, 1),
    "2031": date(2031, 1, 1),
}
"""All that is stated takes effect on one of these days: between them nothing changes."""
DAYS = sorted(DATES.values())
NEVER = date.max

FORMER = {"19 new": {"06", "19 old"}, "25 new": {"17", "25 old", "26"}}
"""The provinces of today in these histories, and those that were merged into each."""
EDITORS = {
    "06@2025-06-30": {"06", "19 new"},
    "19@2025-06-30": {"19 old", "19 new"},
    "17@2025-06-30": {"17", "25 new"},
    "19@2025-07-01": {"06", "19 old", "19 new"},
    "25@2025-07-01": {"17", "25 old", "26", "25 new"},
    "06@2025-06-30,17@2025-06-30": {"06", "19 new", "17", "25 new"},
}
"""Editors by their rights, and what these cover."""
NARROW = tuple(EDITORS)[:3]
"""Those of one province before the merger: none of them can act for another."""

Place = tuple[str | None, str | None]
"""A province and a site."""


def province(code: str, day: date) -> str:
    """Return the province that a code names on a day."""
    return f"{code} {'new' if day >= MERGER else 'old'}" if code in {"19", "25"} else code


def existed(name: str, day: date) -> bool:
    """Return whether a province existed on a day."""
    return (name in FORMER) == (day >= MERGER)


@dataclass
class Subject:
    """A site or project, and all that was ever stated of it."""

    id: str
    is_site: bool
    told: list[Told] = field(default_factory=list)
    statement_ids: list[str] = field(default_factory=list)
    withdrawn: int | None = None
    _said: dict[tuple[date, int], Place | None] = field(default_factory=dict, repr=False)

    def said(self, day: date, revision: int) -> Place | None:
        """Return where the register said, at a revision that stays as it is, that this lies."""
        if (day, revision) not in self._said:
            gone = self.withdrawn is not None and self.withdrawn <= revision
            self._said[day, revision] = None if gone else place(self.told, day, revision)
        return self._said[day, revision]


def place(told: Sequence[Told], day: date, revision: int) -> Place | None:
    """Return where statements place a subject on a day."""
    now = oracle.state(None, told, day, revision) or {}
    code = now.get("province_code")
    found = (province(code, day) if code else None, now.get("site"))
    return None if found == (None, None) else found


class Lies(NamedTuple):
    """Where a subject lies on each day, and the first day of which that was ever said."""

    on: dict[date, Place]
    known_from: date


def lies(subject: Subject, told: Sequence[Told], revision: int) -> Lies:
    """Return where a subject lies if its statements are these as from a revision.

    1. Where the register says now; 2. before that in the first province, while it existed; 3. where
    the register said last; 4. before all that in the first province, while it existed.
    """
    gone = subject.withdrawn is not None
    now = {day: None if gone else place(told, day, revision) for day in DAYS}
    last = {day: last_said(subject, day, revision) for day in DAYS}
    known = [day for day in DAYS if now[day] or last[day]]
    counts = {day: now[day] or first_of(now, day) or last[day] for day in DAYS}
    held = {day: here or first_of(counts, day) for day, here in counts.items()}
    return Lies({day: here for day, here in held.items() if here}, min(known, default=NEVER))


def last_said(subject: Subject, day: date, before: int) -> Place | None:
    """Return where the register said last, before a revision, that a subject lies on a day."""
    begun = subject.told[0].revision if subject.told else before
    said = (subject.said(day, revision) for revision in range(before - 1, begun - 1, -1))
    return next((one for one in said if one), None)


def first_of(places: dict[date, Place | None], day: date) -> Place | None:
    """Return the first province of all on a day before it, if it existed on that day."""
    first = min((d for d, place in places.items() if place), default=None)
    if first is None or day >= first:
        return None
    name = (places[first] or (None, None))[0]
    return (name, None) if name and existed(name, day) else None


@dataclass
class World:
    """Some subjects, and which editors may write about them."""

    subjects: dict[str, Subject]
    revision: int = 0
    """The last one that is recorded."""

    def now(self, subject: Subject) -> Lies:
        """Return where a subject lies by all that is recorded so far."""
        return lies(subject, subject.told, self.revision + 1)

    def provinces(self, where: Lies, day: date) -> set[str]:
        """Return the provinces of a subject on a day, also by the site that it is in."""
        name, site = where.on.get(day, (None, None))
        own = {name} if name else set()
        return own | (self.provinces(self.now(self.subjects[site]), day) if site else set())

    def known(self, where: Lies) -> set[str]:
        """Return the provinces of a subject on all days that are known."""
        return {p for day in DAYS if day >= where.known_from for p in self.provinces(where, day)}

    def possible(self, where: Lies, day: date) -> set[str]:
        """Return where a subject may have been on a day before all that was said of it."""
        begun = self.provinces(where, where.known_from)
        return {e for p in begun for e in ({p} if existed(p, day) else FORMER.get(p, ()))}

    def may_write(self, rights: str, subject: Subject) -> bool:
        """Return whether an editor may write about a subject at all."""
        known = self.known(self.now(subject))
        return bool(known) and known <= EDITORS[rights]

    def may_change(
        self, rights: str, subject: Subject, told: Sequence[Told], new: Told | None
    ) -> bool:
        """Return whether an editor may make the statements about a subject these."""
        before, after = self.now(subject), lies(subject, told, self.revision + 1)
        first = min(before.known_from, after.known_from)
        concerned = {p for d in DAYS if d >= first for p in self.provinces(after, d)}
        if not concerned:
            return False
        for day in DAYS:
            if before.known_from <= day:
                concerned |= self.provinces(before, day) if day >= first else set()
            elif first <= day and before.known_from != NEVER:
                concerned |= self.possible(before, day)
        if new is not None:
            concerned |= self.named(new)
        return concerned <= EDITORS[rights]

    def named(self, told: Told) -> set[str]:
        """Return the provinces that a statement names, on its day."""
        levels = [name for name in LEVELS if told.values.get(name)]
        codes = [oracle.where((told, name), told.effective)["province_code"] for name in levels]
        found = {province(code, told.effective) for code in codes}
        site = told.values.get("site")
        around = self.now(self.subjects[site]) if site else None
        return found | (self.provinces(around, told.effective) if around else set())
