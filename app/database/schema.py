"""The schema of the database: migrating it to this release, and comparing it with the models."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from app.core.errors import DatabaseBusyError
from app.database import Database
from app.database.triggers import GUARDS

# Whoever waits for a lock holds up everybody who comes later: it is better to retry.
_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', '2000', true)")
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('icr migrate'))")
_IS_COUNTED = text("SELECT to_regclass('revision_counter') IS NOT NULL")
_COUNTER = text("LOCK TABLE revision_counter IN EXCLUSIVE MODE")
_TRIGGERS = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    # Neither disabled nor enabled for replicas only.
    "postgresql": text("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"),
}
_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """Return the name of the newest migration of this release."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known() -> frozenset[str]:
    """Return the names of all migrations of this release."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(script.revision for script in scripts)


async def current(database: Database) -> str | None:
    """Return the name of the migration that the database is at, ``None`` for an empty one."""
    async with database.read() as connection:
        return await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision()
        )


def make(connection: Connection) -> None:
    """Make the schema of this release in an empty place, in the transaction of the connection."""
    command.upgrade(_config(connection), "head")


async def migrate(database: Database, target: str = "head") -> None:
    """Bring the schema to ``target``; all steps in one transaction.

    A running service is not held up: on PostgreSQL each attempt waits only a moment for the locks
    that it needs, and ``DatabaseBusyError`` says that no attempt got them.
    """
    await change(database, lambda sync: command.upgrade(_config(sync), target))


async def draft(database: Database, message: str) -> None:
    """Write the migration that brings the schema, as it is now, to the models.

    It does not see constraints of code lists, which are added by hand.
    """
    number = f"{int(head() or 0) + 1:04}"
    await change(
        database,
        lambda sync: command.revision(_config(sync), message, autogenerate=True, rev_id=number),
    )


async def downgrade(database: Database, target: str) -> None:
    """Take the schema back to ``target``; a ledger that holds anything is never dropped."""
    await change(database, lambda sync: command.downgrade(_config(sync), target))


async def change(database: Database, step: Callable[[Connection], object]) -> None:
    """Execute a step in one transaction; ``DatabaseBusyError`` if its locks are not free."""
    database.create()
    for pause in _PAUSES:
        try:
            await _take(database, step)
        except DatabaseBusyError:
            # Those who wait behind this attempt proceed first.
            await asyncio.sleep(pause)
        else:
            return
    await _take(database, step)


async def _take(database: Database, step: Callable[[Connection], object]) -> None:
    async with database.write() as session:
        connection = await session.connection()
        if connection.dialect.name == "postgresql":
            await connection.execute(_LOCK_TIMEOUT)
            # Two migrations at once run one after the other, and the second finds nothing to do.
            await connection.execute(_ALONE)
            if (await connection.execute(_IS_COUNTED)).scalar_one():
                # Writes begin with it as well, so that no write and this wait for each other.
                await connection.execute(_COUNTER)
        await connection.run_sync(step)


async def differences(database: Database) -> list[str]:
    """Return where the schema differs from the models, and which triggers are missing or off."""
    async with database.read() as connection:
        differing = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), SQLModel.metadata)
        )
    gone = await missing_guards(database)
    return [*map(str, differing), *(f"the trigger {name} is missing or off" for name in gone)]


async def missing_guards(database: Database) -> list[str]:
    """Return the names of the triggers that keep the ledger append-only and are missing or off."""
    async with database.read() as connection:
        dialect = connection.dialect.name
        present = set((await connection.execute(_TRIGGERS[dialect])).scalars())
    return sorted(GUARDS[dialect] - present)
