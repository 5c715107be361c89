"""The stage of a site: one word derived from its status tracks."""

from collections.abc import Mapping
from typing import Any

from app.domain.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    OperationStatus,
    PlanningStatus,
    Stage,
)

ESTABLISHED = {LegalStatus.established, LegalStatus.expanded}
PRODUCING = {OperationStatus.operating, OperationStatus.trial}
BUILDING = {ConstructionStatus.in_progress, ConstructionStatus.completed}
CLEARING = {ClearanceStatus.in_progress, ClearanceStatus.completed, ClearanceStatus.suspended}

LISTED = (Stage.planned, Stage.established, Stage.clearance, Stage.construction, Stage.operating)
"""The stages that a site of a province plan can have: a plan comes before all of them."""

IN_PROGRESS = (Stage.established, Stage.clearance, Stage.construction)
"""The stages that reports call "đang triển khai": past the plan, not yet in operation."""


def stage_of(values: Mapping[str, Any]) -> Stage:
    """Return the first stage that applies to the given attributes.

    Preparing (feasibility study, environmental approval) is not yet construction, and a site is
    ``closed`` only when it is abolished or taken out of the plan.
    """
    planning, legal = values.get("planning_status"), values.get("legal_status")
    rules = (
        (legal == LegalStatus.abolished or planning == PlanningStatus.removed, Stage.closed),
        (values.get("operation_status") in PRODUCING, Stage.operating),
        (values.get("construction_status") in BUILDING, Stage.construction),
        (values.get("clearance_status") in CLEARING, Stage.clearance),
        (legal in ESTABLISHED, Stage.established),
        (planning == PlanningStatus.planned, Stage.planned),
        (planning == PlanningStatus.proposed, Stage.proposed),
    )
    return next((stage for applies, stage in rules if applies), Stage.unknown)
