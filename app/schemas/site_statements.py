"""Writing sites: registration, statements and patches."""

from typing import Self

from pydantic import Field, model_validator

from app.domain.vocabulary import SiteKind
from app.schemas.sites import SiteValues
from app.schemas.statements import StatementHead
from app.schemas.types import Line, Slug


class SiteStatementWrite(StatementHead):
    """What a source says of a site."""

    values: SiteValues = Field(default_factory=SiteValues)
    override_reason: Line | None = Field(
        default=None, description="Why an irregular change is right all the same."
    )

    @model_validator(mode="after")
    def check_says_something(self) -> Self:
        """A statement without values is a remark and needs its note."""
        if not self.values.model_fields_set and self.note is None:
            message = "give values, or a note where the source only remarks something"
            raise ValueError(message)
        return self


class SiteRegistration(SiteStatementWrite):
    """A site to register, with the first statement about it."""

    id: Slug | None = Field(
        default=None, description="Readable id; made from kind and name when absent."
    )
    kind: SiteKind
