"""Tallies of a set of sites, with their sums, coverage and percentages, in whole square metres.

A ``Tally`` counts and adds over sites; tallies of disjoint sets add up, so that a country is the
sum of its provinces to the square metre.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from json import loads

from app.core.quantities import percent, to_hectares
from app.core.vocabulary import PlanningStatus, SiteKind
from app.statistics.hedges import RemainderQualifier, hedge_of_figure
from app.statistics.indicators import Counterpart, Measure
from app.subjects.attributes import Tallied
from app.subjects.derived import LISTED, UNCOUNTED, definition_on, leasable_lands
from app.subjects.sites import SiteState

_SHARE = "plan_share_ha"
AREAS = (
    *(name for name in SiteState.tallied(Tallied.summed) if name in SiteState.attributes),
    _SHARE,
)
"""The stated areas that are summed over sites. ``plan_share_ha`` is a site's part of its plan: its
area in the plan, or its own area where the plan's is unknown."""
HEDGES = "qualifiers"
"""The JSON of how exactly the quantities of a site are given; ``None`` where all are exact."""
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
    """A computed figure with its coverage; ``value`` is ``None`` where nothing is known.

    ``hedge`` is how exactly the value is known, ``None`` where it is bounded on neither side.
    """

    value: Decimal | None
    known: int
    unknown: int
    hedge: RemainderQualifier | None = RemainderQualifier.exact


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


class Hedges:
    """How exactly the quantities of some sites are given, and what is computed from them."""

    def __init__(self, groups: Iterable[Group]) -> None:
        """Keep the groups that have any quantity that is not given exactly."""
        self._groups = [group for group in groups if group.tracks.get(HEDGES) is not None]

    def of_sum(self, attribute: str, known: str = "") -> RemainderQualifier | None:
        """Return how exactly the sum of an area attribute is known, over sites where it is."""
        if attribute == _SHARE:
            return hedge_of_figure(self.of_shares())
        return hedge_of_figure(self._of(known or f"{attribute}_known", attribute))

    def of_clearance(self) -> RemainderQualifier | None:
        """Return how exactly the cleared land over the land to clear is known."""
        known = "clearance_known"
        return hedge_of_figure(self._of(known, "cleared_ha"), self._of(known, "to_clear_ha"))

    def of_occupancy(self) -> RemainderQualifier | None:
        """Return how exactly the leased land over the leasable land is known."""
        known = "occupancy_known"
        return hedge_of_figure(self._of(known, "leased_ha"), self._of(known, "leasable_ha"))

    def of_mean(self) -> RemainderQualifier | None:
        """Return how exactly the mean of the rates is known: computed ones, and stated ones."""
        known, stated = "occupancy_known", "stated_occupancy_pct"
        rising = self._of(known, "leased_ha") | self._of_some("rate_known", known, stated)
        return hedge_of_figure(rising, self._of(known, "leasable_ha"))

    def of_shares(self) -> set[str]:
        """Return how exactly the parts of plans are given that are not given exactly."""
        planned = "planned_area_ha"
        own = self._of_some(f"{_SHARE}_known", f"{planned}_known", "area_ha")
        return self._of(f"{planned}_known", planned) | own

    def _of(self, known: str, attribute: str) -> set[str]:
        return _codes((g for g in self._groups if g.tally[known]), attribute)

    def _of_some(self, known: str, otherwise: str, attribute: str) -> set[str]:
        """Return the hedges of groups in which more sites are known than are known otherwise."""
        some = (g for g in self._groups if g.tally[known] > g.tally[otherwise])
        return _codes(some, attribute)


def _codes(groups: Iterable[Group], attribute: str) -> set[str]:
    """Return the codes of an attribute; the sites of a group have the same."""
    given = ((group, _given(group.tracks[HEDGES] or "{}")) for group in groups)
    return {
        code
        for group, hedges in given
        for name in _made_of(group, attribute)
        if (code := hedges.get(name)) is not None
    }


def _made_of(group: Group, attribute: str) -> Sequence[str]:
    """Return the stated attributes that an attribute is, or is the sum of."""
    if attribute == "leasable_ha":
        return leasable_lands(definition_on(group.kind, group.day))
    return (attribute,)


@lru_cache(maxsize=1024)
def _given(text: str) -> Mapping[str, str]:
    hedges: dict[str, str] = loads(text)
    return hedges


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
    hedges = Hedges(taken)
    if counterpart.measure is Measure.number:
        sites = total(taken, "sites")["sites"]
        return Computed(Decimal(sites), sites, 0)
    if counterpart.measure is Measure.occupancy:
        tally = total(taken, "sites", "occupancy_known", "occupancy_part", "occupancy_whole")
        known = tally["occupancy_known"]
        value = ratio_pct(tally, "occupancy_part", "occupancy_whole")
        return Computed(value, known, tally["sites"] - known, hedges.of_occupancy())
    attribute = _AREA_OF[counterpart.measure]
    summed = area_of(taken, attribute)
    return Computed(summed.total_ha, summed.known, summed.unknown, hedges.of_sum(attribute))


_AREA_OF = {
    Measure.area: "area_ha",
    Measure.leased: "leased_ha",
    Measure.industrial_land: "industrial_land_ha",
}
