"""Sources, organizations, revisions, and the change feed in pages and as a stream of events."""

from typing import Annotated

from fastapi import Header, Path, Query, Request, Response
from pydantic import BeforeValidator

from app.core.numbers import whole_number_from_text
from app.core.query_parameters import (
    KnownPageQuery,
    KnownQuery,
    RevisionNumber,
    TimeQuery,
)
from app.core.vocabulary import ChangeSubjectType
from app.entry import changes, writes
from app.entry.change_schemas import ChangeEntryPage, ChangePage
from app.entry.changes import check_feed, list_changes
from app.entry.schemas import Merged, Withdrawal
from app.http.change_streams import EVENTS_AT_ONCE, HEARTBEAT, EventStream, TheFeed, follow
from app.http.reading import NoQuery, Reading, reads
from app.http.responses import (
    MERGED,
    PATCHED,
    READ_STATE,
    WITHDRAWN,
    created,
    created_if_match,
    documented,
)
from app.http.strict_routes import strict_router
from app.http.writing import AS_MERGE_PATCH, Writing, WritingIfMatch
from app.ledger import sources
from app.ledger.schemas import (
    ChangesQuery,
    CorrectionQuery,
    EntryWithdrawal,
    Organization,
    OrganizationMerge,
    OrganizationPage,
    OrganizationPatch,
    OrganizationRegistration,
    OrganizationsQuery,
    Revision,
    RevisionPage,
    Source,
    SourcePage,
    SourcePatch,
    SourceRegistration,
    SourcesQuery,
    StreamQuery,
)
from app.subjects import roles
from app.subjects.roles import RoleList

changes_router = strict_router("/changes", "revisions")
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


@changes_router.get("", summary="List changes")
async def list_changes_after(
    read: Annotated[Reading[ChangesQuery], reads(ChangesQuery, at_length=True)],
) -> ChangePage:
    """List what the revisions after a given one did, oldest first: the way to follow the register.

    Revisions are numbered in the order of their commits, so none is skipped or met twice while
    others write. Go on with ``after=next_after``; where nothing is new, the page is empty and the
    same question later brings what came meanwhile. With a filter, whole revisions are left out.
    """
    latest = read.at.revision
    check_feed(read.query, latest)
    page = await list_changes(read.connection, read.query, latest)
    if page.next_after < latest:
        read.link("after", str(page.next_after))
    return page


