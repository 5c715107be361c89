"""The map as it is used: both sliders, filters, keyboard, and without what it would rather have.

What is expected is stated in the documents that the seeds are of: on 2023-12-31 Bắc Kạn had three
zones and seven clusters, and from 2024-01-01 on the craft village of Côn Minh is known as well.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import FloatRect, Locator, Page, expect

from tests.browser.visits import DESK, PHONE, TWICE, Visit, Visits

MAP = "/map?as_of=2023-12-31"
CRAFT_VILLAGE = "Làng nghề miến dong Côn Minh"
HOSTILE = "<img src=x onerror=alert(1)>"
_HOSTILE = f"""const read = fetch
window.fetch = async (path, ...more) => {{
  const answer = await read(path, ...more)
  if (!path.startsWith("/map/data.json")) return answer
  const data = await answer.json()
  data.versions.name.values.fill({HOSTILE!r})
  return new Response(JSON.stringify(data))
}}"""
_NO_WEBGL = "HTMLCanvasElement.prototype.getContext = () => null"


async def names(page: Page) -> list[str]:
    """Return the names of the sites in the table."""
    return await page.locator("[data-rows] th a").all_inner_texts()


def parameters(visit: Visit) -> dict[str, list[str]]:
    """Return the query of the address that is shown."""
    return parse_qs(urlsplit(visit.page.url).query)


async def test_the_day_moves_without_any_request(visits: Visits) -> None:
    """A day on, the craft village is there; a month back it is not, and nothing was requested."""
    async with visits.open(MAP, "en") as visit:
        page, before = visit.page, len(visit.requested)
        assert len(await names(page)) == 10
        await page.locator("#map-day").focus()
        await page.keyboard.press("Shift+ArrowRight")
        await expect(page.locator("[name=as_of]:visible")).to_have_value("2024-01-01")
        assert CRAFT_VILLAGE in await names(page)
        assert "11 sites" in await page.locator("[data-count]").inner_text()
        await page.keyboard.press("ArrowLeft")
        await expect(page.locator("[name=as_of]:visible")).to_have_value("2023-12-01")
        assert CRAFT_VILLAGE not in await names(page)
        await page.wait_for_url("**as_of=2023-12-01**")
        assert visit.requested[before:] == []


async def test_what_was_known_is_requested_once_when_the_slider_rests(visits: Visits) -> None:
    """With the first revision alone, four sites are known, and the address is pinned to it."""
    async with visits.open(MAP, "en") as visit:
        page, before = visit.page, len(visit.requested)
        await page.locator("#map-known").focus()
        await page.keyboard.press("Home")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowLeft")
        await expect(page.locator("[data-rows] tr")).to_have_count(4)
        assert visit.requested[before:] == ["/map/data.json?revision=1"]
        await page.wait_for_url("**revision=1**")


async def test_the_address_is_the_state(visits: Visits) -> None:
    """Opened elsewhere, an address shows the same day, knowledge, filters and part of the map."""
    async with visits.open(MAP, "en") as visit:
        page = visit.page
        await page.locator("summary").click()
        await page.get_by_label("Industrial zone", exact=True).check()
        await page.get_by_role("button", name="Zoom to the sites").click()
        await page.wait_for_url("**kind=zone**")
        shown, address = await names(page), page.url
        assert shown == ["KCN Chợ Mới 1", "KCN Chợ Mới 2", "KCN Thanh Bình"]
    path = address.removeprefix(visits.base)
    async with visits.open(path, "en") as visit:
        assert await names(visit.page) == shown
        assert parameters(visit) == {"as_of": ["2023-12-31"], "kind": ["zone"]}
        assert urlsplit(visit.page.url).fragment == urlsplit(address).fragment


async def test_provinces_are_those_of_the_day_or_of_today(visits: Visits) -> None:
    async with visits.open(MAP, "en") as visit:
        page = visit.page
        province = page.locator("[data-rows] td").first
        assert await province.inner_text() == "Bắc Kạn"
        await expect(page.get_by_role("img", name="Bắc Kạn, 10")).to_be_visible()
        await page.locator("summary").click()
        await page.get_by_label("of today").check()
        await expect(province).to_have_text("Thái Nguyên")
        await expect(page.get_by_role("img", name="Thái Nguyên, 10")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("day", ["2023-12-31", "2026-01-01"])
async def test_both_archipelagos_are_on_the_map(visits: Visits, width: int, day: str) -> None:
    """Their names are whole, in text of twice the size, too."""
    async with visits.open(f"/map?as_of={day}", width=width) as visit:
        await check_archipelagos(visit.page)
        await visit.page.evaluate(TWICE)
        await visit.page.wait_for_timeout(100)
        await check_archipelagos(visit.page)


async def check_archipelagos(page: Page) -> None:
    frame = await box_of(page.locator("[data-map]"))
    for name, province in (("Hoàng Sa", "Đà Nẵng"), ("Trường Sa", "Khánh Hòa")):
        label = page.locator(".map-label", has_text=name)
        await expect(label).to_be_visible()
        assert province in await label.inner_text()
        box = await box_of(label)
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]


async def box_of(element: Locator) -> FloatRect:
    box = await element.bounding_box()
    assert box is not None
    return box


async def test_it_plays_and_pauses(visits: Visits) -> None:
    async with visits.open("/map?as_of=2022-01-01", "en", calm=False) as visit:
        page = visit.page
        await page.get_by_role("button", name="Play").press("Enter")
        await expect(page.locator("[name=as_of]:visible")).not_to_have_value("2022-01-01")
        await page.get_by_role("button", name="Pause").press("Enter")
        day = await page.locator("[name=as_of]:visible").input_value()
        assert day.endswith("-01")
        await page.wait_for_url(f"**as_of={day}**")
        assert await page.locator("[name=as_of]:visible").input_value() == day


async def test_a_place_of_the_map_lists_its_sites(visits: Visits) -> None:
    """One site alone is in the middle of the map."""
    async with visits.open("/map?as_of=2024-06-01&kind=craft_village", "en") as visit:
        page = visit.page
        await page.get_by_role("button", name="Zoom to the sites").click()
        await visit.settled()
        # A click on an element is one in its middle.
        await page.locator("canvas").click()
        link = page.locator(".map-popup a")
        await expect(link).to_have_text(CRAFT_VILLAGE)
        address = await link.get_attribute("href") or ""
        assert address.startswith("/sites/lang-nghe-mien-dong-con-minh?as_of=2024-06-01")


async def test_without_scripts_the_table_is_there_and_the_form_is_sent(visits: Visits) -> None:
    async with visits.open(MAP, "en", scripts=False) as visit:
        page = visit.page
        assert len(await names(page)) == 10
        await expect(page.get_by_text("needs scripts and WebGL")).to_be_visible()
        await page.locator("summary").click()
        await page.get_by_label("Industrial zone", exact=True).check()
        await page.get_by_role("button", name="Show", exact=True).last.click()
        assert len(await names(page)) == 3
        assert parameters(visit)["as_of"] == ["2023-12-31"]


async def test_without_webgl_the_table_still_follows_the_sliders(visits: Visits) -> None:
    async with visits.open(MAP, "en", first=_NO_WEBGL) as visit:
        page = visit.page
        await expect(page.get_by_text("Drawn as outlines, which cannot be moved")).to_be_visible()
        await expect(page.get_by_text("needs scripts and WebGL")).to_have_count(0)
        await page.locator("#map-day").focus()
        await page.keyboard.press("Shift+ArrowRight")
        await expect(page.locator("[data-rows] tr")).to_have_count(11)
        drawn = page.get_by_role("img", name="Map", exact=True)
        await expect(drawn.locator("path")).to_have_count(63)
        await expect(drawn.locator("circle[data-stage]").first).to_be_visible()
        await expect(page.locator("[data-count]")).to_have_text("11 sites on 1 Jan 2024")
        for name in ("Quần đảo Hoàng Sa", "Quần đảo Trường Sa", "Bắc Kạn"):
            await expect(drawn.get_by_text(name)).to_be_visible()
        assert not [path for path in visit.requested if "maplibre-gl.mjs" in path]


async def test_names_never_become_markup(visits: Visits) -> None:
    """Neither in the table that a script makes nor on the map, whatever users typed."""
    async with visits.open(
        "/map?as_of=2024-06-01&kind=craft_village", "en", first=_HOSTILE
    ) as visit:
        page = visit.page
        await expect(page.locator("[data-rows] a")).to_have_text(HOSTILE)
        await page.get_by_role("button", name="Zoom to the sites").click()
        await visit.settled()
        await page.locator("canvas").click()
        await expect(page.locator(".map-popup a")).to_have_text(HOSTILE)
        assert await page.locator("main img").count() == 0
