"""What makes a page: its figures at a snapshot, its place in time, its files, its HTML."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic_core import to_json

from app.access.principals import ALLOWED, Access
from app.core.dates import day_of
from app.core.errors import NotFoundError, WithdrawnError
from app.core.publishing import PublishingSettings
from app.core.vocabulary import Language
from app.entry.changes import get_revision
from app.findings import RULES_EDITION
from app.http.files_by_session import FILES
from app.http.readers import reader_of
from app.http.reading import Reading
from app.http.service import service_of
from app.http.sessions import PRIVATE, session_of
from app.http.strict_routes import StrictRoute
from app.ledger.snapshots import At, Note, Snapshot
from app.pages.addresses import KNOWN_AT, LANGUAGE, REVISION, RULES, TIMES, Here, address
from app.pages.rendering import render
from app.pages.views import View
from app.units.units import UnitLevel, Units

Figures = Mapping[str, object]
"""What a page shows, by the names that its template has: answers of ``/v1``, or parts of them."""
VARY = "Accept-Language, Cookie"


class OwnPage(NamedTuple):
    """A page for those who are signed in and have the access; its name is a word of ``layout``."""

    path: str
    name: str
    access: Access


OWN_PAGES = (
    OwnPage("/mine", "mine", Access.proposing),
    OwnPage("/keys", "keys", Access.administering),
    OwnPage("/audit", "audit", Access.auditing),
)
_View = TypeVar("_View", bound=View)
_REVISIONS = re.compile(rb'"revision":\d+|revision=\d+|(?<="next_cursor":)"[^"]*"')


def moment(at: At) -> dict[str, object]:
    """Return the parameters of data of ``/v1`` that pin it to a point in time."""
    return {"as_of": at.day, REVISION: at.revision}


def pinned(path: str, at: At, **filters: object) -> str:
    """Return the address of data of ``/v1`` at a point in time."""
    return address(path, {**filters, **moment(at)})


def same_filters(read: Reading[_View], *, is_dated: bool = True) -> Sequence[tuple[str, object]]:
    """Return the parameters of the data of a list: the same filters, at the same point in time.

    What has no valid time is not dated.
    """
    but = {*TIMES, LANGUAGE, RULES, "cursor", "limit"}
    filters = [pair for pair in Here.of(read.request).parameters if pair[0] not in but]
    days = [("as_of", read.at.day)] if is_dated else []
    return [*filters, *days, (REVISION, read.at.revision)]


def page_router() -> APIRouter:
    """Return a router of pages: they have the rights, limits and keys of reads of ``/v1``."""
    return APIRouter(
        route_class=StrictRoute, include_in_schema=False, default_response_class=HTMLResponse
    )


@dataclass(frozen=True, slots=True)
class File:
    """What is seen as a file, or as JSON: the name of its format, and its address."""

    format: str
    address: str
    of: str = "view"
    """What it is of, by the name of a word of ``files``: the whole view, or a part of it."""


SHEETS: Mapping[str, str] = {"CSV": ".csv", "XLSX": ".xlsx"}
TABLES: Mapping[str, str] = {"JSON": "", **SHEETS}
MAPS: Mapping[str, str] = {**TABLES, "GeoJSON": ".geojson"}
"""Formats with the endings of their addresses."""


def files_of(
    path: str,
    parameters: Mapping[str, object] | Sequence[tuple[str, object]],
    of: str = "view",
    formats: Mapping[str, str] = TABLES,
) -> list[File]:
    """Return the data at a path of ``/v1``, in each of some formats."""
    return [File(name, address(path + end, parameters), of) for name, end in formats.items()]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in time a page stands."""

    day: date
    revision: int
    latest: int
    recorded_at: datetime | None
    """When the revision was recorded; ``None`` for a register without any."""
    known_on: date
    """The day in Vietnam to whose end, or until now, what is shown was known."""
    note: Note | None
    """Why it is this day, where another would be expected."""
    is_pinned: bool
    has_changed: bool
    """Whether the latest revision gives other figures than the one that is shown."""
    edition: str = RULES_EDITION


