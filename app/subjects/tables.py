"""The projections: the content of the ledger laid out for reading. They can be rebuilt from it.

Both time axes are half-open intervals: ``valid_from``/``valid_to`` in days, ``known_from``/
``known_to`` in revisions. An open end is ``date.max`` or ``OPEN_REVISION``.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from app.database.tables import DegreesType, code_check, ordered_text, table_of
from app.subjects.attributes import Tallied
from app.subjects.projects import ProjectState
from app.subjects.sites import SiteState
from app.subjects.states import State

# With all four times in an index, the versions of other times are passed over without a look at
# their rows.
_TIMES = ("known_to", "valid_to", "valid_from", "known_from")
# With all columns that rollups tally in an index, they read no row of the wide table at all.
_TALLIED = SiteState.tallied(*Tallied)


def _code_checks(table: str, state: type[State]) -> Iterator[CheckConstraint]:
    """Return the constraints that columns of codes hold codes of their list."""
    for name, member in state.members.items():
        if member.codes:
            yield code_check(table, name, member.codes)


class _SiteKey(SQLModel):
    site_id: str = Field(primary_key=True, foreign_key="site.id", sa_type=ordered_text())


class _ProjectKey(SQLModel):
    project_id: str = Field(primary_key=True, foreign_key="project.id", sa_type=ordered_text())


class _Times(SQLModel):
    valid_from: date = Field(primary_key=True)
    known_from: int = Field(primary_key=True, sa_type=BigInteger)
    valid_to: date
    known_to: int = Field(sa_type=BigInteger)


class _Boxed(SQLModel):
    """The box around a site; where its geometry is unknown, its commune's point."""

    west: Decimal | None = Field(default=None, sa_type=DegreesType)
    south: Decimal | None = Field(default=None, sa_type=DegreesType)
    east: Decimal | None = Field(default=None, sa_type=DegreesType)
    north: Decimal | None = Field(default=None, sa_type=DegreesType)


class _Named(SQLModel):
    """By what lists are ordered and searched."""

    name_sort: str = Field(sa_type=ordered_text())
    search_text: str = Field(sa_type=Text)


class SiteVersion(_Named, _Boxed, SiteState, _Times, _SiteKey, table=True):
    """The state of a site over one interval of days, as known over one interval of revisions."""

    __tablename__ = "site_version"
    __table_args__ = (
        *_code_checks("site_version", SiteState),
        Index("ix_site_version_name", "name_sort", "site_id", *_TIMES),
        Index("ix_site_version_province", "province_code", "kind", *_TIMES, *_TALLIED),
        Index("ix_site_version_kind", "kind", *_TIMES),
        Index("ix_site_version_investor", "investor", *_TIMES),
        Index("ix_site_version_managing_body", "managing_body", *_TIMES),
    )


class ProjectVersion(_Named, ProjectState, _Times, _ProjectKey, table=True):
    """The state of a project over one interval of days, as known over an interval of revisions."""

    __tablename__ = "project_version"
    __table_args__ = (
        *_code_checks("project_version", ProjectState),
        Index("ix_project_version_name", "name_sort", "project_id", *_TIMES),
        Index("ix_project_version_province", "province_code", *_TIMES),
        Index("ix_project_version_site", "site", *_TIMES),
        Index("ix_project_version_investor", "investor", *_TIMES),
    )


PROJECT_VERSIONS = table_of(ProjectVersion)
SITE_VERSIONS = table_of(SiteVersion)
