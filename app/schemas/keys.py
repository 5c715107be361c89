"""Keys: what administrators send and get. Only the answer that makes a key holds its secret."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from app.domain.principals import MOST_NAME, PrincipalRole, principal_name
from app.schemas.types import Answer, Body, Day, InstantText, Line, UnitCode

Name = Annotated[str, AfterValidator(principal_name), Field(max_length=MOST_NAME)]
"""What revisions call a principal."""


class ProvinceRightWrite(Body):
    """A province that an editor is to write for."""

    code: UnitCode
    on: Day = Field(
        description="A day on which the province had this code. The right follows the province "
        "into what it becomes part of.",
    )


class ProvinceRight(Answer):
    """A province that an editor writes for."""

    code: str
    on: date


class KeyCreation(Body):
    """For whom a key is."""

    name: Name = Field(description="Who writes with it, as revisions will show it.")
    role: PrincipalRole
    provinces: list[ProvinceRightWrite] = Field(
        default_factory=list,
        max_length=100,
        description="For an editor, and for an editor only: the provinces to write for.",
    )
    expires_at: InstantText | None = Field(
        default=None, description="Until when it is valid; a year from now when absent."
    )

    @model_validator(mode="after")
    def give_provinces_to_editors_only(self) -> Self:
        """An editor of nothing could write nothing, and others have no use for provinces."""
        if bool(self.provinces) != (self.role is PrincipalRole.editor):
            message = "an editor needs provinces to write for, and no other role has any"
            raise ValueError(message)
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
    """A key just made."""

    key: str = Field(description="What to send as Authorization: Bearer. It is shown this once.")


class RevocationWrite(Body):
    """Why a key is revoked."""

    reason: Line


class KeyPage(Answer):
    """A page of keys, by id."""

    items: list[Key]
    next_cursor: str | None
