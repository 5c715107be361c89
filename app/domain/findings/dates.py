"""Expected dates that passed without the event, and sites of which nothing was heard for long."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from operator import attrgetter

from app.domain.findings.facts import (
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_subject,
)
from app.domain.findings.wording import Text, code_name, on, when
from app.domain.partial_dates import PartialDate
from app.domain.series import add_months
from app.domain.stage import PRODUCING
from app.domain.vocabulary import (
    LicenceStatus,
    OperationStatus,
    ProjectOperationStatus,
    Severity,
    SubjectType,
)

_PASSED = "expected_date_passed"
_SILENT = "no_word_for_a_reporting_period"
CIRCULAR_14_2024_IN_FORCE = date(2024, 10, 1)
REPORTING_MONTHS = 12
_STOPPED = {OperationStatus.suspended, OperationStatus.closed}
"""What a site can only be after it operated."""


def _find_passed(facts: ProvinceFacts) -> Iterator[Finding]:
    for subject in (*facts.open_sites, *filter(_is_pursued, facts.projects)):
        expected = subject.values.get("expected_operation")
        cited = subject.deciding.get("expected_operation")
        if expected is None or cited is None:
            continue
        due = PartialDate(str(expected))
        if due.last_day < facts.day and not _has_begun(subject, cited):
            yield _passed(facts, subject, due, cited)


def _is_pursued(project: SubjectFacts) -> bool:
    closed = project.values.get("operation_status") == ProjectOperationStatus.closed
    return not closed and project.values.get("licence_status") != LicenceStatus.revoked


def _has_begun(subject: SubjectFacts, expectation: Cited) -> bool:
    """Tell whether operation began: it goes on, or was said to since the date was expected.

    A site is only suspended or closed after it operated, so that this says that it did, unless it
    already stood still when the date was expected. A project may be idle before it ever ran.
    """
    if subject.values.get("operation_status") in PRODUCING:
        return True
    said = [(saying.cited, saying.values.get("operation_status")) for saying in subject.sayings]
    day = expectation.effective_day
    since = {status for cited, status in said if cited.effective_day >= day}
    if since & PRODUCING:
        return True
    before = [status for cited, status in said if status and cited.effective_day < day]
    stood_still = bool(before) and before[-1] in _STOPPED
    return subject.type is SubjectType.site and bool(since & _STOPPED) and not stood_still


def _passed(facts: ProvinceFacts, subject: SubjectFacts, due: PartialDate, cited: Cited) -> Finding:
    status = subject.deciding.get("operation_status")
    is_idle = subject.values.get("operation_status") == ProjectOperationStatus.idle
    is_denied = status is not None and status.effective_day > due.last_day and not is_idle
    late = Decimal((facts.day - due.last_day).days)
    text = _expected_text(subject, due, cited) + _status_text(facts, subject, status)
    numbers = (Number("days_late", late, "day"),)
    severity = Severity.warning if is_denied else Severity.info
    behind = [cited, *([status] if status else [])]
    return of_subject(facts, subject, _PASSED, severity, numbers, behind, text)


def _expected_text(subject: SubjectFacts, due: PartialDate, cited: Cited) -> Text:
    expected, said = when(due.text), when(cited.effective_from)
    return Text(
        f"{subject.name}: dự kiến hoạt động vào {expected.vi} "
        f"(“{cited.source_title}”, {said.vi}), ",
        f"{subject.name}: expected to operate by {expected.en} "
        f"(“{cited.source_title}”, {said.en}), ",
    )


def _status_text(facts: ProvinceFacts, subject: SubjectFacts, status: Cited | None) -> Text:
    today = on(facts.day)
    if status is None:
        return Text(
            f"nhưng đến {today.vi} không nguồn nào nêu đã hoạt động.",
            f"but by {today.en} no source says that it operates.",
        )
    code = code_name("operation_status", subject.values["operation_status"], subject.type)
    told = when(status.effective_from)
    return Text(
        f"nhưng đến {today.vi} tình trạng mới nhất là “{code.vi}” ({told.vi}).",
        f"but by {today.en} the latest status is “{code.en}” ({told.en}).",
    )


def _find_silent(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        if not site.sayings:
            continue
        last = max((saying.cited for saying in site.sayings), key=attrgetter("last_day"))
        if add_months(last.last_day, REPORTING_MONTHS) < facts.day:
            yield _silent(facts, site, last)


def _silent(facts: ProvinceFacts, site: SubjectFacts, last: Cited) -> Finding:
    days = Decimal((facts.day - last.last_day).days)
    told, today = when(last.effective_from), on(facts.day)
    text = Text(
        f"{site.name}: thông tin mới nhất là {told.vi} (“{last.source_title}”); "
        f"đến {today.vi} là {days} ngày, quá một kỳ báo cáo năm.",
        f"{site.name}: the latest word is of {told.en} (“{last.source_title}”); "
        f"by {today.en} that is {days} days, more than a yearly reporting period.",
    )
    numbers = (Number("days_silent", days, "day"),)
    return of_subject(facts, site, _SILENT, Severity.info, numbers, [last], text)


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
    since=None,
    find=_find_passed,
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
    since=CIRCULAR_14_2024_IN_FORCE,
    find=_find_silent,
)
