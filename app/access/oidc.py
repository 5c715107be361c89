"""Bearer tokens of an OpenID Connect issuer: verifying them, and the principal that they name.

Only signatures by a private key are accepted, with the algorithms of ``issuer_keys``: neither none
nor a shared secret, as which an attacker could use a public key.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt

from app.access.issuer_keys import ALGORITHMS, IssuerKeys
from app.access.principals import Principal, PrincipalRole, ProvinceRight, principal_name
from app.core.errors import UnauthenticatedError
from app.core.messages import MessageError, Template
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
# A token may be nested however deep; that must not become an internal error.
_UNREADABLE = (jwt.PyJWTError, RecursionError, ValueError, TypeError)
_EXPIRED = Template("oidc.expired", "This token has expired; get another.")
_UNFIT = Template("oidc.unfit", "The token holds, but its claims do not fit: {fault}.")
_NO_SUBJECT = Template("oidc.no-subject", "sub is not 1 to {most} printable characters")
_NO_ROLE = Template("oidc.no-role", "they name no role of this register")


class TokenReader:
    """Reads the tokens of one issuer for one audience."""

    def __init__(self, settings: Settings, keys: IssuerKeys) -> None:
        """Keep the settings that a token must match, and the keys of the issuer."""
        self._settings = settings
        self._keys = keys

    async def principal(self, token: str) -> Principal:
        """Return the principal that a token names; ``UnauthenticatedError`` if it is not valid.

        ``UnavailableError`` if the keys of the issuer cannot be fetched, so that nobody knows.
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
            # Claims are checked after the signature, so this is the issuer's own token.
            raise UnauthenticatedError.invalid(_EXPIRED()) from error
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
        except MessageError as error:
            raise UnauthenticatedError.invalid(_UNFIT(fault=error.message)) from error


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by its path, as in realm_access.roles."""
    if name in claims:
        return claims[name]
    claim: Any = claims
    for part in name.split("."):
        claim = claim.get(part) if isinstance(claim, Mapping) else None
    return claim


def _subject(claim: str) -> str:
    """Return the subject of a token; its length is limited by OpenID Connect Core, section 2."""
    if not 0 < len(claim) <= _MOST_SUBJECT or not claim.isprintable():
        raise MessageError(_NO_SUBJECT(most=_MOST_SUBJECT))
    return claim


def _texts(claim: Any) -> list[str]:
    """Return the texts of a claim that holds one or a list; anything else is ignored."""
    listed = claim if isinstance(claim, list) else [claim]
    return [text for text in listed if isinstance(text, str)]


def _role(named: list[str]) -> PrincipalRole:
    role = next((role for role in _BY_WEIGHT if role.value in named), None)
    if role is None:
        raise MessageError(_NO_ROLE())
    return role


@asynccontextmanager
async def reading_tokens(settings: Settings) -> AsyncIterator[TokenReader | None]:
    """Lend a reader of tokens if an issuer is configured; ``None`` otherwise."""
    if settings.oidc_issuer is None:
        yield None
        return
    async with httpx.AsyncClient(timeout=_SECONDS_TO_WAIT) as client:
        yield TokenReader(
            settings, IssuerKeys(client, settings.oidc_issuer, settings.oidc_jwks_url)
        )
