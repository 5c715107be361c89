"""Expected dates that passed without the event, sites without news for long, and early statements.

A statement is early if it says `actual` and was recorded before the day from which it holds.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter

from app.core.dates import PartialDate, add_months
from app.core.vocabulary import (
    Basis,
    LicenceStatus,
    OperationStatus,
    ProjectOperationStatus,
    Severity,
    SubjectType,
)
from app.findings.facts import (
    Cited,
    Finding,
    Law,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_province,
    of_subject,
)
from app.findings.wording import Text, code_name, number, on, when
from app.subjects.derived import PRODUCING

_PASSED = "expected_date_passed"
_SILENT = "no_word_for_a_reporting_period"
_EARLY = "recorded_before_it_holds"
CIRCULAR_14_2024 = Law("14/2024/TT-BCT", date(2024, 10, 1), None)
REPORTING_MONTHS = 12
_STOPPED = {OperationStatus.suspended, OperationStatus.closed}
"""The statuses that a site can have only after it operated."""
_FORESEEABLE_MONTHS = 12
"""A decision may be known this long before it takes effect; a later date is a slip."""


def _find_passed(facts: ProvinceFacts) -> Iterator[Finding]:
    for subject in (*facts.open_sites, *filter(_is_pursued, facts.projects)):
        expected = subject.text("expected_operation")
        cited = subject.deciding.get("expected_operation")
        if expected is None or cited is None:
            continue
        due = PartialDate(expected)
        if due.last_day < facts.day and not _has_begun(subject, cited):
            yield _passed(facts, subject, due, cited)


def _is_pursued(project: SubjectFacts) -> bool:
    closed = project.text("operation_status") == ProjectOperationStatus.closed
    return not closed and project.text("licence_status") != LicenceStatus.revoked


def _has_begun(subject: SubjectFacts, expectation: Cited) -> bool:
    """Return whether operation began: it is stated now, or was since the date was expected.

    A site is suspended or closed only after it operated, so either implies that it did, unless it
    already stood still when the date was expected. A project may be idle before it ever ran.
    """
    if subject.text("operation_status") in PRODUCING:
        return True
    statuses = [(a.cited, a.values.get("operation_status")) for a in subject.assertions]
    day = expectation.effective_day
    since = {status for cited, status in statuses if cited.effective_day >= day}
    if since & PRODUCING:
        return True
    before = [status for cited, status in statuses if status and cited.effective_day < day]
    stood_still = bool(before) and before[-1] in _STOPPED
    return subject.type is SubjectType.site and bool(since & _STOPPED) and not stood_still


def _passed(facts: ProvinceFacts, subject: SubjectFacts, due: PartialDate, cited: Cited) -> Finding:
    status = subject.deciding.get("operation_status")
    is_idle = subject.text("operation_status") == ProjectOperationStatus.idle
    is_denied = status is not None and status.effective_day > due.last_day and not is_idle
    late = Decimal((facts.day - due.last_day).days)
    text = _expected_text(subject, due, cited) + _status_text(facts, subject, status)
    numbers = (Number("days_late", late, "day"),)
    severity = Severity.warning if is_denied else Severity.info
    behind = [cited, *([status] if status else [])]
    return of_subject(facts, subject, _PASSED, severity, numbers, behind, text)


def _expected_text(subject: SubjectFacts, due: PartialDate, cited: Cited) -> Text:
    expected, stated = when(due.text), when(cited.effective_from)
    return Text(
        f"{subject.name}: dự kiến hoạt động vào {expected.vi} "
        f"(“{cited.source_title}”, {stated.vi}), ",
        f"{subject.name}: expected to operate by {expected.en} "
        f"(“{cited.source_title}”, {stated.en}), ",
    )


def _status_text(facts: ProvinceFacts, subject: SubjectFacts, status: Cited | None) -> Text:
    today = on(facts.day)
    if status is None:
        return Text(
            f"nhưng đến {today.vi} không nguồn nào nêu đã hoạt động.",
            f"but by {today.en} no source says that it operates.",
        )
    code = code_name("operation_status", str(subject.text("operation_status")), subject.type)
    since = when(status.effective_from)
    return Text(
        f"nhưng đến {today.vi} tình trạng mới nhất là “{code.vi}” ({since.vi}).",
        f"but by {today.en} the latest status is “{code.en}” ({since.en}).",
    )


def _find_silent(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        if not site.assertions:
            continue
        last = max((assertion.cited for assertion in site.assertions), key=attrgetter("last_day"))
        if add_months(last.last_day, REPORTING_MONTHS) < facts.day:
            yield _silent(facts, site, last)


def _silent(facts: ProvinceFacts, site: SubjectFacts, last: Cited) -> Finding:
    days = Decimal((facts.day - last.last_day).days)
    latest, today = when(last.effective_from), on(facts.day)
    text = Text(
        f"{site.name}: thông tin mới nhất là {latest.vi} (“{last.source_title}”); "
        f"đến {today.vi} là {days} ngày, quá một kỳ báo cáo năm.",
        f"{site.name}: the latest statement is of {latest.en} (“{last.source_title}”); "
        f"by {today.en} that is {days} days, more than a yearly reporting period.",
    )
    numbers = (Number("days_silent", days, "day"),)
    law = CIRCULAR_14_2024
    return of_subject(facts, site, _SILENT, Severity.info, numbers, [last], text, law)


def _find_early(facts: ProvinceFacts) -> Iterator[Finding]:
    for subject in _subjects(facts):
        statements = (*(assertion.cited for assertion in subject.assertions), *subject.to_come)
        for cited in filter(_is_early, statements):
            severity, numbers, text = _judged(subject.name, cited)
            yield of_subject(facts, subject, _EARLY, severity, numbers, [cited], text)
    for cited in filter(_is_early, facts.stated):
        severity, numbers, text = _judged(facts.province.name, cited)
        yield of_province(facts, _EARLY, severity, numbers, [cited], text)


def _subjects(facts: ProvinceFacts) -> Sequence[SubjectFacts]:
    unplaced = (one.site for one in facts.unplaced)
    return (*facts.sites, *facts.projects, *unplaced, *facts.to_come)


def _is_early(cited: Cited) -> bool:
    """Return whether not even the first day of a partial date had come."""
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


EXPECTED_DATE_PASSED = Rule(
    code=_PASSED,
    severity=Severity.warning,
    title_vi="Quá thời hạn dự kiến mà chưa hoạt động",
    title_en="An expected date has passed without the event",
    basis=(
        "A partial date is over after its last day. It is a warning where a later statement says "
        "that operation has not begun, and a question where nothing was said since. A site that is "
        "suspended or closed since has operated; a project that is idle need not have."
    ),
    needs=("sites", "projects"),
    find=_find_passed,
    alone=True,
    by_time=True,
)
NO_WORD = Rule(
    code=_SILENT,
    severity=Severity.info,
    title_vi="Không có thông tin mới trong một kỳ báo cáo",
    title_en="No word of a site for longer than a reporting period",
    basis=(
        "Circular 14/2024/TT-BCT: clusters are reported on every year, for 15 December to "
        "14 December. The same year is the measure for zones and craft villages."
    ),
    needs=("sites",),
    find=_find_silent,
    laws=(CIRCULAR_14_2024,),
    alone=True,
    by_time=True,
)
RECORDED_BEFORE_IT_HOLDS = Rule(
    code=_EARLY,
    severity=Severity.warning,
    title_vi="Ghi là thực tế trước ngày có hiệu lực",
    title_en="Recorded as actual before the day it holds from",
    basis=(
        "Nobody knows what is actual on a later day: most likely the year is mistyped, or a plan "
        "is meant. Up to twelve months ahead it is a question, since a decision may be "
        "known before it takes effect. It is reported from the day of recording on, in Vietnam."
    ),
    needs=("sites", "projects", "unplaced", "stated", "to_come"),
    find=_find_early,
    alone=True,
)
