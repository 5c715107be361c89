"""Registers for tests: databases prepared once and copied, the real app on them, a client."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from app.access.audit import Actor
from app.access.keys import create_key
from app.access.principals import PrincipalRole
from app.access.schemas import IssuedKey, KeyCreation
from app.core.database_urls import parse_database_url
from app.core.settings import Settings
from app.database import Database
from app.database.schema import migrate
from app.database.tables import REVISION_COUNTER
from app.entry.seeding import Result, load_set
from app.ledger.revisions import Writer
from app.main import create_app
from app.units.tables import ADMIN_UNITS, read_units
from app.units.units import Units
from app.upkeep.rebuilding import load_units
from tests.support.postgres import create_database, database_url, drop_database
from tests.support.references import RESOLVING

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


# Reading them takes longer than most tests do.
_UNITS: dict[tuple[int, int], Units] = {}


# Putting its routes together takes longer than most tests do: an application that is stopped waits
# here, with its settings, for the next test that wants the same ones on another database.
_STOPPED: dict[str, list[tuple[FastAPI, Settings]]] = {}


# Copies that are served first have a key already: what it is, and the units they have.
_KEYED: dict[str, tuple[str, Units]] = {}


KINDS = ("sqlite", "postgresql")


def pass_over() -> None:
    """Let the garbage collector pass over all that there is, because it stays.

    Walking through all of it again and again would take a tenth of the time of a run.
    """
    gc.collect()
    gc.freeze()


Prepare = Callable[[Database], Awaitable[None]]
# What a preparation begins with, when that is not a database without tables.
_BASES: dict[Prepare, Prepare] = {}


def beginning_with(base: Prepare) -> Callable[[Prepare], Prepare]:
    """Let a preparation begin with a copy of what another one made."""

    def note(prepare: Prepare) -> Prepare:
        _BASES[prepare] = base
        return prepare

    return note


async def prepare_empty(database: Database) -> None:
    """Bring a database to this release, with the administrative units."""
    await migrate(database)
    await load_units(database, SEEDS / "units")


@beginning_with(prepare_empty)
async def prepare_seeded(database: Database) -> None:
    """Record the facts of the documents in a database."""
    await seed(database, "documents")


async def seed(database: Database, name: str) -> None:
    """Load a seed set; every entry must be recorded."""
    writer = await writer_on(database, "icr seed")
    refused = [o async for o in load_set(writer, SEEDS, name) if o.result is not Result.recorded]
    assert not refused


async def writer_on(
    database: Database, author: str = "tester", units: Units | None = None
) -> Writer:
    """Return a writer on a database; say which units it has if they are not those of all.

    Those of all are of no edition here: the writer goes on after a rebuild, which counts it.
    """
    if units is None:
        units = copy(await known_units(database))
        units.edition = None
    return Writer(database, units, author)


async def units_of(database: Database) -> Units:
    """Read the administrative units of a database."""
    async with database.read() as connection:
        return await read_units(connection)


async def known_units(database: Database) -> Units:
    """Return the administrative units of a database.

    Those that are loaded first are the same in all prepared databases, and kept. What is loaded
    later, and each rebuild, has an edition of its own.
    """
    size = select(func.count()).select_from(ADMIN_UNITS).scalar_subquery()
    async with database.read() as connection:
        row = (await connection.execute(select(REVISION_COUNTER.c.units_edition, size))).one()
    key = (row[0], row[1])
    if key[0] > 1:
        return await units_of(database)
    if key not in _UNITS:
        _UNITS[key] = await units_of(database)
        pass_over()
    return _UNITS[key]


class Templates:
    """Databases prepared once and copied for each test."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        """Keep where to put SQLite files and how to get at PostgreSQL."""
        self._folder = folder
        self._request = request
        self._made: dict[tuple[str, Prepare], str] = {}
        self._keyed: dict[str, tuple[str, str, Units]] = {}
        self._count = 0

    @asynccontextmanager
    async def copy(self, kind: str, prepare: Prepare) -> AsyncIterator[str]:
        """Lend the URL of a fresh copy of what ``prepare`` makes."""
        async with self._copied(kind, await self._template(kind, prepare)) as url:
            yield url

    @asynccontextmanager
    async def keyed_copy(self, kind: str, prepare: Prepare) -> AsyncIterator[str]:
        """Lend the URL of a copy that is to be served: it has the key that ``serving`` makes."""
        template = await self._template(kind, prepare)
        if template not in self._keyed:
            self._keyed[template] = await self._with_key(kind, template)
        made, key, units = self._keyed[template]
        async with self._copied(kind, made) as url:
            _KEYED[url] = key, units
            yield url
            _KEYED.pop(url, None)

    @asynccontextmanager
    async def served(self, kind: str, prepare: Prepare) -> AsyncIterator[httpx.AsyncClient]:
        """Serve a copy, as ``serving`` does."""
        async with self.keyed_copy(kind, prepare) as url, serving_last(url) as client:
            yield client

    async def _template(self, kind: str, prepare: Prepare) -> str:
        if (kind, prepare) not in self._made:
            base = _BASES.get(prepare)
            template = await self._template(kind, base) if base else None
            made, url = await self._new(kind, prepare.__name__, template)
            async with opened(url) as database:
                await prepare(database)
            self._made[kind, prepare] = made
        return self._made[kind, prepare]

    async def _with_key(self, kind: str, template: str) -> tuple[str, str, Units]:
        name = f"keyed_{Path(template).stem}"
        made, url = await self._new(kind, name, template)
        async with opened(url) as database:
            return made, (await make_key(database)).key, await known_units(database)

    async def _new(self, kind: str, name: str, template: str | None) -> tuple[str, str]:
        if kind == "sqlite":
            made = str(self._folder / f"{name}.sqlite3")
            if template:
                shutil.copyfile(template, made)
            return made, f"sqlite+aiosqlite:///{made}"
        made = f"{name}_{id(self)}"
        await create_database(self._base, made, template)
        return made, database_url(self._base, made)

    @property
    def _base(self) -> str:
        base: str = self._request.getfixturevalue("postgres")
        return base

    @asynccontextmanager
    async def _copied(self, kind: str, made: str) -> AsyncIterator[str]:
        self._count += 1
        name = f"copy_{self._count}"
        _, url = await self._new(kind, name, made)
        yield url
        if kind == "sqlite":
            for leftover in self._folder.glob(f"{name}.sqlite3*"):
                leftover.unlink()
        else:
            await drop_database(self._base, f"{name}_{id(self)}")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open a database and close it at the end."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


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


async def _lasting_app(settings: Settings) -> FastAPI:
    app = await app_on(settings)
    pass_over()
    return app


@cache
def _settings_in(environment: frozenset[tuple[str, str]], **chosen: Any) -> Settings:
    """Read the settings of an environment; that takes longer than most requests do."""
    assert environment <= {*os.environ.items()}
    return Settings(**chosen)


def settings_on(url: str, **chosen: Any) -> Settings:
    """Return the settings with a database, the chosen ones, and those of the environment."""
    environment = frozenset(item for item in os.environ.items() if item[0].startswith("ICR_"))
    found = _settings_in(environment, **chosen).model_copy()
    found.database_url = parse_database_url(url).render_as_string(hide_password=False)
    return found


@asynccontextmanager
async def lent(settings: Settings) -> AsyncIterator[FastAPI]:
    """Lend an application that is to be started; when it is stopped again, the next test gets it.

    Its metrics and rate limits live longer than its lifespan: they count on. A test that counts
    them, or changes the application itself, makes one of its own: see ``serving.started_anew``.
    """
    stopped = _STOPPED.setdefault(settings.model_dump_json(exclude={"database_url"}), [])
    app, own = stopped.pop() if stopped else (await _lasting_app(settings), settings)
    own.database_url = settings.database_url
    yield app
    stopped.append((app, own))


@asynccontextmanager
async def running(settings: Settings, units: Units | None = None) -> AsyncIterator[FastAPI]:
    """Run an application that is lent on a database."""
    if units is None:
        async with opened(settings.database_url) as database:
            units = await known_units(database)
    async with lent(settings) as app, app.router.lifespan_context(app):
        # Each rebuild counts the edition, so another database may have another one.
        app.state.service.units = units
        yield app


@asynccontextmanager
async def serving(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Run the real app on a database and lend a client to it, with an administrator's key."""
    async with _served(url, **settings) as (_, client):
        yield client


@asynccontextmanager
async def serving_last(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Serve as ``serving`` does; the notes of the end, which nobody can read, are not written."""
    async with _served(url) as (app, client):
        yield client
        journal = app.state.service.authenticator.journal
        journal._uses, journal._visits = {}, {}
        journal._refusals.take()


@asynccontextmanager
async def _served(url: str, **settings: Any) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    known = _KEYED.pop(url, None)
    if known is None:
        async with opened(url) as database:
            known = (await make_key(database)).key, await known_units(database)
    key, units = known
    async with running(settings_on(url, **settings), units) as app:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://register",
            headers=bearer(key),
            event_hooks=RESOLVING,
        ) as client:
            yield app, client


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
