"""One decision under two sources or with two dates, and one decision that establishes two sites."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from app.core.dates import PartialDate
from app.core.vietnamese import fold
from app.core.vocabulary import AUTHORITY, Severity, SiteKind, SourceKind
from app.findings.facts import (
    Behind,
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SourceFacts,
    SubjectFacts,
    of_source,
)
from app.findings.wording import Text, listed, quoted, when
from app.subjects.derived import ESTABLISHED

_TWICE = "one_decision_under_two_sources"
_TWO_SITES = "one_decision_for_two_sites"
_ESTABLISHABLE = {SiteKind.zone, SiteKind.cluster}


def _find_twice(facts: ProvinceFacts) -> Iterator[Finding]:
    cited = _first_cited(facts)
    for sources in _by_number(facts):
        for place, source in enumerate(sources[1:], start=1):
            same = [one for one in sources[:place] if _may_be_one(one, source)]
            if same:
                yield _twice(facts, same[0], source, cited)


def _by_number(facts: ProvinceFacts) -> Iterator[list[SourceFacts]]:
    """Yield the decisions, and what weighs more, that share a number in one year, by id."""
    groups: dict[tuple[str, int], list[SourceFacts]] = defaultdict(list)
    for _, source in sorted(facts.sources.items()):
        is_act = source.authority >= AUTHORITY[SourceKind.decision]
        if is_act and source.number and source.published_on:
            # Numbers begin anew with each year.
            year = PartialDate(source.published_on).first_day.year
            groups[fold(source.number).replace(" ", ""), year].append(source)
    yield from (sources for sources in groups.values() if len(sources) > 1)


def _may_be_one(one: SourceFacts, other: SourceFacts) -> bool:
    """Return whether nothing says that two bodies issued them."""
    return not (one.issuer_id and other.issuer_id and one.issuer_id != other.issuer_id)


def _first_cited(facts: ProvinceFacts) -> Mapping[str, Behind]:
    """Return one statement by each source: it stands for all others by it."""
    found: dict[str, Behind] = {}
    for subject in (*facts.sites, *facts.projects):
        for assertion in subject.assertions:
            found.setdefault(assertion.cited.source_id, assertion.cited)
    for observed in facts.observed:
        found.setdefault(observed.source_id, observed)
    return found


def _twice(
    facts: ProvinceFacts, one: SourceFacts, other: SourceFacts, cited: Mapping[str, Behind]
) -> Finding:
    first, second = (PartialDate(source.published_on or "") for source in (one, other))
    dates = Text("", "")
    if not first.may_be(second):
        ones, others = when(first.text), when(second.text)
        dates = Text(
            f", với hai ngày khác nhau: {ones.vi} và {others.vi}",
            f", with two dates: {ones.en} and {others.en}",
        )
    titles = (quoted(one.title), quoted(other.title))
    text = Text(
        f"{one.number} có trong sổ đăng ký dưới hai nguồn: {one.id} ({titles[0].vi}) và {other.id} "
        f"({titles[1].vi}){dates.vi}.",
        f"{one.number} is registered as two sources: {one.id} ({titles[0].en}) and {other.id} "
        f"({titles[1].en}){dates.en}.",
    )
    is_sure = one.issuer_id is not None and one.issuer_id == other.issuer_id
    severity = Severity.warning if is_sure else Severity.info
    behind = [cited[source.id] for source in (one, other) if source.id in cited]
    numbers = (Number("sources", Decimal(2), "count"),)
    return of_source(facts, other.id, _TWICE, severity, numbers, behind, text)


def _find_two_sites(facts: ProvinceFacts) -> Iterator[Finding]:
    sources = facts.sources
    by_source: dict[str, dict[str, tuple[SubjectFacts, Cited]]] = defaultdict(dict)
    for site in facts.sites:
        for assertion in site.assertions if site.kind in _ESTABLISHABLE else ():
            key = _decision(sources, assertion.cited)
            if key and assertion.values.get("legal_status") in ESTABLISHED:
                by_source[key].setdefault(site.id, (site, assertion.cited))
    for key, sites in sorted(by_source.items()):
        if len(sites) > 1:
            yield _two_sites(facts, key, list(sites.values()))


def _decision(sources: Mapping[str, SourceFacts], cited: Cited) -> str | None:
    """Return the source of a statement if it is a decision with a number."""
    source = sources.get(cited.source_id)
    is_one = source and source.number and source.authority == AUTHORITY[SourceKind.decision]
    return cited.source_id if is_one else None


def _two_sites(
    facts: ProvinceFacts, key: str, sites: Sequence[tuple[SubjectFacts, Cited]]
) -> Finding:
    source, names = facts.sources[key], listed([site.name for site, _ in sites])
    title = quoted(source.title)
    text = Text(
        f"{source.number} ({title.vi}) được nêu là quyết định thành lập của nhiều nơi: {names.vi}.",
        f"{source.number} ({title.en}) is said to establish more than one site: {names.en}.",
    )
    numbers = (Number("sites", Decimal(len(sites)), "count"),)
    behind = [cited for _, cited in sites]
    return of_source(facts, key, _TWO_SITES, Severity.info, numbers, behind, text)


ONE_DECISION_UNDER_TWO_SOURCES = Rule(
    code=_TWICE,
    severity=Severity.warning,
    title_vi="Một quyết định dưới hai nguồn, hoặc với hai ngày",
    title_en="One decision under two sources, or with two dates",
    basis=(
        "A body gives each number to one decision in a year. Where the issuer of one of the "
        "sources is not registered it is a question; of an unknown date nothing is said."
    ),
    needs=("sites", "projects", "observed", "sources"),
    find=_find_twice,
)
ONE_DECISION_FOR_TWO_SITES = Rule(
    code=_TWO_SITES,
    severity=Severity.info,
    title_vi="Một số quyết định thành lập cho nhiều nơi",
    title_en="One decision that establishes two sites",
    basis=(
        "A zone or cluster is established by a decision of its own; the number of another site's "
        "may have been copied."
    ),
    needs=("sites", "sources"),
    find=_find_two_sites,
)
