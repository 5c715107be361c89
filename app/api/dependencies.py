"""What routes are given to read with: a connection and the units."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from app.api.tokens import standby_since
from app.database import Database
from app.domain.units import Units
from app.repositories.snapshots import Executor

# Whether few or many rows must be looked at for these cannot be told, so they do not hold the loop.
_UNINDEXED = {
    "count",
    "q",
    "sort",
    "investor",
    "managing_body",
    "licence_status",
    "area_min",
    "area_max",
    "occupancy_min",
    "occupancy_max",
    "bbox",
}


async def reading(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to read with."""
    database: Database = request.app.state.database
    async with database.read(since=standby_since(request)) as connection:
        yield connection


async def reading_at_length(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to read many rows with."""
    database: Database = request.app.state.database
    async with database.read(at_length=True, since=standby_since(request)) as connection:
        yield connection


async def reading_lists(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to list with; what no index serves looks at many rows."""
    database: Database = request.app.state.database
    at_length = not _UNINDEXED.isdisjoint(request.query_params)
    async with database.read(at_length=at_length, since=standby_since(request)) as connection:
        yield connection


# Asynchronous although they wait for nothing: the framework runs plain functions in a thread.
async def units_of(request: Request) -> Units:
    """Return the administrative units."""
    units: Units = request.app.state.units
    return units


async def database_of(request: Request) -> Database:
    """Return the database, for answers that are read part by part while they are sent."""
    database: Database = request.app.state.database
    return database


# The connection goes back before the response is sent, so a slow client does not hold it.
Reading = Annotated[Executor, Depends(reading, scope="function")]
ReadingAtLength = Annotated[Executor, Depends(reading_at_length, scope="function")]
ReadingLists = Annotated[Executor, Depends(reading_lists, scope="function")]
TheDatabase = Annotated[Database, Depends(database_of)]
TheUnits = Annotated[Units, Depends(units_of)]
