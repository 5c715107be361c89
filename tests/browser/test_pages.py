"""What holds on every page, in both languages, on phones and desks, in both themes."""

from typing import get_args

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser.paths import PATHS
from tests.browser.visits import DESK, PHONE, Language, Theme, Visit, Visits

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.parametrize("path", PATHS)]
_WIDTHS = (PHONE, DESK)
# Half a pixel may be lost by rounding.
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_CUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const style = getComputedStyle(element)
  const hides = ["hidden", "clip"].includes(style.overflowX) && style.position !== "absolute"
  return hides && element.textContent.trim() && element.scrollWidth > element.clientWidth + 1
}).map((element) => element.outerHTML.slice(0, 120))"""
_TWICE = "document.documentElement.style.fontSize = '200%'"


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("width", _WIDTHS)
async def test_a_page_is_whole(visits: Visits, path: str, language: Language, width: int) -> None:
    """It has one heading, its language, nothing beyond the edge, no error, no foreign request."""
    async with visits.open(path, language, width) as visit:
        assert await visit.page.locator("html").get_attribute("lang") == language
        assert await visit.page.locator("h1").count() == 1
        await check_fits(visit)


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("width", _WIDTHS)
async def test_a_page_can_be_used_by_everyone(
    visits: Visits, path: str, theme: Theme, width: int
) -> None:
    """No rule of axe-core is broken: contrast, names, roles, order of headings and more."""
    async with visits.open(path, width=width, theme=theme) as visit:
        found = await Axe().run(visit.page)
        assert not found.violations_count, found.generate_report()


@pytest.mark.parametrize("width", _WIDTHS)
async def test_text_of_twice_the_size_breaks_nothing(visits: Visits, path: str, width: int) -> None:
    async with visits.open(path, width=width) as visit:
        before = await size_of_text(visit)
        await visit.page.evaluate(_TWICE)
        assert await size_of_text(visit) == pytest.approx(2 * before)
        await check_fits(visit)


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
  return element === document.body || (box.width > 0 && box.height > 0 && outlined)
}"""


async def size_of_text(visit: Visit) -> float:
    """Return the size of the text of the page, pixels."""
    size = await visit.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return float(size)


async def check_fits(visit: Visit) -> None:
    """Check that the page needs no scrolling sideways, and that no text is cut off."""
    assert await visit.page.evaluate(_WIDER) <= 0, "the page is wider than the window"
    assert await visit.page.evaluate(_CUT) == []
