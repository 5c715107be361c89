"""Which states and changes of a site make sense.

An *impossible* state contradicts itself and is refused. An *irregular* change can happen in life
(a re-opened site, works begun before the decision) but is more often a slip: it passes only with a
reason, which is kept. Both are judged on whole timelines, so that a late statement about the past
is judged by what came after it as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.stage import ESTABLISHED, PRODUCING
from app.domain.timeline import Piece
from app.domain.units import UnitLevel, Units
from app.domain.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    OperationStatus,
    PlanningStatus,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that does not make sense: the attribute at fault, the day, and why."""

    attribute: str
    day: date
    reason: str
    possible: bool

    @property
    def key(self) -> tuple[str, str, date | None]:
        """What makes two violations the same one.

        A state may be impossible from another day on than before and is still the same fault; a
        change is irregular on its day, and again when it happens again.
        """
        return (self.attribute, self.reason, self.day if self.possible else None)


_Values = Mapping[str, Any]
_StateRule = Callable[[_Values], tuple[str, str] | None]


def _exceeds(part: str, whole: str, words: str) -> _StateRule:
    def rule(now: _Values) -> tuple[str, str] | None:
        low, high = now.get(part), now.get(whole)
        if low is None or high is None or low <= high:
            return None
        return part, f"{part} {low:f} is more than {whole} {high:f}: {words}."

    return rule


_STATE_RULES: tuple[_StateRule, ...] = (
    _exceeds("cleared_ha", "to_clear_ha", "no more can be cleared than was to be cleared"),
    _exceeds("leased_ha", "leasable_ha", "no more can be leased than can be leased out"),
    _exceeds("leased_ha", "area_ha", "no more can be leased than the whole site"),
)

_ORDERLY: dict[str, dict[str, set[str]]] = {
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
"""For each track, the statuses that may follow each status without a reason being asked."""

_NEW_PHASE = {"clearance_status": "clearance_phase", "construction_status": "legal_status"}
"""A track may start anew when this attribute moved on: a new phase, an expansion."""


def violations(timeline: Sequence[Piece]) -> list[Violation]:
    """Return everything in a timeline that does not make sense, oldest first."""
    found: list[Violation] = []
    # A status that became unknown for a while is judged by the last one known.
    known: _Values = {}
    for now in timeline:
        before = Piece(date.min, now.valid_from, known)
        found += _state_violations(now) + _start_violations(before, now)
        found += _track_violations(before, now)
        known = {**known, **now.values}
    return found


def moves(timeline: Sequence[Piece], units: Units) -> list[Violation]:
    """Return where a site gets into another province by other means than a reform of the units.

    A site does not move: either place may be a slip, and both provinces' figures hang on it.
    """
    found = []
    last: str | None = None
    since = date.min
    for now in timeline:
        code = now.values.get("province_code")
        if code is None:
            continue
        if last is not None and _province_on(last, since, now.valid_from, units) != code:
            why = f"the site gets from province {last} to {code}, and sites do not move."
            found.append(Violation("province_code", now.valid_from, why, True))
        last, since = code, now.valid_from
    return found


def _province_on(code: str, since: date, day: date, units: Units) -> str | None:
    unit = units.at(UnitLevel.province, code, since)
    heir = units.follow(unit, day) if unit else None
    return heir.code if heir else None


def new_violations(before: Iterable[Violation], after: Iterable[Violation]) -> list[Violation]:
    """Return what a write adds, each once: what was there already is not its fault."""
    known = {violation.key for violation in before}
    first: dict[tuple[str, str, date | None], Violation] = {}
    for violation in after:
        if violation.key not in known:
            first.setdefault(violation.key, violation)
    return list(first.values())


def _state_violations(now: Piece) -> list[Violation]:
    broken = (rule(now.values) for rule in _STATE_RULES)
    return [Violation(name, now.valid_from, why, False) for name, why in filter(None, broken)]


def _start_violations(before: Piece, now: Piece) -> list[Violation]:
    """Judge a site that starts to operate by its legal status."""
    status = now.values.get("operation_status")
    if status not in PRODUCING or before.values.get("operation_status") in PRODUCING:
        return []
    legal = now.values.get("legal_status")
    if legal == LegalStatus.abolished:
        why = f"an abolished site cannot start to operate (operation_status {status})."
        return [Violation("operation_status", now.valid_from, why, False)]
    if legal == LegalStatus.not_established:
        why = f"the site is not established, yet operation_status becomes {status}."
        return [Violation("operation_status", now.valid_from, why, True)]
    return []


def _track_violations(before: Piece, now: Piece) -> list[Violation]:
    found = []
    for track, orderly in _ORDERLY.items():
        old, new = before.values.get(track), now.values.get(track)
        if old is None or new is None or old == new or new in orderly[old]:
            continue
        if not _starts_anew(track, before, now):
            why = f"{track} goes from {old} to {new}, which is not the usual course."
            found.append(Violation(track, now.valid_from, why, True))
    return found


def _starts_anew(track: str, before: Piece, now: Piece) -> bool:
    cause = _NEW_PHASE.get(track)
    if cause is None:
        return False
    old, new = before.values.get(cause), now.values.get(cause)
    if cause == "legal_status":
        return new == LegalStatus.expanded and old in ESTABLISHED
    return new is not None and (old is None or new > old)
