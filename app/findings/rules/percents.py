"""Percent of a target or plan, recomputed from the level and the target."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.core.dates import PartialDate
from app.core.quantities import percent
from app.core.vocabulary import MEASURED, Severity
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, of_province
from app.findings.levels import (
    FORESEEN,
    at_prices_of,
    cited_amount,
    days_of,
    in_force,
    stated,
    unknown_prices,
)
from app.findings.spans import Span, figure_of, rounded, share_of, span_of
from app.findings.wording import Text, amount, joined, number, opening
from app.statistics.implied import implied_target
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, latest, prices_of

_DIFFERS = "percent_of_target_differs"
_OVERTAKEN = "percent_of_target_overtaken"
_ODD = "percent_implies_no_whole_target"
_CENT, _TENTH, _ONE = Decimal("0.01"), Decimal("0.1"), Decimal(1)
_TEN, _WHOLE = Decimal(10), Decimal(100)


def _claims(facts: ProvinceFacts) -> list[tuple[Observed, Decimal]]:
    """Return the values in force that come with their percent of the target."""
    of_target = (o for o in facts.observed if o.basis in MEASURED and o.pct_of_target is not None)
    claims = latest(of_target, lambda o: (o.indicator, days_of(o), prices_of(o) or ""))
    return [(o, o.pct_of_target) for _, o in sorted(claims.items()) if o.pct_of_target]


def _targets(facts: ProvinceFacts, claim: Observed) -> list[Observed]:
    """Return the targets and plans stated for the indicator and period of a claim."""
    return at_prices_of(claim, stated(facts, claim.indicator, days_of(claim), FORESEEN))


def _target(facts: ProvinceFacts, claim: Observed, pct: Decimal) -> Observed | None:
    """Return the target or plan of its day that a claim is a percent of, if possible one it meets.

    A document may count against the plan or against the target, and against the one it knew.
    """
    known = [o for o in _targets(facts, claim) if not _is_later(o, claim)]
    return in_force(o for o in known if _meets(claim, o, pct)) or in_force(known)


def _is_later(target: Observed, claim: Observed) -> bool:
    return target.effective_day > PartialDate(claim.effective_from).last_day


def _meets(value: Observed, target: Observed, pct: Decimal) -> bool:
    return span_of(value).meets(_reached(target, pct))


def _reached(target: Observed, pct: Decimal) -> Span:
    """Return the value reached; "at least 4" and "over 60" are compared with 4 and 60."""
    return share_of(figure_of(target), rounded(pct))


def _find_differing(facts: ProvinceFacts) -> Iterator[Finding]:
    for claim, pct in _claims(facts):
        target = _target(facts, claim, pct)
        if target is None or _meets(claim, target, pct):
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


@dataclass(frozen=True, slots=True)
class _Later:
    """A claim, and the later statements: of another value, another target, or both.

    ``target`` is the later target, or else the one that the claim was counted against.
    """

    claim: Observed
    pct: Decimal
    level: Observed | None
    target: Observed | None
    is_new_target: bool

    @property
    def fits(self) -> bool:
        """Whether the percent still holds."""
        now = self.level or self.claim
        if self.target is None:
            return span_of(now).meets(span_of(self.claim))
        return _meets(now, self.target, self.pct)

    @property
    def computed(self) -> Decimal | None:
        """The percent as it is now; without a stated target, of the one implied."""
        goal = implied_target(self.claim) if self.target is None else self.target.value
        return None if goal is None else percent((self.level or self.claim).value, goal)

    @property
    def text(self) -> Text:
        """The later statements, in both languages."""
        parts = []
        if self.level is not None:
            later = cited_amount(self.level)
            parts.append(
                Text(f"theo số liệu sau đó là {later.vi}", f"by the later figure, {later.en}")
            )
        if self.target is not None and self.is_new_target:
            goal = cited_amount(self.target)
            parts.append(
                Text(f"so với mục tiêu sau đó là {goal.vi}", f"against the later target, {goal.en}")
            )
        return Text(", nhưng ", ", but ") + joined(parts, Text(" và ", " and "))


def _find_overtaken(facts: ProvinceFacts) -> Iterator[Finding]:
    for claim, pct in _claims(facts):
        own = _target(facts, claim, pct)
        new = _new_target(facts, claim, own)
        later = _Later(claim, pct, _new_level(facts, claim), new or own, new is not None)
        computed = later.computed
        if (later.level or new) and computed is not None and not later.fits:
            yield _overtaken(facts, later, computed)


def _new_level(facts: ProvinceFacts, claim: Observed) -> Observed | None:
    """Return the value that superseded the one of a claim without a percent of its own."""
    values = stated(facts, claim.indicator, days_of(claim))
    level = in_force(at_prices_of(claim, values))
    is_new = level is not None and level.pct_of_target is None and level.rank > claim.rank
    return level if is_new else None


def _new_target(facts: ProvinceFacts, claim: Observed, own: Observed | None) -> Observed | None:
    """Return the target stated after a claim; a plan does not replace a target."""
    later = (o for o in _targets(facts, claim) if _is_later(o, claim))
    return in_force(o for o in later if own is None or o.basis == own.basis)


def _overtaken(facts: ProvinceFacts, later: _Later, computed: Decimal) -> Finding:
    claim, level, target = later.claim, later.level, later.target
    share = amount(computed, "pct")
    text = opening(facts.province.name, claim) + _claim_text(claim) + later.text
    text += Text(f" thì ứng với {share.vi}.", f", it is {share.en}.")
    numbers = _numbers(claim)
    if level is not None:
        numbers.append(Number("later_value", level.value, INDICATORS[level.indicator].unit))
    if target is not None and later.is_new_target:
        numbers.append(Number("later_target", target.value, INDICATORS[target.indicator].unit))
    numbers.append(Number("computed_pct", computed, "pct"))
    behind = [o for o in (claim, level, target) if o is not None]
    return of_province(facts, _OVERTAKEN, Severity.info, numbers, behind, text)


def _find_odd(facts: ProvinceFacts) -> Iterator[Finding]:
    for claim, pct in _claims(facts):
        allowed = None if _targets(facts, claim) else _allowed(claim, pct)
        near = _whole_beside(*allowed) if allowed else None
        computed = percent(claim.value, near) if near else None
        if allowed and near and computed is not None:
            yield _odd(facts, claim, allowed, (near, computed))


def _allowed(claim: Observed, pct: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the least and the greatest target that the rounding of value and percent allows."""
    value, share = span_of(claim), rounded(pct)
    if not value.low or not value.high or not share.low or not share.high:
        return None
    if value.low < 0 or share.low < 0:
        return None
    return value.low * _WHOLE / share.high, value.high * _WHOLE / share.low


