"""Attributes derived from the stated ones of a site: stage and occupancy (tỷ lệ lấp đầy).

The land that can be leased depends on the kind of site and the law of the day: the industrial land
of a cluster; the industrial land of a zone (decree 82/2018); the industrial and service land of a
zone since 2022-07-15 (decree 35/2022). A rate therefore carries its definition.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.quantities import percent
from app.core.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    OccupancyDefinition,
    OperationStatus,
    PlanningStatus,
    SiteKind,
    Stage,
)
from app.subjects.sites import SiteFacts

ESTABLISHED = {LegalStatus.established, LegalStatus.expanded}
PRODUCING = {OperationStatus.operating, OperationStatus.trial}
BUILDING = {ConstructionStatus.in_progress, ConstructionStatus.completed}
CLEARING = {ClearanceStatus.in_progress, ClearanceStatus.completed, ClearanceStatus.suspended}
LISTED = frozenset(
    {
        Stage.planned,
        Stage.established,
        Stage.clearance,
        Stage.construction,
        Stage.operating,
        Stage.suspended,
    }
)
"""The stages that a site of a province plan can have: a plan comes before all of them."""
UNCOUNTED = frozenset({Stage.closed, Stage.removed})
"""The stages of sites that are counted by stage and left out of sums."""
IN_PROGRESS = (Stage.established, Stage.clearance, Stage.construction)
"""The stages that reports call "đang triển khai": past the plan, not yet in operation."""


def stage_of(site: SiteFacts) -> Stage:
    """Return the first stage that applies to the given attributes.

    Preparing (feasibility study, environmental approval) is not yet construction. A site that was
    taken out of the plan is ``removed`` only where nothing else puts it into a stage.
    """
    planning, legal, operation = site.planning_status, site.legal_status, site.operation_status
    is_closed = legal == LegalStatus.abolished or operation == OperationStatus.closed
    rules = (
        (is_closed, Stage.closed),
        (operation == OperationStatus.suspended, Stage.suspended),
        (operation in PRODUCING, Stage.operating),
        (site.construction_status in BUILDING, Stage.construction),
        (site.clearance_status in CLEARING, Stage.clearance),
        (legal in ESTABLISHED, Stage.established),
        (planning == PlanningStatus.planned, Stage.planned),
        (planning == PlanningStatus.proposed, Stage.proposed),
        (planning == PlanningStatus.removed, Stage.removed),
    )
    return next((stage for applies, stage in rules if applies), Stage.unknown)


DECREE_35_2022_IN_FORCE = date(2022, 7, 15)
DEFINITION_DAYS: tuple[date, ...] = (DECREE_35_2022_IN_FORCE,)
"""Days on which the definition changed; timelines are cut there."""


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The land that can be leased (hectares), the rate (percent) and the definition it follows."""

    leasable_ha: Decimal | None
    occupancy_pct: Decimal | None
    definition: OccupancyDefinition | None


def definition_on(kind: SiteKind, day: date) -> OccupancyDefinition:
    """Return the legal definition for a kind of site on a day."""
    if kind is not SiteKind.zone:
        return OccupancyDefinition.ccn
    if day < DECREE_35_2022_IN_FORCE:
        return OccupancyDefinition.kcn_2018
    return OccupancyDefinition.kcn_2022


def occupancy_of(kind: SiteKind, day: date, site: SiteFacts) -> Occupancy:
    """Compute the rate from the areas where both are known, else take the stated one."""
    definition = definition_on(kind, day)
    leasable = _leasable(definition, site)
    if site.leased_ha is not None and leasable is not None:
        rate = share_pct(site.leased_ha, leasable)
        return Occupancy(leasable, rate, None if rate is None else definition)
    stated = site.stated_occupancy_pct
    if stated is None:
        return Occupancy(leasable, None, None)
    stated_by = site.occupancy_definition or OccupancyDefinition.as_stated
    return Occupancy(leasable, stated, OccupancyDefinition(stated_by))


def share_pct(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a part of a whole in percent; ``None`` where the part is more than the whole.

    No rate follows from such a contradiction, which a site may be in.
    """
    return None if part > whole else percent(part, whole)


def leasable_lands(definition: OccupancyDefinition) -> tuple[str, ...]:
    """Return the attributes of the land that can be leased, which a definition divides by."""
    industrial, service = "industrial_land_ha", "service_land_ha"
    return (industrial, service) if definition is OccupancyDefinition.kcn_2022 else (industrial,)


def _leasable(definition: OccupancyDefinition, site: SiteFacts) -> Decimal | None:
    lands: list[Decimal | None] = [getattr(site, name) for name in leasable_lands(definition)]
    known = [land for land in lands if land is not None]
    return sum(known, Decimal()) if len(known) == len(lands) else None
