"""Subjects of each type: the values that are written, and the states that are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from app.core.messages import MessageError, Template
from app.core.numbers import Number, Whole
from app.core.query_parameters import require_what_is_always_there
from app.core.types import Answer, Body, Line, RecordedAt, is_absent, list_of, made_model
from app.core.vocabulary import HISTORIC, Basis, Lane, Qualifier, SubjectType
from app.subjects.attributes import Attribute, Origin, name_member
from app.subjects.definitions import DEFINITIONS, SubjectDefinition
from app.subjects.definitions.source import DocumentState
from app.subjects.states import Member, State

_NO_NUMBER = Template(
    "subjects.qualifier-of-no-number",
    "{attribute} is not a quantity: only quantities are about, over, at_least, up_to or a range",
)


class Values(Body):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""

    members: ClassVar[dict[str, Member]] = {}
    computed: ClassVar[dict[str, str]] = {}
    """The attributes that are computed, each with the one to state in its place, if any."""

    def __init_subclass__(cls) -> None:
        """Leave out what a state has and statements cannot give."""
        super().__init_subclass__()
        origins = {name: member.attribute.origin for name, member in cls.members.items()}
        computed = [name for name, origin in origins.items() if origin is Origin.derived]
        stated = {name: f"stated_{name}" for name in computed}
        cls.computed = {n: s if s in cls.members else "" for n, s in stated.items()}
        for name, origin in origins.items():
            if origin is not Origin.stated:
                cls.__annotations__[name] = ClassVar[None]

    @model_serializer(mode="wrap")
    def show_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out members that are not stated: they differ from those stated to be unknown."""
        shown: Mapping[str, object] = handler(self)
        stated = self.model_fields_set
        return {name: value for name, value in shown.items() if name in stated}


class _OfNumbers(Body):
    """Something about the values of a statement that are numbers."""

    members: ClassVar[dict[str, Member]] = {}

    @model_validator(mode="before")
    @classmethod
    def refuse_words(cls, given: Any) -> Any:
        """Say of an attribute that is no number why it is not known here."""
        if isinstance(given, dict):
            word = next((n for n in given if n in cls.members and n not in cls.model_fields), None)
            if word is not None:
                raise MessageError(_NO_NUMBER(attribute=word))
        return given


class DocumentValues(DocumentState, Values):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""


class _Shown(Answer):
    """A state in an answer: its members are always there, as answers show them."""

    members: ClassVar[dict[str, Member]] = {}

    def __init_subclass__(cls) -> None:
        """Take over the members of the state, in the types of answers."""
        super().__init_subclass__()
        for name, member in cls.members.items():
            cls.__annotations__[name] = member.in_answers
            if member.attribute.is_reference:
                described = Field(description=_NAME.format(name=name))
                cls.__annotations__[name_member(name)] = Annotated[str | None, described]


class _Identified(_Shown):
    id: str


class _Sparse(Answer):
    """A state in an answer of which ``fields`` chooses the members."""

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)


class _Version(Answer):
    """Over which days a state holds, and since when it is known."""

    valid_from: date = Field(description="First day of this state.")
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")
    known_from: Whole = Field(description="The revision that recorded this state.")


class Detail(Answer):
    """One subject, with the date and the revision the answer is about."""

    as_of: date
    revision: Whole
    changed_in: Whole


class Page(Answer):
    """A page of subjects."""

    items: Sequence[Answer]
    next_cursor: str | None
    count: Whole | None = Field(description="Items of the whole list; null unless requested.")
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    revision: Whole


class Timeline(Answer):
    """The states of a subject over valid time, oldest first, as known at a revision."""

    items: Sequence[Answer]
    next_cursor: str | None
    revision: Whole


Members = Mapping[str, Any]
"""Members of a model that is made: a pair of type and default for each."""


