"""Changes: what was recorded, newest first, and each revision; a script follows those to come."""

from typing import Annotated

from fastapi import Header, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from app.core.query_parameters import KnownPageQuery, PageQuery, RevisionNumber
from app.entry.change_names import names_in_entries
from app.entry.changes import get_revision, list_changes, list_entries
from app.entry.erased import erased_by
from app.http.change_streams import EVENTS_AT_ONCE, EventStream, TheFeed, follow
from app.http.reading import Reading
from app.ledger.schemas import ChangesQuery
from app.ledger.snapshots import Snapshot
from app.pages.names import names_in_changes
from app.pages.pages import SHEETS, Figures, File, files_of, page_router, shown
from app.pages.sayings import in_words
from app.pages.speech import speech_of
from app.pages.views import View, looks_at

router = page_router()
_MOST = 20


class FollowQuery(BaseModel):
    """After which revision to follow."""

    after: RevisionNumber = 0


class ChangesView(View):
    """Which changes to show: the latest, or those before a revision."""

    before: RevisionNumber | None = None


class RevisionView(View, PageQuery):
    """A page of what a revision did."""


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

    files = [
        File("JSON", f"/v1/changes?after={first}&limit={_MOST}"),
        *files_of("/v1/changes", {"after": first, "revision": last}, formats=SHEETS),
    ]
    context = {"earlier": first + 1 if first else None, "is_live": read.query.before is None}
    return await shown(read, "changes.html", figures, files=files, context=context)


@router.get("/changes/stream", response_class=EventStream)
async def follow_changes(
    request: Request,
    feed: TheFeed,
    query: Annotated[FollowQuery, Query()],
    last_event_id: Annotated[RevisionNumber | None, Header(alias="Last-Event-ID")] = None,
) -> EventStream:
    """Send the changes to come, also to people signed in to a register that is closed.

    A browser that lost the stream names the last event that came, which takes precedence.
    """
    after, named = query.after, "after"
    if last_event_id is not None:
        after, named = last_event_id, "Last-Event-ID"
    return await follow(request, feed, ChangesQuery(after=after, limit=EVENTS_AT_ONCE), named)


@router.get("/revisions/{number}")
async def show_revision(
    number: Annotated[int, Path(ge=1, le=2**53)],
    read: Annotated[Reading[RevisionView], looks_at(RevisionView)],
) -> HTMLResponse:
    """Show who recorded a revision, when and why, and what it did."""
    connection, query = read.connection, read.query
    speech = speech_of(read.request)

    async def figures(snapshot: Snapshot) -> Figures:
        wanted = KnownPageQuery(limit=query.limit, cursor=query.cursor)
        page = await list_entries(connection, number, wanted, snapshot.at.revision)
        statements = [entry.statement for entry in page.items if entry.statement]
        said = await in_words(connection, statements, snapshot, speech)
        return {
            "one": await get_revision(connection, number),
            "entries": page.items,
            "texts": (await erased_by(connection, [number])).get(number, []),
            "next_cursor": page.next_cursor,
            "names": await names_in_entries(connection, page.items, snapshot),
            "said": {one.statement.id: one for one in said},
        }

    path = f"/v1/revisions/{number}"
    files = [
        File("JSON", path, "entry"),
        File("JSON", f"{path}/entries", "entries"),
        *files_of("/v1/changes", {"after": number - 1, "revision": number}, "entries", SHEETS),
    ]
    return await shown(read, "revision.html", figures, files=files)
