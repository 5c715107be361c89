"""What a proposal says, member by member, in words: whatever would become of it.

Each member of a body is shown, also one that no word is known for: nothing is approved unseen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.core.dates import PartialDate, today
from app.core.digest import JsonObject
from app.core.vocabulary import HISTORIC, ChangeSubjectType, SubjectType
from app.database.connections import Executor
from app.ledger.snapshots import At, latest_revision
from app.ledger.sources import organization_names
from app.pages.proposed_members import is_changeable
from app.pages.sayings import figure_in_words
from app.pages.speech import Speech
from app.pages.values import label_of, shown
from app.statistics.indicator_schemas import ObservationValue
from app.subjects.attributes import UNIT_LEVELS, Attribute, ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.names import names_of_subjects
from app.units.units import Units

_HEDGES = ("qualifiers", "values_to")
_APART = {"id", "subject_type", "subject_id", "values", "observations", *_HEDGES}
_STATED = {
    "source_id": "statement.source",
    "effective_from": "statement.from",
    "effective_to": "state.to",
    "date_basis": "state.date-basis",
    "basis": "statement.basis",
    "locator": "state.locator",
    "cites": "statement.cites",
    "replaces": "statement.replaces",
    "reason": "proposals.why",
}
_ENTERED = (
    *("name", "name_en", "aliases", "kind", "title", "number", "issuer", "issuer_id"),
    *("published_on", "url", "note"),
)
_WORDS = {
    **_STATED,
    **{name: f"entry.{name.replace('_', '-')}" for name in _ENTERED},
    "override_reason": "statement.override",
}
_CODES = {"kind": "source_kind", "basis": "basis", "date_basis": "date_basis"}
_DATES = {"effective_from", "effective_to", "published_on"}
_SOURCES = {"source_id", "cites"}
_ORGANIZATION, _SOURCE = ChangeSubjectType.organization, ChangeSubjectType.source
_Named = Mapping[tuple[str, str], str]


class Fact(NamedTuple):
    """What something is called, and its value; ``None`` where it is said to be unknown again."""

    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A member of a proposal: what it is about, what that is called, and what is said."""

    what: str
    key: str
    name: str
    is_new: bool
    facts: Sequence[Fact]
    place: str | None
    """The list and the number in it by which a form can change the member, if one can."""


async def proposed_in_words(
    connection: Executor, body: JsonObject, units: Units, speech: Speech
) -> list[Proposed]:
    """Return what the body of a proposal says, in the order in which it would be recorded."""
    members = list(_members(body))
    names = await _names(connection, members, units)
    return [_Words(names, units, speech).of(member) for member in members]


class _Member(NamedTuple):
    """A member of a body, the type of what it is about, and whether it registers that."""

    what: str
    raw: Mapping[str, Any]
    is_new: bool
    place: str | None


def _members(body: JsonObject) -> Iterator[_Member]:
    for what in (_ORGANIZATION, _SOURCE, *HISTORIC):
        for number, one in enumerate(body.get(f"{what}s", ())):
            yield _Member(str(what), one, True, _place(f"{what}s", number, one))
    for number, one in enumerate(body.get("statements", ())):
        yield _Member(str(one["subject_type"]), one, False, _place("statements", number, one))


def _place(name: str, number: int, raw: Mapping[str, Any]) -> str | None:
    return f"{name}/{number}" if is_changeable(name, raw) else None


