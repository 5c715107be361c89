"""Growth and trends over the year before, recomputed from the stated levels."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import product

from app.core.dates import Period
from app.core.quantities import percent
from app.core.vocabulary import MEASURED, Basis, Severity, Trend
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, of_province
from app.findings.levels import (
    at_prices_of,
    cited_amount,
    days_of,
    in_force,
    stated,
    unknown_prices,
)
from app.findings.spans import Span, grown, increase_pct, span_of
from app.findings.wording import Text, amount, opening, stated_amount, when
from app.statistics.implied import levels_of, year_before
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, latest, prices_of
from app.subjects.attributes import ABOUT

_GROWTH = "growth_differs"
_TREND = "trend_differs"
_WORDS = {
    Trend.rising: Text("tăng", "rising"),
    Trend.steady: Text("ổn định", "steady"),
    Trend.falling: Text("giảm", "falling"),
}


def _find_growth(facts: ProvinceFacts) -> Iterator[Finding]:
    claims = latest(
        (o for o in facts.observed if o.basis in MEASURED and INDICATORS[o.indicator].growth_of),
        lambda o: (o.indicator, o.period, prices_of(o) or ""),
    )
    for key in sorted(claims):
        for now, before in _levels(facts, claims[key]):
            computed = increase_pct(now.value, before.value)
            if computed is not None and not _growth_fits(claims[key], now, before):
                yield _growth_finding(facts, claims[key], now, before, computed)


def _levels(facts: ProvinceFacts, growth: Observed) -> list[tuple[Observed, Observed]]:
    """Return the levels of the two years: those in force, and the source's own where they differ.

    The levels in force may come from another document or from a later revision.
    """
    code, earlier = INDICATORS[growth.indicator].growth_of or "", year_before(Period(growth.period))
    if earlier is None:
        return []
    nows = levels_of(growth, stated(facts, code, days_of(growth)))
    befores = levels_of(growth, stated(facts, code, (earlier.first_day, earlier.last_day)))
    pairs = [_pair(_own(growth, nows), _own(growth, befores)), _pair(nows, befores)]
    return list(dict.fromkeys(pair for pair in pairs if pair is not None))


def _own(growth: Observed, levels: list[Observed]) -> list[Observed]:
    """Return the levels that the source of the growth states itself, or else all of them."""
    return [o for o in levels if o.source_id == growth.source_id] or levels


def _pair(nows: list[Observed], befores: list[Observed]) -> tuple[Observed, Observed] | None:
    """Return the two levels in force, if possible of the same and of known prices."""
    return max(
        ((now, before) for now, before in product(nows, befores) if before.value > 0),
        key=lambda pair: (
            prices_of(pair[0]) == prices_of(pair[1]),
            prices_of(pair[0]) is not None,
            pair[0].rank,
            pair[1].rank,
        ),
        default=None,
    )


def _growth_fits(growth: Observed, now: Observed, before: Observed) -> bool:
    return span_of(now).meets(grown(span_of(before), span_of(growth)))


def _growth_finding(
    facts: ProvinceFacts, growth: Observed, now: Observed, before: Observed, computed: Decimal
) -> Finding:
    unit = INDICATORS[now.indicator].unit
    implied = percent(now.value, 100 + growth.value)
    numbers = [
        Number("stated_growth", growth.value, "pct"),
        Number("level", now.value, unit),
        Number("level_before", before.value, unit),
        Number("computed_growth", computed, "pct"),
    ]
    numbers += [Number("implied_level_before", implied, unit)] if implied is not None else []
    text = opening(facts.province.name, growth) + _levels_text(now, before, computed)
    if implied is not None:
        text += _implied_text(growth, before, amount(implied, unit))
    text += Text(".", ".") + unknown_prices(now, before)
    severity = _severity(growth, now, before)
    return of_province(facts, _GROWTH, severity, numbers, [growth, now, before], text)


def _severity(*claims: Observed) -> Severity:
    """Return an error only between measured values at prices that are known to be the same."""
    is_actual = all(o.basis == Basis.actual for o in claims)
    return Severity.error if is_actual and all(map(prices_of, claims[1:])) else Severity.warning


def _levels_text(now: Observed, before: Observed, computed: Decimal) -> Text:
    pct = amount(computed, "pct")
    level, earlier = cited_amount(now), cited_amount(before)
    return Text(
        f", nhưng {level.vi} so với {earlier.vi} là tăng {pct.vi}",
        f", but {level.en} over {earlier.en} is a growth of {pct.en}",
    )


def _implied_text(growth: Observed, before: Observed, implied: Text) -> Text:
    pct, period = stated_amount(growth), when(before.period)
    return Text(
        f"; mức tăng {pct.vi} ứng với {implied.vi} {period.vi}",
        f"; a growth of {pct.en} would mean {implied.en} in {period.en}",
    )


def _find_trend(facts: ProvinceFacts) -> Iterator[Finding]:
    claims = latest(
        (o for o in facts.observed if o.trend is not None),
        lambda o: (o.indicator, o.period, o.basis, prices_of(o) or ""),
    )
    for key in sorted(claims):
        before = _before(facts, claims[key])
        if before is not None and not _trend_fits(claims[key], before):
            yield _trend_finding(facts, claims[key], before)


def _before(facts: ProvinceFacts, claim: Observed) -> Observed | None:
    """Return the measured value for the period that ends where the claim's begins.

    A value for a single day has no period before it: the last one stated for an earlier day counts.
    """
    measured = (o for o in facts.observed if o.indicator == claim.indicator and o.basis in MEASURED)
    earlier = [o for o in at_prices_of(claim, measured) if o.period_to < claim.period_from]
    if claim.period_from == claim.period_to:
        last = max((o.period_to for o in earlier), default=None)
        return in_force(o for o in earlier if o.period_to == last)
    eve = claim.period_from - timedelta(1)
    length = claim.period_to - claim.period_from
    return in_force(o for o in earlier if o.period_to == eve and _is_as_long(o, length))


def _is_as_long(observed: Observed, length: timedelta) -> bool:
    """Return whether a period is as long as another, give or take the days of months and years."""
    return abs((observed.period_to - observed.period_from) - length) <= timedelta(3)


def _trend_fits(claim: Observed, before: Observed) -> bool:
    """Return whether the values can go the way that is claimed; steady is within five percent."""
    now, then = span_of(claim), span_of(before)
    if claim.trend == Trend.rising:
        return _can_exceed(now, then)
    if claim.trend == Trend.falling:
        return _can_exceed(then, now)
    return now.meets(then.widened(ABOUT))


def _can_exceed(one: Span, other: Span) -> bool:
    return one.high is None or other.low is None or one.high > other.low


def _trend_finding(facts: ProvinceFacts, claim: Observed, before: Observed) -> Finding:
    unit = INDICATORS[claim.indicator].unit
    word = _WORDS[Trend(claim.trend or "")]
    earlier = cited_amount(before)
    text = opening(facts.province.name, claim) + Text(
        f" và nói là {word.vi}, nhưng kỳ trước là {earlier.vi}.",
        f" and calls it {word.en}, but the period before had {earlier.en}.",
    )
    text += unknown_prices(claim, before)
    numbers = (Number("value", claim.value, unit), Number("value_before", before.value, unit))
    return of_province(facts, _TREND, Severity.warning, numbers, [claim, before], text)


GROWTH_DIFFERS = Rule(
    code=_GROWTH,
    severity=Severity.warning,
    title_vi="Tốc độ tăng được nêu không khớp với số liệu hai năm",
    title_en="A stated growth does not follow from the levels of the two years",
    basis=(
        "Growth is the level of a year over that of the year before, less 100 percent, within the "
        "rounding of the three figures; it is that of constant prices unless the level is defined "
        "at others, so levels at current prices are not held against it."
    ),
    needs=("observed",),
    find=_find_growth,
    alone=True,
)
TREND_DIFFERS = Rule(
    code=_TREND,
    severity=Severity.warning,
    title_vi="Xu hướng được nêu trái với số liệu kỳ trước",
    title_en="A claimed trend goes against the value of the period before",
    basis=(
        "What rises is above the value of the period before, what falls below it, and what is "
        "steady within five percent of it; the rounding of both figures is allowed for."
    ),
    needs=("observed",),
    find=_find_trend,
    alone=True,
)
