"""What the service takes from whom: sizes, times, rates, addresses, origins."""

from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings
from throttled.exceptions import DataError
from throttled.rate_limiter.quota_parser import parse as parse_quotas

_RATE_STORES = {"redis", "rediss", "redis+sentinel", "redis+cluster"}
_HOW_TO_RATE = "{!r} is not a rate; write a number and a unit of time, as in 600/minute"


class LimitSettings(BaseSettings):
    """Limits on requests and on those who send them."""

    max_body_bytes: int = Field(
        default=1_000_000, gt=0, description="The largest request body that is read, in bytes."
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
    request_timeout: float = Field(
        default=30,
        gt=0,
        description="Seconds until a request must be sent, answered, and a part of it be taken.",
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
        default=0, ge=0, description="Seconds for which browsers are told to use HTTPS only."
    )
    metrics_allow_ips: str = Field(
        default="127.0.0.0/8,::1",
        description="Addresses and networks that may read /metrics.",
    )

    @field_validator("rate_per_address", "rate_per_credential")
    @classmethod
    def be_a_rate(cls, rate: str | None) -> str | None:
        """Refuse what does not say how many requests in which time."""
        try:
            quotas = parse_quotas(rate) if rate else []
        except DataError as error:
            raise ValueError(_HOW_TO_RATE.format(rate)) from error
        if len(quotas) > 1:
            raise ValueError(_HOW_TO_RATE.format(rate))
        return rate or None

    @field_validator("rate_store_url")
    @classmethod
    def be_a_store(cls, url: str | None) -> str | None:
        """Refuse stores that the limits cannot use; the value may hold a password."""
        if url and urlsplit(url).scheme not in _RATE_STORES:
            message = f"write a URL of {', '.join(sorted(_RATE_STORES))}, as in redis://host:6379/0"
            raise ValueError(message)
        return url or None

    @field_validator("forwarded_allow_ips", "metrics_allow_ips")
    @classmethod
    def be_networks(cls, listed: str | None) -> str | None:
        """Refuse what is neither an address nor a network."""
        for item in split(listed):
            if item != "*":
                ip_network(item)
        return listed

    @field_validator("cors_origins")
    @classmethod
    def be_origins(cls, listed: str | None) -> str | None:
        """Refuse what is no origin: a browser would compare it in vain."""
        for item in split(listed):
            parts = urlsplit(item)
            if item not in {"*", f"{parts.scheme}://{parts.netloc}"}:
                message = f"{item!r} is not an origin; write https://host, without a path or slash"
                raise ValueError(message)
        return listed or None


def is_everyone(item: str) -> bool:
    """Tell whether an item of a list of networks stands for every address."""
    return item == "*" or ip_network(item).prefixlen == 0


def split(listed: str | None) -> list[str]:
    """Return the items of a setting that is a list with commas."""
    return [item.strip() for item in (listed or "").split(",") if item.strip()]
