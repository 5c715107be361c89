"""What makes sense of a project: the usual course of its licence and its operation."""

from collections.abc import Collection, Mapping

from app.domain.timeline import Piece
from app.domain.transitions import Course, Values, Violation
from app.domain.vocabulary import LicenceStatus, ProjectOperationStatus

_S = ProjectOperationStatus
_ORDERLY: Mapping[str, Mapping[str, Collection[str]]] = {
    "licence_status": {
        LicenceStatus.policy_approved: {LicenceStatus.licensed, LicenceStatus.revoked},
        LicenceStatus.licensed: {LicenceStatus.revoked},
        LicenceStatus.revoked: set(),
    },
    "operation_status": {
        _S.preparing: {_S.under_construction, _S.trial, _S.operating, _S.closed},
        _S.under_construction: {_S.trial, _S.operating, _S.idle, _S.closed},
        _S.trial: {_S.operating, _S.idle, _S.closed},
        _S.operating: {_S.idle, _S.closed},
        _S.idle: {_S.trial, _S.operating, _S.closed},
        _S.closed: set(),
    },
}
_RUNNING = {_S.trial, _S.operating}


def _starts(before: Values, now: Piece) -> list[Violation]:
    """Judge a project that starts to run by its licence."""
    status = now.values.get("operation_status")
    if status not in _RUNNING or before.get("operation_status") in _RUNNING:
        return []
    if now.values.get("licence_status") != LicenceStatus.revoked:
        return []
    why = f"the licence is revoked, yet operation_status becomes {status}."
    return [Violation("operation_status", now.valid_from, why, True)]


PROJECT_COURSE = Course((), _starts, _ORDERLY)
"""A revoked or closed project does not come back without a reason."""
