"""A real browser on a real service: Chromium without a window, steered by Playwright."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserType, async_playwright

from app.database import Database
from tests.browser.visits import Visits
from tests.support.processes import Served, served
from tests.support.registers import Templates, beginning_with, prepare_seeded, seed

# Without a graphics card WebGL is drawn by the processor, which Chromium does on request only.
_ARGUMENTS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox")


@beginning_with(prepare_seeded)
async def prepare_all_seeds(database: Database) -> None:
    """Record what `make run` and `make seed-outside` record."""
    await seed(database, "outside")


@pytest.fixture(scope="session")
async def service(templates: Templates) -> AsyncIterator[Served]:
    """Give a service on a register with all seeds, to be read only."""
    async with templates.copy("sqlite", prepare_all_seeds) as url, served(url) as found:
        yield found


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[BrowserType]:
    """Give what starts browsers."""
    async with async_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture
async def browser(chromium: BrowserType) -> AsyncIterator[Browser]:
    """Give a browser without profile, to each test its own: several maps wear one out."""
    path = shutil.which("chromium-headless-shell")
    assert path, "Chromium's headless shell is not installed; `make test-browser` installs it"
    async with await chromium.launch(executable_path=path, args=[*_ARGUMENTS]) as started:
        yield started


@pytest.fixture
def visits(browser: Browser, service: Served) -> Visits:
    """Give what opens pages of the service and notes what must not happen on any."""
    return Visits(browser, service.base)
