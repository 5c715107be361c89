"""Bringing a file by keyboard alone: sent, answered, looked at, recorded and undone, each once."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, expect

from tests.browser.test_pages import check_fits
from tests.browser.visits import DESK, PHONE, TWICE, Language, Visit, Visits
from tests.support.import_registers import prepare_lao_cai
from tests.support.importing import sample
from tests.support.processes import Served, served
from tests.support.registers import Templates

SECONDS = 60_000
"""Milliseconds for what happens on the server; machines are busy."""
MOST = 300
"""Seconds for a whole way through several pages, each looked at as everybody does."""
FIRST = "/sign-in?back=/imports/new"
CELLS = "TT\tTên CCN\tDiện tích (ha)\n1\tCCN Hồng Đầm\t1.125\n"
WORDS: Mapping[Language, Mapping[str, str]] = {
    "vi": {
        "key": "Khóa",
        "effect": "Xem những gì sẽ thay đổi",
        "recorded": "Đã ghi vào sổ",
        "undo": "Hủy lần nhập này",
        "undone": "Đã hủy ở lần ghi",
        "restored": "Nội dung bạn đã nhập trước đây đã được điền lại.",
    },
    "en": {
        "key": "Key",
        "effect": "See what it would change",
        "recorded": "It is recorded",
        "undo": "Undo this import",
        "undone": "It was undone in revision",
        "restored": "What you typed before is in the form again.",
    },
}


@pytest.fixture
async def desk(templates: Templates) -> AsyncIterator[Served]:
    """Give a service on a register of Lào Cai, to be written to."""
    async with templates.copy("sqlite", prepare_lao_cai) as url, served(url) as found:
        yield found


def key_of(desk: Served) -> str:
    """Return the key of an administrator."""
    return desk.headers["Authorization"].removeprefix("Bearer ")


async def sign_in(visit: Visit, desk: Served, language: Language) -> None:
    """Sign in by a key, and come to the form for a file."""
    await visit.page.get_by_label(WORDS[language]["key"], exact=True).focus()
    await visit.page.keyboard.type(key_of(desk))
    await visit.page.keyboard.press("Enter")
    await visit.page.wait_for_url("**/imports/new")
    await visit.settled()


async def press(button: Locator, key: str = "Enter") -> None:
    """Use what has the focus, by a key."""
    await button.focus()
    await expect(button).to_be_focused()
    await button.page.keyboard.press(key)


async def check(visit: Visit, width: int) -> None:
    """Check that everybody can use the page, and that text of twice the size fits."""
    await check_fits(visit)
    found = await Axe().run(visit.page)
    assert not found.violations_count, found.generate_report()
    await visit.page.evaluate(TWICE)
    await visit.look(width, "light")
    await check_fits(visit)
    await visit.page.evaluate("document.documentElement.style.fontSize = ''")


async def answer_sample_10(visit: Visit) -> None:
    """Confirm what is to be confirmed, correct 70 of 60 hectares, leave the last row out."""
    page = visit.page
    await press(page.locator('[name="row.6.confirmed"]'), "Space")
    await press(page.locator('[name="row.8.left_out"]'), "Space")
    await page.locator('[name="row.9.value.cleared_ha"]').focus()
    await page.keyboard.type("7,0")
    await press(page.locator('[name="row.10.left_out"]'), "Space")


async def answer_sample_5(visit: Visit) -> None:
    """Choose one of two readings, and confirm the rest; the zone is taken out."""
    page = visit.page
    for row in (10, 11, 12):
        await press(page.locator(f'[name="row.{row}.confirmed"]'), "Space")
    reading = 'input[name="row.11.pick.infrastructure_investment_vnd"]'
    await press(page.locator(f'{reading}[value="817303000000"]'), "Space")
    await press(page.locator('[name="row.15.left_out"]'), "Space")


@pytest.mark.parametrize(
    ("language", "width", "number", "answer", "province"),
    [("vi", PHONE, 10, answer_sample_10, "15"), ("en", DESK, 5, answer_sample_5, "")],
)
async def test_a_file_is_brought_by_keyboard(
    browser: Browser,
    desk: Served,
    language: Language,
    width: int,
    number: int,
    answer: Callable[[Visit], Awaitable[None]],
    province: str,
) -> None:
    words, before = WORDS[language], await revisions(desk)
    visits = Visits(browser, desk.base)
    async with visits.open(FIRST, language, width, seconds=MOST) as visit:
        page = visit.page
        await sign_in(visit, desk, language)
        await check(visit, width)
        await page.locator("[name=file]").set_input_files(sample(number))
        if province:
            await page.locator('[name="given.province_code"]').select_option(province)
        await press(page.locator("button[form=send]"))
        await page.wait_for_url("**/imports/2*")
        await visit.settled()
        await check(visit, width)
        await answer(visit)
        await press(page.locator("button[form=answers]"))
        await expect(page.locator(".question")).to_have_count(0, timeout=SECONDS)
        await visit.settled()
        await press(page.get_by_role("link", name=words["effect"]))
        await page.wait_for_url("**/effect")
        await visit.settled()
        await check(visit, width)
        await expect(page.locator("[name=skip_refused]")).to_have_count(0, timeout=SECONDS)
        await press(page.locator("#commit button"))
        await expect(page.get_by_role("heading", name=words["recorded"])).to_be_visible(
            timeout=SECONDS
        )
        await visit.settled()
        await check(visit, width)
        assert await revisions(desk) == before + 1
        await press(page.get_by_role("link", name=words["undo"]))
        await page.wait_for_url("**/retraction")
        await visit.settled()
        await check(visit, width)
        await page.locator("[name=reason]").focus()
        await page.keyboard.type("Gửi nhầm tệp")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text(words["undone"])).to_be_visible(timeout=SECONDS)
        await visit.settled()
        await check(visit, width)
        assert await revisions(desk) == before + 2
        await page.goto("/imports")
        await visit.settled()
        await check(visit, width)


async def revisions(desk: Served) -> int:
    """Return the number of the latest revision."""
    async with desk.client() as client:
        return int((await client.get("/v1/revisions?limit=1")).json()["items"][0]["number"])


async def imports(desk: Served) -> int:
    """Return how many imports there are."""
    async with desk.client() as client:
        return len((await client.get("/v1/imports")).json()["items"])


async def test_nothing_is_lost_and_nothing_done_twice(browser: Browser, desk: Served) -> None:
    """What is typed outlives a closed page and a lost connection; a double click sends once."""
    before = await revisions(desk)
    async with Visits(browser, desk.base).open(FIRST, "en", seconds=MOST) as visit:
        page, context = visit.page, visit.page.context
        await sign_in(visit, desk, "en")
        await page.locator("[name=cells]").fill(CELLS)
        await page.locator('[name="given.effective_from"]').fill("30/6/2026")
        await page.locator('[name="given.province_code"]').select_option("15")
        await page.goto("/")
        await page.goto("/imports/new")
        await expect(page.locator("[name=cells]")).to_have_value(CELLS)
        await expect(page.locator("#restored")).to_have_text(WORDS["en"]["restored"])
        await context.set_offline(True)
        await page.locator("button[form=send]").click()
        await context.set_offline(False)
        visit.faults = [one for one in visit.faults if "ERR_INTERNET_DISCONNECTED" not in one]
        await page.goto("/imports/new")
        await expect(page.locator("[name=cells]")).to_have_value(CELLS)
        await page.locator("button[form=send]").dblclick()
        await page.wait_for_url("**/imports/2*")
        await visit.settled()
        assert await imports(desk) == 1
        draft = page.url
        # An answer that is not sent is there when the page is opened again.
        await page.locator('[name="row.2.value.area_ha"]').fill("11,25")
        await page.goto("/imports")
        await page.goto(draft)
        await expect(page.locator('[name="row.2.value.area_ha"]')).to_have_value("11,25")
        # The session is over when it is sent: after signing in again it is there, too.
        await context.clear_cookies()
        await page.locator("button[form=answers]").click()
        await expect(page.locator("main a[href='/sign-in']")).to_be_visible(timeout=SECONDS)
        await page.goto(FIRST)
        await sign_in(visit, desk, "en")
        await page.goto(draft)
        visit.faults = [one for one in visit.faults if "401" not in one]
        await expect(page.locator('[name="row.2.value.area_ha"]')).to_have_value("11,25")
        await page.locator("button[form=answers]").click()
        await expect(page.locator(".question")).to_have_count(0, timeout=SECONDS)
        assert await page.evaluate("Object.keys(localStorage).length") == 0
        await page.goto(f"{draft}/effect")
        await page.locator("#commit button").dblclick()
        await expect(page.get_by_role("heading", name="It is recorded")).to_be_visible(
            timeout=SECONDS
        )
        await page.go_back()
        await page.reload()
        await visit.settled()
        assert await revisions(desk) == before + 1


async def test_a_file_is_brought_without_scripts(browser: Browser, desk: Served) -> None:
    visits, before = Visits(browser, desk.base), await revisions(desk)
    async with visits.open(FIRST, "vi", scripts=False, seconds=MOST) as visit:
        page = visit.page
        await sign_in(visit, desk, "vi")
        await page.locator("[name=file]").set_input_files(sample(3))
        await page.locator("button[form=send]").click()
        await page.wait_for_url("**/imports/2*")
        await page.get_by_role("link", name=WORDS["vi"]["effect"]).click()
        await page.locator("#commit button").click()
        # While it is recorded the page asks again by itself.
        await expect(page.get_by_role("heading", name=WORDS["vi"]["recorded"])).to_be_visible(
            timeout=SECONDS
        )
        assert await revisions(desk) == before + 1
