"""What was recorded as tables: the values behind sums, statements, and what revisions did.

Statements have a row for each value that they give, and one row where they give none, so that a
spreadsheet filters and sums them without taking cells apart.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from app.core.labels import CODE_LISTS
from app.core.query_parameters import KnownPageQuery, KnownQuery
from app.core.vocabulary import Language, SubjectType
from app.database import Database
from app.database.connections import Executor
from app.entry.change_names import names_in_entries
from app.entry.change_schemas import Change, ChangeEntry
from app.entry.changes import list_changes, list_entries
from app.entry.schemas import ProvinceStatement, StatementAnswer
from app.entry.statement_lists import (
    AllStatementsFilter,
    AllStatementsQuery,
    list_all_statements,
)
from app.exports.chunks import CHUNK, Page, begun, pages, reading_a_chunk
from app.exports.established import read_names
from app.exports.tables import Chunks, Column, Rows, code_list_of, columns_of, in_language
from app.ledger.schemas import ChangesQuery, Erased, FeedQuery
from app.ledger.snapshots import Snapshot
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import Attribute, ValueType
from app.subjects.columns import RECORDED, Labels
from app.subjects.definitions import DEFINITIONS
from app.subjects.names import Key
from app.subjects.provenance import list_values
from app.subjects.query_parameters import ValuesFilter, ValuesQuery

_CODES = {
    "subject_type": "change_subject_type",
    "qualifier": "qualifier",
    "unit": "unit",
    "basis": "basis",
    "date_basis": "date_basis",
}
_DATES = {"effective_from", "effective_to"}
_VALUE: Labels = {
    "attribute": ("Mã thuộc tính", "Attribute"),
    "attribute_label": ("Thuộc tính", "Name of the attribute"),
    "value": ("Giá trị", "Value"),
    "value_name": ("Tên tổ chức", "Name of the organization"),
    "value_to": ("Cận trên", "Upper end"),
    "qualifier": ("Mức độ chính xác", "Exactness"),
    "unit": ("Đơn vị", "Unit"),
}
_SAID: Labels = {
    "basis": ("Tính chất", "Basis"),
    "effective_from": ("Từ ngày", "Effective from"),
    "effective_to": ("Đến ngày", "Effective to"),
    "source_id": ("Mã nguồn", "Source, by id"),
    "source_title": ("Nguồn", "Source"),
}
_RECORDED: Labels = {
    "revision": RECORDED,
    "recorded_at": ("Thời điểm ghi", "Recorded at"),
    "author": ("Người ghi", "Author"),
}
_SUBJECT: Labels = {
    "subject_type": ("Loại đối tượng", "Type of the subject"),
    "subject_id": ("Mã đối tượng", "Subject"),
    "subject_name": ("Tên đối tượng", "Name of the subject"),
}
_STATEMENT: Labels = {
    "statement_id": ("Mã thông tin", "Statement"),
    **_SUBJECT,
    **_VALUE,
    "period": ("Kỳ", "Period"),
    **_SAID,
    "date_basis": ("Căn cứ của ngày", "Basis of the date"),
    "locator": ("Vị trí trong nguồn", "Place in the source"),
    "note": ("Ghi chú", "Note"),
    "cites": ("Văn bản được dẫn", "Documents cited"),
    "override_reason": ("Lý do ghi khác thường", "Reason for what is irregular"),
    "replaces": ("Thay cho thông tin", "Replaces"),
    "replaced_by": ("Được thay bằng", "Replaced by"),
    "retracted_in": ("Thu hồi ở lần ghi", "Retracted in revision"),
    "retraction_reason": ("Lý do thu hồi", "Reason of the retraction"),
}
_APPROVED: Labels = {"approved_by": ("Người duyệt", "Approved by")}
STATEMENT_TABLE = columns_of({**_STATEMENT, **_RECORDED, **_APPROVED}, _CODES, _DATES)
CHANGE_TABLE = columns_of(
    {
        **_RECORDED,
        **_APPROVED,
        "reason": ("Lý do", "Reason"),
        "type": ("Thao tác", "What was done"),
        **_STATEMENT,
        "erased": ("Nội dung đã xóa", "Texts erased"),
    },
    _CODES | {"type": "change_type"},
    _DATES,
)
_SITE: Labels = {
    "site_id": ("Mã khu, cụm", "Site"),
    "site_name": ("Tên khu, cụm", "Name of the site"),
    "province_code": ("Mã tỉnh", "Province code"),
    "province_name": ("Tỉnh", "Province"),
}


def value_table(attribute: str) -> tuple[Column, ...]:
    """Return the columns of the values of one attribute of sites: their codes have its labels."""
    stated = DEFINITIONS[SubjectType.site].attributes[attribute]
    named = ["value_name"] if stated.type is ValueType.organization else []
    hedged = {name: _VALUE[name] for name in (*named, "value_to", "qualifier")}
    said = {
        **hedged,
        **_SAID,
        "statement_id": _STATEMENT["statement_id"],
        **_RECORDED,
    }
    is_date = stated.type is ValueType.partial_date
    value = Column("value", stated.labels, code_list_of(attribute), is_date=is_date)
    return (*columns_of(_SITE, {}), value, *columns_of(said, _CODES, _DATES))


Row = Mapping[str, object]
_MOST_ENTRIES = 1000
_HEDGES = {"qualifier": "qualifiers", "value_to": "values_to"}


async def value_chunks(database: Database, query: ValuesFilter, snapshot: Snapshot) -> Chunks:
    """Return chunks of the values behind a sum, in the order of the query."""

    async def read(connection: Executor, cursor: str | None) -> Page:
        wanted = ValuesQuery(**_filters(query, ValuesFilter), limit=CHUNK, cursor=cursor)
        page = Page.of(await list_values(connection, wanted, snapshot))
        rows = await _named(connection, page.rows, snapshot, query.attribute)
        return page._replace(rows=rows)

    return await begun(pages(database, snapshot.at.revision, read))


async def statement_chunks(
    database: Database, query: AllStatementsFilter, snapshot: Snapshot, language: Language | None
) -> Chunks:
    """Return chunks of what statements say, in the order of the query.

    Names of attributes, and values that are codes, are in the language, or else as the API has
    them.
    """
    filters = _filters(query, AllStatementsFilter)

    async def read(connection: Executor, cursor: str | None) -> Page:
        wanted = AllStatementsQuery(**filters, limit=CHUNK, cursor=cursor)
        found = await list_all_statements(connection, wanted, snapshot, query.as_of)
        rows = [row for one in found.items for row in _statement_rows(one.root, language)]
        return Page(await _named(connection, rows, snapshot), found.next_cursor)

    return await begun(pages(database, snapshot.at.revision, read))


_OF_ORGANIZATIONS = {
    name
    for definition in DEFINITIONS.values()
    for name, one in definition.attributes.items()
    if one.type is ValueType.organization
}


async def _named(
    connection: Executor, rows: Rows, snapshot: Snapshot, attribute: str | None = None
) -> list[Row]:
    """Return rows of values with the names of those that are organizations, as they are now.

    ``attribute`` is what all of them are values of; else each row says it.
    """
    of = {id(row): str(row["value"]) for row in rows if _is_organization(row, attribute)}
    names = await read_names(connection, set(of.values()), snapshot.at.revision)
    return [{**row, "value_name": names.get(of.get(id(row), ""))} for row in rows]


def _is_organization(row: Row, attribute: str | None) -> bool:
    return (attribute or row.get("attribute")) in _OF_ORGANIZATIONS and bool(row.get("value"))


def _filters(query: BaseModel, of: type[BaseModel]) -> dict[str, Any]:
    """Return the filters of a file without the parameters of its format."""
    return {name: getattr(query, name) for name in of.model_fields}


class ChangesFilter(KnownQuery, FeedQuery):
    """Which changes a file has: those after a revision, as known at another."""


async def change_chunks(
    database: Database, query: ChangesFilter, snapshot: Snapshot, language: Language | None
) -> Chunks:
    """Return chunks of what revisions did, oldest first, in words as in ``statement_chunks``."""
    return await begun(_change_chunks(database, query, snapshot, language))


async def _change_chunks(
    database: Database, query: ChangesFilter, snapshot: Snapshot, language: Language | None
) -> Chunks:
    feed, latest = _filters(query, FeedQuery), snapshot.at.revision
    is_begun = False
    while feed["after"] < latest or not is_begun:
        # All that a page of the feed did is one chunk, read before any of it is sent.
        async with reading_a_chunk(database, latest, is_begun=is_begun) as connection:
            page = await list_changes(connection, ChangesQuery(**feed, limit=CHUNK), latest)
            rows = [
                row
                for change in page.items
                for row in await _rows_of(connection, change, snapshot, language)
            ]
            rows = await _named(connection, rows, snapshot)
        feed["after"], is_begun = page.next_after, True
        yield rows


async def _rows_of(
    connection: Executor, change: Change, snapshot: Snapshot, language: Language | None
) -> list[Row]:
    """Return what a revision did, also where it is more than the feed shows."""
    entries, cursor = change.entries, None
    if change.entries_count > len(entries):
        entries = []
        while cursor is not None or not entries:
            wanted = KnownPageQuery(limit=_MOST_ENTRIES, cursor=cursor)
            page = await list_entries(connection, change.number, wanted, snapshot.at.revision)
            entries, cursor = [*entries, *page.items], page.next_cursor
    names = await names_in_entries(connection, entries, snapshot)
    return [
        *(row for one in entries for row in _entry_rows(change, one, names, language)),
        *(_recorded(change) | {"erased": _erased(one)} for one in change.erased),
    ]


def _recorded(change: Change) -> dict[str, object]:
    members = {*_RECORDED, *_APPROVED, "reason"} - {"revision"}
    return {**change.model_dump(include=members), "revision": change.number}


def _erased(erased: Erased) -> str:
    return f"{erased.type}/{erased.id}: {', '.join(erased.members)}"


def _entry_rows(
    change: Change, entry: ChangeEntry, names: Mapping[Key, str], language: Language | None
) -> Iterator[Row]:
    """Yield what a revision did to a subject, in a row for each value that it stated or retracted.

    An organization says its own name.
    """
    key = (entry.subject_type, entry.subject_id)
    name = entry.organization.name if entry.organization else names.get(key)  # type: ignore[arg-type]
    done = {
        **_recorded(change),
        "type": entry.type,
        **dict(zip(_SUBJECT, (*key, name), strict=True)),
    }
    said = _statement_rows(entry.statement.root, language) if entry.statement else [{}]
    yield from ({**row, **done} for row in said)


def _statement_rows(statement: StatementAnswer, language: Language | None) -> Iterator[Row]:
    """Yield a row for each value that a statement gives; a remark has one row without a value."""
    members = {*_STATEMENT, *_RECORDED, *_APPROVED} & set(type(statement).model_fields)
    gone = statement.retraction
    said = {
        **statement.model_dump(include=members),
        "statement_id": statement.id,
        "retracted_in": gone and gone.revision,
        "retraction_reason": gone and gone.reason,
    }
    is_remark = True
    for value in _values(statement, language):
        yield {**said, **value}
        is_remark = False
    if is_remark:
        yield said


def _values(statement: StatementAnswer, language: Language | None) -> Iterator[Row]:
    if isinstance(statement, ProvinceStatement):
        yield from (_observed(one, language) for one in statement.observations or ())
        return
    given: BaseModel | None = getattr(statement, "values", None)
    if given is None:
        return
    # In the order of the attributes, whatever the order of the statement is.
    for name, attribute in DEFINITIONS[statement.subject_type].attributes.items():
        if name in given.model_fields_set:
            yield {
                "attribute": name,
                "attribute_label": in_language(attribute.labels, language or Language.en),
                "value": _value(attribute, getattr(given, name), language),
                "unit": attribute.unit,
                **{
                    hedge: getattr(getattr(statement, member, None), name, None)
                    for hedge, member in _HEDGES.items()
                },
            }


def _observed(one: ObservationValue, language: Language | None) -> Row:
    indicator = INDICATORS[one.indicator]
    names = (indicator.name_vi, indicator.name_en)
    return {
        "attribute": one.indicator,
        "attribute_label": in_language(names, language or Language.en),
        **one.model_dump(include={"value", "value_to", "qualifier", "period"}),
        "unit": indicator.unit,
    }


def _value(attribute: Attribute, value: object, language: Language | None) -> object:
    """Return a value as a cell, a code in words where there is a language."""
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if language is None or not attribute.code_list:
        return value
    codes = CODE_LISTS[attribute.code_list].codes
    words = {one.code: in_language((one.label_vi, one.label_en), language) for one in codes}
    return words.get(str(value), value)
