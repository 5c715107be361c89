"""What figures are made of: the sites behind a count, the values behind a sum, one statement.

Each has the address that the same data has in ``/v1``, without that.
"""

from typing import Annotated, TypeVar

from fastapi import Path
from fastapi.responses import HTMLResponse

from app.core.vocabulary import Boundaries, Stage
from app.entry.statement_queries import get_statement
from app.http.readers import reader_of
from app.http.reading import Reading
from app.ledger.snapshots import Snapshot
from app.pages.addresses import LANGUAGE, RULES, TIMES, address
from app.pages.pages import Figures, File, page_router, shown
from app.pages.sayings import in_words
from app.pages.speech import Speech
from app.pages.views import View, looks_at
from app.subjects.histories import SITE_HISTORY
from app.subjects.names import names_of_subjects
from app.subjects.provenance import list_values
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery, ValuesQuery
from app.units.units import UnitLevel

router = page_router()
_View = TypeVar("_View", bound=View)


class SitesView(View, SitesQuery):
    """A list of sites, with the filters of ``/v1/sites``."""


class ValuesView(View, ValuesQuery):
    """The values of one attribute, with the filters of ``/v1/values``."""


@router.get("/sites")
async def show_sites(
    read: Annotated[Reading[SitesView], looks_at(SitesView, heavy=True)],
) -> HTMLResponse:
    """Show the sites that match, with a form for the filters that most are asked for."""
    query = read.query.model_copy(update={"count": "exact"})
    day = read.today if query.boundaries is Boundaries.now else read.at.day
    provinces = read.units.all_at(UnitLevel.province, day)
    context = {"provinces": [(unit.code, unit.name) for unit in provinces], "stages": list(Stage)}

    async def figures(snapshot: Snapshot) -> Figures:
        return {"page": await list_page(read.connection, SITE_HISTORY, query, snapshot)}

    endings = {"JSON": "", "CSV": ".csv", "XLSX": ".xlsx", "GeoJSON": ".geojson"}
    files = [File(name, _same(read, f"/v1/sites{end}"), "sites") for name, end in endings.items()]
    return await shown(read, "sites.html", figures, files=files, context=context)


@router.get("/values")
async def show_values(read: Annotated[Reading[ValuesView], looks_at(ValuesView)]) -> HTMLResponse:
    """Show what a sum is made of, and who said each value."""

    async def figures(snapshot: Snapshot) -> Figures:
        return {"page": await list_values(read.connection, read.query, snapshot)}

    return await shown(
        read, "values.html", figures, files=[File("JSON", _same(read, "/v1/values"))]
    )


@router.get("/statements/{statement_id}")
async def show_statement(
    statement_id: Annotated[str, Path(max_length=100)], read: Annotated[Reading[View], looks_at()]
) -> HTMLResponse:
    """Show who said what, from when on it holds, and what became of it."""

    async def figures(snapshot: Snapshot) -> Figures:
        revision = snapshot.at.revision
        statement = await get_statement(read.connection, statement_id, revision)
        key = (statement.subject_type, statement.subject_id)
        names = await names_of_subjects(read.connection, [key], snapshot.at, read.units)
        speech = Speech(reader_of(read.request).language)
        (stated,) = await in_words(read.connection, [statement], snapshot, speech)
        return {"statement": statement, "said": stated.sayings, "subject_name": names.get(key)}

    files = [File("JSON", f"/v1/statements/{statement_id}?revision={read.at.revision}")]
    return await shown(read, "statement.html", figures, files=files)


def _same(read: Reading[_View], path: str) -> str:
    """Return the address of the data of a list: the same filters, at the same point in time."""
    but = {*TIMES, LANGUAGE, RULES, "cursor", "limit"}
    filters = [pair for pair in read.request.query_params.multi_items() if pair[0] not in but]
    return address(path, [*filters, ("as_of", read.at.day), ("revision", read.at.revision)])
