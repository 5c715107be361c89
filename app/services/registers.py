"""Registering sources and organizations."""

from sqlalchemy import Table

from app.errors import BadBodyError, ConflictError, Fault
from app.models import Organization as OrganizationRow
from app.models import Source as SourceRow
from app.repositories.registers import find_row, get_organization, get_source, missing_ids
from app.repositories.tables import ORGANIZATIONS, SOURCES
from app.schemas.sources import (
    Organization,
    OrganizationRegistration,
    Source,
    SourceRegistration,
)
from app.services.ledger import Draft, Writer, append, revision


async def register_source(writer: Writer, body: SourceRegistration) -> Source:
    """Register a document; its id must be new."""
    async with revision(writer, None) as draft:
        await _refuse_taken(draft, SOURCES, "source", body.id)
        issuers = set() if body.issuer_id is None else {body.issuer_id}
        if await missing_ids(draft.session, ORGANIZATIONS, issuers):
            detail = f"No organization {body.issuer_id!r} is registered; register it first."
            raise BadBodyError.of("#/issuer_id", detail)
        draft.entries.append(SourceRow(revision=draft.number, **body.model_dump(mode="json")))
        await append(draft)
        return await get_source(draft.session, body.id, draft.number)


async def register_organization(writer: Writer, body: OrganizationRegistration) -> Organization:
    """Register an organization; its id must be new."""
    async with revision(writer, None) as draft:
        await _refuse_taken(draft, ORGANIZATIONS, "organization", body.id)
        row = OrganizationRow(revision=draft.number, **body.model_dump(mode="json"))
        draft.entries.append(row)
        await append(draft)
        return await get_organization(draft.session, body.id, draft.number)


async def _refuse_taken(draft: Draft, table: Table, what: str, key: str) -> None:
    if await find_row(draft.session, table, key) is not None:
        detail = f"The {what} {key!r} is registered already; register under another id."
        raise ConflictError(detail, errors=[Fault(detail, pointer="#/id")])
