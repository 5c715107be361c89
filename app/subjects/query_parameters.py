"""Query parameters of reads of subjects: filters, search and order."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from operator import or_
from types import GenericAlias, new_class
from typing import Annotated, Any, ClassVar, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
)

from app.core.messages import Message, MessageError, Template
from app.core.numbers import number_from_text
from app.core.query_parameters import (
    BoundariesQuery,
    CountQuery,
    KnownQuery,
    PageQuery,
    SearchWords,
    TimeQuery,
    fields_of,
)
from app.core.types import (
    BoxText,
    Day,
    Line,
    Matching,
    OrganizationOrUnknown,
    Paragraph,
    PartialDateText,
    SiteOrUnknown,
    SourceId,
    UnitCodeOrUnknown,
)
from app.core.validation import did_you_mean
from app.core.vocabulary import HISTORIC, Basis, DateBasis, SiteKind, SubjectType, Unknown
from app.subjects.attributes import ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.schemas import SCHEMAS
from app.subjects.sites import SiteState
from app.subjects.states import Member, PlacedState, State

_ORDER = Template("subjects.range-order", "it must not be less than {minimum}")
_NO_SORT_KEY = Template("lists.no-sort-key", "write one of {keys}")


class StatementsQuery(KnownQuery, PageQuery):
    """The statements of a subject."""

    as_of: Day | None = Field(
        default=None, description="Only the statements effective by this date."
    )


class TimelineQuery(KnownQuery):
    """The states of a subject."""

    as_of: Day | None = Field(
        default=None, description="Only the states that had begun by this date."
    )


class PatchQuery(BaseModel):
    """The members that a patch needs to become a statement."""

    source_id: SourceId = Field(description="The source that says so.")
    effective_from: PartialDateText | None = Field(
        default=None, description="From when on it holds; today when absent."
    )
    effective_to: PartialDateText | None = Field(
        default=None, description="The date before which it ends; without one it goes on."
    )
    date_basis: DateBasis | None = Field(
        default=None, description="How the date is known; inferred when no date is given."
    )
    basis: Basis = Basis.actual
    locator: Line | None = None
    note: Paragraph | None = None
    reason: Line | None = None
    override_reason: Line | None = None


# Everything in a query is text, so numbers are read from it.
def _bound(most: int) -> object:
    """Return the type of an end of a range of numbers."""
    described = {"type": "number", "format": "double", "minimum": 0, "maximum": most}
    return Annotated[
        Decimal,
        Field(ge=0, le=most, decimal_places=4),
        BeforeValidator(number_from_text),
        WithJsonSchema(described),
    ]


_BOUNDS = {
    ValueType.hectares: _bound(10**9),
    ValueType.percent: _bound(100),
    ValueType.quantity: _bound(10**11),
}


def _check_order(most: Decimal | None, others: ValidationInfo) -> Decimal | None:
    """Refuse an empty range: an empty answer would say nothing of the register."""
    name = str(others.field_name).replace("_max", "_min")
    least = others.data.get(name)
    if most is not None and least is not None and most < least:
        raise MessageError(_ORDER(minimum=name))
    return most


_OR_WHETHER = ", null for where it is unknown, not_null for where it is known"
_WHETHER = "null: only where {name} is unknown; not_null: only where it is known."


@cache
def _codes_or_unknown(codes: type[StrEnum]) -> type[StrEnum]:
    """Return the codes of a list, or whether there is one: what filters by it take."""
    members = {code.name: code.value for code in (*codes, *Unknown)}
    made = StrEnum(f"{codes.__name__}Filter", members)  # type: ignore[misc]
    made.__doc__ = "A code, or whether there is one: null finds what is unknown, not_null the rest."
    return made


_OR_UNKNOWN: Mapping[ValueType, object] = {
    ValueType.unit: UnitCodeOrUnknown,
    ValueType.organization: OrganizationOrUnknown,
    ValueType.site: SiteOrUnknown,
}


def _wanted(member: Member) -> object:
    """Return the type of what a filter takes: a value, or whether it is known."""
    if not member.is_optional:
        return member.stated
    if member.codes is not None:
        return _codes_or_unknown(member.codes)
    return _OR_UNKNOWN[member.attribute.type]


def _given(member: Member) -> Any:
    """Describe a filter by equality."""
    meaning = member.attribute.meaning.rstrip(".")
    unknown = _OR_WHETHER if member.is_optional else ""
    described = f"{meaning}. Repeat it for several{unknown}; all when absent."
    return Field(default_factory=list, description=described)


def asks_if_known(member: Member) -> bool:
    """Return whether lists have a filter of its own by whether a value is known."""
    attribute = member.attribute
    is_compared = attribute.range or attribute.sorts or attribute.tallied
    return bool(
        member.is_optional
        and not attribute.filtered
        and is_compared
        and attribute.type is not ValueType.text
    )


def _filters(members: Iterable[Member]) -> Iterator[tuple[str, object]]:
    """Yield the names and types of the parameters by which lists filter, ranges last."""
    members = list(members)
    for member in members:
        if member.attribute.filtered:
            wanted = GenericAlias(list, (_wanted(member),))
            yield member.attribute.name, Annotated[wanted, _given(member)]
    for attribute in (member.attribute for member in members if member.attribute.range):
        bound = or_(_BOUNDS[attribute.type], None)
        least, most = (f"{attribute.name} at {word}." for word in ("least", "most"))
        yield f"{attribute.range}_min", Annotated[bound, Field(default=None, description=least)]
        described = Field(default=None, description=most)
        yield f"{attribute.range}_max", Annotated[bound, AfterValidator(_check_order), described]
    for attribute in (member.attribute for member in members if asks_if_known(member)):
        described = Field(default=None, description=_WHETHER.format(name=attribute.name))
        yield attribute.name, Annotated[or_(Unknown, None), described]


class Filters(BaseModel):
    """The filters of a list: those that the attributes of a state give, and more."""

    def __init_subclass__(
        cls, of: type[State] = State, but: Collection[str] = (), last: Collection[str] = ()
    ) -> None:
        """Add the filters of a state, some of them after the others, before pydantic reads them.

        A filter has the place it was first published at: generated clients have it as a position.
        """
        super().__init_subclass__()
        known = {name for base in cls.__mro__[1:] for name in getattr(base, "model_fields", ())}
        ordered = sorted(of.members.values(), key=lambda member: member.attribute.name in last)
        added = {n: t for n, t in _filters(ordered) if n not in known and n not in but}
        lacking = (PlacedState.members.keys() & known) - of.members.keys() if of.members else ()
        cls.__annotations__ = added | cls.__annotations__ | dict.fromkeys(lacking, ClassVar[None])


_SORTED_BY = (
    {ValueType.organization, ValueType.site},
    {ValueType.unit, ValueType.code},
    {ValueType.hectares, ValueType.percent, ValueType.quantity, ValueType.number, ValueType.money},
    {ValueType.partial_date},
)


def sort_keys(state: type[State]) -> list[str]:
    """Return the sort keys of a list: references, codes, numbers and dates, in this order."""
    sorting = [m.attribute for m in state.members.values() if m.attribute.sorts]
    keys = [a.name for types in _SORTED_BY for a in sorting if a.type in types]
    return ["name", "id", *keys, "known_from"]


class HistoryFilter(TimeQuery, BoundariesQuery, Filters, of=PlacedState):
    """Filters of subjects. A repeated filter means any of its values."""

    province_code: list[UnitCodeOrUnknown] = _given(PlacedState.members["province_code"])
    q: SearchWords = None
    sort: str = "name"


class HistoryQuery(HistoryFilter, PageQuery, CountQuery):
    """Which subjects to list. A repeated filter means any of its values."""


def _sort(state: type[State]) -> object:
    """Return the type of a sort key of a list."""
    keys = sort_keys(state)
    hint = _NO_SORT_KEY(keys=", ".join(keys))
    return Annotated[str, Matching(f"^-?({'|'.join(keys)})$", hint)]


_SORTED = "Sort key, with - in front for descending. Unknown values come last."


class SitesFilter(HistoryFilter, of=SiteState, last=("investor", "managing_body")):
    """Filters of sites, and their order. A repeated filter means any of its values."""

    kind: list[SiteKind] = Field(default_factory=list)
    bbox: BoxText | None = Field(
        default=None,
        description="minLon,minLat,maxLon,maxLat in WGS 84 degrees: sites whose box meets this "
        "one. A site without geometry is where its commune's point is.",
        examples=["105.4,21.9,106.3,22.8"],
    )
    sort: _sort(SiteState) = Field(default="name", description=_SORTED)  # type: ignore[valid-type]


class SitesQuery(SitesFilter, HistoryQuery):
    """Which sites to list, and in which order. A repeated filter means any of its values."""


_TRACEABLE = [
    name
    for name, attribute in SiteState.attributes.items()
    if attribute.type not in {ValueType.unit, ValueType.geometry}
]
_NO_VALUES_OF = Template("subjects.no-values-of", "write one of {attributes}")
_NO_ATTRIBUTE = Template(
    "subjects.no-attribute-of-values", "{name!r} is no attribute whose values are listed."
)


def _no_values_of(name: str) -> Message:
    listed = _NO_VALUES_OF(attributes=", ".join(_TRACEABLE))
    return did_you_mean(_NO_ATTRIBUTE(name=name), name, _TRACEABLE, otherwise=listed)


class ValuesFilter(SitesFilter):
    """Of which sites there is a file of the values of an attribute, and in which order."""

    attribute: Annotated[
        str,
        Matching(f"^({'|'.join(_TRACEABLE)})$", _no_values_of),
    ] = Field(description="The attribute whose values to list.")
    counted: bool | None = Field(
        default=None,
        description="true: only sites that sums are about, which are neither closed nor removed; "
        "false: only the others.",
    )


class ValuesQuery(ValuesFilter, HistoryQuery):
    """Of which sites to list the value of an attribute, and in which order."""


class StateQuery(TimeQuery, BoundariesQuery):
    """One subject."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The queries of a type of subject: for one, for a list, and for those in one site."""

    one: type[StateQuery]
    many: type[HistoryQuery]
    of_site: type[HistoryQuery]


