"""The audit log, for auditors and administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.asked import link_next
from app.api.dependencies import Reading
from app.api.problems import RESPONSES
from app.api.routes import AuditRoute
from app.repositories import audit
from app.schemas.audit import AuditPage, AuditQuery

router = APIRouter(prefix="/v1/audit", tags=["access"], route_class=AuditRoute, responses=RESPONSES)


@router.get("", summary="List the audit log")
async def list_audit(
    connection: Reading, query: Annotated[AuditQuery, Query()], request: Request, response: Response
) -> AuditPage:
    """List administrative actions and refused requests, newest first.

    Refusals alike within a few seconds are one entry with a count, and are there after those.
    """
    page = await audit.list_entries(connection, query)
    link_next(request, response, page.next_cursor)
    return page
