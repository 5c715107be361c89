"""The types of subjects that have attributes: one definition of each, with its rules.

Each has a file of this package, which is named as its type. Everything else about them (tables,
values, answers, routes, folding, judging, projecting, filtering, paging) is the same for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module

from app.core.geometry import Degrees
from app.core.labels import add_code, add_code_list
from app.core.vocabulary import HISTORIC, Code, CodeList, SiteKind, SubjectType
from app.subjects.attributes import Catalogue, Origin
from app.subjects.state_machine import ANYTHING_GOES, StateMachine
from app.subjects.states import State


@dataclass(frozen=True, slots=True)
class Subject:
    """The constant part of a subject; only sites have a kind."""

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

    ``labels`` name it in Vietnamese and English, ``described`` says what its operations are about,
    ``example`` is an id. ``code_lists`` are the labels of codes that its attributes alone have.
    ``change_days`` are the days on which a rule of ``derive`` changed; timelines are cut there.
    ``located`` are the columns of versions that say where it is, besides the attributes.
    Statements give what is ``stated`` and lists show what is ``listed``, where these are not the
    whole state; only the state of one subject has the ``outline``.
    """

    state: type[State]
    labels: tuple[str, str] = ("", "")
    described: str = ""
    example: str = ""
    code_lists: tuple[CodeList, ...] = ()
    state_machine: StateMachine = ANYTHING_GOES
    derive: Derive = _derive_nothing
    change_days: tuple[date, ...] = ()
    located: tuple[str, ...] = ()
    stated: type[State] | None = None
    listed: type[State] | None = None
    outline: type[State] | None = None

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


DEFINITIONS: Mapping[SubjectType, SubjectDefinition] = {
    what: import_module(f"{__name__}.{what}").DEFINITION
    for what in SubjectType
    if what is not SubjectType.province
}
"""The types of subjects with attributes; a province has indicators instead."""
for _what in HISTORIC:
    for _list in DEFINITIONS[_what].code_lists:
        add_code_list(_list)
    for _name in ("subject_type", "change_subject_type"):
        add_code(_name, Code(_what.value, *DEFINITIONS[_what].labels))


def definition_of(subject: Subject) -> SubjectDefinition:
    """Return the definition of a subject's type."""
    return DEFINITIONS[subject.type]
