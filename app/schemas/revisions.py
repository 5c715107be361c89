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
    principal_id: str | None = Field(
        description="Tells apart authors of the same name: key:… with the id of an API key, or "
        "token:… with the subject of a token; null for what the command line recorded."
    )
    reason: str | None
    digest: str = Field(description="SHA-256 over the content and the previous digest.")


class RevisionPage(Answer):
    """A page of revisions, newest first."""

    items: list[Revision]
    next_cursor: str | None
    revision: Whole
