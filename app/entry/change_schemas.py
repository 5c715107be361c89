"""What the feed answers: the revisions, and what each did."""

from typing import Annotated

from pydantic import Field

from app.core.numbers import Whole
from app.core.types import Answer, Shown
from app.core.vocabulary import ChangeSubjectType, ChangeType, SiteKind, SubjectType
from app.entry.schemas import Statement, WithEachType
from app.ledger.schemas import Erased, Organization, Revision, Source


class ChangeLinks(Answer):
    """Addresses of details, relative to the address of the service."""

    subject: str = Field(description="The address of the subject.")
    statement: str | None = Field(description="The address of the statement, where there is one.")


class Registration(Answer):
    """That a site or project is in the register, or was withdrawn from it."""

    id: str
    kind: Annotated[str, Shown(SiteKind)] | None = Field(description="Null for a project.")
    revision: Whole = Field(description="The revision that registered it.")
    withdrawn_in: Whole | None = Field(
        description="The revision that withdrew it, where it is this one."
    )
    withdrawal_reason: str | None


class _Done(Answer):
    type: Annotated[str, Shown(ChangeType)]
    subject_type: Annotated[str, Shown(ChangeSubjectType)]
    subject_id: str = Field(description="The id of the subject; of a province, its code.")
    statement_id: str | None = Field(
        description="The statement that was recorded or retracted; null for other entries."
    )
    links: ChangeLinks
    statement: Statement | None = Field(
        description="What was recorded or retracted, as it was then; null for other entries."
    )
    source: Source | None = Field(description="The document that was registered or changed.")
    organization: Organization | None = Field(
        description="The organization that was registered or changed."
    )


def _registered(what: SubjectType) -> tuple[str, object]:
    described = Field(description=f"The {what} that was registered or withdrawn.")
    return what.value, Annotated[Registration | None, described]


class ChangeEntry(WithEachType, _Done, each=_registered):
    """One thing that a revision did, with what it recorded.

    Whoever follows the feed from the beginning needs nothing else to know every state.
    """


class RevisionLinks(Answer):
    """Addresses of details, relative to the address of the service."""

    entries: str = Field(description="All entries of the revision, in pages.")


class Change(Revision):
    """One committed write, and what it did."""

    entries: list[ChangeEntry] = Field(
        description="The first 500 entries; links.entries has all of them."
    )
    entries_count: Whole = Field(description="How many entries the revision has.")
    erased: list[Erased] = Field(
        description="The texts that it erased for ever of what earlier revisions recorded: whoever "
        "keeps a copy blanks them in it, or reads those revisions again."
    )
    links: RevisionLinks


class ChangeEntryPage(Answer):
    """A page of the entries of a revision, in their order."""

    items: list[ChangeEntry]
    next_cursor: str | None
    revision: Whole


class ChangePage(Answer):
    """A page of changes, oldest first."""

    items: list[Change]
    next_after: Whole = Field(description="Continue after this revision, now or later.")
    latest_revision: Whole = Field(description="The latest revision of the register.")
