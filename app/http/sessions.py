"""Sessions of the pages: their cookie, and what protects it from pages of other origins.

A cookie is sent by the browser, whoever made it send a request. So it is looked at outside ``/v1``
only, it is sent by pages of this origin alone (``SameSite=Strict``), and whatever a page sends that
changes something must name this origin as where it comes from.
"""

from fastapi import Request, Response
from starlette.requests import cookie_parser
from starlette.types import Scope

from app.access.principals import Principal
from app.core.access_settings import is_safe_url
from app.core.errors import ForbiddenError
from app.core.messages import Template
from app.http.service import service_of

_COOKIE = "icr_session"
_PARSED = "icr.cookies"
# With this prefix browsers take a cookie from this host alone, and over HTTPS alone.
_HOST = "__Host-"
_READS = {"GET", "HEAD", "OPTIONS"}
_FOREIGN = Template(
    "sessions.foreign-origin",
    "This was not sent by a page of this register, so nothing was done: open the page here and "
    "send it from there.",
)
PRIVATE = "private, no-store"
"""How what depends on a session may be kept: not at all."""


def is_of_api(scope: Scope) -> bool:
    """Return whether a request is for the API, which no cookie opens."""
    path: str = scope["path"]
    return path == "/v1" or path.startswith("/v1/")


def session_value(scope: Scope, name: str = _COOKIE) -> str | None:
    """Return the value of the session's cookie, where a request has one that is looked at.

    ``name`` is that of another cookie which is guarded in the same way.
    """
    if is_of_api(scope):
        return None
    return _cookies(scope).get(cookie_name(scope, name))


def _cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request, which are parsed once for all who look."""
    if _PARSED not in scope:
        lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
        scope[_PARSED] = cookie_parser("; ".join(lines)) if lines else {}
    found: dict[str, str] = scope[_PARSED]
    return found


def cookie_name(scope: Scope, name: str = _COOKIE) -> str:
    """Return the name of a cookie, by whether the connection of the client is encrypted."""
    return f"{_HOST}{name}" if scope["scheme"] == "https" else name


def set_cookie(request: Request, response: Response, value: str, name: str = _COOKIE) -> None:
    """Have the browser keep a value until it is closed, for pages of this host, out of scripts."""
    response.set_cookie(
        cookie_name(request.scope, name),
        value,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response, name: str = _COOKIE) -> None:
    """Have the browser forget a value."""
    is_secure = request.url.scheme == "https"
    response.delete_cookie(
        cookie_name(request.scope, name), "/", None, is_secure, httponly=True, samesite="strict"
    )


def session_of(request: Request) -> Principal | None:
    """Return who is signed in, as far as this was looked at."""
    found: Principal | None = getattr(request.state, "session", None)
    return found


def check_origin(request: Request) -> None:
    """Refuse what another origin has a browser send, or what does not say where it comes from."""
    if request.method in _READS or is_of_api(request.scope):
        return
    given = request.headers.getlist("origin")
    if given:
        public = service_of(request).settings.public_origin
        is_own = len(given) == 1 and given[0] in {origin_of(request), public} - {""}
    else:
        is_own = request.headers.getlist("sec-fetch-site") == ["same-origin"]
    if not is_own:
        raise ForbiddenError(_FOREIGN())


def origin_of(request: Request) -> str:
    """Return the origin by which the client came to the service."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def is_in_the_open(request: Request) -> bool:
    """Return whether anybody on the way can read what the client sends."""
    return not is_safe_url(origin_of(request))
