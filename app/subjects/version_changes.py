"""The changes that one revision made to a subject: versions that ended, and those that began."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import or_

from app.database.connections import Executor
from app.ledger.snapshots import At
from app.subjects.attributes import name_member
from app.subjects.definitions import DEFINITIONS
from app.subjects.fold import FOREVER
from app.subjects.histories import History
from app.subjects.names import add_names
from app.units.units import Units

_NAMES = {
    name_member(reference.name)
    for definition in DEFINITIONS.values()
    for reference in definition.attributes.values()
    if reference.is_reference
}
_UNCOMPARED = {"valid_from", "valid_to", "known_from", *_NAMES}


@dataclass(frozen=True, slots=True)
class VersionChange:
    """An interval of days in which another version holds than before."""

    valid_from: date
    valid_to: date
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def changed(self) -> list[str]:
        """The names of the members that differ."""
        before, after = self.before or {}, self.after or {}
        names = [name for name in {**before, **after} if name not in _UNCOMPARED]
        return [name for name in names if before.get(name) != after.get(name)]

    @property
    def shown(self) -> dict[str, object]:
        """The members of the answer."""
        return {
            "valid_from": self.valid_from,
            "valid_to": None if self.valid_to == FOREVER else self.valid_to,
            "changed": self.changed,
            "before": self.before,
            "after": self.after,
        }


async def read_changes(
    connection: Executor, history: History, key: str, revision: int, units: Units
) -> list[VersionChange]:
    """Return the changes of a subject by a revision, by intervals of days, oldest first."""
    known = history.versions.c
    touched = or_(known.known_from == revision, known.known_to == revision)
    # An outline is too large for lists, but compared all the same.
    outlines = [known.geometry] if "geometry" in known else []
    selected = history.versions_shown.add_columns(*outlines).where(history.id == key, touched)
    found = await connection.execute(selected)
    rows = [dict(row._mapping) for row in found]  # noqa: SLF001
    await add_names(connection, history.type, rows, At(date.max, revision), units)
    ended = [row for row in rows if row["known_from"] < revision]
    begun = [row for row in rows if row["known_from"] == revision]
    return list(overlaid(ended, begun))


def overlaid(
    ended: Sequence[Mapping[str, Any]], begun: Sequence[Mapping[str, Any]]
) -> Iterator[VersionChange]:
    """Cut the days where any version begins or ends, and pair the old with the new versions."""
    days = {day for row in (*ended, *begun) for day in (row["valid_from"], _end(row))}
    cuts = sorted(days)
    for since, until in pairwise(cuts):
        before, after = _holding(ended, since), _holding(begun, since)
        if before or after:
            yield VersionChange(since, until, before, after)


def _end(row: Mapping[str, Any]) -> date:
    end: date = row["valid_to"] or FOREVER
    return end


def _holding(rows: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    return next((row for row in rows if row["valid_from"] <= day < _end(row)), None)
