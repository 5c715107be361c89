"""What a subject is, attribute by attribute: the value, who said so, and what it displaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.vocabulary import Lane
from app.pages.sayings import Stated
from app.pages.speech import Speech
from app.pages.values import Shown, label_of, members_of, shown
from app.subjects.attributes import Attribute, ValueType
from app.subjects.schemas import DerivedValue, Provenance, ProvenanceList
from app.subjects.states import State

_IN_THE_HEAD = {"kind"}


@dataclass(frozen=True, slots=True)
class Displaced:
    """A value that another one displaced, in words, with the statement that gives it."""

    value: str | None
    statement_id: str
    effective_from: str


@dataclass(frozen=True, slots=True)
class Said:
    """A value with the statement that decides it, and what that displaced.

    ``value`` is ``None`` where the statement says that it is unknown again.
    """

    value: Shown | None
    by: Provenance
    displaced: Sequence[Displaced]


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
    speech: Speech

    def of(self, attribute: Attribute, lane: Lane) -> Said | None:
        """Return what is said of an attribute, if anything is."""
        by = self.said.get((attribute.name, lane))
        if by is None:
            return None
        planned = self.values.get("planned")
        values = self.values if lane is Lane.actual else members_of(planned) if planned else {}
        displaced = [
            Displaced(one.value_of(attribute.name), one.statement.id, one.statement.effective_from)
            for one in self.statements
            if _is_displaced(one, attribute.name, lane, by.statement_id)
        ]
        return Said(shown(attribute, values, self.speech), by, displaced)


def _is_displaced(stated: Stated, name: str, lane: Lane, by: str) -> bool:
    effects = stated.statement.effects or ()
    return any((e.attribute, e.lane, e.displaced_by) == (name, lane, by) for e in effects)


def rows_of(
    state: type[State],
    values: Mapping[str, object],
    provenance: ProvenanceList,
    statements: Sequence[Stated],
    speech: Speech,
) -> list[Row]:
    """Return a row for each attribute that is known, planned, or said to be unknown again."""
    said = {(one.attribute, one.lane): one for one in provenance.items}
    known = _Known(values, said, statements, speech)
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
