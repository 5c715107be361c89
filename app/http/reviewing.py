"""Who proposes or decides in a request: for operations, and for pages alike."""

from fastapi import Request

from app.core.errors import Fault
from app.entry.bulk import BulkFault
from app.http.access import actor_of, principal_of
from app.http.languages import CATALOGUES
from app.http.problems import rendered
from app.http.service import service_of
from app.ledger.revisions import Writer
from app.proposals.reviews import Reviewer, Rules


def is_reviewed(request: Request) -> bool:
    """Return whether what the principal of a request writes is reviewed before it counts."""
    return principal_of(request).role in service_of(request).authenticator.reviewed


def reviewer_of(request: Request, writer: Writer, language: str) -> Reviewer:
    """Return who reviews by the rights of a request; faults are in a language."""
    settings = service_of(request).settings
    catalogue = CATALOGUES.get(language, {})

    def render(fault: Fault) -> BulkFault:
        return BulkFault.model_validate(rendered(fault, catalogue))

    most = settings.max_proposals, settings.max_proposals_bytes
    rules = Rules(*most, settings.own_approval)
    return Reviewer(writer, principal_of(request), actor_of(request), rules, render)
