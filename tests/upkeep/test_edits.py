"""Verification finds what somebody changed who may write to the database directly."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.access.audit import Actor
from app.access.keys import revoke_key
from app.access.links import Accounted
from app.access.principals import Principal, PrincipalRole
from app.access.sessions import Terms, begin_session
from app.core.signed_notes import Signer
from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.catalogue import strange_objects
from app.database.integrity import file_faults
from app.entry.schemas import Retraction
from app.entry.writes import retract, withdraw
from app.subjects.schemas import WithdrawalWrite
from app.upkeep.accounting import ACCOUNTED, account_faults
from app.upkeep.anchors import sign_anchor
from app.upkeep.comparing import compare, strange_units
from tests.support.ledgers import begin, observe, state, walk
from tests.support.operations import IMPORTS, PROPOSALS, TABLE
from tests.support.postgres import direct_url
from tests.support.registers import (
    SEEDS,
    Templates,
    bearer,
    beginning_with,
    make_key,
    opened,
    prepare_empty,
    serving,
    writer_on,
)
from tests.upkeep.edits import EDITS, OTHER, SITE, Edit


@beginning_with(prepare_empty)
async def prepare_everything(database: Database) -> None:
    """Record something in every table.

    1 source, 2 and 3 sites, 4 organization, 5 area of the first site, 6 another, 7 figure of a
    province, 8 retraction of the other area, 9 withdrawal of the second site, 10 correction, 11
    another organization, 12 erasure of its name.
    """
    writer = await writer_on(database)
    await begin(writer, SITE, OTHER)
    contributor = await make_key(
        database, "commune", PrincipalRole.contributor, [("06", "2025-06-30")]
    )
    async with serving(database.url) as client:
        head = {"Idempotency-Key": "once"}
        answer = await client.post(
            "/v1/organizations", json={"id": "onsen", "name": "Onsen"}, headers=head
        )
        assert answer.status_code == 201
        await state(writer, SITE, "2024", area_ha=74.4)
        await state(writer, SITE, "2025", area_ha=75)
        await observe(writer, "2024", cluster_count=27)
        await retract(writer, "6-1", Retraction(reason="Đọc nhầm"))
        await withdraw(writer, SubjectType.site, OTHER, WithdrawalWrite(reason="Trùng"))
        corrected = await client.patch(
            "/v1/organizations/onsen?reason=Typo",
            json={"name": "Onsen Fuji"},
            headers={"content-type": "application/merge-patch+json", "if-match": "*"},
        )
        assert corrected.status_code == 200, corrected.text
        sent = await client.post(IMPORTS, files={"file": ("clusters.csv", TABLE.encode())})
        assert sent.status_code == 201
        statement = {"subject_type": "site", "subject_id": SITE, "source_id": "report-2024"}
        body = {"statements": [{**statement, "effective_from": "2026", "values": {"area_ha": 76}}]}
        proposed = await client.post(PROPOSALS, json=body, headers=bearer(contributor.key))
        assert proposed.status_code == 201, proposed.text
        named = [{"type": "organization", "id": "ho", "members": ["name"]}]
        for path, erased in (
            ("/v1/organizations", {"id": "ho", "name": "Hộ A"}),
            ("/v1/erasures", {"reason": "Yêu cầu", "erase": named}),
        ):
            answer = await client.post(path, json=erased)
            assert answer.status_code == 201, answer.text
    await sign_anchor(database, Signer.new("register.example.vn/icr"))
    lost = await make_key(database, "lost")
    await revoke_key(database, lost.id, "lost", Actor("tests"))
    async with database.write() as session:
        who = Principal(f"key:{contributor.id}", "commune", PrincipalRole.contributor)
        terms = Terms(DAY, DAY)
        await begin_session(session, who, terms, Actor("tests"))


@pytest.fixture
async def register(kind: str, templates: Templates) -> AsyncIterator[Database]:
    async with templates.copy(kind, prepare_everything) as url, opened(url) as database:
        yield database


async def edit(database: Database, edit: Edit) -> None:
    """Edit a register past every trigger, and leave the triggers as they were."""
    engine = create_async_engine(direct_url(database.url))
    async with engine.begin() as connection:
        kept = await _without_guards(connection, keep=edit.check == "schema")
        for statement in re.split(r"(?<!\\);", edit.sql):
            await connection.exec_driver_sql(statement.replace("\\;", ";"))
        for sql in kept:
            await connection.exec_driver_sql(sql)
    await engine.dispose()


async def _without_guards(connection: AsyncConnection, *, keep: bool) -> list[str]:
    """Take the triggers off; return what makes those of SQLite anew."""
    if connection.dialect.name == "postgresql":
        if not keep:
            await connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
        return []
    if keep:
        return []
    await connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = (await connection.execute(found)).all()
    for name, _ in triggers:
        await connection.execute(text(f"DROP TRIGGER {name}"))
    return [sql for _, sql in triggers]


async def found_by(check: str, database: Database) -> str:
    """Return what a check of ``icr verify`` says of a register; nothing where all is well."""
    if check == "file":
        return "; ".join(await file_faults(database))
    if check == "schema":
        return "; ".join(await strange_objects(database))
    if check == "ledger":
        return (await walk(database))[-1].reason or ""
    if check == "units":
        return await strange_units(database, SEEDS / "units") or ""
    if check == "access":
        return "; ".join(await account_faults(database))
    units = (await writer_on(database)).units
    return [step async for step in compare(database, units)][-1].difference or ""


DAY = timedelta(days=1)
CHECKS = ("file", "schema", "ledger", "units", "projections", "access")


async def test_nothing_is_found_where_nothing_was_edited(register: Database) -> None:
    assert [await found_by(check, register) for check in CHECKS] == [""] * len(CHECKS)


async def test_every_edit_is_found(kind: str, templates: Templates) -> None:
    missed = []
    for one in EDITS:
        if one.only in {None, kind}:
            async with templates.copy(kind, prepare_everything) as url, opened(url) as database:
                await edit(database, one)
                found = await found_by(one.check, database)
            if one.says not in found:
                missed.append((one.sql, one.says, found))
    assert missed == []


async def test_an_index_that_an_operator_added_is_passed_over(register: Database) -> None:
    async with register.write() as session:
        await session.execute(text("CREATE INDEX ours ON site_version (area_ha)"))
    assert await found_by("schema", register) == ""


FIRST = {
    "access_key": "id name role provinces secret_hash created_at created_by expires_at revoked_at "
    "revoked_by revocation_reason last_used_at",
    "access_session": "digest key_id holder created_at seen_at expires_at",
    "anchor": "id revision recorded_at note",
    "proposal": "id principal_id author created_at changed_at state edited reason members "
    "province_codes decided_by decider_id decided_at decision_reason revision body",
}
"""The columns that each digest of such a row has covered since migration 0029."""


@pytest.mark.parametrize("table", ACCOUNTED, ids=lambda table: str(table.name))
def test_a_column_that_was_added_leaves_digests_as_they_were(table: Accounted) -> None:
    assert {*table.table.c.keys()} - table.later == {*FIRST[table.table.name].split()}
