"""Sources and organizations: reading and searching them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import Table, bindparam, select

from app.core.digest import JsonObject
from app.core.errors import NotFoundError
from app.core.messages import Template
from app.core.query_parameters import words_of
from app.core.vietnamese import company_text, words_of_id
from app.core.vocabulary import AUTHORITY, SourceKind
from app.database.connections import AnySelect, Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.ledger.schemas import (
    Organization,
    OrganizationPage,
    OrganizationsQuery,
    Source,
    SourceLinks,
    SourcePage,
    SourcesQuery,
)
from app.ledger.tables import ORGANIZATIONS, SOURCES

_NOT_REGISTERED = Template(
    "ledger.not-registered",
    "No {what} {key!r} is registered at revision {revision}; see /v1/{what}s.",
)
_BATCH = 500
ORGANIZATION_NAMES: AnySelect = select(ORGANIZATIONS.c.id, ORGANIZATIONS.c.name).where(
    ORGANIZATIONS.c.id.in_(bindparam("organizations", expanding=True)),
    ORGANIZATIONS.c.revision <= bindparam("revision"),
)
"""The names of the bound organizations as known at the bound revision."""
# The columns that a search looks through, besides the id.
_SOURCE_WORDS = ("title", "number", "issuer", "by", "by_aliases")
_ORGANIZATION_WORDS = ("name", "name_en", "aliases")


def as_source(row: Mapping[str, object]) -> Source:
    """Return the answer for a source."""
    links = SourceLinks(
        statements=f"/v1/statements?source_id={row['id']}",
        citations=f"/v1/sources/{row['id']}/citations",
    )
    authority = AUTHORITY[SourceKind(str(row["kind"]))]
    return Source.model_validate({**row, "authority": authority, "links": links})


def as_organization(row: Mapping[str, object]) -> Organization:
    """Return the answer for an organization."""
    return Organization.model_validate({**row, "aliases": row["aliases"] or []})


async def get_source(connection: Executor, source_id: str, revision: int) -> Source:
    """Return one source."""
    return as_source(await _row(connection, SOURCES, "source", source_id, revision))


async def get_organization(connection: Executor, name: str, revision: int) -> Organization:
    """Return one organization."""
    return as_organization(await _row(connection, ORGANIZATIONS, "organization", name, revision))


async def organization_names(
    connection: Executor, keys: Collection[str], revision: int
) -> Mapping[str, str]:
    """Return the names of organizations as known at a revision, by id."""
    if not keys:
        return {}
    parameters = {"organizations": sorted(keys), "revision": revision}
    rows = await connection.execute(ORGANIZATION_NAMES, parameters)
    return {row.id: row.name for row in rows}


async def list_sources(connection: Executor, query: SourcesQuery, revision: int) -> SourcePage:
    """Return one page of sources, by id."""
    issuers = (ORGANIZATIONS.c.name.label("by"), ORGANIZATIONS.c.aliases.label("by_aliases"))
    selected = select(SOURCES, *issuers).outerjoin(
        ORGANIZATIONS, ORGANIZATIONS.c.id == SOURCES.c.issuer_id
    )
    if query.kind:
        selected = selected.where(SOURCES.c.kind.in_(query.kind))
    rows, cursor = await _page(connection, selected, _SOURCE_WORDS, query, revision)
    items = [as_source({column.key: row[column.key] for column in SOURCES.c}) for row in rows]
    return SourcePage(items=items, next_cursor=cursor, revision=revision)


async def list_organizations(
    connection: Executor, query: OrganizationsQuery, revision: int
) -> OrganizationPage:
    """Return one page of organizations, by id."""
    selected = select(ORGANIZATIONS)
    rows, cursor = await _page(connection, selected, _ORGANIZATION_WORDS, query, revision)
    items = [as_organization(row) for row in rows]
    return OrganizationPage(items=items, next_cursor=cursor, revision=revision)


@cache
def _registered(table: Table) -> AnySelect:
    return select(table).where(table.c.id == bindparam("key"))


async def find_row(connection: Executor, table: Table, key: str) -> JsonObject | None:
    """Return the row with an id in a table of registrations, or ``None``."""
    found = await connection.execute(_registered(table), {"key": key})
    row = found.mappings().one_or_none()
    return None if row is None else dict(row)


async def _row(
    connection: Executor, table: Table, what: str, key: str, revision: int
) -> JsonObject:
    row = await find_row(connection, table, key)
    if row is None or row["revision"] > revision:
        raise not_registered(what, key, revision)
    return row


def not_registered(what: str, key: str, revision: int) -> NotFoundError:
    """Return the error for a source or organization that is not registered at a revision."""
    return NotFoundError(_NOT_REGISTERED(what=what, key=key, revision=revision))


async def _page(
    connection: Executor,
    selected: AnySelect,
    searched: Sequence[str],
    query: OrganizationsQuery | SourcesQuery,
    revision: int,
) -> tuple[list[JsonObject], str | None]:
    """Return the rows of a page and the cursor of the next.

    Words are searched row by row: there are never so many registrations that this needs an index.
    """
    columns = selected.selected_columns
    mark = mark_of(query, columns.id.table.name)
    after = "" if query.cursor is None else str(read_cursor(query.cursor, mark, [str]).keys[0])
    words = words_of(query.q) if query.q else []
    most = max(query.limit + 1, _BATCH if words else 0)
    ordered = selected.where(columns.revision <= revision).order_by(columns.id).limit(most)
    found: list[JsonObject] = []
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


def _has_words(row: JsonObject, searched: Sequence[str], words: Sequence[str]) -> bool:
    if not words:
        return True
    values = (row[name] for name in searched)
    texts = [text for one in values for text in (one if isinstance(one, list) else [one]) if text]
    text = company_text(*texts, words_of_id(row["id"]))
    return all(f" {word}" in text for word in words)
