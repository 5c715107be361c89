"""Settings of the service, read from environment variables with the prefix ``ICR_``."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from app.settings.access import AccessSettings
from app.settings.databases import DatabaseSettings, unsafe_database
from app.settings.limits import LimitSettings, is_everyone, split


class Settings(DatabaseSettings, LimitSettings, AccessSettings):
    """Everything that can be set from outside."""

    model_config = SettingsConfigDict(env_prefix="ICR_")

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
        """Refuse what would harm a register that others rely on, and say how to mend it."""
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


@cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
