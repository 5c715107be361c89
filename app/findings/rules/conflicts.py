"""Two sources that give different values for the same thing and the same effective date."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from app.core.dates import PartialDate
from app.core.quantities import UnitOfMeasure
from app.core.vietnamese import fold, without_prefix
from app.core.vocabulary import CapacityPeriod, Severity, SubjectType
from app.findings.facts import (
    Asserted,
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_province,
    of_subject,
)
from app.findings.levels import Days, days_of, in_force
from app.findings.spans import Span, allowed, span_of
from app.findings.wording import (
    Text,
    amount,
    attribute_name,
    code_name,
    hedged,
    joined,
    opening,
    quoted,
    stated_amount,
    when,
)
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, prices_of
from app.subjects.attributes import Hedge, ValueType, number_of, text_of
from app.subjects.definitions import DEFINITIONS

_OF_SUBJECT = "sources_disagree"
_OF_PROVINCE = "sources_disagree_on_indicator"
_Hedges = tuple[Hedge | None, Hedge | None]
_SEMICOLON = Text("; ", "; ")
_PER_YEAR = {CapacityPeriod.year: Decimal(1), CapacityPeriod.month: Decimal(12)}
"""Periods in a year; days have no place here, as plants do not all work on the same days."""
_NO_FACTS = {"aliases", "name_en", "address", "geometry", "geometry_accuracy"}
"""Other words for the same thing, and places of other accuracy: no contradictions."""
_DATES = {
    name
    for definition in DEFINITIONS.values()
    for name in definition.attributes.of_type(ValueType.partial_date)
}
_OF_CAPACITY = ("design_capacity", "design_capacity_unit", "design_capacity_period")
"""A number, its unit and its period: 1200 a year and 100 a month are the same."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """A capacity as one statement gives it; the unit is text, and either may be unknown."""

    value: Decimal
    unit: str | None
    period: str | None

    @property
    def rate(self) -> str:
        """The unit over the period, as in t/year."""
        unit = self.unit or UnitOfMeasure.number
        return f"{unit}/{self.period}" if self.period else str(unit)

    @property
    def text(self) -> Text:
        """The capacity in both languages."""
        unit = f" {self.unit}" if self.unit else ""
        words = amount(self.value, "") + Text(unit, unit)
        if self.period is None:
            return words
        per = code_name("design_capacity_period", self.period, SubjectType.project)
        return words + Text(f" {per.vi}", f" {per.en}")

    def contradicts(self, other: "Capacity", hedges: _Hedges) -> bool:
        """Return whether two capacities differ by more than rounding and their hedges.

        Those of different units, or of periods that cannot be converted, cannot be compared.
        """
        if self.unit != other.unit:
            return False
        one, two = Decimal(1), Decimal(1)
        if self.period != other.period:
            if self.period not in _PER_YEAR or other.period not in _PER_YEAR:
                return False
            one, two = (
                _PER_YEAR[CapacityPeriod(self.period)],
                _PER_YEAR[CapacityPeriod(other.period)],
            )
        if self.value * one == other.value * two:
            return False
        spans = allowed(self.value, hedges[0]), allowed(other.value, hedges[1])
        return not spans[0].times(one).overlaps(spans[1].times(two))


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of one attribute, and how late it comes among those of its day."""

    value: object
    cited: Cited
    position: int
    hedge: Hedge | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """The greatest counts: the higher authority, then the later recorded."""
        return (self.cited.authority, self.position)


def _find_of_subjects(facts: ProvinceFacts) -> Iterator[Finding]:
    for subject in (*facts.open_sites, *facts.projects):
        for name, values in _comparable(subject, facts.day):
            counts = max(values, key=lambda value: value.rank)
            others = [
                other
                for other in values
                if other.cited.source_id != counts.cited.source_id
                and contradict(name, counts.value, other.value, (counts.hedge, other.hedge))
            ]
            if others:
                yield _of_subject(facts, subject, name, counts, others)


def _comparable(subject: SubjectFacts, day: date) -> Iterator[tuple[str, list[_Value]]]:
    """Yield the values of one attribute of the same date and with the same kind of basis.

    What has ended contradicts nothing any more.

    A plan does not contradict its outcome, nor does a value of the first day of a year contradict
    one of some time in that year.
    """
    groups: dict[tuple[str, str, str], list[_Value]] = defaultdict(list)
    for position, assertion in enumerate(subject.covering(day)):
        cited = assertion.cited
        basis = "measured" if assertion.is_measured else cited.basis
        for name, value in _values_of(assertion).items():
            if value is not None and name not in _NO_FACTS:
                one = _Value(value, cited, position, assertion.hedges.get(name))
                groups[name, cited.effective_from, basis].append(one)
    for key in sorted(groups):
        yield key[0], groups[key]


def _values_of(assertion: Asserted) -> dict[str, object]:
    """Return the values of a statement, its design capacity as one."""
    values = {name: v for name, v in assertion.values.items() if name not in _OF_CAPACITY}
    capacity = number_of(assertion.values, "design_capacity")
    if capacity is not None:
        unit, period = (text_of(assertion.values, name) for name in _OF_CAPACITY[1:])
        values["design_capacity"] = Capacity(capacity, unit, period)
    return values


def contradict(name: str, one: object, other: object, hedges: _Hedges = (None, None)) -> bool:
    """Return whether two values differ by more than rounding, or names by more than a prefix.

    How exactly each number is given widens what it allows.
    """
    if isinstance(one, Capacity) and isinstance(other, Capacity):
        return one.contradicts(other, hedges)
    if isinstance(one, Decimal | int) and isinstance(other, Decimal | int):
        return one != other and not _span(one, hedges[0]).overlaps(_span(other, hedges[1]))
    if name == "name":
        return _plain(str(one)) != _plain(str(other))
    if name in _DATES:
        return not PartialDate(str(one)).may_be(PartialDate(str(other)))
    return one != other


