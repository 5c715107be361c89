"""Reading what is registered once and never changes: sources, organizations, revisions."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Table, select

from app.domain.vocabulary import AUTHORITY, SourceKind
from app.errors import NotFoundError
from app.repositories.paging import Cursor, mark_of, read_cursor
from app.repositories.snapshots import Executor
from app.repositories.tables import ORGANIZATIONS, REVISIONS, SOURCES
from app.schemas.queries import KnownPageQuery
from app.schemas.revisions import Revision, RevisionPage
from app.schemas.sources import Organization, OrganizationPage, Source, SourcePage
from app.schemas.types import Answer

_Item = TypeVar("_Item", bound=Answer)


def _source(row: Mapping[str, Any]) -> Source:
    return Source.model_validate({**row, "authority": AUTHORITY[SourceKind(row["kind"])]})


def _organization(row: Mapping[str, Any]) -> Organization:
    return Organization.model_validate({**row, "aliases": row["aliases"] or []})


async def get_source(connection: Executor, source_id: str, revision: int) -> Source:
    """Return one source."""
    return _source(await _row(connection, SOURCES, "source", source_id, revision))


async def get_organization(connection: Executor, name: str, revision: int) -> Organization:
    """Return one organization."""
    return _organization(await _row(connection, ORGANIZATIONS, "organization", name, revision))


async def list_sources(connection: Executor, query: KnownPageQuery, revision: int) -> SourcePage:
    """Return one page of sources, by id."""
    items, cursor = await _page(connection, SOURCES, query, revision, _source)
    return SourcePage(items=items, next_cursor=cursor, revision=revision)


async def list_organizations(
    connection: Executor, query: KnownPageQuery, revision: int
) -> OrganizationPage:
    """Return one page of organizations, by id."""
    items, cursor = await _page(connection, ORGANIZATIONS, query, revision, _organization)
    return OrganizationPage(items=items, next_cursor=cursor, revision=revision)


async def find_row(connection: Executor, table: Table, key: str) -> Mapping[str, Any] | None:
    """Return the row of a registered thing, or ``None``."""
    row = (await connection.execute(select(table).where(table.c.id == key))).one_or_none()
    return None if row is None else dict(row._mapping)  # noqa: SLF001


async def missing_ids(connection: Executor, table: Table, ids: set[str]) -> set[str]:
    """Return which of the ids are not registered in a table, or were withdrawn from it."""
    if not ids:
        return set()
    query = select(table.c.id).where(table.c.id.in_(ids))
    if "withdrawn_in" in table.c:
        query = query.where(table.c.withdrawn_in.is_(None))
    return ids - {str(key) for key in (await connection.execute(query)).scalars()}


async def _row(
    connection: Executor, table: Table, what: str, key: str, revision: int
) -> Mapping[str, Any]:
    row = await find_row(connection, table, key)
    if row is None or row["revision"] > revision:
        detail = f"No {what} {key!r} is registered at revision {revision}; see /v1/{what}s."
        raise NotFoundError(detail)
    return row


async def _page(
    connection: Executor,
    table: Table,
    query: KnownPageQuery,
    revision: int,
    make: Callable[[Mapping[str, Any]], _Item],
) -> tuple[list[_Item], str | None]:
    mark = mark_of(query, table.name)
    selected = select(table).where(table.c.revision <= revision).order_by(table.c.id)
    if query.cursor is not None:
        selected = selected.where(table.c.id > read_cursor(query.cursor, mark, [str]).keys[0])
    rows = (await connection.execute(selected.limit(query.limit + 1))).all()
    items = [make(dict(row._mapping)) for row in rows[: query.limit]]  # noqa: SLF001
    if len(rows) <= query.limit:
        return items, None
    cursor = Cursor(mark, revision, date.min, (rows[query.limit - 1].id,))
    return items, cursor.encode()


async def get_revision(connection: Executor, number: int) -> Revision:
    """Return one revision."""
    query = select(REVISIONS).where(REVISIONS.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError(f"Revision {number} is not recorded.")
    return Revision.model_validate(dict(row._mapping))  # noqa: SLF001


async def list_revisions(connection: Executor, query: KnownPageQuery, latest: int) -> RevisionPage:
    """Return one page of revisions, newest first."""
    mark = mark_of(query, "revisions")
    selected = select(REVISIONS).where(REVISIONS.c.number <= latest)
    if query.cursor is not None:
        before = read_cursor(query.cursor, mark, [int]).keys[0]
        selected = selected.where(REVISIONS.c.number < before)
    ordered = selected.order_by(REVISIONS.c.number.desc()).limit(query.limit + 1)
    rows = (await connection.execute(ordered)).all()
    items = [Revision.model_validate(dict(row._mapping)) for row in rows[: query.limit]]  # noqa: SLF001
    more = len(rows) > query.limit
    cursor = Cursor(mark, latest, date.min, (items[-1].number,)).encode() if more else None
    return RevisionPage(items=items, next_cursor=cursor, revision=latest)
