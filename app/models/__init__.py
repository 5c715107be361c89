"""The tables, by what they are for: the ledger, the projections made from it, and places."""

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

__all__ = [
    "OPEN_REVISION",
    "AdminSuccession",
    "AdminUnit",
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
