"""A stated total of hectares against the areas of its sites, the unknown ones taken into account.

Each total is judged by one rule: by the sets of sites where the area of every site is known, by
the size limits where only unknown areas remain, and else by plain arithmetic.
"""

from collections.abc import Iterator
from decimal import Decimal

from app.core.vocabulary import Severity
from app.findings.cluster_law import CLUSTER_LAWS, law_on
from app.findings.facts import Finding, Law, Number, ProvinceFacts, Rule, of_province
from app.findings.subsets import sets_text
from app.findings.totals import AreaTotal, area_total, area_totals
from app.findings.wording import Text, amount, opening, sites_of
from app.statistics.indicators import Measure

_DIFFERS = "area_total_differs"
_SET = "set_does_not_add_up"
_REMAINDER = "remainder_breaks_size_limits"


def _broken(facts: ProvinceFacts, rule: str) -> Iterator[AreaTotal]:
    """Yield the totals that break a rule, as of their last day, and fit on no other either."""
    for area in area_totals(facts):
        if area.fits or _rule_of(area) != rule:
            continue
        others = (area_total(other) for other in area.total.on_each_day)
        if not any(other is not None and other.fits for other in others):
            yield area


def _rule_of(area: AreaTotal) -> str:
    """Return the code of the rule that a total breaks if it does not fit."""
    if area.total.counterpart.measure is not Measure.area:
        return _DIFFERS
    if not area.unknown:
        return _SET
    below = area.total.span.is_below(area.known_span)
    return _DIFFERS if below or not area.is_of_all else _REMAINDER


def _find_differing(facts: ProvinceFacts) -> Iterator[Finding]:
    for area in _broken(facts, _DIFFERS):
        severity = Severity.error if area.is_of_all else Severity.warning
        yield _finding(facts, area, _DIFFERS, severity, _sum_text(area) + _bounds_text(area))


def _find_sets(facts: ProvinceFacts) -> Iterator[Finding]:
    for area in _broken(facts, _SET):
        text = _sum_text(area) + Text(". ", ". ") + sets_text(area)
        yield _finding(facts, area, _SET, _severity_of_set(area), text)


def _find_remainders(facts: ProvinceFacts) -> Iterator[Finding]:
    for area in _broken(facts, _REMAINDER):
        text, law = _remainder_text(area), law_on(area.total.day)
        yield _finding(facts, area, _REMAINDER, Severity.warning, text, law)


def _severity_of_set(area: AreaTotal) -> Severity:
    """Return an error only where nothing explains the difference.

    An area that was stated later can have changed, and another number of sites than stated means
    that the sets differ.
    """
    is_later = any(site.is_later for site in area.sites)
    is_same_set = area.size == len(area.sites)
    return Severity.error if is_same_set and not is_later else Severity.warning


def _finding(
    facts: ProvinceFacts,
    area: AreaTotal,
    code: str,
    severity: Severity,
    text: Text,
    law: Law | None = None,
) -> Finding:
    stated, known = area.total.observed.value, area.known_sum
    numbers = (
        Number("stated", stated, "ha"),
        Number("known", known, "ha"),
        Number("difference", stated - known, "ha"),
        Number("sites", Decimal(area.size), "count"),
        Number("sites_unknown", Decimal(area.unknown), "count"),
    )
    message = opening(facts.province.name, area.total.observed) + text
    return of_province(facts, code, severity, numbers, area.behind, message, law)


def _sum_text(area: AreaTotal) -> Text:
    """Write the sum of the known areas and by how much it is more or less."""
    gap = area.total.observed.value - area.known_sum
    known = sites_of(len(area.known), area.total.kind)
    added, off = amount(area.known_sum, "ha"), amount(abs(gap), "ha")
    more = Text("nhiều hơn", "more") if gap < 0 else Text("ít hơn", "less")
    return Text(
        f", nhưng {known.vi} đã biết số liệu cộng lại là {added.vi}, {more.vi} {off.vi}",
        f", but the known figures of {known.en} add up to {added.en}, {off.en} {more.en}",
    )


def _bounds_text(area: AreaTotal) -> Text:
    """Write the bounds of the sum with the unknown areas."""
    if not area.unknown and area.is_of_all:
        return Text(".", ".")
    low, high = area.written.low or Decimal(), area.written.high
    least = amount(low, "ha")
    if high is None:
        return Text(f"; tổng ít nhất phải là {least.vi}.", f"; the sum is at least {least.en}.")
    most = amount(high, "ha")
    return Text(
        f"; tổng chỉ có thể từ {least.vi} đến {most.vi}.",
        f"; the sum can only be from {least.en} to {most.en}.",
    )


def _remainder_text(area: AreaTotal) -> Text:
    rest = amount(area.total.observed.value - area.known_sum, "ha")
    known, unknown = amount(area.known_sum, "ha"), sites_of(area.unknown, area.total.kind)
    return Text(
        f"; trừ {known.vi} đã biết thì còn {rest.vi} cho {unknown.vi} chưa biết diện tích, "
        "không phù hợp với quy mô 5–75 ha mỗi cụm theo nghị định.",
        f"; less the {known.en} that are known, {rest.en} remain for {unknown.en} of unknown "
        "area, which does not fit the 5 to 75 ha that the decree allows each.",
    )


AREA_TOTAL_DIFFERS = Rule(
    code=_DIFFERS,
    severity=Severity.error,
    title_vi="Tổng diện tích được nêu khác với tổng của từng nơi",
    title_en="A stated total of hectares differs from the sites' figures",
    basis=(
        "A total is no less than the sum of its known parts; a site's leased or industrial land "
        "is no more than its area. Only a total of a stated number of sites can be too large."
    ),
    needs=("sites", "observed"),
    find=_find_differing,
)
SET_DOES_NOT_ADD_UP = Rule(
    code=_SET,
    severity=Severity.error,
    title_vi="Diện tích các nơi không cộng thành tổng được nêu",
    title_en="The areas of the sites do not add up to the total stated for them",
    basis=(
        "Where the area of every site is known, the areas add up to the stated total within half a "
        "unit of the last decimal of each figure; a total without a stated number of sites may be "
        "of more sites than are registered, and so be larger."
    ),
    needs=("sites", "observed"),
    find=_find_sets,
)
REMAINDER_BREAKS_SIZE_LIMITS = Rule(
    code=_REMAINDER,
    severity=Severity.warning,
    title_vi="Phần diện tích còn lại không phù hợp quy mô cụm công nghiệp",
    title_en="What remains of a total does not fit the size of clusters",
    basis=(
        "Decree 68/2017/NĐ-CP, article 2, kept by decrees 32/2024/NĐ-CP and 303/2026/NĐ-CP: a "
        "cluster has at most 75 ha, and nowhere less than 5 ha."
    ),
    needs=("sites", "observed"),
    find=_find_remainders,
    laws=CLUSTER_LAWS,
)
