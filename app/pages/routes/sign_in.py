"""Signing in with a key, and signing out: a session on the server, which a cookie names."""

from contextlib import suppress
from typing import Annotated, Literal

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from app.core.errors import ForbiddenError, UnauthenticatedError
from app.core.types import Body
from app.http.access import address_of, look_for_session
from app.http.service import service_of
from app.http.sessions import drop_cookie, is_in_the_open, session_value, set_cookie
from app.http.strict_routes import OpenRoute
from app.pages.addresses import LocalAddress
from app.pages.forms import form_router, own_page, see, sign_in_context
from app.pages.words import word

router = form_router(OpenRoute)
SIGN_IN = "/sign-in"
_MOST_KEY = 200


class SignInQuery(BaseModel):
    """Where to go on."""

    lang: Literal["vi", "en"] | None = None
    back: LocalAddress = "/"


class SignIn(Body):
    """What is sent to sign in."""

    key: str = Field(max_length=_MOST_KEY)


@router.get(SIGN_IN)
async def show_sign_in(request: Request, query: Annotated[SignInQuery, Query()]) -> HTMLResponse:
    """Show the form, and who is signed in already."""
    with suppress(UnauthenticatedError):
        await look_for_session(request)
    return own_page(request, "sign_in.html", sign_in_context(request, query.back))


@router.post(SIGN_IN)
async def sign_in(
    request: Request, query: Annotated[SignInQuery, Query()], form: Annotated[SignIn, Form()]
) -> RedirectResponse:
    """Begin a session for the holder of a key, and go back to where it was needed."""
    if is_in_the_open(request):
        raise ForbiddenError(word("sign-in.in-the-open"))
    authenticator = service_of(request).authenticator
    value = await authenticator.sign_in(
        form.key.strip(), address_of(request), session_value(request.scope)
    )
    response = see(query.back)
    set_cookie(request, response, value)
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> RedirectResponse:
    """End the session; have the browser forget its cookie, and what was typed into forms."""
    response = see("/")
    response.headers["Clear-Site-Data"] = '"storage"'
    value = session_value(request.scope)
    if value is not None:
        await service_of(request).authenticator.sign_out(value, address_of(request))
        drop_cookie(request, response)
    return response
