"""Carrying a request out again, where that is safe and may help.

The transaction of a request, and the connections it is lent, belong to one attempt: they are given
back before the next. Nothing is sent before an attempt has succeeded.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from fastapi import Request
from starlette.types import Scope

from app.core.errors import (
    DatabaseLostError,
    NotRecordedYetError,
    OutcomeUnknownError,
    UnitsChangedError,
)
from app.http.admission import work_of
from app.http.service import service_of
from app.ledger.idempotency import HEADER as IDEMPOTENCY_KEY
from app.units.tables import read_units

# Where the framework looks for what ends with the answer being made, and being sent.
_FUNCTION_STACK = "fastapi_function_astack"
_REQUEST_STACK = "fastapi_inner_astack"
_Result = TypeVar("_Result")
# A connection that broke is replaced at once; a server that takes over needs a moment.
_PAUSES = (0.0, 0.2, 1.0)


async def with_retries(request: Request, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
    """Make an attempt, and others where the database failed and nothing can be done twice."""
    for pause in _PAUSES:
        try:
            return await attempt()
        except NotRecordedYetError:
            if not _goes_on_at_primary(request):
                raise
        except UnitsChangedError:
            # A standby may be at another edition than the primary, of which the units are read.
            request.state.at_primary = True
            await _read_units_again(request)
        except (DatabaseLostError, OutcomeUnknownError) as error:
            if not _may_repeat(request, error):
                raise
            request.state.at_primary = True
            with work_of(request).waiting():
                await asyncio.sleep(pause)
    return await attempt()


@asynccontextmanager
async def resources_of_its_own(scope: Scope) -> AsyncIterator[None]:
    """Let what an attempt holds end with it, or with the request if it succeeds."""
    outer: AsyncExitStack = scope[_REQUEST_STACK]
    async with AsyncExitStack() as kept:
        scope[_REQUEST_STACK] = kept
        try:
            async with AsyncExitStack() as scope[_FUNCTION_STACK]:
                yield
        finally:
            scope[_REQUEST_STACK] = outer
        outer.push_async_exit(kept.pop_all())


async def _read_units_again(request: Request) -> None:
    """Go on with the units that ``icr migrate`` loaded while this process served."""
    service = service_of(request)
    async with service.database.read() as connection:
        service.units = await read_units(connection)


def _goes_on_at_primary(request: Request) -> bool:
    """Turn to the primary for what a standby does not have yet; return whether that is new."""
    if service_of(request).database.standby is None or getattr(request.state, "at_primary", False):
        return False
    request.state.at_primary = True
    return True


def _may_repeat(request: Request, error: Exception) -> bool:
    """Return whether a retry cannot do it twice: the record of the key would be found."""
    return not isinstance(error, OutcomeUnknownError) or IDEMPOTENCY_KEY in request.headers
