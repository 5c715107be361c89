"""Bearer tokens of an OpenID Connect issuer: its keys, verifying tokens, and whom they name.

Keys are fetched when needed, cached, and refreshed as they change. A token that names an unknown
key causes a refresh, since the issuer may have begun to sign with another; but there is a minimum
time between two refreshes, whatever tokens come.

Only signatures by a private key are accepted: neither none nor a shared secret, as which an
attacker could use a public key.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

import httpx
import jwt

from app.access.principals import Principal, PrincipalRole, ProvinceRight, principal_name
from app.core.access_settings import is_safe_url
from app.core.digest import JsonObject
from app.core.errors import UnauthenticatedError, UnavailableError
from app.core.messages import MessageError, Template
from app.core.settings import Settings

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
        self._keys: list[JsonObject] = []
        self._fetched: float | None = None
        self._tried: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: object, algorithm: str) -> jwt.PyJWK | None:
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

    def _known(self, kid: object, algorithm: str) -> jwt.PyJWK | None:
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
            keys = content_of(await self._client.get(url)).get("keys")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
            return
        if isinstance(keys, list):
            self._keys = [key for key in keys if isinstance(key, dict)]
            self._fetched = begun

    async def _discovered(self) -> str:
        (url,) = await discovered(self._client, self._issuer, "jwks_uri")
        return url


async def discovered(client: httpx.AsyncClient, issuer: str, *members: str) -> list[str]:
    """Return addresses from the discovery document of an issuer.

    ``httpx.HTTPError`` or ``ValueError`` if it cannot be had, or is not what it must be.
    """
    found = content_of(await client.get(issuer.rstrip("/") + "/.well-known/openid-configuration"))
    urls = [found.get(member) for member in members]
    safe = [url for url in urls if isinstance(url, str) and is_safe_url(url)]
    if found.get("issuer") != issuer or len(safe) < len(urls):
        raise ValueError(f"{issuer} describes another issuer, or addresses without HTTPS")
    return safe


def content_of(response: httpx.Response) -> JsonObject:
    """Return the JSON object of an answer of the issuer; errors as of ``discovered``."""
    response.raise_for_status()
    if len(response.content) > _MOST_BYTES:
        raise ValueError(f"{response.url} answers with more than {_MOST_BYTES} bytes")
    content = response.json()
    if not isinstance(content, dict):
        raise ValueError(f"{response.url} answers with no JSON object")
    return content


def _public_key(key: JsonObject, algorithm: str) -> jwt.PyJWK | None:
    """Return a key to verify signatures with, ``None`` if it is malformed."""
    try:
        return jwt.PyJWK(key, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None


_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
_MOST_SUBJECT = 255
# A token can name several roles; the first of these counts.
_BY_WEIGHT = (
    PrincipalRole.administrator,
    PrincipalRole.editor,
    PrincipalRole.contributor,
    PrincipalRole.auditor,
    PrincipalRole.reader,
)
# A token may be nested however deep; that must not become an internal error.
_UNREADABLE = (jwt.PyJWTError, RecursionError, ValueError, TypeError)
_EXPIRED = Template("oidc.expired", "This token has expired; get another.")
_UNFIT = Template("oidc.unfit", "The token holds, but its claims do not fit: {fault}.")
_NO_SUBJECT = Template("oidc.no-subject", "sub is not 1 to {most} printable characters")
_NO_ROLE = Template("oidc.no-role", "they name no role of this register")


class TokenReader:
    """Reads the tokens of one issuer for one audience."""

    def __init__(self, settings: Settings, keys: IssuerKeys, audience: str | None = None) -> None:
        """Keep the settings that a token must match, and the keys of the issuer.

        The audience is that of tokens for the API, unless another one is given.
        """
        self._settings = settings
        self._keys = keys
        self._audience = audience or settings.oidc_audience

    async def principal(self, token: str) -> Principal:
        """Return the principal that a token names; ``UnauthenticatedError`` if it is not valid.

        ``UnavailableError`` if the keys of the issuer cannot be fetched, so that nobody knows.
        """
        return self.named_by(await self.claims(token))

    async def claims(self, token: str) -> JsonObject:
        """Return the claims of a token that is valid; errors as of ``principal``."""
        try:
            header = jwt.get_unverified_header(token)
        except _UNREADABLE as error:
            raise UnauthenticatedError.invalid() from error
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise UnauthenticatedError.invalid()
        key = await self._keys.find(header.get("kid"), algorithm)
        if key is None:
            raise UnauthenticatedError.invalid()
        return self._verified(token, key, algorithm)

    def _verified(self, token: str, key: jwt.PyJWK, algorithm: str) -> JsonObject:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience,
                issuer=self._settings.oidc_issuer,
                leeway=self._settings.oidc_clock_skew_seconds,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            # Claims are checked after the signature, so this is the issuer's own token.
            raise UnauthenticatedError.invalid(_EXPIRED()) from error
        except _UNREADABLE as error:
            raise UnauthenticatedError.invalid() from error

    def named_by(self, claims: JsonObject) -> Principal:
        """Return the principal that claims name; ``UnauthenticatedError`` if they do not fit."""
        settings = self._settings
        try:
            role = _role(_texts(_claim(claims, settings.oidc_role_claim)))
            rights = _texts(_claim(claims, settings.oidc_provinces_claim))
            return Principal(
                f"token:{_subject(claims['sub'])}",
                principal_name(str(_claim(claims, settings.oidc_name_claim) or "")),
                role,
                tuple(map(ProvinceRight.parse, rights)) if role.has_provinces else (),
            )
        except MessageError as error:
            raise UnauthenticatedError.invalid(_UNFIT(fault=error.message)) from error


def _claim(claims: JsonObject, name: str) -> object:
    """Return a claim by its name, or by its path, as in realm_access.roles."""
    if name in claims:
        return claims[name]
    claim: object = claims
    for part in name.split("."):
        claim = claim.get(part) if isinstance(claim, Mapping) else None
    return claim


def _subject(claim: str) -> str:
    """Return the subject of a token; its length is limited by OpenID Connect Core, section 2."""
    if not 0 < len(claim) <= _MOST_SUBJECT or not claim.isprintable():
        raise MessageError(_NO_SUBJECT(most=_MOST_SUBJECT))
    return claim


def _texts(claim: object) -> list[str]:
    """Return the texts of a claim that holds one or a list; anything else is ignored."""
    listed = claim if isinstance(claim, list) else [claim]
    return [text for text in listed if isinstance(text, str)]


def _role(named: list[str]) -> PrincipalRole:
    role = next((role for role in _BY_WEIGHT if role.value in named), None)
    if role is None:
        raise MessageError(_NO_ROLE())
    return role
