"""Established clusters as the half-yearly report lists them, with the decision behind each area.

The report (Thông tư 14/2024/TT-BCT) wants the area and the decision of the establishment, of the
expansion and of the detailed plan. Both are taken from statements: the decision is the source, or a
source that it cites.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.core.vocabulary import LegalStatus, SiteKind, SourceKind, SubjectType
from app.database.connections import Executor
from app.ledger.entries import ENTRIES
from app.ledger.snapshots import At
from app.ledger.statements import live_of_many
from app.ledger.tables import SOURCES, Statement
from app.subjects.definitions import DEFINITIONS
from app.subjects.fold import Assertion, deciding
from app.subjects.histories import SITE_HISTORY, Values, read_dicts
from app.subjects.projection import assertion_of
from app.subjects.tables import SITE_VERSIONS

ESTABLISHED = (LegalStatus.established, LegalStatus.expanded)
_V = SITE_VERSIONS.c
_SHOWN = ("name", "detailed_plan_area_ha", "industrial_land_ha", "leased_ha", "occupancy_pct")


@dataclass(frozen=True, slots=True)
class Sourced:
    """A live assertion, and the number of the decision that makes it or that its source cites."""

    assertion: Assertion
    decision: str | None


def acts(state: Mapping[str, object], sourced: Sequence[Sourced], day: date) -> dict[str, object]:
    """Return the areas and decisions of an established cluster on a day.

    ``state`` has its attributes of that day. The area of the establishment is the whole area
    until an expansion, and since then that of the day before it.
    """
    effective = [s for s in sourced if s.assertion.effective_day <= day]
    area = state["area_ha"]
    expansions = [s for s in effective if _says(s, "legal_status", LegalStatus.expanded)]
    is_expanded = state["legal_status"] == LegalStatus.expanded
    first = min((s.assertion.effective_day for s in expansions), default=day)
    return {
        "established_area_ha": _area_before(effective, first) if is_expanded else area,
        "establishment_decision": _decision(effective, "legal_status", LegalStatus.established),
        "expanded_area_ha": area if is_expanded else None,
        "expansion_decision": _decision(expansions, "legal_status", LegalStatus.expanded)
        if is_expanded
        else None,
        "detailed_plan_decision": _decision(
            effective, "detailed_plan_area_ha", state["detailed_plan_area_ha"]
        ),
    }


def _area_before(sourced: Iterable[Sourced], day: date) -> object:
    rules = DEFINITIONS[SubjectType.site].attributes.rules
    decided = deciding((s.assertion for s in sourced), day - timedelta(days=1), rules)
    return decided["area_ha"].values["area_ha"] if "area_ha" in decided else None


def _decision(sourced: Iterable[Sourced], name: str, value: object) -> str | None:
    """Return the decision behind the latest statement of a value that has one.

    An article that repeats the value later is no new decision, so statements without one are
    ignored.
    """
    found = [s for s in sourced if value is not None and s.decision and _says(s, name, value)]
    return max(found, key=lambda s: s.assertion.rank).decision if found else None


def _says(sourced: Sourced, name: str, value: object) -> bool:
    asserted = sourced.assertion.values.get(name)
    if isinstance(asserted, Decimal) and isinstance(value, float | Decimal):
        return float(asserted) == float(value)
    return asserted == value


async def read_established(connection: Executor, codes: Sequence[str], at: At) -> list[Values]:
    """Return the rows of the table of established clusters of some provinces, by name."""
    query = (
        SITE_HISTORY.states.where(
            _V.kind == SiteKind.cluster.value,
            _V.province_code.in_(codes),
            _V.legal_status.in_(ESTABLISHED),
        )
    ).order_by(_V.name_sort, _V.site_id)
    states = await read_dicts(connection, query, at.parameters)
    sourced = await _read_sourced(connection, [state["id"] for state in states], at)
    return [
        {
            "number": number,
            **{name: state[name] for name in _SHOWN},
            **acts(state, sourced[state["id"]], at.day),
            "note": state["stage"],
        }
        for number, state in enumerate(states, start=1)
    ]


async def _read_sourced(
    connection: Executor, site_ids: Collection[str], at: At
) -> Mapping[str, list[Sourced]]:
    rows = await live_of_many(connection, SubjectType.site, site_ids, at.revision)
    numbers = await _decisions(connection, rows, at.revision)
    sourced: dict[str, list[Sourced]] = defaultdict(list)
    for row in rows:
        named = [row.source_id, *(row.cites or ())]
        decision = next((numbers[key] for key in named if key in numbers), None)
        sourced[row.subject_id].append(Sourced(assertion_of(row), decision))
    return sourced


async def _decisions(
    connection: Executor, rows: Sequence[Statement], revision: int
) -> dict[str, str]:
    """Return the decisions among the sources that statements name: numbers, or else titles."""
    named = {key for row in rows for key in (row.source_id, *(row.cites or ()))}
    if not named:
        return {}
    sources = ENTRIES["source"].where(SOURCES.c.id.in_(named))
    rows_of = (await connection.execute(sources, {"revision": revision})).all()
    return {row.id: row.number or row.title for row in rows_of if row.kind == SourceKind.decision}
