"""Sessions of the pages: kept here, and found by a random value that only a cookie holds.

A session is of a key, which is looked up with it each time, or of what a token said of its holder.
It has no secret of its own that could be read here: only the digest of the value is stored.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.audit import Actor, record_action
from app.access.audit_events import AuditAction
from app.access.keys import find_key, holder_of
from app.access.links import SESSIONS
from app.access.principals import Principal, PrincipalRole, ProvinceRight
from app.access.tables import ACCESS_SESSIONS, AccessSession
from app.core.digest import JsonObject
from app.core.errors import UnauthenticatedError
from app.core.messages import Template
from app.database.connections import Executor, read_rows

_BYTES = 32
_MOST_VALUE = 100
_S = ACCESS_SESSIONS.c
_SESSION_OF_DIGEST = select(ACCESS_SESSIONS).where(_S.digest == bindparam("digest"))
_ENDED = Template("sessions.ended", "You are signed in no longer: sign in again.")


@dataclass(frozen=True, slots=True)
class Terms:
    """How long sessions last at most, and how long without a request."""

    lifetime: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """What a token said of its holder, from whom, and until when."""

    principal: Principal
    issuer: str
    expires_at: datetime


def digest_of(value: str) -> str:
    """Return the digest of the value of a session, as it is stored."""
    return sha256(value[:_MOST_VALUE].encode()).hexdigest()


async def begin_session(
    session: AsyncSession, who: Principal | TokenHolder, terms: Terms, by: Actor
) -> str:
    """Begin a session in the transaction; return the value of its cookie, always another one."""
    now, value = datetime.now(UTC), secrets.token_urlsafe(_BYTES)
    expires_at = now + terms.lifetime
    if isinstance(who, TokenHolder):
        of: JsonObject = {"holder": _written(who)}
        expires_at = min(expires_at, who.expires_at)
    else:
        of = {"key_id": who.id.removeprefix("key:")}
    # Who signs in tidies up: what is over is of no use to anybody.
    await session.execute(delete(ACCESS_SESSIONS).where(_S.expires_at <= now))
    digest = digest_of(value)
    row = {"digest": digest, "created_at": now, "seen_at": now, "expires_at": expires_at}
    await session.execute(insert(ACCESS_SESSIONS).values(row | of))
    detail = f"Until {expires_at:%Y-%m-%dT%H:%M:%SZ}, or {terms.idle} without a request."
    await record_action(session, AuditAction.signed_in, by, detail, (SESSIONS, digest))
    return value


async def end_session(session: AsyncSession, value: str) -> bool:
    """End a session; return whether there was one."""
    ended = delete(ACCESS_SESSIONS).where(_S.digest == digest_of(value)).returning(_S.digest)
    return (await session.execute(ended)).first() is not None


async def session_holder(
    connection: Executor, value: str, terms: Terms, issuer: str | None
) -> tuple[Principal, AccessSession]:
    """Return who holds a session; ``UnauthenticatedError`` if it, its key or its token is over."""
    rows = await read_rows(
        connection, AccessSession, _SESSION_OF_DIGEST, {"digest": digest_of(value)}
    )
    now = datetime.now(UTC)
    if not rows or not now < min(rows[0].expires_at, rows[0].seen_at + terms.idle):
        raise UnauthenticatedError.invalid(_ENDED())
    found = rows[0]
    if found.key_id is None:
        return _read(found.holder or {}, issuer), found
    key = await find_key(connection, found.key_id)
    if key is None:
        raise UnauthenticatedError.invalid(_ENDED())
    return holder_of(key), found


def _written(holder: TokenHolder) -> JsonObject:
    who = holder.principal
    return {
        "issuer": holder.issuer,
        "id": who.id,
        "name": who.name,
        "role": who.role.value,
        "provinces": [str(right) for right in who.provinces],
    }


def _read(holder: JsonObject, issuer: str | None) -> Principal:
    """Return the holder of a token; nobody where its issuer is not the one that is set up."""
    if issuer is None or holder.get("issuer") != issuer:
        raise UnauthenticatedError.invalid(_ENDED())
    rights: Sequence[str] = holder["provinces"]
    role = PrincipalRole(holder["role"])
    return Principal(holder["id"], holder["name"], role, tuple(map(ProvinceRight.parse, rights)))
