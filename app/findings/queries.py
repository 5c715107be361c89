"""Findings, province by province: computed on the facts of a day, never stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.database.paging import Cursor, mark_of, read_cursor
from app.findings import RULES, Rule
from app.findings import Finding as Found
from app.findings.kept_findings import Judges
from app.findings.province_facts import codes_with_facts
from app.findings.schemas import Finding, FindingsQuery
from app.ledger.snapshots import At
from app.units.units import Unit, UnitLevel, Units

_UNKNOWN_RULE = Template(
    "findings.unknown-rule",
    "There is no rule {code!r}; there are: {known}. See /v1/findings/rules.",
)


_SHOWN = Finding.model_fields.keys() - {"as_of"}
MOST_FACTS = 10_000
"""After so many statements and values were compared a page ends, full or not."""


@dataclass(frozen=True, slots=True)
class ProvinceOnDay:
    """A province whose findings of a day are listed; ``itself_only`` leaves out its sites.

    The sites of a province that ended go on in its successor, and so do their findings.
    """

    unit: Unit
    day: date
    itself_only: bool = False

    @property
    def key(self) -> str:
        """The sort key, which also distinguishes provinces that had the same code in turn."""
        return f"{self.unit.code}@{self.day}"


def all_provinces(as_of: date | None, today: date, units: Units) -> list[ProvinceOnDay]:
    """Return the provinces of a day; without one, those of today and those that ended."""
    day = as_of or today
    found = [ProvinceOnDay(unit, day) for unit in units.all_at(UnitLevel.province, day)]
    if as_of is None:
        ends = (end for end in units.change_days if end <= today)
        found += [
            ProvinceOnDay(unit, end - timedelta(days=1), itself_only=True)
            for end in ends
            for unit in units.all_at(UnitLevel.province, end - timedelta(days=1))
            if unit.valid_to == end
        ]
    return sorted(found, key=lambda one: one.key)


async def list_findings(
    judges: Judges, provinces: Sequence[ProvinceOnDay], query: FindingsQuery, day: date
) -> tuple[list[Finding], str | None]:
    """Return one page of the findings in some provinces, and the cursor of the next.

    Provinces are looked at one after the other until the page is full or enough facts were
    compared: the work for a page is bounded, whatever the register holds, and the next one goes on
    from there.
    """
    at, rules = At(day, judges.pin.revision), _rules(query.rule)
    compared = 0
    mark = mark_of(query, "findings", *(one.key for one in provinces[:1]), str(len(provinces)))
    after, offset = _start(query.cursor, mark)
    page: list[Finding] = []
    needs_unplaced = any("unplaced" in rule.needs for rule in rules)
    unplaced = await judges.unplaced(day) if needs_unplaced else {}
    known_codes = await codes_with_facts(judges.connection, at.revision) | unplaced.keys()
    for one in provinces:
        if one.key < after or one.unit.code not in known_codes:
            continue
        if compared > MOST_FACTS:
            return page, Cursor(mark, at.revision, at.day, (one.key, 0)).encode()
        lost = unplaced.get(one.unit.code, ()) if one.day == at.day else ()
        everything, size = await judges.find(
            one.unit, one.day, lost if needs_unplaced else None, rules
        )
        compared += size
        found = [finding for finding in everything if _is_wanted(finding, one, query)]
        start = offset if one.key == after else 0
        for position, finding in enumerate(found[start:], start=start):
            if len(page) == query.limit:
                return page, Cursor(mark, at.revision, at.day, (one.key, position)).encode()
            page.append(as_answer(finding, one.day))
    return page, None


async def findings_about(
    judges: Judges, one: ProvinceOnDay, about: tuple[SubjectType, str]
) -> list[Finding]:
    """Return the findings about one subject of a province, the severest first."""
    unplaced = await judges.unplaced(one.day)
    rules = list(RULES.values())
    found, _ = await judges.find(one.unit, one.day, unplaced.get(one.unit.code, ()), rules)
    return [as_answer(f, one.day) for f in found if (f.subject_type, f.subject_id) == about]


def _is_wanted(finding: Found, one: ProvinceOnDay, query: FindingsQuery) -> bool:
    is_shown = finding.subject_type is SubjectType.province or not one.itself_only
    return is_shown and (not query.severity or finding.severity in query.severity)


def _rules(codes: Iterable[str]) -> list[Rule]:
    """Return the rules with these codes, in the order of the catalogue; without codes all."""
    wanted = set(codes)
    if unknown := wanted - RULES.keys():
        known = ", ".join(sorted(RULES))
        raise BadParameterError.of("rule", _UNKNOWN_RULE(code=min(unknown), known=known))
    return [rule for code, rule in RULES.items() if not wanted or code in wanted]


def _start(cursor: str | None, mark: str) -> tuple[str, int]:
    """Return the key of the province that a page begins in, and how many findings to skip there."""
    if cursor is None:
        return "", 0
    key, number = read_cursor(cursor, mark, [str, int]).keys
    return str(key), max(int(number or 0), 0)


async def findings_by_indicator(
    judges: Judges, one: ProvinceOnDay
) -> Mapping[str, Sequence[Found]]:
    """Return the findings of a province by the indicators whose stated values are behind them."""
    rules = [rule for rule in RULES.values() if "observed" in rule.needs]
    by_code: dict[str, list[Found]] = defaultdict(list)
    for finding in (await judges.find(one.unit, one.day, None, rules))[0]:
        for code in finding.indicators:
            by_code[code].append(finding)
    return by_code


def as_answer(found: Found, day: date) -> Finding:
    """Return a finding of a day as it is answered."""
    members = {name: getattr(found, name) for name in _SHOWN}
    return Finding.model_validate({**members, "as_of": day}, from_attributes=True)
