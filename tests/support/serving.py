"""The app with settings of a test's own, as ASGI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from app.core.settings import Settings
from tests.support.references import RESOLVING
from tests.support.registers import app_on, running, settings_on


@asynccontextmanager
async def application(
    url: str, address: str = "127.0.0.1", **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Run the app on a database and lend a client that comes from an address."""
    async with started(url, **settings) as app, coming_from(address, app) as client:
        yield client


@asynccontextmanager
async def coming_from(address: str, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a client of a running app that comes from an address."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://register", event_hooks=RESOLVING
    ) as client:
        yield client


@asynccontextmanager
async def started(url: str, **settings: Any) -> AsyncIterator[FastAPI]:
    """Run an app, which other tests have run before, on a database."""
    async with running(settings_on(url, **settings)) as app:
        yield app


@asynccontextmanager
async def started_anew(url: str, **settings: Any) -> AsyncIterator[FastAPI]:
    """Run an app of the test's own: it has counted nothing yet, neither metrics nor rates."""
    app = await app_on(Settings(database_url=url, **settings))
    async with app.router.lifespan_context(app):
        yield app
