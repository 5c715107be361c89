"""Pages with forms: a form is sent by POST, carried out, and leads to the page that shows it.

What is checked of every request to change something, where it comes from above all, is checked
before its route is called (``http/access.py``). A form that is refused is a page with the problem;
a route that would rather show the form again, with what was filled in, catches the error.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ValidationError

from app.access.principals import Access
from app.core.errors import RegistryError
from app.core.validation import bad_body
from app.http.service import service_of
from app.http.sessions import PRIVATE, is_in_the_open
from app.http.strict_routes import StrictRoute
from app.pages.faults import at_fields
from app.pages.pages import Figures, without_place
from app.pages.sending import refusal_of

_KEPT = {"Cache-Control": PRIVATE}
_EMPTY: tuple[object, ...] = ("", None)
_Model = TypeVar("_Model", bound=BaseModel)


class WritingPage(StrictRoute):
    """A page for those who write: nobody else sees it, or is listened to by it."""

    special_access = Access.writing


class ProposingPage(StrictRoute):
    """A page for those who propose as well: what they send is reviewed before it counts."""

    special_access = Access.proposing


def form_router(route_class: type[StrictRoute] = WritingPage) -> APIRouter:
    """Return a router of pages with forms, for those whom the class of its routes names."""
    return APIRouter(
        route_class=route_class, include_in_schema=False, default_response_class=HTMLResponse
    )


def own_page(
    request: Request, template: str, context: Figures, status: int = HTTPStatus.OK
) -> HTMLResponse:
    """Return a page for one person, which nothing on the way keeps."""
    return without_place(request, template, context, status, _KEPT)


def see(address: str) -> RedirectResponse:
    """Lead to the page that shows what a form did, so that reloading does not repeat it."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=_KEPT)


def sign_in_context(request: Request, way_back: str | None) -> Figures:
    """Return what the form to sign in needs; ``way_back`` is where it leads to."""
    service = service_of(request)
    return {
        "way_back": way_back,
        "is_in_the_open": is_in_the_open(request),
        "has_issuer": service.authenticator.issuer_sign_in is not None,
    }


def as_body(model: type[_Model], members: Mapping[str, Any]) -> _Model:
    """Return what a form says as the body of an operation; ``BadBodyError`` where it does not fit.

    Fields left empty are left out.
    """
    try:
        return model.model_validate({n: v for n, v in members.items() if v not in _EMPTY})
    except ValidationError as error:
        raise bad_body(error, model) from error


def faults_of(request: Request, error: RegistryError) -> dict[str, str]:
    """Return what is wrong with a form, by its fields, in the words of pages.

    What is wrong with no field is by the empty name.
    """
    refusal = refusal_of(request, error)
    return dict(at_fields(refusal.errors)) or {"": refusal.detail}
