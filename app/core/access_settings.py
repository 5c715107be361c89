"""Settings of who may read and write, and how that is known."""

from datetime import timedelta
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

_ALWAYS_REVIEWED = "contributor"
_WRITING = ("editor", "administrator")
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def is_safe_url(url: str) -> bool:
    """Return whether nobody on the way can change the response of an address: HTTPS, or local."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in _THIS_MACHINE)
    )


class AccessSettings(BaseSettings):
    """Public reading, sessions of the pages, and OpenID Connect."""

    public_reading: bool = Field(
        default=True, description="Whether reading needs no key; writing always does."
    )
    reviewed_roles: str | None = Field(
        default=None,
        description="Roles beside contributors whose writes count only once another approved them, "
        "as in editor.",
    )
    own_approval: bool = Field(
        default=False, description="Whether editors may approve what they proposed themselves."
    )
    session_seconds: int = Field(
        default=43_200, gt=0, description="How long people stay signed in to the pages at most."
    )
    session_idle_seconds: int = Field(
        default=3_600, gt=0, description="How long they stay signed in without opening a page."
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
    oidc_client_id: str | None = Field(
        default=None,
        description="As which client people sign in to the pages at the issuer; keys only without.",
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret of this client, where the issuer gave it one."
    )
    oidc_clock_skew_seconds: int = Field(
        default=60, ge=0, le=600, description="How far the issuer's clock may be off, in seconds."
    )

    @property
    def reviewed(self) -> frozenset[str]:
        """The roles whose writes count only once another has approved them."""
        named = (self.reviewed_roles or "").split(",")
        return frozenset({_ALWAYS_REVIEWED, *filter(None, map(str.strip, named))})

    @property
    def session_lifetime(self) -> timedelta:
        """How long sessions of the pages last at most."""
        return timedelta(seconds=self.session_seconds)

    @property
    def session_idle(self) -> timedelta:
        """How long sessions of the pages last without a request."""
        return timedelta(seconds=self.session_idle_seconds)

    @model_validator(mode="after")
    def review_those_who_write(self) -> Self:
        """Refuse roles that write nothing: a misspelt name would leave writes unreviewed."""
        if self.reviewed - {_ALWAYS_REVIEWED, *_WRITING}:
            raise ValueError("ICR_REVIEWED_ROLES: write editor, administrator, or both")
        return self

    @field_validator("oidc_issuer", "oidc_jwks_url")
    @classmethod
    def refuse_keys_in_the_open(cls, url: str | None) -> str | None:
        """Refuse addresses where anybody on the way could substitute keys of their own."""
        if url is not None and not is_safe_url(url):
            # Not repeated, here and below: a value put in the wrong place may hold a password.
            raise ValueError("write a URL that begins with https:// (http:// only on this machine)")
        return url

    @model_validator(mode="after")
    def need_an_audience(self) -> Self:
        """Refuse an issuer without an audience: it would admit tokens issued for other services."""
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            message = "ICR_OIDC_ISSUER and ICR_OIDC_AUDIENCE belong together: set both, or none"
            raise ValueError(message)
        if self.oidc_client_id is not None and self.oidc_issuer is None:
            raise ValueError("ICR_OIDC_CLIENT_ID goes with ICR_OIDC_ISSUER: set both, or neither")
        return self
