"""Opening pages as people do, and noting what must not happen on any of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, Route

PHONE, DESK = 360, 1440
_MOST_SECONDS = 60
"""A browser that hangs fails one test instead of holding up all."""
_HEIGHT = 900
_QUIET = 0.25
_SECONDS = 30
_REFUSED = 400
_NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
TWICE = "document.documentElement.style.fontSize = '200%'"
"""Sets text to twice its size, as readers do in the settings of the browser."""
Theme = Literal["light", "dark"]
Language = Literal["vi", "en"]


@dataclass
class Visit:
    """A page that is open, and what happened on it."""

    page: Page
    faults: list[str] = field(default_factory=list)
    """Errors in the console, scripts that failed, requests to other hosts, answers of 400 on."""
    requested: list[str] = field(default_factory=list)
    """The path and query of each request to the service, in order, but for streams and the icon."""

    pending: set[Request] = field(default_factory=set)
    """The requests under way, without streams of events, which never end."""

    async def settled(self) -> None:
        """Wait until the page is loaded, says that it is ready, and nothing is under way."""
        await self.page.wait_for_load_state()
        await self.page.locator("[aria-busy=true]").wait_for(state="detached")
        since = monotonic()
        async with asyncio.timeout(_SECONDS):
            while monotonic() - since < _QUIET:
                await asyncio.sleep(_QUIET / 8)
                since = monotonic() if self.pending else since

    def begin(self, request: Request) -> None:
        """Note a request that is under way."""
        if request.resource_type != "eventsource":
            self.pending.add(request)

    def end(self, request: Request) -> None:
        """Note that a request has ended, well or not."""
        self.pending.discard(request)

    async def look(self, width: int, theme: Theme) -> None:
        """Make the window as wide as this, and the device light or dark."""
        await self.page.set_viewport_size({"width": width, "height": _HEIGHT})
        await self.page.emulate_media(color_scheme=theme)
        await self.page.evaluate(_NEXT_FRAME)


@dataclass(frozen=True)
class Visits:
    """Opens pages of a service, each in a browser that knows nothing of the others."""

    browser: Browser
    base: str

    @asynccontextmanager
    async def open(
        self,
        path: str,
        language: Language = "vi",
        width: int = DESK,
        theme: Theme = "light",
        *,
        scripts: bool = True,
        calm: bool = True,
        first: str = "",
        seconds: float = _MOST_SECONDS,
    ) -> AsyncIterator[Visit]:
        """Open a page and wait until it is at rest; what must not happen on it fails the test.

        ``calm`` stands for a reader who wants reduced motion; ``first`` is run before all scripts;
        ``seconds`` is how long all of it may take.
        """
        async with asyncio.timeout(seconds):
            context = await self.browser.new_context(
                base_url=self.base,
                viewport={"width": width, "height": _HEIGHT},
                locale=language,
                color_scheme=theme,
                java_script_enabled=scripts,
                reduced_motion="reduce" if calm else "no-preference",
            )
            visit = Visit(await context.new_page())
            await self._watch(visit)
            await context.add_init_script(first)
            try:
                await visit.page.goto(path)
                await visit.settled()
                yield visit
            finally:
                async with asyncio.timeout(_MOST_SECONDS):
                    await context.unroute_all(behavior="ignoreErrors")
                    await context.close()
        assert not visit.faults, f"on {path}: " + "\n".join(visit.faults)

    async def _watch(self, visit: Visit) -> None:
        def note_console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                visit.faults.append(f"console: {message.text}")

        def note_response(response: Response) -> None:
            if response.status >= _REFUSED:
                visit.faults.append(f"{response.status}: {response.url}")

        async def keep_here(route: Route) -> None:
            url = route.request.url
            if not url.startswith((self.base, "blob:", "data:")):
                visit.faults.append(f"another host: {url}")
                await route.abort()
                return
            parts = urlsplit(url)
            # While requests are watched nothing is cached, and Chromium asks again for the icon.
            is_stream = route.request.resource_type == "eventsource"
            if not is_stream and not parts.path.endswith("/icon.svg"):
                visit.requested.append(parts.path + ("?" + parts.query if parts.query else ""))
            await route.continue_()

        visit.page.on("console", note_console)
        visit.page.on("pageerror", lambda error: visit.faults.append(f"script: {error}"))
        visit.page.on("request", visit.begin)
        visit.page.on("response", note_response)
        visit.page.on("requestfinished", visit.end)
        visit.page.on("requestfailed", visit.end)
        await visit.page.context.route("**/*", keep_here)
