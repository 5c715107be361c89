"""Settings of the service, read from environment variables with the prefix ``ICR_``."""

from functools import cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


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
    pool_size: int = Field(default=10, gt=0, description="Database connections kept per process.")

    @field_validator("database_url")
    @classmethod
    def use_async_driver(cls, url: str) -> str:
        """Accept the plain names of the databases and put the asynchronous driver in."""
        try:
            parsed = make_url(url)
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
        return parsed.set(drivername=_DRIVERS[backend]).render_as_string(hide_password=False)


@cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
