"""Sites whose tracks contradict: full but not cleared, active though abolished, and the like."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from operator import attrgetter

from app.core.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    OperationStatus,
    PlanningStatus,
    Severity,
    SiteKind,
    SubjectType,
)
from app.findings.facts import Cited, Finding, Number, ProvinceFacts, Rule, SubjectFacts, of_subject
from app.findings.occupancies import rate_of
from app.findings.spans import Span
from app.findings.states import rebuilt
from app.findings.wording import Text, amount, attribute_name, code_name, when
from app.subjects.attributes import text_of
from app.subjects.derived import ESTABLISHED, PRODUCING

_ACTIVE_LATE = "active_after_abolition"
_FULL = "full_but_not_operating"
_UNCLEARED = "full_but_not_cleared"
_REMOVED = "removed_but_operating"
_NEVER = "operating_but_never_established"
_ACTIVE: Mapping[str, Collection[str]] = {
    "clearance_status": {ClearanceStatus.in_progress},
    "construction_status": {ConstructionStatus.preparing, ConstructionStatus.in_progress},
    "operation_status": PRODUCING,
}
"""The statuses of ongoing work or operation, by track."""
_FULL_PCT = Decimal(100)
_STILL = {
    OperationStatus.not_operating,
    OperationStatus.suspended,
    OperationStatus.closed,
}
_ESTABLISHABLE = {SiteKind.zone, SiteKind.cluster}


def _find_active(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.sites:
        abolition = _abolition(site, facts.day)
        for track in _ACTIVE if abolition else ():
            status = site.deciding.get(track)
            is_active = site.text(track) in _ACTIVE[track]
            if abolition and status and is_active and abolition.last_day < status.effective_day:
                yield _active(facts, site, abolition, track, status)


def _abolition(site: SubjectFacts, day: date) -> Cited | None:
    """Return the first statement by which the site is surely abolished, if it still is.

    Later ones may repeat it. One of 2024 leaves the day in the year open.
    """
    by_day: dict[date, tuple[str | None, Cited]] = {}
    for assertion in sorted(
        site.covering(day), key=lambda s: (s.cited.effective_day, s.cited.authority)
    ):
        if "legal_status" in assertion.values:
            by_day[assertion.cited.effective_day] = (
                text_of(assertion.values, "legal_status"),
                assertion.cited,
            )
    since: list[Cited] = []
    for status, cited in reversed(by_day.values()):
        if status != LegalStatus.abolished:
            break
        since.append(cited)
    return min(since, key=attrgetter("last_day"), default=None)


def _active(
    facts: ProvinceFacts, site: SubjectFacts, abolition: Cited, track: str, status: Cited
) -> Finding:
    days = Decimal((status.effective_day - abolition.last_day).days)
    name, code = attribute_name(track), code_name(track, str(site.text(track)), SubjectType.site)
    ended, since = when(abolition.effective_from), when(status.effective_from)
    text = Text(
        f"{site.name}: đã bãi bỏ ({ended.vi}, “{abolition.source_title}”), nhưng sau đó {name.vi} "
        f"được nêu là “{code.vi}” ({since.vi}, “{status.source_title}”).",
        f"{site.name}: abolished ({ended.en}, “{abolition.source_title}”), but afterwards its "
        f"{name.en} is said to be “{code.en}” ({since.en}, “{status.source_title}”).",
    )
    numbers = (Number("days_after", days, "day"),)
    behind = [abolition, status]
    return of_subject(facts, site, _ACTIVE_LATE, Severity.warning, numbers, behind, text)


def _find_full(facts: ProvinceFacts) -> Iterator[Finding]:
    for site, pct in _full_sites(facts):
        if site.text("operation_status") in _STILL:
            yield _full(facts, site, pct)


def _full_sites(facts: ProvinceFacts) -> Iterator[tuple[SubjectFacts, Decimal]]:
    for site in facts.open_sites:
        pct = site.number("occupancy_pct")
        if pct is not None and pct >= _FULL_PCT and _is_surely_full(site, facts.day):
            yield site, pct


def _is_surely_full(site: SubjectFacts, day: date) -> bool:
    """Return whether no hedge allows less: "up to 100 percent" may be half."""
    rate = rate_of(rebuilt(site, day)) if site.hedges else Span.exactly(_FULL_PCT)
    return rate is not None and rate.low is not None and rate.low >= _FULL_PCT


def _full(facts: ProvinceFacts, site: SubjectFacts, pct: Decimal) -> Finding:
    occupied = _occupancy_statements(site)
    still = site.behind("operation_status")
    rate = amount(pct, "pct")
    since = when(max(occupied, key=lambda c: c.effective_day).effective_from) if occupied else None
    status = _status(site)
    dated = when(still[0].effective_from) if still else None
    text = Text(
        f"{site.name}: tỷ lệ lấp đầy {rate.vi}{_dated(since).vi}, "
        f"nhưng tình trạng hoạt động là “{status.vi}”{_dated(dated).vi}.",
        f"{site.name}: {rate.en} occupied{_dated(since).en}, "
        f"but its operation status is “{status.en}”{_dated(dated).en}.",
    )
    numbers = (Number("occupancy_pct", pct, "pct"),)
    return of_subject(facts, site, _FULL, Severity.info, numbers, [*occupied, *still], text)


def _status(site: SubjectFacts) -> Text:
    return code_name("operation_status", str(site.text("operation_status")), SubjectType.site)


def _dated(period: Text | None) -> Text:
    return Text("", "") if period is None else Text(f" ({period.vi})", f" ({period.en})")


def _occupancy_statements(site: SubjectFacts) -> list[Cited]:
    """Return the statements behind it: of the areas where both are known, else of the rate."""
    if "leased_ha" in site.values and "leasable_ha" in site.values:
        return site.behind("leased_ha", "industrial_land_ha", "service_land_ha")
    return site.behind("stated_occupancy_pct")


def _find_uncleared(facts: ProvinceFacts) -> Iterator[Finding]:
    for site, pct in _full_sites(facts):
        if site.text("clearance_status") == ClearanceStatus.not_started:
            yield _uncleared(facts, site, pct)


def _uncleared(facts: ProvinceFacts, site: SubjectFacts, pct: Decimal) -> Finding:
    occupied, clearance = _occupancy_statements(site), site.behind("clearance_status")
    last = max((cited.effective_day for cited in occupied), default=date.min)
    # Land may have been cleared between the word that it was not and the word that it is leased.
    is_later = any(cited.effective_day < last for cited in clearance)
    severity = Severity.info if is_later else Severity.warning
    rate, since = amount(pct, "pct"), when(clearance[0].effective_from) if clearance else None
    text = Text(
        f"{site.name}: tỷ lệ lấp đầy {rate.vi}, nhưng chưa giải phóng mặt bằng{_dated(since).vi}.",
        f"{site.name}: {rate.en} occupied, but land clearance has not begun{_dated(since).en}.",
    )
    numbers = (Number("occupancy_pct", pct, "pct"),)
    behind = [*occupied, *clearance]
    return of_subject(facts, site, _UNCLEARED, severity, numbers, behind, text)


def _find_removed(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.sites:
        is_removed = site.text("planning_status") == PlanningStatus.removed
        is_abolished = site.text("legal_status") == LegalStatus.abolished
        if is_removed and not is_abolished and site.text("operation_status") in PRODUCING:
            yield from _removed(facts, site)


def _removed(facts: ProvinceFacts, site: SubjectFacts) -> Iterator[Finding]:
    for removal, status in zip(
        site.behind("planning_status"), site.behind("operation_status"), strict=True
    ):
        days = Decimal((status.effective_day - removal.effective_day).days)
        ended, since, code = (
            when(removal.effective_from),
            when(status.effective_from),
            _status(site),
        )
        text = Text(
            f"{site.name}: đã đưa ra khỏi quy hoạch ({ended.vi}, “{removal.source_title}”), nhưng "
            f"tình trạng hoạt động là “{code.vi}” ({since.vi}, “{status.source_title}”).",
            f"{site.name}: removed from the plan ({ended.en}, “{removal.source_title}”), but its "
            f"operation status is “{code.en}” ({since.en}, “{status.source_title}”).",
        )
        # What was said before the removal may have ended with it.
        severity = Severity.info if days < 0 else Severity.warning
        numbers, behind = (Number("days_after", days, "day"),), [removal, status]
        yield of_subject(facts, site, _REMOVED, severity, numbers, behind, text)


def _find_never(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        operates = site.text("operation_status") in PRODUCING
        if site.kind in _ESTABLISHABLE and operates and not _was_established(site):
            yield _never(facts, site)


def _was_established(site: SubjectFacts) -> bool:
    return any(assertion.values.get("legal_status") in ESTABLISHED for assertion in site.assertions)


def _never(facts: ProvinceFacts, site: SubjectFacts) -> Finding:
    legal, operating = site.text("legal_status"), site.behind("operation_status")
    dated = _dated(when(operating[0].effective_from) if operating else None)
    status = _status(site)
    text = Text(
        f"{site.name}: tình trạng hoạt động là “{status.vi}”{dated.vi}, nhưng ",
        f"{site.name}: its operation status is “{status.en}”{dated.en}, but ",
    )
    if legal is None:
        text += Text("không nguồn nào nêu đã thành lập.", "no source says that it is established.")
    else:
        text += Text("được nêu là chưa thành lập.", "it is said not to be established.")
    severity = Severity.info if legal is None else Severity.warning
    numbers = (Number("statements", Decimal(len(site.assertions)), "count"),)
    behind = [*operating, *site.behind("legal_status")]
    return of_subject(facts, site, _NEVER, severity, numbers, behind, text)


ACTIVE_AFTER_ABOLITION = Rule(
    code=_ACTIVE_LATE,
    severity=Severity.warning,
    title_vi="Đã bãi bỏ nhưng vẫn được nêu là đang triển khai, hoạt động",
    title_en="Abolished, but said to go on afterwards",
    basis=(
        "Nothing is cleared, built or operated in the name of an abolished site. A status from "
        "before the abolition, or of a date that may lie before it, contradicts nothing."
    ),
    needs=("sites",),
    find=_find_active,
    alone=True,
)
FULL_BUT_NOT_OPERATING = Rule(
    code=_FULL,
    severity=Severity.info,
    title_vi="Đã lấp đầy nhưng chưa hoạt động",
    title_en="Full but not operating",
    basis=(
        "Occupied is not operating: land can be leased before any plant produces, but a full site "
        "whose plants do not produce asks for a newer statement."
    ),
    needs=("sites",),
    find=_find_full,
    alone=True,
)
OPERATING_BUT_NEVER_ESTABLISHED = Rule(
    code=_NEVER,
    severity=Severity.info,
    title_vi="Đang hoạt động nhưng chưa có thông tin thành lập",
    title_en="Operating but never stated to be established",
    basis=(
        "A cluster is established by the province's decision, a zone by a decision or, since "
        "decree 35/2022/NĐ-CP, by the investment decision itself, before it operates."
    ),
    needs=("sites",),
    find=_find_never,
    alone=True,
)
FULL_BUT_NOT_CLEARED = Rule(
    code=_UNCLEARED,
    severity=Severity.warning,
    title_vi="Đã lấp đầy nhưng chưa giải phóng mặt bằng",
    title_en="Fully leased, but land clearance has not begun",
    basis=(
        "Land is cleared and handed over before it is leased. It is a question where the land is "
        "said to be leased later than it was said not to be cleared."
    ),
    needs=("sites",),
    find=_find_uncleared,
    alone=True,
)
REMOVED_BUT_OPERATING = Rule(
    code=_REMOVED,
    severity=Severity.warning,
    title_vi="Đã đưa ra khỏi quy hoạch nhưng đang hoạt động",
    title_en="Removed from the plan, but operating",
    basis=(
        "A site that operates is in a plan or was abolished. It is a question where the last word "
        "of its operation is from before the removal."
    ),
    needs=("sites",),
    find=_find_removed,
    alone=True,
)
