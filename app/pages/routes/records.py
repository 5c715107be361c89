"""What figures are made of: the values behind a sum, and one statement.

Each has the address that the same data has in ``/v1``, without that.
"""

from typing import Annotated

from fastapi import Path
from fastapi.responses import HTMLResponse

from app.core.vocabulary import SubjectType
from app.entry.statement_queries import get_statement
from app.http.reading import Reading
from app.ledger.snapshots import Snapshot
from app.pages.addresses import Here
from app.pages.names import names_in_filters
from app.pages.pages import Figures, File, files_of, page_router, same_filters, shown
from app.pages.sayings import in_words
from app.pages.speech import speech_of
from app.pages.views import View, looks_at
from app.subjects.provenance import list_values
from app.subjects.query_parameters import ValuesQuery

router = page_router()


class ValuesView(View, ValuesQuery):
    """The values of one attribute, with the filters of ``/v1/values``."""


@router.get("/values")
async def show_values(read: Annotated[Reading[ValuesView], looks_at(ValuesView)]) -> HTMLResponse:
    """Show what a sum is made of, and who said each value."""
    filters = Here.of(read.request).filters

    async def figures(snapshot: Snapshot) -> Figures:
        page = await list_values(read.connection, read.query, snapshot)
        named = await names_in_filters(read.connection, SubjectType.site, filters, snapshot)
        return {"page": page, "chosen_names": named}

    files = files_of("/v1/values", same_filters(read))
    return await shown(read, "values.html", figures, files=files, context={"listed": "site"})


@router.get("/statements/{statement_id}")
async def show_statement(
    statement_id: Annotated[str, Path(max_length=100)], read: Annotated[Reading[View], looks_at()]
) -> HTMLResponse:
    """Show who said what, from when on it holds, and what became of it."""

    async def figures(snapshot: Snapshot) -> Figures:
        revision = snapshot.at.revision
        statement = await get_statement(read.connection, statement_id, revision)
        speech = speech_of(read.request)
        (stated,) = await in_words(read.connection, [statement], snapshot, speech)
        return {"statement": statement, "said": stated.sayings, "subject_name": stated.subject.text}

    files = [File("JSON", f"/v1/statements/{statement_id}?revision={read.at.revision}")]
    return await shown(read, "statement.html", figures, files=files)
