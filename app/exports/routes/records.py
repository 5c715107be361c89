"""What was recorded, as files: values behind sums, statements, and what revisions did."""

from dataclasses import replace

from app.core.vocabulary import Language
from app.entry.changes import check_feed
from app.entry.statement_lists import AllStatementsFilter
from app.exports.records import (
    CHANGE_TABLE,
    STATEMENT_TABLE,
    ChangesFilter,
    change_chunks,
    statement_chunks,
    value_chunks,
    value_table,
)
from app.exports.routes.declared import Export, about_of
from app.exports.tables import Table
from app.http.reading import Reading
from app.subjects.query_parameters import ValuesFilter


async def _values(read: Reading[ValuesFilter]) -> Table:
    chunks = await value_chunks(read.database, read.query, read)
    about = replace(about_of(read, ValuesFilter, "values"), days=[read.at.day])
    attribute = read.query.attribute
    return Table(f"values-{attribute}", value_table(attribute), chunks, about)


async def _statements(read: Reading[AllStatementsFilter]) -> Table:
    language: Language | None = getattr(read.query, "lang", None)
    chunks = await statement_chunks(read.database, read.query, read, language)
    about = about_of(read, AllStatementsFilter, "statements")
    return Table("statements", STATEMENT_TABLE, chunks, about)


async def _changes(read: Reading[ChangesFilter]) -> Table:
    check_feed(read.query, read.at.revision)
    language: Language | None = getattr(read.query, "lang", None)
    chunks = await change_chunks(read.database, read.query, read, language)
    return Table("changes", CHANGE_TABLE, chunks, about_of(read, ChangesFilter, "changes"))


_BY_VALUE = (
    "A statement has a row for each value that it gives, a remark one row without a value. With "
    "`lang`\ncodes among the values are in words."
)
OF_RECORDS = (
    Export(
        path="/values",
        name="values",
        summary="the values of an attribute",
        text="Export the values behind a sum, with who said each, as {shape}.",
        answer="{contents} of all values that match.",
        query=ValuesFilter,
        read=_values,
        streamed=True,
    ),
    Export(
        path="/statements",
        name="statements",
        summary="statements",
        text="Export all statements that match every filter as {shape}.",
        answer="{contents} of what was said.",
        query=AllStatementsFilter,
        read=_statements,
        streamed=True,
        notes=dict.fromkeys(("csv", "xlsx"), _BY_VALUE),
    ),
    Export(
        path="/changes",
        name="changes",
        summary="changes",
        text="Export what the revisions after a given one did, oldest first, as {shape}.",
        answer="{contents} of what was registered, stated, corrected, retracted and erased.",
        query=ChangesFilter,
        read=_changes,
        streamed=True,
        notes=dict.fromkeys(("csv", "xlsx"), _BY_VALUE),
    ),
)
