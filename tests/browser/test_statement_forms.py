"""Stating, correcting and merging by keyboard alone; what is typed outlives a closed tab."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from app.database import Database
from tests.browser.test_imports import check, press
from tests.browser.visits import DESK, PHONE, Language, Visit, Visits
from tests.support.http import prepare_sourced, register
from tests.support.processes import Served, served
from tests.support.registers import Templates, beginning_with, serving

WORDS: dict[Language, dict[str, str]] = {
    "vi": {"key": "Khóa", "recorded": "Đã ghi nhận ở lần ghi", "restored": "đã được điền lại"},
    "en": {"key": "Key", "recorded": "Recorded in revision", "restored": "is in the form again"},
}
_LOOKS: list[tuple[Language, int]] = [("vi", PHONE), ("en", DESK)]


@beginning_with(prepare_sourced)
async def prepare_alpha(database: Database) -> None:
    async with serving(database.url) as client:
        await register(client, "alpha", area_ha=40, investor="builder")


@pytest.fixture
async def desk(templates: Templates) -> AsyncIterator[Served]:
    async with templates.copy("sqlite", prepare_alpha) as url, served(url) as found:
        yield found


async def come_to(visit: Visit, desk: Served, language: Language, path: str) -> None:
    """Sign in by a key, and come to a page."""
    page = visit.page
    await page.get_by_label(WORDS[language]["key"], exact=True).focus()
    await page.keyboard.type(desk.headers["Authorization"].removeprefix("Bearer "))
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{path}")
    await visit.settled()


async def type_into(page: Page, name: str, text: str) -> None:
    """Fill in a field by keyboard, in place of what is in it."""
    field = page.locator(f'[name="{name}"]')
    await field.focus()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def send(visit: Visit, step: str) -> None:
    await press(visit.page.locator(f'button[value="{step}"]'))
    await visit.settled()


async def record(visit: Visit, language: Language, width: int) -> None:
    """Look at what would change, and record it."""
    await send(visit, "check")
    await expect(visit.page.locator("[data-effect], table.narrow").first).to_be_visible()
    await check(visit, width)
    await send(visit, "record")
    await expect(visit.page.locator("[data-recorded]")).to_contain_text(WORDS[language]["recorded"])


async def read(desk: Served, path: str) -> dict[str, object]:
    async with httpx.AsyncClient(base_url=desk.base, trust_env=False) as client:
        found: dict[str, object] = (await client.get(path)).json()
        return found


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_a_statement_by_keyboard(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    """An irregular value asks for its reason."""
    visits = Visits(browser, desk.base)
    async with visits.open("/sign-in?back=/sites/alpha/state", language, width) as visit:
        page = visit.page
        await come_to(visit, desk, language, "/sites/alpha/state")
        await type_into(page, "source", "The report")
        await type_into(page, "effective_from", "2023-06")
        await type_into(page, "values.area_ha", "4000")
        await send(visit, "check")
        reason = page.locator('[name="override_reason"]')
        await expect(reason).to_be_focused()
        await check(visit, width)
        await page.keyboard.type("Theo quyết định")
        await record(visit, language, width)
        assert (await read(desk, "/v1/sites/alpha"))["area_ha"] == 4000
        visit.faults = [fault for fault in visit.faults if "422" not in fault]


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_a_correction_by_keyboard(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    visits = Visits(browser, desk.base)
    async with visits.open("/sign-in?back=/sites/alpha", language, width) as visit:
        page = visit.page
        await come_to(visit, desk, language, "/sites/alpha")
        await press(page.locator('a[href$="/replacement"]').first)
        await visit.settled()
        await expect(page.locator('[name="values.area_ha"]')).to_have_value("40")
        await type_into(page, "values.area_ha", "43")
        await type_into(page, "reason", "Gõ nhầm")
        await record(visit, language, width)
        assert (await read(desk, "/v1/sites/alpha"))["area_ha"] == 43


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_an_organization_is_merged_by_keyboard(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    visits = Visits(browser, desk.base)
    async with visits.open("/sign-in?back=/organizations/builder", language, width) as visit:
        page = visit.page
        await come_to(visit, desk, language, "/organizations/builder")
        await check(visit, width)
        await press(page.locator('a[href$="/merge"]'))
        await visit.settled()
        await type_into(page, "into", "quan ly")
        await expect(page.locator("#choices-into option")).to_have_count(1)
        await type_into(page, "into", "Ban quản lý các KCN")
        await type_into(page, "reason", "Đăng ký hai lần")
        await record(visit, language, width)
        assert (await read(desk, "/v1/sites/alpha"))["investor"] == "board"


async def test_a_draft_outlives_the_tab_and_goes_once_it_is_recorded_or_signed_out(
    browser: Browser, desk: Served
) -> None:
    path = "/sites/alpha/state"
    visits = Visits(browser, desk.base)
    async with visits.open(f"/sign-in?back={path}", "en") as visit:
        page = visit.page
        await come_to(visit, desk, "en", path)
        await type_into(page, "source", "The report")
        await type_into(page, "values.area_ha", "45")
        other = await page.context.new_page()
        await page.close()
        visit.page = page = other
        await page.goto(path)
        await expect(page.locator("#restored")).to_contain_text(WORDS["en"]["restored"])
        await expect(page.locator('[name="values.area_ha"]')).to_have_value("45")
        await type_into(page, "effective_from", "2023")
        await page.locator('button[value="check"]').click()
        await page.locator('button[value="record"]').click()
        await expect(page.locator("[data-recorded]")).to_be_visible()
        # The script that lets the draft go has run by then.
        await page.wait_for_load_state()
        await page.goto(path)
        await expect(page.locator('[name="values.area_ha"]')).to_have_value("")
        await type_into(page, "values.area_ha", "46")
        assert await page.evaluate("localStorage.length") == 1
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/")
        assert await page.evaluate("localStorage.length") == 0
