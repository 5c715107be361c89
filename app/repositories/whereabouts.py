"""Where sites and projects lie over all days, as is known, or as was known last."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, and_, func, null, select

from app.repositories.histories import History
from app.repositories.snapshots import Executor


async def list_whereabouts(
    connection: Executor, history: History, keys: Collection[str]
) -> list[Row[Any]]:
    """Return province, site (of projects) and days of each version of some subjects.

    Of a subject that has no version any more, those that were given up last.
    """
    if not keys:
        return []
    columns = history.versions.c
    last = (
        select(history.id.label("id"), func.max(columns.known_to).label("known_to"))
        .where(history.id.in_(keys))
        .group_by(history.id)
        .subquery()
    )
    site = columns.site if "site" in columns else null().label("site")
    query = select(columns.province_code, site, columns.valid_from, columns.valid_to).join(
        last, and_(history.id == last.c.id, columns.known_to == last.c.known_to)
    )
    return list((await connection.execute(query)).all())
