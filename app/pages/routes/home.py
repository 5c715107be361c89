"""The overview of the country."""

from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.vocabulary import SiteKind
from app.http.reading import Reading
from app.ledger.snapshots import Snapshot
from app.pages.pages import Figures, File, page_router, shown
from app.pages.views import View, looks_at
from app.statistics.query_parameters import RollupsQuery
from app.statistics.rollups import read_group_rollups

router = page_router()


@router.get("/")
async def show_home(read: Annotated[Reading[View], looks_at(heavy=True)]) -> HTMLResponse:
    """Show the figures of all provinces."""

    async def figures(snapshot: Snapshot) -> Figures:
        query = RollupsQuery(kind=[SiteKind.zone, SiteKind.cluster])
        found = await read_group_rollups(read.connection, query, snapshot)
        return {"rollups": found.items}

    at = f"as_of={read.at.day}&revision={read.at.revision}"
    files = [
        File("JSON", f"/v1/rollups?{at}"),
        File("CSV", f"/v1/rollups.csv?{at}"),
        File("XLSX", f"/v1/rollups.xlsx?{at}"),
        File("GeoJSON", f"/v1/rollups.geojson?{at}"),
    ]
    return await shown(read, "home.html", figures, files=files)
