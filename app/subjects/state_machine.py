"""The state machines of sites and projects: which states and changes make sense.

An *impossible* state contradicts itself: a statement that makes one alone is refused. What several
make impossible together passes only with a reason, which is kept, and so does an *irregular*
change: one that can happen in life (a re-opened site, works begun before the decision) but is more
often a slip. All are judged on whole timelines, so that a late statement about the past is judged
by what came after it as well, and the order of recording makes no difference.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from types import MappingProxyType

from app.core.messages import Message, Template
from app.core.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    LicenceStatus,
    OperationStatus,
    PlanningStatus,
    ProjectOperationStatus,
)
from app.subjects.attributes import UNIT_LEVELS, Hedge, number_of, text_of
from app.subjects.derived import ESTABLISHED, PRODUCING
from app.subjects.fold import HEDGE, StatePeriod

_UNUSUAL = Template(
    "state.unusual", "{track} goes from {old} to {new}, which is not the usual course."
)
_REVOKED = Template(
    "state.licence-revoked", "the licence is revoked, yet operation_status becomes {status}."
)
_ABOLISHED = Template(
    "state.abolished", "an abolished site cannot start to operate (operation_status {status})."
)
_NOT_ESTABLISHED = Template(
    "state.not-established", "the site is not established, yet operation_status becomes {status}."
)
_CLEARED = Template(
    "state.cleared-exceeds",
    "cleared_ha {part:f} is more than to_clear_ha {whole:f}: "
    "no more can be cleared than was to be cleared.",
)
_LEASED = Template(
    "state.leased-exceeds-leasable",
    "leased_ha {part:f} is more than leasable_ha {whole:f}: "
    "no more can be leased than the industrial land, with the service land of a zone.",
)
_LEASED_OF_AREA = Template(
    "state.leased-exceeds-area",
    "leased_ha {part:f} is more than area_ha {whole:f}: no more can be leased than the whole site.",
)
_MORE = Template(
    "state.exceeds", "{name} {part:f} is more than {of} {whole:f}, of which it is a part."
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that does not make sense: the attribute at fault, the day, and the reason.

    ``beside`` are the attributes that it does not fit: a statement of one of them may bring it out.
    """

    attribute: str
    day: date
    reason: Message
    possible: bool
    beside: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, Message, date | None]:
        """The identity of a violation.

        A state may be impossible from another day on than before and is still the same fault; a
        change is irregular on its day, and again when it happens again.
        """
        return (self.attribute, self.reason, self.day if self.possible else None)


Values = Mapping[str, object]
NOTHING: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AtMost:
    """The rule that ``part`` is at most ``whole``; the reason has both as parameters.

    ``stated`` are the attributes that ``whole`` is derived from, where it is.
    """

    part: str
    whole: str
    reason: Callable[..., Message]
    stated: tuple[str, ...] = ()

    @property
    def beside(self) -> tuple[str, ...]:
        """The attributes that the part does not fit."""
        return self.stated or (self.whole,)

    def broken(self, now: Values) -> Message | None:
        """Return what is wrong with a state, if anything is."""
        low, high = number_of(now, self.part), number_of(now, self.whole)
        if low is None or high is None or low <= high or _may_fit(now, self.part, self.beside):
            return None
        return self.reason(part=low, whole=high)


StartRule = Callable[[Values, StatePeriod], Iterable[Violation]]
"""Judges a state by what was known before it."""


@dataclass(frozen=True)
class StateMachine:
    """The states and changes of one type of subject that make sense.

    ``orderly`` names for each track the statuses that may follow each status without a reason.
    A track of ``new_phase`` may start anew when the named attribute moved on. ``starting`` are the
    attributes that ``starts`` compares.
    """

    states: tuple[AtMost, ...]
    starts: StartRule
    orderly: Mapping[str, Mapping[str, Collection[str]]]
    new_phase: Mapping[str, str] = field(default_factory=dict)
    starting: frozenset[str] = frozenset()

    @cached_property
    def remembered(self) -> frozenset[str]:
        """The attributes of which the last value known counts, also when none is known any more."""
        return self.starting.union(self.orderly, self.new_phase.values())

    def may_contradict(self, names: Collection[str]) -> bool:
        """Return whether values of these attributes may contradict each other in one statement."""
        compared = ({rule.part, *rule.beside} for rule in self.states)
        sets: Iterable[Collection[str]] = (UNIT_LEVELS, self.starting, *compared)
        return any(len({*together}.intersection(names)) > 1 for together in sets)


