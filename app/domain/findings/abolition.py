"""Abolished sites whose clearance, construction or operation is said to go on afterwards."""

from collections.abc import Collection, Iterator, Mapping
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
from app.domain.findings.wording import Text, attribute_name, code_name, when
from app.domain.stage import PRODUCING
from app.domain.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    Severity,
    SubjectType,
)

_CODE = "active_after_abolition"
_ACTIVE: Mapping[str, Collection[str]] = {
    "clearance_status": {ClearanceStatus.in_progress},
    "construction_status": {ConstructionStatus.preparing, ConstructionStatus.in_progress},
    "operation_status": PRODUCING,
}
"""The statuses that say that something goes on, by track."""


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.sites:
        abolition = _abolition(site)
        for track in _ACTIVE if abolition else ():
            status = site.deciding.get(track)
            is_active = site.values.get(track) in _ACTIVE[track]
            if abolition and status and is_active and abolition.last_day < status.effective_day:
                yield _finding(facts, site, abolition, track, status)


def _abolition(site: SubjectFacts) -> Cited | None:
    """Return the statement that first says for sure that the site is abolished, if it still is.

    Later ones may repeat it. One of 2024 leaves open when in the year that was.
    """
    by_day: dict[date, tuple[str | None, Cited]] = {}
    for saying in sorted(site.sayings, key=lambda s: (s.cited.effective_day, s.cited.authority)):
        if "legal_status" in saying.values:
            by_day[saying.cited.effective_day] = (saying.values["legal_status"], saying.cited)
    since: list[Cited] = []
    for status, cited in reversed(by_day.values()):
        if status != LegalStatus.abolished:
            break
        since.append(cited)
    return min(since, key=attrgetter("last_day"), default=None)


def _finding(
    facts: ProvinceFacts, site: SubjectFacts, abolition: Cited, track: str, status: Cited
) -> Finding:
    days = Decimal((status.effective_day - abolition.last_day).days)
    name, code = attribute_name(track), code_name(track, site.values[track], SubjectType.site)
    ended, told = when(abolition.effective_from), when(status.effective_from)
    text = Text(
        f"{site.name}: đã bãi bỏ ({ended.vi}, “{abolition.source_title}”), nhưng sau đó {name.vi} "
        f"được nêu là “{code.vi}” ({told.vi}, “{status.source_title}”).",
        f"{site.name}: abolished ({ended.en}, “{abolition.source_title}”), but afterwards its "
        f"{name.en} is said to be “{code.en}” ({told.en}, “{status.source_title}”).",
    )
    numbers = (Number("days_after", days, "day"),)
    behind = [abolition, status]
    return of_subject(facts, site, _CODE, Severity.warning, numbers, behind, text)


ACTIVE_AFTER_ABOLITION = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Đã bãi bỏ nhưng vẫn được nêu là đang triển khai, hoạt động",
    title_en="Abolished, but said to go on afterwards",
    basis=(
        "Nothing is cleared, built or operated in the name of an abolished site. A status from "
        "before the abolition, or of a date that may lie before it, contradicts nothing."
    ),
    since=None,
    find=_find,
)
