"""Pages with forms: a form is sent by POST, carried out, and leads to the page that shows it.

What is checked of every request to change something, where it comes from above all, is checked
before its route is called (``http/access.py``). A form that is refused is a page with the problem;
a route that would rather show the form again, with what was filled in, catches the error.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.access.principals import Access
from app.http.sessions import PRIVATE
from app.http.strict_routes import StrictRoute
from app.pages.pages import Figures, without_place

_KEPT = {"Cache-Control": PRIVATE}


class WritingPage(StrictRoute):
    """A page for those who write: nobody else sees it, or is listened to by it."""

    special_access = Access.writing


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
    """Lead to the page that shows what a form did, so that loading it again does it not again."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=_KEPT)
