"""What read routes share: when and by which units is asked, and the address of the next page."""

from urllib.parse import urlencode

from fastapi import Request, Response

from app.domain.units import Units
from app.repositories.filters import Asked
from app.repositories.snapshots import At, today
from app.schemas.queries import TimeQuery


def asked_for(query: TimeQuery, revision: int, units: Units) -> Asked:
    """Return the point in time that a query asks for: today where it names no date."""
    now = today()
    return Asked(At(query.as_of or now, revision), now, units)


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Give the address of the next page in a Link header (RFC 8288)."""
    if cursor is not None:
        link_to(request, response, "cursor", cursor)


def link_to(request: Request, response: Response, parameter: str, value: str) -> None:
    """Give the address of the next page: that of this one with another value of a parameter."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != parameter]
    url = request.url.replace(query=urlencode([*asked, (parameter, value)]))
    response.headers["Link"] = f'<{url}>; rel="next"'
