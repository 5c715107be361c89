"""What Schemathesis has to be told of the service, because an OpenAPI document cannot tell it.

Requests that fit the document are written so that they make sense beyond it, as far as that is
simple; a refusal of one is accepted only where it rests on one of the rules below, word for word.
What does not fit the document is sent as it was made up.
"""

import os
import re
from datetime import date, timedelta
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, HookContext, Response, openapi
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData

from app.http.entity_tags import IF_MATCH_PATTERN

RULES = {
    "The register has no [a-z ]+ '.*'": "what can be erased, the register decides",
    "cannot be erased of": "one member decides what others can name",
    "Name what is to be erased": "one member decides whether another is needed",
    "All of it is erased": "one member excludes another",
    "Give one subject_type with subject_id": "one parameter needs another",
    "it must not be less than (area|occupancy)_min": "one parameter bounds another",
    "Give either as_of or dates": "one parameter excludes another",
    "to lies before from": "one parameter bounds another",
    "These are [0-9]+ dates": "how many dates there are, three parameters decide",
    "does not come after": "one member bounds another",
    "takes no end": "one member excludes another",
    "is not the same territory throughout": "when units changed, the register decides",
    "is not known yet: give an instant up to now": "which instants have come, the clock decides",
    "value_to (goes with|must be greater)": "one member needs or bounds another",
    "give (values|observations), or a note": "one of two members is needed",
    "an editor or a contributor needs provinces": "one member decides whether another is needed",
    '"pointer":"#/expires_at"': "until when a key may last, today decides",
    "A qualifier goes with the value": "one member needs another",
    "with qualifier range has an upper end": "one member needs another",
    "it has a character that is not seen": "which characters are seen, scripts decide",
    "write a name of at most": "which characters can be printed, scripts decide",
    "The patch is empty": "of the members one is needed, in a patch only",
    "is registered with its": "of the members one is needed, in a registration only",
    "cannot be cleared, only restated": "null is said of most attributes, not of all",
    "is an attribute of kind": "one member decides which others there are",
    "so basis [a-z]+ does not fit": "one member excludes values of another",
    "use basis actual or estimate": "one member excludes values of another",
    "cannot be merged into itself": "one member excludes values of another",
    "and so is what replaces it": "what a statement is about, the register decides",
    "is given twice for the same period": "two items must differ in some of their members",
    "(cannot be negative|whole number|share is at most|Growth is at least)": "what a value can be, "
    "its indicator decides",
    "is (no money, so it has no|defined at)": "which prices there are, its indicator decides",
    "No id can be made from this name": "a name of symbols only has no letters to make an id of",
    "Give at least one letter or digit": "what is a letter, scripts decide",
    '"pointer":"#(/values)?/geometry': "whether rings bound an area in Vietnam, geometry decides",
    "This key came with another request": "a key is the client's own for one request",
    "Revision [0-9]+ is not recorded yet": "which revisions there are, the register decides",
    "ever had the code|(ended|began) on [0-9]{4}-": "which units there were, the register decides",
    "does not fit the rest of the place": "which places lie in which, the register decides",
    "No [a-z]+ '[^']*' is (registered|known)": "which keys there are, the register decides",
    "send at most [0-9]+ at a time": "how many there are in all, several members decide",
    "send something to record": "of the members one is needed",
    "No attribute and no indicator is named": "which there are, /v1/attributes and others tell",
    "Give the reason why the statements": "one member needs another",
    "what replaces it must be about it": "what a statement is about, the register decides",
    "Another member of this request replaces": "two items must differ in some of their members",
    "No statement '[^']*' is recorded": "which statements there are, the register decides",
    "excel=vi begins with": "one parameter excludes a value of another",
    '"pointer":"#/file"': "whether a file has a table, reading it tells",
    "is not a date: write": "a date of any notation is a text",
    "The table has no (column|row)": "which there are, the file decides",
    "No import '[^']*' of yours": "which there are, and whose, the register decides",
    "or leave the row out": "which rows of a file are open, the file and the answers decide",
    "give the reason once": "one member excludes another, of the whole request",
    "No proposal '[^']*'": "which there are, and whom they concern, the register decides",
    "control characters cannot be kept": "no range of them is read alike by all generators",
    "write it on one line": "a line is a text without some control characters",
    "There is no rule": "which rules there are, /v1/findings/rules tells",
}
"""What a request may be refused for although it fits the document, and why no schema tells it."""

