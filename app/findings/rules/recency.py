"""Decisions that a later statement of a lighter source displaces."""

from collections.abc import Iterator
from decimal import Decimal

from app.core.vocabulary import AUTHORITY, MEASURED, Severity, SourceKind
from app.findings.facts import (
    Asserted,
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_subject,
)
from app.findings.rules.conflicts import contradict, numbers_of, value_text
from app.findings.wording import Text, attribute_name, quoted, when

_CODE = "decision_displaced_by_lighter_source"
_ACT, _REPORT = AUTHORITY[SourceKind.decision], AUTHORITY[SourceKind.report]
_SETTLED = (
    "area_ha",
    "planned_area_ha",
    "detailed_plan_area_ha",
    "industrial_land_ha",
    "service_land_ha",
    "to_clear_ha",
    "investor",
    "managing_body",
)
"""What stays as decided until another decision: progress is what reports and articles are for."""
_STATUSES = ("legal_status", "planning_status")
"""These change in their course, and articles say so; but hardly within days of a decision."""
_SOON_DAYS = 30


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for subject in (*facts.open_sites, *facts.projects):
        for name in (*_SETTLED, *_STATUSES):
            by = subject.deciding.get(name)
            if by is not None and by.authority <= _REPORT and name in subject.values:
                yield from _judge(facts, subject, name, by)


def _judge(facts: ProvinceFacts, subject: SubjectFacts, name: str, by: Cited) -> Iterator[Finding]:
    decided = _displaced(facts, subject, name, by)
    if decided is None:
        return
    hedges = decided.hedges.get(name), subject.hedges.get(name)
    if not contradict(name, decided.values[name], subject.values[name], hedges):
        return
    is_soon = (by.effective_day - decided.cited.last_day).days <= _SOON_DAYS
    if is_soon or name in _SETTLED:
        yield _finding(facts, subject, name, decided, by)


def _displaced(
    facts: ProvinceFacts, subject: SubjectFacts, name: str, by: Cited
) -> Asserted | None:
    """Return the last decision on an attribute that would hold, were it not for a statement."""
    earlier = [
        assertion
        for assertion in subject.covering(facts.day)
        if assertion.values.get(name) is not None
        and assertion.cited.authority >= _ACT
        and assertion.cited.effective_day < by.effective_day
        and assertion.is_measured == (by.basis in MEASURED)
    ]
    return max(earlier, key=lambda a: (a.cited.effective_day, a.cited.authority), default=None)


def _finding(
    facts: ProvinceFacts, subject: SubjectFacts, name: str, decided: Asserted, by: Cited
) -> Finding:
    old, new = decided.values[name], subject.values[name]
    days = (by.effective_day - decided.cited.effective_day).days
    numbers = [*numbers_of(name, subject, old), *numbers_of(name, subject, new)]
    numbers.append(Number("days_after", Decimal(days), "day"))
    what = attribute_name(name, subject.type)
    was = value_text(name, subject, old, decided.hedges.get(name))
    now = value_text(name, subject, new, subject.hedges.get(name))
    title, since = quoted(decided.cited.source_title), when(decided.cited.effective_from)
    lighter, later = quoted(by.source_title), when(by.effective_from)
    text = Text(
        f"{subject.name}, {what.vi}: {title.vi} ({since.vi}) nêu {was.vi}, nhưng số liệu được dùng "
        f"là {now.vi} của {lighter.vi} ({later.vi}), nguồn có giá trị thấp hơn.",
        f"{subject.name}, {what.en}: {title.en} ({since.en}) has {was.en}, but {now.en} counts, of "
        f"{lighter.en} ({later.en}), which is a lighter source.",
    )
    severity = Severity.warning if days <= _SOON_DAYS else Severity.info
    behind = [decided.cited, by]
    return of_subject(facts, subject, _CODE, severity, numbers, behind, text)


DECISION_DISPLACED_BY_LIGHTER_SOURCE = Rule(
    code=_CODE,
    severity=Severity.info,
    title_vi="Quyết định bị thay bằng nguồn có giá trị thấp hơn",
    title_en="A decision is displaced by a later but lighter source",
    basis=(
        "The latest statement counts, whoever makes it. An article or report of a later date that "
        "gives another area, investor or managing body than a decision displaces it: a question, "
        "and a warning within 30 days of the decision, when that it changed is least likely. It "
        "may also be about the past, and displace the decision until now."
    ),
    needs=("sites", "projects"),
    find=_find,
    alone=True,
)
