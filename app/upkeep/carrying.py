"""Carrying a register of an earlier release over: which answers of now change by the rules of this.

What is recorded stays as it is; what follows from it is made anew. The days of each subject are
compared as they are known now, before the projections are rebuilt.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from app.core.geometry import Box
from app.database import Database
from app.database.connections import Executor
from app.ledger.tables import OPEN_REVISION
from app.subjects.attributes import Catalogue, plain_decimal
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES, History, read_dicts
from app.subjects.version_changes import overlaid
from app.units.units import Units
from app.upkeep.rebuilding import next_subjects, versions_of

_BATCH = 200
_BEGINS = "a statement that something is unknown begins no history"
_LASTING = "before it was first stated, a name or place is as it was then"
_PLANNED = "what is planned stands beside what is"
_DERIVED = "it follows from the others"
_NOT_SHOWN = {"known_to", "name_sort", "search_text", *Box._fields}


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An attribute of a subject that has another value from a day on than before, and why."""

    subject: str
    attribute: str
    since: date
    before: object
    after: object
    why: str

    def __str__(self) -> str:
        """Return all of it in one line."""
        values = f"{_written(self.before)} → {_written(self.after)}"
        return f"{self.subject}: {self.attribute} {values} from {self.since}: {self.why}"


def _written(value: object) -> object:
    return plain_decimal(value) if isinstance(value, Decimal) else value


async def changed_answers(database: Database, units: Units) -> AsyncIterator[AnswerChange]:
    """Yield what a rebuild changes in the answers as known now, by subject and attribute."""
    async with database.read(at_length=True) as connection:
        for history in HISTORIES.values():
            last = ""
            while registered := await next_subjects(connection, history, last, _BATCH):
                for change in await _changes_of(connection, history, registered, units):
                    yield change
                last = registered[-1].id


async def _changes_of(
    connection: Executor, history: History, registered: Sequence[Row[Any]], units: Units
) -> list[AnswerChange]:
    keys = [row.id for row in registered]
    present, wanted = defaultdict(list), defaultdict(list)
    for row in await read_dicts(
        connection, history.open_versions, {"keys": keys, "since": date.min}
    ):
        present[row[history.key]].append(row)
    for row in await versions_of(connection, history, registered, units):
        if row["known_to"] == OPEN_REVISION:
            wanted[row[history.key]].append(row)
    return [change for key in keys for change in _compared(history, key, present[key], wanted[key])]


def _compared(
    history: History,
    key: str,
    present: Sequence[Mapping[str, Any]],
    wanted: Sequence[Mapping[str, Any]],
) -> Iterator[AnswerChange]:
    """Yield the first change of each attribute of a subject."""
    subject, attributes = f"{history.type} {key}", DEFINITIONS[history.type].attributes
    seen: set[str] = set()
    for change in overlaid(present, wanted):
        if change.before is None or change.after is None:
            yield from _begun(subject, change.valid_from, change.before is None, seen)
            continue
        for name in change.changed:
            if name not in seen | _NOT_SHOWN:
                seen.add(name)
                before, after = change.before[name], change.after[name]
                why = _why(name, attributes)
                yield AnswerChange(subject, name, change.valid_from, before, after, why)


def _begun(subject: str, since: date, is_new: bool, seen: set[str]) -> Iterator[AnswerChange]:
    if "begins" not in seen:
        seen.add("begins")
        states = ("nothing", "a state") if is_new else ("a state", "nothing")
        yield AnswerChange(subject, "version", since, *states, _BEGINS)


def _why(name: str, attributes: Catalogue) -> str:
    if name not in attributes:
        return _PLANNED if name == "planned" else _DERIVED
    attribute = attributes[name]
    if attribute.is_lasting:
        return _LASTING
    reasons = [_PLANNED] if name in attributes.planned else []
    if attribute.head:
        reasons.append(f"it holds only while the {attribute.head} is what it was")
    return ", or ".join(reasons) or _DERIVED
