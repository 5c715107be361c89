"""Drafts of imports and remembered layouts, as the database keeps them: no part of the ledger.

A draft is a file on its way into the ledger, with what was read of it and what was answered. It
expires; what was committed stays, so that it can be corrected and retracted. Functions take the
connection or session, so that whoever commits an import sets its state in the same transaction.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    CursorResult,
    Dialect,
    Index,
    LargeBinary,
    Text,
    TypeDecorator,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from app.access.principals import Principal, PrincipalRole
from app.core.errors import NotFoundError
from app.core.messages import Message, Template
from app.database.connections import Executor, read_rows
from app.database.tables import CanonicalJson, Instant, code_check, ordered_text, table_of

LIFETIME = timedelta(days=30)
"""How long a draft is kept that is not committed."""
_NO_DRAFT = Template("imports.no-draft", "No import {id!r} of yours is known; see /v1/imports.")
_NO_LAYOUT = Template(
    "imports.no-layout", "No layout {id!r} of yours is known; see /v1/imports/layouts."
)


class DraftState(StrEnum):
    """How far an import is."""

    draft = "draft"
    committing = "committing"
    committed = "committed"
    retracted = "retracted"
    failed = "failed"


DISPOSABLE = frozenset({DraftState.draft, DraftState.failed})
"""The states of drafts that can be answered and committed."""


def as_json(content: object) -> bytes:
    """Write JSON; decimals as numbers, messages as id and parameters."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode()


def pack(content: object) -> bytes:
    """Write JSON, packed."""
    return zlib.compress(as_json(content), 1)


