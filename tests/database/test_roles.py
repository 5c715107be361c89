"""The roles of compose.yaml on a real PostgreSQL: the one that serves cannot switch a guard off."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app.database import catalogue
from app.database.catalogue import NotComparedError, strange_objects
from app.database.schema import migrate
from app.database.triggers import GUARDS
from app.entry.writes import register_organization
from app.ledger.schemas import OrganizationRegistration
from app.units.tables import read_units
from app.upkeep.rebuilding import load_units, rebuild
from tests.support.postgres import (
    _execute,
    create_database,
    database_url,
    direct_url,
    drop_database,
)
from tests.support.registers import SEEDS, bearer, get, make_key, opened, seed, writer_on
from tests.support.serving import started

pytestmark = pytest.mark.databases("postgresql")
ROLES = SEEDS.parent / "compose-roles.sql"


@dataclass(frozen=True)
class Addresses:
    """A database as each of the roles reaches it."""

    owner: str
    service: str


@pytest.fixture
async def addresses(kind: str, postgres: str) -> AsyncIterator[Addresses]:
    """Give a database as compose.yaml makes it, migrated by its owner."""
    assert kind == "postgresql"
    await create_database(postgres, "icr")
    # The pooler of the tests signs everybody in as one role.
    base = make_url(direct_url(database_url(postgres, "icr")))
    sql = "\n".join(
        line for line in ROLES.read_text(encoding="utf-8").splitlines() if line[:1] != "\\"
    )
    for name in ("owner", "service"):
        sql = sql.replace(f":'{name}_password'", "'geheim'")
    try:
        await _execute(base.render_as_string(hide_password=False), sql)
        owner, service = (
            base.set(username=name, password="geheim").render_as_string(hide_password=False)
            for name in ("icr_owner", "icr")
        )
        async with opened(owner) as database:
            await migrate(database)
            await load_units(database, SEEDS / "units")
        yield Addresses(owner, service)
    finally:
        await drop_database(postgres, "icr")
        await _execute(postgres, "DROP ROLE IF EXISTS icr, icr_owner")


async def test_the_role_that_serves_can_do_all_that_the_service_needs(addresses: Addresses) -> None:
    async with opened(addresses.service) as database:
        await seed(database, "documents")
        async with database.read() as connection:
            units = await read_units(connection)
        async for _ in rebuild(database, units):
            pass
        headers = bearer((await make_key(database)).key)
    async with started(addresses.service) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", headers=headers
        ) as client:
            body = {"id": "a", "name": "A"}
            key = {"Idempotency-Key": "1"}
            for _ in range(2):
                answer = await client.post("/v1/organizations", json=body, headers=key)
                assert answer.status_code == 201
            assert (await client.post("/v1/sites", headers=bearer("icr_x"))).status_code == 401
            await app.state.service.authenticator.journal.flush()
            made = await client.post("/v1/keys", json={"name": "B", "role": "reader"})
            reason = {"reason": "lost"}
            revoked = await client.post(f"/v1/keys/{made.json()['id']}/revocation", json=reason)
            assert revoked.status_code == 201
            assert len((await get(client, "/v1/audit"))["items"]) == 4
            stated = await get(client, "/v1/sites/ccn-quang-chu/statements")
            path = f"/v1/statements/{stated['items'][0]['id']}/retraction"
            retracted = await client.post(path, json=reason)
            assert retracted.status_code == 201
            await get(client, "/v1/sites")
            await get(client, "/readyz")


FORBIDDEN = (
    "ALTER TABLE revision DISABLE TRIGGER ALL",
    "ALTER TABLE statement DISABLE TRIGGER statement_keep",
    "DROP TRIGGER audit_entry_keep ON audit_entry",
    "DROP TABLE audit_entry CASCADE",
    "TRUNCATE statement CASCADE",
    "SET session_replication_role = 'replica'",
    "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS ''",
    "CREATE TABLE another (x int)",
    "SET ROLE icr_owner",
    "ALTER ROLE icr SUPERUSER",
    "DELETE FROM revision",
    "UPDATE organization SET name = 'x'",
    "DELETE FROM audit_entry",
)
REFUSAL = re.compile("must be owner|permission denied|append-only")


async def test_the_role_that_serves_can_switch_no_guard_off(addresses: Addresses) -> None:
    async with opened(addresses.service) as database:
        await make_key(database)
        body = OrganizationRegistration(id="a", name="A")
        await register_organization(await writer_on(database), body)
        for sql in FORBIDDEN:
            with pytest.raises(DBAPIError, match=REFUSAL):
                async with database.write() as session:
                    await session.execute(text(sql))
    async with opened(addresses.owner) as database, database.read() as connection:
        enabled = text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'")
        assert set((await connection.execute(enabled)).scalars()) >= GUARDS["postgresql"]


async def test_the_owner_compares_the_schema_and_the_role_that_serves_is_told_that_it_cannot(
    addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_wanted", {})
    async with opened(addresses.service) as database:
        with pytest.raises(NotComparedError, match="permission denied"):
            await strange_objects(database)
    async with opened(addresses.owner) as database:
        assert await strange_objects(database) == []
