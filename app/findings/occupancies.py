"""What the occupancy of sites can be, by how exactly their land and their rates are given.

What is given exactly is taken as it is written; a hedge widens it by what it allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.core.quantities import percent
from app.core.vocabulary import OccupancyDefinition
from app.findings.spans import Span, percent_of, total
from app.findings.states import State
from app.subjects.attributes import number_of
from app.subjects.derived import leasable_lands

_RATE, _LEASED, _LEASABLE = "occupancy_pct", "leased_ha", "leasable_ha"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The average occupancy of some sites by the figures as written, percent, and its span."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Land:
    """The leased land of a site and the land it can lease, hectares as written and their spans."""

    leased_ha: Decimal
    leasable_ha: Decimal
    leased: Span
    leasable: Span


def land_of(state: State) -> Land | None:
    """Return the land that the occupancy of a site follows from, ``None`` if it is stated."""
    part, whole = number_of(state.values, _LEASED), number_of(state.values, _LEASABLE)
    definition = state.values.get("occupancy_pct_definition")
    leased = state.span(_LEASED)
    if part is None or whole is None or definition is None or leased is None:
        return None
    names = leasable_lands(OccupancyDefinition(str(definition)))
    return Land(part, whole, leased, total(filter(None, map(state.span, names))))


def rate_of(state: State) -> Span | None:
    """Return what the occupancy of a site can be, ``None`` while it is unknown."""
    rate, land = number_of(state.values, _RATE), land_of(state)
    if rate is None:
        return None
    if land is None:
        return state.span("stated_occupancy_pct")
    computed = percent_of(land.leased, land.leasable)
    # A site shows its rate with two decimals.
    is_exact = computed.low is not None and computed.low == computed.high
    return Span.exactly(rate) if is_exact else computed


def mean_of(states: Sequence[State]) -> Occupancy | None:
    """Return the simple mean of the rates of sites, ``None`` while one is unknown."""
    rates = [number_of(state.values, _RATE) for state in states]
    spans = [span for state in states if (span := rate_of(state)) is not None]
    known = [rate for rate in rates if rate is not None]
    value = percent(sum(known, Decimal()), Decimal(100 * len(states)))
    if value is None or len(spans) < len(states):
        return None
    return Occupancy(value, total(spans).times(1 / Decimal(len(states))))


def weighted_of(states: Sequence[State]) -> Occupancy | None:
    """Return the leased over the leasable land of sites, ``None`` while one of them is unknown."""
    lands = [land for state in states if (land := land_of(state)) is not None]
    if len(lands) < len(states):
        return None
    value = percent(sum(one.leased_ha for one in lands), sum(one.leasable_ha for one in lands))
    spans = total(one.leased for one in lands), total(one.leasable for one in lands)
    return None if value is None else Occupancy(value, percent_of(*spans))
