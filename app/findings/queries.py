"""Findings, province by province: computed on the facts of a day, never stored."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from threading import Event

from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.findings import RULES, ProvinceFacts, Rule, findings_of
from app.findings import Finding as Found
from app.findings.province_facts import codes_with_facts, read_province_facts
from app.findings.schemas import Finding, FindingsQuery
from app.findings.subject_facts import read_unplaced
from app.ledger.snapshots import At
from app.units.units import Unit, UnitLevel, Units

_UNKNOWN_RULE = Template(
    "findings.unknown-rule",
    "There is no rule {code!r}; there are: {known}. See /v1/findings/rules.",
)


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
    connection: Executor,
    units: Units,
    provinces: Sequence[ProvinceOnDay],
    query: FindingsQuery,
    at: At,
) -> tuple[list[Finding], str | None]:
    """Return one page of the findings in some provinces, and the cursor of the next.

    Provinces are read one after the other until the page is full or enough facts were compared: the
    work for a page is bounded, whatever the register holds, and the next one goes on from there.
    Only the facts that the requested rules need are read.
    """
    rules = _rules(query.rule)
    needs = {fact for rule in rules for fact in rule.needs}
    compared = 0
    mark = mark_of(query, "findings", *(one.key for one in provinces[:1]), str(len(provinces)))
    after, offset = _start(query.cursor, mark)
    page: list[Finding] = []
    unplaced = await read_unplaced(connection, units, at) if "unplaced" in needs else {}
    known_codes = await codes_with_facts(connection, at.revision) | unplaced.keys()
    for one in provinces:
        if one.key < after or one.unit.code not in known_codes:
            continue
        if compared > MOST_FACTS:
            return page, Cursor(mark, at.revision, at.day, (one.key, 0)).encode()
        lost = unplaced.get(one.unit.code, ()) if one.day == at.day else ()
        on_day = At(one.day, at.revision)
        facts = await read_province_facts(connection, units, one.unit, on_day, lost, needs)
        compared += facts.size
        found = await _found(facts, one, query, rules)
        start = offset if one.key == after else 0
        for position, finding in enumerate(found[start:], start=start):
            if len(page) == query.limit:
                return page, Cursor(mark, at.revision, at.day, (one.key, position)).encode()
            page.append(finding)
    return page, None


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


async def _applied(facts: ProvinceFacts, rules: Sequence[Rule]) -> list[Found]:
    # Rules are pure arithmetic; in a thread they do not block the event loop.
    stop = Event()
    try:
        return await to_thread(findings_of, facts, rules, stop.is_set)
    finally:
        stop.set()


async def _found(
    facts: ProvinceFacts, one: ProvinceOnDay, query: FindingsQuery, rules: Sequence[Rule]
) -> list[Finding]:
    return [
        _as_answer(finding, one.day)
        for finding in await _applied(facts, rules)
        if finding.subject_type is SubjectType.province or not one.itself_only
        if not query.severity or finding.severity in query.severity
    ]


async def findings_by_indicator(
    connection: Executor, units: Units, one: ProvinceOnDay, at: At
) -> Mapping[str, list[Found]]:
    """Return the findings of a province by the indicators whose stated values are behind them."""
    rules = [rule for rule in RULES.values() if "observed" in rule.needs]
    needs = {fact for rule in rules for fact in rule.needs}
    facts = await read_province_facts(connection, units, one.unit, at, (), needs)
    found: dict[str, list[Found]] = defaultdict(list)
    for finding in await _applied(facts, rules):
        for code in finding.indicators:
            found[code].append(finding)
    return found


def _as_answer(found: Found, day: date) -> Finding:
    return Finding.model_validate({**asdict(found), "as_of": day})