OWN_KEY = "ICR_PROBE_KEY_ID"
_UNKNOWN_FIELD = "x-schemathesis-unknown-property"
_RULE = re.compile("|".join(RULES))
_TAGS = re.compile(IF_MATCH_PATTERN)
_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
_LAST_DAY = date(2199, 12, 31)
_PRECISIONS = st.sampled_from([len("2024"), len("2024-06"), len("2024-06-30")])


def _corners(limit: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(-limit, limit), min_size=2, max_size=2).map(sorted)


def _period(first: date, days: int) -> str:
    last = min(_LAST_DAY, first + timedelta(days))
    return f"{first}/{last}"


# The calendar of the register has the years 1900 to 2199; these formats know no such bounds.
openapi.format("date", _DAYS.map(date.isoformat))
openapi.format("date-time", _DAYS.map(lambda day: f"{day}T09:00:00+07:00"))
# Which days a month has, which of two days is the earlier and which of two corners is the first:
# their patterns do not tell.
openapi.format(
    "partial-date",
    st.builds(lambda day, end: str(day)[:end], _DAYS, _PRECISIONS)
    | st.builds(lambda day, quarter: f"{day.year}-Q{quarter}", _DAYS, st.integers(1, 4)),
)
openapi.format("period", st.builds(_period, _DAYS, st.integers(0, 40_000)))
openapi.format(
    "bbox",
    st.builds(lambda x, y: f"{x[0]},{y[0]},{x[1]},{y[1]}", _corners(180), _corners(90)),
)


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Mend a request that fits the document where it cannot make sense.

    A cursor is what a page before answered, so none can be made up (tests/http/test_paging.py
    forges them); one of known_at and revision excludes the other; areas, rates and degrees have
    four decimals or more, which ``multipleOf`` would tell, were it not computed in binary. The key
    that all requests are sent with is not revoked, or the rest would be refused.
    """
    if case.path_parameters.get("key_id") == os.environ.get(OWN_KEY):
        case.path_parameters = {"key_id": "another00"}
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    query = {name: value for name, value in (case.query or {}).items() if name != "cursor"}
    if "known_at" in query:
        query.pop("revision", None)
    # Where If-Match is optional, Schemathesis makes up tags by itself, whatever their pattern says.
    if not _TAGS.fullmatch(case.headers.get("If-Match", "*")):
        del case.headers["If-Match"]
    body, query = _rounded(case.body), _rounded(query)
    # What is set anew is judged anew, so only what differs is set.
    if query != (case.query or {}):
        case.query = query
    if body != case.body:
        case.body = body


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, 4)
    if isinstance(content, dict):
        return {name: _rounded(child) for name, child in content.items()}
    return list(map(_rounded, content)) if isinstance(content, list) else content


@schemathesis.hook
def filter_failure(
    _context: HookContext, failure: Failure, case: Case[Any], response: Response
) -> bool:
    """Tell whether a failure is one: not where a refusal rests on a rule.

    Header fields that a service does not know are none of its business (RFC 9110, section 5.1).
    What is stated in bulk and does not fit is left out where that is requested (``skip_refused``).
    """
    if isinstance(failure, RejectedPositiveData):
        return not _RULE.search(response.text)
    if isinstance(failure, AcceptedNegativeData):
        is_left_out = '"is_recorded":false' in response.text
        return _UNKNOWN_FIELD not in case.headers and not is_left_out
    return True
