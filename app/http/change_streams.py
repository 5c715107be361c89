"""Streams of changes: server-sent events, for the API and for the page that follows them."""

import math
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from app.access.principals import Access
from app.core.errors import ForbiddenError, UnauthenticatedError, UnavailableError
from app.entry.changes import check_feed
from app.entry.feed import Feed
from app.http.access import admit
from app.http.rate_limit import network_of
from app.http.reading import read_token
from app.http.service import service_of
from app.ledger.schemas import ChangesQuery

EVENTS_AT_ONCE = 100
_RETRY_MILLISECONDS = 2000
HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it is still there."""
LIFETIME = 300.0
"""Seconds after which a stream ends where reading is not public.

Its key is checked again before anything is sent; a stream without news must not last either.
"""


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


async def streaming(request: Request) -> AsyncIterator[Feed]:
    """Hold a place for a stream until its last byte is sent or its client has gone."""
    service = service_of(request)
    async with service.feed.stream(network_of(request.scope)):
        with service.metrics.streams.track_inprogress():
            yield service.feed


TheFeed = Annotated[Feed, Depends(streaming)]


async def follow(
    request: Request, feed: Feed, query: ChangesQuery, named: str = "after"
) -> EventStream:
    """Return the changes after a revision as a stream; ``named`` is the parameter that gave it."""
    since = max(query.after, read_token(request))
    check_feed(query, await feed.look(since), named)
    # Caches and proxies are to pass on each event as it comes.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(request, feed, query), headers=headers)


async def _events(request: Request, feed: Feed, query: ChangesQuery) -> AsyncIterator[bytes]:
    """Give the events page by page; the next page is read when the client has taken the last."""
    is_public = service_of(request).settings.public_reading
    end = monotonic() + (math.inf if is_public else LIFETIME)
    yield format_sse_event(retry=_RETRY_MILLISECONDS)
    while not feed.is_closed and (left := end - monotonic()) > 0:
        page = await feed.page(query)
        if page.items and not await _may_read_on(request):
            return
        for change in page.items:
            yield format_sse_event(data_str=change.model_dump_json(), id=str(change.number))
        query = query.model_copy(update={"after": page.next_after})
        seconds = min(HEARTBEAT, left)
        if not await feed.wait(query.after, seconds) and not feed.is_closed:
            yield format_sse_event(comment="nothing new")


async def _may_read_on(request: Request) -> bool:
    """Return whether the client may still read: its key may have been revoked, or have expired."""
    try:
        await admit(request, Access.reading)
    except (UnauthenticatedError, ForbiddenError, UnavailableError):
        return False
    return True
