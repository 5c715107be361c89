"""What a guard is, what it looks at, and what it yields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from app.core.errors import Fault
from app.core.messages import Message
from app.core.vocabulary import Basis, SiteKind
from app.subjects.fold import StatePeriod
from app.units.units import Units

Values = Mapping[str, Any]
About = TypeVar("About")
"""What a guard looks at."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is hardly right of a member of the body, with the reading that is likely."""

    pointer: str
    detail: Message


@dataclass(frozen=True, slots=True)
class Namesake:
    """A site or project of the same name (``name_key``) over an interval of days.

    ``site`` is the one that a project is in.
    """

    id: str
    kind: SiteKind | None
    name: str
    province_code: str | None
    commune_code: str | None
    site: str | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Said:
    """A statement to be recorded, by what is known of its subject on its first day.

    ``before`` and ``now`` are the values in force on that day without it and with it. ``source`` is
    the row of its source, with the ``issuer_name`` of an issuer that is registered.
    """

    subject: tuple[str, str]
    kind: SiteKind | None
    body: Any
    day: date
    stated: Values
    before: Values
    now: Values
    source: Values
    province_code: str | None
    units: Units
    today: date
    namesakes: Sequence[Namesake] = ()

    @property
    def basis(self) -> Basis:
        """How it is meant."""
        basis: Basis = self.body.basis
        return basis

    @property
    def is_new_name(self) -> bool:
        """Whether it gives a name that its subject did not have."""
        name = self.stated.get("name")
        return name is not None and name != self.before.get("name")


@dataclass(frozen=True, slots=True)
class Entered:
    """How an entry is to read, and the others that may be the same.

    Of a source those are the numbered ones of its date, of an organization all others.
    """

    row: Values
    others: Sequence[Values]
    today: date


@dataclass(frozen=True, slots=True)
class Lessened:
    """A subject that loses a statement: its timeline with it, and without it."""

    subject: tuple[str, str]
    before: Sequence[StatePeriod]
    after: Sequence[StatePeriod]


@dataclass(frozen=True, slots=True)
class Guard(Generic[About]):
    """One guard: its stable code, where its limits come from, and what it doubts."""

    code: str
    basis: str
    find: Callable[[About], Iterable[Doubt]]


def doubts(guards: Iterable[Guard[About]], about: About) -> list[Fault]:
    """Return all that the guards doubt, each at its member and with the code of its guard."""
    return [
        Fault(doubt.detail, pointer=doubt.pointer, code=guard.code)
        for guard in guards
        for doubt in guard.find(about)
    ]
