"""Signing in at the issuer: OpenID Connect with an authorization code and PKCE (RFC 7636).

A sign-in that was begun has one secret, in a cookie of the browser that began it. Its state, its
nonce and the verifier of its code follow from the secret, so that nothing is kept here, and no
code is taken that another browser was given.
"""

import asyncio
import hmac
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from time import monotonic
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx

from app.access.oidc import IssuerKeys, TokenReader, content_of, discovered
from app.access.sessions import TokenHolder
from app.core.errors import UnauthenticatedError, UnavailableError
from app.core.messages import Template
from app.core.settings import Settings

_log = logging.getLogger("icr")
_BYTES = 32
_SECONDS_TO_WAIT = 5.0
_FRESH_SECONDS = 300.0
_CALM_SECONDS = 30.0
# Codes of errors are short; what is longer does not belong in the log.
_MOST_CODE = 50
_STRANGE = Template(
    "oidc.not-begun-here", "This sign-in was not begun in this browser, or is over: begin again."
)
_NOT_GRANTED = Template("oidc.not-granted", "The issuer did not confirm who you are: begin again.")
_UNREACHABLE = Template(
    "oidc.sign-in-unreachable",
    "The issuer cannot be reached at the moment: sign in later, or with a key.",
)
_SET_UP_WRONGLY = Template(
    "oidc.set-up-wrongly",
    "The issuer does not take this register as its client, which only an administrator can mend: "
    "the log of the service has the reason. Sign in with a key until then.",
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


class Endpoints:
    """Where an issuer signs people in and gives tokens, as its discovery document says.

    Whoever comes can begin to sign in, so the document is kept for some minutes, and fetched by
    one task for all who wait for it. That it cannot be had is kept for half a minute.
    """

    def __init__(
        self, client: httpx.AsyncClient, issuer: str, clock: Callable[[], float] = monotonic
    ) -> None:
        """Begin without the document; the clock gives seconds."""
        self._client = client
        self._issuer = issuer
        self._clock = clock
        self._begun = 0.0
        self._fetching: asyncio.Task[list[str]] | None = None

    async def authorization(self) -> str:
        """Return the address of the authorization endpoint; errors as of ``discovered``."""
        return (await self._found())[0]

    async def token(self) -> str:
        """Return the address of the token endpoint; errors as of ``discovered``."""
        return (await self._found())[1]

    async def _found(self) -> list[str]:
        task = self._fetching
        if task is None or (task.done() and self._clock() - self._begun > _seconds_to_keep(task)):
            self._begun = self._clock()
            names = "authorization_endpoint", "token_endpoint"
            task = asyncio.create_task(discovered(self._client, self._issuer, *names))
            self._fetching = task
        # Who goes away does not end it for the others.
        return await asyncio.shield(task)


def _seconds_to_keep(task: asyncio.Task[list[str]]) -> float:
    if task.cancelled():
        return 0.0
    return _FRESH_SECONDS if task.exception() is None else _CALM_SECONDS


@dataclass(frozen=True, slots=True)
class IssuerSignIn:
    """The service as a client of the issuer."""

    client: httpx.AsyncClient
    endpoints: Endpoints
    issuer: str
    client_id: str
    client_secret: str | None
    tokens: TokenReader
    """Reads tokens that are for this client."""

    async def address(self, secret: str, redirect_uri: str) -> str:
        """Return the address at the issuer that a sign-in begins with."""
        try:
            url = await self.endpoints.authorization()
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
        try:
            response = await self.client.post(
                await self.endpoints.token(), data=form, auth=self._authentication()
            )
            _check_grant(response)
            token = content_of(response).get("id_token")
        except _LOST as error:
            raise UnavailableError(_UNREACHABLE()) from error
        if not isinstance(token, str):
            _log.error("the token endpoint of the issuer gives no ID token")
            raise UnavailableError(_SET_UP_WRONGLY())
        return token

    def _authentication(self) -> httpx.Auth:
        """Return how the client authenticates: its id and secret are encoded first (RFC 6749)."""
        if self.client_secret is None:
            return httpx.Auth()
        return httpx.BasicAuth(quote_plus(self.client_id), quote_plus(self.client_secret))


def _check_grant(response: httpx.Response) -> None:
    """Refuse a code that the issuer does not accept; other errors are not the user's, and logged.

    Only the code of the error is logged: what else an issuer says may hold secrets.
    """
    if response.is_success:
        return
    status, code = response.status_code, _error_code(response)
    if response.is_client_error and code == "invalid_grant":
        raise UnauthenticatedError.missing(_NOT_GRANTED())
    _log.error("the token endpoint of the issuer answers %d, error %r", status, code)
    is_for_now = response.is_server_error or status == HTTPStatus.TOO_MANY_REQUESTS
    raise UnavailableError(_UNREACHABLE() if is_for_now else _SET_UP_WRONGLY())


def _error_code(response: httpx.Response) -> str | None:
    """Return the code of an error of the token endpoint (RFC 6749, 5.2), if it has one."""
    try:
        code = response.json()["error"]
    except (ValueError, RecursionError, TypeError, LookupError):
        return None
    return code[:_MOST_CODE] if isinstance(code, str) else None


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
            endpoints = Endpoints(client, issuer)
            sign_in = IssuerSignIn(client, endpoints, issuer, name, shown or None, reader)
        yield Issuer(TokenReader(settings, keys), sign_in)
