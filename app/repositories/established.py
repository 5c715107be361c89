"""Reading the established clusters of a province, with the decisions behind them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from app.domain.established import ESTABLISHED, Heard, acts
from app.domain.vocabulary import SiteKind, SourceKind, SubjectType
from app.repositories.histories import SITE_HISTORY, Values, read_dicts
from app.repositories.snapshots import At, Executor
from app.repositories.statements import live_of_many, said
from app.repositories.tables import SITE_VERSIONS, SOURCES

_V = SITE_VERSIONS.c
_TAKEN = (
    "name",
    "detailed_plan_area_ha",
    "industrial_land_ha",
    "leased_ha",
    "occupancy_pct",
)


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
    heard = await _heard(connection, [state["id"] for state in states], at)
    return [
        {
            "number": number,
            **{name: state[name] for name in _TAKEN},
            **acts(state, heard[state["id"]], at.day),
            "note": state["stage"],
        }
        for number, state in enumerate(states, start=1)
    ]


async def _heard(
    connection: Executor, site_ids: Collection[str], at: At
) -> Mapping[str, list[Heard]]:
    rows = await live_of_many(connection, SubjectType.site, site_ids, at.revision)
    numbers = await _decisions(connection, rows)
    heard: dict[str, list[Heard]] = defaultdict(list)
    for row in rows:
        named = [row.source_id, *(row.cites or ())]
        decision = next((numbers[key] for key in named if key in numbers), None)
        heard[row.subject_id].append(Heard(said(row), decision))
    return heard


async def _decisions(connection: Executor, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """Return the decisions among the sources that statements name: numbers, or else titles."""
    named = {key for row in rows for key in (row.source_id, *(row.cites or ()))}
    if not named:
        return {}
    columns = SOURCES.c
    query = select(columns.id, func.coalesce(columns.number, columns.title).label("named")).where(
        columns.id.in_(named),
        columns.kind == SourceKind.decision.value,
    )
    return {row.id: row.named for row in (await connection.execute(query)).all()}