@dataclass(frozen=True, slots=True)
class Queries(Reads):
    """The queries of a type of subject for whole states and for states in part.

    ``filters`` are those of a list that has no pages.
    """

    filters: type[HistoryFilter]
    sparse: Reads


def _queries(what: SubjectType) -> Queries:
    """Make the queries of a type of subject; where it is in comes after its other filters."""
    state = DEFINITIONS[what].state
    sorts: object = Annotated[_sort(state), Field(default="name", description=_SORTED)]
    sites = state.attributes.of_type(ValueType.site)
    of_site = _query("OfSite", HistoryQuery, {"sort": sorts}, of=state, but=sites)
    filters: type[HistoryFilter] = SitesFilter
    many: type[HistoryQuery] = SitesQuery
    if what is not SubjectType.site:
        filters = _query(f"{what.title()}sFilter", HistoryFilter, {"sort": sorts}, of=state)
        many = _query("Many", of_site, {}, of=state)
    fields, of_one = ({"fields": fields_of(m)} for m in (SCHEMAS[what].state, SCHEMAS[what].detail))
    sparse = Reads(
        _query("OneInPart", StateQuery, of_one),
        _query("ManyInPart", many, fields),
        _query("OfSiteInPart", of_site, fields),
    )
    return Queries(StateQuery, many, of_site, filters, sparse)


_Query = TypeVar("_Query", bound=BaseModel)


def _query(name: str, base: type[_Query], members: dict[str, object], **of: object) -> type[_Query]:
    body = {"__module__": __name__, "__annotations__": members}
    return cast("type[_Query]", new_class(name, (base,), of, lambda made: made.update(body)))


QUERIES: Mapping[SubjectType, Queries] = {what: _queries(what) for what in HISTORIC}
"""The queries of the subjects of each type."""
_FEW_ROWS = {"province_code", "district_code", "commune_code", "kind", "stage", "site"}
READ_AT_LENGTH = {"count", "q", "sort", "bbox", "attribute", "author"} | {
    name for what in HISTORIC for name, _ in _filters(DEFINITIONS[what].state.members.values())
} - _FEW_ROWS
"""How many rows must be read for these is not known beforehand, so they do not hold the loop."""
