"""Provenance: the statement that decides each attribute of a site or project."""

from collections.abc import Iterator, Mapping

from app.database.connections import Executor
from app.ledger.snapshots import At
from app.ledger.statements import live_statements
from app.ledger.tables import Statement
from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.definitions import DEFINITIONS
from app.subjects.fold import Assertion, deciding
from app.subjects.histories import History, get_state
from app.subjects.projection import assertion_of
from app.subjects.schemas import Provenance, ProvenanceList
from app.units.units import Units


async def get_provenance(
    connection: Executor, history: History, key: str, at: At, units: Units
) -> ProvenanceList:
    """Return the deciding statement of each attribute that a subject shows on a day."""
    state = await get_state(connection, history, key, at)
    rows = await live_statements(connection, (history.type, key), at.revision)
    row_of = {(row.revision, row.position): row for row in rows}
    rules = DEFINITIONS[history.type].attributes.rules
    decided = deciding(map(assertion_of, rows), at.day, rules)
    found = {name: by for name, by in decided.items() if name not in UNIT_LEVELS}
    found |= dict(_places(decided, state, at, units))
    items = [
        _provenance(name, row_of[by.revision, by.position])
        for name, by in sorted(found.items())
        if state.get(name) is not None
    ]
    return ProvenanceList(items=items, next_cursor=None, as_of=at.day, revision=at.revision)


def _places(
    decided: Mapping[str, Assertion], state: Mapping[str, object], at: At, units: Units
) -> Iterator[tuple[str, Assertion]]:
    """Yield for each code of the place the weightiest statement whose unit implies it."""
    named = [(name, decided[name]) for name in reversed(UNIT_LEVELS) if name in decided]
    stated = sorted(named, key=lambda pair: pair[1].rank, reverse=True)
    for name, level in UNIT_LEVELS.items():
        for by_name, by in stated:
            code = text_of(by.values, by_name)
            unit = units.at(UNIT_LEVELS[by_name], code, by.effective_day) if code else None
            if unit and units.codes_on(unit, at.day).get(level) == state[name]:
                yield name, by
                break


def _provenance(attribute: str, row: Statement) -> Provenance:
    return Provenance(
        attribute=attribute,
        statement_id=row.id,
        source_id=row.source_id,
        effective_from=row.effective_from,
        revision=row.revision,
    )
