"""Comparing the projections with those that the ledger yields, row by row, without writing.

Writers continue meanwhile. Both sides are cut to one revision: rows that became known later are
left out, and rows that ended later have not ended yet. So it makes no difference when a row is
read.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy import (
    Date,
    Table,
    Text,
    TypeDecorator,
    and_,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.connections import AnySelect
from app.database.tables import REVISION_COUNTER
from app.ledger.snapshots import latest_revision
from app.ledger.tables import OPEN_REVISION, STATEMENTS
from app.statistics.projection import OBSERVATIONS, observation_rows
from app.subjects.histories import HISTORIES, History, Values
from app.subjects.projection import word_rows
from app.units.units import Units
from app.upkeep.rebuilding import count_subjects, next_subjects, unit_files, versions_of

_BATCH = 200
_WORDS = {history.words: history for history in HISTORIES.values()}
_TABLES = (*(history.versions for history in HISTORIES.values()), *_WORDS, OBSERVATIONS)
_NO_DRIVER = DefaultDialect()
_IS_OF_PROVINCE = STATEMENTS.c.subject_type == SubjectType.province.value
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the comparison has come, how many rows are right, and the first difference.

    ``done`` and ``total`` count subjects with a history, and statements about provinces.
    """

    done: int
    total: int
    rows: int
    difference: str | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows that the ledger yields for a range of ids of a table, and the subjects they are of.

    The ranges of a table leave no gap, so that rows without a subject are found as well.
    """

    table: Table
    after: str | None
    until: str | None
    rows: Sequence[Values]
    subjects: int


async def compare(database: Database, units: Units) -> AsyncIterator[Progress]:
    """Compare part by part; stop at the first subject whose rows differ, and name it."""
    async with database.read(at_length=True) as connection:
        done, rows, total = 0, 0, await _count(connection)
        stray = await _stray(connection)
        if stray is not None:
            yield Progress(done, total, rows, stray)
            return
        revision = await latest_revision(connection)
        async for part in _parts(connection, units):
            wanted = _by_key(part.table, (_stored_form(part.table, row) for row in part.rows))
            wanted = _cut(wanted, revision)
            present = _cut(await _present(connection, part), revision)
            difference = _difference(part.table, wanted, present)
            done, rows = done + part.subjects, rows + len(wanted)
            yield Progress(done, total, rows, difference)
            if difference is not None:
                return


async def strange_units(database: Database, folder: Path) -> str | None:
    """Return what in the tables of units is not as in the files of a folder; ``None`` if nothing.

    Each value is compared as the database has it.
    """
    async with database.read() as connection:
        for table, rows in unit_files(folder):
            writers = [(n, write) for n, write in _writers(table).items() if n != "id"]
            wanted = Counter(tuple(_plain(write(row[n])) for n, write in writers) for row in rows)
            columns = (c for c in _stored(table).selected_columns if c.key != "id")
            found = await connection.execute(select(*columns))
            present = Counter(tuple(map(_plain, row)) for row in found)
            strange, missing = present - wanted, wanted - present
            for odd in (*sorted(strange, key=str), *sorted(missing, key=str)):
                shown = ", ".join(str(value) for value in odd if value is not None)
                reason = "is none of the release" if odd in strange else "is missing"
                return f"{table.name} ({shown}) {reason}"
    return None


async def _count(connection: AsyncConnection) -> int:
    of_provinces = select(func.count()).select_from(STATEMENTS).where(_IS_OF_PROVINCE)
    stated = int((await connection.execute(of_provinces)).scalar_one())
    return stated + await count_subjects(connection)


async def _parts(connection: AsyncConnection, units: Units) -> AsyncIterator[_Part]:
    for history in HISTORIES.values():
        async for part in _history_parts(connection, history, units):
            yield part
    async for part in _observation_parts(connection):
        yield part


async def _history_parts(
    connection: AsyncConnection, history: History, units: Units
) -> AsyncIterator[_Part]:
    last = None
    while registered := await next_subjects(connection, history, last or "", _BATCH):
        rows = await versions_of(connection, history, registered, units)
        until = registered[-1].id
        yield _Part(history.versions, last, until, rows, len(registered))
        yield _Part(history.words, last, until, word_rows(history, rows), 0)
        last = until
    yield _Part(history.versions, last, None, [], 0)
    yield _Part(history.words, last, None, [], 0)


async def _observation_parts(connection: AsyncConnection) -> AsyncIterator[_Part]:
    last = None
    by_id = select(STATEMENTS).where(_IS_OF_PROVINCE).order_by(STATEMENTS.c.id).limit(_BATCH)
    while statements := (await connection.execute(by_id)).mappings().all():
        rows = [row for one in statements for row in observation_rows(dict(one))]
        yield _Part(OBSERVATIONS, last, statements[-1]["id"], rows, len(statements))
        last = statements[-1]["id"]
        by_id = by_id.where(STATEMENTS.c.id > last)
    yield _Part(OBSERVATIONS, last, None, [], 0)


async def _present(connection: AsyncConnection, part: _Part) -> dict[Key, Values]:
    """Return the rows of a part as they are stored."""
    key = next(iter(part.table.primary_key.columns))
    query = _stored(part.table)
    if part.after is not None:
        query = query.where(key > part.after)
    if part.until is not None:
        query = query.where(key <= part.until)
    rows = (await connection.execute(query)).mappings().all()
    return _by_key(part.table, ({n: _plain(v) for n, v in row.items()} for row in rows))


@lru_cache
def _stored(table: Table) -> AnySelect:
    """Select the rows of a table as the database stores them, not as their Python types.

    Thus any value that somebody wrote into a column can be read, and counts as a difference.
    """
    return select(*(type_coerce(c, _stored_type(c.type)).label(c.name) for c in table.columns))


def _stored_type(kind: TypeEngine[object]) -> TypeEngine[object] | Text:
    if isinstance(kind, TypeDecorator):
        return kind.impl_instance
    return Text() if isinstance(kind, Date) else kind


def _stored_form(table: Table, row: Values) -> Values:
    """Return a row that the ledger yields as the database would store it."""
    return {name: _plain(write(row.get(name))) for name, write in _writers(table).items()}


@lru_cache
def _writers(table: Table) -> Mapping[str, Callable[[object], object]]:
    """Return the conversion of each column to its stored form; drivers add nothing to it."""
    types = {column.name: column.type for column in table.columns}
    return {n: kind.bind_processor(_NO_DRIVER) or _unchanged for n, kind in types.items()}


def _unchanged(value: object) -> object:
    return value


def _plain(value: object) -> object:
    """Write dates as SQLite stores them."""
    return value.isoformat() if isinstance(value, date) else value


def _by_key(table: Table, rows: Iterable[Values]) -> dict[Key, Values]:
    names = [column.key for column in table.primary_key.columns]
    return {tuple(row[name] for name in names): row for row in rows}


def _cut(rows: Mapping[Key, Values], revision: int) -> dict[Key, Values]:
    """Return the rows as they were known at a revision."""
    return {
        key: row if row.get("known_to", 0) <= revision else {**row, "known_to": OPEN_REVISION}
        for key, row in rows.items()
        if row["known_from"] <= revision
    }


async def _stray(connection: AsyncConnection) -> str | None:
    """Name a row known from or to a revision that does not exist, which the cut would hide.

    Rows and counter are read in one query per table, since writers continue.
    """
    counted = select(REVISION_COUNTER.c.number).scalar_subquery()
    for table in _TABLES:
        known = table.c
        to_come = [known.known_from > counted]
        if "known_to" in known:
            to_come.append(and_(known.known_to > counted, known.known_to != OPEN_REVISION))
        query = _stored(table).where(or_(*to_come)).limit(1)
        row = (await connection.execute(query)).mappings().first()
        if row is not None:
            return f"{_named(table, dict(row))} names a revision to come"
    return None


def _difference(table: Table, wanted: dict[Key, Values], present: dict[Key, Values]) -> str | None:
    """Name the first row that differs, and the columns in which it does."""
    if wanted == present:
        return None
    unlike = [key for key in {**wanted, **present} if wanted.get(key) != present.get(key)]
    # A value that somebody wrote need not be of the column's type.
    first = min(unlike, key=lambda key: [str(part) for part in key])
    if first not in present:
        return f"{_named(table, wanted[first])} is missing"
    if first not in wanted:
        return f"{_named(table, present[first])} is not what the ledger gives"
    names = [name for name, value in wanted[first].items() if present[first][name] != value]
    return f"{_named(table, present[first])} differs in {', '.join(names)}"


def _named(table: Table, row: Values) -> str:
    if table is OBSERVATIONS:
        number = f"observation {row['position']} of statement {row['statement_id']}"
        return f"province {row['province_code']}: {number}"
    if history := _WORDS.get(table):
        word = f"the word {_plain(row['word'])!r} known from revision {row['known_from']}"
        return f"{history.type} {row[history.key]}: {word}"
    subject = next(h for h in HISTORIES.values() if h.versions is table)
    since = f"the version of {_plain(row['valid_from'])} known from revision {row['known_from']}"
    return f"{subject.type} {row[subject.key]}: {since}"