async def shown(
    read: Reading[_View],
    template: str,
    figures: Callable[[Snapshot], Awaitable[Figures]],
    *,
    day: date | None = None,
    note: Note | None = None,
    files: Sequence[File] = (),
    context: Figures | None = None,
) -> HTMLResponse:
    """Return a page of the figures at the snapshot of a read, on another day if one is given.

    ``context`` is what the template shows besides. Where the read is pinned to an earlier revision,
    the figures of the latest are compared.
    """
    at = At(day or read.at.day, read.at.revision)
    snapshot = Snapshot(at, read.today, read.units, note=read.note)
    found = await figures(snapshot)
    has_changed = False
    if read.latest != at.revision:
        latest = Snapshot(At(at.day, read.latest), read.today, read.units)
        has_changed = await _differs(found, figures, latest)
    place = await _place(read, at, note or read.note, has_changed=has_changed)
    language = reader_of(read.request).language
    names = partial(province_names, read.units, at.day)
    around = {
        **_around(read.request),
        "place": place,
        "files": [_in_language(file, language) for file in files],
        "view": read.query,
        "province_names": names,
    }
    everything = {**around, **found, **(context or {})}
    html = render(language, template, everything, service_of(read.request).settings.root)
    return HTMLResponse(html, headers={**read.headers, **headers_for(read.request)})


def _in_language(file: File, language: str) -> File:
    """Return a file with the labels of the page's language, where it has labels."""
    if file.format not in SHEETS:
        return file
    # What a Vietnamese spreadsheet program reads on a double click.
    excel = "&excel=vi" if (file.format, language) == ("CSV", Language.vi) else ""
    separator = "&" if "?" in file.address else "?"
    return replace(file, address=f"{file.address}{separator}{LANGUAGE}={language}{excel}")


def province_names(units: Units, day: date, codes: Iterable[str]) -> str:
    """Return the names of provinces on a day; of those that ended before, their last ones."""
    return ", ".join(units.name_of(UnitLevel.province, code, day) or code for code in codes)


async def _differs(
    found: Figures, figures: Callable[[Snapshot], Awaitable[Figures]], latest: Snapshot
) -> bool:
    """Return whether the figures of the latest revision are others, or are there no more."""
    try:
        return _comparable(found) != _comparable(await figures(latest))
    except (NotFoundError, WithdrawnError):
        return True


def _comparable(figures: Figures) -> bytes:
    """Return figures as they can be compared between revisions: without the revisions' numbers.

    A cursor has one, too; whether there is one is compared.
    """
    return _REVISIONS.sub(b"", to_json(figures, by_alias=True))


async def _place(read: Reading[_View], at: At, note: Note | None, *, has_changed: bool) -> Place:
    revision = await get_revision(read.connection, at.revision) if at.revision else None
    recorded_at = revision.recorded_at if revision else None
    is_pinned = not {KNOWN_AT, REVISION}.isdisjoint(read.query.model_fields_set)
    known_on = read.today
    if read.query.known_at:
        known_on = day_of(read.query.known_at.last)
    elif is_pinned and recorded_at:
        known_on = day_of(recorded_at)
    return Place(
        day=at.day,
        revision=at.revision,
        latest=read.latest,
        recorded_at=recorded_at,
        known_on=known_on,
        note=note,
        is_pinned=is_pinned,
        has_changed=has_changed,
    )


def _around(request: Request) -> Figures:
    """Return what the layout needs of a request."""
    here = Here.of(request)
    back = here.with_(**{LANGUAGE: None})
    publishing: PublishingSettings = service_of(request).settings
    theme, who = reader_of(request).theme, session_of(request)
    return {
        "here": here,
        "theme": theme,
        "back": back,
        "publishing": publishing,
        "who": who,
        "own_pages": [one for one in OWN_PAGES if who and who.role in ALLOWED[one.access]],
        "may_write": may_write(request),
        "may_propose": who is not None and who.role in ALLOWED[Access.proposing],
        "is_page": request.method == "GET",
        "data_at": FILES if who and not service_of(request).settings.public_reading else "",
    }


def may_write(request: Request) -> bool:
    """Return whether what the reader writes counts at once."""
    who, reviewed = session_of(request), service_of(request).authenticator.reviewed
    return who is not None and who.role in ALLOWED[Access.writing] and who.role not in reviewed


def headers_for(request: Request) -> Mapping[str, str]:
    """Return the headers of a page: what it depends on besides its address, and its language."""
    kept = {} if session_of(request) is None else {"Cache-Control": PRIVATE}
    return {"Vary": VARY, "Content-Language": reader_of(request).language, **kept}


def without_place(
    request: Request,
    template: str,
    context: Figures,
    status: int = 200,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> HTMLResponse:
    """Return a page that shows nothing of the register."""
    everything = {**_around(request), **context, "place": None, "files": ()}
    root = service_of(request).settings.root
    html = render(reader_of(request).language, template, everything, root)
    # To programs the same address answers with a problem document.
    more = {**headers_for(request), "Vary": f"Accept, {VARY}"}
    return HTMLResponse(html, status, headers={**headers, **more})
