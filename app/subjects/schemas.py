"""Sites, projects and policy documents: the values that are written, the states that are read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from app.core.numbers import Whole
from app.core.query_parameters import require_what_is_always_there
from app.core.types import Answer, Body, Line
from app.subjects.attributes import Origin
from app.subjects.documents import DocumentState
from app.subjects.projects import ProjectState
from app.subjects.sites import ListedSiteState, Outlined, SiteFacts
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


class ProjectValues(ProjectState, Values):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""


class SiteValues(SiteFacts, Values):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""


class _Shown(Answer):
    """A state in an answer: its members are always there, as answers show them."""

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)
    members: ClassVar[dict[str, Member]] = {}

    def __init_subclass__(cls) -> None:
        """Take over the members of the state, in the types of answers."""
        super().__init_subclass__()
        cls.__annotations__ |= {name: member.in_answers for name, member in cls.members.items()}


class _Identified(_Shown):
    id: str


class _Version(Answer):
    """Over which days a state holds, and since when it is known."""

    valid_from: date = Field(description="First day of this state.")
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")
    known_from: Whole = Field(description="The revision that recorded this state.")


class _Page(Answer):
    items: Sequence[Answer]
    next_cursor: str | None
    count: Whole | None = Field(description="Items of the whole list; null unless requested.")
    as_of: date
    revision: Whole


class _Timeline(Answer):
    items: Sequence[Answer]
    next_cursor: str | None
    revision: Whole


class Project(_Version, ProjectState, _Identified):
    """A project as it was on a date, as known at a revision.

    Of its members ``fields`` can leave out all but the id; otherwise all are there.
    """


class ProjectDetail(Project):
    """One project, with the date and the revision the answer is about."""

    as_of: date
    revision: Whole
    changed_in: Whole = Field(
        description="The last revision that changed this project; what If-Match compares."
    )


class ProjectPage(_Page):
    """A page of projects."""

    items: list[Project]


class ProjectTimeline(_Timeline):
    """The states of a project over valid time, oldest first, as known at a revision."""

    items: list[Project]


class Site(_Version, ListedSiteState, _Identified):
    """A site as it was on a date, as known at a revision.

    Of its members ``fields`` can leave out all but the id; otherwise all are there.
    """


class SiteDetail(Outlined, Site):
    """One site with its geometry, and the date and the revision the answer is about."""

    as_of: date
    revision: Whole
    changed_in: Whole = Field(
        description="The last revision that changed this site; what If-Match compares."
    )


class SitePage(_Page):
    """A page of sites."""

    items: list[Site]


class SiteTimeline(_Timeline):
    """The states of a site over valid time, oldest first, as known at a revision."""

    items: list[Site]


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
