"""Build a synthetic register in a database: ledger in bulk, projections by a rebuild, a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.progress import Progress, TaskID
from sqlalchemy import Table, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.audit import Actor
from app.access.keys import create_key
from app.access.principals import PrincipalRole
from app.access.schemas import KeyCreation
from app.core.dates import today
from app.database import Database, is_sqlite
from app.database.schema import migrate
from app.database.tables import REVISION_COUNTER
from app.ledger.tables import ORGANIZATIONS, REVISIONS, SITES, SOURCES, STATEMENTS
from app.ledger.verification import verify
from app.units.tables import read_units
from app.units.units import UnitLevel, Units
from app.upkeep.rebuilding import load_units, rebuild
from benchmarks.ledger import Ledger, Row
from benchmarks.register import Register

UNITS = Path(__file__).resolve().parent.parent / "seeds" / "units"
_TABLES = (REVISIONS, SOURCES, ORGANIZATIONS, SITES, STATEMENTS)
_ROWS_PER_INSERT = 2000
_ADMINISTRATOR = KeyCreation(name="benchmark", role=PrincipalRole.administrator)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a register is to be: sites, statements of each, and whether of provinces too."""

    sites: int
    statements: int
    with_provinces: bool = True


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: sites, provinces of today, a source and a key to write with, and how much."""

    sites: Sequence[str]
    provinces: Sequence[str]
    source_id: str
    key: str
    statements: int
    revisions: int
    rows: int
    rebuild_seconds: float
    verify_seconds: float


async def build(database: Database, size: Size, progress: Progress, label: str) -> Built:
    """Fill an empty database; ``RuntimeError`` if its digest chain does not hold afterwards."""
    await migrate(database)
    await load_units(database, UNITS)
    async with database.read() as connection:
        units = await read_units(connection)
    ledger = _make(units, size, progress, label)
    await _insert(database, ledger, progress, label)
    started = perf_counter()
    rows = await _project(database, units, progress, label)
    rebuilt = perf_counter()
    await _check(database, progress, label)
    verified = perf_counter()
    made = await create_key(database, units, _ADMINISTRATOR, Actor("benchmark"))
    await _settle(database)
    return Built(
        sites=[row["id"] for row in ledger.rows["site"]],
        provinces=[unit.code for unit in units.all_at(UnitLevel.province, today())],
        source_id=ledger.rows["source"][0]["id"],
        key=made.key,
        statements=len(ledger.rows["statement"]),
        revisions=ledger.number,
        rows=rows,
        rebuild_seconds=rebuilt - started,
        verify_seconds=verified - rebuilt,
    )


def _make(units: Units, size: Size, progress: Progress, label: str) -> Ledger:
    task = progress.add_task(f"{label}: generating facts", total=None)
    register = Register(units, size.sites, size.statements)
    writes = register.writes(with_provinces=size.with_provinces)
    ledger = Ledger()
    progress.update(task, total=len(writes), description=f"{label}: generating the ledger")
    for done in ledger.record(writes):
        if done % 1000 == 0:
            progress.update(task, completed=done)
    progress.remove_task(task)
    return ledger


async def _insert(database: Database, ledger: Ledger, progress: Progress, label: str) -> None:
    total = sum(len(rows) for rows in ledger.rows.values())
    task = progress.add_task(f"{label}: inserting the ledger", total=total)
    async with database.write() as session:
        for table in _TABLES:
            await _insert_rows(session, table, ledger.rows[table.name], progress, task)
        await session.execute(update(REVISION_COUNTER).values(number=ledger.number))
    progress.remove_task(task)


async def _insert_rows(
    session: AsyncSession, table: Table, rows: Sequence[Row], progress: Progress, task: TaskID
) -> None:
    for start in range(0, len(rows), _ROWS_PER_INSERT):
        part = rows[start : start + _ROWS_PER_INSERT]
        await session.execute(insert(table), part)
        progress.advance(task, len(part))


async def _project(database: Database, units: Units, progress: Progress, label: str) -> int:
    task = progress.add_task(f"{label}: rebuilding the projections", total=None)
    rows = 0
    async for step in rebuild(database, units):
        progress.update(task, completed=step.done, total=step.total)
        rows = step.rows
    progress.remove_task(task)
    return rows


async def _check(database: Database, progress: Progress, label: str) -> None:
    task = progress.add_task(f"{label}: verifying the digest chain", total=None)
    async for step in verify(database):
        progress.update(task, completed=step.checked, total=step.total)
        if step.broken is not None:
            message = f"the generated ledger is broken at revision {step.broken}: {step.reason}"
            raise RuntimeError(message)
    progress.remove_task(task)


async def _settle(database: Database) -> None:
    """Do what autovacuum does on a PostgreSQL server in the minutes after a bulk load."""
    if is_sqlite(database.url):
        return
    async with database.read() as connection:
        await connection.execute(text("VACUUM (ANALYZE)"))
