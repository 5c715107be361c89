"""Principals: their roles, the access of each role, and the provinces that some write for."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from app.core.messages import MessageError, Template
from app.units.units import Unit, UnitLevel, Units

MOST_NAME = 200
_NO_RIGHT = Template(
    "rights.malformed",
    "{text!r}: write a code and a day on which it was in use, 06@2025-06-30",
)
_NO_NAME = Template(
    "principals.no-name", "write a name of at most {most} printable characters, on one line"
)


class PrincipalRole(StrEnum):
    """The role of a principal."""

    reader = "reader"
    contributor = "contributor"
    editor = "editor"
    auditor = "auditor"
    administrator = "administrator"

    @property
    def has_provinces(self) -> bool:
        """Whether principals of the role are given the provinces that they write for."""
        return self in {PrincipalRole.contributor, PrincipalRole.editor}


class Access(StrEnum):
    """The kind of an operation, which determines the roles that may use it."""

    open = "open"
    reading = "reading"
    proposing = "proposing"
    deciding = "deciding"
    writing = "writing"
    auditing = "auditing"
    administering = "administering"


ALLOWED = {
    Access.open: frozenset(PrincipalRole),
    Access.reading: frozenset(PrincipalRole),
    Access.proposing: frozenset(
        {PrincipalRole.contributor, PrincipalRole.editor, PrincipalRole.administrator}
    ),
    Access.deciding: frozenset({PrincipalRole.editor, PrincipalRole.administrator}),
    Access.writing: frozenset({PrincipalRole.editor, PrincipalRole.administrator}),
    Access.auditing: frozenset({PrincipalRole.auditor, PrincipalRole.administrator}),
    Access.administering: frozenset({PrincipalRole.administrator}),
}
"""The roles that may use operations of a kind."""


@dataclass(frozen=True, slots=True)
class ProvinceRight:
    """A province by its code and a day on which it had that code: a code alone is no key."""

    code: str
    on: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a right such as ``06@2025-06-30``; ``MessageError`` says how to write it."""
        code, _, day = text.partition("@")
        try:
            return cls(code, date.fromisoformat(day))
        except ValueError as error:
            raise MessageError(_NO_RIGHT(text=text)) from error

    def __str__(self) -> str:
        return f"{self.code}@{self.on}"


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who is identified and has a role.

    ``name`` is the author that revisions show; ``id`` distinguishes principals of the same name.
    """

    id: str
    name: str
    role: PrincipalRole
    provinces: tuple[ProvinceRight, ...] = ()

    def covers(self, units: Units) -> set[Unit]:
        """Return the provinces that the principal has a right to."""
        return {unit for right in self.provinces for unit in covered(right, units)}

    @property
    def is_bound(self) -> bool:
        """Whether the principal may write for some provinces only."""
        return self.role is not PrincipalRole.administrator

    def foreign(self, provinces: Iterable[Unit], units: Units) -> list[Unit]:
        """Return the provinces among these that the principal has no right to, oldest first."""
        foreign = set(provinces) - self.covers(units)
        return sorted(foreign, key=lambda unit: (unit.valid_from or date.min, unit.code))


def covered(right: ProvinceRight, units: Units) -> Iterator[Unit]:
    """Yield the provinces that a right covers: the one it names, its predecessors, its successors.

    A right follows its province into the one it became part of, since the subjects of the first
    belong to the second from that day on. It does not extend to other provinces that became part of
    the second: those were never covered. A right on the second covers all that became part of it,
    because their history is its own.
    """
    unit = units.at(UnitLevel.province, right.code, right.on)
    if unit is not None:
        yield unit
        yield from _line(units, unit, forward=True)
        yield from _line(units, unit, forward=False)


def _line(units: Units, unit: Unit, *, forward: bool) -> Iterator[Unit]:
    """Yield the units that took over the whole of a unit, or that it took over as a whole."""
    for other in units.whole_successors(unit) if forward else units.whole_predecessors(unit):
        yield other
        yield from _line(units, other, forward=forward)


def principal_name(text: str) -> str:
    """Return a name as revisions show it, in NFC; ``MessageError`` if it is not acceptable."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise MessageError(_NO_NAME(most=MOST_NAME))
    return name
