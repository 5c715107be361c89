"""Sites without a name or a province, and what may be one site under two kinds or two ids."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from app.core.vietnamese import fold, without_prefix
from app.core.vocabulary import Severity, SiteKind
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
_TWO_IDS = "same_name_under_two_ids"
_NAMELESS = "site_without_name"
_PLACELESS = "site_without_province"
_COMMUNE, _ANY = "commune_code", "any"


def _find_two_kinds(facts: ProvinceFacts) -> Iterator[Finding]:
    for sites in facts.once(_of_one_name):
        if len({site.kind for site in sites}) > 1:
            yield _two_kinds(facts, sites)


def _of_one_name(facts: ProvinceFacts) -> list[list[SubjectFacts]]:
    """Return the sites that share a name without the word for their kind, by id."""
    by_name: dict[str, list[SubjectFacts]] = defaultdict(list)
    for site in sorted(facts.open_sites, key=lambda site: site.id):
        by_name[_plain(site.name)].append(site)
    return [sites for sites in by_name.values() if len(sites) > 1]


@lru_cache(maxsize=20_000)
def _plain(name: str) -> str:
    return fold(without_prefix(name))


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


def _find_two_ids(facts: ProvinceFacts) -> Iterator[Finding]:
    """Compare each site with the first of its commune, of none or of any: not with all others."""
    for sites in facts.once(_of_one_name):
        first: dict[tuple[SiteKind | None, str | None], SubjectFacts] = {}
        for site in sites:
            commune = site.text(_COMMUNE)
            keys = [(site.kind, commune), (site.kind, None if commune else _ANY)]
            same = next((first[key] for key in keys if key in first), None)
            if same is not None and _may_be_one_place(same, site):
                yield _two_ids(facts, same, site)
            first.setdefault(keys[0], site)
            first.setdefault((site.kind, _ANY), site)


def _may_be_one_place(one: SubjectFacts, other: SubjectFacts) -> bool:
    """Return whether no unit that is known of both tells them apart."""
    known = ((one.text(name), other.text(name)) for name in UNIT_LEVELS)
    return all(first == second for first, second in known if first and second)


def _two_ids(facts: ProvinceFacts, one: SubjectFacts, other: SubjectFacts) -> Finding:
    is_sure = one.text(_COMMUNE) is not None and one.text(_COMMUNE) == other.text(_COMMUNE)
    name, province = other.name, facts.province.name
    text = Text(
        f"{name} ({province}) có trong sổ đăng ký dưới hai mã: {one.id} và {other.id}, ",
        f"{name} ({province}) is registered under two ids: {one.id} and {other.id}, ",
    )
    if is_sure:
        text += Text("trong cùng một xã.", "in one commune.")
    else:
        text += Text(
            "và không rõ có thuộc hai xã khác nhau không.",
            "and whether they lie in two communes is unknown.",
        )
    severity = Severity.warning if is_sure else Severity.info
    numbers = (Number("sites", Decimal(2), "count"),)
    behind = [*one.behind("name", _COMMUNE), *other.behind("name", _COMMUNE)]
    return of_subject(facts, other, _TWO_IDS, severity, numbers, behind, text)


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
        f"{site.id}: {day.vi} không có tên, nên được liệt kê mà không có tên.",
        f"{site.id}: on {day.en} it has no name, so that it is listed under none.",
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
        text += Text(" theo thông tin đã rút lại.", " by what was retracted.")
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
SAME_NAME_UNDER_TWO_IDS = Rule(
    code=_TWO_IDS,
    severity=Severity.warning,
    title_vi="Cùng một tên dưới hai mã",
    title_en="The same name under two ids",
    basis=(
        "Two zones or two clusters of one commune that have the same name, without the word for "
        "the kind, are likely one. In one province it is a question while the commune of either is "
        "unknown; sites of two communes or districts are two."
    ),
    needs=("sites",),
    find=_find_two_ids,
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
    alone=True,
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
