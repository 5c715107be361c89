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

_HEDGES = ("qualifiers", "values_to")


class Saying(NamedTuple):
    """What something is called, and its value; ``None`` where it is said to be unknown again."""

    name: str
    label: str
    value: str | None
    displaced_by: str | None
    """The statement that decides instead, on the day that is looked at."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with what it says, in words, and what it is about."""

    statement: StatementAnswer
    sayings: Sequence[Saying]
    subject: Shown

    def value_of(self, name: str) -> str | None:
        """Return the value of an attribute that it gives."""
        return next((one.value for one in self.sayings if one.name == name), None)


async def in_words(
    connection: Executor, statements: Iterable[object], snapshot: Snapshot, speech: Speech
) -> list[Stated]:
    """Return statements in words, with the names of what they refer to: one query, or none."""
    items = [one.root if isinstance(one, Statement) else one for one in statements]
    found = [one for one in items if isinstance(one, StatementAnswer)]
    keys = {key for one in found for key in _organizations(one)}
    names = await organization_names(connection, keys, snapshot.at.revision)
    return [
        Stated(one, _sayings(one, partial(_name, one, snapshot, names), speech), _subject(one))
        for one in found
    ]


def _organizations(statement: StatementAnswer) -> Iterator[str]:
    given = _given(statement)
    if given:
        attributes = DEFINITIONS[statement.subject_type].attributes
        keys = (given.get(name) for name in attributes.of_type(ValueType.organization))
        yield from (str(key) for key in keys if key)


def _name(
    statement: StatementAnswer,
    snapshot: Snapshot,
    organizations: Mapping[str, str],
    attribute: Attribute,
    key: str,
) -> str | None:
    """Return the name of what a value refers to; of a unit as on the day of the statement."""
    if attribute.type is ValueType.unit:
        day = PartialDate.parse(statement.effective_from).first_day
        return snapshot.units.name_of(UNIT_LEVELS[attribute.name], key, day)
    return organizations.get(key)


def _given(statement: StatementAnswer) -> dict[str, object]:
    """Return the values that a statement about a subject gives, by attribute."""
    values = getattr(statement, "values", None)
    if values is None:
        return {}
    return {n: v for n, v in members_of(values).items() if n in values.model_fields_set}


def _sayings(statement: StatementAnswer, names: Names, speech: Speech) -> list[Saying]:
    if isinstance(statement, ProvinceStatement):
        return [_figure(one, speech) for one in statement.observations or ()]
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


def _figure(one: ObservationValue, speech: Speech) -> Saying:
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


def _subject(statement: StatementAnswer) -> Shown:
    what, key = statement.subject_type, statement.subject_id
    return Shown(statement.subject_name or key, path_of(what, key))


def path_of(what: SubjectType, key: str) -> str:
    """Return the path of the page about a subject."""
    return f"/{what}s/{key}"
