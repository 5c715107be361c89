"""Fixtures: a real database of each kind, the real app on it, and a client."""

import gc
import os
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from hypothesis import settings

from app.access.audit import Journal
from app.database import Database
from app.units.units import Units
from tests.support.catalogue import prepare_catalogue
from tests.support.figures import prepare_figures
from tests.support.http import latest_revision, prepare_sourced
from tests.support.memory import prefer_memory
from tests.support.operations import prepare_documents
from tests.support.postgres import postgres_server
from tests.support.registers import (
    KINDS,
    Templates,
    opened,
    pass_over,
    prepare_empty,
    prepare_seeded,
    serving_last,
    units_of,
)

# Machines are noisy: how long an example takes says nothing about whether it is right.
# In CI the same examples come every time; elsewhere new ones are looked for.
settings.register_profile("registry", deadline=None, derandomize="CI" in os.environ)


settings.load_profile("registry")


# What requests leave to be noted is written when a test asks for it: reads stay as they are.
Journal.interval = 3600.0


def pytest_configure(config: pytest.Config) -> None:
    prefer_memory()
    config.addinivalue_line("markers", "databases(*kinds): run on these databases only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests on SQLite and on PostgreSQL, or on the databases that their module names.

    It names one where the database has no part in what is tested.
    """
    marker = metafunc.definition.get_closest_marker("databases")
    for name in {"kind", "module_kind"} & set(metafunc.fixturenames) - _parametrized(metafunc):
        kinds = marker.args if marker else KINDS
        if name == "module_kind":
            metafunc.parametrize(name, kinds, indirect=True, scope="module")
        else:
            metafunc.parametrize(name, kinds, indirect=True)


def _parametrized(metafunc: pytest.Metafunc) -> set[str]:
    """Return the arguments for which a test says itself what they are."""
    found: set[str] = set()
    for marker in metafunc.definition.iter_markers("parametrize"):
        names = marker.args[0]
        found |= {name.strip() for name in names.split(",")} if isinstance(names, str) else {*names}
    return found


# What takes longest comes first, so that the processes end at about the same time.
LONGEST = (
    "test_odd_input.py",
    "test_history_oracle.py",
    "test_earlier_register.py",
    "test_timeline_oracle.py",
    "test_cli.py",
    "test_standbys.py",
    "test_backups.py",
    "test_edits.py",
    "test_serving.py",
    "test_server.py",
    "test_changes.py",
    "test_new_subject.py",
    "test_commit_kills.py",
    "test_kept_findings.py",
    "test_kept_steps.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over modules and tests, and look at the rest rarely."""
    pass_over()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio only: the drivers are made for it."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give a PostgreSQL server for the whole run: the base URL, without a database."""
    with postgres_server() as base_url:
        yield base_url


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Templates:
    """Give the prepared databases of this run."""
    return Templates(tmp_path_factory.mktemp("databases"), request)


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """Name the database that the test runs on: see ``pytest_generate_tests``."""
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgres")
    return name


@pytest.fixture
async def empty_url(
    kind: str, templates: Templates, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """Give the URL of a migrated database without facts."""
    copied = templates.keyed_copy if "client" in request.fixturenames else templates.copy
    async with copied(kind, prepare_empty) as url:
        yield url


@pytest.fixture
async def seeded_url(
    kind: str, templates: Templates, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """Give the URL of a database with the facts of the documents."""
    copied = templates.keyed_copy if "seeded_client" in request.fixturenames else templates.copy
    async with copied(kind, prepare_seeded) as url:
        yield url


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    """Give a migrated database without facts."""
    async with opened(empty_url) as found:
        yield found


@pytest.fixture
async def seeded(seeded_url: str) -> AsyncIterator[Database]:
    """Give a database with the facts of the documents."""
    async with opened(seeded_url) as found:
        yield found


@pytest.fixture
async def units(database: Database) -> Units:
    """Give all administrative units."""
    return await units_of(database)


@pytest.fixture
async def client(empty_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client to the app on an empty register."""
    async with serving_last(empty_url) as found:
        yield found


@pytest.fixture
async def seeded_client(seeded_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client to the app on a register with the facts of the documents."""
    async with serving_last(seeded_url) as found:
        yield found


@pytest.fixture(scope="module")
def module_kind(request: pytest.FixtureRequest) -> str:
    """Name the database that the tests of a module run on, which share one register."""
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgres")
    return name


@pytest.fixture(scope="module")
async def shared(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register with sources only; each test registers sites of its own in it."""
    async with templates.served(module_kind, prepare_sourced) as client:
        yield client


@pytest.fixture(scope="module")
async def documents(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register with the facts of the documents, to be read only."""
    async with templates.served(module_kind, prepare_documents) as client:
        yield client


@pytest.fixture
async def sourced_client(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register of the test's own, with sources only."""
    async with templates.served(kind, prepare_sourced) as client:
        yield client


@pytest.fixture(scope="module")
async def catalogue(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give the register of the catalogue, to be read only."""
    async with templates.served(module_kind, prepare_catalogue) as client:
        yield client


@pytest.fixture
async def own_catalogue(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a copy of the register of the catalogue, to be written to."""
    async with templates.served(kind, prepare_catalogue) as client:
        yield client


@pytest.fixture(scope="module")
async def figures(module_kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give the register of the figures, to be read only."""
    async with templates.served(module_kind, prepare_figures) as client:
        yield client


@pytest.fixture
async def own_figures(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a copy of the register of the figures, to be written to."""
    async with templates.served(kind, prepare_figures) as client:
        yield client


@pytest.fixture
async def unchanged(documents: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Give the register of the documents; nothing may have been recorded at the end."""
    before = await latest_revision(documents)
    yield documents
    assert await latest_revision(documents) == before
