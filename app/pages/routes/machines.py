"""What the service says to machines: a catalogue, a sitemap, and what they may follow."""

import json
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.core.errors import NotFoundError
from app.core.messages import Template
from app.core.query_parameters import KnownQuery
from app.entry.changes import get_revision
from app.http.reading import NoQuery, Reading, reads
from app.http.service import service_of
from app.http.strict_routes import OpenRoute
from app.pages.catalogue import catalogue
from app.pages.pages import page_router
from app.pages.rendering import render
from app.pages.sitemap import part, parts

router = page_router()
open_router = APIRouter(route_class=OpenRoute, include_in_schema=False)
_XML, _JSON_LD = "application/xml", "application/ld+json"
_NOWHERE = Template(
    "pages.no-public-url",
    "There is no sitemap: the setting ICR_PUBLIC_URL does not say where the service is.",
)
_NO_PART = Template("pages.no-such-part", "The sitemap has no such part; see /sitemap.xml.")
# Each day and each state of knowledge is a page of its own, and each chart a picture.
_ROBOTS = """\
User-agent: *
Disallow: /v1/
Disallow: /preferences
Disallow: /sign-in
Disallow: /*?*as_of=
Disallow: /*?*known_at=
Disallow: /*?*revision=
Disallow: /*?*cursor=
"""
_CLOSED = "User-agent: *\nDisallow: /\n"


@router.get("/catalog.jsonld", response_class=Response)
async def show_catalogue(
    read: Annotated[Reading[KnownQuery], reads(KnownQuery)],
) -> Response:
    """Return the catalogue of the data (DCAT)."""
    number = read.at.revision
    revision = await get_revision(read.connection, number) if number else None
    modified = revision.recorded_at if revision else None
    document = catalogue(service_of(read.request).settings, modified, number)
    content = json.dumps(document, ensure_ascii=False)
    return Response(content, media_type=_JSON_LD, headers=read.headers)


@router.get("/sitemap.xml", response_class=Response)
async def show_sitemaps(read: Annotated[Reading[NoQuery], reads()]) -> Response:
    """Return the index of the sitemap."""
    base = _base(read.request)
    paths = await parts(read.connection, read.at.revision)
    return _xml("sitemaps.xml", base, paths, read)


@router.get("/sitemaps/{section}/{number}.xml", response_class=Response)
async def show_sitemap(
    section: Annotated[str, Path(max_length=40)],
    number: Annotated[int, Path(ge=1, le=1000)],
    read: Annotated[Reading[NoQuery], reads(heavy=True)],
) -> Response:
    """Return a part of the sitemap."""
    base = _base(read.request)
    paths = await part(read.connection, section, number, read)
    if not paths:
        raise NotFoundError(_NO_PART())
    return _xml("sitemap.xml", base, paths, read)


def _base(request: Request) -> str:
    """Return where the service is; ``NotFoundError`` where no setting says so."""
    base = service_of(request).settings.public_url
    if not base:
        raise NotFoundError(_NOWHERE())
    return base


def _xml(template: str, base: str, paths: list[str], read: Reading[NoQuery]) -> Response:
    content = render("en", template, {"base": base, "paths": paths})
    return Response(content, media_type=_XML, headers=read.headers)


@open_router.get("/robots.txt", response_class=Response)
async def show_robots(request: Request) -> Response:
    """Say what robots may follow: of a register that is closed nothing."""
    settings = service_of(request).settings
    text = _ROBOTS if settings.public_reading else _CLOSED
    if settings.public_reading and settings.public_url:
        text += f"\nSitemap: {settings.public_url}/sitemap.xml\n"
    return Response(text, media_type="text/plain")
