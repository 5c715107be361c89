"""Signing in by keyboard alone: the browser sends what the service asks of it, and no more."""

from collections.abc import AsyncIterator
from typing import get_args

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.test_imports import check, press
from tests.browser.visits import DESK, PHONE, Language, Visit, Visits
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


_LOOKS: list[tuple[Language, int]] = [("vi", PHONE), ("en", DESK)]


@pytest.fixture
async def desk(templates: Templates) -> AsyncIterator[Served]:
    """Give a service of the test's own, which everybody may read."""
    async with templates.copy("sqlite", prepare_seeded) as url, served(url) as found:
        yield found


async def sign_in(visit: Visit, key: str, language: Language) -> None:
    """Sign in on the page that is open, by keyboard."""
    await visit.page.get_by_label(_WORDS[language][0], exact=True).focus()
    await visit.page.keyboard.type(key)
    await visit.page.keyboard.press("Enter")
    await visit.page.wait_for_url(lambda url: "sign-in" not in url)
    await visit.settled()


def key_of(service: Served) -> str:
    return service.headers["Authorization"].removeprefix("Bearer ")


async def type_into(page: Page, name: str, text: str) -> None:
    await page.locator(f'[name="{name}"]').focus()
    await page.keyboard.type(text)


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_a_key_is_made_and_revoked_by_keyboard(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    visits = Visits(browser, desk.base)
    async with visits.open("/sign-in?back=/keys", language, width) as visit:
        page = visit.page
        await sign_in(visit, key_of(desk), language)
        await check(visit, width)
        await type_into(page, "name", "Nguyễn Thị Lan, Sở Công Thương tỉnh Thái Nguyên")
        await page.locator("[name=role]").select_option("editor")
        await type_into(page, "provinces", "19, 06@2025-06-30")
        await page.keyboard.press("Enter")
        secret = page.locator("main code").first
        await expect(secret).to_contain_text("icr_")
        await check(visit, width)
        key = str(await secret.text_content())
        # Loaded again, the form is sent again: it leads to the key that it made.
        await page.reload()
        await page.wait_for_url("**/keys/*")
        assert key not in await page.content()
        await expect(page.locator("main")).to_contain_text("Bắc Kạn")
        await check(visit, width)
        await type_into(page, "reason", "Đã nghỉ việc")
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_contain_text("Đã nghỉ việc")
        await check(visit, width)
        for path in ("/keys", "/audit", "/mine"):
            await page.goto(path)
            await visit.settled()
            await check(visit, width)
        await page.goto("/audit?action=key_revoked")
        await expect(page.locator("main")).to_contain_text(key[4:14])
        visit.faults = [fault for fault in visit.faults if "401" not in fault]


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_a_session_is_revoked_while_a_form_is_open(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    """What was typed is sent again once somebody has signed in in another tab."""
    async with desk.client() as client:
        body = {"name": "An", "role": "administrator"}
        made = (await client.post("/v1/keys", json=body)).json()
        site = (await client.get("/v1/sites", params={"limit": 1})).json()["items"][0]["id"]
        path, visits = f"/sites/{site}/state", Visits(browser, desk.base)
        async with visits.open(f"/sign-in?back={path}", language, width) as visit:
            page = visit.page
            await sign_in(visit, made["key"], language)
            await type_into(page, "effective_from", "2023-06")
            await type_into(page, "values.area_ha", "43")
            answer = await client.post(f"/v1/keys/{made['id']}/revocation", json={"reason": "x"})
            assert answer.is_success
            await press(page.locator('button[value="check"]'))
            link = page.locator("main a[target=_blank]")
            await expect(link).to_be_visible()
            await check(visit, width)
            async with page.context.expect_page() as opened:
                await press(link)
            other = Visit(await opened.value)
            await sign_in(other, key_of(desk), language)
            await other.page.close()
            await press(page.locator("main form button"))
            await expect(page.locator('[name="values.area_ha"]')).to_have_value("43")
            await expect(page.locator('[name="effective_from"]')).to_have_value("2023-06")
            # The draft of who worked here before is gone.
            kept = await page.evaluate("Object.keys(localStorage)")
            assert not [key for key in kept if made["id"] in key]
            visit.faults = [fault for fault in visit.faults if "401" not in fault]


async def test_files_open_and_nothing_is_seen_after_signing_out(
    browser: Browser, closed: Served
) -> None:
    visits = Visits(browser, closed.base)
    async with visits.open("/sign-in?back=/sites", "en") as visit:
        page = visit.page
        await sign_in(visit, key_of(closed), "en")
        async with page.expect_download() as download:
            await press(page.locator(".files a[download]", has_text="CSV"))
        file = await (await download.value).path()
        assert file.read_text("utf-8-sig").startswith("id,")
        name = await page.locator("main table a").first.text_content()
        assert name
        await press(page.get_by_role("button", name="Sign out"))
        await page.wait_for_url("**/")
        await page.go_back()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert name not in await page.content()
        visit.faults = [fault for fault in visit.faults if "401" not in fault]
