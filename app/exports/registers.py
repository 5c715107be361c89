"""Sources and organizations as tables: what lists show, read page after page at one revision."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from pydantic import BaseModel

from app.database import Database
from app.database.connections import Executor
from app.exports.chunks import CHUNK, begun, reading_a_chunk
from app.exports.tables import Chunks, columns_of
from app.ledger.schemas import OrganizationsFilter, OrganizationsQuery, SourcesFilter, SourcesQuery
from app.ledger.sources import list_organizations, list_sources
from app.subjects.columns import RECORDED, Labels

SOURCE_COLUMNS: Labels = {
    "id": ("Mã định danh", "Id"),
    "kind": ("Loại tài liệu", "Kind of document"),
    "title": ("Tên tài liệu", "Title"),
    "number": ("Số, ký hiệu", "Number"),
    "issuer": ("Nơi ban hành", "Issuer"),
    "issuer_id": ("Mã cơ quan ban hành", "Issuer, by id"),
    "issuer_name": ("Cơ quan ban hành", "Issuer, by name"),
    "published_on": ("Ngày ban hành", "Published on"),
    "url": ("Địa chỉ", "Address"),
    "note": ("Ghi chú", "Note"),
    "authority": ("Độ tin cậy", "Authority"),
    "revision": RECORDED,
    "changed_in": ("Thay đổi gần nhất ở lần ghi", "Last changed in revision"),
}
ORGANIZATION_COLUMNS: Labels = {
    "id": ("Mã định danh", "Id"),
    "name": ("Tên tổ chức", "Name"),
    "name_en": ("Tên tiếng Anh", "Name in English"),
    "aliases": ("Tên khác", "Other names"),
    "revision": RECORDED,
    "changed_in": ("Thay đổi gần nhất ở lần ghi", "Last changed in revision"),
}
SOURCE_TABLE = columns_of(SOURCE_COLUMNS, {"kind": "source_kind"}, {"published_on"})
ORGANIZATION_TABLE = columns_of(ORGANIZATION_COLUMNS, {})


class _Page(Protocol):
    @property
    def items(self) -> Sequence[BaseModel]: ...

    @property
    def next_cursor(self) -> str | None: ...


async def source_chunks(database: Database, query: SourcesFilter, revision: int) -> Chunks:
    """Return chunks of the sources that match, by id."""

    async def read(connection: Executor, cursor: str | None) -> _Page:
        page = SourcesQuery(q=query.q, kind=query.kind, limit=CHUNK, cursor=cursor)
        return await list_sources(connection, page, revision)

    return await begun(_pages(database, revision, read))


async def organization_chunks(
    database: Database, query: OrganizationsFilter, revision: int
) -> Chunks:
    """Return chunks of the organizations that match, by id."""

    async def read(connection: Executor, cursor: str | None) -> _Page:
        page = OrganizationsQuery(q=query.q, limit=CHUNK, cursor=cursor)
        return await list_organizations(connection, page, revision)

    return await begun(_pages(database, revision, read))


async def _pages(
    database: Database, revision: int, read: Callable[[Executor, str | None], Awaitable[_Page]]
) -> Chunks:
    cursor: str | None = None
    is_begun = False
    while cursor is not None or not is_begun:
        async with reading_a_chunk(database, revision, is_begun=is_begun) as connection:
            page = await read(connection, cursor)
        cursor, is_begun = page.next_cursor, True
        yield [item.model_dump() for item in page.items]