def unpack(packed: bytes) -> Any:
    """Read JSON that was packed; numbers with a fraction become decimals."""
    return json.loads(zlib.decompress(packed), parse_float=Decimal)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, Message):
        return {"id": value.id, "parameters": dict(value.parameters)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not kept in a draft")


class PackedJson(TypeDecorator[object]):
    """JSON of any length, packed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> bytes | None:
        """Pack JSON; ``None`` is SQL NULL."""
        return None if value is None else pack(value)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> object:
        """Unpack JSON."""
        return None if value is None else unpack(value)


class Draft(SQLModel, table=True):
    """An import: a file, what the officer states beside it and answers, and the report of it.

    ``edited`` counts its changes and is its ETag. ``read_at`` is the revision that the report
    compares with. ``revision`` is that of the commit, ``retracted_in`` that of the retraction, and
    ``outcome`` what became of a commit. ``report`` is all but the rows, which ``rows`` has packed.
    """

    __tablename__ = "import_draft"
    __table_args__ = (
        code_check("import_draft", "state", DraftState),
        Index("ix_import_draft_principal", "principal_id", "id"),
    )

    id: str = Field(primary_key=True, sa_type=ordered_text())
    principal_id: str = Field(sa_type=ordered_text())
    author: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    state: str
    edited: int
    file_name: str = Field(sa_type=Text)
    file_hash: str = Field(max_length=64, index=True)
    file_size: int
    given: dict[str, Any] = Field(sa_type=CanonicalJson)
    corrects: str | None = Field(default=None, sa_type=ordered_text())
    layout_id: str | None = Field(default=None, sa_type=ordered_text())
    read_at: int = Field(sa_type=BigInteger)
    revision: int | None = Field(default=None, sa_type=BigInteger)
    retracted_in: int | None = Field(default=None, sa_type=BigInteger)
    answers: dict[str, Any] = Field(sa_type=PackedJson)
    report: dict[str, Any] = Field(sa_type=PackedJson)
    outcome: dict[str, Any] | None = Field(default=None, sa_type=PackedJson)
    # Long ones come last, so that the others are read without them.
    content: bytes = Field(sa_type=LargeBinary)
    rows: bytes = Field(sa_type=LargeBinary)


class Layout(SQLModel, table=True):
    """What an officer answered about columns, for the next file of that issuer and header.

    ``shape`` is the digest of the headers without their figures; ``headers`` and ``columns`` are
    texts and answers by the letters of columns.
    """

    __tablename__ = "import_layout"
    __table_args__ = (Index("ux_import_layout", "principal_id", "issuer", "shape", unique=True),)

    id: str = Field(primary_key=True, sa_type=ordered_text())
    principal_id: str = Field(sa_type=ordered_text())
    author: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=Instant)
    issuer: str = Field(sa_type=ordered_text())
    shape: str = Field(max_length=64)
    headers: dict[str, str] = Field(sa_type=CanonicalJson)
    columns: dict[str, str] = Field(sa_type=CanonicalJson)


DRAFTS = table_of(Draft)
LAYOUTS = table_of(Layout)
_D, _L = DRAFTS.c, LAYOUTS.c
_UNRECORDED = (_D.revision.is_(None), _D.state != DraftState.committing.value)
"""Nothing was recorded: such drafts expire, can be deleted, and count for the quota.

So do those that were committed and said nothing new.
"""
_SHOWN = select(*(column for column in _D if column.name not in {"content", "rows"}))
_LISTED = _SHOWN.with_only_columns(
    *(c for c in _SHOWN.selected_columns if c.name not in {"answers", "outcome"})
)
"""A list shows no answers and outcomes, which may be of many rows."""


def new_id(now: datetime) -> str:
    """Return a new id; ids are in chronological order."""
    return f"{now:%Y%m%d-%H%M%S%f}-{token_hex(4)}"


def may_see(principal: Principal, owner_id: str) -> bool:
    """Return whether somebody may see what belongs to a principal: it is theirs to administer."""
    return principal.role is PrincipalRole.administrator or principal.id == owner_id


async def find_draft(connection: Executor, draft_id: str) -> Draft | None:
    """Return a draft by its id, without its file and rows; ``None`` where there is none."""
    found = await read_rows(connection, Draft, _SHOWN.where(_D.id == draft_id))
    return found[0] if found else None


async def get_draft(connection: Executor, draft_id: str, principal: Principal) -> Draft:
    """Return a draft that somebody may see; ``NotFoundError`` for all others, and for expired."""
    found = await find_draft(connection, draft_id)
    is_over = found is not None and found.expires_at and found.expires_at <= datetime.now(UTC)
    if found is None or is_over or not may_see(principal, found.principal_id):
        raise NotFoundError(_NO_DRAFT(id=draft_id))
    return found


async def content_of(connection: Executor, draft_id: str) -> bytes:
    """Return the file of a draft; ``NotFoundError`` where it was deleted meanwhile."""
    return await _bytes_of(connection, _D.content, draft_id)


async def rows_of(connection: Executor, draft_id: str) -> bytes:
    """Return the rows of the report of a draft, as ``pack`` made them: many take a while.

    ``NotFoundError`` where it was deleted meanwhile.
    """
    return await _bytes_of(connection, _D.rows, draft_id)


async def _bytes_of(connection: Executor, column: Column[bytes], draft_id: str) -> bytes:
    found = await connection.execute(select(column).where(_D.id == draft_id))
    content = found.scalar_one_or_none()
    if content is None:
        raise NotFoundError(_NO_DRAFT(id=draft_id))
    return bytes(content)


async def silent_drafts(connection: Executor, before: datetime) -> Sequence[str]:
    """Return the imports that are being committed and were not changed since an instant."""
    committing = (_D.state == DraftState.committing.value, _D.changed_at < before)
    return (await connection.execute(select(_D.id).where(*committing))).scalars().all()


async def list_drafts(
    connection: Executor,
    principal: Principal,
    limit: int,
    before: str | None = None,
    states: Collection[str] = (),
) -> Sequence[Draft]:
    """Return drafts that somebody may see, newest first: those before an id, in some states.

    Their answers and outcomes are not read.
    """
    query = _LISTED.order_by(_D.id.desc()).limit(limit)
    query = query.where(_D.expires_at.is_(None) | (_D.expires_at > datetime.now(UTC)))
    if principal.role is not PrincipalRole.administrator:
        query = query.where(_D.principal_id == principal.id)
    if before is not None:
        query = query.where(_D.id < before)
    if states:
        query = query.where(_D.state.in_(states))
    return await read_rows(connection, Draft, query)


async def space_of(connection: Executor, principal: Principal) -> tuple[int, int]:
    """Return how many drafts a principal has that can be deleted, and their bytes."""
    size = func.coalesce(func.sum(_D.file_size), 0)
    query = select(func.count(), size).where(_D.principal_id == principal.id, *_UNRECORDED)
    count, bytes_ = (await connection.execute(query)).one()
    return int(count), int(bytes_)


async def add_draft(session: AsyncSession, members: Mapping[str, object]) -> None:
    """Keep a draft; ``members`` are its columns."""
    await session.execute(insert(DRAFTS).values(members))


async def change_draft(
    session: AsyncSession,
    draft_id: str,
    *,
    where: Collection[DraftState],
    seen: int | None = None,
    **members: object,
) -> bool:
    """Change a draft that is in one of some states; return whether it was.

    With ``seen``, a count of its changes, it must not have been changed since. Only changes to
    what is reviewed count: those that ``members`` give another ``edited``.
    """
    change = update(DRAFTS).where(_D.id == draft_id, _D.state.in_(where))
    if seen is not None:
        change = change.where(_D.edited == seen)
    done = await session.execute(change.values(changed_at=datetime.now(UTC), **members))
    return cast("CursorResult[Any]", done).rowcount == 1


async def lock_draft(
    session: AsyncSession, draft_id: str, *, where: Collection[DraftState], seen: int
) -> bool:
    """Keep others from changing a draft until the transaction ends; return whether it is as seen.

    Whoever locks a proposal of it as well does that later.
    """
    same = (_D.id == draft_id, _D.state.in_(where), _D.edited == seen)
    found = await session.execute(select(_D.id).where(*same).with_for_update())
    return found.first() is not None


async def delete_draft(session: AsyncSession, draft_id: str) -> bool:
    """Delete a draft of which nothing was recorded; return whether it was one."""
    gone = delete(DRAFTS).where(_D.id == draft_id, *_UNRECORDED)
    return cast("CursorResult[Any]", await session.execute(gone)).rowcount == 1


async def delete_expired(session: AsyncSession) -> None:
    """Delete the drafts that are expired."""
    due = _D.expires_at <= datetime.now(UTC)
    await session.execute(delete(DRAFTS).where(due, *_UNRECORDED))


async def find_layout(
    connection: Executor, principal: Principal, issuer: str, shape: str
) -> Layout | None:
    """Return what a principal answered about a file of a shape and an issuer."""
    mine = select(LAYOUTS).where(_L.principal_id == principal.id)
    query = mine.where(_L.issuer == issuer, _L.shape == shape)
    found = await read_rows(connection, Layout, query)
    return found[0] if found else None


async def layouts_of_draft(connection: Executor, draft_id: str) -> Sequence[str]:
    """Return the layouts that a draft was read by, or that have its headers."""
    draft = await find_draft(connection, draft_id)
    if draft is None:
        return []
    headers = {str(one["column"]): str(one["header"]) for one in draft.report.get("columns", ())}
    mine = select(_L.id, _L.headers).where(_L.principal_id == draft.principal_id)
    return [
        layout_id
        for layout_id, kept in await connection.execute(mine)
        if layout_id == draft.layout_id or kept == headers
    ]


async def list_layouts(connection: Executor, principal: Principal) -> Sequence[Layout]:
    """Return the layouts that somebody may see, the last changed first."""
    query = select(LAYOUTS).order_by(_L.changed_at.desc(), _L.id)
    if principal.role is not PrincipalRole.administrator:
        query = query.where(_L.principal_id == principal.id)
    return await read_rows(connection, Layout, query)


async def keep_layout(session: AsyncSession, members: Mapping[str, object]) -> None:
    """Keep a layout; one of the same principal, issuer and shape is changed to it.

    Without any answer there is nothing to keep.
    """
    same = [_L[name] == members[name] for name in ("principal_id", "issuer", "shape")]
    if not members["columns"]:
        await session.execute(delete(LAYOUTS).where(*same))
        return
    changed = {name: members[name] for name in ("author", "changed_at", "headers", "columns")}
    done = await session.execute(update(LAYOUTS).where(*same).values(changed))
    if cast("CursorResult[Any]", done).rowcount == 0:
        await session.execute(insert(LAYOUTS).values(members))


async def delete_layout(session: AsyncSession, layout_id: str, principal: Principal) -> Layout:
    """Forget a layout and return it; ``NotFoundError`` where it is not somebody's to forget."""
    found = await read_rows(session, Layout, select(LAYOUTS).where(_L.id == layout_id))
    if not found or not may_see(principal, found[0].principal_id):
        raise NotFoundError(_NO_LAYOUT(id=layout_id))
    await session.execute(delete(LAYOUTS).where(_L.id == layout_id))
    return found[0]
