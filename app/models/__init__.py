"""The tables, by what they are for: ledger, projections made from it, places, answers kept."""

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
    "AdminSuccession",
    "AdminUnit",
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
