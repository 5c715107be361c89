"""Sites without a name or a province, and the same place registered under two kinds."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from app.core.vietnamese import fold, without_prefix
from app.core.vocabulary import Severity
from app.findings.facts import (
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    UnplacedSite,
    of_subject,
)
from app.findings.wording import Text, kind_name, on
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.sites import SiteState

_TWO_KINDS = "same_place_under_two_kinds"
_NAMELESS = "site_without_name"
_PLACELESS = "site_without_province"


def _find_two_kinds(facts: ProvinceFacts) -> Iterator[Finding]:
    by_name: dict[str, list[SubjectFacts]] = defaultdict(list)
    for site in facts.open_sites:
        by_name[fold(without_prefix(site.name))].append(site)
    for sites in by_name.values():
        if len({site.kind for site in sites}) > 1:
            yield _two_kinds(facts, sorted(sites, key=lambda site: site.id))


def _two_kinds(facts: ProvinceFacts, sites: list[SubjectFacts]) -> Finding:
    named = [(site, kind_name(site.kind)) for site in sites if site.kind is not None]
    vi = ", ".join(f"{kind.vi} {site.id} ({site.name})" for site, kind in named)
    en = ", ".join(f"{kind.en} {site.id} ({site.name})" for site, kind in named)
    name, province = without_prefix(sites[0].name), facts.province.name
    text = Text(
        f"{name} ({province}) có trong sổ đăng ký dưới nhiều loại hình: {vi}. "
        "Cần xác định có phải cùng một nơi không.",
        f"{name} ({province}) is registered under more than one kind: {en}. "
        "It should be found out whether they are one place.",
    )
    numbers = (Number("sites", Decimal(len(sites)), "count"),)
    behind = [cited for site in sites for cited in site.behind("name")]
    return of_subject(facts, sites[0], _TWO_KINDS, Severity.info, numbers, behind, text)


def _find_nameless(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in (*facts.sites, *(one.site for one in facts.unplaced)):
        if _counts(site) and "name" not in site.values:
            yield _nameless(facts, site)


def _counts(site: SubjectFacts) -> bool:
    """Return whether a site counts: it is not closed, and something is known about it."""
    return not site.is_closed and any(name in site.values for name in SiteState.attributes)


def _nameless(facts: ProvinceFacts, site: SubjectFacts) -> Finding:
    day = on(facts.day)
    text = Text(
        f"{site.id}: {day.vi} không có tên, nên được tính trong số liệu mà không có tên.",
        f"{site.id}: on {day.en} it has no name, so that figures count it under none.",
    )
    behind = _behind(site, "name")
    return of_subject(facts, site, _NAMELESS, Severity.info, _numbers(site), behind, text)


def _behind(site: SubjectFacts, *attributes: str) -> list[Cited]:
    """Return the statements that decide the attributes, else the latest statement."""
    return site.behind(*attributes) or [assertion.cited for assertion in site.assertions[-1:]]


def _numbers(site: SubjectFacts) -> list[Number]:
    return [Number("statements", Decimal(len(site.assertions)), "count")]


def _find_placeless(facts: ProvinceFacts) -> Iterator[Finding]:
    for one in facts.unplaced:
        if _counts(one.site):
            yield _placeless(facts, one)


def _placeless(facts: ProvinceFacts, one: UnplacedSite) -> Finding:
    site, province = one.site, facts.province.label
    day, known = on(facts.day), on(one.known_on)
    text = Text(
        f"{site.name}: {day.vi} không biết thuộc tỉnh nào, nên không có trong số liệu của tỉnh "
        f"nào; {known.vi} thuộc {province}",
        f"{site.name}: on {day.en} its province is unknown, so that the figures of none count it; "
        f"on {known.en} it is in {province}",
    )
    if one.is_retracted:
        text += Text(" theo thông tin đã thu hồi.", " by what was retracted.")
    else:
        text += Text(".", ".")
    behind = _behind(site, *UNIT_LEVELS)
    return of_subject(facts, site, _PLACELESS, Severity.warning, _numbers(site), behind, text)


SAME_PLACE_UNDER_TWO_KINDS = Rule(
    code=_TWO_KINDS,
    severity=Severity.info,
    title_vi="Cùng một nơi dưới hai loại hình",
    title_en="The same place under two kinds",
    basis=(
        "A site is of one kind for good. A zone and a cluster may share a commune, but the same "
        "name without the word for the kind, in one province, is likely one place."
    ),
    needs=("sites",),
    find=_find_two_kinds,
)
SITE_WITHOUT_NAME = Rule(
    code=_NAMELESS,
    severity=Severity.info,
    title_vi="Khu, cụm công nghiệp không có tên",
    title_en="A site without a name",
    basis=(
        "Something is known of the site on the day, but no statement that counts then gives a "
        "name: it is only stated of a later day, or was retracted. Closed sites are left aside."
    ),
    needs=("sites", "unplaced"),
    find=_find_nameless,
)
SITE_WITHOUT_PROVINCE = Rule(
    code=_PLACELESS,
    severity=Severity.warning,
    title_vi="Khu, cụm công nghiệp không rõ thuộc tỉnh nào",
    title_en="A site in no known province",
    basis=(
        "Something is known of the site on the day, but not its province. It is told in the one it "
        "was in last before, else in the one it is in next, else in the one that retracted "
        "statements put it in, as far as that leads to one province of the day. Closed sites are "
        "left aside."
    ),
    needs=("unplaced",),
    find=_find_placeless,
)
