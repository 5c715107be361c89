"""When anything of a site or project changed last."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, case, func, select

from app.repositories.snapshots import Executor


@lru_cache
def changed_last(versions: Table, key: str) -> Select[Any]:
    """Select the last revision, up to the bound one, that began or ended a version of a subject.

    ``key`` is the column that has the subject's id; ``id`` and ``revision`` are bound.
    """
    known = versions.alias().c
    is_over = known.known_to <= bindparam("revision")
    last = func.max(case((is_over, known.known_to), else_=known.known_from))
    return select(last).where(
        known[key] == bindparam("id"), known.known_from <= bindparam("revision")
    )


async def last_change(
    connection: Executor, versions: Table, key: str, subject_id: str, revision: int
) -> int:
    """Return the last revision, up to one, that changed what is known of a subject; 0 for none."""
    asked = {"id": subject_id, "revision": revision}
    found = await connection.execute(changed_last(versions, key), asked)
    return int(found.scalar_one() or 0)
