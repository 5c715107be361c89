"""Sources and organizations: reading and searching them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, select

from app.core.digest import JsonObject
from app.core.errors import MergedError, NotFoundError, WithdrawnError
from app.core.messages import Template
from app.core.query_parameters import words_of
from app.core.vietnamese import company_text, words_of_id
from app.core.vocabulary import AUTHORITY, SourceKind
from app.database.connections import AnySelect, Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.database.prepared import any_of
from app.ledger.entries import ENTRIES, is_present, kept_by, merges_at
from app.ledger.schemas import (
    Organization,
    OrganizationPage,
    OrganizationsQuery,
    Source,
    SourceLinks,
    SourcePage,
    SourcesQuery,
)
from app.ledger.tables import CorrectionType

_NOT_REGISTERED = Template(
    "ledger.not-registered",
    "No {what} {key!r} is registered at revision {revision}; see /v1/{what}s.",
)
_MERGED = Template(
    "ledger.merged",
    "The organization {key!r} was merged into {into!r} in revision {number}: "
    "see /v1/organizations/{into}.",
)
_WITHDRAWN = Template(
    "ledger.withdrawn",
    "The {what} {key!r} was withdrawn in revision {number}; it can be read at revision={last}, "
    "and /v1/revisions/{number} says why.",
)
_BATCH = 500
_ORGANIZATIONS = ENTRIES["organization"]
ORGANIZATION_NAMES: AnySelect = _ORGANIZATIONS.with_only_columns(
    _ORGANIZATIONS.selected_columns.id,
    _ORGANIZATIONS.selected_columns.name,
    maintain_column_froms=True,
).where(any_of(_ORGANIZATIONS.selected_columns.id, "organizations"))
"""The names of the bound organizations as known at the bound revision."""
# The columns that a search looks through, besides the id.
_SOURCE_WORDS = ("title", "number", "issuer", "by", "by_aliases")
_ORGANIZATION_WORDS = ("name", "name_en", "aliases")


def as_source(row: Mapping[str, object]) -> Source:
    """Return the answer for a source."""
    known = {name: row.get(name) for name in Source.model_fields}
    links = SourceLinks(
        statements=f"/v1/statements?source_id={row['id']}",
        citations=f"/v1/sources/{row['id']}/citations",
    )
    authority = AUTHORITY[SourceKind(str(row["kind"]))]
    return Source.model_validate({**known, "authority": authority, "links": links})


def as_organization(row: Mapping[str, object]) -> Organization:
    """Return the answer for an organization."""
    known = {name: row[name] for name in Organization.model_fields}
    return Organization.model_validate({**known, "aliases": row["aliases"] or []})


async def get_source(connection: Executor, source_id: str, revision: int) -> Source:
    """Return one source."""
    row = await find_present(connection, "source", source_id, revision)
    return as_source(*await with_issuer_names(connection, [row], revision))


async def with_issuer_names(
    connection: Executor, rows: Sequence[JsonObject], revision: int
) -> list[JsonObject]:
    """Add to entries of sources the names of their issuers: one query, or none."""
    keys = {row["issuer_id"] for row in rows if row["issuer_id"]}
    names = await organization_names(connection, keys, revision)
    return [{**row, "issuer_name": names.get(row["issuer_id"])} for row in rows]


async def get_organization(connection: Executor, name: str, revision: int) -> Organization:
    """Return one organization."""
    return as_organization(await find_present(connection, "organization", name, revision))


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
    # Issuers are looked at for what is searched for, and only then.
    selected = _SEARCHED if query.q else _present(ENTRIES["source"])
    if query.kind:
        selected = selected.where(selected.selected_columns.kind.in_(query.kind))
    rows, cursor = await _page(connection, selected, ("source", _SOURCE_WORDS), query, revision)
    items = [as_source(row) for row in await with_issuer_names(connection, rows, revision)]
    return SourcePage(items=items, next_cursor=cursor, revision=revision)


async def list_organizations(
    connection: Executor, query: OrganizationsQuery, revision: int
) -> OrganizationPage:
    """Return one page of organizations, by id."""
    selected = _present(ENTRIES["organization"])
    rows, cursor = await _page(
        connection, selected, ("organization", _ORGANIZATION_WORDS), query, revision
    )
    items = [as_organization(row) for row in rows]
    return OrganizationPage(items=items, next_cursor=cursor, revision=revision)


def _present(entries: AnySelect) -> AnySelect:
    """Select the entries that are in the register still."""
    known = entries.where(is_present(entries)).subquery()
    return select(known)


def _with_issuers() -> AnySelect:
    sources = _present(ENTRIES["source"]).subquery()
    issuers = ENTRIES["organization"].subquery()
    by = (issuers.c.name.label("by"), issuers.c.aliases.label("by_aliases"))
    return select(sources, *by).outerjoin(issuers, issuers.c.id == sources.c.issuer_id)


_SEARCHED = _with_issuers()
_ONE = {
    what: entries.where(entries.selected_columns.id == bindparam("key"))
    for what, entries in ENTRIES.items()
}


async def find_present(connection: Executor, what: str, key: str, revision: int) -> JsonObject:
    """Return the entry of a source or an organization as known at a revision.

    The errors for one that is not there: ``NotFoundError``, ``WithdrawnError``, ``MergedError``.
    """
    found = await connection.execute(_ONE[what], {"key": key, "revision": revision})
    row = found.mappings().one_or_none()
    if row is None:
        raise not_registered(what, key, revision)
    if row["type"] == CorrectionType.merged:
        into = kept_by(await merges_at(connection, revision))[key]
        detail = _MERGED(key=key, into=into, number=row["changed_in"])
        raise MergedError(detail, key, into)
    if row["type"] == CorrectionType.withdrawn:
        raise withdrawn(what, key, row["changed_in"])
    return dict(row)


def withdrawn(what: str, key: str, number: int) -> WithdrawnError:
    """Return the error for a source or organization that was withdrawn in a revision."""
    detail = _WITHDRAWN(what=what, key=key, number=number, last=number - 1)
    return WithdrawnError(detail, members={"withdrawn_in": number})


def not_registered(what: str, key: str, revision: int) -> NotFoundError:
    """Return the error for a source or organization that is not registered at a revision."""
    return NotFoundError(_NOT_REGISTERED(what=what, key=key, revision=revision))


async def _page(
    connection: Executor,
    selected: AnySelect,
    listed: tuple[str, Sequence[str]],
    query: OrganizationsQuery | SourcesQuery,
    revision: int,
) -> tuple[list[JsonObject], str | None]:
    """Return the rows of a page and the cursor of the next.

    ``listed`` is what the rows are, and the columns that words are searched in.
    Words are searched row by row: there are never so many registrations that this needs an index.
    """
    what, searched = listed
    columns = selected.selected_columns
    mark = mark_of(query, what)
    after = "" if query.cursor is None else str(read_cursor(query.cursor, mark, [str]).keys[0])
    words = words_of(query.q) if query.q else []
    most = max(query.limit + 1, _BATCH if words else 0)
    ordered = selected.order_by(columns.id).limit(most)
    found: list[JsonObject] = []
    is_more = True
    while is_more and len(found) <= query.limit:
        batch = await connection.execute(ordered.where(columns.id > after), {"revision": revision})
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
