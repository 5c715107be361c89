"""The audit log, for administrators and auditors."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from pydantic import model_validator

from app.access.audit import list_entries
from app.access.audit_events import AuditAction
from app.access.schemas import AuditQuery
from app.http.reading import TheConnection
from app.http.strict_routes import AuditRoute
from app.pages.addresses import KNOWN_AT
from app.pages.forms import form_router, own_page
from app.pages.views import as_forms_send_it

router = form_router(AuditRoute)


class AuditView(AuditQuery):
    """Which entries to show."""

    lang: Literal["vi", "en"] | None = None

    @model_validator(mode="before")
    @classmethod
    def read_form(cls, given: Any) -> Any:
        """Leave out fields that the form left empty."""
        return as_forms_send_it(given, KNOWN_AT)


@router.get("/audit")
async def show_audit(
    request: Request, connection: TheConnection, query: Annotated[AuditView, Query()]
) -> HTMLResponse:
    """Show administrative actions and refusals, newest first."""
    asked = AuditQuery(limit=query.limit, cursor=query.cursor, action=query.action)
    page = await list_entries(connection, asked)
    context = {
        "entries": page.items,
        "next_cursor": page.next_cursor,
        "actions": list(AuditAction),
        "chosen": query.action,
    }
    return own_page(request, "audit.html", context)
