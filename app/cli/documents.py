"""`icr openapi`, `icr examples` and `icr messages`: the files of the project that it writes itself.

The OpenAPI document, the answers in its examples, and what translators begin with.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from fastapi import FastAPI

from app.access.audit import Actor
from app.access.keys import create_key
from app.access.principals import PrincipalRole
from app.access.schemas import KeyCreation
from app.cli import program
from app.cli.common import OUT
from app.core.dates import today
from app.core.digest import JsonObject
from app.core.messages import TEMPLATES, Template
from app.core.settings import Settings
from app.database import Database
from app.database.schema import migrate
from app.entry.seeding import load_set
from app.http.languages import LOCALES
from app.http.openapi.draft_examples import IMPORT_ID, IMPORTS, PROPOSALS
from app.http.openapi.examples import (
    ACCESS,
    ANSWERS,
    FIRST,
    KEY_ID,
    READS,
    SECRET_SHOWN,
    WRITES,
    Example,
)
from app.http.service import Service
from app.http.writing import FORM
from app.imports.reviewing import PASTED
from app.ledger.revisions import Writer
from app.main import create_app
from app.units.tables import read_units
from app.upkeep.rebuilding import load_units

Answers = dict[str, JsonObject]
_AUTHOR = "icr seed"
# What is another with every run is shown as it was in one.
_MOVING = {
    "recorded_at": "2025-11-03T02:15:00Z",
    "retracted_at": "2025-11-03T02:15:00Z",
    "created_at": "2025-11-03T02:15:00Z",
    "decided_at": "2025-11-03T02:15:00Z",
    "changed_at": "2025-11-03T02:15:00Z",
    "revoked_at": "2025-11-03T02:15:00Z",
    "last_used_at": "2025-11-03T02:15:00Z",
    "key": SECRET_SHOWN,
    "expires_at": "2026-11-03T02:15:00Z",
    "created_by": "icr keys",
    # Members of the audit log.
    "principal": "icr keys",
    "principal_id": None,
    "address": None,
    "digest": "5b0f3a3c7d6a4e0c9a1f0d6f6f2b7c5f1d9a8b7e6c5d4f3a2b1c0d9e8f7a6b5c",
}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z")
_DAY = "2025-11-03"
_DETAIL = f"Key {KEY_ID} for Nguyễn Văn An, administrator, until 2026-11-03T02:15:00+00:00."
_ENTRY_ID = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
_ENTRY_SHOWN = "20251103T021500000000-5b0f3a3c"
_IMPORT_ID = re.compile(r"[0-9]{8}-[0-9]{12}-[0-9a-f]{8}")
_NAMED = {
    "create_key": "key_id",
    "create_import": "import_id",
    "create_proposal": "proposal_id",
    "list_import_layouts": "layout_id",
}
"""The operations whose answers have the ids that stand in the paths of others."""
_MOMENT = 0.05
_JSON = ("application/json", "application/merge-patch+json", "application/geo+json")


def examples(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = ANSWERS,
) -> None:
    """Answer the examples of the OpenAPI document anew, from a register that is made for it."""
    text = json.dumps(asyncio.run(_answers()), ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")
    OUT.print(f"Written: {file}")


async def _answers() -> Answers:
    with TemporaryDirectory() as folder:
        # One key sends all examples: that of a proposal and that of its approval.
        settings = Settings(database_url=f"sqlite:///{folder}/examples.sqlite3", own_approval=True)
        await seed_examples(settings)
        app = create_app(settings)
        async with _client(app) as client:
            wanted = KeyCreation(name=_AUTHOR, role=PrincipalRole.administrator)
            service: Service = app.state.service
            key = await create_key(service.database, service.units, wanted, Actor(_AUTHOR))
            client.headers["Authorization"] = f"Bearer {key.key}"
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


async def answer_all(client: httpx.AsyncClient, document: JsonObject) -> Answers:
    """Send every example in its order; a register with the facts of the documents answers.

    The client carries the key of an administrator; the first example makes the key that all others
    are sent with. Returns the answers by operation and status; files that are no text have none. A
    write is tried by ``dry_run`` before it is made.
    """
    routes = {
        operation["operationId"]: (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    answers: Answers = {}
    ids = {"key_id": KEY_ID}
    for example in (FIRST, *READS, *WRITES, *IMPORTS, *PROPOSALS, *ACCESS):
        method, path, operation = routes[example.operation]
        found = answers.setdefault(example.operation, {})
        for query in _queries(operation):
            url = path.format_map({**example.path, **ids})
            response = await _send(client, method, url, operation, example, query)
            if name := _NAMED.get(example.operation):
                made = response.json()
                ids[name] = made["items"][0]["id"] if "items" in made else made["id"]
            if response.status_code == HTTPStatus.ACCEPTED:
                await _ended(client, response.url.join(response.headers["Location"]))
            if example is FIRST:
                client.headers["Authorization"] = f"Bearer {response.json()['key']}"
            found[str(response.status_code)] = _shown(response, ids["key_id"])
    return {name: found for name, found in answers.items() if any(found.values())}


async def _ended(client: httpx.AsyncClient, path: httpx.URL) -> None:
    """Wait for the end of what goes on after its answer."""
    while (await client.get(path)).json()["state"] == "committing":  # noqa: ASYNC110  (it only says)
        await asyncio.sleep(_MOMENT)


def _queries(operation: JsonObject) -> list[dict[str, str]]:
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    return [{"dry_run": "true"}, {}] if "dry_run" in names else [{}]


async def _send(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    operation: JsonObject,
    example: Example,
    query: Mapping[str, str],
) -> httpx.Response:
    params = {**example.query, **query}
    media_type = next(iter(operation.get("requestBody", {}).get("content", {})), None)
    body: JsonObject = dict(example.body or {})
    if media_type == FORM:
        files = {"file": ("cells", body.pop("file"), PASTED)}
        response = await client.request(method, url, params=params, files=files, data=body)
    else:
        content = None if example.body is None else json.dumps(body).encode()
        sent = {"Content-Type": media_type} if content and media_type else {}
        headers = {**example.headers, **sent}
        response = await client.request(
            method, url, params=params, content=content, headers=headers
        )
    if not response.is_success:
        message = f"{example.operation}: {response.text}"
        raise ValueError(message)
    return response


def _shown(response: httpx.Response, key_id: str) -> object:
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type in _JSON:
        shown = {key_id: KEY_ID, f"key:{key_id}": f"key:{KEY_ID}"}
        return _settled(response.json(), {today().isoformat(): _DAY, **shown})
    text = _INSTANT.sub(str(_MOVING["recorded_at"]), response.text)
    return text if media_type == "text/csv" else None


def _settled(value: object, moving: Mapping[str, str]) -> object:
    """Replace what is another with every run or every day; leave out the keys of others."""
    if isinstance(value, list):
        return [_settled(item, moving) for item in value if not _is_other_key(item, moving)]
    if isinstance(value, dict):
        # Whether and when a key was used is noted some time later.
        return {
            name: _of_key(inner, moving) or _MOVING[name]
            if name in _MOVING and (inner is not None or name == "last_used_at")
            else _settled(inner, moving)
            for name, inner in value.items()
        }
    if isinstance(value, str):
        return _settled_text(value, moving)
    return value


def _of_key(value: object, moving: Mapping[str, str]) -> str | None:
    """Return what is shown of the principal of the key that sends the examples."""
    return moving.get(value) if isinstance(value, str) and value.startswith("key:") else None


def _settled_text(text: str, moving: Mapping[str, str]) -> str:
    if _ENTRY_ID.fullmatch(text):
        return _ENTRY_SHOWN
    if _IMPORT_ID.fullmatch(text):
        return IMPORT_ID
    return _DETAIL if text.startswith("Key ") else moving.get(text, text)


def _is_other_key(item: object, moving: Mapping[str, str]) -> bool:
    """Return whether an item is a key, or an entry of the log, that is about another key."""
    if not isinstance(item, dict) or item.keys().isdisjoint({"created_by", "action"}):
        return False
    (made,) = (text for text, shown in moving.items() if shown == KEY_ID)
    return made not in str(item)


def openapi(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("openapi.json"),
) -> None:
    """Write the OpenAPI document of this version, in OpenAPI 3.1."""
    document = create_app(Settings()).openapi()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    OUT.print(f"Written: {path}")


POT = LOCALES / "messages.pot"
"""Every message of the service: its id as msgid, its English text as comment."""


def messages(file: Annotated[Path, typer.Argument(help="The file to write.")] = POT) -> None:
    """Write the template of the catalogues: the ids of all messages, with their English texts.

    The catalogues beside it get the messages they lack, to be translated, and lose obsolete ones.
    """
    # A message is known once the module that declares it is loaded: those of all commands are.
    program()
    file.write_bytes(messages_template())
    catalogues = sorted(file.parent.glob("*/messages.po"))
    for path in catalogues:
        path.write_bytes(brought_up_to_date(path.read_bytes(), file.read_bytes()))
    OUT.print(f"Written: {', '.join(map(str, (file, *catalogues)))}")


def messages_template(templates: Mapping[str, Template] = TEMPLATES) -> bytes:
    """Return the template as a PO file; it differs only where the messages do."""
    catalog = Catalog(header_comment="# The messages of the industrial cluster registry.")
    for name, template in sorted(templates.items()):
        catalog.add(name, auto_comments=[template.english])
    return _as_file(catalog)


def brought_up_to_date(catalogue: bytes, template: bytes) -> bytes:
    """Return a catalogue with just the messages of a template, and their English texts."""
    found = read_po(BytesIO(catalogue))
    found.update(read_po(BytesIO(template)), no_fuzzy_matching=True)
    found.obsolete.clear()
    return _as_file(found)


def _as_file(catalog: Catalog) -> bytes:
    content = BytesIO()
    write_po(content, catalog, width=0, omit_header=True)
    return content.getvalue()
