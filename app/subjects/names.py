"""Names beside ids: of organizations, units and subjects, read at once for a whole page.

An organization has the name that is known at the revision, a unit and a subject that of the day.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.ledger.snapshots import At
from app.ledger.tables import SOURCES
from app.subjects.histories import HISTORIES
from app.units.units import UnitLevel, Units


async def names_of_subjects(
    connection: Executor, what: SubjectType, keys: Iterable[str], at: At, units: Units
) -> Mapping[str, str | None]:
    """Return the names of subjects of one type on a day; their first ones if it lies before."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    if what is SubjectType.province:
        return {code: units.name_of(UnitLevel.province, code, at.day) for code in wanted}
    if what is SubjectType.source:
        titles = select(SOURCES.c.id, SOURCES.c.title).where(SOURCES.c.id.in_(wanted))
        return {row.id: row.title for row in await connection.execute(titles)}
    history = HISTORIES[what]
    columns = history.versions.c
    query = (
        select(history.id.label("id"), columns.name, columns.valid_from)
        .where(
            history.id.in_(wanted),
            columns.known_from <= at.revision,
            columns.known_to > at.revision,
        )
        .order_by(columns.valid_from)
    )
    found: dict[str, tuple[date, str | None]] = {}
    for row in await connection.execute(query):
        if row.id not in found or row.valid_from <= at.day:
            found[row.id] = (row.valid_from, row.name)
    return {key: name for key, (_, name) in found.items()}
