"""The area of a cluster against the decree in force when it was stated."""

from collections.abc import Iterator
from decimal import Decimal

from app.core.vocabulary import Severity, SiteKind
from app.findings.cluster_law import (
    CLUSTER_LAWS,
    LEAST_HA,
    MOST_HA,
    ClusterDecree,
    decree_on,
)
from app.findings.facts import Cited, Finding, Number, ProvinceFacts, Rule, SubjectFacts, of_subject
from app.findings.spans import allowed
from app.findings.wording import Text, amount, attribute_name, hedged, when
from app.subjects.attributes import Hedge

_CODE = "cluster_size"
_AREAS = ("area_ha", "planned_area_ha")


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        for name in _AREAS if site.kind is SiteKind.cluster else ():
            area, cited = site.number(name), site.deciding.get(name)
            if area is not None and cited is not None:
                yield from _judge(facts, site, name, area, cited)


def _judge(
    facts: ProvinceFacts, site: SubjectFacts, name: str, area: Decimal, cited: Cited
) -> Iterator[Finding]:
    decree = decree_on(cited.effective_day)
    mildest = _mildest(area, site.hedges.get(name))
    broken = _broken(mildest, decree) if decree and mildest is not None else None
    if decree is None or broken is None:
        return
    severity, limit, reason = broken
    what, period = attribute_name(name), when(cited.effective_from)
    value = hedged(area, "ha", site.hedges.get(name))
    text = Text(
        f"{site.name}: {what.vi} {value.vi} ({period.vi}, “{cited.source_title}”) ",
        f"{site.name}: {what.en} {value.en} ({period.en}, “{cited.source_title}”) ",
    )
    text += reason + Text(f" (Nghị định {decree.law.number}).", f" (decree {decree.law.number}).")
    numbers = (Number(name, area, "ha"), Number("limit", limit, "ha"))
    yield of_subject(facts, site, _CODE, severity, numbers, [cited], text, decree.law)


def _mildest(area: Decimal, hedge: Hedge | None) -> Decimal | None:
    """Return the area within its hedge that is nearest the limits, ``None`` without one."""
    if hedge is None:
        return area
    span = allowed(area, hedge)
    return span.low if area > MOST_HA else span.high


def _broken(area: Decimal, decree: ClusterDecree) -> tuple[Severity, Decimal, Text] | None:
    """Return the limit that an area breaks and how sure that is, ``None`` if it breaks none."""
    most, least = amount(MOST_HA, "ha"), amount(LEAST_HA, "ha")
    usual = amount(decree.usual_least_ha, "ha")
    if area > MOST_HA:
        words = Text(f"lớn hơn mức tối đa {most.vi}", f"is over the {most.en} that is the most")
        return Severity.error, MOST_HA, words
    if area < LEAST_HA:
        words = Text(f"nhỏ hơn mức tối thiểu {least.vi}", f"is under the least, {least.en}")
        return Severity.error, LEAST_HA, words
    if area < decree.usual_least_ha:
        words = Text(
            f"nhỏ hơn {usual.vi}, chỉ được phép ở huyện miền núi hoặc cụm công nghiệp làng nghề",
            f"is under {usual.en}, allowed only in mountain districts and for craft villages",
        )
        return Severity.info, decree.usual_least_ha, words
    return None


CLUSTER_SIZE = Rule(
    code=_CODE,
    severity=Severity.error,
    title_vi="Quy mô cụm công nghiệp trái quy định",
    title_en="A cluster's area is outside the limits of the decree",
    basis=(
        "Decree 68/2017/NĐ-CP, article 2, kept by decree 32/2024/NĐ-CP: a cluster has 10 to 75 ha, "
        "from 5 ha in mountain districts and for craft villages; by decree 303/2026/NĐ-CP 5 to "
        "75 ha everywhere. An area is held against the decree of the day it holds from. Zones "
        "have no upper limit."
    ),
    needs=("sites",),
    find=_find,
    laws=CLUSTER_LAWS,
    alone=True,
)
