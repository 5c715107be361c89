"""Small builders of the facts of a province; what a test does not care about is filled in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from app.core.dates import PartialDate, Period
from app.core.vocabulary import Basis, DateBasis, SiteKind, SubjectType
from app.findings import (
    RULES,
    Asserted,
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    SourceFacts,
    SubjectFacts,
)
from app.findings.states import rebuilt
from app.statistics.observations import Observed
from app.subjects.attributes import Hedge
from app.subjects.fold import Assertion, deciding, fold
from app.units.units import Unit, UnitLevel
from tests.support.timelines import observed as observation

DAY = date(2025, 6, 30)
BAC_KAN = Unit(UnitLevel.province, "06", "Bắc Kạn", "province", None, None, date(2025, 7, 1))
RECORDED = date(2100, 1, 1)
"""Long after everything that is said, unless a test says otherwise."""
DECIMALS = ("_ha", "_pct")
_REVISIONS = count(1)


def cited(effective: str, source: str = "s1", **other: Any) -> Cited:
    members: dict[str, Any] = {
        "statement_id": f"{next(_REVISIONS)}-1",
        "source_id": source,
        "source_title": f"Title of {source}",
        "authority": 10,
        "basis": Basis.actual,
        "effective_from": effective,
        "effective_day": PartialDate(effective).first_day,
        "date_basis": DateBasis.stated,
        "recorded_on": RECORDED,
    }
    return Cited(**{**members, **other})


def said(effective: str, source: str = "s1", authority: int = 10, **values: Any) -> Asserted:
    """Say something from a date on; areas and rates may be given as text, as in "about 43"."""
    told = {name: _split(name, value) for name, value in values.items()}
    return Asserted(
        cited(effective, source, authority=authority),
        {name: _typed(name, value) for name, (_, value, _) in told.items()},
        {name: Hedge(word, to or None) for name, (word, _, to) in told.items() if word},
    )


def _split(name: str, value: Any) -> tuple[str, Any, str]:
    """Return the qualifier of a number, the number and the upper end of its range."""
    if not isinstance(value, str) or not (name.endswith(DECIMALS) and " " in value):
        return "", value, ""
    word, numbers = value.split(" ")
    number, _, to = numbers.partition("-")
    return word, number, to


def but(assertion: Asserted, **cited_members: Any) -> Asserted:
    """Make a statement that differs in its basis, its end, or else by what it is cited."""
    return replace(assertion, cited=replace(assertion.cited, **cited_members))


def _typed(name: str, value: Any) -> Any:
    return Decimal(value) if name.endswith(DECIMALS) and value is not None else value


def cluster(name: str, *assertions: Asserted, day: date = DAY) -> SubjectFacts:
    return site(SiteKind.cluster, f"CCN {name}", *assertions, day=day)


def zone(name: str, *assertions: Asserted, day: date = DAY) -> SubjectFacts:
    return site(SiteKind.zone, f"KCN {name}", *assertions, day=day)


def site(kind: SiteKind, name: str, *assertions: Asserted, day: date = DAY) -> SubjectFacts:
    """Make a site with what its statements say by the day; it has its name unless they tell."""
    bare = SubjectFacts(SubjectType.site, _slug(name), kind, name, {}, {}, _sorted(assertions, day))
    state = rebuilt(bare, day)
    is_told = any("name" in assertion.values for assertion in bare.assertions)
    values = state.values if is_told else {"name": name, **state.values}
    return replace(bare, values=values, deciding=state.deciding, hedges=state.hedges)


def project(name: str, *assertions: Asserted, day: date = DAY) -> SubjectFacts:
    """Make a project with what its statements say by the day."""
    by_day = _sorted(assertions, day)
    folded = [
        Assertion(s.cited.effective_day, s.cited.authority, place, 0, s.values)
        for place, s in enumerate(by_day)
    ]
    decided = {key: by_day[one.revision].cited for key, one in deciding(folded, day).items()}
    values = fold(folded)[-1].values
    return SubjectFacts(SubjectType.project, _slug(name), None, name, values, decided, by_day)


def _sorted(assertions: Iterable[Asserted], day: date) -> list[Asserted]:
    known = (assertion for assertion in assertions if assertion.cited.effective_day <= day)
    return sorted(known, key=lambda assertion: assertion.cited.effective_day)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def stated(
    indicator: str, value: str | int, period: str, source: str = "s1", **other: Any
) -> Observed:
    """State the value of an indicator for a period, measured unless told otherwise."""
    effective = other.pop("effective", period.partition("/")[0])
    revision = next(_REVISIONS)
    span = Period(period)
    for name in ("value_to", "pct_of_target"):
        if name in other:
            other[name] = Decimal(other[name])
    members: dict[str, Any] = {
        "indicator": indicator,
        "period": period,
        "period_from": span.first_day,
        "period_to": span.last_day,
        "basis": Basis.actual,
        "statement_id": f"{revision}-1",
        "known_from": revision,
        "source_id": source,
        "source_title": f"Title of {source}",
        "authority": 10,
        "effective_from": effective,
        **other,
    }
    return observation(PartialDate(effective).first_day, value, **members)


def facts(
    *subjects: SubjectFacts,
    observed: Sequence[Observed] = (),
    day: date = DAY,
    **other: Any,
) -> ProvinceFacts:
    return ProvinceFacts(
        province=BAC_KAN,
        day=day,
        sites=[s for s in subjects if s.type is SubjectType.site],
        projects=[s for s in subjects if s.type is SubjectType.project],
        observed=[o for o in observed if o.effective_day <= day],
        **other,
    )


def found(rule: str, about: ProvinceFacts) -> list[Finding]:
    """Apply one rule."""
    return list(RULES[rule].find(about))


def only(rule: str, about: ProvinceFacts) -> Finding:
    """Apply one rule that finds just one thing."""
    (finding,) = found(rule, about)
    return finding


def numbers(finding: Finding) -> dict[str, str]:
    """Return the numbers of a finding as text with units: ``{"stated": "186.4 ha"}``."""
    return {number.name: _text(number) for number in finding.numbers}


def document(key: str, authority: int = 40, **other: Any) -> dict[str, SourceFacts]:
    """Make a source; what is not given is not registered."""
    members = ("number", "issuer", "issuer_id", "published_on")
    known = {name: other.get(name) for name in members}
    return {key: SourceFacts(id=key, title=f"Title of {key}", authority=authority, **known)}


def _text(number: Number) -> str:
    return f"{number.value:f} {number.unit}"
