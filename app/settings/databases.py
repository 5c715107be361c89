"""How the database is reached, and for how long it is waited for."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
# SQLite's shared memory and locks do not work across machines (sqlite.org/wal.html).
_NETWORK_FILE_SYSTEMS = {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "nfs", "nfs4"}
_MOUNTS = Path("/proc/self/mounts")
_SEVERAL_HOSTS = re.compile(
    r"(?P<before>[a-z+]+://(?:[^@/]*@)?)(?P<hosts>[^@/?,]+(?:,[^@/?,]+)+)"
    r"(?:/(?P<name>[^?]*))?(?:\?(?P<query>.*))?"
)


class DatabaseSettings(BaseSettings):
    """The database, its connections and its standby; 0 seconds are without end."""

    database_url: str = Field(
        default="sqlite+aiosqlite:///icr.sqlite3",
        description="The database: sqlite:///file or postgresql://user@host/name.",
    )
    pool_size: int = Field(
        default=10,
        gt=0,
        description="Database connections kept per process for reading; twice as many at most.",
    )
    pool_wait_seconds: float = Field(
        default=30,
        gt=0,
        description="How long a request waits for a connection before it gets 503.",
    )
    pool_recycle_seconds: float = Field(
        default=1800, ge=0, description="PostgreSQL: after how long a connection is replaced."
    )
    connect_timeout_seconds: float = Field(
        default=5, gt=0, description="PostgreSQL: how long connecting to one host may take."
    )
    statement_timeout_seconds: float = Field(
        default=20, ge=0, description="PostgreSQL: how long one statement of a request may take."
    )
    lock_timeout_seconds: float = Field(
        default=30, ge=0, description="How long a write waits for its turn before it gets 503."
    )
    idle_transaction_timeout_seconds: float = Field(
        default=60, ge=0, description="PostgreSQL: after how long an idle transaction is ended."
    )
    read_database_url: str = Field(
        default="",
        description="PostgreSQL: a standby to read from; empty: everything is read where it is "
        "written.",
    )
    standby_wait_seconds: float = Field(
        default=0.5,
        ge=0,
        description="How long a read waits for the standby to catch up before it goes to the "
        "primary.",
    )

    @field_validator("database_url", "read_database_url")
    @classmethod
    def use_async_driver(cls, url: str, info: ValidationInfo) -> str:
        """Accept the plain names of the databases and put the asynchronous driver in."""
        if not url and info.field_name == "read_database_url":
            return url
        try:
            parsed = make_url(_with_hosts_listed(url))
        except ArgumentError as error:
            # The value is not repeated: a mistyped URL may hold a password.
            message = "this is not a database URL; write sqlite:///file or postgresql://…"
            raise ValueError(message) from error
        backend = parsed.get_backend_name()
        if backend not in _DRIVERS:
            message = f"{backend!r} is not supported; use sqlite or postgresql"
            raise ValueError(message)
        if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
            message = "a register in memory would be lost; name a file, as in sqlite:///icr.sqlite3"
            raise ValueError(message)
        if backend == "sqlite" and info.field_name == "read_database_url":
            message = "only PostgreSQL has standbys; leave it empty on SQLite"
            raise ValueError(message)
        return parsed.set(drivername=_DRIVERS[backend]).render_as_string(hide_password=False)


def _with_hosts_listed(url: str) -> str:
    """Write several hosts, as libpq takes them (``//user@one:5432,two:5432/name``), one by one."""
    found = _SEVERAL_HOSTS.fullmatch(url)
    if found is None:
        return url
    hosts = [f"host={h if ':' in h else f'{h}:5432'}" for h in found["hosts"].split(",")]
    query = "&".join([*hosts, *filter(None, [found["query"]])])
    return f"{found['before']}/{found['name'] or ''}?{query}"


def unsafe_database(database_url: str) -> Iterator[str]:
    """Say what of a database URL would harm a register that others rely on."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return
    path = Path(url.database or "")
    if not path.is_absolute():
        yield f"ICR_DATABASE_URL: write the whole path, as in sqlite:////var/lib/{path.name}."
    elif (system := file_system_of(path)) in _NETWORK_FILE_SYSTEMS:
        yield (
            f"ICR_DATABASE_URL: SQLite loses writes on a network drive ({system}); use a local"
            " disk, or PostgreSQL."
        )


def file_system_of(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the type of the file system that a path is on; ``None`` where that is not told."""
    if not mounts.is_file():
        return None
    rows = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    resolved = path.resolve()
    found = [row for row in rows if resolved.is_relative_to(row[1].replace("\\040", " "))]
    return max(found, key=lambda row: len(row[1]))[2] if found else None
