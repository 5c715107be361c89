"""API keys: their text, and creating, revoking, finding and listing them without their secrets.

A key is ``icr_<id>_<secret><check>``. The prefix lets secret scanners recognise a leaked key; the
id finds its entry without a search; the check (CRC-32 in hexadecimal) distinguishes a typing or
pasting mistake from a wrong secret without a query. Of the secret only the SHA-256 is stored: it is
random and long, so that no slow hash is needed against guessing.

Creation and revocation are recorded in the audit log, in the same transaction.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Self
from zlib import crc32

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.audit import Actor, record_action
from app.access.audit_events import AuditAction
from app.access.links import KEYS
from app.access.principals import Principal, PrincipalRole, ProvinceRight
from app.access.schemas import IssuedKey, Key, KeyCreation, KeyPage
from app.access.tables import ACCESS_KEYS, AccessKey
from app.core.dates import day_of
from app.core.errors import BadBodyError, ConflictError, NotFoundError, UnauthenticatedError
from app.core.messages import Template
from app.core.query_parameters import PageQuery
from app.database import Database
from app.database.connections import Executor, read_rows
from app.database.paging import Cursor, mark_of, read_cursor
from app.units.provinces import refuse_unit
from app.units.units import UnitLevel, Units

PREFIX = "icr_"
ID_LENGTH = 10
SECRET_LENGTH = 40
"""Letters and digits: about 238 bits."""
ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
SECRET_ALPHABET = ID_ALPHABET + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEY = re.compile(
    rf"({PREFIX}([a-z0-9]{{{ID_LENGTH}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}}))([0-9a-f]{{8}})"
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in clear: known to its holder, and to the service while it answers."""

    id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse a key; ``None`` if the text is none, or is not exactly as issued."""
        match = _KEY.fullmatch(text)
        if match is None or f"{crc32(match[1].encode()):08x}" != match[4]:
            return None
        return cls(match[2], match[3])

    @property
    def text(self) -> str:
        """The key as its holder sends it."""
        body = f"{PREFIX}{self.id}_{self.secret}"
        return f"{body}{crc32(body.encode()):08x}"

    @property
    def secret_hash(self) -> str:
        """The hash of the secret, as it is stored."""
        return sha256(self.secret.encode()).hexdigest()

    def fits(self, secret_hash: str) -> bool:
        """Return whether the secret has this hash, in the same time for any secret."""
        return hmac.compare_digest(self.secret_hash, secret_hash)

    def __repr__(self) -> str:
        """Hide the secret, in case a key is logged by mistake."""
        return f"ApiKey({self.id})"


LIFETIME = timedelta(days=365)
"""How long a key is valid by default."""
LONGEST_LIFETIME = timedelta(days=5 * 366)
_K = ACCESS_KEYS.c
_KEY_OF_ID = select(ACCESS_KEYS).where(_K.id == bindparam("id"))
_REVOKED = Template("keys.revoked", "Key {id} was revoked on {at:%Y-%m-%d}.")
_EXPIRED = Template("keys.expired", "Key {id} expired on {at:%Y-%m-%d}.")
_NO_KEY = Template("keys.no-such-key", "No key {id!r} was ever issued; see /v1/keys.")
_REVOKED_ALREADY = Template("keys.revoked-already", "Key {id} is revoked already, since {at}.")
_EXPIRY = Template("keys.expiry", "A key is valid until an instant to come, within {days} days.")


async def has_keys(connection: Executor) -> bool:
    """Return whether a key was ever issued."""
    return (await connection.execute(select(_K.id).limit(1))).first() is not None


async def get_key(connection: Executor, key_id: str) -> Key:
    """Return a key without its secret; ``NotFoundError`` if there is none of that id."""
    return _as_key(await _found(connection, key_id))


async def find_key(connection: Executor, key_id: str) -> AccessKey | None:
    """Return the entry of a key, ``None`` if there is none of that id."""
    found = await read_rows(connection, AccessKey, _KEY_OF_ID, {"id": key_id})
    return found[0] if found else None


def holder_of(row: AccessKey) -> Principal:
    """Return the holder of a key in force; who has one that is not may be given the reason."""
    if row.revoked_at is not None:
        raise UnauthenticatedError.invalid(_REVOKED(id=row.id, at=day_of(row.revoked_at)))
    if row.expires_at <= datetime.now(UTC):
        raise UnauthenticatedError.invalid(_EXPIRED(id=row.id, at=day_of(row.expires_at)))
    rights = tuple(ProvinceRight(code, date.fromisoformat(on)) for code, on in row.provinces)
    return Principal(f"key:{row.id}", row.name, PrincipalRole(row.role), rights)


async def _found(connection: Executor, key_id: str) -> AccessKey:
    row = await find_key(connection, key_id)
    if row is None:
        raise NotFoundError(_NO_KEY(id=key_id))
    return row


def _as_key(row: AccessKey) -> Key:
    values = {name: getattr(row, name) for name in Key.model_fields}
    provinces = [{"code": code, "on": on} for code, on in row.provinces]
    return Key.model_validate({**values, "provinces": provinces})


async def list_keys(connection: Executor, query: PageQuery) -> KeyPage:
    """Return one page of keys, by id."""
    mark = mark_of(query, "keys")
    selected = select(ACCESS_KEYS).order_by(_K.id).limit(query.limit + 1)
    if query.cursor is not None:
        selected = selected.where(_K.id > read_cursor(query.cursor, mark, [str]).keys[0])
    rows = await read_rows(connection, AccessKey, selected)
    items = [_as_key(row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    cursor = Cursor(mark, 0, date.min, (items[-1].id,)).encode() if more else None
    return KeyPage(items=items, next_cursor=cursor)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _new_key() -> ApiKey:
    return ApiKey(_random(ID_ALPHABET, ID_LENGTH), _random(SECRET_ALPHABET, SECRET_LENGTH))


async def create_key(database: Database, units: Units, wanted: KeyCreation, by: Actor) -> IssuedKey:
    """Create a key; the answer is the only place where its secret ever appears."""
    async with database.write() as session:
        return await add_key(session, units, wanted, by)


async def create_first_key(
    database: Database, units: Units, wanted: KeyCreation, by: Actor
) -> IssuedKey | None:
    """Create a key if none was ever issued; ``None`` otherwise."""
    async with database.write() as session:
        return None if await has_keys(session) else await add_key(session, units, wanted, by)


async def add_key(session: AsyncSession, units: Units, wanted: KeyCreation, by: Actor) -> IssuedKey:
    """Create a key in a transaction that is open; see ``create_key``."""
    now = datetime.now(UTC)
    expires_at = checked_expiry(wanted.expires_at, now)
    check_provinces(wanted, units)
    key = _new_key()
    row = {
        "id": key.id,
        "name": wanted.name,
        "role": wanted.role.value,
        "provinces": [[right.code, right.on.isoformat()] for right in wanted.provinces],
        "secret_hash": key.secret_hash,
        "created_at": now,
        "created_by": by.name,
        "expires_at": expires_at,
    }
    await session.execute(insert(ACCESS_KEYS).values(row))
    detail = f"Key {key.id} for {wanted.name}, {wanted.role}, until {expires_at.isoformat()}"
    detail += _scope(wanted)
    await record_action(session, AuditAction.key_created, by, detail, (KEYS, key.id))
    entry = await get_key(session, key.id)
    return IssuedKey(**entry.model_dump(), key=key.text)


def _scope(wanted: KeyCreation) -> str:
    named = ", ".join(f"{right.code}@{right.on}" for right in wanted.provinces)
    return f", for {named}." if named else "."


def checked_expiry(requested: datetime | None, now: datetime) -> datetime:
    """Return until when a key is to be valid; ``BadBodyError`` if it cannot be."""
    expires_at = requested or now + LIFETIME
    if not now < expires_at <= now + LONGEST_LIFETIME:
        raise BadBodyError.of("#/expires_at", _EXPIRY(days=LONGEST_LIFETIME.days))
    return expires_at


def check_provinces(wanted: KeyCreation, units: Units) -> None:
    """Refuse provinces that there are not on their days."""
    for position, right in enumerate(wanted.provinces):
        if units.at(UnitLevel.province, right.code, right.on) is None:
            pointer = f"#/provinces/{position}/code"
            refuse_unit(units, UnitLevel.province, right.code, right.on, pointer)


async def revoke_key(database: Database, key_id: str, reason: str, by: Actor) -> Key:
    """Revoke a key at once; ``NotFoundError`` or ``ConflictError`` if that is not possible."""
    async with database.write() as session:
        row = await _found(session, key_id)
        if row.revoked_at is not None:
            raise ConflictError(_REVOKED_ALREADY(id=key_id, at=row.revoked_at))
        marks = {
            "revoked_at": datetime.now(UTC),
            "revoked_by": by.name,
            "revocation_reason": reason,
        }
        await session.execute(update(ACCESS_KEYS).where(_K.id == key_id).values(marks))
        detail = f"Key {key_id} of {row.name}, {row.role}: {reason}"
        await record_action(session, AuditAction.key_revoked, by, detail, (KEYS, key_id))
        return await get_key(session, key_id)
