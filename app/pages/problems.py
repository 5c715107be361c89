"""Problems as pages: what went wrong, and the faults, in the language of the reader."""

from collections.abc import Mapping

from fastapi import Request, Response

from app.core.digest import JsonObject
from app.pages.pages import without_place


def problem_page(request: Request, problem: JsonObject, headers: Mapping[str, str]) -> Response:
    """Show a problem document."""
    context = {"problem": problem, "request_id": problem.get("request_id")}
    return without_place(request, "problem.html", context, problem["status"], headers)
