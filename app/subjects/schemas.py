"""Subjects of each type: the values that are written, and the states that are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from app.core.numbers import Whole
from app.core.query_parameters import require_what_is_always_there
from app.core.types import Answer, Body, Line, is_absent, list_of, made_model
from app.core.vocabulary import HISTORIC, SubjectType
from app.subjects.attributes import Attribute, Origin, name_member
from app.subjects.definitions import DEFINITIONS, SubjectDefinition
from app.subjects.definitions.source import DocumentState
from app.subjects.states import Member


class Values(Body):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""

    members: ClassVar[dict[str, Member]] = {}

    def __init_subclass__(cls) -> None:
        """Leave out what a state has and statements cannot give."""
        super().__init_subclass__()
        for name, member in cls.members.items():
            if member.attribute.origin is not Origin.stated:
                cls.__annotations__[name] = ClassVar[None]

    @model_serializer(mode="wrap")
    def show_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out members that are not stated: they differ from those stated to be unknown."""
        shown: Mapping[str, object] = handler(self)
        stated = self.model_fields_set
        return {name: value for name, value in shown.items() if name in stated}


class DocumentValues(DocumentState, Values):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""


class _Shown(Answer):
    """A state in an answer: its members are always there, as answers show them."""

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)
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
    revision: Whole


class Timeline(Answer):
    """The states of a subject over valid time, oldest first, as known at a revision."""

    items: Sequence[Answer]
    next_cursor: str | None
    revision: Whole


@dataclass(frozen=True, slots=True)
class Schemas:
    """The values of a type of subject that are written, and its states that are read."""

    values: type[Values]
    state: type[Answer]
    detail: type[Detail]
    page: type[Page]
    timeline: type[Timeline]


_SPARSE = "Of its members ``fields`` can leave out all but the id; otherwise all are there."


_NAME = "The name of {name}, as known then."
_PLANNED = "Values that a plan or target gives; only those that are known."


def _where_known(member: Member) -> tuple[object, object]:
    """Return the type of a member that is left out where it is unknown, and its default."""
    described = member.attribute.meaning
    return member.shown, Field(default=None, exclude_if=is_absent, description=described)


def _name_where_known(attribute: Attribute) -> tuple[object, object]:
    described = _NAME.format(name=attribute.name)
    return str, Field(default=None, exclude_if=is_absent, description=described)


def _schemas(what: SubjectType, of: SubjectDefinition) -> Schemas:
    """Make the models of a type of subject."""
    name = what.title()
    state = made_model(
        Answer,
        name,
        f"A {what} as it was on a date, as known at a revision.\n\n{_SPARSE}",
        (_Version, of.listed or of.state, _Identified),
    )
    if planned := of.attributes.planned:
        about = Field(description="What plans and targets say that is to be, beside what is.")
        members = {name: _where_known(of.state.members[name]) for name in planned}
        references = (a for name in planned if (a := of.attributes[name]).is_reference)
        members |= {name_member(a.name): _name_where_known(a) for a in references}
        plans = made_model(Answer, f"{name}Planned", _PLANNED, (Answer,), **members)
        state = made_model(Answer, name, str(state.__doc__), (state,), planned=(plans, about))
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
    return Schemas(
        values=made_model(
            Values, f"{name}Values", str(Values.__doc__), (of.stated or of.state, Values)
        ),
        state=state,
        detail=detail,
        page=made_model(Page, f"{name}Page", f"A page of {what}s.", items=states),
        timeline=made_model(Timeline, f"{name}Timeline", past, items=states),
    )


SCHEMAS: Mapping[SubjectType, Schemas] = {w: _schemas(w, DEFINITIONS[w]) for w in HISTORIC}
"""The models of the subjects of each type that have a history."""


class Provenance(Answer):
    """Which statement decides an attribute."""

    attribute: str
    statement_id: str
    source_id: str
    effective_from: str
    revision: Whole


class ProvenanceList(Answer):
    """The provenance of each known attribute of a site or project on a date."""

    items: list[Provenance]
    next_cursor: str | None
    as_of: date
    revision: Whole


class WithdrawalWrite(Body):
    """Why a site or project is withdrawn from the register."""

    reason: Line
