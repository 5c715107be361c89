"""Someone who owns the database and changes the ledger behind its back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Column, select, text, update

from app.database import Database
from app.ledger.tables import REVISIONS
from tests.support.ledgers import LEDGER, another, first_broken, unguarded, walk

KEPT = (*LEDGER, "revision_counter")
CODES = {
    "source.kind": "plan",
    "site.kind": "zone",
    "statement.subject_type": "province",
    "statement.basis": "estimate",
    "statement.date_basis": "inferred",
}
"""What else stands in columns that hold codes; the codes are still checked."""


class Tampering:
    """Someone who owns the database and has taken its guards away."""

    def __init__(self, database: Database, url: str) -> None:
        """Keep the ledger that is tampered with."""
        self.database = database
        self._url = url

    async def prepare(self) -> None:
        """Take the guards away and keep a copy of everything."""
        await self.do(*(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}" for table in KEPT))

    async def do(self, *statements: str) -> None:
        """Change the ledger behind its back."""
        async with unguarded(self._url) as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def change(self, column: Column[object], key: str | int) -> None:
        """Write something else into one column of one row."""
        table = column.table
        is_row = table.c["number" if table is REVISIONS else "id"] == key
        async with unguarded(self._url) as connection:
            value = (await connection.execute(select(column).where(is_row))).scalar_one()
            changed = CODES.get(f"{table.name}.{column.name}", another(value, column))
            await connection.execute(update(table).where(is_row).values({column.name: changed}))

    async def mend(self) -> None:
        """Bring everything back as it was."""
        await self.do(
            *(f"DELETE FROM {table}" for table in KEPT),
            *(f"INSERT INTO {table} SELECT * FROM kept_{table}" for table in KEPT),
        )
        assert await first_broken(self.database) is None


@asynccontextmanager
async def broken(tampering: Tampering, revision: int, why: str) -> AsyncIterator[None]:
    """Tamper in the block: the last step of verification must name the revision and tell why."""
    yield
    steps = await walk(tampering.database)
    assert steps, "nothing was verified"
    assert steps[-1].broken == revision
    assert steps[-1].checked == revision - 1
    assert why in (steps[-1].reason or "")
    await tampering.mend()
