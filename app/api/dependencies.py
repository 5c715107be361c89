"""What routes are given: a connection, the units, a writer."""

import unicodedata
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request

from app.database import Database
from app.domain.units import Units
from app.errors import BadParameterError
from app.repositories.snapshots import Executor
from app.services.ledger import Writer

_MOST_AUTHOR = 200
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
    async with database.read() as connection:
        yield connection


async def reading_at_length(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to read many rows with."""
    database: Database = request.app.state.database
    async with database.read(at_length=True) as connection:
        yield connection


async def reading_lists(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to list with; what no index serves looks at many rows."""
    database: Database = request.app.state.database
    at_length = not _UNINDEXED.isdisjoint(request.query_params)
    async with database.read(at_length=at_length) as connection:
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


async def writing(
    request: Request,
    units: Annotated[Units, Depends(units_of)],
    author: Annotated[
        str | None,
        Header(alias="X-Author", description="Who writes, as the history will show it (UTF-8)."),
    ] = None,
) -> Writer:
    """Return what a write needs; the author is kept in the revision."""
    return Writer(request.app.state.database, units, _read_author(author))


def _read_author(header: str | None) -> str:
    """Header bytes come as Latin-1; names are sent as UTF-8."""
    if header is None or not header.strip():
        return "anonymous"
    try:
        name = unicodedata.normalize("NFC", header.encode("latin-1").decode("utf-8").strip())
    except UnicodeError as error:
        raise BadParameterError.of("X-Author", "Send the name as UTF-8.") from error
    if len(name) > _MOST_AUTHOR or not name.isprintable():
        detail = f"A name has at most {_MOST_AUTHOR} printable characters."
        raise BadParameterError.of("X-Author", detail)
    return name


# The connection goes back before the response is sent, so a slow client does not hold it.
Reading = Annotated[Executor, Depends(reading, scope="function")]
ReadingAtLength = Annotated[Executor, Depends(reading_at_length, scope="function")]
ReadingLists = Annotated[Executor, Depends(reading_lists, scope="function")]
TheDatabase = Annotated[Database, Depends(database_of)]
TheUnits = Annotated[Units, Depends(units_of)]
Writing = Annotated[Writer, Depends(writing)]
