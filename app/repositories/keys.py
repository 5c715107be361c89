"""Reading keys: by id for who asks, in pages for administrators. Secrets are not there to read."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select

from app.errors import NotFoundError
from app.repositories.paging import Cursor, mark_of, read_cursor
from app.repositories.snapshots import Executor
from app.repositories.tables import ACCESS_KEYS
from app.schemas.keys import Key, KeyPage
from app.schemas.queries import PageQuery

_K = ACCESS_KEYS.c


async def find_key(connection: Executor, key_id: str) -> Row[Any] | None:
    """Return the entry of a key, or ``None``."""
    query = select(ACCESS_KEYS).where(_K.id == key_id)
    return (await connection.execute(query)).one_or_none()


async def has_keys(connection: Executor) -> bool:
    """Tell whether a key was ever given out."""
    return (await connection.execute(select(_K.id).limit(1))).first() is not None


async def get_key(connection: Executor, key_id: str) -> Key:
    """Return what can be told of a key."""
    row = await find_key(connection, key_id)
    if row is None:
        raise NotFoundError(f"No key {key_id!r} was given out; see /v1/keys.")
    return shown(row)


def shown(row: Row[Any]) -> Key:
    """Show a key, without what is known of its secret."""
    values = dict(row._mapping)  # noqa: SLF001
    provinces = [{"code": code, "on": on} for code, on in values["provinces"]]
    return Key.model_validate({**values, "provinces": provinces})


async def list_keys(connection: Executor, query: PageQuery) -> KeyPage:
    """Return one page of keys, by id."""
    mark = mark_of(query, "keys")
    selected = select(ACCESS_KEYS).order_by(_K.id).limit(query.limit + 1)
    if query.cursor is not None:
        selected = selected.where(_K.id > read_cursor(query.cursor, mark, [str]).keys[0])
    rows = (await connection.execute(selected)).all()
    items = [shown(row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    cursor = Cursor(mark, 0, date.min, (items[-1].id,)).encode() if more else None
    return KeyPage(items=items, next_cursor=cursor)