@dataclass(frozen=True, slots=True)
class Schemas:
    """The values of a type of subject that are written, and its states that are read.

    ``hedges`` are the types of ``qualifiers`` and ``values_to`` in bodies, by these names, and
    ``shown_hedges`` those in answers; they may be null.
    """

    values: type[Values]
    patch: type[Values]
    hedges: Mapping[str, object]
    shown_hedges: Mapping[str, object]
    state: type[Answer]
    detail: type[Detail]
    page: type[Page]
    timeline: type[Timeline]


@dataclass(frozen=True, slots=True)
class SparseSchemas:
    """The models of answers of which ``fields`` chooses the members."""

    detail: type[Answer]
    page: type[Page]


_NAME = "The name of {name}, as known then."
_PLANNED = "Values that a plan or target gives; only those that are known."


def where_known(member: Member, shown: object) -> tuple[object, object]:
    """Return the type of a member that is left out where it is unknown, and its default."""
    described = member.attribute.meaning
    return shown, Field(default_factory=_nothing, exclude_if=is_absent, description=described)


def _nothing() -> None:
    """Return the default of a member that is left out, which its type does not take."""


def _hedges(name: str, state: type[State]) -> tuple[dict[str, object], dict[str, object]]:
    """Make the types of how exactly the numbers of a state are given: in bodies, and in answers."""
    numbers = {number: state.members[number] for number in state.attributes.numbers}

    def of_numbers(end: str, about: str, members: Members) -> object:
        made = made_model(_OfNumbers, f"{name}{end}", about, **members)
        made.members = state.members
        return made | None

    codes = {n: where_known(member, Qualifier) for n, member in numbers.items()}
    ends = {n: where_known(member, member.stated) for n, member in numbers.items()}
    shown = {n: where_known(member, member.shown) for n, member in numbers.items()}
    qualifiers = of_numbers("Qualifiers", "How exactly numbers are given.", codes)
    about = "The upper ends of numbers that are ranges."
    return (
        {"qualifiers": qualifiers, "values_to": of_numbers("ValuesTo", about, ends)},
        {"qualifiers": qualifiers, "values_to": of_numbers("UpperEnds", about, shown)},
    )


HEDGED = {
    "qualifiers": "How exactly numbers are given, by attribute: only what is not exact.",
    "values_to": "Of numbers with qualifier range the upper end, by attribute.",
}


def hedge_members(hedges: Mapping[str, object], **given: Any) -> Members:
    """Return ``qualifiers`` and ``values_to`` as members of a model."""
    return {n: (t, Field(description=HEDGED[n], **given)) for n, t in hedges.items()}


def _namewhere_known(attribute: Attribute) -> tuple[object, object]:
    described = _NAME.format(name=attribute.name)
    return str, Field(default_factory=_nothing, exclude_if=is_absent, description=described)


def _schemas(what: SubjectType, of: SubjectDefinition) -> Schemas:
    """Make the models of a type of subject."""
    name = what.title()
    state = made_model(
        Answer,
        name,
        f"A {what} as it was on a date, as known at a revision.",
        (_Version, of.listed or of.state, _Identified),
    )
    hedges, shown_hedges = _hedges(name, of.state) if of.attributes.numbers else ({}, {})
    added = dict(hedge_members(shown_hedges))
    if planned := of.attributes.planned:
        about = Field(description="What plans and targets say that is to be, beside what is.")
        shown = {one: of.state.members[one] for one in planned}
        members = {one: where_known(member, member.shown) for one, member in shown.items()}
        references = (a for one in planned if (a := of.attributes[one]).is_reference)
        members |= {name_member(a.name): _namewhere_known(a) for a in references}
        hedged = hedge_members(shown_hedges, default=None, exclude_if=is_absent)
        plans = made_model(Answer, f"{name}Planned", _PLANNED, (Answer,), **members, **hedged)
        added["planned"] = (plans, about)
    if added:
        state = made_model(Answer, name, str(state.__doc__), (state,), **added)
    described = f"The last revision that changed this {what}; what If-Match compares."
    outlined, outline = (" with its geometry, and", (of.outline,)) if of.outline else (", with", ())
    detail = made_model(
        Detail,
        f"{name}Detail",
        f"One {what}{outlined} the date and the revision the answer is about.",
        (Detail, *outline, state),
        changed_in=(Whole, Field(description=described)),
    )
    states = (list_of(state), ...)
    past = f"The states of a {what} over valid time, oldest first, as known at a revision."
    values = made_model(
        Values, f"{name}Values", str(Values.__doc__), (of.stated or of.state, Values)
    )
    return Schemas(
        values=values,
        patch=made_model(
            values,
            f"{name}Patch",
            f"The members of a {what} that change.",
            **hedge_members(hedges, default=None),
        ),
        hedges=hedges,
        shown_hedges=shown_hedges,
        state=state,
        detail=detail,
        page=made_model(Page, f"{name}Page", f"A page of {what}s.", items=states),
        timeline=made_model(Timeline, f"{name}Timeline", past, items=states),
    )


