"""The change feed: what each revision did, in pages and as a stream of events."""

import math
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from app.api.access import admit
from app.api.asked import link_to
from app.api.dependencies import ReadingAtLength
from app.api.limits import network_of
from app.api.metrics import Metrics
from app.api.problems import RESPONSES, documented
from app.api.routes import StrictRoute
from app.api.tokens import read_token
from app.domain.principals import Access
from app.errors import ForbiddenError, UnauthenticatedError, UnavailableError
from app.repositories.changes import check_feed, list_changes
from app.repositories.snapshots import latest_revision
from app.schemas.changes import ChangePage
from app.schemas.queries import ChangesQuery, FeedQuery, RevisionNumber
from app.services.feed import Feed

router = APIRouter(
    prefix="/v1/changes", tags=["revisions"], route_class=StrictRoute, responses=RESPONSES
)
_PAGE = 100
_RETRY_MILLISECONDS = 2000

HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it is still there."""

LIFETIME = 300.0
"""Seconds after which a stream ends where reading is not public.

Its key is looked at again before anything is sent; a stream without news must not last either.
"""

_STREAM = {
    "description": "Events until the client goes away; a comment when nothing happens for "
    f"{HEARTBEAT:.0f} seconds. The id of an event is the number of its revision, its data the "
    "Change as JSON on one line.",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string", "title": "ChangeEvents"},
        }
    },
}


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("", summary="List changes")
async def list_changes_after(
    connection: ReadingAtLength,
    query: Annotated[ChangesQuery, Query()],
    request: Request,
    response: Response,
) -> ChangePage:
    """List what the revisions after a given one did, oldest first: the way to follow the register.

    Revisions are numbered in the order of their commits, so none is skipped or met twice while
    others write. Go on with ``after=next_after``; where nothing is new, the page is empty and the
    same question later brings what came meanwhile. With a filter, whole revisions are left out.
    """
    latest = await latest_revision(connection)
    check_feed(query, latest)
    page = await list_changes(connection, query, latest)
    if page.next_after < latest:
        link_to(request, response, "after", str(page.next_after))
    return page


async def streaming(request: Request) -> AsyncIterator[Feed]:
    """Hold a place for a stream until its last byte is sent or its client has gone."""
    feed: Feed = request.app.state.feed
    metrics: Metrics = request.app.state.metrics
    async with feed.stream(network_of(request.scope)):
        with metrics.streams.track_inprogress():
            yield feed


@router.get(
    "/stream",
    summary="Follow changes",
    response_class=EventStream,
    responses={
        200: _STREAM,
        503: documented(
            "Too many streams are open, or too many of one address.",
            Retry_After="In how many seconds to send it again.",
        ),
    },
)
async def stream_changes(
    request: Request,
    feed: Annotated[Feed, Depends(streaming)],
    query: Annotated[FeedQuery, Query()],
    last_event_id: Annotated[
        RevisionNumber | None,
        Header(
            alias="Last-Event-ID",
            description="The id of the last event that came; it takes precedence over after, "
            "so that a browser resumes by itself.",
        ),
    ] = None,
) -> EventStream:
    """Send the same changes as server-sent events, those to come as they are recorded.

    The stream begins after the revision named by ``Last-Event-ID`` or ``after``. Where reading is
    not public it ends when the key that opened it is no longer valid, and after five minutes.
    """
    asked = ChangesQuery(**query.model_dump(), limit=_PAGE)
    if last_event_id is not None:
        asked.after = last_event_id
    named = "after" if last_event_id is None else "Last-Event-ID"
    since = max(asked.after, read_token(request))
    check_feed(asked, await feed.look(since), named)
    # Caches and proxies are to pass on each event as it comes.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(request, feed, asked), headers=headers)


async def _events(request: Request, feed: Feed, query: ChangesQuery) -> AsyncIterator[bytes]:
    """Give the events page by page; the next page is read when the client has taken the last."""
    end = monotonic() + (math.inf if request.app.state.public_reading else LIFETIME)
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
    """Tell whether the client may still read: its key may have been revoked, or have expired."""
    try:
        await admit(request, Access.reading)
    except (UnauthenticatedError, ForbiddenError, UnavailableError):
        return False
    return True
