"""The facts that rules read, of a province on a day, and the findings that they yield."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeVar

from app.core.dates import PartialDate
from app.core.vocabulary import MEASURED, Severity, SiteKind, SubjectType
from app.findings.spans import Span, allowed
from app.findings.wording import Text
from app.statistics.observations import Observed
from app.subjects.attributes import Hedge, number_of, text_of
from app.subjects.derived import UNCOUNTED
from app.subjects.fold import FOREVER
from app.units.units import Unit

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Cited:
    """One live statement: its id, its source and the date from which it holds.

    It holds until before ``end_day``. ``recorded_on`` is the day in Vietnam on which it was
    recorded.
    """

    statement_id: str
    source_id: str
    source_title: str
    authority: int
    basis: str
    effective_from: str
    effective_day: date
    date_basis: str
    recorded_on: date
    end_day: date = FOREVER

    @property
    def last_day(self) -> date:
        """The last day on which it can have begun to hold: 31 December for 2024."""
        return PartialDate(self.effective_from).last_day


@dataclass(frozen=True, slots=True)
class Asserted:
    """One live statement about a site or project, with its decoded values; ``None`` clears one."""

    cited: Cited
    values: Mapping[str, object]
    hedges: Mapping[str, Hedge] = field(default_factory=dict)

    @property
    def is_measured(self) -> bool:
        """Whether it is of what is or was; plans and targets are of what should be."""
        return self.cited.basis in MEASURED


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """A site or project on the day.

    ``values`` is the state on the day with the derived attributes, unknown ones left out,
    ``deciding`` the statement behind each attribute, and ``assertions`` the live statements that
    take effect on or before the day, oldest first, those that have ended included. ``to_come`` are
    the live actual statements that take effect after the day and were recorded by then. ``hedges``
    are of the values that are not given exactly.
    """

    type: SubjectType
    id: str
    kind: SiteKind | None
    name: str
    values: Mapping[str, object]
    deciding: Mapping[str, Cited]
    assertions: Sequence[Asserted]
    to_come: Sequence[Cited] = ()
    hedges: Mapping[str, Hedge] = field(default_factory=dict)
    _made: dict[object, Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    def once(self, make: Callable[["SubjectFacts"], _Made]) -> _Made:
        """Return what follows from these facts; it is made once for all rules that need it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: _Made = self._made[make]
        return made

    @property
    def is_closed(self) -> bool:
        """Whether sums leave a site out, closed or removed; rules ignore such sites."""
        return self.values.get("stage") in UNCOUNTED

    def number(self, name: str) -> Decimal | None:
        """Return the value of an attribute that is a number."""
        return number_of(self.values, name)

    def span(self, name: str) -> Span | None:
        """Return what an attribute that is a number allows, by its decimals and its hedge."""
        value = self.number(name)
        return None if value is None else allowed(value, self.hedges.get(name))

    def text(self, name: str) -> str | None:
        """Return the value of an attribute that is text: a code, an id, a date."""
        return text_of(self.values, name)

    def covering(self, day: date) -> list[Asserted]:
        """Return the statements that have begun by a day and have not ended, oldest first."""
        return [a for a in self.assertions if a.cited.effective_day <= day < a.cited.end_day]

    def behind(self, *attributes: str) -> list[Cited]:
        """Return the statements that decide the attributes, where there are any."""
        return [self.deciding[name] for name in attributes if name in self.deciding]


@dataclass(frozen=True, slots=True)
class UnplacedSite:
    """A site of which no province is known on the day.

    ``known_on`` is the nearest day, before or after, on which it is known to lie in the province.
    Where no live statement places it, it is that of the retracted ones (``is_retracted``).
    """

    site: SubjectFacts
    known_on: date
    is_retracted: bool = False


@dataclass(frozen=True, slots=True)
class SiteElsewhere:
    """A site that projects of the province are stated to be in, and that is not known to lie there.

    ``is_known`` is whether anything is known about it on the day; then ``province`` is its own, if
    that is known. Otherwise ``begins`` is the first later day about which something is known.
    """

    name: str
    is_known: bool
    province: Unit | None = None
    begins: date | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source that is cited: its number, who issued it and when, as far as that is registered.

    ``issuer`` is as the document says, ``issuer_id`` the organization.
    """

    id: str
    title: str
    authority: int
    number: str | None
    issuer: str | None
    issuer_id: str | None
    published_on: str | None


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A unit that a live statement gives, and the one by which it does not count.

    Neither lies in the other, as of the day of the weightier statement, which ``by`` is.
    """

    unit: Unit
    cited: Cited
    place: Unit
    by: Cited


Fact = Literal[
    "sites",
    "projects",
    "observed",
    "stated",
    "to_come",
    "unplaced",
    "elsewhere",
    "sources",
    "misplaced",
    "territory",
]
"""The members of ``ProvinceFacts`` that are read only for rules that need them."""


