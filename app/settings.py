"""Settings of the service, read from environment variables with the prefix ``ICR_``."""

import re
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_SEVERAL_HOSTS = re.compile(
    r"(?P<before>[a-z+]+://(?:[^@/]*@)?)(?P<hosts>[^@/?,]+(?:,[^@/?,]+)+)"
    r"(?:/(?P<name>[^?]*))?(?:\?(?P<query>.*))?"
)


class Settings(BaseSettings):
    """Everything that can be set from outside."""

    model_config = SettingsConfigDict(env_prefix="ICR_")

    database_url: str = Field(
        default="sqlite+aiosqlite:///icr.sqlite3",
        description="The database: sqlite:///file or postgresql://user@host/name.",
    )
    seeds_dir: Path = Field(
        default=Path(__file__).resolve().parent.parent / "seeds",
        description="The folder with the seed sets and the administrative units.",
    )
    max_body_bytes: int = Field(
        default=1_000_000, gt=0, description="The largest request body that is read, in bytes."
    )
    max_streams: int = Field(
        default=100, gt=0, description="Streams of changes open at a time, per process."
    )
    # How the database is reached, and for how long it is waited for; 0 seconds are without end.
    pool_size: int = Field(
        default=10,
        gt=0,
        description="Database connections kept per process for reading; twice as many at most.",
    )
    pool_wait_seconds: float = Field(
        default=5, gt=0, description="How long a request waits for a connection before it gets 503."
    )
    pool_recycle_seconds: float = Field(
        default=1800, ge=0, description="PostgreSQL: after how long a connection is replaced."
    )
    connect_timeout_seconds: float = Field(
        default=5, gt=0, description="PostgreSQL: how long connecting to one host may take."
    )
    statement_timeout_seconds: float = Field(
        default=30, ge=0, description="PostgreSQL: how long one statement of a request may take."
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
            message = f"{url!r} is not a database URL; write sqlite:///file or postgresql://…"
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


@cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
