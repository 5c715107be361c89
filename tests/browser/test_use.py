"""Pages as they are used: searching, comparing, and choices that stay; by keyboard alone."""

from playwright.async_api import expect

from tests.browser.visits import DESK, PHONE, Visits


async def test_what_is_searched_is_found_as_one_types(visits: Visits) -> None:
    """Without accents, and without another page: the address stays."""
    async with visits.open("/", "en") as visit:
        page = visit.page
        await page.locator("#q").focus()
        await page.keyboard.type("cho moi")
        for name in ("KCN Chợ Mới 1", "KCN Chợ Mới 2"):
            await expect(page.locator("#found").get_by_role("link", name=name)).to_be_visible()
        assert page.url == f"{visits.base}/"
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/search?q=cho+moi")
        await expect(page.get_by_role("link", name="KCN Chợ Mới 1").first).to_be_visible()


async def test_two_days_are_compared_and_what_differs_is_marked(visits: Visits) -> None:
    """Bắc Kạn had one zone until two more were proposed in December 2023."""
    day = "/compare?province_code=06&as_of=2023-12-31"
    async with visits.open(f"{day}&other_as_of=2023-12-31", "en") as visit:
        page = visit.page
        marked = page.locator("tr.changed")
        await expect(marked).to_have_count(0)
        other = page.locator(".filters [name=other_as_of]")
        await other.fill("2023-11-30")
        await other.press("Enter")
        await page.wait_for_url("**other_as_of=2023-11-30**")
        zones = marked.filter(has_text="Industrial zone").first
        assert (await zones.locator("td").all_inner_texts())[1:] == ["3", "1", "+2"]


async def test_language_and_theme_are_chosen_once(visits: Visits) -> None:
    """They stay on other pages and at the same day; the switch works by keyboard."""
    async with visits.open("/map?as_of=2023-12-31", "vi", theme="light") as visit:
        page, root = visit.page, visit.page.locator("html")
        await page.get_by_role("link", name="English").press("Enter")
        await expect(root).to_have_attribute("lang", "en")
        await page.get_by_role("link", name="Dark").press("Enter")
        await expect(root).to_have_attribute("data-theme", "dark")
        await visit.settled()
        await page.get_by_role("link", name="Overview").press("Enter")
        await page.wait_for_url("**/?as_of=2023-12-31")
        await expect(root).to_have_attribute("lang", "en")
        assert await root.get_attribute("data-theme") == "dark"


async def test_the_day_that_a_map_was_moved_to_goes_along(visits: Visits) -> None:
    async with visits.open("/map?as_of=2023-12-31", "en") as visit:
        page = visit.page
        await page.locator("#map-day").press("PageDown")
        await page.wait_for_url("**as_of=2022-12-31**")
        await page.get_by_role("link", name="CCN Quảng Chu").press("Enter")
        await page.wait_for_url("**/sites/ccn-quang-chu?as_of=2022-12-31")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Quảng Chu")


async def test_another_day_is_shown_at_the_same_revision(visits: Visits) -> None:
    async with visits.open("/sites/ccn-cam-giang?revision=6", "en") as visit:
        page = visit.page
        await page.locator(".snapshot [name=as_of]").fill("2023-12-31")
        await page.get_by_role("button", name="Show").press("Enter")
        await page.wait_for_url("**/sites/ccn-cam-giang?as_of=2023-12-31&revision=6")


async def test_without_scripts_no_state_of_knowledge_is_pinned(visits: Visits) -> None:
    async with visits.open("/provinces/06", "en", scripts=False) as visit:
        page = visit.page
        await page.locator(".snapshot [name=as_of]").fill("2023-12-31")
        await page.get_by_role("button", name="Show").press("Enter")
        await page.wait_for_url("**/provinces/06?as_of=2023-12-31&known_at=")
        assert "has changed since" not in await page.inner_text("main")


async def test_on_the_way_back_fields_show_the_day_of_the_page(visits: Visits) -> None:
    async with visits.open("/provinces/06?as_of=2021-12-31", "en") as visit:
        page = visit.page
        field, known = (page.locator(f".snapshot [name={name}]") for name in ("as_of", "known_at"))
        assert await known.input_value()
        await field.fill("2024-12-31")
        await page.get_by_role("button", name="Show").press("Enter")
        await page.wait_for_url("**as_of=2024-12-31")
        await page.go_back()
        await expect(field).to_have_value("2021-12-31")
        # A browser that keeps pages whole keeps what was filled in, too.
        await field.fill("2024-12-31")
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        await expect(field).to_have_value("2021-12-31")


async def test_on_phones_charts_say_that_they_go_on(visits: Visits) -> None:
    async with visits.open("/sites/ccn-cam-giang", "en", width=PHONE) as visit:
        hint = visit.page.get_by_text("scroll sideways").first
        await expect(hint).to_be_visible()
        await visit.look(DESK, "light")
        await expect(hint).to_be_hidden()


async def test_on_paper_the_permanent_link_is_written_out(visits: Visits) -> None:
    async with visits.open("/", "en") as visit:
        page = visit.page
        await page.emulate_media(media="print")
        await expect(page.locator("form.search")).to_be_hidden()
        written = await page.evaluate(
            "getComputedStyle(document.querySelector('[rel=bookmark]'), '::after').content"
        )
        assert f"{visits.base}/?as_of=" in written
