"""Keys over HTTP: shown once, never stored, of no use when revoked; and the audit log of it all."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.access.audit import Journal
from app.access.audit_events import Refusal
from app.access.authentication import Authenticator
from app.access.keys import ApiKey
from app.access.principals import PrincipalRole
from app.database import Database
from tests.support.http import as_problem, pointers, read, signed_in, walk
from tests.support.ledgers import one
from tests.support.registers import bearer, get, make_key, post
from tests.support.serving import started

EDITOR = {
    "name": "Lan",
    "role": "editor",
    "provinces": [{"code": "06", "on": "2025-06-30"}],
}


@asynccontextmanager
async def guarded(database: Database) -> AsyncIterator[tuple[httpx.AsyncClient, Authenticator]]:
    """Serve a register and lend a client with an administrator's key, and the guard itself."""
    async with started(database.url) as app:
        key = (await make_key(app.state.service.database)).key
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", headers=bearer(key)
        ) as client:
            yield client, app.state.service.authenticator


async def test_a_key_is_shown_once(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/keys", json=EDITOR)
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    made = response.json()
    assert response.headers["location"] == f"/v1/keys/{made['id']}"
    assert re.fullmatch(rf"icr_{made['id']}_[A-Za-z0-9]{{40}}[0-9a-f]{{8}}", made.pop("key"))
    created = datetime.fromisoformat(made["created_at"])
    assert datetime.fromisoformat(made["expires_at"]) - created == timedelta(days=365)
    assert made == EDITOR | {
        "id": made["id"],
        "created_at": made["created_at"],
        "created_by": "tester",
        "expires_at": made["expires_at"],
        "revoked_at": None,
        "revoked_by": None,
        "revocation_reason": None,
        "last_used_at": None,
    }
    assert await get(client, f"/v1/keys/{made['id']}") == made
    listed = (await get(client, "/v1/keys"))["items"]
    assert made in listed
    assert all("key" not in item for item in listed)


async def test_the_secret_is_stored_nowhere(database: Database) -> None:
    async with guarded(database) as (client, guard):
        made = await post(client, "/v1/keys", EDITOR)
        await client.get("/v1/keys", headers=bearer(made["key"]))
        await guard.journal.flush()
    secret = ApiKey.parse(made["key"])
    assert secret is not None
    async with database.read() as connection:
        for table in ("access_key", "audit_entry", "idempotency_key", "revision"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert secret.secret not in repr(rows)
    assert secret.secret_hash != secret.secret


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": "a\u200bb"}, "#/name"),
        ({"name": "a" * 201}, "#/name"),
        ({"role": "owner"}, "#/role"),
        ({"role": "auditor"}, "#"),
        ({"provinces": []}, "#"),
        ({"provinces": [{"code": "06"}]}, "#/provinces/0/on"),
        ({"provinces": [{"code": "06", "on": "2025-07-01"}]}, "#/provinces/0/code"),
        ({"provinces": [{"code": "99", "on": "2025-07-01"}]}, "#/provinces/0/code"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": "2099-01-01"}, "#/expires_at"),
        ({"secret": "mine"}, "#/secret"),
    ],
)
async def test_keys_that_are_not_made(
    shared: httpx.AsyncClient, more: dict[str, Any], pointer: str
) -> None:
    before = await walk(shared, "/v1/keys")
    response = await shared.post("/v1/keys", json=EDITOR | more)
    assert pointers(as_problem(response, 422)) == [pointer]
    assert [page["items"] for page in await walk(shared, "/v1/keys")] == [
        page["items"] for page in before
    ]


async def test_a_revoked_key_is_of_no_use_at_once(client: httpx.AsyncClient) -> None:
    credentials = await signed_in(client, "Lan", "auditor")
    assert (await client.get("/v1/audit", headers=credentials)).status_code == 200
    key_id = credentials["Authorization"].split("_")[1]
    revoked = await post(client, f"/v1/keys/{key_id}/revocation", {"reason": "Nghỉ việc"})
    assert (revoked["revoked_by"], revoked["revocation_reason"]) == ("tester", "Nghỉ việc")
    problem = as_problem(await client.get("/v1/audit", headers=credentials), 401)
    assert problem["detail"].startswith(f"Key {key_id} was revoked on ")
    again = await client.post(f"/v1/keys/{key_id}/revocation", json={"reason": "Nghỉ việc"})
    as_problem(again, 409)
    none = await client.post("/v1/keys/nokey00000/revocation", json={"reason": "Nghỉ việc"})
    as_problem(none, 404)


async def test_answers_with_secrets_are_not_kept(client: httpx.AsyncClient) -> None:
    before = await get(client, "/v1/keys")
    for path, body in (("/v1/keys", EDITOR), ("/v1/keys/a/revocation", {"reason": "Nhầm"})):
        response = await client.post(path, json=body, headers={"Idempotency-Key": "k"})
        assert pointers(as_problem(response, 400)) == ["Idempotency-Key"]
    assert await get(client, "/v1/keys") == before


async def test_keys_come_in_pages(client: httpx.AsyncClient) -> None:
    made = [(await post(client, "/v1/keys", EDITOR))["id"] for _ in range(5)]
    whole = [item["id"] for item in (await get(client, "/v1/keys"))["items"]]
    assert whole == sorted(whole)
    assert set(made) < set(whole)
    pages = await walk(client, "/v1/keys?limit=2")
    assert [item["id"] for page in pages for item in page["items"]] == whole
    other = (await read(client, "/v1/audit?limit=1"))["next_cursor"]
    response = await client.get("/v1/keys", params={"cursor": other})
    assert pointers(as_problem(response, 400)) == ["cursor"]


async def test_the_last_use_is_told_apart_from_requests(database: Database) -> None:
    async with guarded(database) as (client, guard):
        credentials = await signed_in(client, "Lan", "reader")
        key_id = credentials["Authorization"].split("_")[1]
        before = datetime.now(UTC)
        for _ in range(3):
            await client.get("/v1/sites", headers=credentials)
        assert (await get(client, f"/v1/keys/{key_id}"))["last_used_at"] is None
        await guard.journal.flush()
        used = (await get(client, f"/v1/keys/{key_id}"))["last_used_at"]
        assert before <= datetime.fromisoformat(used) <= datetime.now(UTC)
        # Within the minute nothing more is written.
        await client.get("/v1/sites", headers=credentials)
        await guard.journal.flush()
        assert (await get(client, f"/v1/keys/{key_id}"))["last_used_at"] == used


# The audit log


async def test_the_end_during_a_flush_loses_no_refusal(database: Database) -> None:
    journal = Journal(database)
    journal.interval = 0.01
    stop = asyncio.Event()

    async def serve() -> None:
        async with journal.kept():
            journal.note_refusal(Refusal("192.0.2.1", "GET", "/v1/sites", 401, "No key."))
            await stop.wait()

    serving = asyncio.create_task(serve())
    async with database.turn():
        # The flush waits for the turn to write, and so does the end for the flush.
        await asyncio.sleep(0.2)
        stop.set()
        await asyncio.sleep(0.1)
        assert not serving.done()
    await serving
    assert await one(database, "SELECT sum(count) FROM audit_entry WHERE action = 'refused'") == 1


async def test_the_audit_log_tells_of_actions_and_of_refusals(database: Database) -> None:
    async with guarded(database) as (client, guard):
        auditor = await signed_in(client, "Kiểm", "auditor")
        lan = await post(client, "/v1/keys", EDITOR)
        await post(client, f"/v1/keys/{lan['id']}/revocation", {"reason": "Nghỉ việc"})
        for _ in range(3):
            await client.post("/v1/sites", json={}, headers=auditor)
        await client.post("/v1/sites", json={}, headers=bearer("icr_nonsense"))
        await guard.journal.flush()
        entries = (await client.get("/v1/audit", headers=auditor)).json()["items"]
        told = [(e["action"], e["principal"], e["status"], e["count"]) for e in entries]
        assert sorted(told[:2], key=str) == [("refused", "Kiểm", 403, 3), ("refused", None, 401, 1)]
        assert told[2:] == [
            ("key_revoked", "tester", None, 1),
            ("key_created", "tester", None, 1),
            ("key_created", "tester", None, 1),
            ("key_created", "tests", None, 1),
        ]
        forbidden = next(entry for entry in entries if entry["status"] == 403)
        assert forbidden["principal_id"].startswith("key:")
        assert (forbidden["method"], forbidden["path"]) == ("POST", "/v1/sites")
        assert forbidden["address"] == "127.0.0.1"
        assert entries[2]["detail"] == f"Key {lan['id']} of Lan, editor: Nghỉ việc"
        assert entries[3]["detail"].endswith("for 06@2025-06-30.")
        pages = await walk(client, "/v1/audit?limit=2")
        assert [entry for page in pages for entry in page["items"]] == entries
        refused = await get(client, "/v1/audit", action="refused")
        assert len(refused["items"]) == 2


async def test_the_audit_log_tells_the_operation_and_nothing_that_was_sent(
    database: Database,
) -> None:
    async with guarded(database) as (client, guard):
        path = "/v1/sites/my-password/statements?dry_run=true"
        await client.post(path, json={"secret": "my-password"}, headers=bearer("my-password"))
        await guard.journal.flush()
        (entry,) = (await get(client, "/v1/audit", action="refused"))["items"]
    assert entry["path"] == "/v1/sites/{site_id}/statements"
    assert "my-password" not in repr(entry)


async def test_a_flood_of_refusals_comes_to_a_few_rows(database: Database) -> None:
    async with guarded(database) as (client, guard):
        for number in range(300):
            transport = httpx.ASGITransport(
                app=client._transport.app,  # type: ignore[attr-defined]
                client=(f"192.0.2.{number % 100}", 1),
            )
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as flooding:
                as_problem(await flooding.post("/v1/sites"), 401)
        await guard.journal.flush()
        entries = (await get(client, "/v1/audit", action="refused"))["items"]
    assert len(entries) == 21
    assert sum(entry["count"] for entry in entries) == 300


async def test_refusals_of_one_principal_do_not_hide_those_of_another(database: Database) -> None:
    noisy, quiet = [await make_key(database, name, PrincipalRole.reader) for name in ("A", "B")]
    paths = [f"/v1/{what}" for what in ("sites", "sources", "projects", "organizations", "keys")]
    paths += [f"/v1/sites/a/{what}" for what in ("statements", "withdrawal")]
    async with guarded(database) as (client, guard):
        for number, path in enumerate(paths * 10):
            transport = httpx.ASGITransport(
                app=client._transport.app,  # type: ignore[attr-defined]
                client=(f"192.0.2.{number}", 1),
            )
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as own:
                as_problem(await own.post(path, headers=bearer(noisy.key)), 403)
        as_problem(await client.post("/v1/sites", headers=bearer(quiet.key)), 403)
        await guard.journal.flush()
        entries = (await get(client, "/v1/audit", action="refused"))["items"]
    counts = [
        sorted(entry["count"] for entry in entries if entry["principal_id"] == f"key:{key.id}")
        for key in (quiet, noisy)
    ]
    assert counts == [[1], [1, 1, 1, 1, 1, 65]]


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET detail = ''", "DELETE FROM audit_entry"]
)
async def test_the_audit_log_only_grows(database: Database, change: str) -> None:
    await make_key(database)
    with pytest.raises(Exception, match="append-only"):
        async with database.write() as session:
            await session.execute(text(change))


