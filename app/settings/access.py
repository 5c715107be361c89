"""Who may read and write, apart from keys: the issuer of tokens."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


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


class AccessSettings(BaseSettings):
    """Public reading, and OpenID Connect."""

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
