"""What is declared of an attribute: one vocabulary for JSON, filters, statements and columns.

The attributes themselves are in ``sites.py``, ``projects.py`` and ``documents.py``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from functools import cached_property
from typing import NamedTuple

from app.core.geometry import geometry_text
from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import MEASURED, Qualifier, SiteKind
from app.subjects.fold import HEDGE, Rules
from app.units.units import UnitLevel


class ValueType(StrEnum):
    """How a value is written and compared."""

    text = "text"
    texts = "texts"
    code = "code"
    unit = "unit"
    organization = "organization"
    site = "site"
    hectares = "hectares"
    percent = "percent"
    quantity = "quantity"
    number = "count"
    money = "vnd"
    partial_date = "partial_date"
    geometry = "geometry"


class Origin(StrEnum):
    """Where the value of an attribute comes from."""

    stated = auto()
    registered = auto()
    derived = auto()


class Tallied(StrEnum):
    """How figures use an attribute, in the order in which the index of provinces has them."""

    counted = auto()
    defining = auto()
    summed = auto()
    averaged = auto()


_NAMED = {ValueType.unit, ValueType.organization, ValueType.site}
_NUMBERS = {
    ValueType.hectares,
    ValueType.percent,
    ValueType.quantity,
    ValueType.number,
    ValueType.money,
}
_UNITS = {
    ValueType.hectares: UnitOfMeasure.hectares,
    ValueType.percent: UnitOfMeasure.percent,
    ValueType.number: UnitOfMeasure.number,
    ValueType.money: UnitOfMeasure.vnd,
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a subject, declared beside its type; ``name`` and ``type`` follow from that.

    ``labels`` are the headers of columns, in Vietnamese and English. Sentences have ``words`` where
    the labels in lower case, without their unit, would not do.

    ``foreseeable`` attributes may be stated with basis ``plan`` or ``target``: they describe the
    plan itself, names or places. All others describe facts: only ``actual`` and ``estimate`` fit.
    With ``two_lanes`` what is planned stands beside what is, as ``planned``, instead of replacing
    it. ``kinds`` are the kinds of sites that have the attribute; all of them when empty. ``codes``
    names the list of its codes where its name is not that of the attribute. ``head`` is the
    attribute that it belongs to, and with which it ends: the rate of a definition, the number of a
    unit. An ``ordinal`` number says which one, not how much: no source gives it less exactly.

    Lists have a filter by equality (``filtered``), one by a lower and an upper end (``range`` is
    the name before ``_min`` and ``_max``), a sort key (``sorts``), and find its words by ``q``
    (``searched``).
    """

    labels: tuple[str, str]
    meaning: str
    words: tuple[str, str] | None = None
    origin: Origin = Origin.stated
    foreseeable: bool = False
    two_lanes: bool = False
    clearable: bool = True
    kinds: frozenset[SiteKind] = frozenset()
    codes: str = ""
    head: str = ""
    ordinal: bool = False
    filtered: bool = False
    range: str = ""
    searched: bool = False
    sorts: bool = False
    tallied: Tallied | None = None
    name: str = ""
    type: ValueType = ValueType.text

    @property
    def is_lasting(self) -> bool:
        """Whether it is a name or a place: it has no end, and was so before it was first stated."""
        return not self.clearable or self.type is ValueType.unit

    @property
    def is_quantity(self) -> bool:
        """Whether its values say how much, of which a source may give one not exactly."""
        return self.type in _NUMBERS and not self.ordinal

    @property
    def in_sentences(self) -> tuple[str, str]:
        """Its name inside a sentence, in Vietnamese and in English."""
        vi, en = self.labels
        return self.words or (_uncapitalised(vi), _uncapitalised(en))

    @property
    def is_reference(self) -> bool:
        """Whether its values refer to something that has a name, which answers have beside it."""
        return self.type in _NAMED

    @property
    def labels_of_name(self) -> tuple[str, str]:
        """The headers of the column of that member."""
        vi, en = self.labels
        vi = _uncapitalised(vi).removeprefix("mã ")
        return f"Tên {vi}", f"{en.removesuffix(' code')} name"

    @property
    def code_list(self) -> str | None:
        """The name of the list of its codes, ``None`` if its values are no codes."""
        return (self.codes or self.name) if self.type is ValueType.code else None

    @property
    def unit(self) -> UnitOfMeasure | None:
        """The unit of its values, ``None`` where they have none or a statement gives it."""
        return _UNITS.get(self.type)


def name_member(name: str) -> str:
    """Return the member that has the name of what an attribute refers to."""
    return f"{name.removesuffix('_code')}_name"


def _uncapitalised(label: str) -> str:
    """Return a label without its capital letter and its unit of measure."""
    text = label.partition(" (")[0]
    return text[:1].lower() + text[1:]


UNIT_LEVELS: dict[str, UnitLevel] = {
    "province_code": UnitLevel.province,
    "district_code": UnitLevel.district,
    "commune_code": UnitLevel.commune,
}
PLANNED = "planned."
"""What the names of planned values begin with where they stand apart from what is."""
_DECIMALS = {ValueType.hectares, ValueType.percent, ValueType.quantity}


