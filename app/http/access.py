"""Who may use an operation: credentials are checked before anything else of a request."""

from collections.abc import Collection

from starlette.requests import Request
from starlette.routing import Route

from app.access.audit import Actor
from app.access.audit_events import Refusal
from app.access.keys import PREFIX
from app.access.principals import ALLOWED, Access, Principal
from app.core.errors import ForbiddenError, RegistryError, UnauthenticatedError
from app.core.messages import Template
from app.http.service import service_of
from app.http.sessions import check_origin, is_of_api, session_of, session_value

_WRONG_ROLE = Template(
    "access.wrong-role", "Only these roles may do this: {roles}; {name} has the role {role}."
)

_REVIEWED = Template(
    "access.reviewed",
    "What the role {role} writes is reviewed before it counts: send it to POST /v1/proposals.",
)
_SIGN_IN = Template("access.sign-in", "Sign in to see this page.")
_NO_SCHEME = Template(
    "access.no-scheme", "Write Bearer and a space before the key: Authorization: Bearer icr_…"
)


def access_to(methods: Collection[str], special: Access | None) -> Access:
    """Return the access that an operation needs: the special one, else by its methods."""
    return special or (Access.reading if "GET" in methods else Access.writing)


async def admit(request: Request, access: Access) -> None:
    """Let a request pass to an operation, or refuse it; its state then holds the principal."""
    check_origin(request)
    if access is Access.open:
        return
    principal = await _identified(request, access)
    if principal is None:
        return
    request.state.principal = principal
    if access is Access.writing and principal.role in service_of(request).authenticator.reviewed:
        raise ForbiddenError(_REVIEWED(role=principal.role))
    if principal.role not in ALLOWED[access]:
        roles = ", ".join(sorted(ALLOWED[access]))
        refusal = _WRONG_ROLE(roles=roles, name=principal.name, role=principal.role)
        raise ForbiddenError(refusal)


async def _identified(request: Request, access: Access) -> Principal | None:
    """Return who sends a request; ``None`` for somebody unknown who may read."""
    authenticator = service_of(request).authenticator
    request.state.session = None
    if lines := request.headers.getlist("authorization"):
        return await authenticator.authenticate(_bearer(lines), access)
    is_over: UnauthenticatedError | None = None
    try:
        if await look_for_session(request, access):
            return session_of(request)
    except UnauthenticatedError as ended:
        is_over = ended
    if access is Access.reading and authenticator.public_reading:
        return None
    raise is_over or UnauthenticatedError.missing(None if is_of_api(request.scope) else _SIGN_IN())


async def look_for_session(request: Request, access: Access = Access.reading) -> bool:
    """Return whether somebody is signed in; ``UnauthenticatedError`` if it is over."""
    value = session_value(request.scope)
    if value is None:
        return False
    authenticator = service_of(request).authenticator
    request.state.session = await authenticator.resume(value, access, is_visit=_is_visit(request))
    return True


def _is_visit(request: Request) -> bool:
    """Return whether somebody opens a page: streams go on by themselves in a tab left open."""
    kind = getattr(request.scope.get("route"), "response_class", None)
    return getattr(kind, "media_type", None) != "text/event-stream"


def _bearer(lines: list[str]) -> str:
    """Return the credentials of the one Authorization header (RFC 6750)."""
    scheme, _, credentials = lines[0].partition(" ")
    credentials = credentials.strip()
    if len(lines) == 1 and scheme.startswith(PREFIX):
        raise UnauthenticatedError.missing(_NO_SCHEME())
    if len(lines) > 1 or scheme.lower() != "bearer" or not credentials:
        raise UnauthenticatedError.missing()
    if not credentials.isascii():
        raise UnauthenticatedError.invalid()
    return credentials


def principal_of(request: Request) -> Principal:
    """Return the principal of a request; only for operations that need credentials."""
    principal: Principal = request.state.principal
    return principal


def actor_of(request: Request) -> Actor:
    """Return who acts, for the audit log."""
    principal = principal_of(request)
    return Actor(principal.name, principal.id, address_of(request))


def note_refusal(request: Request, error: RegistryError) -> None:
    """Leave a refusal for the audit log: of what the client sent, only its identity."""
    route: Route = request.scope["route"]
    principal: Principal | None = getattr(request.state, "principal", None)
    service_of(request).authenticator.journal.note_refusal(
        Refusal(
            address_of(request),
            request.method,
            route.path_format,
            error.status,
            str(error.detail),
            principal.name if principal else None,
            principal.id if principal else None,
        )
    )


def address_of(request: Request) -> str | None:
    """Return the network address that a request came from."""
    return request.client.host if request.client else None
