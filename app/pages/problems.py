"""Problems as pages: what went wrong, and the faults, in the language of the reader."""

import re
from collections.abc import Mapping
from contextlib import suppress

from fastapi import Request, Response

from app.core.digest import JsonObject
from app.core.errors import RegistryError
from app.http.problems import members_of_fault, problem
from app.http.sessions import PRIVATE, is_of_api
from app.http.strict_routes import StrictRequest
from app.pages.addresses import Here, local_address
from app.pages.faults import in_words
from app.pages.forms import sign_in_context
from app.pages.pages import without_place
from app.pages.sending import form_of
from app.pages.speech import speech_of

# Who is not known has nothing longer read than this, whatever the route takes of others.
_LENGTH = re.compile(r"[0-9]{1,6}")


def problem_page(
    request: Request, error: RegistryError, problem: JsonObject, headers: Mapping[str, str]
) -> Response:
    """Show a problem in the words of pages."""
    speech = speech_of(request)
    said = {
        "title": in_words(error.title(), speech),
        "detail": in_words(error.detail, speech),
        "errors": [
            members_of_fault(fault, in_words(fault.detail, speech)) for fault in error.errors
        ],
    }
    context = {
        "problem": {**problem, **said},
        "request_id": problem.get("request_id"),
        "sent": getattr(request.state, "sent", None),
        **sign_in_context(request, _way_back(request)),
    }
    return without_place(request, "problem.html", context, problem["status"], headers)


async def ask_to_sign_in(request: Request, error: RegistryError) -> Response:
    """Answer who is signed in no longer; what a form sent stands in the page, to be sent again."""
    if request.method == "POST" and not is_of_api(request.scope) and _way_back(request) is None:
        # A form that cannot be read was not filled in by anybody.
        with suppress(RegistryError):
            request.state.sent = await _to_send_again(request)
    answer = problem(request, error)
    answer.headers["Cache-Control"] = PRIVATE
    return answer


async def _to_send_again(request: Request) -> Mapping[str, str] | None:
    """Return the fields of a form; ``None`` where there is a file, or too much, to hold."""
    if not _LENGTH.fullmatch(request.headers.get("content-length", "")):
        return None
    form = await form_of(StrictRequest(request.scope, request.receive))
    if form.file is not None or not form.texts:
        return None
    # What would be recorded is looked at again: by whom it is recorded may be another now.
    return {**form.texts, **({"step": "edit"} if "step" in form.texts else {})}


def _way_back(request: Request) -> str | None:
    """Return where signing in leads to; ``None`` where a form was sent that would be lost."""
    given = request.query_params.get("back")
    if request.url.path.startswith("/sign-in"):
        return local_address(given or "/")
    return local_address(Here.of(request).with_()) if request.method == "GET" else None
