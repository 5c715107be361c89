"""More leased than can be leased, more cleared than was to be cleared.

Writing such a state is refused, but it can be left over when a correction is retracted.
"""

from collections.abc import Iterator, Sequence

from app.domain.findings.facts import (
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_subject,
)
from app.domain.findings.wording import attribute_name, more_land
from app.domain.vocabulary import Severity

_LEASED = "more_leased_than_leasable"
_CLEARED = "more_cleared_than_to_clear"
_BEHIND = {"leasable_ha": ("industrial_land_ha", "service_land_ha")}
"""The attributes that a derived one is made of."""


def _find_leased(facts: ProvinceFacts) -> Iterator[Finding]:
    yield from _exceeding(facts, _LEASED, "leased_ha", ("leasable_ha", "area_ha"))


def _find_cleared(facts: ProvinceFacts) -> Iterator[Finding]:
    yield from _exceeding(facts, _CLEARED, "cleared_ha", ("to_clear_ha",))


def _exceeding(
    facts: ProvinceFacts, code: str, part: str, wholes: Sequence[str]
) -> Iterator[Finding]:
    for site in facts.open_sites:
        broken = [whole for whole in wholes if _exceeds(site, part, whole)]
        if broken:
            yield _finding(facts, code, site, part, broken[0])


def _exceeds(site: SubjectFacts, part: str, whole: str) -> bool:
    low, high = site.values.get(part), site.values.get(whole)
    return low is not None and high is not None and bool(low > high)


def _finding(facts: ProvinceFacts, code: str, site: SubjectFacts, part: str, whole: str) -> Finding:
    had, most = site.values[part], site.values[whole]
    numbers = (
        Number(part, had, "ha"),
        Number(whole, most, "ha"),
        Number("difference", had - most, "ha"),
    )
    behind = site.behind(part, *_BEHIND.get(whole, (whole,)))
    text = more_land(site.name, attribute_name(part), had, attribute_name(whole), most)
    return of_subject(facts, site, code, Severity.error, numbers, behind, text)


MORE_LEASED_THAN_LEASABLE = Rule(
    code=_LEASED,
    severity=Severity.error,
    title_vi="Diện tích cho thuê lớn hơn diện tích có thể cho thuê",
    title_en="More land is leased than can be leased",
    basis=(
        "Leased land is part of the industrial land (of a zone since decree 35/2022/NĐ-CP also of "
        "the service land), and of the site."
    ),
    since=None,
    find=_find_leased,
)
MORE_CLEARED_THAN_TO_CLEAR = Rule(
    code=_CLEARED,
    severity=Severity.error,
    title_vi="Diện tích đã giải phóng lớn hơn diện tích phải giải phóng",
    title_en="More land is cleared than was to be cleared",
    basis="Land cleared and handed over is part of the land to clear.",
    since=None,
    find=_find_cleared,
)
