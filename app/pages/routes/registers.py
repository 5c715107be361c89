"""The pages of organizations and of sources: what they are, and what leads to them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.errors import MergedError
from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.entry.schemas import DocumentStatementPage
from app.entry.statement_lists import AllStatementsQuery, list_all_statements
from app.entry.statement_queries import list_citations, list_with_effects
from app.http.reading import Reading
from app.ledger.snapshots import Snapshot
from app.ledger.sources import get_organization, get_source
from app.ledger.statements import written_dates
from app.pages.pages import Figures, File, files_of, page_router, shown
from app.pages.sayings import in_words, path_of
from app.pages.speech import Speech, speech_of
from app.pages.views import Key, View, looks_at
from app.subjects.query_parameters import StatementsQuery
from app.subjects.roles import Role, list_roles

router = page_router()
AView = Annotated[Reading[View], looks_at()]
_MOST = 100


@router.get("/organizations/{organization_id}")
async def show_organization(organization_id: Key, read: AView) -> HTMLResponse:
    """Show an organization with its roles; one that was merged says into which."""

    async def figures(snapshot: Snapshot) -> Figures:
        revision, merged = snapshot.at.revision, None
        try:
            found = await get_organization(read.connection, organization_id, revision)
        except MergedError as error:
            merged = organization_id
            found = await get_organization(read.connection, error.into, revision)
        roles = await list_roles(read.connection, found.id, None, revision)
        shown_roles = [(role, path_of(role.subject_type, role.subject_id)) for role in roles]
        return {
            "organization": found,
            "roles": shown_roles,
            "merged": merged,
            "written": await _written(read.connection, roles, revision),
        }

    at = f"revision={read.at.revision}"
    path = f"/v1/organizations/{organization_id}"
    files = [File("JSON", f"{path}?{at}", "entry"), File("JSON", f"{path}/roles?{at}", "roles")]
    return await shown(read, "organization.html", figures, files=files)


async def _written(
    connection: Executor, roles: Sequence[Role], revision: int
) -> Mapping[tuple[str, date], str]:
    """Return the imprecise dates of what an organization has roles in."""
    found: dict[tuple[str, date], str] = {}
    for what in SubjectType:
        keys = {role.subject_id for role in roles if role.subject_type == what}
        found |= await written_dates(connection, what, keys, revision)
    return found


@router.get("/sources/{source_id}")
async def show_source(source_id: Key, read: AView) -> HTMLResponse:
    """Show a document: what it says, what is said of it, and what cites it."""
    speech = speech_of(read.request)

    async def figures(snapshot: Snapshot) -> Figures:
        found = await get_source(read.connection, source_id, snapshot.at.revision)
        return {"source": found, **await _statements(read, source_id, snapshot, speech)}

    at, path = f"revision={read.at.revision}", f"/v1/sources/{source_id}"
    files = [
        File("JSON", f"{path}?{at}", "entry"),
        *files_of(
            "/v1/statements",
            {"source_id": source_id, "revision": read.at.revision},
            "statements",
        ),
        File("JSON", f"{path}/citations?{at}", "citations"),
    ]
    return await shown(read, "source.html", figures, files=files)


async def _statements(
    read: Reading[View], source_id: str, snapshot: Snapshot, speech: Speech
) -> Figures:
    """Return what a document says, what is said of it, and what cites it."""
    connection, query = read.connection, StatementsQuery(limit=_MOST)
    everything = AllStatementsQuery(source_id=[source_id], limit=_MOST)
    says = await list_all_statements(connection, everything, snapshot, snapshot.at.day)
    document = (SubjectType.source, source_id)
    about = await list_with_effects(connection, DocumentStatementPage, document, query, snapshot)
    cited = await list_citations(connection, source_id, query, snapshot.at)
    return {
        "says": await in_words(connection, says.items, snapshot, speech),
        "has_more": says.next_cursor is not None,
        "about": await in_words(connection, about.items, snapshot, speech),
        "cited": await in_words(connection, cited.items, snapshot, speech),
    }
