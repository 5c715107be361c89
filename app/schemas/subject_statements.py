"""Writing sites, projects and policy documents: registration and statements."""

from pydantic import Field

from app.domain.vocabulary import SiteKind
from app.schemas.documents import DocumentValues
from app.schemas.projects import ProjectValues
from app.schemas.sites import SiteValues
from app.schemas.statements import HistoryStatementWrite, SubjectStatementWrite
from app.schemas.types import Slug


class SiteStatementWrite(HistoryStatementWrite):
    """What a source says of a site."""

    values: SiteValues = Field(default_factory=SiteValues)


class SiteRegistration(SiteStatementWrite):
    """A site to register, with the first statement about it."""

    id: Slug | None = Field(
        default=None, description="Readable id; made from kind and name when absent."
    )
    kind: SiteKind


class ProjectStatementWrite(HistoryStatementWrite):
    """What a source says of a project."""

    values: ProjectValues = Field(default_factory=ProjectValues)


class ProjectRegistration(ProjectStatementWrite):
    """A project to register, with the first statement about it."""

    id: Slug | None = Field(default=None, description="Readable id; made from name when absent.")


class DocumentStatementWrite(SubjectStatementWrite):
    """What a source says of a policy document."""

    values: DocumentValues = Field(default_factory=DocumentValues)