def _span(value: Decimal | int, hedge: Hedge | None) -> Span:
    return allowed(Decimal(value), hedge, is_whole=isinstance(value, int))


def _plain(name: str) -> str:
    return fold(without_prefix(name))


def _of_subject(
    facts: ProvinceFacts, subject: SubjectFacts, name: str, counts: _Value, others: Sequence[_Value]
) -> Finding:
    what, period = attribute_name(name, subject.type), when(counts.cited.effective_from)
    values = joined((_value_by_source(name, subject, v) for v in (counts, *others)), _SEMICOLON)
    text = Text(
        f"{subject.name}, {what.vi}, {period.vi}: các nguồn nêu khác nhau: {values.vi}. ",
        f"{subject.name}, {what.en}, {period.en}: the sources differ: {values.en}. ",
    ) + _counts_text(counts.cited.source_title)
    found = [number for v in (counts, *others) for number in numbers_of(name, subject, v.value)]
    numbers = found or [Number("values", Decimal(1 + len(others)), "count")]
    behind = [v.cited for v in (counts, *others)]
    return of_subject(facts, subject, _OF_SUBJECT, Severity.warning, numbers, behind, text)


def _value_by_source(name: str, subject: SubjectFacts, stated: _Value) -> Text:
    title = quoted(stated.cited.source_title)
    value = value_text(name, subject, stated.value, stated.hedge)
    return Text(f"{value.vi} ({title.vi})", f"{value.en} ({title.en})")


def value_text(name: str, subject: SubjectFacts, value: object, hedge: Hedge | None = None) -> Text:
    """Write the value of an attribute: with its hedge and unit, as a date, or by its label."""
    if isinstance(value, Capacity):
        return value.text
    if isinstance(value, Decimal | int):
        return hedged(Decimal(value), _unit(name, subject), hedge)
    if name in _DATES:
        return when(str(value))
    return code_name(name, str(value), subject.type)


def numbers_of(name: str, subject: SubjectFacts, value: object) -> list[Number]:
    """Return the value of an attribute as a number of a finding, if it is one."""
    if isinstance(value, Capacity):
        return [Number(name, value.value, value.rate)]
    if isinstance(value, Decimal | int):
        return [Number(name, Decimal(value), _unit(name, subject))]
    return []


def _unit(name: str, subject: SubjectFacts) -> str:
    return DEFINITIONS[subject.type].attributes[name].unit or UnitOfMeasure.number


def _counts_text(title: str) -> Text:
    return Text(
        f"Số liệu được dùng là của “{title}”.", f"The one that counts is that of “{title}”."
    )


def _find_of_province(facts: ProvinceFacts) -> Iterator[Finding]:
    groups: dict[tuple[str, Days, str, str], list[Observed]] = defaultdict(list)
    for o in facts.observed:
        groups[o.indicator, days_of(o), o.basis, o.effective_from].append(o)
    for key in sorted(groups):
        pairs = combinations(sorted(groups[key], key=lambda o: o.rank, reverse=True), 2)
        differing = [o for pair in pairs if _differ(*pair) for o in pair]
        if differing:
            yield _of_province(facts, list(dict.fromkeys(differing)))


def _differ(one: Observed, other: Observed) -> bool:
    prices = {prices_of(one), prices_of(other)} - {None}
    is_comparable = one.source_id != other.source_id and len(prices) <= 1
    if not is_comparable or one.value == other.value:
        return False
    return not span_of(one).overlaps(span_of(other))


def _of_province(facts: ProvinceFacts, differing: Sequence[Observed]) -> Finding:
    counts = in_force(differing) or differing[0]
    others = [o for o in differing if o is not counts]
    values = joined((_amount_by_source(o) for o in others), _SEMICOLON)
    text = opening(facts.province.name, counts) + Text(
        f", nhưng nguồn khác cùng thời điểm nêu {values.vi}. ",
        f", but at the same date others state {values.en}. ",
    )
    text += _counts_text(counts.source_title)
    unit = INDICATORS[counts.indicator].unit
    numbers = [Number("value", o.value, unit) for o in (counts, *others)]
    behind = [counts, *others]
    return of_province(facts, _OF_PROVINCE, Severity.warning, numbers, behind, text)


def _amount_by_source(observed: Observed) -> Text:
    value, title = stated_amount(observed), quoted(observed.source_title)
    return Text(f"{value.vi} ({title.vi})", f"{value.en} ({title.en})")


SOURCES_DISAGREE = Rule(
    code=_OF_SUBJECT,
    severity=Severity.warning,
    title_vi="Hai nguồn nêu khác nhau về cùng một nội dung, cùng thời điểm",
    title_en="Two sources give different values for one attribute and date",
    basis=(
        "Of one attribute and effective date, written alike, one value is true, within the "
        "rounding and the hedges of both; the source with the higher authority counts, then the "
        "one recorded later. Plans, targets and measured values are compared each with their own."
    ),
    needs=("sites", "projects"),
    find=_find_of_subjects,
    alone=True,
)
SOURCES_DISAGREE_ON_INDICATOR = Rule(
    code=_OF_PROVINCE,
    severity=Severity.warning,
    title_vi="Hai nguồn nêu khác nhau về cùng một chỉ tiêu, cùng thời điểm",
    title_en="Two sources give different values for one indicator, period and date",
    basis=(
        "Of one indicator, period, basis and effective date one value is true, at the same prices "
        "and within the rounding of both; the source with the higher authority counts."
    ),
    needs=("observed",),
    find=_find_of_province,
    alone=True,
)
