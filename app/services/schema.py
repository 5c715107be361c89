"""The schema of the database: bringing it to this release by migrations."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.database import Database

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
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
    """Return the name of the migration the database is at, ``None`` for an empty one."""
    async with database.read() as connection:
        return await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision()
        )


async def migrate(database: Database, target: str = "head") -> None:
    """Bring the schema to ``target``; all steps in one transaction."""
    async with database.write() as session:
        connection = await session.connection()
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), target))


async def differences(database: Database) -> list[str]:
    """Return where the schema of the database differs from the models."""
    async with database.write() as session:
        connection = await session.connection()
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), SQLModel.metadata)
        )
    return [str(difference) for difference in found]
