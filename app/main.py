"""The application: put together from settings, with what lives as long as it does; its server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket

import uvicorn
from fastapi import FastAPI

from app.api import ROUTERS
from app.api.document import described
from app.api.methods import PathMethods
from app.api.problems import install_problem_handlers
from app.api.reads import ReadMiddleware
from app.api.routes import StrictRoute
from app.database import Database
from app.repositories.places import read_units
from app.services.feed import Feed
from app.services.requests import InFlight
from app.settings import Settings, get_settings

_DESCRIPTION = """\
The register of industrial zones (khu công nghiệp) and clusters (cụm công nghiệp) of Vietnam's
provinces: every status they ever had, who said so, and when that became known, with the figures
of a province recomputed for any date, as known on any date.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; the database must be migrated (``icr migrate``)."""
    chosen = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Feed]]:
        database = Database.of(chosen)
        feed = Feed(database, chosen.max_streams)
        try:
            async with database.read() as connection:
                app.state.units = await read_units(connection)
            app.state.database = database
            app.state.in_flight = InFlight()
            app.state.feed = feed
            # The server finds it in the state of its lifespan.
            yield {"feed": feed}
        finally:
            await feed.close()
            await database.close()

    app = FastAPI(
        title="Industrial cluster registry",
        version="0.1.0",
        summary="Industrial land of Vietnam's provinces: every statement, both time axes.",
        description=_DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    app.router.route_class = StrictRoute
    app.state.max_body_bytes = chosen.max_body_bytes
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    for router in ROUTERS:
        app.include_router(router)
    app.state.methods = PathMethods(app)
    install_problem_handlers(app)
    app.add_middleware(ReadMiddleware)
    return app


class Server(uvicorn.Server):
    """A server that ends the streams of changes when it is to stop.

    It would wait for them otherwise: for each request that is under way, and a stream has no end.
    """

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the streams, then wait for the other requests and stop."""
        feed: Feed | None = self.lifespan.state.get("feed")
        if feed is not None:
            feed.end()
        await super().shutdown(sockets)
