"""Fixtures: a real database of each kind, the real app on it, and a client."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings

from app.database import Database
from app.domain.principals import PrincipalRole
from app.domain.units import Units
from app.main import create_app
from app.repositories.places import read_units
from app.schemas.keys import IssuedKey, KeyCreation
from app.services.audit import Actor, Journal
from app.services.keys import create_key
from app.services.ledger import Writer
from app.services.schema import migrate
from app.services.seeding import Result, load_set
from app.services.units import load_units
from app.settings import Settings
from tests.postgres import create_database, database_url, drop_database, postgres_server

# Machines are noisy: how long an example takes says nothing about whether it is right.
# In CI the same examples come every time; elsewhere new ones are looked for.
settings.register_profile("registry", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("registry")

# What requests leave to be noted is written when a test asks for it: reads stay as they are.
Journal.interval = 3600.0

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
# Reading them takes longer than most tests do.
_UNITS: list[Units] = []
KINDS = ("sqlite", "postgresql")
Prepare = Callable[[Database], Awaitable[None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the processes end at about the same time."""
    items.sort(key=lambda item: item.path.name != "test_schemathesis.py")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio only: the drivers are made for it."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give a PostgreSQL server for the whole run: the base URL, without a database."""
    with postgres_server() as base_url:
        yield base_url


async def prepare_empty(database: Database) -> None:
    """Bring a database to this release, with the administrative units."""
    await migrate(database)
    await load_units(database, SEEDS / "units")


async def prepare_seeded(database: Database) -> None:
    """Record the facts of the documents in a database."""
    await prepare_empty(database)
    await seed(database, "documents")


async def seed(database: Database, name: str) -> None:
    """Load a seed set; every entry must be recorded."""
    writer = await writer_on(database, "seed")
    refused = [o async for o in load_set(writer, SEEDS, name) if o.result is not Result.recorded]
    assert not refused


async def writer_on(
    database: Database, author: str = "tester", units: Units | None = None
) -> Writer:
    """Return a writer on a database; say which units it has if they are not those of all."""
    return Writer(database, units or await known_units(database), author)


async def units_of(database: Database) -> Units:
    """Read the administrative units of a database."""
    async with database.read() as connection:
        return await read_units(connection)


async def known_units(database: Database) -> Units:
    """Return the administrative units, which are the same in all prepared databases."""
    if not _UNITS:
        _UNITS.append(await units_of(database))
    return _UNITS[0]


class Templates:
    """Databases prepared once and copied for each test."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        """Keep where to put SQLite files and how to get at PostgreSQL."""
        self._folder = folder
        self._request = request
        self._made: dict[tuple[str, str], str] = {}
        self._count = 0

    @asynccontextmanager
    async def copy(self, kind: str, name: str, prepare: Prepare) -> AsyncIterator[str]:
        """Lend the URL of a fresh copy of the template ``name``."""
        if (kind, name) not in self._made:
            self._made[kind, name] = await self._make(kind, name, prepare)
        self._count += 1
        async with self._copied(kind, self._made[kind, name]) as url:
            yield url

    async def _make(self, kind: str, name: str, prepare: Prepare) -> str:
        if kind == "sqlite":
            made, url = str(self._folder / f"{name}.sqlite3"), ""
            url = f"sqlite+aiosqlite:///{made}"
        else:
            made = f"template_{name}_{id(self)}"
            await create_database(self._base, made)
            url = database_url(self._base, made)
        database = Database(url)
        await prepare(database)
        await database.close()
        return made

    @property
    def _base(self) -> str:
        base: str = self._request.getfixturevalue("postgres")
        return base

    @asynccontextmanager
    async def _copied(self, kind: str, made: str) -> AsyncIterator[str]:
        if kind == "sqlite":
            path = self._folder / f"copy-{self._count}.sqlite3"
            shutil.copyfile(made, path)
            yield f"sqlite+aiosqlite:///{path}"
            for leftover in self._folder.glob(f"{path.name}*"):
                leftover.unlink()
            return
        name = f"copy_{self._count}_{id(self)}"
        await create_database(self._base, name, template=made)
        yield database_url(self._base, name)
        await drop_database(self._base, name)


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Templates:
    """Give the prepared databases of this run."""
    return Templates(tmp_path_factory.mktemp("databases"), request)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Run the test on SQLite and on PostgreSQL."""
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgres")
    return name


@pytest.fixture
async def empty_url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a migrated database without facts."""
    async with templates.copy(kind, "empty", prepare_empty) as url:
        yield url


@pytest.fixture
async def seeded_url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a database with the facts of the documents."""
    async with templates.copy(kind, "seeded", prepare_seeded) as url:
        yield url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open a database and close it at the end."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


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


async def make_key(
    database: Database,
    name: str = "tester",
    role: PrincipalRole = PrincipalRole.administrator,
    provinces: Sequence[tuple[str, str]] = (),
) -> IssuedKey:
    """Make a key; ``provinces`` are codes and days on which they were in use."""
    rights = [{"code": code, "on": on} for code, on in provinces]
    wanted = KeyCreation.model_validate({"name": name, "role": role, "provinces": rights})
    return await create_key(database, await known_units(database), wanted, Actor("tests"))


def bearer(key: str) -> dict[str, str]:
    """Return the header that sends credentials."""
    return {"Authorization": f"Bearer {key}"}


async def app_on(settings: Settings) -> FastAPI:
    """Make the application as the settings want it, with the units of all prepared databases."""
    async with opened(settings.database_url) as database:
        return create_app(settings, await known_units(database))


@asynccontextmanager
async def serving(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Run the real app on a database and lend a client to it, with an administrator's key."""
    async with opened(url) as database:
        key = await make_key(database)
    app = await app_on(Settings(database_url=url, **settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", headers=bearer(key.key)
        ) as client:
            yield client


@pytest.fixture
async def client(empty_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client to the app on an empty register."""
    async with serving(empty_url) as found:
        yield found


@pytest.fixture
async def seeded_client(seeded_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client to the app on a register with the facts of the documents."""
    async with serving(seeded_url) as found:
        yield found


async def get(client: httpx.AsyncClient, path: str, **parameters: Any) -> Any:
    """Read JSON; the answer must be a success."""
    response = await client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


async def post(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    """Write JSON; the answer must be 201."""
    response = await client.post(path, json=body)
    assert response.status_code == 201, response.text
    return response.json()
