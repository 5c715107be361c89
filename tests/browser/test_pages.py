"""What holds on every page, in both languages, on phones and desks, in both themes."""

from typing import get_args

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.paths import PATHS
from tests.browser.visits import DESK, PHONE, TWICE, Language, Theme, Visit, Visits

# Each language, theme and width is seen together with each of the others.
_LOOKS: dict[Language, tuple[tuple[int, Theme], ...]] = {
    "vi": ((DESK, "light"), (PHONE, "dark")),
    "en": ((DESK, "dark"), (PHONE, "light")),
}
pytestmark = pytest.mark.parametrize("path", PATHS)
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_CUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const style = getComputedStyle(element)
  const hides = ["hidden", "clip"].includes(style.overflowX) && style.position !== "absolute"
  // A map goes on beyond its frame.
  if (element.matches(".maplibregl-map")) return false
  return hides && element.textContent.trim() && element.scrollWidth > element.clientWidth + 1
}).map((element) => element.outerHTML.slice(0, 120))"""
_BEYOND = """[...document.querySelectorAll("body *")].filter(
  (element) => element.getBoundingClientRect().right > innerWidth + 1
).map((element) => element.outerHTML.slice(0, 120)).slice(0, 5)"""


@pytest.mark.parametrize("language", get_args(Language))
async def test_a_page_is_whole_and_can_be_used_by_everyone(
    visits: Visits, path: str, language: Language
) -> None:
    """It is small; at each width, in each theme, it fits and keeps the rules of axe-core.

    It can be walked through by keyboard, and fits in text of twice the size as well.
    """
    async with visits.open(path, language) as visit:
        page = visit.page
        assert await page.locator("html").get_attribute("lang") == language
        assert await page.locator("h1").count() == 1
        assert await transferred(visits, visit) <= PATHS[path]
        await walk_through(page)
        for width, theme in _LOOKS[language]:
            await visit.look(width, theme)
            await check_fits(visit)
            found = await Axe().run(page)
            assert not found.violations_count, found.generate_report()
        before = await size_of_text(visit)
        await page.evaluate(TWICE)
        assert await size_of_text(visit) == pytest.approx(2 * before)
        for width in (PHONE, DESK):
            await visit.look(width, "light")
            await check_fits(visit)


async def transferred(visits: Visits, visit: Visit) -> int:
    """Return the bytes of what the page has requested, as browsers have it sent, each file once."""
    headers = {"accept-encoding": "gzip, deflate, br, zstd"}
    async with httpx.AsyncClient(base_url=visits.base, headers=headers, trust_env=False) as client:
        sizes = [await size_of(client, file) for file in set(visit.requested)]
    return sum(sizes)


async def size_of(client: httpx.AsyncClient, path: str) -> int:
    """Return the bytes of a body as it was sent, compressed."""
    async with client.stream("GET", path) as answer:
        return sum([len(part) async for part in answer.aiter_raw()])


async def walk_through(page: Page) -> None:
    """Check that every stop of the keyboard is visible, and that the first leads to the content."""
    await page.keyboard.press("Tab")
    first = page.locator(":focus")
    assert (await first.get_attribute("href") or "").startswith("#")
    for _ in range(_STOPS):
        assert await page.evaluate(_IS_SEEN), await page.evaluate(_FOCUSED)
        await page.keyboard.press("Tab")


_STOPS = 25
_FOCUSED = "document.activeElement.outerHTML.slice(0, 200)"
_IS_SEEN = """() => {
  const element = document.activeElement
  const box = element.getBoundingClientRect(), style = getComputedStyle(element)
  const outlined = style.outlineStyle !== "none" || style.boxShadow !== "none"
  // The browser itself marks the part of a date that has the focus.
  if (element === document.body || element.type === "date") return true
  return box.width > 0 && box.height > 0 && outlined
}"""


async def size_of_text(visit: Visit) -> float:
    """Return the size of the text of the page, pixels."""
    size = await visit.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return float(size)


async def check_fits(visit: Visit) -> None:
    """Check that the page needs no scrolling sideways, and that no text is cut off."""
    wider = await visit.page.evaluate(_WIDER)
    assert wider <= 0, await visit.page.evaluate(_BEYOND)
    assert await visit.page.evaluate(_CUT) == []
