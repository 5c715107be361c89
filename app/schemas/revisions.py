"""Revisions: the commits of the ledger."""

from datetime import datetime

from pydantic import Field

from app.schemas.numbers import Whole
from app.schemas.types import Answer


class Revision(Answer):
    """One committed write."""

    number: Whole
    recorded_at: datetime
    author: str
    reason: str | None
    digest: str = Field(description="SHA-256 over the content and the previous digest.")


class RevisionPage(Answer):
    """A page of revisions, newest first."""

    items: list[Revision]
    next_cursor: str | None
    revision: Whole
