"""What can go wrong, as problems in the sense of RFC 9457.

Each class carries its HTTP status, a stable ``type`` and a title; each instance says what happened
and how to correct it, as a message that is rendered at the edge. Rooms raise them, ``http`` answers
with them, the command line prints them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from app.core.messages import Message, Template

Members = Mapping[str, object] | None
"""Further members of a problem document."""
MOST_FAULTS = 100
"""So many faults of one request are listed; of the others their number is given."""
_CREDENTIALS_MISSING = Template(
    "credentials-missing", "Send a key or a token: Authorization: Bearer icr_…"
)
_CREDENTIALS_INVALID = Template("credentials-invalid", "These credentials are not valid.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One member at fault: a JSON pointer (``#/values/area_ha``) or a parameter name, and why.

    ``type`` is that of the problem which the fault alone would be, where there are several;
    ``code`` that of the guard that asks for a reason.
    """

    detail: Message
    pointer: str | None = None
    parameter: str | None = None
    type: str | None = None
    code: str | None = None


class RegistryError(Exception):
    """A request that cannot be fulfilled."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal-error"
    title: ClassVar[Template] = Template("title.internal-error", "Internal error")

    def __init__(
        self,
        detail: Message,
        *,
        errors: Sequence[Fault] = (),
        more_errors: int = 0,
        members: Members = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep the message for the client, the members at fault, further members and headers.

        ``more_errors`` counts faults that are not among ``errors``, of which the first are kept.
        """
        super().__init__(str(detail))
        self.detail = detail
        self.errors = tuple(errors[:MOST_FAULTS])
        self.more_errors = more_errors + len(errors) - len(self.errors)
        self.members = dict(members or {})
        self.headers = dict(headers or {})


class BadParameterError(RegistryError):
    """400: a path or query parameter is invalid."""

    status = 400
    type = "bad-parameter"
    title = Template("title.bad-parameter", "A parameter does not fit")

    @classmethod
    def of(cls, parameter: str, detail: Message, members: Members = None) -> Self:
        """Return the error for one parameter."""
        return cls(detail, errors=[Fault(detail, parameter=parameter)], members=members)


class NotRecordedYetError(BadParameterError):
    """400: a revision that the database which was queried, perhaps a standby, does not have yet."""


class BadBodyError(RegistryError):
    """422: a member of the body is invalid."""

    status = 422
    type = "bad-body"
    title = Template("title.bad-body", "The body does not fit")

    @classmethod
    def of(cls, pointer: str, detail: Message, members: Members = None) -> Self:
        """Return the error for one body member, named by its JSON pointer."""
        return cls(detail, errors=[Fault(detail, pointer=pointer)], members=members)


class UnauthenticatedError(RegistryError):
    """401: the request has no credentials, or they are not valid."""

    status = 401
    type = "unauthenticated"
    title = Template("title.unauthenticated", "Credentials are needed")

    @classmethod
    def missing(cls, detail: Message | None = None) -> Self:
        """Return the error for a request without credentials, or with some that are misplaced."""
        return cls(
            detail or _CREDENTIALS_MISSING(), headers={"WWW-Authenticate": 'Bearer realm="icr"'}
        )

    @classmethod
    def invalid(cls, detail: Message | None = None) -> Self:
        """Return the error for credentials that are not valid.

        Only a holder who is known by then gets a ``detail``: nobody else learns which keys exist.
        """
        challenge = 'Bearer realm="icr", error="invalid_token"'
        return cls(detail or _CREDENTIALS_INVALID(), headers={"WWW-Authenticate": challenge})


class ForbiddenError(RegistryError):
    """403: the principal is known, and is not allowed to do this."""

    status = 403
    type = "forbidden"
    title = Template("title.forbidden", "Not allowed")


class NotFoundError(RegistryError):
    """404: there is nothing of that name, or not at that date or revision."""

    status = 404
    type = "not-found"
    title = Template("title.not-found", "Not found")


class UnitNotValidError(RegistryError):
    """404: an administrative unit that did not exist on the requested date."""

    status = 404
    type = "unit-not-valid"
    title = Template("title.unit-not-valid", "The administrative unit did not exist on that date")


class WithdrawnError(RegistryError):
    """410: registered once and withdrawn since."""

    status = 410
    type = "withdrawn"
    title = Template("title.withdrawn", "Withdrawn")


class MergedError(RegistryError):
    """308: registered once, and merged into another since, which the answer leads to."""

    status = 308
    type = "merged"
    title = Template("title.merged", "Merged into another")

    def __init__(self, detail: Message, key: str, into: str) -> None:
        """Keep the ids of the one that was requested and of the one that was kept."""
        super().__init__(detail, members={"merged_into": into})
        self.key = key
        self.into = into


