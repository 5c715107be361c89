"""What holds on every page, in both languages, on phones and desks, in both themes."""

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser.paths import PATHS
from tests.browser.visits import DESK, PHONE, TWICE, Language, Theme, Visit, Visits

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.parametrize("path", PATHS)]
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


# Every language is seen at every width and in every theme, in half as many visits.
_READERS: tuple[tuple[Language, int, Theme], ...] = (
    ("vi", PHONE, "light"),
    ("en", PHONE, "dark"),
    ("vi", DESK, "dark"),
    ("en", DESK, "light"),
)


@pytest.mark.parametrize(("language", "width", "theme"), _READERS)
async def test_a_page_is_whole_and_can_be_used_by_everyone(
    visits: Visits, path: str, language: Language, width: int, theme: Theme
) -> None:
    """Nothing is beyond the edge, no rule of axe-core is broken, text of twice the size fits.

    The rules are about contrast, names, roles, the order of headings and more.
    """
    async with visits.open(path, language, width, theme) as visit:
        page = visit.page
        assert await page.locator("html").get_attribute("lang") == language
        assert await page.locator("h1").count() == 1
        await check_fits(visit)
        found = await Axe().run(page)
        assert not found.violations_count, found.generate_report()
        before = await size_of_text(visit)
        await page.evaluate(TWICE)
        assert await size_of_text(visit) == pytest.approx(2 * before)
        await check_fits(visit)


async def test_a_page_is_small(visits: Visits, path: str) -> None:
    """Each file counts once, as browsers have it sent."""
    async with visits.open(path) as visit:
        files = set(visit.requested)
    headers = {"accept-encoding": "gzip, deflate, br, zstd"}
    async with httpx.AsyncClient(base_url=visits.base, headers=headers, trust_env=False) as client:
        size = sum([len(part) for file in files for part in await raw(client, file)])
    assert size <= PATHS[path]


async def raw(client: httpx.AsyncClient, path: str) -> list[bytes]:
    """Return the parts of a body as they were sent, compressed."""
    async with client.stream("GET", path) as answer:
        return [part async for part in answer.aiter_raw()]


async def test_a_page_can_be_walked_through_by_keyboard(visits: Visits, path: str) -> None:
    """Every stop is visible, and the first leads past the navigation."""
    async with visits.open(path, width=DESK) as visit:
        await visit.page.keyboard.press("Tab")
        first = visit.page.locator(":focus")
        assert (await first.get_attribute("href") or "").startswith("#")
        for _ in range(25):
            assert await visit.page.evaluate(_IS_SEEN), await visit.page.evaluate(_FOCUSED)
            await visit.page.keyboard.press("Tab")


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
