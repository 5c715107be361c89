"""What the pages of imports show: a draft beside its file, what is asked, what it would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from fastapi import Request

from app.core.dates import today
from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.entry.changes import list_changes
from app.http.access import principal_of
from app.http.languages import CATALOGUES
from app.http.service import service_of
from app.imports import store
from app.imports.draft_schemas import ImportDetail
from app.imports.grids import Sheet
from app.imports.shown import has_concern, import_of, row_of
from app.imports.store import DISPOSABLE, DraftState, unpack
from app.imports.workbooks import read_workbook
from app.ledger.schemas import ChangesQuery, SourcesQuery
from app.ledger.snapshots import At, Snapshot, latest_revision
from app.ledger.sources import list_sources
from app.pages.import_questions import Questions
from app.pages.import_sheets import SheetPage
from app.pages.import_words import HOLDABLE, Words
from app.pages.names import names_in_changes
from app.pages.pages import Figures
from app.pages.speech import speech_of
from app.proposals.store import find_of_import
from app.subjects.histories import SITE_HISTORY
from app.subjects.names import names_of_subjects
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery
from app.units.units import UnitLevel

MOST_ROWS = 100
"""So many rows of a file are shown at once."""
MOST_ASKED = 40
"""So many rows are asked about at once: the others come after them."""
_MOST_SITES = 1000
_MOST_SOURCES = 8
_VIETNAMESE = CATALOGUES["vi"]
_AsKept = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """Which part of an import is looked at."""

    first: int = 1
    """The number of the first row that is shown."""
    row: int | None = None
    """A row that is to be answered although nothing is asked about it."""
    source: str = ""
    """Words of the title of a source that is sought."""


async def draft_page(request: Request, import_id: str, asking: Asking) -> Figures:
    """Return what the page of an import shows."""
    service, who = service_of(request), principal_of(request)
    async with service.database.read() as connection:
        draft = await store.get_draft(connection, import_id, who)
        packed = await store.rows_of(connection, import_id)
        content = await store.content_of(connection, import_id)
        snapshot = await _latest(request, connection)
        rows = await to_thread.run_sync(unpack, packed)
        detail = import_of(draft, _VIETNAMESE)
        found = {
            "one": detail,
            "is_open": draft.state in DISPOSABLE,
            "is_busy": draft.state == DraftState.committing,
            "sources": await _sources(connection, asking.source, snapshot),
            "proposal": await find_of_import(connection, import_id, who),
            **await _recorded(connection, detail, snapshot),
        }
        names = await _names(connection, rows, snapshot)
        sites = await _sites(connection, detail, snapshot) if found["is_open"] else []
    words = Words(speech_of(request), service.units, today())
    sheet = None
    if not found["is_busy"]:
        # While it is recorded the page is asked for again and again, and the place is taken.
        async with service.reading_files.take():
            sheet = await to_thread.run_sync(_sheet, content, draft.file_name, rows)
    shown = [row_of(one, _VIETNAMESE) for one in _from(rows, asking.first)]
    asked = _asked(rows, asking.row) if found["is_open"] else []
    page = SheetPage(words, sheet, detail, names) if sheet else None
    questions = Questions(words, detail, names, page)
    lines = page.lines(shown) if page else []
    return {
        **found,
        "asking": asking,
        "lines": lines,
        "columns": [(one, words.column(one.attribute)) for one in detail.columns],
        "holdable": sorted((words.column(name), name) for name in HOLDABLE),
        "questions": [questions.about(row_of(one, _VIETNAMESE)) for one in asked[:MOST_ASKED]],
        "asked": len(asked),
        "next_row": _next(rows, asking.first),
        "site_names": sites,
        "remark": words.remark,
        "provinces": service.units.all_at(UnitLevel.province, snapshot.today),
    }


async def _latest(request: Request, connection: Executor) -> Snapshot:
    at = At(today(), await latest_revision(connection))
    return Snapshot(at, today(), service_of(request).units)


async def sources_for(request: Request, words: str) -> Sequence[Any]:
    """Return the registered sources that have some words in their titles or numbers."""
    async with service_of(request).database.read() as connection:
        return await _sources(connection, words, await _latest(request, connection))


async def _sources(connection: Executor, words: str, snapshot: Snapshot) -> Sequence[Any]:
    if not any(map(str.isalnum, words)):
        return []
    query = SourcesQuery.model_validate({"q": words, "limit": _MOST_SOURCES})
    return (await list_sources(connection, query, snapshot.at.revision)).items


async def _recorded(connection: Executor, one: ImportDetail, snapshot: Snapshot) -> Figures:
    """Return the changes of the revisions in which an import was recorded and retracted."""
    changes = []
    for number in filter(None, (one.revision, one.retracted_in)):
        query = ChangesQuery(after=number - 1, limit=1)
        changes += (await list_changes(connection, query, number)).items
    return {"changes": changes, "names": await names_in_changes(connection, changes, snapshot)}


async def _names(
    connection: Executor, rows: Sequence[_AsKept], snapshot: Snapshot
) -> Mapping[str, str]:
    """Return the names of the sites that rows may be about, by id."""
    keys = {(SubjectType.site, key) for row in rows for key in _sites_of(row)}
    found = await names_of_subjects(connection, keys, snapshot.at, snapshot.units)
    return {key: name for (_, key), name in found.items()}


def _sites_of(row: _AsKept) -> Iterator[str]:
    match = row.get("match") or {}
    yield from filter(None, (match.get("id"), *match.get("candidates", ())))


async def _sites(
    connection: Executor, one: ImportDetail, snapshot: Snapshot
) -> Sequence[tuple[str, str]]:
    """Return the sites of the province, to choose from by name."""
    if one.province is None:
        return []
    query = SitesQuery.model_validate({"province_code": [one.province], "limit": _MOST_SITES})
    page = await list_page(connection, SITE_HISTORY, query, snapshot)
    return [(item["id"], item["name"] or item["id"]) for item in page["items"]]


def _sheet(content: bytes, name: str, rows: Sequence[_AsKept]) -> Sheet | None:
    """Return the sheet that was read."""
    read = {row["sheet"] for row in rows}
    return next((one for one in read_workbook(content, name).sheets if one.name in read), None)


def _from(rows: Sequence[_AsKept], first: int) -> Sequence[_AsKept]:
    return [row for row in rows if row["row"] >= first and row["role"] != "empty"][:MOST_ROWS]


def _next(rows: Sequence[_AsKept], first: int) -> int | None:
    shown = _from(rows, first)
    last = shown[-1]["row"] if shown else None
    return next((r["row"] for r in rows if last and r["row"] > last and r["role"] != "empty"), None)


def _asked(rows: Sequence[_AsKept], row: int | None) -> list[_AsKept]:
    """Return the rows about which something is asked, or that a reader wants to answer."""
    return [
        one
        for one in rows
        if one["row"] == row
        or one["role"] == "hidden"
        or has_concern(one, "errors")
        or (one["role"] == "data" and has_concern(one, "needs_confirmation"))
    ]
