"""Actual statements that were recorded before the day from which they are to hold."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.domain.findings.facts import (
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_province,
    of_subject,
)
from app.domain.findings.wording import Text, number, on, when
from app.domain.series import add_months
from app.domain.vocabulary import Basis, Severity

_CODE = "recorded_before_it_holds"
_FORESEEABLE_MONTHS = 12
"""A decision may be known this long before it takes effect; what lies further off is a slip."""


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for subject in _subjects(facts):
        said = (*(saying.cited for saying in subject.sayings), *subject.to_come)
        for cited in filter(_is_early, said):
            severity, numbers, text = _judged(subject.name, cited)
            yield of_subject(facts, subject, _CODE, severity, numbers, [cited], text)
    for cited in filter(_is_early, facts.stated):
        severity, numbers, text = _judged(facts.province.name, cited)
        yield of_province(facts, _CODE, severity, numbers, [cited], text)


def _subjects(facts: ProvinceFacts) -> Sequence[SubjectFacts]:
    unplaced = (one.site for one in facts.unplaced)
    return (*facts.sites, *facts.projects, *unplaced, *facts.to_come)


def _is_early(cited: Cited) -> bool:
    """Tell whether not even the first day of a partial date had come."""
    return cited.basis == Basis.actual and cited.effective_day > cited.recorded_on


def _judged(name: str, cited: Cited) -> tuple[Severity, tuple[Number, ...], Text]:
    days = Decimal((cited.effective_day - cited.recorded_on).days)
    begins, recorded, early = when(cited.effective_from), on(cited.recorded_on), number(days)
    text = Text(
        f"{name}: thông tin {cited.statement_id} theo “{cited.source_title}” được ghi là thực tế "
        f"từ {begins.vi}, nhưng đã ghi vào sổ {recorded.vi}, {early.vi} ngày trước đó; cần xem "
        "lại năm, tháng.",
        f"{name}: what statement {cited.statement_id} says by “{cited.source_title}” is to be "
        f"actual from {begins.en}, but was recorded on {recorded.en}, {early.en} days before; year "
        "and month should be looked at.",
    )
    is_foreseeable = cited.effective_day <= add_months(cited.recorded_on, _FORESEEABLE_MONTHS)
    severity = Severity.info if is_foreseeable else Severity.warning
    return severity, (Number("days_before", days, "day"),), text


RECORDED_BEFORE_IT_HOLDS = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Ghi là thực tế trước ngày có hiệu lực",
    title_en="Recorded as actual before the day it holds from",
    basis=(
        "Nobody knows what is actual on a later day: most likely the year is mistyped, or a plan "
        "is meant. Up to twelve months ahead it is a question, since a decision may be "
        "known before it takes effect. It is told from the day of recording on, in Vietnam."
    ),
    since=None,
    find=_find,
)
