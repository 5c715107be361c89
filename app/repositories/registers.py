"""Reading what is registered once and never changes: sources, organizations, revisions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, Table, select

from app.domain.vietnamese import search_text, words_of_id
from app.domain.vocabulary import AUTHORITY, SourceKind
from app.errors import NotFoundError
from app.repositories.filters import words_of
from app.repositories.paging import Cursor, mark_of, read_cursor
from app.repositories.snapshots import Executor, latest_revision
from app.repositories.tables import ORGANIZATIONS, REVISIONS, SOURCES
from app.schemas.queries import KnownPageQuery, OrganizationsQuery, SourcesQuery
from app.schemas.revisions import Revision, RevisionPage
from app.schemas.sources import Organization, OrganizationPage, Source, SourcePage

_BATCH = 500
# Where the words of a search are looked for, besides the id.
_SOURCE_WORDS = ("title", "number", "issuer", "by", "by_aliases")
_ORGANIZATION_WORDS = ("name", "name_en", "aliases")


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


async def list_sources(connection: Executor, query: SourcesQuery, revision: int) -> SourcePage:
    """Return one page of sources, by id."""
    issuers = (ORGANIZATIONS.c.name.label("by"), ORGANIZATIONS.c.aliases.label("by_aliases"))
    selected = select(SOURCES, *issuers).outerjoin(
        ORGANIZATIONS, ORGANIZATIONS.c.id == SOURCES.c.issuer_id
    )
    if query.kind:
        selected = selected.where(SOURCES.c.kind.in_(query.kind))
    rows, cursor = await _page(connection, selected, _SOURCE_WORDS, query, revision)
    items = [_source({column.key: row[column.key] for column in SOURCES.c}) for row in rows]
    return SourcePage(items=items, next_cursor=cursor, revision=revision)


async def list_organizations(
    connection: Executor, query: OrganizationsQuery, revision: int
) -> OrganizationPage:
    """Return one page of organizations, by id."""
    selected = select(ORGANIZATIONS)
    rows, cursor = await _page(connection, selected, _ORGANIZATION_WORDS, query, revision)
    items = [_organization(row) for row in rows]
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
    selected: Select[Any],
    searched: Sequence[str],
    query: OrganizationsQuery | SourcesQuery,
    revision: int,
) -> tuple[list[Mapping[str, Any]], str | None]:
    """Return the rows of a page and the cursor of the next.

    Words are looked for row by row: what is registered is never so much that it needs an index.
    """
    columns = selected.selected_columns
    mark = mark_of(query, columns.id.table.name)
    after = "" if query.cursor is None else str(read_cursor(query.cursor, mark, [str]).keys[0])
    words = words_of(query.q) if query.q else []
    most = max(query.limit + 1, _BATCH if words else 0)
    ordered = selected.where(columns.revision <= revision).order_by(columns.id).limit(most)
    found: list[Mapping[str, Any]] = []
    is_more = True
    while is_more and len(found) <= query.limit:
        batch = await connection.execute(ordered.where(columns.id > after))
        rows = [dict(row) for row in batch.mappings()]
        found += [row for row in rows if _has_words(row, searched, words)]
        is_more = len(rows) == most
        after = rows[-1]["id"] if rows else after
    page = found[: query.limit]
    if len(found) <= query.limit:
        return page, None
    return page, Cursor(mark, revision, date.min, (page[-1]["id"],)).encode()


def _has_words(row: Mapping[str, Any], searched: Sequence[str], words: Sequence[str]) -> bool:
    if not words:
        return True
    told = (row[name] for name in searched)
    texts = [text for one in told for text in (one if isinstance(one, list) else [one]) if text]
    text = search_text(*texts, words_of_id(row["id"]))
    return all(f" {word}" in text for word in words)


async def get_revision(connection: Executor, number: int) -> Revision:
    """Return one revision."""
    await latest_revision(connection)
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
