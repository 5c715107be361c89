"""The same place under two kinds: a zone and a cluster, say, with one name."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from app.domain.findings.facts import (
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_subject,
)
from app.domain.findings.wording import Text, kind_name
from app.domain.vietnamese import fold, without_prefix
from app.domain.vocabulary import Severity

_CODE = "same_place_under_two_kinds"


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    by_name: dict[str, list[SubjectFacts]] = defaultdict(list)
    for site in facts.open_sites:
        by_name[fold(without_prefix(site.name))].append(site)
    for sites in by_name.values():
        if len({site.kind for site in sites}) > 1:
            yield _finding(facts, sorted(sites, key=lambda site: site.id))


def _finding(facts: ProvinceFacts, sites: list[SubjectFacts]) -> Finding:
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
    return of_subject(facts, sites[0], _CODE, Severity.info, numbers, behind, text)


SAME_PLACE_UNDER_TWO_KINDS = Rule(
    code=_CODE,
    severity=Severity.info,
    title_vi="Cùng một nơi dưới hai loại hình",
    title_en="The same place under two kinds",
    basis=(
        "A site is of one kind for good. A zone and a cluster may share a commune, but the same "
        "name without the word for the kind, in one province, is likely one place."
    ),
    since=None,
    find=_find,
)
