"""Sources and organizations: who says something, and who is meant."""

from pydantic import Field

from app.domain.vocabulary import SourceKind
from app.schemas.numbers import Whole
from app.schemas.types import Answer, Body, Line, Paragraph, PartialDateText, Slug, WebAddress


class SourceRegistration(Body):
    """A document to register."""

    id: Slug = Field(description="Readable id, as in bac-kan-press-2021-06-30.")
    kind: SourceKind
    title: Line
    number: Line | None = Field(default=None, description="Official number, as in 320/QĐ-UBND.")
    issuer: Line | None = Field(default=None, description="Who issued it, as the document says.")
    issuer_id: Slug | None = Field(
        default=None, description="Who issued it, as an organization of the register."
    )
    published_on: PartialDateText | None = Field(
        default=None, description="Date of the document; null when it bears none."
    )
    url: WebAddress | None = Field(default=None, description="Where it can be read.")
    note: Paragraph | None = None


class Source(Answer):
    """A document that says something."""

    id: str
    kind: SourceKind
    title: str
    number: str | None
    issuer: str | None
    issuer_id: str | None
    published_on: str | None
    url: str | None
    note: str | None
    authority: Whole = Field(description="The higher wins among statements of the same date.")
    revision: Whole = Field(description="The revision that registered it.")


class SourcePage(Answer):
    """A page of sources, by id."""

    items: list[Source]
    next_cursor: str | None
    revision: Whole


class OrganizationRegistration(Body):
    """An organization to register."""

    id: Slug
    name: Line
    name_en: Line | None = None
    aliases: list[Line] | None = Field(default=None, max_length=50)


class Organization(Answer):
    """An investor, an infrastructure developer, a managing body or an issuing authority."""

    id: str
    name: str
    name_en: str | None
    aliases: list[str]
    revision: Whole = Field(description="The revision that registered it.")


class OrganizationPage(Answer):
    """A page of organizations, by id."""

    items: list[Organization]
    next_cursor: str | None
    revision: Whole
