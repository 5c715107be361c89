"""Revisions, changes, sources and organizations, as clients send and read them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from app.core.numbers import Whole
from app.core.query_parameters import (
    KnownPageQuery,
    KnownQuery,
    LimitQuery,
    RevisionNumber,
    SearchWords,
)
from app.core.types import (
    Answer,
    Body,
    Line,
    OrganizationId,
    Paragraph,
    PartialDateText,
    RecordedAt,
    Shown,
    Slug,
    WebAddress,
)
from app.core.vocabulary import ChangeSubjectType, SourceKind


class OrganizationsFilter(KnownQuery):
    """Filters of organizations."""

    q: SearchWords = None


class OrganizationsQuery(OrganizationsFilter, KnownPageQuery):
    """A page of organizations."""


class SourcesFilter(KnownQuery):
    """Filters of sources."""

    q: Line | None = Field(
        default=None,
        description="Words of a title, number, issuer or id; case, accents and đ do not count.",
    )
    kind: list[SourceKind] = Field(
        default_factory=list,
        description="Kind of document (loại tài liệu). Repeat it for several; all when absent.",
    )


class SourcesQuery(SourcesFilter, KnownPageQuery):
    """A page of sources."""


class FeedQuery(BaseModel):
    """Filters of changes, and the start of the feed."""

    after: RevisionNumber = Field(
        default=0,
        description="Only what came after this revision: next_after of the page before; "
        "0 is from the beginning.",
    )
    subject_type: list[ChangeSubjectType] = Field(
        default_factory=list,
        description="Only revisions that did something to one of these, or erased texts.",
    )
    subject_id: Slug | None = Field(
        default=None,
        description="Only revisions that did something to this one subject, or erased texts of "
        "such revisions; "
        "together with one subject_type.",
    )


class StreamQuery(FeedQuery):
    """The same for a stream, which a client in a browser without ``EventSource`` resumes."""

    last_event_id: RevisionNumber | None = Field(
        default=None,
        alias="lastEventId",
        description="As the header Last-Event-ID, for clients that cannot send headers.",
    )


class ChangesQuery(FeedQuery, LimitQuery):
    """A page of changes."""


class Revision(Answer):
    """One committed write."""

    number: Whole
    recorded_at: RecordedAt
    author: str
    principal_id: str | None = Field(
        description="Distinguishes authors of the same name: key:… with the id of an API key, or "
        "token:… with the subject of a token; null for what the command line recorded."
    )
    approved_by: str | None = Field(
        description="Who approved what the author proposed; null where it was not reviewed."
    )
    approver_id: str | None = Field(description="Distinguishes these of the same name.")
    reason: str | None
    digest: str = Field(description="SHA-256 over the content and the previous digest.")


class RevisionPage(Answer):
    """A page of revisions, newest first."""

    items: list[Revision]
    next_cursor: str | None
    revision: Whole


class SourceRegistration(Body):
    """A document to register."""

    id: Slug = Field(description="Readable id, as in bac-kan-press-2021-06-30.")
    kind: SourceKind
    title: Line
    number: Line | None = Field(default=None, description="Official number, as in 320/QĐ-UBND.")
    issuer: Line | None = Field(default=None, description="Who issued it, as the document says.")
    issuer_id: OrganizationId | None = Field(
        default=None, description="Who issued it, as an organization of the register."
    )
    published_on: PartialDateText | None = Field(
        default=None, description="Date of the document; null when it bears none."
    )
    url: WebAddress | None = Field(default=None, description="Where it can be read.")
    note: Paragraph | None = None
    override_reason: Line | None = Field(
        default=None,
        description="Why it is another document than a registered one with its number and date, "
        "or why its date is right; kept as reason of the revision.",
    )


class SourcePatch(Body):
    """What is to be corrected in the entry of a document."""

    kind: SourceKind | None = None
    title: Line | None = None
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


class SourceLinks(Answer):
    """Addresses of details, relative to the address of the service."""

    statements: str = Field(description="Everything that it says.")
    citations: str = Field(description="The statements that refer to it.")


class Source(Answer):
    """A document that says something."""

    id: str
    kind: SourceKind
    title: str
    number: str | None
    issuer: str | None
    issuer_id: str | None
    issuer_name: str | None = Field(
        description="The name of the organization issuer_id, as known then; null in changes."
    )
    published_on: str | None
    url: str | None
    note: str | None
    authority: Whole = Field(description="The higher wins among statements of the same date.")
    revision: Whole = Field(description="The revision that registered it.")
    changed_in: Whole = Field(description="The revision that last changed the entry.")
    links: SourceLinks


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
    override_reason: Line | None = Field(
        default=None,
        description="Why it is another organization than a registered one of its name; kept as "
        "reason of the revision.",
    )


class OrganizationPatch(Body):
    """What is to be corrected in the entry of an organization."""

    name: Line | None = None
    name_en: Line | None = None
    aliases: list[Line] | None = Field(default=None, max_length=50)


class CorrectionQuery(BaseModel):
    """Why an entry is corrected."""

    reason: Line = Field(description="Why it is corrected.")
    override_reason: Line | None = Field(
        default=None,
        description="Why what is doubted of it is right; kept as reason of the revision.",
    )


class EntryWithdrawal(Body):
    """Why a source or an organization is withdrawn."""

    reason: Line


class OrganizationMerge(Body):
    """The organization that another is the same as."""

    into: Slug = Field(description="The organization that is kept.")
    reason: Line


class Organization(Answer):
    """An investor, an infrastructure developer, a managing body or an issuing authority."""

    id: str
    name: str
    name_en: str | None
    aliases: list[str]
    revision: Whole = Field(description="The revision that registered it.")
    changed_in: Whole = Field(description="The revision that last changed the entry.")
    merged_into: str | None = Field(
        description="In changes: the organization that it was merged into. Null in all others."
    )


class OrganizationPage(Answer):
    """A page of organizations, by id."""

    items: list[Organization]
    next_cursor: str | None
    revision: Whole


class ErasableType(StrEnum):
    """What something can be erased of."""

    statement = "statement"
    source = "source"
    organization = "organization"
    site = "site"
    project = "project"
    revision = "revision"
    import_ = "import"
    proposal = "proposal"


class Erased(Answer):
    """Texts that were erased, without what stood there."""

    type: Annotated[str, Shown(ErasableType)]
    id: str = Field(description="The id of the entry; of a revision its number.")
    members: list[str] = Field(
        description="The texts of it that are blank now; none of what is erased as a whole."
    )
    revision: Whole | None = Field(
        description="The revision that had recorded them; null for an import or a proposal."
    )

    @classmethod
    def of(cls, about: str, members: Sequence[str], revision: int | None) -> "Erased":
        """Return what an erasure recorded, named as in ``statement/5-1``."""
        what, _, key = about.partition("/")
        return cls(type=what, id=key, members=list(members), revision=revision)
