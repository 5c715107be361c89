"""Changes: what was recorded, newest first; a script follows those to come."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from app.core.query_parameters import RevisionNumber
from app.entry.changes import list_changes
from app.http.change_streams import EVENTS_AT_ONCE, EventStream, TheFeed, follow
from app.http.reading import Reading
from app.ledger.schemas import ChangesQuery
from app.ledger.snapshots import Snapshot
from app.pages.names import names_in_changes
from app.pages.pages import Figures, File, page_router, shown
from app.pages.views import View, looks_at

router = page_router()
_MOST = 20


class FollowQuery(BaseModel):
    """After which revision to follow."""

    after: RevisionNumber = 0


class ChangesView(View):
    """Which changes to show: the latest, or those before a revision."""

    before: RevisionNumber | None = None


@router.get("/changes")
async def show_changes(
    read: Annotated[Reading[ChangesView], looks_at(ChangesView)],
) -> HTMLResponse:
    """Show the latest changes, and the way to those before."""
    last = min(read.at.revision, (read.query.before or read.at.revision + 1) - 1)
    first = max(last - _MOST, 0)

    async def figures(snapshot: Snapshot) -> Figures:
        # Revisions are gapless: these are the ones after the first, and no more.
        query = ChangesQuery(after=first, limit=max(last - first, 1))
        page = await list_changes(read.connection, query, last)
        names = await names_in_changes(read.connection, page.items, snapshot)
        return {"changes": page.items[::-1], "names": names}

    files = [File("JSON", f"/v1/changes?after={first}&limit={_MOST}")]
    context = {"earlier": first + 1 if first else None, "is_live": read.query.before is None}
    return await shown(read, "changes.html", figures, files=files, context=context)


@router.get("/changes/stream", response_class=EventStream)
async def follow_changes(
    request: Request, feed: TheFeed, query: Annotated[FollowQuery, Query()]
) -> EventStream:
    """Send the changes to come, also to who is signed in to a register that is closed."""
    return await follow(request, feed, ChangesQuery(after=query.after, limit=EVENTS_AT_ONCE))
