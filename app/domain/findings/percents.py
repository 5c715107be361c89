"""Percent of a target or plan, recomputed from the level and the target."""

from collections.abc import Iterator
from decimal import Decimal

from app.domain.findings.facts import Finding, Number, ProvinceFacts, Rule, of_province
from app.domain.findings.levels import (
    FORESEEN,
    at_prices_of,
    cited_amount,
    days_of,
    in_force,
    stated,
    unknown_prices,
)
from app.domain.findings.spans import Span, figure_of, rounded, share_of, span_of
from app.domain.findings.wording import Text, amount, opening
from app.domain.indicators import INDICATORS
from app.domain.observations import MEASURED, Observed, latest
from app.domain.quantities import percent
from app.domain.vocabulary import Severity

_DIFFERS = "percent_of_target_differs"
_OVERTAKEN = "percent_of_target_overtaken"


def _claims(facts: ProvinceFacts) -> list[tuple[Observed, Decimal]]:
    """Return the values in force that come with their percent of the target."""
    of_target = (o for o in facts.observed if o.basis in MEASURED and o.pct_of_target is not None)
    claims = latest(of_target, lambda o: (o.indicator, days_of(o)))
    return [(o, o.pct_of_target) for _, o in sorted(claims.items()) if o.pct_of_target]


def _target(facts: ProvinceFacts, claim: Observed) -> Observed | None:
    """Return the target in force for the indicator and period of a claim."""
    targets = stated(facts, claim.indicator, days_of(claim), FORESEEN)
    return in_force(at_prices_of(claim, targets))


def _reached(target: Observed, pct: Decimal) -> Span:
    """Return what was reached; "at least 4" and "over 60" are counted against 4 and 60."""
    return share_of(figure_of(target), rounded(pct))


def _find_differing(facts: ProvinceFacts) -> Iterator[Finding]:
    for claim, pct in _claims(facts):
        target = _target(facts, claim)
        if target is None or span_of(claim).meets(_reached(target, pct)):
            continue
        computed = percent(claim.value, target.value)
        if computed is not None:
            yield _differing(facts, claim, target, computed)


def _differing(
    facts: ProvinceFacts, claim: Observed, target: Observed, computed: Decimal
) -> Finding:
    text = opening(facts.province.name, claim) + _claim_text(claim)
    goal, pct = cited_amount(target), amount(computed, "pct")
    text += Text(
        f", nhưng so với mục tiêu {goal.vi} thì đạt {pct.vi}.",
        f", but against the target {goal.en} it is {pct.en}.",
    )
    text += unknown_prices(claim, target)
    numbers = [
        *_numbers(claim),
        Number("target", target.value, INDICATORS[target.indicator].unit),
        Number("computed_pct", computed, "pct"),
    ]
    return of_province(facts, _DIFFERS, Severity.warning, numbers, [claim, target], text)


def _find_overtaken(facts: ProvinceFacts) -> Iterator[Finding]:
    for claim, pct in _claims(facts):
        values = stated(facts, claim.indicator, days_of(claim))
        level = in_force(at_prices_of(claim, values))
        if level is None or level.pct_of_target is not None or level.rank <= claim.rank:
            continue
        target = _target(facts, claim)
        expected = span_of(claim) if target is None else _reached(target, pct)
        if not span_of(level).meets(expected):
            yield from _overtaken(facts, claim, level, target)


def _overtaken(
    facts: ProvinceFacts, claim: Observed, level: Observed, target: Observed | None
) -> Iterator[Finding]:
    """Yield the percent by the later level; without a stated target, of the one implied."""
    pct = claim.pct_of_target or Decimal()
    if target is None:
        computed = percent(level.value * pct, claim.value * 100)
    else:
        computed = percent(level.value, target.value)
    if computed is None:
        return
    later, share = cited_amount(level), amount(computed, "pct")
    text = opening(facts.province.name, claim) + _claim_text(claim)
    text += Text(
        f", nhưng theo số liệu sau đó là {later.vi} thì chỉ còn ứng với {share.vi}.",
        f", but by the later figure, {later.en}, it is {share.en}.",
    )
    numbers = [
        *_numbers(claim),
        Number("later_value", level.value, INDICATORS[level.indicator].unit),
        Number("computed_pct", computed, "pct"),
    ]
    behind = [claim, level, *([target] if target else [])]
    yield of_province(facts, _OVERTAKEN, Severity.info, numbers, behind, text)


def _claim_text(claim: Observed) -> Text:
    pct = amount(claim.pct_of_target or Decimal(), "pct")
    return Text(f", bằng {pct.vi} mục tiêu", f", {pct.en} of the target")


def _numbers(claim: Observed) -> list[Number]:
    return [
        Number("value", claim.value, INDICATORS[claim.indicator].unit),
        Number("stated_pct", claim.pct_of_target or Decimal(), "pct"),
    ]


PERCENT_OF_TARGET_DIFFERS = Rule(
    code=_DIFFERS,
    severity=Severity.warning,
    title_vi="Tỷ lệ đạt mục tiêu không khớp với mục tiêu được nêu",
    title_en="A percent of target does not follow from the value and the target",
    basis=(
        "Percent of target is the value over the target stated for the same indicator and "
        "period, at the same prices and within the rounding of the three figures."
    ),
    since=None,
    find=_find_differing,
)
PERCENT_OF_TARGET_OVERTAKEN = Rule(
    code=_OVERTAKEN,
    severity=Severity.info,
    title_vi="Tỷ lệ đạt mục tiêu không còn đúng với số liệu mới hơn",
    title_en="A percent of target does not hold by a later figure",
    basis=(
        "Percent of target recomputed from the value stated later; without a stated target, "
        "against the one that the earlier value and its percent imply."
    ),
    since=None,
    find=_find_overtaken,
)
