"""The map, and the data that it moves through without further requests."""

import asyncio
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Response
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator, Field
from pydantic_core import to_json

from app.core.numbers import number_from_text
from app.core.query_parameters import BoundariesQuery, KnownQuery
from app.core.vocabulary import ClearanceStatus, SiteKind, Stage, Unknown
from app.entry.changes import list_moments
from app.http.reading import HELD, NoQuery, Reading, TheUnits, reads
from app.http.service import service_of
from app.http.telemetry import page_policy
from app.ledger.snapshots import Snapshot
from app.pages.addresses import KNOWN_AT, REVISION
from app.pages.map_outlines import province_shapes
from app.pages.map_settings import LISTS, codes_of, host_of, settings_of
from app.pages.map_versions import READ, versions_by_column
from app.pages.pages import MAPS, Figures, File, files_of, moment, page_router, shown
from app.pages.speech import speech_of
from app.pages.views import View, looks_at
from app.subjects.columns import SITE_COLUMNS
from app.subjects.histories import SITE_HISTORY, read_sites_of_all_days
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery

router = page_router()
_MOST_ROWS = 200
_MOST_MOMENTS = 200
_Rate = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4), BeforeValidator(number_from_text)]


class MapView(View, BoundariesQuery):
    """What the map shows: filters named as those of ``/v1/sites``."""

    kind: list[SiteKind] = Field(default_factory=list)
    stage: list[Stage] = Field(default_factory=list)
    clearance_status: list[ClearanceStatus | Literal[Unknown.null]] = Field(default_factory=list)
    occupancy_min: _Rate | None = None
    occupancy_max: _Rate | None = None

    @property
    def filters(self) -> dict[str, object]:
        """The parameters that lists of sites have, too."""
        names = MapView.model_fields.keys() - View.model_fields.keys()
        return self.model_dump(include=names, exclude_unset=True)


@router.get("/map")
async def show_map(read: Annotated[Reading[MapView], looks_at(MapView)]) -> HTMLResponse:
    """Show sites and provinces on a map, with a table that works without scripts."""
    query = SitesQuery.model_validate({**read.query.filters, "limit": _MOST_ROWS, "count": "exact"})

    async def figures(snapshot: Snapshot) -> Figures:
        return {"sites": await list_page(read.connection, SITE_HISTORY, query, snapshot)}

    page = await shown(read, "map.html", figures, files=_files(read), context=_context(read))
    if host := host_of(service_of(read.request).settings):
        page.headers["Content-Security-Policy"] = page_policy(host)
    return page


def _context(read: Reading[MapView]) -> Figures:
    """Return what the page has besides the sites: lists to filter by, and the script's needs."""
    speech = speech_of(read.request)
    is_pinned = not {KNOWN_AT, REVISION}.isdisjoint(read.query.model_fields_set)
    settings = service_of(read.request).settings
    lists = {name: codes_of(speech, code_list) for name, code_list in LISTS.items()}
    lists["clearance_status"].append((Unknown.null, speech.text("map.is-unknown")))
    return {
        "lists": lists,
        "titles": {name: speech.either(*SITE_COLUMNS[name]) for name in (*LISTS, "occupancy_pct")},
        "wanted": {name: getattr(read.query, name) for name in LISTS},
        "settings": settings_of(speech, read.at.revision if is_pinned else None, settings),
    }


def _files(read: Reading[MapView]) -> list[File]:
    return files_of("/v1/sites", {**read.query.filters, **moment(read.at)}, formats=MAPS)


@router.get("/map/data.json")
async def read_map_data(
    read: Annotated[Reading[KnownQuery], reads(KnownQuery, heavy=True)],
) -> Response:
    """Return the versions of all sites, as known at a revision."""
    rows = await read_sites_of_all_days(read.connection, READ, read.at.revision)
    # Of a large register it takes a second, in which others are to be answered.
    content = await asyncio.to_thread(lambda: to_json(versions_by_column(rows, read)))
    return Response(content, media_type="application/json", headers=read.headers)


@router.get("/map/moments.json")
async def read_moments(read: Annotated[Reading[NoQuery], reads()]) -> Response:
    """Return the revisions that the slider of knowledge goes through, and their instants."""
    moments = await list_moments(read.connection, read.at.revision, _MOST_MOMENTS)
    return Response(to_json(moments), media_type="application/json", headers=read.headers)


@router.get("/map/provinces.json", dependencies=[HELD])
async def read_provinces(units: TheUnits, response: Response) -> Response:
    """Return the outlines and names of all provinces that there were, and the archipelagos."""
    content = await asyncio.to_thread(lambda: to_json(province_shapes(units)))
    headers = {"ETag": response.headers["ETag"]}
    return Response(content, media_type="application/json", headers=headers)
