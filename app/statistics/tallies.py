"""Tallies of a set of sites, with their sums, coverage and percentages, in whole square metres.

A ``Tally`` counts and adds over sites; tallies of disjoint sets add up, so that a country is the
sum of its provinces to the square metre.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from app.core.quantities import percent, to_hectares
from app.core.vocabulary import PlanningStatus, SiteKind
from app.statistics.indicators import Counterpart, Measure
from app.subjects.attributes import Tallied
from app.subjects.derived import LISTED, UNCOUNTED
from app.subjects.sites import SiteState

AREAS = (
    *(name for name in SiteState.tallied(Tallied.summed) if name in SiteState.attributes),
    "plan_share_ha",
)
"""The stated areas that are summed over sites. ``plan_share_ha`` is a site's part of its plan: its
area in the plan, or its own area where the plan's is unknown."""
SHARE_HEDGE = "plan_share_hedge"
"""The code of how exactly a site's part of its plan is given; ``None`` where that is exact."""
_RATE_UNITS = Decimal(10_000)


class Tally(dict[str, int]):
    """Whole numbers by name; a name that was not counted is 0."""

    def __missing__(self, name: str) -> int:
        """Nothing was counted under this name."""
        return 0


@dataclass(frozen=True, slots=True)
class Group:
    """The tally of the sites that share a day, a province, a kind and the codes of the tracks."""

    day: date
    province_code: str | None
    kind: SiteKind
    tracks: Mapping[str, str | None]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of known areas, with how many sites it covers and how many it misses."""

    square_metres: int
    known: int
    unknown: int

    @property
    def known_ha(self) -> Decimal:
        """The sum in hectares."""
        return to_hectares(self.square_metres)

    @property
    def total_ha(self) -> Decimal | None:
        """The sum, or ``None`` where there are sites and the area of none is known."""
        return None if self.unknown and not self.known else self.known_ha


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed figure with its coverage; ``value`` is ``None`` where nothing is known."""

    value: Decimal | None
    known: int
    unknown: int


def total(groups: Iterable[Group], *only: str) -> Tally:
    """Add up the tallies of groups: all names, or only those given."""
    tallies = [group.tally for group in groups]
    names = only or dict.fromkeys(chain.from_iterable(tallies))
    return Tally({name: sum([tally[name] for tally in tallies]) for name in names})


def is_counted(group: Group) -> bool:
    """Return whether sums count the group's sites; closed and removed ones are only listed."""
    return group.tracks["stage"] not in UNCOUNTED


def is_listed(group: Group) -> bool:
    """Return whether the group's sites are part of a province plan."""
    is_removed = group.tracks["planning_status"] == PlanningStatus.removed
    return group.tracks["stage"] in LISTED and not is_removed


def share_hedges(groups: Iterable[Group]) -> set[str]:
    """Return how exactly the parts of plans are given that are not given exactly."""
    return {hedge for group in groups if (hedge := group.tracks.get(SHARE_HEDGE)) is not None}


def area(tally: Tally, attribute: str) -> Sum:
    """Return the sum of an area attribute."""
    known = tally[f"{attribute}_known"]
    return Sum(tally[f"{attribute}_sum"], known, tally["sites"] - known)


def area_of(groups: Iterable[Group], attribute: str) -> Sum:
    """Return the sum of one area attribute over groups."""
    return area(total(groups, "sites", f"{attribute}_known", f"{attribute}_sum"), attribute)


def ratio_pct(tally: Tally, part: str, whole: str) -> Decimal | None:
    """Return ``part`` over ``whole`` in percent, both summed over the sites that know both."""
    return percent(tally[part], tally[whole])


def mean_rate_pct(tally: Tally) -> Decimal | None:
    """Return the simple mean of the known occupancy rates, percent with two decimals."""
    return percent(tally["rate_sum"], tally["rate_known"] * 100 * int(_RATE_UNITS))


def count_by(groups: Iterable[Group], track: str) -> Counter[str | None]:
    """Count sites by the codes of one track; sites without a code are under ``None``."""
    counts: Counter[str | None] = Counter()
    for group in groups:
        counts[group.tracks[track]] += group.tally["sites"]
    return counts


def counterpart_value(counterpart: Counterpart, groups: Iterable[Group]) -> Computed:
    """Compute the counterpart of an indicator from the tallies of sites."""
    taken = [group for group in groups if counterpart.takes_in(group.tracks)]
    if counterpart.measure is Measure.number:
        sites = total(taken, "sites")["sites"]
        return Computed(Decimal(sites), sites, 0)
    if counterpart.measure is Measure.occupancy:
        tally = total(taken, "sites", "occupancy_known", "occupancy_part", "occupancy_whole")
        known = tally["occupancy_known"]
        value = ratio_pct(tally, "occupancy_part", "occupancy_whole")
        return Computed(value, known, tally["sites"] - known)
    summed = area_of(taken, _AREA_OF[counterpart.measure])
    return Computed(summed.total_ha, summed.known, summed.unknown)


_AREA_OF = {
    Measure.area: "area_ha",
    Measure.leased: "leased_ha",
    Measure.industrial_land: "industrial_land_ha",
}
