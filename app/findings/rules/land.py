"""Land that exceeds its whole: leased, cleared, industrial or service land of a site.

Writing such a state is refused, but it can be left over when a correction is retracted.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.core.vocabulary import Severity
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, SubjectFacts, of_subject
from app.findings.spans import Span, allowed, total
from app.findings.wording import Text, attribute_name, joined, more_land
from app.subjects.attributes import number_of

_LEASED = "more_leased_than_leasable"
_CLEARED = "more_cleared_than_to_clear"
_PARTS = "more_land_than_area"
_BEHIND = {"leasable_ha": ("industrial_land_ha", "service_land_ha")}
"""The attributes from which a derived one follows."""
_AREA, _PLANNED, _INCREASE = "area_ha", "planned_area_ha", "planned_increase_ha"
_AREAS = (_AREA, _PLANNED, "detailed_plan_area_ha")
"""Land may be that of a site as it stands or as it is planned: the largest area bounds it."""
_USES = (
    ("industrial_land_ha",),
    ("service_land_ha",),
    ("industrial_land_ha", "service_land_ha"),
)
_CLEARING = (("to_clear_ha",), ("cleared_ha",))
"""Leased land is compared with the area by ``more_leased_than_leasable``."""


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
            yield _whole_finding(facts, code, site, part, broken[0])


def _exceeds(site: SubjectFacts, part: str, whole: str) -> bool:
    low, high = site.number(part), site.number(whole)
    if low is None or high is None or low <= high:
        return False
    of_whole = _BEHIND.get(whole, (whole,))
    if site.hedges.keys().isdisjoint({part, *of_whole}):
        return True
    had, most = (total(filter(None, map(site.span, names))) for names in ((part,), of_whole))
    return most.is_below(had)


def _known(site: SubjectFacts, name: str) -> Decimal:
    """Return an area that is known."""
    return Decimal(site.number(name) or 0)


def _whole_finding(
    facts: ProvinceFacts, code: str, site: SubjectFacts, part: str, whole: str
) -> Finding:
    had, most = _known(site, part), _known(site, whole)
    numbers = (
        Number(part, had, "ha"),
        Number(whole, most, "ha"),
        Number("difference", had - most, "ha"),
    )
    behind = site.behind(part, *_BEHIND.get(whole, (whole,)))
    text = more_land(site.name, attribute_name(part), had, attribute_name(whole), most)
    return of_subject(facts, site, code, Severity.error, numbers, behind, text)


def _find_parts(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        # A site of unknown area may be larger than what was once planned of it.
        if site.number(_AREA) is not None:
            room = list(_room(site, facts.day))
            for choices in (_USES, _CLEARING):
                broken = [parts for parts in choices if _is_too_much(site, parts, room)]
                if broken:
                    yield _part_finding(facts, site, broken[0])


def _is_too_much(site: SubjectFacts, parts: Sequence[str], room: Sequence[Span]) -> bool:
    """Return whether the parts together, none of them unknown, fit into no area of the site.

    Land of 51 ha is at least 50.5 ha, and an area of 50 ha is less than that.
    """
    spans = [span for name in parts if (span := site.span(name))]
    if len(spans) < len(parts):
        return False
    least = total(spans).low
    return all(least and area.high and area.high <= least for area in room)


def _room(site: SubjectFacts, day: date) -> Iterator[Span]:
    """Yield each area that the site can have: those that count, and those that are contested.

    Where only the increase of a plan is known, the plan is at least the area with that increase.
    """
    for name in _AREAS:
        span = site.span(name)
        if span is not None:
            yield span
            yield from _contested(site, name, day)
    area, increase = site.span(_AREA), site.span(_INCREASE)
    if area is not None and increase is not None and site.number(_PLANNED) is None:
        yield area + increase


def _contested(site: SubjectFacts, name: str, day: date) -> Iterator[Span]:
    """Yield the values that other sources state for the same day as the one that counts."""
    counts = site.deciding.get(name)
    for assertion in site.covering(day) if counts else ():
        value = number_of(assertion.values, name)
        if value is not None and counts and assertion.cited.effective_day == counts.effective_day:
            yield allowed(value, assertion.hedges.get(name))


def _part_finding(facts: ProvinceFacts, site: SubjectFacts, parts: Sequence[str]) -> Finding:
    values = [_known(site, name) for name in parts]
    had = sum(values, Decimal())
    whole = max((n for n in _AREAS if n in site.values), key=lambda name: _known(site, name))
    most = _known(site, whole)
    numbers = [Number(name, value, "ha") for name, value in zip(parts, values, strict=True)]
    numbers += [Number("total", had, "ha")] if len(parts) > 1 else []
    numbers += [Number(whole, most, "ha"), Number("difference", had - most, "ha")]
    names = [attribute_name(name) for name in parts]
    together = joined(names, Text(" và ", " and "))
    text = more_land(site.name, together, had, attribute_name(whole), most)
    # Roads to a site are cleared too.
    severity = Severity.warning if (*parts,) in _CLEARING else Severity.error
    return of_subject(facts, site, _PARTS, severity, numbers, site.behind(*parts, whole), text)


MORE_LEASED_THAN_LEASABLE = Rule(
    code=_LEASED,
    severity=Severity.error,
    title_vi="Diện tích cho thuê lớn hơn diện tích có thể cho thuê",
    title_en="More land is leased than can be leased",
    basis=(
        "Leased land is part of the industrial land (of a zone since decree 35/2022/NĐ-CP also of "
        "the service land), and of the site."
    ),
    needs=("sites",),
    find=_find_leased,
    alone=True,
)
MORE_CLEARED_THAN_TO_CLEAR = Rule(
    code=_CLEARED,
    severity=Severity.error,
    title_vi="Diện tích đã giải phóng lớn hơn diện tích phải giải phóng",
    title_en="More land is cleared than was to be cleared",
    basis="Land cleared and handed over is part of the land to clear.",
    needs=("sites",),
    find=_find_cleared,
    alone=True,
)
MORE_LAND_THAN_AREA = Rule(
    code=_PARTS,
    severity=Severity.error,
    title_vi="Đất của khu, cụm lớn hơn diện tích của chính nó",
    title_en="Land of a site is more than its area",
    basis=(
        "Industrial and service land are parts of a site, each alone and both together, within the "
        "rounding of the figures and the largest area that is stated of the site, planned areas "
        "included. Land to clear may reach beyond the site for roads, so it is a warning; land "
        "that only a plan states is a question. Where the area is unknown, nothing is said."
    ),
    needs=("sites",),
    find=_find_parts,
    alone=True,
)
