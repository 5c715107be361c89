"""Tallies of a set of sites, with their sums, coverage and percentages, in whole square metres.

A ``Tally`` counts and adds over sites; tallies of disjoint sets add up, so that a country is the
sum of its provinces to the square metre. Packed, a tally is one whole number, and so is their sum.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from struct import Struct

from app.core.quantities import percent, to_hectares
from app.core.vocabulary import PlanningStatus, Qualifier, SiteKind
from app.statistics.hedges import RemainderQualifier, hedge_of_figure
from app.statistics.indicators import Counterpart, Measure
from app.subjects.attributes import Tallied
from app.subjects.derived import LISTED, UNCOUNTED
from app.subjects.sites import SiteState

_SHARE = "plan_share_ha"
AREAS = (
    *(name for name in SiteState.tallied(Tallied.summed) if name in SiteState.attributes),
    _SHARE,
)
"""The stated areas that are summed over sites. ``plan_share_ha`` is a site's part of its plan: its
area in the plan, or its own area where the plan's is unknown."""
TRACKS = SiteState.tallied(Tallied.counted, Tallied.defining)
"""The codes that every figure can be made from; sites that share them are tallied together."""
NUMBERS = (
    "sites",
    *(f"{name}_known" for name in AREAS),
    *(f"{name}_sum" for name in AREAS),
    *("clearance_known", "clearance_part", "clearance_whole"),
    *("unmeasured", "unmeasured_known", "unmeasured_sum"),
    *("occupancy_known", "occupancy_part", "occupancy_whole"),
    *("rate_known", "rate_sum"),
)
"""What a tally counts and adds. A share is tallied over the sites that know both of its parts."""
_RATE_UNITS = Decimal(10_000)
HEDGED = (
    *AREAS,
    *("unmeasured", "clearance_part", "clearance_whole"),
    *("occupancy_part", "occupancy_whole", "stated_rate"),
)
"""What is computed from quantities that may not be given exactly: by how exactly they are given,
the sites are counted whose quantity is among what is added. ``stated_rate`` are the rates that do
not follow from land."""
_HEDGES = [(name, code.value) for name in HEDGED for code in Qualifier]
_BITS = 64
_ONE = (1 << _BITS) - 1
_PLAIN = Struct(f"<{len(NUMBERS)}Q")
_ALL = Struct(f"<{len(NUMBERS) + len(_HEDGES)}Q")
_PLACES = {name: place for place, name in enumerate((*NUMBERS, *(f"{n}:{c}" for n, c in _HEDGES)))}


def packed(tally: Mapping[str, int]) -> int:
    """Return a tally as one whole number; those of disjoint sets add up as tallies do.

    Each of its numbers takes 64 bits, which no sum of square metres fills.
    """
    return sum(number << (_BITS * _PLACES[name]) for name, number in tally.items())


def packed_numbers(numbers: Iterable[int], hedges: Iterable[tuple[str, str]]) -> int:
    """Return the same of all ``NUMBERS`` in turn, with hedges by names of ``HEDGED``."""
    whole = int.from_bytes(_PLAIN.pack(*numbers), "little")
    for name, code in hedges:
        whole += 1 << (_BITS * _PLACES[f"{name}:{code}"])
    return whole


class Tally(dict[str, int]):
    """Whole numbers by name; a name that was not counted is 0."""

    def __missing__(self, name: str) -> int:
        """Nothing was counted under this name."""
        return 0


def unpacked(whole: int) -> Tally:
    """Return the tally that is packed in a whole number."""
    form = _PLAIN if whole.bit_length() <= _PLAIN.size * 8 else _ALL
    return Tally(zip(_PLACES, form.unpack(whole.to_bytes(form.size, "little")), strict=False))


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """A kind of site, and the code of each track; there is one object for the same codes."""

    kind: SiteKind
    tracks: Mapping[str, str | None]
    is_counted: bool
    """Whether sums count such sites; closed and removed ones are only listed."""
    is_listed: bool
    """Whether such sites are part of a province plan."""


@cache
def codes_of(kind: str, *tracks: str | None) -> Codes:
    """Return the codes of a kind of site, of each of ``TRACKS`` in turn."""
    named = dict(zip(TRACKS, tracks, strict=True))
    is_removed = named["planning_status"] == PlanningStatus.removed
    return Codes(
        SiteKind(kind),
        named,
        is_counted=named["stage"] not in UNCOUNTED,
        is_listed=named["stage"] in LISTED and not is_removed,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """The packed tally of the sites that share a kind and the codes of the tracks."""

    codes: Codes
    tally: int

    @property
    def sites(self) -> int:
        """How many they are."""
        return self.tally & _ONE


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


def total(groups: Iterable[Group]) -> Tally:
    """Add up the tallies of groups."""
    return unpacked(sum([group.tally for group in groups]))


class Hedges:
    """How exactly the quantities of some sites are given, and what is computed from them."""

    def __init__(self, tally: Tally) -> None:
        """Take what is hedged from the tally of the sites."""
        self._codes: dict[str, set[str]] = defaultdict(set)
        if len(tally) > len(NUMBERS):
            for name, code in _HEDGES:
                if tally[f"{name}:{code}"]:
                    self._codes[name].add(code)

    def of_sum(self, name: str) -> RemainderQualifier | None:
        """Return how exactly a sum is known, of an area or of the unmeasured ones."""
        return hedge_of_figure(self._of(name))

    def of_clearance(self) -> RemainderQualifier | None:
        """Return how exactly the cleared land over the land to clear is known."""
        return hedge_of_figure(self._of("clearance_part"), self._of("clearance_whole"))

    def of_occupancy(self) -> RemainderQualifier | None:
        """Return how exactly the leased land over the leasable land is known."""
        return hedge_of_figure(self._of("occupancy_part"), self._of("occupancy_whole"))

    def of_mean(self) -> RemainderQualifier | None:
        """Return how exactly the mean of the rates is known: computed ones, and stated ones."""
        rising = self._of("occupancy_part") | self._of("stated_rate")
        return hedge_of_figure(rising, self._of("occupancy_whole"))

    def of_shares(self) -> set[str]:
        """Return how exactly the parts of plans are given that are not given exactly."""
        return self._of(_SHARE)

    def _of(self, name: str) -> set[str]:
        return self._codes.get(name, set())


def area(tally: Tally, attribute: str) -> Sum:
    """Return the sum of an area attribute."""
    known = tally[f"{attribute}_known"]
    return Sum(tally[f"{attribute}_sum"], known, tally["sites"] - known)


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
        counts[group.codes.tracks[track]] += group.sites
    return counts


def counterpart_value(counterpart: Counterpart, groups: Iterable[Group]) -> Computed:
    """Compute the counterpart of an indicator from the tallies of sites."""
    tally = total(group for group in groups if counterpart.takes_in(group.codes.tracks))
    if counterpart.measure is Measure.number:
        return Computed(Decimal(tally["sites"]), tally["sites"], 0)
    hedges = Hedges(tally)
    if counterpart.measure is Measure.occupancy:
        known = tally["occupancy_known"]
        value = ratio_pct(tally, "occupancy_part", "occupancy_whole")
        return Computed(value, known, tally["sites"] - known, hedges.of_occupancy())
    attribute = _AREA_OF[counterpart.measure]
    summed = area(tally, attribute)
    return Computed(summed.total_ha, summed.known, summed.unknown, hedges.of_sum(attribute))


_AREA_OF = {
    Measure.area: "area_ha",
    Measure.leased: "leased_ha",
    Measure.industrial_land: "industrial_land_ha",
}