class Catalogue(Mapping[str, Attribute]):
    """The attributes of one type of subject, by name and in their order."""

    def __init__(self, attributes: Iterable[Attribute] = ()) -> None:
        """Keep the attributes."""
        self._by_name = {attribute.name: attribute for attribute in attributes}

    def __getitem__(self, name: str) -> Attribute:
        """Return an attribute."""
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._by_name)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_name)

    def of_type(self, kind: ValueType) -> tuple[str, ...]:
        """Return the names of the attributes of a type."""
        return self._by_type.get(kind, ())

    @cached_property
    def _by_type(self) -> Mapping[ValueType, tuple[str, ...]]:
        kinds = {attribute.type for attribute in self.values()}
        return {k: tuple(n for n, one in self.items() if one.type is k) for k in kinds}

    @cached_property
    def planned(self) -> tuple[str, ...]:
        """The names of the attributes that have two lanes."""
        return tuple(name for name, attribute in self.items() if attribute.two_lanes)

    @cached_property
    def rules(self) -> Rules:
        """What the fold has to know of them; what is planned has no part in groups."""
        units = frozenset(self.of_type(ValueType.unit))
        lasting = {name for name, attribute in self.items() if attribute.is_lasting}
        return Rules(
            {name: attribute.head for name, attribute in self.items() if attribute.head},
            [names for names in (frozenset(lasting - units), units) if names],
        )

    def in_lanes(self, basis: str, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return values under the names that the fold has them by: what is planned has its own."""
        if basis in MEASURED:
            return values
        planned = {name: PLANNED + name for name in self.planned}
        return {planned.get(name, name): value for name, value in values.items()}

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The names of the attributes whose values say how much."""
        return tuple(name for name, attribute in self.items() if attribute.is_quantity)

    def decode(self, stored: Mapping[str, object]) -> dict[str, object]:
        """Return values from their stored form: decimal strings become decimals."""
        decimals = self._decimals
        return {
            name: Decimal(str(value)) if name in decimals and value is not None else value
            for name, value in stored.items()
        }

    @cached_property
    def _decimals(self) -> frozenset[str]:
        return frozenset(name for name, attribute in self.items() if attribute.type in _DECIMALS)


def encode(values: Mapping[str, object]) -> dict[str, object]:
    """Return attribute values in the form that the ledger stores: JSON without binary fractions.

    Hectares, percentages and quantities become decimal strings in their shortest form, so that
    ``43`` and ``43.0`` are the same statement. A geometry becomes its one text.
    """
    return {name: _plain(value) for name, value in values.items()}


def plain_decimal(value: Decimal) -> str:
    """Write a decimal in its shortest positional form: ``43.0`` and ``4.3E+1`` become ``43``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_of(values: Mapping[str, object], name: str) -> Decimal | None:
    """Return a value that is a number."""
    value = values.get(name)
    return Decimal(value) if isinstance(value, int | Decimal) else None


def text_of(values: Mapping[str, object], name: str) -> str | None:
    """Return a value that is text: a name, a code, an id, a date."""
    value = values.get(name)
    return value if isinstance(value, str) else None


def plans_in(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a state that are planned, by attribute."""
    return {
        name.removeprefix(PLANNED): value
        for name, value in values.items()
        if name.startswith(PLANNED)
    }


ABOUT = Decimal("0.05")
"""How far a value can be from one that is stated with "about": a twentieth of it."""


class Hedge(NamedTuple):
    """How exactly a source gives a number; of a range, with its upper end as the ledger has it."""

    qualifier: str
    value_to: str | None

    def bounds(self, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
        """Return the least and the greatest that a number may be; ``None`` leaves an end open.

        "Over" takes in its bound, which may itself be rounded.
        """
        match self.qualifier:
            case Qualifier.about:
                return value * (1 - ABOUT), value * (1 + ABOUT)
            case Qualifier.over | Qualifier.at_least:
                return value, None
            case Qualifier.up_to:
                return None, value
            case Qualifier.range if self.value_to is not None:
                return value, Decimal(self.value_to)
        return value, value


def hedges_of(
    qualifiers: Mapping[str, str] | None, values_to: Mapping[str, str] | None
) -> dict[str, Hedge]:
    """Return the hedges of a statement by attribute, from the form that the ledger stores."""
    ends = values_to or {}
    return {name: Hedge(code, ends.get(name)) for name, code in (qualifiers or {}).items()}


def hedges_in(values: Mapping[str, object], prefix: str = "") -> dict[str, dict[str, str]]:
    """Return the hedges of a state as statements give them; only those that there are.

    ``prefix`` is that of the planned values, whose hedges stand beside them.
    """
    start = HEDGE + prefix
    hedges = {
        name.removeprefix(start): hedge
        for name, hedge in values.items()
        if name.startswith(start) and isinstance(hedge, Hedge)
    }
    if not hedges:
        return {}
    own = {name: hedge for name, hedge in hedges.items() if not name.startswith(PLANNED)}
    ends = {name: hedge.value_to for name, hedge in own.items() if hedge.value_to is not None}
    found = {"qualifiers": {n: h.qualifier for n, h in own.items()}, "values_to": ends}
    return {member: by_name for member, by_name in found.items() if by_name}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, Mapping):
        return geometry_text(value)
    return value.value if isinstance(value, StrEnum) else value
