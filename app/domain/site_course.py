"""What makes sense of a site: quantities that bound each other, the usual course of its tracks."""

from collections.abc import Collection, Mapping

from app.domain.stage import PRODUCING
from app.domain.timeline import Piece
from app.domain.transitions import Course, Values, Violation, exceeds
from app.domain.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    OperationStatus,
    PlanningStatus,
)

_STATES = (
    exceeds("cleared_ha", "to_clear_ha", "no more can be cleared than was to be cleared"),
    exceeds("leased_ha", "leasable_ha", "no more can be leased than can be leased out"),
    exceeds("leased_ha", "area_ha", "no more can be leased than the whole site"),
)

_ORDERLY: Mapping[str, Mapping[str, Collection[str]]] = {
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


def _starts(before: Values, now: Piece) -> list[Violation]:
    """Judge a site that starts to operate by its legal status."""
    status = now.values.get("operation_status")
    if status not in PRODUCING or before.get("operation_status") in PRODUCING:
        return []
    legal = now.values.get("legal_status")
    if legal == LegalStatus.abolished:
        why = f"an abolished site cannot start to operate (operation_status {status})."
        return [Violation("operation_status", now.valid_from, why, False)]
    if legal == LegalStatus.not_established:
        why = f"the site is not established, yet operation_status becomes {status}."
        return [Violation("operation_status", now.valid_from, why, True)]
    return []


SITE_COURSE = Course(_STATES, _starts, _ORDERLY, _NEW_PHASE)
"""A phase of clearance begins anew, and construction does after an expansion."""
