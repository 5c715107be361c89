"""`icr serve`."""

import asyncio
import os
from contextlib import suppress
from errno import EADDRINUSE
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app.cli.common import ERR, OUT, check_migrated, opened_database, read_settings
from app.cli.server import Config, ServingConfig
from app.core.settings import Settings
from app.http.metrics import MULTIPROCESS_FOLDER

_NOT_STARTED = 3


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that serve, best one per core.")
    ] = 1,
) -> None:
    """Serve the register over HTTP. ICR_DATABASE_URL names the database.

    With several workers a parent watches over them: it replaces one that dies, and has all of them
    finish their requests when it is asked to stop.
    """
    settings = read_settings()
    _check(settings, workers)

    async def check() -> None:
        async with opened_database() as database:
            await check_migrated(database)

    asyncio.run(check())
    config = ServingConfig(
        "app.cli.worker:worker", settings, factory=True, host=host, port=port, workers=workers
    )
    # Opened here, so that no request is refused while a worker begins or is replaced: it waits.
    listening = _listening(config)
    listening.listen(config.backlog)
    OUT.print(f"Serving on http://{host}:{port} (documentation at /docs). Stop with Ctrl-C.")
    # Ctrl-C is the usual way to stop; what was under way has been answered by then.
    with suppress(KeyboardInterrupt):
        if workers == 1:
            _serve_alone(config, listening)
        else:
            _serve_together(config, listening)


def _listening(config: Config) -> socket:
    """Open the socket to serve on; say what to do where the port is taken."""
    try:
        with socket(AF_INET6 if ":" in config.host else AF_INET) as tried:
            tried.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            tried.bind((config.host, config.port))
    except OSError as error:
        if error.errno != EADDRINUSE:
            raise
        ERR.print(
            f"Port {config.port} is in use: stop what serves there, or take another port by"
            " --port (make run PORT=…)."
        )
        raise typer.Exit(_NOT_STARTED) from error
    return config.bind_socket()


def _check(settings: Settings, workers: int) -> None:
    """Refuse several workers in production where each would count requests by itself."""
    is_counted_apart = workers > 1 and settings.rate_store_url is None
    if settings.environment == "production" and is_counted_apart:
        ERR.print(
            "ICR_RATE_STORE_URL: several workers need a store to count requests together, as in"
            " redis://host:6379; or serve with --workers 1."
        )
        raise typer.Exit(2)


def _serve_alone(config: Config, listening: socket) -> None:
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(_NOT_STARTED)


def _serve_together(config: Config, listening: socket) -> None:
    with TemporaryDirectory(prefix="icr-metrics-") as folder:
        os.environ[MULTIPROCESS_FOLDER] = folder
        supervisor = Multiprocess(config, sockets=[listening])
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise typer.Exit(_NOT_STARTED)
