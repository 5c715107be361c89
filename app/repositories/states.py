"""Reading states of sites and projects with their places told by the units that are asked for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from app.domain.vocabulary import Boundaries
from app.repositories.filters import Asked, retell
from app.repositories.histories import History, Values, count_states, get_state, list_states
from app.repositories.snapshots import Executor
from app.schemas.history_queries import HistoryQuery


async def read_state(
    connection: Executor, history: History, key: str, asked: Asked, boundaries: Boundaries
) -> Values:
    """Return the state of one subject and what it is about; problems say why there is none."""
    values = await get_state(connection, history, key, asked.at)
    return {**_told(values, asked, boundaries), **_about(asked)}


async def read_page(
    connection: Executor,
    history: History,
    query: HistoryQuery,
    asked: Asked,
    where: Sequence[ColumnElement[bool]],
) -> dict[str, Any]:
    """Return the members of a page of states."""
    page, cursor = await list_states(connection, history, query, asked.at, where)
    return {
        "items": [_told(values, asked, query.boundaries) for values in page],
        "next_cursor": cursor,
        "count": await count_states(connection, history, query, asked.at, where),
        **_about(asked),
    }


def _told(values: Values, asked: Asked, boundaries: Boundaries) -> Values:
    if boundaries is Boundaries.then:
        return values
    return retell(values, asked.at, asked.units, asked.today)


def _about(asked: Asked) -> dict[str, Any]:
    return {"as_of": asked.at.day, "revision": asked.at.revision}
