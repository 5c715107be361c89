"""What contributors propose is stated, returned, changed and approved, by keyboard alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from app.database import Database
from tests.browser.test_imports import MOST, check, press
from tests.browser.test_statement_forms import send, type_into
from tests.browser.visits import DESK, PHONE, Language, Visit, Visits
from tests.proposals.test_proposals import BAC_KAN, SITE
from tests.support.http import prepare_sourced, register, signed_in
from tests.support.processes import Served, served
from tests.support.registers import Templates, beginning_with, serving

KEY: dict[Language, str] = {"vi": "Khóa", "en": "Key"}
SUBMIT: dict[Language, str] = {"vi": "Gửi để duyệt", "en": "Submit for review"}
CELLS = "TT\tTên CCN\tDiện tích (ha)\n1\tCCN Nà Bản\t11,5\n"
People = tuple[httpx.AsyncClient, dict[str, str], dict[str, str]]
_LOOKS: list[tuple[Language, int]] = [("vi", PHONE), ("en", DESK)]


@beginning_with(prepare_sourced)
async def prepare_cluster(database: Database) -> None:
    async with serving(database.url) as client:
        await register(client, "ccn-a", area_ha=10)


@pytest.fixture
async def desk(templates: Templates) -> AsyncIterator[Served]:
    async with templates.copy("sqlite", prepare_cluster) as url, served(url) as found:
        yield found


async def sign_in(visit: Visit, head: dict[str, str], language: Language, path: str) -> None:
    """Sign in with a key by keyboard, and come to a page."""
    page = visit.page
    await page.get_by_label(KEY[language], exact=True).focus()
    await page.keyboard.type(head["Authorization"].removeprefix("Bearer "))
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{path}")
    await visit.settled()


async def decide(page: Page, step: str, reason: str) -> None:
    """Fill in the form of a step and send it by the key Enter."""
    await page.locator(f"#reason-{step}").focus()
    await page.keyboard.type(reason)
    await page.keyboard.press("Enter")


@asynccontextmanager
async def people(desk: Served) -> AsyncIterator[People]:
    """Give a contributor and an editor of the province, and a client for what the API answers."""
    async with httpx.AsyncClient(
        base_url=desk.base, headers=desk.headers, trust_env=False
    ) as client:
        commune = await signed_in(client, "Xã Quảng Chu", "contributor", BAC_KAN)
        lan = await signed_in(client, "Lan", "editor", BAC_KAN)
        yield client, commune, lan


async def both_named(client: httpx.AsyncClient) -> None:
    revision = (await client.get("/v1/revisions?limit=1")).json()["items"][0]
    assert (revision["author"], revision["approved_by"]) == ("Xã Quảng Chu", "Lan")


async def propose(visit: Visit, language: Language, width: int) -> None:
    """Look at what would change, and submit it for review."""
    await send(visit, "check")
    await expect(visit.page.locator("[data-effect]")).to_be_visible()
    await expect(visit.page.locator('button[value="record"]')).to_have_text(SUBMIT[language])
    await check(visit, width)
    await send(visit, "record")
    await expect(visit.page.locator("[data-recorded]")).to_be_visible()
    await check(visit, width)


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_from_the_form_to_the_revision(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    visits = Visits(browser, desk.base)
    first, form = "/sign-in?back=/sites/ccn-a", "/sites/ccn-a/state"
    async with (
        people(desk) as (client, commune, lan),
        visits.open(first, language, width, seconds=MOST) as author,
        visits.open("/sign-in?back=/proposals", language, width, seconds=MOST) as editor,
    ):
        await sign_in(author, commune, language, "/sites/ccn-a")
        await check(author, width)
        await press(author.page.locator(f'a[href$="{form}"]'))
        await author.settled()
        await type_into(author.page, "source", "The report")
        await type_into(author.page, "effective_from", "2024")
        await type_into(author.page, "values.area_ha", "mười")
        await send(author, "check")
        await expect(author.page.locator('[name="values.area_ha"]')).to_be_focused()
        await check(author, width)
        await type_into(author.page, "values.area_ha", "12")
        await propose(author, language, width)
        author.faults = [fault for fault in author.faults if "422" not in fault]

        await sign_in(editor, lan, language, "/proposals")
        await check(editor, width)
        await press(editor.page.locator('a[href*="/proposals/"]').first)
        await editor.settled()
        await check(editor, width)
        await decide(editor.page, "return", "Thiếu số lẻ")
        await expect(editor.page.locator("#reason-return")).to_have_count(0)
        await editor.settled()
        await check(editor, width)

        await author.page.reload()
        await author.settled()
        await expect(author.page.get_by_text("Thiếu số lẻ")).to_be_visible()
        await press(author.page.locator('a[href*="/statements/0"]'))
        await author.settled()
        await expect(author.page.get_by_text("Thiếu số lẻ")).to_be_visible()
        await expect(author.page.locator('[name="values.area_ha"]')).to_have_value("12")
        await check(author, width)
        await type_into(author.page, "values.area_ha", "12.5")
        await propose(author, language, width)

        await editor.page.reload()
        await editor.settled()
        await decide(editor.page, "approval", "Đã kiểm tra")
        await expect(editor.page.locator('a[href*="before="]')).to_have_count(1)
        await editor.settled()
        await check(editor, width)
        assert (await client.get(SITE)).json()["area_ha"] == 12.5
        await both_named(client)


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_from_the_file_to_the_revision(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    visits = Visits(browser, desk.base)
    first = "/sign-in?back=/imports/new"
    async with (
        people(desk) as (client, commune, lan),
        visits.open(first, language, width, seconds=MOST) as author,
        visits.open("/sign-in?back=/proposals", language, width, seconds=MOST) as editor,
    ):
        page = author.page
        await sign_in(author, commune, language, "/imports/new")
        await type_into(page, "cells", CELLS)
        await page.locator('[name="given.province_code"]').select_option("19")
        await type_into(page, "given.effective_from", "30/6/2026")
        await press(page.locator("button[form=send]"))
        await page.wait_for_url("**/imports/2*")
        await author.settled()
        await check(author, width)
        await press(page.locator('a[href$="/effect"]'))
        await author.settled()
        await expect(page.locator("#commit button")).to_have_text(SUBMIT[language])
        await check(author, width)
        await press(page.locator("#commit button"))
        await expect(page.locator("[data-recorded]")).to_be_visible()
        await author.settled()
        await check(author, width)

        await sign_in(editor, lan, language, "/proposals")
        await press(editor.page.locator('a[href*="/proposals/"]').first)
        await editor.settled()
        await check(editor, width)
        await decide(editor.page, "approval", "Đã kiểm tra")
        await expect(editor.page.locator('a[href*="before="]')).to_have_count(1)
        await both_named(client)

        await press(page.locator('a[href*="/imports/2"]'))
        await author.settled()
        await expect(page.locator('a[href*="before="]').first).to_be_visible()
        await check(author, width)
