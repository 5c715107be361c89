"""The figures of all provinces at once."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.dependencies import ReadingAtLength, TheUnits
from app.api.problems import RESPONSES
from app.api.provinces import kinds_of
from app.api.routes import StrictRoute
from app.domain.units import Units
from app.repositories import rollups
from app.repositories.snapshots import Executor, resolve_revision, today
from app.schemas.queries import GroupKey, RollupsQuery
from app.schemas.rollups import GroupRollups

router = APIRouter(prefix="/v1", tags=["rollups"], route_class=StrictRoute, responses=RESPONSES)
_ALWAYS = {GroupKey.country, GroupKey.kind}
"""Keys that change nothing: the whole is what is left, and kinds are always kept apart."""


@router.get("/rollups", summary="Compute the figures of all provinces")
async def list_rollups(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsQuery, Query()]
) -> GroupRollups:
    """Compute the figures of all sites, grouped as asked; kinds are never added together.

    Grouped by province alone, each province of which anything is known has its whole rollup.
    """
    return await grouped(connection, units, query)


async def grouped(connection: Executor, units: Units, query: RollupsQuery) -> GroupRollups:
    """Return the figures that a query asks for."""
    day = query.as_of or today()
    revision = await resolve_revision(connection, query)
    scopes = rollups.all_scopes(day, today(), query.boundaries, units)
    kinds = kinds_of(query.kind)
    keys = [key for key in dict.fromkeys(query.group_by) if key not in _ALWAYS]
    if keys == [GroupKey.province_code]:
        items = await rollups.read_all_by_province(connection, scopes, kinds, revision, units)
    else:
        items = await rollups.read_grouped(connection, scopes, keys, kinds, revision)
    return GroupRollups(
        items=items,
        next_cursor=None,
        group_by=[key.value for key in query.group_by],
        as_of=day,
        boundaries=query.boundaries,
        revision=revision,
    )
