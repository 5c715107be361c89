"""Answers kept for requests that are sent again. No part of the ledger: rows leave after a day."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.models.columns import CanonicalJson, Instant, ordered_text


class IdempotencyKey(SQLModel, table=True):
    """The answer to a write that came with a key, kept in the transaction of its revision.

    ``content_digest`` is of what was asked: method, path, query and body.
    """

    __tablename__ = "idempotency_key"

    author: str = Field(primary_key=True, sa_type=ordered_text())
    key: str = Field(primary_key=True, sa_type=ordered_text())
    recorded_at: datetime = Field(sa_type=Instant, index=True)
    content_digest: str = Field(max_length=64)
    status: int
    media_type: str = Field(sa_type=Text)
    headers: dict[str, str] = Field(sa_type=CanonicalJson)
    body: bytes = Field(sa_type=LargeBinary)
