"""Stated totals beside the sites that they are about, each on the total's own day.

Whether a site is among those of a total is decided by its status on the day that the total is
about; its area is the one of that day or, where that is unknown, the first one stated later. The
size of a site of unknown area is bounded by law where there is one.

A total of a month or a year does not say of which of its days it is: it fits if it fits on one.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, partial

from app.core.vocabulary import MEASURED, Qualifier, SiteKind
from app.findings.cluster_law import size_limits
from app.findings.facts import Behind, ProvinceFacts
from app.findings.spans import Span, span_of, total
from app.findings.states import Measured, State, measured, rebuilt
from app.statistics.indicators import INDICATORS, Counterpart, Indicator, Measure
from app.statistics.observations import Observed, latest

AREA_ATTRIBUTES = {
    Measure.area: "area_ha",
    Measure.leased: "leased_ha",
    Measure.industrial_land: "industrial_land_ha",
}
_ENDINGS = {**AREA_ATTRIBUTES, Measure.occupancy: "occupancy_pct"}


@dataclass(frozen=True, slots=True)
class Total:
    """A stated total in force with the states, on its own day, of the sites of its kind.

    ``day`` is the last of its ``days``: those on which its sites can differ, the last first.
    """

    observed: Observed
    indicator: Indicator
    kind: SiteKind
    counterpart: Counterpart
    day: date
    days: Sequence[date]
    states_on: Callable[[SiteKind, date], Sequence[State]]
    count: Observed | None

    @property
    def states(self) -> Sequence[State]:
        """The sites of the kind as they were on the day."""
        return self.states_on(self.kind, self.day)

    @property
    def on_each_day(self) -> Iterator["Total"]:
        """The total as one of each day that it may be about, the last first."""
        return (replace(self, day=day) for day in self.days)

    @property
    def members(self) -> list[State]:
        """The sites that the total counts."""
        return [state for state in self.states if state.belongs(self.counterpart)]

    @property
    def observations(self) -> list[Observed]:
        """The total itself, and the count that its source states beside it."""
        return [self.observed] if self.count is None else [self.observed, self.count]

    @property
    def span(self) -> Span:
        """The values that the total allows."""
        return span_of(self.observed)


@dataclass(frozen=True)
class AreaTotal:
    """A stated total of hectares with the areas of the sites that it counts."""

    total: Total
    sites: tuple[Measured, ...]
    sure: frozenset[str]

    @cached_property
    def known(self) -> list[Measured]:
        """The sites whose area is known."""
        return [site for site in self.sites if site.value is not None]

    @property
    def known_sum(self) -> Decimal:
        """The hectares of the sites whose area is known."""
        return sum((site.value for site in self.sites if site.value is not None), Decimal())

    @cached_property
    def known_span(self) -> Span:
        """The sums that the known areas can have had before rounding."""
        return total(span for site in self.sites if (span := site.span) is not None)

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

    @cached_property
    def possible(self) -> Span:
        """The sums that the areas allow, within rounding and the limits of the unknown ones."""
        return self._sum_of(self.span_of)

    @property
    def written(self) -> Span:
        """The sums that the areas allow, the known ones taken as they are written."""
        return self._sum_of(
            lambda site: (
                self.span_of(site) if site.value is None or site.hedge else Span.exactly(site.value)
            )
        )

    def _sum_of(self, span: Callable[[Measured], Span]) -> Span:
        if self.total.count is None:
            # More sites may be meant than are registered, but not fewer than surely belong.
            sure = (span(site) for site in self.sites if site.site.id in self.sure)
            return Span(total(sure).low, None)
        spans = [span(site) for site in self.sites]
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
        """Whether the areas can add up to the stated total on its day."""
        return self.total.span.meets(self.possible)

    @property
    def behind(self) -> list[Behind]:
        """The statements behind a comparison with the sites: those of the total first."""
        return [
            *self.total.observations,
            *(site.cited for site in self.sites if site.cited is not None),
        ]

    def span_of(self, site: Measured) -> Span:
        """Return the area of a site within its rounding, or the limits of an unknown one.

        An area that the register holds as 15 may have been written 15.0; to take it for a whole
        number only allows more.
        """
        return site.span or self._limits(site)

    def _limits(self, site: Measured | None) -> Span:
        limits = size_limits(self.total.kind, self.total.day)
        if self.total.counterpart.measure is Measure.area:
            return limits
        # A part of a site is no larger than the site, and can be nothing.
        whole = site.site.span("area_ha") if site else None
        return Span(Decimal(), limits.high if whole is None else whole.high)


def totals(facts: ProvinceFacts) -> Sequence[Total]:
    """Return each stated total in force that has a computed counterpart, by indicator and period.

    Of the totals stated for the same period the last one is in force; those of older periods stay
    and are compared with the sites of their own day.
    """
    return facts.once(_totals)


def area_totals(facts: ProvinceFacts) -> Sequence[AreaTotal]:
    """Return those of hectares, with the areas of their sites, if they have any."""
    return facts.once(_area_totals)


def _area_totals(facts: ProvinceFacts) -> list[AreaTotal]:
    return [area for stated in totals(facts) if (area := area_total(stated)) is not None]


def _totals(facts: ProvinceFacts) -> list[Total]:
    return list(_each_total(facts))


def _each_total(facts: ProvinceFacts) -> Iterator[Total]:
    measures = (o for o in facts.observed if o.basis in MEASURED and o.period_from <= facts.day)
    in_force = latest(measures, lambda o: (o.indicator, o.period))
    states_on = cache(partial(_states, facts))
    for key in sorted(in_force):
        observed = in_force[key]
        indicator = INDICATORS[observed.indicator]
        if indicator.counterpart is None or indicator.kind is None:
            continue
        days = _days(facts, observed, indicator.kind)
        yield Total(
            observed=observed,
            indicator=indicator,
            kind=indicator.kind,
            counterpart=indicator.counterpart,
            day=days[0],
            days=days,
            states_on=states_on,
            count=count_beside(observed, in_force.values()),
        )


def area_total(stated: Total) -> AreaTotal | None:
    """Return a stated total of hectares with the areas of its sites, if it has any."""
    attribute = AREA_ATTRIBUTES.get(stated.counterpart.measure)
    members = stated.members if attribute else []
    if attribute is None or not members:
        return None
    sure = frozenset(m.site.id for m in members if m.surely_belongs(stated.counterpart))
    return AreaTotal(stated, tuple(measured(m, attribute) for m in members), sure)


def _states(facts: ProvinceFacts, kind: SiteKind, day: date) -> list[State]:
    return [rebuilt(site, day) for site in facts.sites if site.kind is kind]


def _days(facts: ProvinceFacts, observed: Observed, kind: SiteKind) -> list[date]:
    """Return the days of a total's period on which its sites can differ, the last first."""
    first, last = observed.period_from, min(observed.period_to, facts.day)
    changes = facts.once(_changes).get(kind, ())
    between = changes[bisect_right(changes, first) : bisect_left(changes, last)]
    return sorted({first, last, *between}, reverse=True)


def _changes(facts: ProvinceFacts) -> Mapping[SiteKind | None, Sequence[date]]:
    """Return the days on which a statement about a site begins or ends, in order, by its kind."""
    days: dict[SiteKind | None, set[date]] = defaultdict(set)
    for site in facts.sites:
        of_kind = days[site.kind]
        for assertion in site.assertions:
            of_kind.add(assertion.cited.effective_day)
            of_kind.add(assertion.cited.end_day)
    return {kind: sorted(of_kind) for kind, of_kind in days.items()}


def count_beside(observed: Observed, others: Iterable[Observed]) -> Observed | None:
    """Return the exact count that one source states for the same sites and period.

    The codes of what is stated of the same sites begin alike.
    """
    counterpart = INDICATORS[observed.indicator].counterpart
    ending = _ENDINGS.get(counterpart.measure) if counterpart else None
    if ending is None:
        return None
    code = observed.indicator.removesuffix(ending) + "count"
    wanted = (code, observed.period, observed.source_id, Qualifier.exact)
    return next(
        (o for o in others if (o.indicator, o.period, o.source_id, o.qualifier) == wanted), None
    )
