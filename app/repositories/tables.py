"""The tables as Core tables: selects of columns are what the read path is made of."""

from typing import cast

from sqlalchemy import Table
from sqlmodel import SQLModel

from app.models import (
    AccessKey,
    AdminSuccession,
    AdminUnit,
    AuditEntry,
    IdempotencyKey,
    Observation,
    Organization,
    Project,
    ProjectVersion,
    Revision,
    RevisionCounter,
    Site,
    SiteVersion,
    Source,
    Statement,
)


def _table(model: type[SQLModel]) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]


ACCESS_KEYS = _table(AccessKey)
ADMIN_SUCCESSIONS = _table(AdminSuccession)
ADMIN_UNITS = _table(AdminUnit)
AUDIT_ENTRIES = _table(AuditEntry)
IDEMPOTENCY_KEYS = _table(IdempotencyKey)
OBSERVATIONS = _table(Observation)
ORGANIZATIONS = _table(Organization)
PROJECTS = _table(Project)
PROJECT_VERSIONS = _table(ProjectVersion)
REVISIONS = _table(Revision)
REVISION_COUNTER = _table(RevisionCounter)
SITES = _table(Site)
SITE_VERSIONS = _table(SiteVersion)
SOURCES = _table(Source)
STATEMENTS = _table(Statement)