@changes_router.get(
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
    feed: TheFeed,
    query: Annotated[StreamQuery, Query()],
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
    named = "Last-Event-ID"
    if last_event_id is None:
        last_event_id, named = query.last_event_id, "lastEventId"
    if last_event_id is None:
        last_event_id, named = query.after, "after"
    filters = query.model_dump(include={"subject_type", "subject_id"})
    changes_query = ChangesQuery(after=last_event_id, **filters, limit=EVENTS_AT_ONCE)
    return await follow(request, feed, changes_query, named)


sources_router = strict_router("/sources", "sources")
organizations_router = strict_router("/organizations", "organizations")
revisions_router = strict_router("/revisions", "revisions")
Key = Annotated[str, Path(description="Readable id.", max_length=100)]
Number = Annotated[
    int,
    Path(
        description="Number of a revision.",
        ge=1,
        le=2**53,
        json_schema_extra={"format": "int64"},
    ),
    BeforeValidator(whole_number_from_text),
]


@sources_router.get("", summary="List sources")
async def list_sources(
    read: Annotated[Reading[SourcesQuery], reads(SourcesQuery)],
) -> SourcePage:
    """List the documents that say something, by id."""
    return read.linked(await sources.list_sources(read.connection, read.query, read.at.revision))


@sources_router.post("", status_code=201, summary="Register a source", responses=created(Source))
async def register_source(writer: Writing, body: SourceRegistration, response: Response) -> Source:
    """Register a document, so that statements can name it."""
    source = await writes.register_source(writer, body)
    response.headers["Location"] = f"/v1/sources/{source.id}"
    return source


@sources_router.get("/{source_id}", summary="Read a source", responses=READ_STATE)
async def get_source(
    source_id: Key, read: Annotated[Reading[KnownQuery], reads(KnownQuery)]
) -> Source:
    """Read one document's entry."""
    source = await sources.get_source(read.connection, source_id, read.at.revision)
    read.shows_state(source.changed_in)
    return source


@sources_router.patch(
    "/{source_id}",
    summary="Correct a source",
    responses=PATCHED,
)
async def correct_source(
    writer: WritingIfMatch,
    source_id: Key,
    body: Annotated[SourcePatch, AS_MERGE_PATCH],
    query: Annotated[CorrectionQuery, Query()],
) -> Source:
    """Correct the members given (RFC 7396) of a document's entry: null clears, absent stays.

    As known before, it reads as before.
    """
    return await writes.correct_source(writer, source_id, body, query)


@sources_router.post(
    "/{source_id}/withdrawal",
    status_code=201,
    summary="Withdraw a source",
    responses=created_if_match(Withdrawal),
)
async def withdraw_source(
    writer: WritingIfMatch, source_id: Key, body: EntryWithdrawal, response: Response
) -> Withdrawal:
    """Take a document that nothing refers to out of the register; it keeps its id."""
    answer = await writes.withdraw_entry(writer, ChangeSubjectType.source, source_id, body)
    response.headers["Location"] = f"/v1/revisions/{answer.revision}"
    return answer


@organizations_router.get("", summary="List organizations")
async def list_organizations(
    read: Annotated[Reading[OrganizationsQuery], reads(OrganizationsQuery)],
) -> OrganizationPage:
    """List the organizations that statements can name, by id."""
    return read.linked(
        await sources.list_organizations(read.connection, read.query, read.at.revision)
    )


@organizations_router.post(
    "",
    status_code=201,
    summary="Register an organization",
    responses=created(Organization),
)
async def register_organization(
    writer: Writing, body: OrganizationRegistration, response: Response
) -> Organization:
    """Register an investor, a managing body or another organization."""
    organization = await writes.register_organization(writer, body)
    response.headers["Location"] = f"/v1/organizations/{organization.id}"
    return organization


@organizations_router.get(
    "/{organization_id}", summary="Read an organization", responses={**READ_STATE, **MERGED}
)
async def get_organization(
    organization_id: Key, read: Annotated[Reading[KnownQuery], reads(KnownQuery)]
) -> Organization:
    """Read one organization's entry; one that was merged leads to the one that was kept."""
    found = await sources.get_organization(read.connection, organization_id, read.at.revision)
    read.shows_state(found.changed_in)
    return found


@organizations_router.patch(
    "/{organization_id}",
    summary="Correct an organization",
    responses=PATCHED,
)
async def correct_organization(
    writer: WritingIfMatch,
    organization_id: Key,
    body: Annotated[OrganizationPatch, AS_MERGE_PATCH],
    query: Annotated[CorrectionQuery, Query()],
) -> Organization:
    """Correct the members given (RFC 7396) of an organization's entry: null clears, absent stays.

    As known before, it reads as before.
    """
    return await writes.correct_organization(writer, organization_id, body, query)


@organizations_router.post(
    "/{organization_id}/merge",
    status_code=201,
    summary="Merge an organization into another",
    responses=created_if_match(Merged),
)
async def merge_organization(
    writer: WritingIfMatch, organization_id: Key, body: OrganizationMerge, response: Response
) -> Merged:
    """Let an organization that was registered twice count as the one that is kept.

    What was said of the one counts for the other from this revision on, and its address leads
    there; statements stay as they are. As known before, nothing of it is so.
    """
    answer = await writes.merge_organization(writer, organization_id, body)
    response.headers["Location"] = f"/v1/revisions/{answer.revision}"
    return answer


@organizations_router.post(
    "/{organization_id}/withdrawal",
    status_code=201,
    summary="Withdraw an organization",
    responses=created_if_match(Withdrawal),
)
async def withdraw_organization(
    writer: WritingIfMatch, organization_id: Key, body: EntryWithdrawal, response: Response
) -> Withdrawal:
    """Take an organization that nothing refers to out of the register; it keeps its id."""
    what = ChangeSubjectType.organization
    answer = await writes.withdraw_entry(writer, what, organization_id, body)
    response.headers["Location"] = f"/v1/revisions/{answer.revision}"
    return answer


@organizations_router.get(
    "/{organization_id}/roles",
    summary="List what an organization does",
    responses={**WITHDRAWN, **MERGED},
)
async def list_roles(
    organization_id: Key, read: Annotated[Reading[TimeQuery], reads(TimeQuery)]
) -> RoleList:
    """List the sites, projects and documents an organization has a hand in, and from when on.

    With ``as_of``, only what holds on that date; otherwise the whole history.
    """
    revision = read.at.revision
    await sources.get_organization(read.connection, organization_id, revision)
    items = await roles.list_roles(read.connection, organization_id, read.day, revision)
    return RoleList(items=items, next_cursor=None, revision=revision)


@revisions_router.get("", summary="List revisions")
async def list_revisions(
    read: Annotated[Reading[KnownPageQuery], reads(KnownPageQuery)],
) -> RevisionPage:
    """List the committed writes, newest first."""
    return read.linked(await changes.list_revisions(read.connection, read.query, read.at.revision))


@revisions_router.get("/{number}", summary="Read a revision")
async def get_revision(number: Number, read: Annotated[Reading[NoQuery], reads()]) -> Revision:
    """Read when, by whom and why one write was made, and its digest."""
    return await changes.get_revision(read.connection, number)


@revisions_router.get("/{number}/entries", summary="List what a revision did")
async def list_revision_entries(
    number: Number, read: Annotated[Reading[KnownPageQuery], reads(KnownPageQuery)]
) -> ChangeEntryPage:
    """List everything that a revision did, with what it recorded, in the order of the feed."""
    return read.linked(
        await changes.list_entries(read.connection, number, read.query, read.at.revision)
    )
