"""Dry runs: what a write would change."""

from datetime import date

from pydantic import Field

from app.domain.vocabulary import SiteKind
from app.schemas.numbers import Number
from app.schemas.projects import Project
from app.schemas.sites import Site
from app.schemas.types import Answer

_CHANGED = "The members that differ; none where the state goes on and only begins or ends anew."
_BEFORE = "The version that would end; null where there is none."
_AFTER = "The version that would begin; null where there is none."


class SiteVersionChange(Answer):
    """An interval of days in which another version of a site would hold."""

    valid_from: date
    valid_to: date | None
    changed: list[str] = Field(description=_CHANGED)
    before: Site | None = Field(description=_BEFORE)
    after: Site | None = Field(description=_AFTER)


class ProjectVersionChange(Answer):
    """An interval of days in which another version of a project would hold."""

    valid_from: date
    valid_to: date | None
    changed: list[str] = Field(description=_CHANGED)
    before: Project | None = Field(description=_BEFORE)
    after: Project | None = Field(description=_AFTER)


class FigureChange(Answer):
    """A figure of a rollup that would change."""

    province_code: str
    as_of: date
    kind: SiteKind | None = Field(description="Null for a figure of no kind of site.")
    figure: str = Field(description="Where it stands in the rollup, as in area.total_ha.")
    before: Number | None
    after: Number | None


class DryRun(Answer):
    """What a write would change; nothing was recorded."""

    sites: list[SiteVersionChange]
    projects: list[ProjectVersionChange]
    figures: list[FigureChange] = Field(
        description="The figures of the provinces touched, today and on the first day changed."
    )


def is_absent(value: object) -> bool:
    """Tell whether a member is left out: the answer is not that of a dry run."""
    return value is None


DRY_RUN = Field(
    default=None,
    exclude_if=is_absent,
    description="With dry_run=true, and only then: what would change.",
)