@dataclass(frozen=True, slots=True)
class ProvinceFacts:
    """What is known about a province on a day; ``observed`` has the superseded values as well.

    ``stated`` are the live actual statements about the province itself that were recorded by the
    day. ``to_come`` are subjects of which something was recorded by the day, but nothing for it.
    ``elsewhere`` has sites of projects by id, ``sources`` what is cited, ``misplaced`` places of
    subjects that contradict. ``territory`` are the geometries within which sites of the province
    lie by the maps; empty where no map is known.
    """

    province: Unit
    day: date
    sites: Sequence[SubjectFacts]
    projects: Sequence[SubjectFacts]
    observed: Sequence[Observed]
    stated: Sequence[Cited] = ()
    to_come: Sequence[SubjectFacts] = ()
    unplaced: Sequence[UnplacedSite] = ()
    elsewhere: Mapping[str, SiteElsewhere] = field(default_factory=dict)
    sources: Mapping[str, SourceFacts] = field(default_factory=dict)
    misplaced: Mapping[tuple[SubjectType, str], Sequence[Misplaced]] = field(default_factory=dict)
    territory: Sequence[str] = ()
    _made: dict[object, Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    def once(self, make: Callable[["ProvinceFacts"], _Made]) -> _Made:
        """Return what follows from these facts; it is made once for all rules that need it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: _Made = self._made[make]
        return made

    def size_for(self, needs: Collection[Fact]) -> int:
        """Return how many statements and values rules with these needs work through."""
        of_sites = () if {"sites", "elsewhere"}.isdisjoint(needs) else self.sites
        of_projects = () if {"projects", "elsewhere"}.isdisjoint(needs) else self.projects
        subjects = sum(1 + len(one.assertions) for one in (*of_sites, *of_projects))
        return subjects + (len(self.observed) if "observed" in needs else 0)

    @property
    def open_sites(self) -> list[SubjectFacts]:
        """The sites that are not closed."""
        return [site for site in self.sites if not site.is_closed]


@dataclass(frozen=True, slots=True)
class Law:
    """A law by its number; it holds from ``since`` on, and before ``until`` if it ended."""

    number: str
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Return whether the law is in force on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Number:
    """One of the numbers of a finding, with a stable name and its unit."""

    name: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Facts that do not fit together, or a fact that breaks a rule."""

    rule: str
    severity: Severity
    subject_type: SubjectType
    subject_id: str
    province_code: str
    province_name: str
    numbers: tuple[Number, ...]
    statement_ids: tuple[str, ...]
    source_ids: tuple[str, ...]
    message_vi: str
    message_en: str
    law: Law | None = None
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue; ``severity`` is the usual one, a finding's may be another.

    ``find`` reads the ``needs`` and no other facts of the province. ``laws`` are those that it
    rests on, the oldest first; without any it rests on arithmetic or logic, and always holds.
    ``alone`` rules judge each site, project or province by itself, so that what a write changes of
    one subject follows from the facts of that subject. What time brings (``by_time``), silence or a
    date that passed, is no fault of what is written.
    """

    code: str
    severity: Severity
    title_vi: str
    title_en: str
    basis: str
    needs: tuple[Fact, ...]
    find: Callable[[ProvinceFacts], Iterable[Finding]]
    laws: tuple[Law, ...] = ()
    alone: bool = False
    by_time: bool = False

    @property
    def since(self) -> date | None:
        """The first day on which it can find anything; ``None``: always."""
        return self.laws[0].since if self.laws else None


class Behind(Protocol):
    """A statement behind a finding: ``Cited`` or ``Observed``."""

    @property
    def statement_id(self) -> str:
        """The id of the statement."""

    @property
    def source_id(self) -> str:
        """The id of its source."""


def of_province(
    facts: ProvinceFacts,
    rule: str,
    severity: Severity,
    numbers: Iterable[Number],
    behind: Iterable[Behind],
    text: Text,
    law: Law | None = None,
) -> Finding:
    """Make a finding about the province itself."""
    about = (SubjectType.province, facts.province.code)
    return _finding(facts, rule, severity, about, numbers, behind, text, law)


def of_subject(
    facts: ProvinceFacts,
    subject: SubjectFacts,
    rule: str,
    severity: Severity,
    numbers: Iterable[Number],
    behind: Iterable[Behind],
    text: Text,
    law: Law | None = None,
) -> Finding:
    """Make a finding about a site or a project."""
    return _finding(facts, rule, severity, (subject.type, subject.id), numbers, behind, text, law)


def of_source(
    facts: ProvinceFacts,
    source_id: str,
    rule: str,
    severity: Severity,
    numbers: Iterable[Number],
    behind: Iterable[Behind],
    text: Text,
) -> Finding:
    """Make a finding about a document."""
    return _finding(facts, rule, severity, (SubjectType.source, source_id), numbers, behind, text)


def _finding(
    facts: ProvinceFacts,
    rule: str,
    severity: Severity,
    about: tuple[SubjectType, str],
    numbers: Iterable[Number],
    behind: Iterable[Behind],
    text: Text,
    law: Law | None = None,
) -> Finding:
    statements = list(behind)
    return Finding(
        rule=rule,
        severity=severity,
        subject_type=about[0],
        subject_id=about[1],
        province_code=facts.province.code,
        province_name=facts.province.name,
        numbers=tuple(numbers),
        statement_ids=tuple(dict.fromkeys(s.statement_id for s in statements)),
        source_ids=tuple(dict.fromkeys(s.source_id for s in statements)),
        message_vi=text.vi,
        message_en=text.en,
        law=law,
        indicators=tuple(dict.fromkeys(s.indicator for s in statements if isinstance(s, Observed))),
    )
