"""Problems as pages: what went wrong, and the faults, in the language of the reader."""

from collections.abc import Mapping

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from app.core.digest import JsonObject
from app.http.sessions import is_in_the_open
from app.pages.addresses import Here, LocalAddress
from app.pages.pages import without_place

_LOCAL = TypeAdapter[str](LocalAddress)


def problem_page(request: Request, problem: JsonObject, headers: Mapping[str, str]) -> Response:
    """Show a problem document."""
    context = {
        "problem": problem,
        "request_id": problem.get("request_id"),
        "way_back": _way_back(request),
        "is_in_the_open": is_in_the_open(request),
    }
    return without_place(request, "problem.html", context, problem["status"], headers)


def _way_back(request: Request) -> str | None:
    """Return where signing in leads to; ``None`` where a form was sent that would be lost."""
    given = request.query_params.get("back")
    if given is None and request.method != "GET":
        return None
    try:
        return _LOCAL.validate_python(given or Here.of(request).with_())
    except ValidationError:
        return "/"
