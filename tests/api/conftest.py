"""Registers for the HTTP tests, each with the real app on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import update

from app.database import Database
from app.repositories.tables import ACCESS_KEYS
from tests.api.catalogue import prepare_catalogue
from tests.api.figures import prepare_figures
from tests.api.helpers import latest_revision, prepare_sourced
from tests.api.operations import KNOWN
from tests.conftest import KINDS, Prepare, Templates, make_key, prepare_seeded, serving


@asynccontextmanager
async def _register(
    templates: Templates, kind: str, name: str, prepare: Prepare
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a copy of a register that is prepared once."""
    async with templates.copy(kind, name, prepare) as url, serving(url) as client:
        yield client


@pytest.fixture(scope="module", params=KINDS)
def module_kind(request: pytest.FixtureRequest) -> str:
    """Run the tests of a module on SQLite and on PostgreSQL, each on one register."""
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgres")
    return name


@pytest.fixture(scope="module")
async def shared(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register with sources only; each test registers sites of its own in it."""
    async with _register(templates, module_kind, "sourced", prepare_sourced) as client:
        yield client


@pytest.fixture(scope="module")
async def documents(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register with the facts of the documents, to be read only."""
    async with _register(templates, module_kind, "seeded_with_key", prepare_documents) as client:
        yield client


async def prepare_documents(database: Database) -> None:
    """Record the facts of the documents, and give the key that the operations name its id."""
    await prepare_seeded(database)
    made = await make_key(database, "known")
    async with database.write() as session:
        renamed = update(ACCESS_KEYS).where(ACCESS_KEYS.c.id == made.id)
        await session.execute(renamed.values(id=KNOWN["key_id"]))


@pytest.fixture
async def sourced_client(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register of the test's own, with sources only."""
    async with _register(templates, kind, "sourced", prepare_sourced) as client:
        yield client


@pytest.fixture(scope="module")
async def catalogue(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give the register of the catalogue, to be read only."""
    async with _register(templates, module_kind, "catalogue", prepare_catalogue) as client:
        yield client


@pytest.fixture
async def own_catalogue(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a copy of the register of the catalogue, to be written to."""
    async with _register(templates, kind, "catalogue", prepare_catalogue) as client:
        yield client


@pytest.fixture(scope="module")
async def figures(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give the register of the figures, to be read only."""
    async with _register(templates, module_kind, "figures", prepare_figures) as client:
        yield client


@pytest.fixture
async def own_figures(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a copy of the register of the figures, to be written to."""
    async with _register(templates, kind, "figures", prepare_figures) as client:
        yield client


@pytest.fixture
async def unchanged(documents: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Give the register of the documents; nothing may have been recorded at the end."""
    before = await latest_revision(documents)
    yield documents
    assert await latest_revision(documents) == before
