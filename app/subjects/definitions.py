"""The types of subjects that have attributes: one definition of each, with its rules.

Everything else about them (folding, judging, projecting, filtering, paging) is the same for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.core.geometry import Box, Degrees, box_of
from app.core.vocabulary import SiteKind, SubjectType
from app.subjects.attributes import Catalogue, Origin, text_of
from app.subjects.derived import DEFINITION_DAYS, occupancy_of, share_pct, stage_of
from app.subjects.documents import DocumentState
from app.subjects.projects import ProjectState
from app.subjects.sites import SiteFacts, SiteState
from app.subjects.state_machine import ANYTHING_GOES, PROJECT_STATES, SITE_STATES, StateMachine
from app.subjects.states import State


@dataclass(frozen=True, slots=True)
class Subject:
    """The constant part of a site or a project; only sites have a kind."""

    type: SubjectType
    id: str
    kind: SiteKind | None = None


Derive = Callable[[Subject, date, Mapping[str, object], Degrees | None], Mapping[str, object]]
"""Derives attributes from the stated ones of a day and the point of its commune.

Unknown ones are ``None`` or left out.
"""


def _derive_nothing(
    _subject: Subject, _day: date, _values: Mapping[str, object], _place: Degrees | None
) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class SubjectDefinition:
    """What is particular to a type of subject: its attributes, and the rules about them.

    ``change_days`` are the days on which a rule of ``derive`` changed; timelines are cut there.
    ``located`` are the columns of versions that say where it is, besides the attributes.
    """

    state: type[State]
    state_machine: StateMachine = ANYTHING_GOES
    derive: Derive = _derive_nothing
    change_days: tuple[date, ...] = ()
    located: tuple[str, ...] = ()

    @property
    def attributes(self) -> Catalogue:
        """The attributes that statements give."""
        return self.state.attributes

    @cached_property
    def derived(self) -> tuple[str, ...]:
        """The columns of versions that follow from others."""
        members = self.state.members.items()
        derived = (n for n, m in members if m.attribute.origin is Origin.derived)
        return (*derived, *self.located)


def _derive_site(
    site: Subject, day: date, values: Mapping[str, object], place: Degrees | None
) -> Mapping[str, object]:
    kind, stated = site.kind or SiteKind.cluster, SiteFacts.known(values)
    occupancy = occupancy_of(kind, day, stated)
    return {
        "stage": stage_of(stated),
        "leasable_ha": occupancy.leasable_ha,
        "occupancy_pct": occupancy.occupancy_pct,
        "occupancy_pct_definition": occupancy.definition,
        "clearance_pct": _clearance_pct(stated),
        **_box(text_of(values, "geometry"), place),
    }


def _box(geometry: str | None, place: Degrees | None) -> Mapping[str, object]:
    """Return the box around a site; where its geometry is unknown, its commune's point."""
    if geometry is not None:
        return box_of(geometry)._asdict()
    return Box(*place, *place)._asdict() if place else {}


def _clearance_pct(site: SiteFacts) -> Decimal | None:
    cleared, to_clear = site.cleared_ha, site.to_clear_ha
    return None if cleared is None or to_clear is None else share_pct(cleared, to_clear)


DEFINITIONS: Mapping[SubjectType, SubjectDefinition] = {
    SubjectType.site: SubjectDefinition(
        SiteState, SITE_STATES, _derive_site, DEFINITION_DAYS, Box._fields
    ),
    SubjectType.project: SubjectDefinition(ProjectState, PROJECT_STATES),
    # What is said of a document is listed, not folded.
    SubjectType.source: SubjectDefinition(DocumentState),
}
"""The types of subjects with attributes; a province has indicators instead."""


def definition_of(subject: Subject) -> SubjectDefinition:
    """Return the definition of a subject's type."""
    return DEFINITIONS[subject.type]
