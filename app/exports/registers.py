"""Sources and organizations as tables: what lists show, read page after page at one revision."""

from app.database import Database
from app.database.connections import Executor
from app.exports.chunks import CHUNK, Page, begun, pages
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


async def source_chunks(database: Database, query: SourcesFilter, revision: int) -> Chunks:
    """Return chunks of the sources that match, by id."""

    async def read(connection: Executor, cursor: str | None) -> Page:
        wanted = SourcesQuery(q=query.q, kind=query.kind, limit=CHUNK, cursor=cursor)
        return Page.of(await list_sources(connection, wanted, revision))

    return await begun(pages(database, revision, read))


async def organization_chunks(
    database: Database, query: OrganizationsFilter, revision: int
) -> Chunks:
    """Return chunks of the organizations that match, by id."""

    async def read(connection: Executor, cursor: str | None) -> Page:
        wanted = OrganizationsQuery(q=query.q, limit=CHUNK, cursor=cursor)
        return Page.of(await list_organizations(connection, wanted, revision))

    return await begun(pages(database, revision, read))
