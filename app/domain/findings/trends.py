"""A trend claimed against the value stated for the period before."""

from collections.abc import Iterator
from datetime import timedelta

from app.domain.findings.facts import Finding, Number, ProvinceFacts, Rule, of_province
from app.domain.findings.levels import at_prices_of, cited_amount, in_force, unknown_prices
from app.domain.findings.spans import ABOUT, Span, span_of
from app.domain.findings.wording import Text, opening
from app.domain.indicators import INDICATORS
from app.domain.observations import MEASURED, Observed, latest, prices_of
from app.domain.vocabulary import Severity, Trend

_CODE = "trend_differs"
_WORDS = {
    Trend.rising: Text("tăng", "rising"),
    Trend.steady: Text("ổn định", "steady"),
    Trend.falling: Text("giảm", "falling"),
}


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    claims = latest(
        (o for o in facts.observed if o.trend is not None),
        lambda o: (o.indicator, o.period, o.basis, prices_of(o) or ""),
    )
    for key in sorted(claims):
        before = _before(facts, claims[key])
        if before is not None and not _fits(claims[key], before):
            yield _finding(facts, claims[key], before)


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
    """Tell whether a period is as long as another, give or take the days of months and years."""
    return abs((observed.period_to - observed.period_from) - length) <= timedelta(3)


def _fits(claim: Observed, before: Observed) -> bool:
    """Tell whether the values can go the way that is claimed; steady is within five percent."""
    now, then = span_of(claim), span_of(before)
    if claim.trend == Trend.rising:
        return _can_exceed(now, then)
    if claim.trend == Trend.falling:
        return _can_exceed(then, now)
    return now.meets(then.widened(ABOUT))


def _can_exceed(one: Span, other: Span) -> bool:
    return one.high is None or other.low is None or one.high > other.low


def _finding(facts: ProvinceFacts, claim: Observed, before: Observed) -> Finding:
    unit = INDICATORS[claim.indicator].unit
    word = _WORDS[Trend(claim.trend or "")]
    earlier = cited_amount(before)
    text = opening(facts.province.name, claim) + Text(
        f" và nói là {word.vi}, nhưng kỳ trước là {earlier.vi}.",
        f" and calls it {word.en}, but the period before had {earlier.en}.",
    )
    text += unknown_prices(claim, before)
    numbers = (Number("value", claim.value, unit), Number("value_before", before.value, unit))
    return of_province(facts, _CODE, Severity.warning, numbers, [claim, before], text)


TREND_DIFFERS = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Xu hướng được nêu trái với số liệu kỳ trước",
    title_en="A claimed trend goes against the value of the period before",
    basis=(
        "What rises is above the value of the period before, what falls below it, and what is "
        "steady within five percent of it; the rounding of both figures is allowed for."
    ),
    since=None,
    find=_find,
)