class ConflictError(RegistryError):
    """409: something of that name exists already."""

    status = 409
    type = "conflict"
    title = Template("title.conflict", "Conflict with what is registered")


class QuotaExceededError(ConflictError):
    """409: more than one principal may keep."""

    type = "quota-exceeded"
    title = Template("title.quota-exceeded", "The quota is used up")


class DuplicateStatementError(ConflictError):
    """409: the register has exactly this statement of the source already."""

    type = "duplicate-statement"
    title = Template("title.duplicate-statement", "The register has this statement already")


class ImpossibleStateError(ConflictError):
    """409: the statement contradicts itself."""

    type = "impossible-state"
    title = Template("title.impossible-state", "The statement contradicts itself")


class IrregularChangeError(ConflictError):
    """409: a change that is unusual, or does not fit what others state, and gives no reason."""

    type = "irregular-change"
    title = Template("title.irregular-change", "The change is unusual and needs a reason")


class BulkRefusedError(RegistryError):
    """422: of many things to be recorded together some are refused, and so all are."""

    status = 422
    type = "bulk-refused"
    title = Template("title.bulk-refused", "Not everything can be recorded, so nothing was")


class RequestInFlightError(ConflictError):
    """409: another request with the same idempotency key is still being answered."""

    type = "request-in-flight"
    title = Template("title.request-in-flight", "The same request is being answered")


class PreconditionFailedError(RegistryError):
    """412: the state to change is not the one that the client names in If-Match."""

    status = 412
    type = "precondition-failed"
    title = Template("title.precondition-failed", "If-Match does not name the current state")


class PreconditionRequiredError(RegistryError):
    """428: a change to an existing state that does not name the state the client has read."""

    status = 428
    type = "precondition-required"
    title = Template("title.precondition-required", "If-Match is required")


class IdempotencyKeyReusedError(RegistryError):
    """422: the idempotency key was sent with another request before."""

    status = 422
    type = "idempotency-key-reused"
    title = Template(
        "title.idempotency-key-reused", "The idempotency key belongs to another request"
    )


class TooManyRequestsError(RegistryError):
    """429: more requests than an address or a credential may send."""

    status = 429
    type = "too-many-requests"
    title = Template("title.too-many-requests", "Too many requests")


class SlowBodyError(RegistryError):
    """408: the body did not arrive in time."""

    status = 408
    type = "slow-body"
    title = Template("title.slow-body", "The body did not come in time")


class TimedOutError(RegistryError):
    """503: the answer was not ready in time."""

    status = 503
    type = "timed-out"
    title = Template("title.timed-out", "Not answered in time")


class UnavailableError(RegistryError):
    """503: something that is needed is not available now, but will be later."""

    status = 503
    type = "unavailable"
    title = Template("title.unavailable", "Not available at the moment")


class DatabaseBusyError(UnavailableError):
    """503: the turn to write, a connection or a lock did not become free in time."""

    type = "database-busy"
    title = Template("title.database-busy", "The database is busy")


class TooManyHeavyReadsError(UnavailableError):
    """503: more reads of much of the register at once than the process takes."""

    type = "too-many-heavy-reads"
    title = Template("title.too-many-heavy-reads", "Too many heavy reads at once")


class DatabaseLostError(UnavailableError):
    """503: the database went away, or rolled the work back, before anything was recorded."""

    type = "database-lost"
    title = Template("title.database-lost", "The database cannot be reached at the moment")


class UnitsChangedError(DatabaseLostError):
    """503: the write used another edition of units than the one the projections are made with."""

    type = "units-changed"
    title = Template("title.units-changed", "The administrative units were changed")


class OutcomeUnknownError(UnavailableError):
    """503: the database went away during the commit, so that nobody knows whether it took place."""

    type = "outcome-unknown"
    title = Template("title.outcome-unknown", "It is not known whether this was recorded")


class BodyTooLargeError(RegistryError):
    """413: a body larger than the service reads."""

    status = 413
    type = "body-too-large"
    title = Template("title.body-too-large", "Body too large")


class MediaTypeError(RegistryError):
    """415: a body in a media type or a content coding that the path does not accept."""

    status = 415
    type = "media-type"
    title = Template("title.media-type", "Unsupported media type")


class StorageFullError(RegistryError):
    """507: no disk space is left to record anything; reading still works."""

    status = 507
    type = "insufficient-storage"
    title = Template("title.insufficient-storage", "No room to record anything")


class StorageFaultError(RegistryError):
    """503: the storage of the register does not work, and only its operator can repair it."""

    status = 503
    type = "storage-fault"
    title = Template("title.storage-fault", "The storage of the register does not work")


class ClockFaultError(RegistryError):
    """503: the clock is so far ahead that nothing may be dated by it; its operator must look."""

    status = 503
    type = "clock-fault"
    title = Template("title.clock-fault", "The clock of the service is wrong")
