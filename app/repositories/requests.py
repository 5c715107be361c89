"""Finding the answer that was kept for a request."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from app.repositories.snapshots import Executor
from app.repositories.tables import IDEMPOTENCY_KEYS

_K = IDEMPOTENCY_KEYS.c


async def find_answer(
    connection: Executor, author: str, key: str, since: datetime
) -> Row[Any] | None:
    """Return the answer kept for an author's key since an instant, or ``None``."""
    query = select(IDEMPOTENCY_KEYS).where(
        _K.author == author, _K.key == key, _K.recorded_at > since
    )
    return (await connection.execute(query)).one_or_none()