def _sparse(what: SubjectType, whole: Schemas) -> SparseSchemas:
    name, chosen = f"Sparse{what.title()}", "Of its members those that ``fields`` names are there."
    state, detail = (
        made_model(Answer, f"{name}{end}", f"A {what} in part.\n\n{chosen}", (_Sparse, model))
        for end, model in (("", whole.state), ("Detail", whole.detail))
    )
    items = (list_of(state), ...)
    page = made_model(Page, f"{name}Page", f"A page of {what}s in part.", items=items)
    return SparseSchemas(detail, page)


SCHEMAS: Mapping[SubjectType, Schemas] = {w: _schemas(w, DEFINITIONS[w]) for w in HISTORIC}
"""The models of the subjects of each type that have a history."""
SPARSE: Mapping[SubjectType, SparseSchemas] = {w: _sparse(w, SCHEMAS[w]) for w in HISTORIC}


_LANE = Field(description="Whether it says what is, or what is planned beside it.")


class Provenance(Answer):
    """Which statement decides an attribute: who said so, and who recorded it."""

    attribute: str
    lane: Lane = _LANE
    value: Any = Field(description="As the state shows it; null where the statement clears it.")
    qualifier: Qualifier | None = Field(description="How exactly it is given; null: exactly.")
    value_to: Number | None = Field(description="Upper end, with qualifier range.")
    basis: Basis
    statement_id: str
    source_id: str
    source_title: str
    source_issuer: str | None = Field(description="Who issued it, as the document says.")
    effective_from: str
    effective_to: str | None
    revision: Whole
    recorded_at: RecordedAt
    author: str = Field(description="Who recorded it.")


class Effect(Answer):
    """Whether a statement decides an attribute that it gives."""

    attribute: str = Field(description="Of what was said of a province the indicator.")
    period: str | None = Field(
        default=None,
        exclude_if=is_absent,
        description="The period that a figure of a province is about; others have none.",
    )
    lane: Lane = _LANE
    in_effect: bool
    displaced_by: str | None = Field(
        description="The statement that decides instead; null where this one is in effect, was "
        "retracted, or does not cover the day."
    )


class DerivedValue(Answer):
    """A value that no source states, with what it follows from."""

    attribute: str
    value: Any = Field(description="As the state shows it.")
    derived_from: list[str] = Field(
        description="The attributes that it needs; their provenance is among the items."
    )


class ProvenanceList(Answer):
    """The provenance of each attribute of a subject on a date, known or cleared."""

    items: list[Provenance]
    derived: list[DerivedValue]
    next_cursor: str | None
    as_of: date
    revision: Whole


class SiteValue(Provenance):
    """The value of an attribute of a site, and who said so."""

    site_id: str
    site_name: str | None
    province_code: str | None
    province_name: str | None


class ValuePage(Answer):
    """A page of the values of one attribute: one of each site of which it is known."""

    items: list[SiteValue]
    next_cursor: str | None
    count: Whole | None = Field(description="Items of the whole list; null unless requested.")
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    revision: Whole


class WithdrawalWrite(Body):
    """Why a site or project is withdrawn from the register."""

    reason: Line
