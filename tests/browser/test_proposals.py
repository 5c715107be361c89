"""A proposal is seen, returned, changed and approved, by keyboard alone."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from app.database import Database
from tests.browser.test_imports import check, press
from tests.browser.visits import DESK, PHONE, Language, Visit, Visits
from tests.proposals.test_proposals import BAC_KAN, PATH, SITE, stated
from tests.support.http import prepare_sourced, register, signed_in
from tests.support.processes import Served, served
from tests.support.registers import Templates, beginning_with, serving

KEY: dict[Language, str] = {"vi": "Khóa", "en": "Key"}
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


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_from_the_proposal_to_the_revision(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    async with httpx.AsyncClient(
        base_url=desk.base, headers=desk.headers, trust_env=False
    ) as client:
        commune = await signed_in(client, "Xã Quảng Chu", "contributor", BAC_KAN)
        lan = await signed_in(client, "Lan", "editor", BAC_KAN)
        sent = await client.post(PATH, json=stated(12), headers=commune)
        path = sent.headers["location"].removeprefix("/v1")
        visits = Visits(browser, desk.base)
        async with visits.open("/sign-in?back=/proposals", language, width) as visit:
            page = visit.page
            await sign_in(visit, lan, language, "/proposals")
            await check(visit, width)
            await press(page.locator(f'a[href^="{path}"]'))
            await visit.settled()
            await check(visit, width)
            await decide(page, "return", "Thiếu số lẻ")
            await expect(page.locator("#reason-return")).to_have_count(0)
            await visit.settled()
            await check(visit, width)
            again = await client.put(f"/v1{path}/body", json=stated(12.5), headers=commune)
            assert again.status_code == 200
            await page.reload()
            await decide(page, "approval", "Đã kiểm tra")
            await expect(page.locator('a[href*="before="]')).to_have_count(1)
            await visit.settled()
            await check(visit, width)
        assert (await client.get(SITE)).json()["area_ha"] == 12.5
        revision = (await client.get("/v1/revisions?limit=1")).json()["items"][0]
        assert (revision["author"], revision["approved_by"]) == ("Xã Quảng Chu", "Lan")
