"""Settings of the service, read from environment variables with the prefix ``ICR_``."""

from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def is_safe_url(url: str) -> bool:
    """Tell whether what an address answers cannot be changed on the way."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in _THIS_MACHINE)
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
    pool_size: int = Field(default=10, gt=0, description="Database connections kept per process.")
    public_reading: bool = Field(
        default=True, description="Whether reading needs no key; writing always does."
    )
    oidc_issuer: str | None = Field(
        default=None, description="The OpenID Connect issuer whose tokens are accepted; its URL."
    )
    oidc_audience: str | None = Field(
        default=None, description="The audience that tokens must be for; needed with an issuer."
    )
    oidc_jwks_url: str | None = Field(
        default=None, description="Where the issuer's keys are; by its discovery when absent."
    )
    oidc_role_claim: str = Field(
        default="icr_role", description="The claim that names the role, as in realm_access.roles."
    )
    oidc_provinces_claim: str = Field(
        default="icr_provinces", description="The claim with the provinces: 06@2025-06-30."
    )
    oidc_name_claim: str = Field(
        default="sub", description="The claim that names the author of revisions."
    )
    oidc_clock_skew_seconds: int = Field(
        default=60, ge=0, le=600, description="How far the issuer's clock may be off, in seconds."
    )

    @field_validator("oidc_issuer", "oidc_jwks_url")
    @classmethod
    def refuse_keys_in_the_open(cls, url: str | None) -> str | None:
        """Refuse addresses from which anybody on the way could send keys of their own."""
        if url is not None and not is_safe_url(url):
            message = f"{url!r} must begin with https:// (http:// only on this machine)"
            raise ValueError(message)
        return url

    @model_validator(mode="after")
    def need_an_audience(self) -> Self:
        """Refuse to accept the tokens that an issuer makes for others."""
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            message = "ICR_OIDC_ISSUER and ICR_OIDC_AUDIENCE belong together: set both, or none"
            raise ValueError(message)
        return self

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
