"""A stated rate of occupancy against the rates of the sites."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.core.vocabulary import Severity
from app.findings.facts import Behind, Cited, Finding, Number, ProvinceFacts, Rule, of_province
from app.findings.occupancies import Occupancy, mean_of, rate_of, weighted_of
from app.findings.spans import Span, around
from app.findings.states import State
from app.findings.totals import Total, totals
from app.findings.wording import Text, amount, joined, listed, opening
from app.statistics.indicators import Measure

_CODE = "occupancy_total_differs"
_ATTRIBUTES = (
    "leased_ha",
    "industrial_land_ha",
    "service_land_ha",
    "stated_occupancy_pct",
    "occupancy_definition",
)
_ROUNDING = Span(Decimal("-0.005"), Decimal("0.005"))
"""Rates of sites are shown with two decimals."""


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for stated in totals(facts):
        if stated.counterpart.measure is not Measure.occupancy:
            continue
        means = _missed(stated)
        if means and all(_missed(other) for other in stated.on_each_day):
            yield _finding(facts, stated, means)


def _missed(stated: Total) -> list[Decimal]:
    """Return the averages of the day, if they are known and the stated rate is none of them."""
    means = _means(stated.members) if _is_of_all(stated) else []
    if any(stated.span.meets(mean.span + _ROUNDING) for mean in means):
        return []
    return list(dict.fromkeys(mean.value for mean in means))


def _is_of_all(stated: Total) -> bool:
    """Return whether the rate may be of exactly the sites in the register."""
    found = len(stated.members)
    return bool(found) and (stated.count is None or stated.count.value == found)


def _means(sites: Sequence[State]) -> list[Occupancy]:
    """Return the possible averages: the one weighted by land, and the simple mean.

    A source does not say which of the two it means. There are none while the rate of a site is
    unknown. Where land is unknown, the weighted mean can be anything between the least and the
    greatest rate.
    """
    mean, weighted = mean_of(sites), weighted_of(sites)
    if mean is None:
        return []
    if weighted is None:
        return [Occupancy(mean.value, around(filter(None, map(rate_of, sites))))]
    return [weighted, mean]


def _finding(facts: ProvinceFacts, stated: Total, means: Sequence[Decimal]) -> Finding:
    observed, sites = stated.observed, stated.members
    numbers = (
        Number("stated", observed.value, "pct"),
        *(Number("computed", mean, "pct") for mean in means),
        Number("sites", Decimal(len(sites)), "count"),
    )
    cited = [c for site in sites for c in _behind(site)]
    average = joined((amount(mean, "pct") for mean in means), Text(" hoặc ", " or "))
    names = listed([site.site.name for site in sites])
    text = opening(facts.province.name, observed) + Text(
        f", nhưng bình quân của {names.vi} là {average.vi}.",
        f", but the average of {names.en} is {average.en}.",
    )
    # Without a stated number of sites, more of them may be meant than are registered.
    severity = Severity.info if stated.count is None else Severity.warning
    behind: list[Behind] = [*stated.observations, *cited]
    return of_province(facts, _CODE, severity, numbers, behind, text)


def _behind(site: State) -> list[Cited]:
    return [site.deciding[name] for name in _ATTRIBUTES if name in site.deciding]


OCCUPANCY_TOTAL_DIFFERS = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Tỷ lệ lấp đầy bình quân được nêu khác với các nơi cộng lại",
    title_en="A stated average occupancy differs from that of the sites",
    basis=(
        "The average of known rates is their simple mean or the leased land over the leasable "
        "land of all sites; a weighted mean lies between the least and the greatest rate. What a "
        "source gives as about, over or up to so much allows what that says."
    ),
    needs=("sites", "observed"),
    find=_find,
)