def some_of(part: str, whole: str) -> AtMost:
    """Return the rule that what ``part`` counts is some of what ``whole`` counts."""
    return AtMost(part, whole, partial(_MORE, name=part, of=whole))


def _may_fit(now: Values, part: str, whole: tuple[str, ...]) -> bool:
    """Return whether numbers that are not given exactly may be those of a part and its whole."""
    if not any(HEDGE + name in now for name in (part, *whole)):
        return False
    least, _ = _bounds(now, part)
    most = [_bounds(now, name)[1] for name in whole if now.get(name) is not None]
    known = [end for end in most if end is not None]
    return least is None or len(known) < len(most) or least <= sum(known)


def _bounds(now: Values, name: str) -> tuple[Decimal | None, Decimal | None]:
    value, hedge = number_of(now, name), now.get(HEDGE + name)
    if value is None or not isinstance(hedge, Hedge):
        return value, value
    return hedge.bounds(value)


def violations(
    timeline: Sequence[StatePeriod], machine: StateMachine, known: Values = NOTHING
) -> list[Violation]:
    """Return everything in a timeline that does not make sense, oldest first.

    ``known`` are the values before it, where it is a later part of another.
    """
    found: list[Violation] = []
    # A status that became unknown for a while is judged by the last one known.
    for now in timeline:
        found += _state_violations(now, machine)
        found += machine.starts(known, now)
        found += _track_violations(known, now, machine)
        known = {**known, **now.values}
    return found


def new_violations(before: Iterable[Violation], after: Iterable[Violation]) -> list[Violation]:
    """Return the violations that a write adds, each once: those from before are not its fault."""
    known = {violation.key for violation in before}
    first: dict[tuple[str, Message, date | None], Violation] = {}
    for violation in after:
        if violation.key not in known:
            first.setdefault(violation.key, violation)
    return list(first.values())


def _state_violations(now: StatePeriod, machine: StateMachine) -> list[Violation]:
    return [
        Violation(rule.part, now.valid_from, reason, False, rule.beside)
        for rule in machine.states
        # Few states know both: looking for them costs less than comparing what is not there.
        if rule.part in now.values and rule.whole in now.values
        if (reason := rule.broken(now.values))
    ]


def _track_violations(before: Values, now: StatePeriod, machine: StateMachine) -> list[Violation]:
    found = []
    for track, orderly in machine.orderly.items():
        if before.get(track) == now.values.get(track):
            continue
        old, new = text_of(before, track), text_of(now.values, track)
        if old is None or new is None or new in orderly[old]:
            continue
        if not _starts_anew(machine.new_phase.get(track), before, now):
            reason = _UNUSUAL(track=track, old=old, new=new)
            found.append(Violation(track, now.valid_from, reason, True))
    return found


def _starts_anew(cause: str | None, before: Values, now: StatePeriod) -> bool:
    if cause is None:
        return False
    if cause == "legal_status":
        is_expanded = now.values.get(cause) == LegalStatus.expanded
        return is_expanded and before.get(cause) in ESTABLISHED
    old, new = number_of(before, cause), number_of(now.values, cause)
    return new is not None and (old is None or new > old)


_S = ProjectOperationStatus
_PROJECT_ORDERLY: Mapping[str, Mapping[str, Collection[str]]] = {
    "licence_status": {
        LicenceStatus.policy_approved: {LicenceStatus.licensed, LicenceStatus.revoked},
        LicenceStatus.licensed: {LicenceStatus.revoked},
        LicenceStatus.revoked: set(),
    },
    "operation_status": {
        _S.preparing: {_S.under_construction, _S.trial, _S.operating, _S.closed},
        _S.under_construction: {_S.trial, _S.operating, _S.idle, _S.closed},
        _S.trial: {_S.operating, _S.idle, _S.closed},
        _S.operating: {_S.idle, _S.closed},
        _S.idle: {_S.trial, _S.operating, _S.closed},
        _S.closed: set(),
    },
}
_RUNNING = {_S.trial, _S.operating}
_LICENCE = ("licence_status",)


