"""Signing in at the issuer: OpenID Connect with an authorization code and PKCE (RFC 7636).

A sign-in that was begun has one secret, in a cookie of the browser that began it. Its state, its
nonce and the verifier of its code follow from the secret, so that nothing is kept here, and no
code is taken that another browser was given.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

import httpx

from app.access.oidc import IssuerKeys, TokenReader, content_of, discovered
from app.access.sessions import TokenHolder
from app.core.errors import UnauthenticatedError, UnavailableError
from app.core.messages import Template
from app.core.settings import Settings

_BYTES = 32
_SECONDS_TO_WAIT = 5.0
_STRANGE = Template(
    "oidc.not-begun-here", "This sign-in was not begun in this browser, or is over: begin again."
)
_NOT_GRANTED = Template("oidc.not-granted", "The issuer did not confirm who you are: begin again.")
_UNREACHABLE = Template(
    "oidc.sign-in-unreachable",
    "The issuer cannot be reached at the moment: sign in later, or with a key.",
)
# What httpx raises, and what content that is none of the issuer's.
_LOST = (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError)


def new_secret() -> str:
    """Return the secret of a sign-in that begins."""
    return secrets.token_urlsafe(_BYTES)


def _is_equal(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


def _derived(secret: str, use: str) -> str:
    return _digest(f"{use}.{secret}")


def _digest(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class IssuerSignIn:
    """The service as a client of the issuer."""

    client: httpx.AsyncClient
    issuer: str
    client_id: str
    client_secret: str | None
    tokens: TokenReader
    """Reads tokens that are for this client."""

    async def address(self, secret: str, redirect_uri: str) -> str:
        """Return the address at the issuer that a sign-in begins with."""
        try:
            (url,) = await discovered(self.client, self.issuer, "authorization_endpoint")
        except _LOST as error:
            raise UnavailableError(_UNREACHABLE()) from error
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile",
            "state": _derived(secret, "state"),
            "nonce": _derived(secret, "nonce"),
            "code_challenge": _digest(_derived(secret, "verifier")),
            "code_challenge_method": "S256",
        }
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"

    async def holder(
        self, secret: str | None, state: str, code: str, redirect_uri: str
    ) -> TokenHolder:
        """Return whom the issuer names for a code; ``UnauthenticatedError`` if it names nobody."""
        if secret is None or not _is_equal(_derived(secret, "state"), state):
            raise UnauthenticatedError.missing(_STRANGE())
        token = await self._redeemed(code, _derived(secret, "verifier"), redirect_uri)
        claims = await self.tokens.claims(token)
        # A token for several must say which of them asked for it.
        audience = claims["aud"]
        is_for_one = isinstance(audience, str) or len(audience) == 1
        is_ours = claims.get("azp", self.client_id if is_for_one else None) == self.client_id
        if not is_ours or claims.get("nonce") != _derived(secret, "nonce"):
            raise UnauthenticatedError.missing(_STRANGE())
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        return TokenHolder(self.tokens.named_by(claims), self.issuer, expires_at)

    async def _redeemed(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Return the token that the issuer gives for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.client_id,
            "code_verifier": verifier,
        }
        secret = self.client_secret
        auth = httpx.Auth() if secret is None else httpx.BasicAuth(self.client_id, secret)
        try:
            (url,) = await discovered(self.client, self.issuer, "token_endpoint")
            response = await self.client.post(url, data=form, auth=auth)
            if response.is_client_error:
                raise UnauthenticatedError.missing(_NOT_GRANTED())
            token = content_of(response).get("id_token")
        except _LOST as error:
            raise UnavailableError(_UNREACHABLE()) from error
        if not isinstance(token, str):
            raise UnauthenticatedError.missing(_NOT_GRANTED())
        return token


@dataclass(frozen=True, slots=True)
class Issuer:
    """What an issuer is for: tokens of requests, and signing in where that is set up."""

    tokens: TokenReader
    sign_in: IssuerSignIn | None


@asynccontextmanager
async def with_issuer(settings: Settings) -> AsyncIterator[Issuer | None]:
    """Lend what an issuer is for if one is configured; ``None`` otherwise."""
    if settings.oidc_issuer is None:
        yield None
        return
    async with httpx.AsyncClient(timeout=_SECONDS_TO_WAIT) as client:
        issuer, name = settings.oidc_issuer, settings.oidc_client_id
        keys, sign_in = IssuerKeys(client, issuer, settings.oidc_jwks_url), None
        if name is not None:
            secret = settings.oidc_client_secret
            shown = secret and secret.get_secret_value()
            reader = TokenReader(settings, keys, name)
            sign_in = IssuerSignIn(client, issuer, name, shown or None, reader)
        yield Issuer(TokenReader(settings, keys), sign_in)
