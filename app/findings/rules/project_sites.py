"""Projects in a site that lies in another province, or of which nothing is known on the day."""

from collections.abc import Iterator
from decimal import Decimal

from app.core.vocabulary import MEASURED, Severity
from app.findings.facts import (
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SiteElsewhere,
    SubjectFacts,
    of_subject,
)
from app.findings.wording import Text, on
from app.subjects.attributes import UNIT_LEVELS
from app.units.units import Unit

_TWO = "project_and_site_in_two_provinces"
_NONE = "project_in_no_known_site"


def _of_elsewhere(facts: ProvinceFacts) -> Iterator[tuple[SubjectFacts, SiteElsewhere]]:
    for project in facts.projects:
        site = facts.elsewhere.get(project.text("site") or "")
        if site is not None:
            yield project, site


def _find_two(facts: ProvinceFacts) -> Iterator[Finding]:
    """Compare the provinces of the day: both are followed through mergers already."""
    for project, site in _of_elsewhere(facts):
        if site.is_known and site.province and site.province.code != facts.province.code:
            yield _two(facts, project, site, site.province)


def _two(facts: ProvinceFacts, project: SubjectFacts, site: SiteElsewhere, other: Unit) -> Finding:
    own, named = facts.province.label, _named(project, site)
    text = Text(
        f"{project.name} thuộc {own}, nhưng {named}, nơi dự án được nêu là đang ở, "
        f"thuộc {other.label}.",
        f"{project.name} lies in {own}, but {named}, the site it is said to be in, "
        f"lies in {other.label}.",
    )
    numbers = (Number("provinces", Decimal(2), "count"),)
    behind = project.behind("site", *UNIT_LEVELS)
    return of_subject(facts, project, _TWO, Severity.warning, numbers, behind, text)


def _named(project: SubjectFacts, site: SiteElsewhere) -> str:
    key = str(project.text("site"))
    return key if site.name == key else f"{site.name} ({key})"


def _find_none(facts: ProvinceFacts) -> Iterator[Finding]:
    for project, site in _of_elsewhere(facts):
        if not site.is_known and not _may_begin_later(project, site):
            yield _none(facts, project, site)


def _may_begin_later(project: SubjectFacts, site: SiteElsewhere) -> bool:
    """Return whether the statement allows that the project gets into the site only later.

    One of 2024 allows a site that begins in June, and a plan allows one that is yet to come.
    """
    cited = project.deciding.get("site")
    if cited is None or site.is_withdrawn or site.begins is None:
        return False
    return cited.basis not in MEASURED or cited.last_day >= site.begins


def _none(facts: ProvinceFacts, project: SubjectFacts, site: SiteElsewhere) -> Finding:
    named, day = _named(project, site), on(facts.day)
    text = Text(
        f"{project.name}: {day.vi} được nêu là ở {named}, nhưng ",
        f"{project.name}: on {day.en} it is said to be in {named}, but ",
    )
    numbers = [Number("sites", Decimal(1), "count")]
    severity = Severity.warning
    if site.is_withdrawn:
        text += Text(
            "khu, cụm này đã bị rút khỏi sổ đăng ký.", "that site is withdrawn from the register."
        )
    elif site.begins is None:
        text += Text(
            "không nguồn nào còn hiệu lực nói về khu, cụm này.",
            "no live statement says anything of that site.",
        )
    else:
        severity, first = Severity.info, on(site.begins)
        numbers = [Number("days_before", Decimal((site.begins - facts.day).days), "day")]
        text += Text(
            f"thông tin đầu tiên về khu, cụm này là từ {first.vi}.",
            f"what is known of that site begins on {first.en}.",
        )
    return of_subject(facts, project, _NONE, severity, numbers, project.behind("site"), text)


PROJECT_AND_SITE_IN_TWO_PROVINCES = Rule(
    code=_TWO,
    severity=Severity.warning,
    title_vi="Dự án và khu, cụm của dự án ở hai tỉnh khác nhau",
    title_en="A project lies in another province than its site",
    basis=(
        "A project lies where its site lies. Both provinces are those of the day, so a merger "
        "makes no difference; where either is unknown, nothing is said."
    ),
    needs=("projects", "elsewhere"),
    find=_find_two,
)
PROJECT_IN_NO_KNOWN_SITE = Rule(
    code=_NONE,
    severity=Severity.warning,
    title_vi="Dự án ở khu, cụm chưa có hoặc đã bị rút",
    title_en="A project is in a site that is not known on the day",
    basis=(
        "The site was withdrawn, or nothing is stated of it for the day. Where its first statement "
        "comes later it is a question, as it may have been there before; a plan, or a date of "
        "which the site's first day is a part, allows that."
    ),
    needs=("projects", "elsewhere"),
    find=_find_none,
)
