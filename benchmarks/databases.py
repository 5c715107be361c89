"""Fresh databases to measure on: SQLite files, and a PostgreSQL server with durable commits.

The programs of the server are those of ``tests/support/postgres.py``. Its settings there
trade durability for speed; here they are those of a server in production.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from tests.support.postgres import EXISTING_SERVER_VARIABLE, postgres_server, temporary_database

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
KINDS = (SQLITE, POSTGRESQL)

_DURABLE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")


@asynccontextmanager
async def database_server(kind: str) -> AsyncIterator[str]:
    """Give where databases of a kind are made: a folder for SQLite, a server for PostgreSQL."""
    if kind == SQLITE:
        with tempfile.TemporaryDirectory(prefix="icr-bench-") as folder:
            yield folder
        return
    with _durable_server() as base_url:
        if EXISTING_SERVER_VARIABLE not in os.environ:
            await _make_durable(base_url)
        yield base_url


@contextmanager
def _durable_server() -> Iterator[str]:
    with postgres_server() as base_url:
        yield base_url


async def _make_durable(base_url: str) -> None:
    """Turn on what a test server leaves off; all of it takes effect without a restart."""
    url = make_url(base_url)
    connection = await asyncpg.connect(
        host=str(url.query["host"]), user=url.username, database="postgres"
    )
    try:
        for setting in _DURABLE:
            await connection.execute(f"ALTER SYSTEM SET {setting} = on")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


@asynccontextmanager
async def fresh_database(kind: str, server: str, name: str) -> AsyncIterator[str]:
    """Yield the URL of a new, empty database, removed at the end."""
    if kind == SQLITE:
        path = Path(server, f"{name}.sqlite3")
        yield f"sqlite+aiosqlite:///{path}"
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return
    async with temporary_database(server) as url:
        yield url
