"""The rows of one document against the total that it gives itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.core.vocabulary import MEASURED, Severity, SiteKind
from app.findings.facts import (
    Asserted,
    Behind,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_province,
)
from app.findings.spans import Span, allowed, span_of, total
from app.findings.states import rebuilt, stated_number
from app.findings.totals import AREA_ATTRIBUTES, count_beside
from app.findings.wording import Text, amount, opening, sites_of
from app.statistics.indicators import INDICATORS, Counterpart
from app.statistics.observations import Observed

_CODE = "rows_differ_from_total"
_Rows = Mapping[str, list[tuple[SubjectFacts, Asserted]]]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A total with the areas of its sites in the same document."""

    observed: Observed
    count: Observed | None
    kind: SiteKind
    rows: list[tuple[SubjectFacts, Asserted, Decimal, Span]]

    @property
    def added(self) -> Decimal:
        """The sum of the rows as they are written."""
        return sum((value for _, _, value, _ in self.rows), Decimal())

    @property
    def differs(self) -> bool:
        """Whether the rows are more than the total, or all rows of a stated number are less."""
        of_total, of_rows = span_of(self.observed), total(row[3] for row in self.rows)
        is_whole = self.count is not None and self.count.value == len(self.rows)
        return of_total.is_below(of_rows) or (is_whole and of_rows.is_below(of_total))


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    by_source = _rows_by_source(facts)
    for observed in facts.observed:
        counterpart = INDICATORS[observed.indicator].counterpart
        attribute = AREA_ATTRIBUTES.get(counterpart.measure) if counterpart else None
        is_of_day = observed.basis in MEASURED and observed.period_from <= facts.day
        if counterpart and attribute and is_of_day and observed.source_id in by_source:
            listed = _listed(facts, observed, counterpart, attribute, by_source)
            if len(listed.rows) > 1 and listed.differs:
                yield _finding(facts, listed)


def _rows_by_source(facts: ProvinceFacts) -> _Rows:
    """Return what each source that states an area in total says of single sites."""
    sources = {o.source_id for o in facts.observed if o.basis in MEASURED}
    rows: dict[str, list[tuple[SubjectFacts, Asserted]]] = defaultdict(list)
    for site in facts.sites:
        for assertion in site.assertions:
            if assertion.cited.source_id in sources:
                rows[assertion.cited.source_id].append((site, assertion))
    return rows


def _listed(
    facts: ProvinceFacts,
    observed: Observed,
    counterpart: Counterpart,
    attribute: str,
    by_source: _Rows,
) -> _Listed:
    """Return a total with its rows: the sites that belong to it on the last day of its period."""
    kind = INDICATORS[observed.indicator].kind or SiteKind.cluster
    day, rows = min(observed.period_to, facts.day), {}
    for site, assertion in by_source[observed.source_id]:
        value = stated_number(assertion, attribute)
        has_ended = assertion.cited.end_day <= day
        if value is None or site.kind is not kind or has_ended:
            continue
        if rebuilt(site, day).belongs(counterpart):
            span = allowed(value, assertion.hedges.get(attribute))
            rows[site.id] = (site, assertion, value, span)
    return _Listed(observed, count_beside(observed, facts.observed), kind, list(rows.values()))


def _finding(facts: ProvinceFacts, listed: _Listed) -> Finding:
    stated, added = listed.observed.value, listed.added
    numbers = (
        Number("stated", stated, "ha"),
        Number("sum", added, "ha"),
        Number("difference", stated - added, "ha"),
        Number("rows", Decimal(len(listed.rows)), "count"),
    )
    rows, sum_text = sites_of(len(listed.rows), listed.kind), amount(added, "ha")
    text = opening(facts.province.name, listed.observed) + Text(
        f", nhưng {rows.vi} trong cùng tài liệu cộng lại là {sum_text.vi}.",
        f", but the {rows.en} in the same document add up to {sum_text.en}.",
    )
    counted = [listed.count] if listed.count else []
    cited = (assertion.cited for _, assertion, *_ in listed.rows)
    behind: list[Behind] = [listed.observed, *counted, *cited]
    return of_province(facts, _CODE, Severity.error, numbers, behind, text)


ROWS_DIFFER_FROM_TOTAL = Rule(
    code=_CODE,
    severity=Severity.error,
    title_vi="Các dòng của một tài liệu không cộng thành tổng của chính nó",
    title_en="The rows of a document do not add up to its own total",
    basis=(
        "The areas that one source states of single sites are no more in sum than the total that "
        "it states of them, within the rounding and the hedge of all figures; and no less where "
        "it states as many sites as it has rows. Later statements of others change nothing in it."
    ),
    needs=("sites", "observed"),
    find=_find,
)
