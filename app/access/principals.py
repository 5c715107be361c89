"""Who may do what: principals, their roles, and the provinces that an editor may write for."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from app.units.units import Unit, UnitLevel, Units

MOST_NAME = 200


class PrincipalRole(StrEnum):
    """What a principal is."""

    reader = "reader"
    editor = "editor"
    auditor = "auditor"
    administrator = "administrator"


class Access(StrEnum):
    """What an operation is about, for those who may use it."""

    open = "open"
    reading = "reading"
    writing = "writing"
    auditing = "auditing"
    administering = "administering"


_ALLOWED = {
    Access.open: frozenset(PrincipalRole),
    Access.reading: frozenset(PrincipalRole),
    Access.writing: frozenset({PrincipalRole.editor, PrincipalRole.administrator}),
    Access.auditing: frozenset({PrincipalRole.auditor, PrincipalRole.administrator}),
    Access.administering: frozenset({PrincipalRole.administrator}),
}


def allowed(access: Access) -> frozenset[PrincipalRole]:
    """Return the roles that may use operations of a kind."""
    return _ALLOWED[access]


@dataclass(frozen=True, slots=True)
class ProvinceRight:
    """A province by its code and a day on which it had that code: a code alone is no key."""

    code: str
    on: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a right as ``06@2025-06-30``; ``ValueError`` says how to write it."""
        code, _, day = text.partition("@")
        try:
            return cls(code, date.fromisoformat(day))
        except ValueError as error:
            message = f"{text!r}: write a code and a day on which it was in use, 06@2025-06-30"
            raise ValueError(message) from error

    def __str__(self) -> str:
        return f"{self.code}@{self.on}"


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who can be told apart and trusted with a role.

    ``name`` is what revisions call them; ``id`` tells apart those who have the same name.
    """

    id: str
    name: str
    role: PrincipalRole
    provinces: tuple[ProvinceRight, ...] = ()

    def may(self, access: Access) -> bool:
        """Tell whether the role alone allows an operation."""
        return self.role in _ALLOWED[access]

    @property
    def is_bound(self) -> bool:
        """Whether writing is for some provinces only."""
        return self.role is not PrincipalRole.administrator

    def foreign(self, provinces: Iterable[Unit], units: Units) -> list[Unit]:
        """Return those of some provinces that the principal has no right to, oldest first."""
        own = {unit for right in self.provinces for unit in covered(right, units)}
        return sorted(
            set(provinces) - own, key=lambda unit: (unit.valid_from or date.min, unit.code)
        )


def covered(right: ProvinceRight, units: Units) -> Iterator[Unit]:
    """Yield the provinces that a right is for: the one it names, what that was, what it became.

    A right follows its province into the one it became part of, since what was written for the
    first is written for the second from that day on. It does not come to cover what else became
    part of the second: that was never this right's to write. A right on the second covers all that
    became part of it, because their history is its own.
    """
    unit = units.at(UnitLevel.province, right.code, right.on)
    if unit is not None:
        yield unit
        yield from _line(units, unit, forward=True)
        yield from _line(units, unit, forward=False)


def _line(units: Units, unit: Unit, *, forward: bool) -> Iterator[Unit]:
    """Yield the units that took over the whole of a unit, or that it took over whole."""
    for other in units.whole_successors(unit) if forward else units.whole_predecessors(unit):
        yield other
        yield from _line(units, other, forward=forward)


def principal_name(text: str) -> str:
    """Return a name as revisions show it, in NFC; ``ValueError`` when it cannot be one."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        message = f"write a name of at most {MOST_NAME} printable characters, on one line"
        raise ValueError(message)
    return name
