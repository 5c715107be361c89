"""`icr examples`: sending the examples of the OpenAPI document, and keeping the answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import typer
from fastapi import FastAPI

from app.api.examples.describing import ANSWERS
from app.api.examples.model import Example
from app.api.examples.reads import READS
from app.api.examples.writes import WRITES
from app.cli.common import OUT
from app.database import Database
from app.main import create_app
from app.repositories.places import read_units
from app.repositories.snapshots import today
from app.services.ledger import Writer
from app.services.schema import migrate
from app.services.seeding import load_set
from app.services.units import load_units
from app.settings import Settings

Answers = dict[str, dict[str, Any]]
_AUTHOR = "icr seed"
# What is another with every run is shown as it was in one.
_MOVING = {
    "recorded_at": "2025-11-03T02:15:00Z",
    "retracted_at": "2025-11-03T02:15:00Z",
    "digest": "5b0f3a3c7d6a4e0c9a1f0d6f6f2b7c5f1d9a8b7e6c5d4f3a2b1c0d9e8f7a6b5c",
}
_DAY = "2025-11-03"
_JSON = ("application/json", "application/merge-patch+json")


def examples(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = ANSWERS,
) -> None:
    """Answer the examples of the OpenAPI document anew, from a register that is made for it."""
    text = json.dumps(asyncio.run(_answers()), ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")
    OUT.print(f"Written: {file}")


async def _answers() -> Answers:
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/examples.sqlite3")
        await seed_examples(settings)
        app = create_app(settings)
        async with _client(app) as client:
            return await answer_all(client, app.openapi())


async def seed_examples(settings: Settings) -> None:
    """Bring the database of some settings to the state that the examples are about."""
    database = Database(settings.database_url)
    await migrate(database)
    await load_units(database, settings.seeds_dir / "units")
    async with database.read() as connection:
        writer = Writer(database, await read_units(connection), _AUTHOR)
    async for _ in load_set(writer, settings.seeds_dir, "documents"):
        pass
    await database.close()


@asynccontextmanager
async def _client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
            yield client


async def answer_all(
    client: httpx.AsyncClient, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Answers:
    """Send every example in its order; a register with the facts of the documents answers.

    ``headers`` are sent with each request, to be let in. Returns the answers by operation and
    status; files that are no text have none. A write is tried by ``dry_run`` before it is made.
    """
    client.headers.update(headers or {})
    routes = {
        operation["operationId"]: (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    answers: Answers = {}
    for example in READS + WRITES:
        method, path, operation = routes[example.operation]
        found = answers.setdefault(example.operation, {})
        for query in _queries(method):
            response = await _send(client, method, path, operation, example, query)
            found[str(response.status_code)] = _shown(response)
    return {name: found for name, found in answers.items() if any(found.values())}


def _queries(method: str) -> list[dict[str, str]]:
    return [{"dry_run": "true"}, {}] if method == "post" else [{}]


async def _send(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    operation: Any,
    example: Example,
    query: Mapping[str, str],
) -> httpx.Response:
    content, headers = None, dict(example.headers)
    if example.body is not None:
        content = json.dumps(example.body).encode()
        headers["Content-Type"] = next(iter(operation["requestBody"]["content"]))
    url = path.format_map(example.path)
    response = await client.request(
        method, url, params={**example.query, **query}, content=content, headers=headers
    )
    if not response.is_success:
        message = f"{example.operation}: {response.text}"
        raise ValueError(message)
    return response


def _shown(response: httpx.Response) -> Any:
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type in _JSON:
        return _settled(response.json(), today().isoformat())
    return response.text if media_type in {"text/csv", "application/geo+json"} else None


def _settled(value: Any, day: str) -> Any:
    """Replace what is another with every run or every day."""
    if isinstance(value, list):
        return [_settled(item, day) for item in value]
    if isinstance(value, dict):
        return {
            name: _MOVING[name] if name in _MOVING else _settled(inner, day)
            for name, inner in value.items()
        }
    return _DAY if value == day else value
