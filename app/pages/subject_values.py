"""What a subject is, attribute by attribute: the value, who said so, and what it displaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import takewhile

from app.core.dates import PartialDate
from app.core.vocabulary import Lane
from app.ledger.snapshots import Snapshot
from app.pages.sayings import Stated
from app.pages.speech import Speech
from app.pages.values import Shown, label_of, members_of, shown
from app.subjects.attributes import UNIT_LEVELS, Attribute, ValueType
from app.subjects.schemas import DerivedValue, Provenance, ProvenanceList
from app.subjects.states import State
from app.units.units import REFORMS

_IN_THE_HEAD = {"kind"}


@dataclass(frozen=True, slots=True)
class Voice:
    """A statement that gives a value, in words."""

    value: str | None
    statement_id: str
    source_id: str
    source_title: str
    effective_from: str

    @classmethod
    def of(cls, stated: Stated, name: str) -> "Voice":
        """Return what a statement says of an attribute."""
        one = stated.statement
        said = (one.id, one.source_id, one.source_title, one.effective_from)
        return cls(stated.value_of(name), *said)


@dataclass(frozen=True, slots=True)
class Reform:
    """That a unit is the one of today by a reform and not by what was said.

    ``stated`` is the unit that was named, ``resolution`` the number of what the reform was made by.
    """

    day: date
    resolution: str | None
    stated: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A value with the statement that decides it, and what that displaced.

    ``value`` is ``None`` where the statement says that it is unknown again. ``before`` are those
    who had said the same without a break, the first of them first.
    """

    value: Shown | None
    by: Provenance
    before: Sequence[Voice]
    displaced: Sequence[Voice]
    reform: Reform | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An attribute of a subject: what is, what is planned beside it, or what it follows from."""

    name: str
    label: str
    actual: Said | None
    planned: Said | None
    derived: Shown | None
    derived_from: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known of the values of a subject."""

    values: Mapping[str, object]
    said: Mapping[tuple[str, Lane], Provenance]
    statements: Sequence[Stated]
    snapshot: Snapshot
    speech: Speech

    def of(self, attribute: Attribute, lane: Lane) -> Said | None:
        """Return what is said of an attribute, if anything is."""
        by = self.said.get((attribute.name, lane))
        if by is None:
            return None
        planned = self.values.get("planned")
        values = self.values if lane is Lane.actual else members_of(planned) if planned else {}
        value, name = shown(attribute, values, self.speech), attribute.name
        displaced = [
            Voice.of(one, name)
            for one in self.statements
            if _is_displaced(one, name, lane, by.statement_id)
        ]
        displaced.sort(key=lambda one: PartialDate.parse(one.effective_from).first_day)
        same = partial(_says, value.text if value else None)
        before = [*takewhile(same, reversed(displaced))][::-1]
        others = displaced[: len(displaced) - len(before)][::-1]
        return Said(value, by, before, others, self._reform(attribute, by))

    def _reform(self, attribute: Attribute, by: Provenance) -> Reform | None:
        """Return the reform that a unit follows from, where it began after it was said."""
        level, code = UNIT_LEVELS.get(attribute.name), self.values.get(attribute.name)
        if level is None or code is None:
            return None
        unit = self.snapshot.units.at(level, str(code), self.snapshot.at.day)
        since = unit.valid_from if unit else None
        if since is None or since <= PartialDate.parse(by.effective_from).first_day:
            return None
        said = (one for one in self.statements if one.statement.id == by.statement_id)
        stated = next((one.value_of(attribute.name) for one in said), None)
        return Reform(since, REFORMS.get(since), stated)


def _says(text: str | None, voice: Voice) -> bool:
    return voice.value == text


def _is_displaced(stated: Stated, name: str, lane: Lane, by: str) -> bool:
    effects = stated.statement.effects or ()
    return any((e.attribute, e.lane, e.displaced_by) == (name, lane, by) for e in effects)


def rows_of(
    state: type[State],
    values: Mapping[str, object],
    provenance: ProvenanceList,
    statements: Sequence[Stated],
    snapshot: Snapshot,
    speech: Speech,
) -> list[Row]:
    """Return a row for each attribute that is known, planned, or said to be unknown again."""
    said = {(one.attribute, one.lane): one for one in provenance.items}
    known = _Known(values, said, statements, snapshot, speech)
    derived = {one.attribute: one for one in provenance.derived}
    rows = (
        _row(member.attribute, known, derived.get(name), state)
        for name, member in state.members.items()
        if name not in _IN_THE_HEAD and member.attribute.type is not ValueType.geometry
    )
    return [row for row in rows if row.actual or row.planned or row.derived]


def _row(
    attribute: Attribute, known: _Known, derived: DerivedValue | None, state: type[State]
) -> Row:
    names = derived.derived_from if derived else ()
    return Row(
        attribute.name,
        label_of(attribute, known.speech),
        known.of(attribute, Lane.actual),
        known.of(attribute, Lane.planned),
        shown(attribute, known.values, known.speech) if derived else None,
        [label_of(state.members[name].attribute, known.speech) for name in names],
    )
