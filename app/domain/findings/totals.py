"""Stated totals beside the sites that they are about, each on the total's own day.

Whether a site is among those of a total is decided by its status on the day that the total is
about; its area is the one of that day or, where that is unknown, the first one stated later. The
size of a site of unknown area is bounded by law where there is one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.findings.facts import Behind, ProvinceFacts
from app.domain.findings.limits import size_limits
from app.domain.findings.spans import Span, span_of, total
from app.domain.findings.states import Measured, State, measured, state_on
from app.domain.indicators import INDICATORS, Counterpart, Indicator, Measure
from app.domain.observations import MEASURED, Observed, latest
from app.domain.vocabulary import Qualifier, SiteKind

_ATTRIBUTES = {
    Measure.area: "area_ha",
    Measure.leased: "leased_ha",
    Measure.industrial_land: "industrial_land_ha",
}
_ENDINGS = {**_ATTRIBUTES, Measure.occupancy: "occupancy_pct"}


@dataclass(frozen=True, slots=True)
class Total:
    """A stated total in force with the states, on its own day, of the sites of its kind."""

    observed: Observed
    indicator: Indicator
    kind: SiteKind
    counterpart: Counterpart
    day: date
    states: Sequence[State]
    count: Observed | None

    @property
    def members(self) -> list[State]:
        """The sites that the total counts."""
        return [state for state in self.states if state.belongs(self.counterpart)]

    @property
    def span(self) -> Span:
        """What the total allows."""
        return span_of(self.observed)


@dataclass(frozen=True, slots=True)
class AreaTotal:
    """A stated total of hectares with the areas of the sites that it counts."""

    total: Total
    sites: tuple[Measured, ...]

    @property
    def known(self) -> list[Measured]:
        """The sites whose area is known."""
        return [site for site in self.sites if site.value is not None]

    @property
    def known_sum(self) -> Decimal:
        """The hectares of the sites whose area is known."""
        return sum((site.value for site in self.sites if site.value is not None), Decimal())

    @property
    def size(self) -> int:
        """How many sites the total is of: the stated count, or else those the register has."""
        count = self.total.count
        return len(self.sites) if count is None else int(count.value)

    @property
    def unlisted(self) -> int:
        """How many more sites are stated than the register has."""
        return max(self.size - len(self.sites), 0)

    @property
    def unknown(self) -> int:
        """How many sites of unknown area the total is of, unlisted ones included."""
        return len(self.sites) - len(self.known) + self.unlisted

    @property
    def is_of_all(self) -> bool:
        """Whether all sites that the register has are in the total: it states no fewer."""
        return self.size >= len(self.sites)

    @property
    def possible(self) -> Span:
        """What the areas can add to, within the limits of the unknown ones.

        Known areas are taken as they are: only the stated total is allowed its rounding.
        """
        spans = [self.span_of(site) for site in self.sites]
        spans += [self._limits(None)] * self.unlisted
        if self.is_of_all or not self.unknown:
            return total(spans)
        # The total is of fewer sites, nobody says which: the smallest, at least, and the largest.
        lows = sorted(span.low or Decimal() for span in spans)
        highs = sorted((span.high for span in spans if span.high is not None), reverse=True)
        is_bounded = len(highs) == len(spans)
        high = sum(highs[: self.size], Decimal()) if is_bounded else None
        return Span(sum(lows[: self.size], Decimal()), high)

    @property
    def fits(self) -> bool:
        """Whether the stated total can be what the areas add to."""
        return self.total.span.meets(self.possible)

    @property
    def behind(self) -> list[Behind]:
        """The statements that the total is held against, its own first."""
        stated = [self.total.observed, *([self.total.count] if self.total.count else [])]
        return [*stated, *(site.cited for site in self.sites if site.cited is not None)]

    def span_of(self, site: Measured) -> Span:
        """Return the area of a site, or the limits of an unknown one."""
        return Span.exactly(site.value) if site.value is not None else self._limits(site)

    def _limits(self, site: Measured | None) -> Span:
        limits = size_limits(self.total.kind, self.total.day)
        if self.total.counterpart.measure is Measure.area:
            return limits
        # A part of a site is no larger than the site, and can be nothing.
        whole = site.site.values.get("area_ha") if site else None
        return Span(Decimal(), limits.high if whole is None else whole)


def totals(facts: ProvinceFacts) -> Iterator[Total]:
    """Yield each stated total in force that has a computed counterpart, by indicator and period.

    Of the totals stated for the same period the last one is in force; those of older periods stay
    and are held against their own day.
    """
    measures = (o for o in facts.observed if o.basis in MEASURED and o.period_from <= facts.day)
    in_force = latest(measures, lambda o: (o.indicator, o.period))
    states: dict[tuple[SiteKind, date], list[State]] = {}
    for key in sorted(in_force):
        observed = in_force[key]
        indicator = INDICATORS[observed.indicator]
        if indicator.counterpart is None or indicator.kind is None:
            continue
        day = min(observed.period_to, facts.day)
        if (indicator.kind, day) not in states:
            states[indicator.kind, day] = _states(facts, indicator.kind, day)
        yield Total(
            observed=observed,
            indicator=indicator,
            kind=indicator.kind,
            counterpart=indicator.counterpart,
            day=day,
            states=states[indicator.kind, day],
            count=_count_beside(observed, indicator, in_force.values()),
        )


def area_totals(facts: ProvinceFacts) -> Iterator[AreaTotal]:
    """Yield each stated total of hectares with the areas of its sites, if it has any."""
    for stated in totals(facts):
        attribute = _ATTRIBUTES.get(stated.counterpart.measure)
        if attribute is not None and stated.members:
            yield AreaTotal(stated, tuple(measured(m, attribute) for m in stated.members))


def _states(facts: ProvinceFacts, kind: SiteKind, day: date) -> list[State]:
    return [state_on(site, day) for site in facts.sites if site.kind is kind]


def _count_beside(
    observed: Observed, indicator: Indicator, in_force: Iterable[Observed]
) -> Observed | None:
    """Return the exact count that one source states for the same sites and period.

    The codes of what is stated of the same sites begin alike.
    """
    ending = _ENDINGS.get(indicator.counterpart.measure) if indicator.counterpart else None
    if ending is None:
        return None
    code = observed.indicator.removesuffix(ending) + "count"
    wanted = (code, observed.period, observed.source_id, Qualifier.exact)
    return next(
        (o for o in in_force if (o.indicator, o.period, o.source_id, o.qualifier) == wanted), None
    )
