"""Settings of the service, read from environment variables with the prefix ``ICR_``.

One class each: access and OpenID Connect, the database, limits on requests, and ``Settings``, which
joins them and refuses what is not safe in production.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from throttled.exceptions import DataError
from throttled.rate_limiter.quota_parser import parse as parse_quotas

from app.core.access_settings import AccessSettings
from app.core.database_urls import parse_database_url, unsafe_database
from app.core.publishing import MapSettings, PublishingSettings

_PREFIX = "ICR_"
# Other programs have variables that begin so, but none that is so much like a setting.
_ALIKE = 0.8


class DatabaseSettings(BaseSettings):
    """The database, its connections and its standby; 0 seconds mean no limit."""

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

    anchor_key: Path | None = Field(
        default=None,
        description="The file of the private key that icr anchor signs with; not for the service.",
    )

    clock_jump_seconds: int = Field(
        default=86_400,
        ge=0,
        description="How far the clock may jump ahead while the service runs, before writes are "
        "refused.",
    )
    clock_ahead_days: int = Field(
        default=366,
        ge=0,
        description="How long after the latest revision the clock may be, before writes are "
        "refused.",
    )

    @property
    def clock_jump(self) -> timedelta:
        """How far the clock may jump ahead."""
        return timedelta(seconds=self.clock_jump_seconds)

    @property
    def clock_ahead(self) -> timedelta:
        """How long after the latest revision the clock may be."""
        return timedelta(days=self.clock_ahead_days)

    @field_validator("anchor_key", mode="before")
    @classmethod
    def be_a_file(cls, path: object) -> object:
        """Take nothing for none: an empty path would mean the folder."""
        return path or None

    @field_validator("database_url", "read_database_url")
    @classmethod
    def use_async_driver(cls, url: str, info: ValidationInfo) -> str:
        """Accept the plain names of the databases and insert the asynchronous driver."""
        if not url and info.field_name == "read_database_url":
            return url
        parsed = parse_database_url(url)
        if parsed.get_backend_name() == "sqlite" and info.field_name == "read_database_url":
            raise ValueError("only PostgreSQL has standbys; leave it empty on SQLite")
        return parsed.render_as_string(hide_password=False)


_RATE_STORES = {"redis", "rediss", "redis+sentinel", "redis+cluster"}
_HOW_TO_RATE = "this is not a rate; write a number and a unit of time, as in 600/minute"


class LimitSettings(BaseSettings):
    """Limits on requests and on the clients that send them."""

    max_body_bytes: int = Field(
        default=1_000_000, gt=0, description="The largest request body that is read, in bytes."
    )
    max_bulk_body_bytes: int = Field(
        default=32_000_000, gt=0, description="The same, of a request to state in bulk."
    )
    max_import_body_bytes: int = Field(
        default=11_000_000,
        gt=0,
        description="The same, of a request with a file to import; the file has 10 MB at most.",
    )
    max_imports: int = Field(
        default=100,
        gt=0,
        description="Imports that a principal may have which are not committed.",
    )
    max_imports_bytes: int = Field(
        default=200_000_000, gt=0, description="Bytes that the files of these may have in all."
    )
    max_proposals: int = Field(
        default=100, gt=0, description="Proposals that a principal may have which are not decided."
    )
    max_proposals_bytes: int = Field(
        default=50_000_000, gt=0, description="Bytes that these may have in all, as they are kept."
    )
    max_streams: int = Field(
        default=100, gt=0, description="Streams of changes open at a time, per process."
    )
    max_streams_per_address: int = Field(
        default=20, gt=0, description="As many of these for one address, so that others get some."
    )
    max_json_depth: int = Field(
        default=50, gt=0, le=200, description="How deep the members of a body may be nested."
    )
    reads_at_once: int = Field(
        default=2,
        gt=0,
        description="Reads worked on at a time, per process; others wait, so that writes need not.",
    )
    response_cache_bytes: int = Field(
        default=67_108_864,
        ge=0,
        description="Room for finished answers that are given again, per process; 0 keeps none.",
    )
    steps_bytes: int = Field(
        default=134_217_728,
        ge=0,
        description="Room for what the figures of provinces are made from, per process; 0 keeps"
        " nothing.",
    )
    findings_bytes: int = Field(
        default=268_435_456,
        ge=0,
        description="Room for the findings of provinces and what they follow from, per process;"
        " 0 keeps nothing.",
    )
    heavy_reads: int = Field(
        default=1,
        gt=0,
        description="Heavy reads worked on at a time, per process: findings, exports, figures of"
        " all provinces or of many days, exact counts.",
    )
    heavy_reads_waiting: int = Field(
        default=10, ge=0, description="Heavy reads that may wait for that; further ones get 503."
    )
    request_timeout: float = Field(
        default=30,
        gt=0,
        description="Seconds until a request must be sent, answered, and a part of it be taken.",
    )
    keep_alive_seconds: int = Field(
        default=90,
        gt=0,
        description="Seconds until an idle connection is closed; longer than its proxy keeps it.",
    )
    rate_per_address: str | None = Field(
        default=None, description="Requests from one address, as in 1200/minute."
    )
    rate_per_credential: str | None = Field(
        default=None, description="Requests with one credential, as in 600/minute."
    )
    rate_store_url: str | None = Field(
        default=None,
        description="Where requests are counted for all workers and hosts, as in redis://host:6379.",
    )
    forwarded_allow_ips: str | None = Field(
        default=None,
        description="Addresses and networks of the proxies whose X-Forwarded-For is believed.",
    )
    cors_origins: str | None = Field(
        default=None,
        description="Origins whose pages may call the service, as in https://maps.example.org.",
    )
    hsts_seconds: int = Field(
        default=0, ge=0, description="Seconds for which browsers are to use HTTPS only."
    )
    metrics_allow_ips: str = Field(
        default="127.0.0.0/8,::1",
        description="Addresses and networks that may read /metrics.",
    )

    @field_validator("rate_per_address", "rate_per_credential")
    @classmethod
    def be_a_rate(cls, rate: str | None) -> str | None:
        """Refuse a text that does not give a number of requests and a time."""
        try:
            quotas = parse_quotas(rate) if rate else []
        except DataError as error:
            raise ValueError(_HOW_TO_RATE) from error
        if len(quotas) > 1:
            raise ValueError(_HOW_TO_RATE)
        return rate or None

    @field_validator("rate_store_url")
    @classmethod
    def be_a_store(cls, url: str | None) -> str | None:
        """Refuse stores that the limits cannot use; not quoted, as it may hold a password."""
        if url and not _is_store(url):
            message = f"write a URL of {', '.join(sorted(_RATE_STORES))}, as in redis://host:6379/0"
            raise ValueError(message)
        return url or None

    @field_validator("forwarded_allow_ips", "metrics_allow_ips")
    @classmethod
    def be_networks(cls, listed: str | None) -> str | None:
        """Refuse items that are neither an address nor a network."""
        for item in split(listed):
            if item != "*" and not _is_network(item):
                message = "write addresses and networks with commas, as in 10.0.0.7,10.1.0.0/16"
                raise ValueError(message)
        return listed

    @field_validator("cors_origins")
    @classmethod
    def be_origins(cls, listed: str | None) -> str | None:
        """Refuse items that are no origin: no browser would ever match them."""
        for item in split(listed):
            parts = urlsplit(item)
            if item not in {"*", f"{parts.scheme}://{parts.netloc}"}:
                message = "one is not an origin; write https://host, without a path or slash"
                raise ValueError(message)
        return listed or None


def _is_store(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in _RATE_STORES and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _is_network(item: str) -> bool:
    try:
        ip_network(item)
    except ValueError:
        return False
    return True


def is_everyone(item: str) -> bool:
    """Return whether an item of a list of networks covers every address."""
    return item == "*" or ip_network(item).prefixlen == 0


def split(listed: str | None) -> list[str]:
    """Return the items of a setting that is a comma-separated list."""
    return [item.strip() for item in (listed or "").split(",") if item.strip()]


class Settings(DatabaseSettings, LimitSettings, AccessSettings, PublishingSettings, MapSettings):
    """All settings of the service."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, hide_input_in_errors=True)

    environment: Literal["development", "production"] = Field(
        default="development",
        description="With `production`, settings that are not safe there are refused.",
    )
    seeds_dir: Path = Field(
        default=Path(__file__).resolve().parents[2] / "seeds",
        description="The folder with the seed sets and the administrative units.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged at least; `info` has a line per request."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto",
        description="How it is written; `auto` means for people on a terminal, JSON elsewhere.",
    )

    @model_validator(mode="after")
    def be_safe_in_production(self) -> Self:
        """Refuse settings that are not safe in production, and say how to correct them."""
        if self.environment == "production" and (faults := list(self._unsafe())):
            raise ValueError(" ".join(faults))
        return self

    def _unsafe(self) -> Iterator[str]:
        yield from unsafe_database(self.database_url)
        proxies = split(self.forwarded_allow_ips)
        if not proxies or any(map(is_everyone, proxies)):
            yield (
                "ICR_FORWARDED_ALLOW_IPS: name the address of the proxy that ends TLS; without it"
                " all clients look like one, and with * they may call themselves anything."
            )
        if "*" in split(self.cors_origins):
            yield "ICR_CORS_ORIGINS: name the origins; * opens the service to every page."
        if any(map(is_everyone, split(self.metrics_allow_ips))):
            yield "ICR_METRICS_ALLOW_IPS: name the addresses that may read /metrics."
        for name in ("rate_per_address", "rate_per_credential"):
            if getattr(self, name) is None:
                yield f"ICR_{name.upper()}: set a limit, as in 1200/minute."


def misspelt(names: Iterable[str]) -> dict[str, str]:
    """Return which names of variables are likely meant to be settings, each with the right one."""
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}
    others = {name.upper(): name for name in names if name.upper().startswith(_PREFIX)}
    found = {n: get_close_matches(n, known, 1, _ALIKE) for n in others.keys() - known}
    return {others[name]: nearest[0] for name, nearest in sorted(found.items()) if nearest}


@cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
