"""Signing in by keyboard alone: the browser sends what the service asks of it, and no more."""

from collections.abc import AsyncIterator
from typing import get_args

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests.browser.visits import DESK, PHONE, Language, Visits
from tests.support.issuer import SETTINGS, issuer
from tests.support.processes import Served, served
from tests.support.registers import Templates, prepare_seeded

_WORDS: dict[Language, tuple[str, str, str]] = {
    "vi": ("Khóa", "Đăng nhập", "Đăng xuất"),
    "en": ("Key", "Sign in", "Sign out"),
}


@pytest.fixture(scope="module")
async def closed(templates: Templates) -> AsyncIterator[Served]:
    """Give a service whose reading is closed."""
    async with (
        templates.copy("sqlite", prepare_seeded) as url,
        served(url, public_reading="false") as found,
    ):
        yield found


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_signing_in_and_out_by_keyboard(
    browser: Browser, closed: Served, language: Language, width: int
) -> None:
    visits = Visits(browser, closed.base)
    key, sign_in, sign_out = _WORDS[language]
    async with visits.open("/sign-in?back=/findings", language, width) as visit:
        page = visit.page
        found = await Axe().run(page)
        assert not found.violations_count, found.generate_report()
        await page.get_by_label(key, exact=True).focus()
        await page.keyboard.type(closed.headers["Authorization"].removeprefix("Bearer "))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/findings")
        await visit.settled()
        button = page.get_by_role("button", name=sign_out)
        await expect(button).to_be_visible()
        found = await Axe().run(page)
        assert not found.violations_count, found.generate_report()
        (cookie,) = [one for one in await page.context.cookies() if "session" in one["name"]]
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
        assert cookie["expires"] == -1
        await button.focus()
        await page.keyboard.press("Enter")
        # Nobody may read now: the page asks to sign in, with the way back.
        await expect(page.get_by_role("button", name=sign_in)).to_be_visible()
        assert not [one for one in await page.context.cookies() if "session" in one["name"]]
        visit.faults = [fault for fault in visit.faults if "401" not in fault]


async def test_signing_in_at_an_issuer_of_another_site(
    browser: Browser, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the way back the browser keeps our cookies to itself; the page sends them on."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with issuer(host="localhost") as url:
        async with (
            templates.copy("sqlite", prepare_seeded) as database,
            served(database, oidc_issuer=url, **SETTINGS) as service,
        ):
            context = await browser.new_context(base_url=service.base, locale="en")
            page = await context.new_page()
            await page.goto("/sign-in?back=/mine")
            await page.get_by_role("link", name="account of your organization").press("Enter")
            await page.wait_for_url("**/mine")
            await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            assert {one["name"] for one in await context.cookies()} == {"icr_session"}
            await context.close()
