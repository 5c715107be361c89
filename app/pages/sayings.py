"""What statements say, in words: the values of subjects, the figures of provinces."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from app.core.dates import PartialDate
from app.core.vocabulary import Qualifier, SubjectType
from app.database.connections import Executor
from app.entry.schemas import ProvinceStatement, Statement, StatementAnswer
from app.ledger.snapshots import Snapshot
from app.ledger.sources import organization_names
from app.pages.speech import Speech
from app.pages.values import Names, Shown, label_of, members_of, shown
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import UNIT_LEVELS, Attribute, ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.names import Key, names_of_subjects

_HEDGES = ("qualifiers", "values_to")


class Saying(NamedTuple):
    """What something is called, and its value; ``None`` where it is said to be unknown again."""

    name: str
    label: str
    value: str | None
    displaced_by: str | None
    """The statement that decides instead, on the day that is looked at."""
    is_repeated: bool = False
    """Whether that one says the same."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with what it says, in words, and what it is about."""

    statement: StatementAnswer
    sayings: Sequence[Saying]
    subject: Shown

    def value_of(self, name: str) -> str | None:
        """Return the value of an attribute that it gives."""
        return next((one.value for one in self.sayings if one.name == name), None)


@dataclass(frozen=True, slots=True)
class _Known:
    """The names of what statements refer to, and of what they are about."""

    snapshot: Snapshot
    organizations: Mapping[str, str]
    subjects: Mapping[Key, str]

    def name(self, statement: StatementAnswer, attribute: Attribute, key: str) -> str | None:
        """Return the name of what a value refers to; of a unit as on the day of the statement."""
        if attribute.type is ValueType.unit:
            day = PartialDate.parse(statement.effective_from).first_day
            return self.snapshot.units.name_of(UNIT_LEVELS[attribute.name], key, day)
        if attribute.type is ValueType.site:
            return self.subjects.get((SubjectType.site, key))
        return self.organizations.get(key)

    def subject(self, statement: StatementAnswer) -> Shown:
        """Return what a statement is about."""
        what, key = statement.subject_type, statement.subject_id
        name = statement.subject_name or self.subjects.get((what, key))
        return Shown(name or key, path_of(what, key))


async def in_words(
    connection: Executor, statements: Iterable[object], snapshot: Snapshot, speech: Speech
) -> list[Stated]:
    """Return statements in words, with the names of what they refer to and are about."""
    items = [one.root if isinstance(one, Statement) else one for one in statements]
    found = [one for one in items if isinstance(one, StatementAnswer)]
    known = await _read_known(connection, found, snapshot)
    said = {one.id: _sayings(one, partial(known.name, one), speech) for one in found}
    values = {(key, one.name): one.value for key, sayings in said.items() for one in sayings}
    return [Stated(one, _repeated(said[one.id], values), known.subject(one)) for one in found]


def _repeated(
    sayings: Iterable[Saying], values: Mapping[tuple[str, str], str | None]
) -> list[Saying]:
    """Mark what the statement that decides instead says as well, where it is shown, too."""
    return [
        one._replace(is_repeated=values.get((one.displaced_by or "", one.name)) == one.value)
        if one.displaced_by and one.value
        else one
        for one in sayings
    ]


async def _read_known(
    connection: Executor, statements: Sequence[StatementAnswer], snapshot: Snapshot
) -> _Known:
    """Read names: one query for organizations, and one for each type of subjects."""
    at = snapshot.at
    organizations = {key for one in statements for key in _references(one, ValueType.organization)}
    subjects = {
        (SubjectType.site, key) for one in statements for key in _references(one, ValueType.site)
    }
    subjects |= {(one.subject_type, one.subject_id) for one in statements if not one.subject_name}
    return _Known(
        snapshot,
        await organization_names(connection, organizations, at.revision),
        await names_of_subjects(connection, subjects, at, snapshot.units),
    )


def _references(statement: StatementAnswer, to: ValueType) -> Iterator[str]:
    given = _given(statement)
    if given:
        keys = (
            given.get(name) for name in DEFINITIONS[statement.subject_type].attributes.of_type(to)
        )
        yield from (str(key) for key in keys if key)


def _given(statement: StatementAnswer) -> dict[str, object]:
    """Return the values that a statement about a subject gives, by attribute."""
    values = getattr(statement, "values", None)
    if values is None:
        return {}
    return {n: v for n, v in members_of(values).items() if n in values.model_fields_set}


def _sayings(statement: StatementAnswer, names: Names, speech: Speech) -> list[Saying]:
    if isinstance(statement, ProvinceStatement):
        return [figure_in_words(one, speech) for one in statement.observations or ()]
    given = _given(statement)
    hedges = {name: getattr(statement, name, None) for name in _HEDGES}
    displaced = {one.attribute: one.displaced_by for one in statement.effects or ()}
    return [
        _value(member.attribute, {**given, **hedges}, displaced.get(name), names, speech)
        for name, member in DEFINITIONS[statement.subject_type].state.members.items()
        if name in given
    ]


def _value(
    attribute: Attribute,
    given: Mapping[str, object],
    displaced_by: str | None,
    names: Names,
    speech: Speech,
) -> Saying:
    if attribute.type is ValueType.geometry:
        text = speech.text("subject.geometry") if given[attribute.name] else None
    else:
        value = shown(attribute, given, speech, names)
        text = value.text if value else None
    return Saying(attribute.name, label_of(attribute, speech), text, displaced_by)


def figure_in_words(one: ObservationValue, speech: Speech) -> Saying:
    """Return a figure of a province in words."""
    indicator = INDICATORS[one.indicator]
    number = speech.number(one.value)
    if one.value_to is not None:
        number = f"{number}–{speech.number(one.value_to)}"
    elif one.qualifier is not Qualifier.exact:
        number = f"{speech.label('qualifier', one.qualifier)} {number}"
    period = f" ({speech.period(one.period)})" if one.period else ""
    value = f"{number} {speech.unit(indicator.unit)}".rstrip() + period
    label = speech.either(indicator.name_vi, indicator.name_en) or indicator.code
    return Saying(indicator.code, label, value, None)


def path_of(what: SubjectType, key: str) -> str:
    """Return the path of the page about a subject."""
    return f"/{what}s/{key}"