def _whole_beside(low: Decimal, high: Decimal) -> Decimal | None:
    """Return the whole number just beside targets none of which is one, if it is within 1 %.

    Targets below 10 may have one decimal.
    """
    step = _TENTH if high < _TEN else _ONE
    if high // step * step >= low:
        return None
    below, above = low // _ONE, high // _ONE + _ONE
    gap, whole = min((low - below, below), (above - high, above))
    return whole if gap * _WHOLE <= whole else None


def _odd(
    facts: ProvinceFacts,
    claim: Observed,
    allowed: tuple[Decimal, Decimal],
    beside: tuple[Decimal, Decimal],
) -> Finding:
    unit = INDICATORS[claim.indicator].unit
    ends = [end.quantize(_CENT) for end in allowed]
    low, high = number(ends[0]), amount(ends[1], unit)
    whole, share = amount(beside[0], unit), amount(beside[1], "pct")
    text = opening(facts.province.name, claim) + _claim_text(claim)
    text += Text(
        f", tức mục tiêu từ {low.vi} đến {high.vi}, không phải số tròn; mục tiêu {whole.vi} thì "
        f"ứng với {share.vi}.",
        f", which puts the target between {low.en} and {high.en}, where no whole number is; "
        f"against {whole.en} it is {share.en}.",
    )
    numbers = (
        *_numbers(claim),
        Number("least_target", ends[0], unit),
        Number("greatest_target", ends[1], unit),
        Number("whole_target", beside[0], unit),
        Number("computed_pct", beside[1], "pct"),
    )
    return of_province(facts, _ODD, Severity.info, numbers, [claim], text)


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
        "Percent of target is the value over a target or plan stated by then for the same "
        "indicator and period, at the same prices and within the rounding of the three figures."
    ),
    needs=("observed",),
    find=_find_differing,
    alone=True,
)
PERCENT_OF_TARGET_OVERTAKEN = Rule(
    code=_OVERTAKEN,
    severity=Severity.info,
    title_vi="Tỷ lệ đạt mục tiêu không còn đúng với số liệu, mục tiêu mới hơn",
    title_en="A percent of target does not hold by a later figure or target",
    basis=(
        "Percent of target recomputed from the value and the target stated later; without a stated "
        "target, against the one that the earlier value and its percent imply."
    ),
    needs=("observed",),
    find=_find_overtaken,
    alone=True,
)
PERCENT_IMPLIES_NO_WHOLE_TARGET = Rule(
    code=_ODD,
    severity=Severity.info,
    title_vi="Tỷ lệ đạt mục tiêu ứng với mục tiêu không tròn",
    title_en="A percent of target implies a target that is no whole number",
    basis=(
        "Targets are set as whole numbers, below 10 with one decimal at most. It is a question "
        "where no source states the target, the rounding of value and percent allows no such "
        "number, and one lies within 1 percent of what they allow."
    ),
    needs=("observed",),
    find=_find_odd,
    alone=True,
)
