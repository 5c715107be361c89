"""Bearer tokens of an OpenID Connect issuer: who they say is asking, when they hold.

Only signatures by a private key are accepted, of the algorithms named here: neither none nor a
shared secret, for which a public key could be taken.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt

from app.access.issuer_keys import ALGORITHMS, IssuerKeys
from app.access.principals import Principal, PrincipalRole, ProvinceRight, principal_name
from app.core.errors import UnauthenticatedError
from app.core.settings import Settings

_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
_SECONDS_TO_WAIT = 5.0
_MOST_SUBJECT = 255
# A token can name several roles; the first of these counts.
_BY_WEIGHT = (
    PrincipalRole.administrator,
    PrincipalRole.editor,
    PrincipalRole.auditor,
    PrincipalRole.reader,
)
# Tokens are nested as deep as their maker likes; that is no reason to fail.
_UNREADABLE = (jwt.PyJWTError, RecursionError, ValueError, TypeError)


class TokenReader:
    """Reads the tokens of one issuer for one audience."""

    def __init__(self, settings: Settings, keys: IssuerKeys) -> None:
        """Keep what must hold of a token, and where the keys come from."""
        self._settings = settings
        self._keys = keys

    async def principal(self, token: str) -> Principal:
        """Return who a token says is asking; ``UnauthenticatedError`` when it does not hold.

        ``UnavailableError`` when the issuer's keys cannot be had, so that this cannot be told.
        """
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
        return self._read(self._claims(token, key, algorithm))

    def _claims(self, token: str, key: Any, algorithm: str) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._settings.oidc_audience,
                issuer=self._settings.oidc_issuer,
                leeway=self._settings.oidc_clock_skew_seconds,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            # Claims are looked at when the signature holds, so this is the issuer's own token.
            raise UnauthenticatedError.invalid("This token has expired; get another.") from error
        except _UNREADABLE as error:
            raise UnauthenticatedError.invalid() from error
        return claims

    def _read(self, claims: Mapping[str, Any]) -> Principal:
        settings = self._settings
        try:
            role = _role(_texts(_claim(claims, settings.oidc_role_claim)))
            rights = _texts(_claim(claims, settings.oidc_provinces_claim))
            return Principal(
                f"token:{_subject(claims['sub'])}",
                principal_name(str(_claim(claims, settings.oidc_name_claim) or "")),
                role,
                tuple(map(ProvinceRight.parse, rights)) if role is PrincipalRole.editor else (),
            )
        except ValueError as error:
            detail = f"The token holds, but its claims do not fit: {error}."
            raise UnauthenticatedError.invalid(detail) from error


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by the names on the way to it, as in realm_access.roles."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _subject(claim: str) -> str:
    """Return the subject of a token; its length is limited by OpenID Connect Core, section 2."""
    if not 0 < len(claim) <= _MOST_SUBJECT or not claim.isprintable():
        message = f"sub is not 1 to {_MOST_SUBJECT} printable characters"
        raise ValueError(message)
    return claim


def _texts(claim: Any) -> list[str]:
    """Read a claim that holds one text or a list of them; what is no text is passed over."""
    listed = claim if isinstance(claim, list) else [claim]
    return [text for text in listed if isinstance(text, str)]


def _role(named: list[str]) -> PrincipalRole:
    role = next((role for role in _BY_WEIGHT if role.value in named), None)
    if role is None:
        message = "they name no role of this register"
        raise ValueError(message)
    return role


@asynccontextmanager
async def reading_tokens(settings: Settings) -> AsyncIterator[TokenReader | None]:
    """Lend a reader of tokens where an issuer is set up; ``None`` otherwise."""
    if settings.oidc_issuer is None:
        yield None
        return
    async with httpx.AsyncClient(timeout=_SECONDS_TO_WAIT) as client:
        yield TokenReader(
            settings, IssuerKeys(client, settings.oidc_issuer, settings.oidc_jwks_url)
        )
