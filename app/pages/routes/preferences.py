"""Ways that lead to pages: what a reader chooses to keep, in cookies, and lists without a page."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from app.http.readers import LANGUAGE, THEME, Theme
from app.http.strict_routes import OpenRoute
from app.pages.addresses import LocalAddress

router = APIRouter(route_class=OpenRoute, include_in_schema=False)
_YEAR = 365 * 24 * 3600


class Preferences(BaseModel):
    """What is chosen, and the page to go back to."""

    lang: Literal["vi", "en"] | None = None
    theme: Theme | None = None
    back: LocalAddress = "/"


@router.get("/preferences")
async def prefer(request: Request, query: Annotated[Preferences, Query()]) -> RedirectResponse:
    """Keep what is chosen for a year, and go back."""
    response = RedirectResponse(query.back, 303, headers={"Cache-Control": "no-store"})
    for name, value in ((LANGUAGE, query.lang), (THEME, query.theme)):
        if value is not None:
            response.set_cookie(
                name,
                value,
                max_age=_YEAR,
                secure=request.url.scheme == "https",
                httponly=True,
                samesite="lax",
            )
    return response


# Pages of provinces begin so; readers who shorten an address come to where they are listed.
@router.get("/provinces")
async def show_provinces() -> RedirectResponse:
    """Lead to the overview, which lists the provinces."""
    return RedirectResponse("/#provinces")
