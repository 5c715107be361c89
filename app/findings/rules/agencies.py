"""Two totals of one thing by two agencies that nobody reconciled."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.core.vietnamese import fold
from app.core.vocabulary import AUTHORITY, Severity, SourceKind
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, SourceFacts, of_province
from app.findings.levels import Days, cited_amount, days_of
from app.findings.spans import span_of
from app.findings.wording import Text, opening
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, prices_of

_CODE = "agencies_disagree"
_Sources = Mapping[str, SourceFacts]
_Group = tuple[str, Days, str, str]


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    sources = facts.sources
    groups: dict[_Group, list[Observed]] = defaultdict(list)
    for o in facts.observed:
        groups[o.indicator, days_of(o), o.basis, prices_of(o) or ""].append(o)
    for key in sorted(groups):
        last, *others = sorted(groups[key], key=lambda o: o.rank, reverse=True)
        other = next((o for o in others if _disagrees(sources, last, o)), None)
        if other is not None:
            yield _finding(facts, last, other)


def _disagrees(sources: _Sources, last: Observed, other: Observed) -> bool:
    """Return whether another agency stated another value before, and nothing settles which it is.

    An agency may revise its own figure, and a weightier source settles the matter. Statements of
    one date are judged by ``sources_disagree_on_indicator``.
    """
    issuers = _issuer(sources, last), _issuer(sources, other)
    if None in issuers or issuers[0] == issuers[1] or last.effective_from == other.effective_from:
        return False
    if last.value == other.value or last.authority > other.authority:
        return False
    return not span_of(last).overlaps(span_of(other))


def _issuer(sources: _Sources, observed: Observed) -> str | None:
    """Return the agency that states a value; what newspapers say is not theirs."""
    source = sources.get(observed.source_id)
    if source is None or source.authority <= AUTHORITY[SourceKind.article]:
        return None
    return source.issuer_id or (fold(source.issuer) if source.issuer else None)


def _finding(facts: ProvinceFacts, last: Observed, other: Observed) -> Finding:
    unit, stated = INDICATORS[last.indicator].unit, cited_amount(other)
    names = [facts.sources[o.source_id].issuer or "" for o in (last, other)]
    text = opening(facts.province.name, last) + Text(
        f", nhưng cơ quan khác đã nêu {stated.vi}",
        f", but another agency had stated {stated.en}",
    )
    text += Text(f": {names[0]}, {names[1]}.", f": {names[0]}, {names[1]}.")
    numbers = (
        Number("value", last.value, unit),
        Number("other_value", other.value, unit),
        Number("difference", Decimal(last.value - other.value), unit),
    )
    return of_province(facts, _CODE, Severity.info, numbers, [last, other], text)


AGENCIES_DISAGREE = Rule(
    code=_CODE,
    severity=Severity.info,
    title_vi="Hai cơ quan nêu hai tổng khác nhau về cùng một nội dung",
    title_en="Two agencies give two totals of one thing",
    basis=(
        "Of one indicator, period, basis and prices one value is true. The last stated counts; "
        "where it is of another issuer than an earlier one and no weightier, nothing says that "
        "it is a revision and no other count. What newspapers say, and sources without an issuer, "
        "are left aside."
    ),
    needs=("observed", "sources"),
    find=_find,
)
