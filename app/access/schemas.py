"""Keys and audit entries as administrators send and read them.

Only the answer to the creation of a key holds its secret.
"""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from app.access.audit_events import AuditAction
from app.access.principals import MOST_NAME, PrincipalRole, principal_name
from app.core.messages import MessageError, Template
from app.core.numbers import Whole
from app.core.query_parameters import PageQuery
from app.core.types import Answer, Body, Day, InstantText, Line, UnitCode

_WRITERS_ONLY = Template(
    "keys.provinces-of-writers",
    "an editor or a contributor needs provinces to write for, and no other role has any",
)
Name = Annotated[str, AfterValidator(principal_name), Field(max_length=MOST_NAME)]
"""The name of a principal, which revisions show as their author."""


class ProvinceRightWrite(Body):
    """A province that an editor or a contributor may write for, in a request."""

    code: UnitCode
    on: Day = Field(
        description="A day on which the province had this code. The right follows the province "
        "into what it becomes part of.",
    )


class ProvinceRight(Answer):
    """A province that an editor or a contributor may write for."""

    code: str
    on: date


class KeyCreation(Body):
    """A key to create."""

    name: Name = Field(description="Who writes with it, as revisions will show it.")
    role: PrincipalRole
    provinces: list[ProvinceRightWrite] = Field(
        default_factory=list,
        max_length=100,
        description="The provinces to write for: an editor and a contributor have some, others "
        "none.",
    )
    expires_at: InstantText | None = Field(
        default=None, description="Until when it is valid; a year from now when absent."
    )

    @model_validator(mode="after")
    def give_provinces_to_those_who_write(self) -> Self:
        """Require provinces of roles that could write nothing otherwise, and of no other."""
        if bool(self.provinces) != self.role.has_provinces:
            raise MessageError(_WRITERS_ONLY())
        return self


class Key(Answer):
    """A key, without its secret."""

    id: str
    name: str
    role: PrincipalRole
    provinces: list[ProvinceRight]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    revocation_reason: str | None
    last_used_at: datetime | None = Field(description="To the minute; null when never used.")


class IssuedKey(Key):
    """A key just created, with its secret."""

    key: str = Field(description="What to send as Authorization: Bearer. It is shown this once.")


class RevocationWrite(Body):
    """The reason for a revocation."""

    reason: Line


class KeyPage(Answer):
    """A page of keys, by id."""

    items: list[Key]
    next_cursor: str | None


class AuditQuery(PageQuery):
    """The filters of the audit log."""

    action: list[AuditAction] = Field(default_factory=list)


class AuditEntry(Answer):
    """An administrative action, or equal refusals within a few seconds."""

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
