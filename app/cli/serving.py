"""`icr serve`."""

import asyncio
from contextlib import suppress
from typing import Annotated

import typer
import uvicorn

from app.api.unreadable import ProblemProtocol
from app.cli.common import OUT, opened_database, ready
from app.main import Server

# How long requests under way may take when the service stops; clients that no longer read do not
# hold it up for ever.
_PATIENCE_SECONDS = 10


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the register over HTTP. ICR_DATABASE_URL names the database."""

    async def check() -> None:
        async with opened_database() as database:
            await ready(database)

    asyncio.run(check())
    OUT.print(f"Serving on http://{host}:{port} (documentation at /docs). Stop with Ctrl-C.")
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        http=ProblemProtocol,
        log_level="warning",
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
    )
    server = Server(config)
    # Ctrl-C is the usual way to stop; what was under way has been answered by then.
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(3)
