"""The definition of sites: zones, clusters and craft villages. Their state is in ``sites.py``."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.core.geometry import Box, Degrees, box_of
from app.core.vocabulary import SiteKind
from app.subjects.attributes import text_of
from app.subjects.definitions import Subject, SubjectDefinition
from app.subjects.derived import DEFINITION_DAYS, occupancy_of, share_pct, stage_of
from app.subjects.sites import ListedSiteState, Outlined, SiteFacts, SiteState
from app.subjects.state_machine import SITE_STATES


def _derive(
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


DEFINITION = SubjectDefinition(
    SiteState,
    labels=("Khu công nghiệp, cụm công nghiệp hoặc làng nghề", "Site"),
    described="Zones, clusters and craft villages, and what was said of them.",
    example="ccn-quang-chu",
    state_machine=SITE_STATES,
    derive=_derive,
    change_days=DEFINITION_DAYS,
    located=Box._fields,
    stated=SiteFacts,
    listed=ListedSiteState,
    outline=Outlined,
)
