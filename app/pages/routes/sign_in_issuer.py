"""Signing in at the issuer of tokens: the way there, and the way back.

The issuer leads back from another site, so that the browser sends none of our cookies with it
(``SameSite=Strict``). What comes back is put into a form of a page of our own, which sends it with
them.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from app.access.oidc_sign_in import IssuerSignIn, new_secret
from app.core.errors import ForbiddenError, NotFoundError
from app.core.types import Body
from app.http.access import address_of
from app.http.problems import NOTHING_HERE
from app.http.service import service_of
from app.http.sessions import (
    drop_cookie,
    is_in_the_open,
    origin_of,
    session_value,
    set_cookie,
)
from app.http.strict_routes import CallbackRoute, OpenRoute
from app.pages.addresses import local_address
from app.pages.forms import form_router, own_page, see
from app.pages.routes.sign_in import SignInQuery
from app.pages.words import word

router = form_router(OpenRoute)
callback_router = form_router(CallbackRoute)
_BEGUN = "icr_sign_in"
_CALLBACK = "/sign-in/callback"
_MOST = 4000
# Browsers drop a cookie of more than 4096 bytes, its name and attributes included.
_MOST_WAY_BACK = 3000


class CallbackQuery(BaseModel):
    """What is read of an answer of the issuer."""

    code: Annotated[str, Field(max_length=_MOST)] = ""
    state: Annotated[str, Field(max_length=_MOST)] = ""
    error: Annotated[str, Field(max_length=_MOST)] = ""
    iss: str = ""


class CallbackForm(Body):
    """The same, as our own page sends it."""

    code: Annotated[str, Field(max_length=_MOST)]
    state: Annotated[str, Field(max_length=_MOST)]


@router.get("/sign-in/issuer")
async def begin(request: Request, query: Annotated[SignInQuery, Query()]) -> RedirectResponse:
    """Lead to the issuer, and have the browser remember that it began to sign in."""
    issuer, secret = _issuer(request), new_secret()
    response = see(await issuer.address(secret, _redirect_uri(request)))
    set_cookie(request, response, f"{secret}.{_encoded(query.back)}", _BEGUN)
    return response


@callback_router.get(_CALLBACK)
async def come_back(request: Request, query: Annotated[CallbackQuery, Query()]) -> HTMLResponse:
    """Have a page of our own send on what the issuer sent along."""
    issuer = _issuer(request)
    is_granted = bool(query.code and not query.error) and query.iss in {"", issuer.issuer}
    context = {"code": query.code, "state": query.state, "is_granted": is_granted}
    return own_page(request, "sign_in_callback.html", context)


@router.post(_CALLBACK)
async def finish(request: Request, form: Annotated[CallbackForm, Form()]) -> RedirectResponse:
    """Begin a session for whom the issuer names, and go back to where it was needed."""
    issuer = _issuer(request)
    begun = session_value(request.scope, _BEGUN)
    secret, _, way_back = (begun or "").partition(".")
    holder = await issuer.holder(secret or None, form.state, form.code, _redirect_uri(request))
    authenticator = service_of(request).authenticator
    value = await authenticator.open_session(
        holder, address_of(request), session_value(request.scope)
    )
    response = see(_decoded(way_back))
    set_cookie(request, response, value)
    drop_cookie(request, response, _BEGUN)
    return response


def _issuer(request: Request) -> IssuerSignIn:
    """Return the issuer to sign in at; ``NotFoundError`` where there is none."""
    issuer = service_of(request).authenticator.issuer_sign_in
    if issuer is None:
        raise NotFoundError(NOTHING_HERE())
    if is_in_the_open(request):
        raise ForbiddenError(word("sign-in.in-the-open"))
    return issuer


def _redirect_uri(request: Request) -> str:
    """Return the address that the issuer leads back to, which it knows."""
    return (service_of(request).settings.public_url or origin_of(request)) + _CALLBACK


def _encoded(way_back: str) -> str:
    """Return a way back as the cookie holds it; one that is too long for a cookie is left out."""
    encoded = urlsafe_b64encode(way_back.encode()).decode()
    return encoded if len(encoded) <= _MOST_WAY_BACK else ""


def _decoded(way_back: str) -> str:
    """Return the way back that a sign-in was begun with; cookies are checked as all else is."""
    try:
        return local_address(urlsafe_b64decode(way_back.encode()).decode())
    except ValueError:
        return "/"