def _project_starts(before: Values, now: StatePeriod) -> list[Violation]:
    """Judge a project that starts to run by its licence."""
    status = now.values.get("operation_status")
    if status not in _RUNNING or before.get("operation_status") in _RUNNING:
        return []
    if now.values.get("licence_status") != LicenceStatus.revoked:
        return []
    return [Violation("operation_status", now.valid_from, _REVOKED(status=status), True, _LICENCE)]


ANYTHING_GOES = StateMachine((), lambda _before, _now: (), {})
"""No state contradicts itself, and no change is irregular."""
PROJECT_STATES = StateMachine(
    (),
    _project_starts,
    _PROJECT_ORDERLY,
    starting=frozenset({"operation_status", "licence_status"}),
)
"""A revoked or closed project does not come back without a reason."""
_SITE_RULES = (
    AtMost("cleared_ha", "to_clear_ha", _CLEARED),
    AtMost("leased_ha", "leasable_ha", _LEASED, ("industrial_land_ha", "service_land_ha")),
    AtMost("leased_ha", "area_ha", _LEASED_OF_AREA),
    some_of("households_inventoried", "affected_households"),
    some_of("households_paid", "affected_households"),
    some_of("households_paid", "households_inventoried"),
    some_of("tenants_foreign", "tenants"),
    some_of("tenants_operating", "tenants"),
)
_SITE_ORDERLY: Mapping[str, Mapping[str, Collection[str]]] = {
    "planning_status": {
        PlanningStatus.proposed: {PlanningStatus.planned, PlanningStatus.removed},
        PlanningStatus.planned: {PlanningStatus.removed},
        PlanningStatus.removed: {PlanningStatus.proposed},
    },
    "legal_status": {
        LegalStatus.not_established: {LegalStatus.established},
        LegalStatus.established: {LegalStatus.expanded, LegalStatus.abolished},
        LegalStatus.expanded: {LegalStatus.abolished},
        LegalStatus.abolished: set(),
    },
    "construction_status": {
        ConstructionStatus.not_started: {
            ConstructionStatus.preparing,
            ConstructionStatus.in_progress,
            ConstructionStatus.completed,
        },
        ConstructionStatus.preparing: {
            ConstructionStatus.in_progress,
            ConstructionStatus.completed,
        },
        ConstructionStatus.in_progress: {ConstructionStatus.completed},
        ConstructionStatus.completed: set(),
    },
    "clearance_status": {
        ClearanceStatus.not_started: {
            ClearanceStatus.in_progress,
            ClearanceStatus.completed,
            ClearanceStatus.suspended,
        },
        ClearanceStatus.in_progress: {ClearanceStatus.completed, ClearanceStatus.suspended},
        ClearanceStatus.suspended: {ClearanceStatus.in_progress, ClearanceStatus.completed},
        ClearanceStatus.completed: set(),
    },
    "operation_status": {
        OperationStatus.not_operating: {OperationStatus.trial, OperationStatus.operating},
        OperationStatus.trial: {
            OperationStatus.operating,
            OperationStatus.suspended,
            OperationStatus.closed,
        },
        OperationStatus.operating: {OperationStatus.suspended, OperationStatus.closed},
        OperationStatus.suspended: {
            OperationStatus.trial,
            OperationStatus.operating,
            OperationStatus.closed,
        },
        OperationStatus.closed: set(),
    },
}
_NEW_PHASE = {"clearance_status": "clearance_phase", "construction_status": "legal_status"}
"""A track may start anew when this attribute moved on: a new phase, an expansion."""
_LEGAL = ("legal_status",)


def _site_starts(before: Values, now: StatePeriod) -> list[Violation]:
    """Judge a site that starts to operate by its legal status."""
    status = now.values.get("operation_status")
    if status not in PRODUCING or before.get("operation_status") in PRODUCING:
        return []
    legal = now.values.get("legal_status")
    if legal == LegalStatus.abolished:
        reason = _ABOLISHED(status=status)
        return [Violation("operation_status", now.valid_from, reason, False, _LEGAL)]
    if legal == LegalStatus.not_established:
        reason = _NOT_ESTABLISHED(status=status)
        return [Violation("operation_status", now.valid_from, reason, True, _LEGAL)]
    return []


SITE_STATES = StateMachine(
    _SITE_RULES,
    _site_starts,
    _SITE_ORDERLY,
    _NEW_PHASE,
    frozenset({"operation_status", "legal_status"}),
)
"""A phase of clearance begins anew, and construction does after an expansion."""
