"""The fields of a form for a statement: one for each attribute that a subject of a kind has.

They follow from the declarations of the attributes: a new one is a field without more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.vocabulary import SiteKind, SubjectType
from app.pages.speech import Speech
from app.pages.values import label_of
from app.subjects.attributes import UNIT_LEVELS, Attribute, ValueType
from app.subjects.definitions import DEFINITIONS

VALUE, EXACTLY, UNTIL, CLEARED = "values.", "qualifiers.", "values_to.", "cleared."
"""What names of fields begin with: a value, how exactly it is given, its upper end, no value."""
NEW = "new."
"""What the name of the box begins with that registers the organization of a field."""
LOOKED_UP = {ValueType.organization: "organizations", ValueType.site: "sites"}
"""What the values of a type are looked up in."""
_LONG = {ValueType.texts, ValueType.geometry}
_GROUPS: Mapping[ValueType, str] = {
    ValueType.text: "named",
    ValueType.texts: "named",
    ValueType.unit: "named",
    ValueType.geometry: "named",
    ValueType.code: "status",
    ValueType.partial_date: "status",
    ValueType.hectares: "land",
    ValueType.percent: "land",
    ValueType.organization: "who",
    ValueType.site: "who",
}
_REST = "figures"
_ORDER = ("named", "who", "status", "land", _REST)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form, for one attribute."""

    name: str
    label: str
    unit: str
    codes: str | None
    choices: str | None
    """What its values are looked up in while one types, by the last part of an address."""
    is_long: bool
    is_quantity: bool
    is_number: bool
    is_date: bool
    clearable: bool


class Group(NamedTuple):
    """Fields that belong together, by the name of the word that says what they are about."""

    name: str
    fields: Sequence[Field]


def attributes_of(what: SubjectType, kind: SiteKind | None) -> list[Attribute]:
    """Return the attributes that statements about a subject of a kind can give."""
    stated = DEFINITIONS[what].attributes.values()
    return [one for one in stated if not one.kinds or kind in one.kinds]


def groups_of(what: SubjectType, kind: SiteKind | None, speech: Speech) -> list[Group]:
    """Return the fields of the form for a subject; an attribute stands with the one it is of."""
    known = DEFINITIONS[what].attributes
    grouped: dict[str, list[Field]] = {name: [] for name in _ORDER}
    for one in attributes_of(what, kind):
        of = known[one.head] if one.head else one
        grouped[_GROUPS.get(of.type, _REST)].append(_field(one, speech))
    return [Group(name, fields) for name, fields in grouped.items() if fields]


def _field(attribute: Attribute, speech: Speech) -> Field:
    unit = speech.unit(attribute.unit) if attribute.unit else ""
    level = UNIT_LEVELS.get(attribute.name)
    return Field(
        name=attribute.name,
        label=label_of(attribute, speech),
        unit=unit,
        codes=attribute.code_list,
        choices=f"{level}s" if level else LOOKED_UP.get(attribute.type),
        is_long=attribute.type in _LONG,
        is_quantity=attribute.is_quantity,
        is_number=attribute.is_quantity or attribute.ordinal,
        is_date=attribute.type is ValueType.partial_date,
        clearable=attribute.clearable,
    )
