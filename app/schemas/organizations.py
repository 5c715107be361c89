"""The roles of organizations, derived from statements."""

from datetime import date

from pydantic import Field

from app.domain.vocabulary import OrganizationRole, SubjectType
from app.schemas.numbers import Whole
from app.schemas.types import Answer


class Role(Answer):
    """What an organization is to a site, a project or a document, over one interval of days."""

    role: OrganizationRole
    subject_type: SubjectType
    subject_id: str
    subject_name: str | None
    valid_from: date | None = Field(
        description="First day; null for the issuer of an undated document."
    )
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")


class RoleList(Answer):
    """The roles of an organization, by role, subject and time."""

    items: list[Role]
    next_cursor: str | None
    revision: Whole
