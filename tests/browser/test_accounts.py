"""Keys, the audit log, one's own work; and forms whose session ends, or that are come back to."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_imports import check
from tests.browser.test_statement_forms import come_to, prepare_alpha, record, send, type_into
from tests.browser.visits import DESK, PHONE, Language, Visit, Visits
from tests.support.processes import Served, served
from tests.support.registers import Templates

_LOOKS: list[tuple[Language, int]] = [("vi", PHONE), ("en", DESK)]
_FORM = "/sites/alpha/state"


@pytest.fixture
async def desk(templates: Templates) -> AsyncIterator[Served]:
    async with templates.copy("sqlite", prepare_alpha) as url, served(url) as found:
        yield found


async def _post(desk: Served, path: str, body: dict[str, str]) -> dict[str, str]:
    client = httpx.AsyncClient(base_url=desk.base, headers=desk.headers, trust_env=False)
    async with client:
        answer = await client.post(path, json=body)
        assert answer.is_success, answer.text
        found: dict[str, str] = answer.json()
        return found


async def colour(page: Page, selector: str) -> str:
    found: str = await page.locator(selector).first.evaluate("one => getComputedStyle(one).color")
    return found


def forgive(visit: Visit, *statuses: str) -> None:
    """Take the refusals that were wanted out of what must not happen."""
    visit.faults = [one for one in visit.faults if not any(status in one for status in statuses)]


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_keys_the_audit_log_and_own_work(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    """A fault is not mistaken for a hint: it has another colour, and a mark."""
    async with Visits(browser, desk.base).open("/sign-in?back=/keys", language, width) as visit:
        page = visit.page
        await come_to(visit, desk, language, "/keys")
        await check(visit, width)
        await type_into(page, "name", "An")
        await type_into(page, "provinces", "Xứ Mù " + "x" * 80)
        await page.keyboard.press("Enter")
        await expect(page.locator("#fault-provinces")).to_be_visible()
        await visit.settled()
        await check(visit, width)
        assert await colour(page, "#fault-provinces") != await colour(page, "#provinces-help")
        mark = "getComputedStyle(document.querySelector('#fault-provinces'), '::before').content"
        assert "!" in await page.evaluate(mark)
        for path in ("/audit", "/mine"):
            await page.goto(path)
            await visit.settled()
            await check(visit, width)
        forgive(visit, "422")


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_a_session_that_is_revoked_while_a_form_is_open(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    """Nothing is recorded; who signs in again in another tab goes on with what was typed."""
    made = await _post(desk, "/v1/keys", {"name": "Lan", "role": "administrator"})
    lan = replace(desk, headers={"Authorization": f"Bearer {made['key']}"})
    async with Visits(browser, desk.base).open(f"/sign-in?back={_FORM}", language) as visit:
        page = visit.page
        await visit.look(width, "light")
        await come_to(visit, lan, language, _FORM)
        await type_into(page, "source", "The report")
        await type_into(page, "effective_from", "2023")
        await type_into(page, "values.area_ha", "45")
        await _post(desk, f"/v1/keys/{made['id']}/revocation", {"reason": "Mất"})
        await send(visit, "check")
        await expect(page.locator('input[name="values.area_ha"]')).to_have_value("45")
        await check(visit, width)
        visit.page = await page.context.new_page()
        await visit.page.goto("/sign-in?back=/")
        await come_to(visit, desk, language, "/")
        await visit.page.close()
        visit.page = page
        await page.locator(f'form[action^="{_FORM}"] button').click()
        await expect(page.locator('[name="values.area_ha"]')).to_have_value("45")
        await record(visit, language, width)
        forgive(visit, "401")


async def test_the_way_back_from_what_was_recorded_is_the_form(
    browser: Browser, desk: Served
) -> None:
    """A browser that went back to the answer of a form could only offer to send it again."""
    async with Visits(browser, desk.base).open(f"/sign-in?back={_FORM}", "en") as visit:
        page = visit.page
        await come_to(visit, desk, "en", _FORM)
        await type_into(page, "source", "The report")
        await type_into(page, "effective_from", "2023")
        await type_into(page, "values.area_ha", "10 to 12")
        await record(visit, "en", DESK)
        await page.go_back()
        await visit.settled()
        await expect(page.locator('[name="values.area_ha"]')).to_have_value("")
        await page.reload()
        await expect(page.locator("h1")).to_contain_text("State something")


@pytest.mark.parametrize(("language", "width"), _LOOKS)
async def test_an_organization_is_registered_on_the_spot(
    browser: Browser, desk: Served, language: Language, width: int
) -> None:
    async with Visits(browser, desk.base).open(f"/sign-in?back={_FORM}", language) as visit:
        page = visit.page
        await visit.look(width, "light")
        await come_to(visit, desk, language, _FORM)
        await type_into(page, "source", "The report")
        await type_into(page, "effective_from", "2023")
        await page.locator('[name="values.investor"]').evaluate(
            "one => { one.closest('details').open = true }"
        )
        await type_into(page, "values.investor", "Công ty Mới")
        await send(visit, "check")
        box = page.locator('[name="new.investor"]')
        assert await box.get_attribute("aria-describedby") == "fault-values.investor"
        await check(visit, width)
        await box.check()
        await record(visit, language, width)
        async with httpx.AsyncClient(base_url=desk.base, trust_env=False) as client:
            site = (await client.get("/v1/sites/alpha")).json()
            assert site["investor_name"] == "Công ty Mới"
        forgive(visit, "422")
