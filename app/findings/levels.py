"""The stated values of a province by indicator, period and prices, and the one in force."""

from collections.abc import Collection, Iterable
from datetime import date

from app.core.vocabulary import MEASURED, Basis
from app.findings.facts import ProvinceFacts
from app.findings.wording import Text, quoted, stated_amount, when
from app.statistics.indicators import INDICATORS, MONEY
from app.statistics.observations import Observed, prices_of

FORESEEN: frozenset[str] = frozenset({Basis.target, Basis.plan})
"""The bases of values that should be reached."""
Days = tuple[date, date]


def days_of(observed: Observed) -> Days:
    """Return the first and last day of the period, however it is written."""
    return (observed.period_from, observed.period_to)


def stated(
    facts: ProvinceFacts, code: str, days: Days, bases: Collection[str] = MEASURED
) -> list[Observed]:
    """Return every live value of an indicator for a period, superseded ones included."""
    return [
        o for o in facts.observed if o.indicator == code and days_of(o) == days and o.basis in bases
    ]


def in_force(observed: Iterable[Observed]) -> Observed | None:
    """Return the value in force among some; ``None`` if there are none."""
    return max(observed, key=lambda o: o.rank, default=None)


def at_prices_of(other: Observed, observed: Iterable[Observed]) -> list[Observed]:
    """Return the values whose prices can be those of ``other``: the same, or not stated."""
    wanted = prices_of(other)
    return [o for o in observed if wanted is None or prices_of(o) in {None, wanted}]


def unknown_prices(*observed: Observed) -> Text:
    """Return the remark that the prices of some values of money are not stated, if that is so."""
    money = [o for o in observed if INDICATORS[o.indicator].unit in MONEY]
    if all(prices_of(o) for o in money):
        return Text("", "")
    return Text(
        " Có số liệu không nêu là giá hiện hành hay giá so sánh.",
        " Not every figure says at which prices it is counted.",
    )


def cited_amount(observed: Observed) -> Text:
    """Write a value with its period and source."""
    value, period = stated_amount(observed), when(observed.period)
    title = quoted(observed.source_title)
    return Text(f"{value.vi} ({period.vi}, {title.vi})", f"{value.en} ({period.en}, {title.en})")
