"""The app with settings of a test's own, as ASGI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from app.core.settings import Settings
from tests.support.references import RESOLVING
from tests.support.registers import app_on


@asynccontextmanager
async def application(
    url: str, address: str = "127.0.0.1", **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Run the app on a database and lend a client that comes from an address."""
    async with started(url, **settings) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", event_hooks=RESOLVING
        ) as client:
            yield client


@asynccontextmanager
async def started(url: str, **settings: Any) -> AsyncIterator[FastAPI]:
    """Run the app on a database."""
    app = await app_on(Settings(database_url=url, **settings))
    async with app.router.lifespan_context(app):
        yield app
