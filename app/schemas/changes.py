"""Changes: what each revision did, and to what."""

from typing import Annotated

from pydantic import Field

from app.domain.vocabulary import ChangeSubjectType, ChangeType
from app.schemas.numbers import Whole
from app.schemas.revisions import Revision
from app.schemas.types import Answer, Shown


class ChangeLinks(Answer):
    """Where to read more, relative to the address of the service."""

    subject: str = Field(description="The address of the subject.")
    statement: str | None = Field(description="The address of the statement, where there is one.")


class ChangeEntry(Answer):
    """One thing that a revision did."""

    type: Annotated[str, Shown(ChangeType)]
    subject_type: Annotated[str, Shown(ChangeSubjectType)]
    subject_id: str = Field(description="The id of the subject; of a province, its code.")
    statement_id: str | None = Field(
        description="The statement that was recorded or retracted; null for other entries."
    )
    links: ChangeLinks


class Change(Revision):
    """One committed write, and what it did."""

    entries: list[ChangeEntry]


class ChangePage(Answer):
    """A page of changes, oldest first."""

    items: list[Change]
    next_after: Whole = Field(description="Ask after this revision to go on, now or later.")
    latest_revision: Whole = Field(description="The latest revision of the register.")