# Credentials of any kind


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200)
    | st.text("abcXYZ019_.-=", max_size=200).map("Bearer icr_".__add__)
    | st.text("abcXYZ019_.-=", max_size=200).map("Bearer ey".__add__)
    | st.binary(max_size=100).map(lambda part: f"bearer {part.hex()}.{part.hex()}.")
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
async def test_no_other_text_opens_anything(shared: httpx.AsyncClient, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1").strip(b" \t")}
    response = await shared.get("/v1/keys", headers={k.encode(): v for k, v in headers.items()})
    as_problem(response, 401)


async def test_two_headers_are_no_credentials(client: httpx.AsyncClient) -> None:
    good = client.headers["authorization"].encode()
    lines = [(b"Authorization", good), (b"Authorization", good)]
    as_problem(await client.get("/v1/keys", headers=lines), 401)


async def test_the_scheme_is_written_in_any_case(client: httpx.AsyncClient) -> None:
    credentials = client.headers["authorization"].removeprefix("Bearer ")
    for scheme in ("bearer", "BEARER", "Bearer  "):
        headers = {"Authorization": f"{scheme} {credentials}"}
        assert (await client.get("/v1/keys", headers=headers)).status_code == 200


async def test_revisions_tell_authors_of_the_same_name_apart(client: httpx.AsyncClient) -> None:
    told = []
    for number in (1, 2):
        body = {"name": "Lan", "role": "administrator"}
        made = (await client.post("/v1/keys", json=body)).json()
        organization = {"id": f"org-{number}", "name": f"Org {number}"}
        await client.post("/v1/organizations", json=organization, headers=bearer(made["key"]))
        revision = await get(client, f"/v1/revisions/{number}")
        assert (revision["author"], revision["principal_id"]) == ("Lan", f"key:{made['id']}")
        told.append(revision["principal_id"])
    assert len(set(told)) == 2
    changes = (await get(client, "/v1/changes"))["items"]
    assert [change["principal_id"] for change in changes] == told
