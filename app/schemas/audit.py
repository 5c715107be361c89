"""The audit log as it is answered."""

from datetime import datetime

from pydantic import Field

from app.domain.audit import AuditAction
from app.schemas.numbers import Whole
from app.schemas.queries import PageQuery
from app.schemas.types import Answer


class AuditQuery(PageQuery):
    """Which entries of the audit log to list."""

    action: list[AuditAction] = Field(default_factory=list)


class AuditEntry(Answer):
    """An administrative action, or refusals alike within a few seconds."""

    id: str
    recorded_at: datetime
    action: AuditAction
    principal: str | None = Field(description="Who it was, where that is known.")
    principal_id: str | None = Field(description="With which key or token, as in key:k7f3q9x2ab.")
    address: str | None = Field(description="The network address it came from.")
    method: str | None
    path: str | None = Field(description="The path of the operation, as the OpenAPI document.")
    status: Whole | None
    count: Whole = Field(description="How many times within the seconds before recorded_at.")
    detail: str


class AuditPage(Answer):
    """A page of the audit log, newest first."""

    items: list[AuditEntry]
    next_cursor: str | None
