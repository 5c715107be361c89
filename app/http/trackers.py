"""Parameters that social networks and campaigns add to links: pages do as if they were not there.

Whoever follows such a link did not write them, so a page that refused them would break links that
others passed on. They are taken out before anything reads the query: no answer, no link and no key
has them. Paths of ``/v1`` refuse them, as they refuse every parameter that they do not know.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_TRACKER = re.compile(
    rb"(utm_\w+|mc_(cid|eid)|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid"
    rb"|li_fat_id|igshid|igsh|zarsrc|_gl)(=|$)"
)
"""Campaigns (utm_, mc_), Facebook, Google, Microsoft, Yandex, X, TikTok, LinkedIn, Zalo."""


class TrackerMiddleware:
    """Takes parameters of trackers out of the queries of pages."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        is_page = scope["type"] == "http" and not scope["path"].startswith("/v1")
        if is_page and scope["query_string"]:
            # In place: what observes the request outside of this reads what others note in it.
            scope["query_string"] = without_trackers(scope["query_string"])
        await self._app(scope, receive, send)


def without_trackers(query: bytes) -> bytes:
    """Return a query without the parameters of trackers, the others as they were."""
    return b"&".join(pair for pair in query.split(b"&") if not _TRACKER.match(pair))
