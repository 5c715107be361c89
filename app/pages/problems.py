"""Problems as pages: what went wrong, and the faults, in the language of the reader."""

from collections.abc import Mapping

from fastapi import Request, Response

from app.core.digest import JsonObject
from app.pages.addresses import Here, local_address
from app.pages.forms import sign_in_context
from app.pages.pages import without_place


def problem_page(request: Request, problem: JsonObject, headers: Mapping[str, str]) -> Response:
    """Show a problem document."""
    context = {
        "problem": problem,
        "request_id": problem.get("request_id"),
        **sign_in_context(request, _way_back(request)),
    }
    return without_place(request, "problem.html", context, problem["status"], headers)


def _way_back(request: Request) -> str | None:
    """Return where signing in leads to; ``None`` where a form was sent that would be lost."""
    given = request.query_params.get("back")
    if request.url.path.startswith("/sign-in"):
        return local_address(given or "/")
    return local_address(Here.of(request).with_()) if request.method == "GET" else None