async def _names(connection: Executor, members: Iterable[_Member], units: Units) -> _Named:
    """Return the names of all that is referred to, as recorded or as proposed itself."""
    new: dict[tuple[str, str], str] = {}
    subjects: set[tuple[SubjectType, str]] = set()
    organizations: set[str] = set()
    for what, one, is_new, _ in members:
        values = one.get("values") or {}
        name = one.get("name") or one.get("title") or values.get("name")
        if is_new and name and one.get("id"):
            new[what, one["id"]] = name
        if not is_new:
            subjects.add((SubjectType(what), one["subject_id"]))
        keys = (one.get("source_id"), *(one.get("cites") or ()))
        subjects |= {(SubjectType.source, key) for key in keys if key}
        organizations |= {one["issuer_id"]} if one.get("issuer_id") else set()
        for attribute, key in _referred(what, values):
            if attribute.type is ValueType.site:
                subjects.add((SubjectType.site, key))
            else:
                organizations.add(key)
    at = At(today(), await latest_revision(connection))
    known = await names_of_subjects(connection, subjects, at, units)
    of_organizations = await organization_names(connection, organizations, at.revision)
    recorded = {(str(what), key): name for (what, key), name in known.items()}
    return new | recorded | {(str(_ORGANIZATION), k): n for k, n in of_organizations.items()}


def _referred(what: str, values: Mapping[str, Any]) -> Iterator[tuple[Attribute, str]]:
    if what in set(SubjectType) - {SubjectType.province}:
        for name, attribute in DEFINITIONS[SubjectType(what)].attributes.items():
            of_entry = attribute.is_reference and attribute.type is not ValueType.unit
            if of_entry and values.get(name):
                yield attribute, values[name]


@dataclass(frozen=True, slots=True)
class _Words:
    """What members are said with."""

    names: _Named
    units: Units
    speech: Speech

    def of(self, member: _Member) -> Proposed:
        """Return a member in words."""
        what, one, is_new, place = member
        key = str(one.get("id" if is_new else "subject_id") or "")
        values = one.get("values") or {}
        new = one.get("name") or one.get("title") or values.get("name") if is_new else None
        name = str(new or self.names.get((what, key)) or key)
        facts = [*self._head(one), *self._values(what, one, values)]
        facts += [Fact(*self._figure(given)) for given in one.get("observations") or ()]
        return Proposed(what, key, name, is_new, facts, place)

    def _head(self, one: Mapping[str, Any]) -> Iterator[Fact]:
        for name, value in one.items():
            if name not in _APART and value not in (None, []):
                label = self.speech.text(_WORDS[name]) if name in _WORDS else name
                yield Fact(label, self._text(name, value))

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(self._text(name, one) for one in value)
        if name in _CODES:
            return self.speech.label(_CODES[name], value)
        if name in _DATES:
            return self.speech.partial_date(value)
        kind = _SOURCE if name in _SOURCES else _ORGANIZATION
        if name in {*_SOURCES, "issuer_id"}:
            return self._name(kind, value)
        return str(value)

    def _name(self, what: str, key: str) -> str:
        """Return a name with the id, since what is new may be called like something else."""
        name = self.names.get((str(what), key))
        return f"{name} ({key})" if name else key

    def _values(
        self, what: str, one: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Iterator[Fact]:
        if what not in set(SubjectType) - {SubjectType.province}:
            return
        hedges = {name: one.get(name) or values.get(name) for name in _HEDGES}
        attributes, day = DEFINITIONS[SubjectType(what)].attributes, one.get("effective_from")

        def named(attribute: Attribute, key: str) -> str | None:
            if attribute.type is ValueType.unit:
                on = PartialDate.parse(str(day)).first_day
                return self.units.name_of(UNIT_LEVELS[attribute.name], key, on)
            of_site = attribute.type is ValueType.site
            return self._name(SubjectType.site if of_site else _ORGANIZATION, key)

        for name, value in values.items():
            attribute = attributes.get(name)
            if name in _HEDGES:
                continue
            if attribute is None:
                yield Fact(name, str(value))
            elif attribute.type is ValueType.geometry and value:
                yield Fact(label_of(attribute, self.speech), self.speech.text("subject.geometry"))
            else:
                said = shown(attribute, {**hedges, name: value}, self.speech, named)
                yield Fact(label_of(attribute, self.speech), said.text if said else None)

    def _figure(self, given: Mapping[str, Any]) -> tuple[str, str | None]:
        said = figure_in_words(ObservationValue.model_validate(given), self.speech)
        return said.label, said.value
