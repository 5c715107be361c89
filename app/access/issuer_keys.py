"""The public keys of a token issuer: fetched when needed, cached, and refreshed as they change.

A token that names an unknown key causes a refresh, since the issuer may have begun to sign with
another; but there is a minimum time between two refreshes, whatever tokens come.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt

from app.core.errors import UnavailableError
from app.core.messages import Template
from app.core.settings import is_safe_url

_FAMILIES = {
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "EC": frozenset({"ES256", "ES384", "ES512"}),
    "OKP": frozenset({"EdDSA"}),
}
ALGORITHMS = frozenset(name for family in _FAMILIES.values() for name in family)
"""The signatures that are accepted: all are made by a private key."""
_FRESH_SECONDS = 600.0
# If the issuer cannot be reached, nobody is locked out for a day.
_USABLE_SECONDS = 86_400.0
_CALM_SECONDS = 30.0
_PATIENCE_SECONDS = 0.5
_MOST_BYTES = 1_000_000
_UNREACHABLE = Template(
    "oidc.issuer-unreachable",
    "The keys of the issuer of tokens cannot be had at the moment, so that this token can be "
    "neither accepted nor refused. Send it again later, or use a key of this register.",
)


class IssuerKeys:
    """The cached keys of one issuer."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        issuer: str,
        jwks_url: str | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fetch nothing yet. Without ``jwks_url`` the issuer's own discovery document names it."""
        self._client = client
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._clock = clock
        self._keys: list[Mapping[str, Any]] = []
        self._fetched: float | None = None
        self._tried: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: Any, algorithm: str) -> Any:
        """Return the key that a token names, ``None`` if the issuer has no such key.

        ``UnavailableError`` if that cannot be determined.
        """
        found = self._known(kid, algorithm)
        if found is None or self._age() > _FRESH_SECONDS:
            # A token with a known key does not wait long for a slow issuer.
            seconds = None if found is None else _PATIENCE_SECONDS
            await asyncio.wait({self._refreshed()}, timeout=seconds)
            found = self._known(kid, algorithm)
        if found is None and self._is_last_try_lost:
            raise UnavailableError(_UNREACHABLE(), headers={"Retry-After": str(int(_CALM_SECONDS))})
        return found

    def _refreshed(self) -> asyncio.Task[None]:
        """Return the last refresh of the keys, or start another unless that one was recent."""
        if self._fetching is None or not self._tried_within(_CALM_SECONDS):
            self._tried = self._clock()
            self._fetching = asyncio.create_task(self._fetch(self._tried))
        return self._fetching

    def _known(self, kid: Any, algorithm: str) -> Any:
        """Return the one cached key that fits; a token need not name it if there is only one."""
        if self._age() > _USABLE_SECONDS:
            return None
        fitting = [
            key
            for key in self._keys
            if algorithm in _FAMILIES.get(str(key.get("kty")), ())
            and key.get("use", "sig") == "sig"
            and key.get("alg", algorithm) == algorithm
            and (kid is None or kid == key.get("kid"))
        ]
        return _public_key(fitting[0], algorithm) if len(fitting) == 1 else None

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._clock() - self._fetched

    def _tried_within(self, seconds: float) -> bool:
        return self._tried is not None and self._clock() - self._tried < seconds

    @property
    def _is_last_try_lost(self) -> bool:
        return self._tried is not None and self._tried != self._fetched

    async def _fetch(self, begun: float) -> None:
        """Fetch the keys; if that fails, the previous ones stay."""
        try:
            url = self._jwks_url or await self._discovered()
            keys = (await self._get(url)).get("keys")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
            return
        if isinstance(keys, list):
            self._keys = [key for key in keys if isinstance(key, dict)]
            self._fetched = begun

    async def _discovered(self) -> str:
        path = "/.well-known/openid-configuration"
        found = await self._get(self._issuer.rstrip("/") + path)
        url = found.get("jwks_uri")
        if found.get("issuer") != self._issuer or not isinstance(url, str) or not is_safe_url(url):
            raise ValueError(f"{self._issuer} describes another issuer, or keys without HTTPS")
        return url

    async def _get(self, url: str) -> Mapping[str, Any]:
        response = await self._client.get(url)
        response.raise_for_status()
        if len(response.content) > _MOST_BYTES:
            raise ValueError(f"{url} answers with more than {_MOST_BYTES} bytes")
        content = response.json()
        if not isinstance(content, dict):
            raise ValueError(f"{url} answers with no JSON object")
        return content


def _public_key(key: Mapping[str, Any], algorithm: str) -> Any:
    """Return a key to verify signatures with, ``None`` if it is malformed."""
    try:
        return jwt.PyJWK(dict(key), algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
