"""Keys, sessions and the audit log. No part of the ledger: they are about access, not land."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from app.access.audit_events import AuditAction
from app.access.principals import PrincipalRole
from app.core.digest import JsonObject
from app.database.tables import CanonicalJson, Instant, code_check, ordered_text, table_of

# As in the ledger: the hidden number of a row would be a way around the triggers.
_NO_ROWID = {"sqlite_with_rowid": False}


class AccessKey(SQLModel, table=True):
    """A key that was issued: everything but its secret, of which only the hash is stored.

    ``provinces`` are pairs of code and day, as in ``["06", "2025-06-30"]``.
    """

    __tablename__ = "access_key"
    __table_args__ = (code_check("access_key", "role", PrincipalRole),)

    id: str = Field(primary_key=True, sa_type=ordered_text())
    name: str = Field(sa_type=Text)
    role: str
    provinces: list[tuple[str, str]] = Field(sa_type=CanonicalJson)
    secret_hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str | None = Field(default=None, sa_type=Text)
    revocation_reason: str | None = Field(default=None, sa_type=Text)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class AccessSession(SQLModel, table=True):
    """A session of the pages: all but the value of its cookie, of which only the digest is stored.

    It is of a key by ``key_id``, or of the ``holder`` of a token, as ``sessions.py`` writes one.
    """

    __tablename__ = "access_session"

    digest: str = Field(primary_key=True, max_length=64)
    key_id: str | None = Field(default=None, sa_type=ordered_text())
    holder: JsonObject | None = Field(default=None, sa_type=CanonicalJson)
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class AuditEntry(SQLModel, table=True):
    """An administrative action, or equal refusals; triggers keep the table append-only.

    The id begins with the instant, so that ids are in chronological order.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (code_check("audit_entry", "action", AuditAction), _NO_ROWID)

    id: str = Field(primary_key=True, sa_type=ordered_text())
    recorded_at: datetime = Field(sa_type=Instant)
    action: str
    principal: str | None = Field(default=None, sa_type=Text)
    principal_id: str | None = Field(default=None, sa_type=Text)
    address: str | None = Field(default=None, sa_type=Text)
    method: str | None = Field(default=None, sa_type=Text)
    path: str | None = Field(default=None, sa_type=Text)
    status: int | None = None
    count: int
    detail: str = Field(sa_type=Text)


class AuditLink(SQLModel, table=True):
    """A link of the chain that covers the audit log, and what the log accounts for.

    ``entry_id`` is the entry that it covers; ``about`` names the row that the entry made what it
    is, as in ``key/k7f3q9x2ab``, and ``state`` is the digest of that row as it was then, null where
    there was none any more. Each digest covers all this and the digest before it. A link without an
    entry says how a row was found that nothing accounted for.
    """

    __tablename__ = "audit_link"
    __table_args__ = (_NO_ROWID,)

    number: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    # Without a foreign key: a backup that lacks entries can be restored, and they be taken over.
    entry_id: str | None = Field(default=None, unique=True, sa_type=ordered_text())
    about: str | None = Field(default=None, sa_type=ordered_text())
    state: str | None = Field(default=None, max_length=64)
    digest: str = Field(max_length=64)


ACCESS_KEYS = table_of(AccessKey)
ACCESS_SESSIONS = table_of(AccessSession)
AUDIT_ENTRIES = table_of(AuditEntry)
AUDIT_LINKS = table_of(AuditLink)
