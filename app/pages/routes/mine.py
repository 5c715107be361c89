"""What somebody recorded, for whoever that is."""

from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.query_parameters import RevisionNumber
from app.entry.changes import list_own_changes
from app.http.access import principal_of
from app.http.reading import Reading
from app.http.strict_routes import ProposalRoute
from app.ledger.snapshots import Snapshot
from app.pages.forms import form_router
from app.pages.names import names_in_changes
from app.pages.pages import Figures, shown
from app.pages.views import View, looks_at

router = form_router(ProposalRoute)
_MOST = 20


class MineView(View):
    """Which revisions to show: the latest, or those before one."""

    before: RevisionNumber | None = None


@router.get("/mine")
async def show_mine(read: Annotated[Reading[MineView], looks_at(MineView)]) -> HTMLResponse:
    """Show the revisions of whoever looks, and the way to those before."""
    who = principal_of(read.request)

    async def figures(snapshot: Snapshot) -> Figures:
        last = snapshot.at.revision + 1
        before = min(last, read.query.before or last)
        found = await list_own_changes(read.connection, who, before, _MOST)
        names = await names_in_changes(read.connection, found, snapshot)
        earlier = found[-1].number if found else None
        return {"changes": found, "names": names, "earlier": earlier}

    return await shown(read, "mine.html", figures, context={"whose": who})
