"""The tables, by what they are for: ledger, projections, places, answers kept, access."""

from app.models.access import AccessKey, AuditEntry
from app.models.ledger import (
    Organization,
    Project,
    Revision,
    RevisionCounter,
    Site,
    Source,
    Statement,
)
from app.models.places import AdminSuccession, AdminUnit
from app.models.projections import OPEN_REVISION, Observation, ProjectVersion, SiteVersion
from app.models.requests import IdempotencyKey

__all__ = [
    "OPEN_REVISION",
    "AccessKey",
    "AdminSuccession",
    "AdminUnit",
    "AuditEntry",
    "IdempotencyKey",
    "Observation",
    "Organization",
    "Project",
    "ProjectVersion",
    "Revision",
    "RevisionCounter",
    "Site",
    "SiteVersion",
    "Source",
    "Statement",
]
