"""Verification names the first revision that is no longer what was recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Column, select, text, update

from app.database import Database
from app.domain.digest import chain_digest
from app.domain.vocabulary import SubjectType
from app.repositories.tables import ORGANIZATIONS, REVISIONS, SITES, SOURCES, STATEMENTS
from app.schemas.sources import OrganizationRegistration
from app.schemas.statements import Retraction
from app.schemas.subjects import WithdrawalWrite
from app.services import verification
from app.services.histories import withdraw
from app.services.ledger import content_of
from app.services.registers import register_organization
from app.services.statements import retract
from app.services.verification import Progress
from tests.services.ledgers import (
    LEDGER,
    another,
    begin,
    first_broken,
    observe,
    register,
    state,
    unguarded,
    walk,
    writer_on,
)

KEPT = (*LEDGER, "revision_counter")
REVISIONS_IN_ALL = 10
ABSENT = "missing"
UNFIT = "content does not match its digest"


@pytest.fixture
async def ledger(database: Database) -> Database:
    """Give a ledger of ten revisions.

    1 source, 2 and 3 sites, 4 organization, 5 area of the first site, 6 statement of a province,
    7 another area of the first site, 8 retraction of 5-1, 9 withdrawal of the second site, 10
    statement of a province.
    """
    writer = await writer_on(database)
    await begin(writer, "ccn-quang-chu", "ccn-cam-giang")
    body = {"id": "onsen-fuji", "name": "Công ty Onsen Fuji"}
    await register_organization(writer, OrganizationRegistration.model_validate(body))
    await state(writer, "ccn-quang-chu", "2024", area_ha=74.4)
    await observe(writer, "2024", cluster_count=27)
    await state(writer, "ccn-quang-chu", "2025", area_ha=75)
    await retract(writer, "5-1", Retraction(reason="Đọc nhầm"))
    await withdraw(writer, SubjectType.site, "ccn-cam-giang", WithdrawalWrite(reason="Trùng"))
    await observe(writer, "2025", cluster_count=28)
    return database


class Tampering:
    """Someone who owns the database and has taken its guards away."""

    def __init__(self, database: Database, url: str) -> None:
        """Keep the ledger that is tampered with."""
        self.database = database
        self._url = url

    async def prepare(self) -> None:
        """Take the guards away and keep a copy of everything."""
        await self.do(*(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}" for table in KEPT))

    async def do(self, *statements: str) -> None:
        """Change the ledger behind its back."""
        async with unguarded(self._url) as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def change(self, column: Column[object], key: str | int) -> None:
        """Write something else into one column of one row."""
        table = column.table
        is_row = table.c["number" if table is REVISIONS else "id"] == key
        async with unguarded(self._url) as connection:
            value = (await connection.execute(select(column).where(is_row))).scalar_one()
            changed = CODES.get(f"{table.name}.{column.name}", another(value, column))
            await connection.execute(update(table).where(is_row).values({column.name: changed}))

    async def mend(self) -> None:
        """Bring everything back as it was."""
        await self.do(
            *(f"DELETE FROM {table}" for table in KEPT),
            *(f"INSERT INTO {table} SELECT * FROM kept_{table}" for table in KEPT),
        )
        assert await first_broken(self.database) is None


@pytest.fixture
async def tampering(ledger: Database) -> Tampering:
    """Give the ledger to someone who may do everything with it."""
    made = Tampering(ledger, ledger.url)
    await made.prepare()
    return made


@asynccontextmanager
async def broken(tampering: Tampering, revision: int, why: str) -> AsyncIterator[None]:
    """Tamper in the block: the last step of verification must name the revision and tell why."""
    yield
    steps = await walk(tampering.database)
    assert steps, "nothing was verified"
    assert steps[-1].broken == revision
    assert steps[-1].checked == revision - 1
    assert why in (steps[-1].reason or "")
    await tampering.mend()


CODES = {
    "source.kind": "plan",
    "site.kind": "zone",
    "statement.subject_type": "province",
    "statement.basis": "estimate",
    "statement.date_basis": "inferred",
}
"""What else stands in columns that hold codes; the codes are still checked."""

ROWS = (
    (SOURCES, "report-2024", 1),
    (ORGANIZATIONS, "onsen-fuji", 4),
    (SITES, "ccn-cam-giang", 3),
    (STATEMENTS, "5-1", 5),
)
"""A row of each table, and the revision that recorded it."""

MARKED = {"retracted_in": 8, "retraction_reason": 8, "withdrawn_in": 9, "withdrawal_reason": 9}
"""The revisions that set the marks of these rows."""


async def test_an_untouched_ledger_is_whole(ledger: Database) -> None:
    assert await walk(ledger) == [Progress(REVISIONS_IN_ALL, REVISIONS_IN_ALL)]


async def test_an_empty_ledger_is_whole(database: Database) -> None:
    assert await first_broken(database) is None


async def test_a_change_of_any_column_shows(tampering: Tampering) -> None:
    for table, key, recorded in ROWS:
        for column in table.columns:
            if column.name != "content_digest":
                async with broken(tampering, MARKED.get(column.name, recorded), UNFIT):
                    await tampering.change(column, key)


async def test_a_change_of_the_digest_that_finds_twins_shows(tampering: Tampering) -> None:
    """With another one in its place, a statement could be recorded a second time."""
    async with broken(tampering, 5, ""):
        await tampering.change(STATEMENTS.c.content_digest, "5-1")


async def test_a_change_of_a_revision_shows(tampering: Tampering) -> None:
    for number in (1, 6, REVISIONS_IN_ALL):
        for column in REVISIONS.columns:
            async with broken(tampering, number, ABSENT if column.name == "number" else UNFIT):
                await tampering.change(column, number)


STATEMENT_COLUMNS = ", ".join(column.name for column in STATEMENTS.columns)
COPIED = STATEMENT_COLUMNS.replace("id,", "'5-2',", 1).replace("position", "2")
TAMPERED = (
    ("DELETE FROM statement WHERE id = '5-1'", 5, UNFIT),
    ("DELETE FROM statement WHERE id = '10-1'", 10, UNFIT),
    ("DELETE FROM site WHERE id = 'ccn-quang-chu'", 2, UNFIT),
    ("DELETE FROM source", 1, UNFIT),
    ("DELETE FROM organization", 4, UNFIT),
    ("DELETE FROM revision WHERE number = 1", 1, ABSENT),
    ("DELETE FROM revision WHERE number = 6", 6, ABSENT),
    ("DELETE FROM revision WHERE number = 10", 10, ABSENT),
    (f"INSERT INTO statement SELECT {COPIED} FROM statement WHERE id = '5-1'", 5, UNFIT),
    ("INSERT INTO site SELECT 'ccn-x', 7, 'cluster', NULL, NULL FROM source", 7, UNFIT),
    ("INSERT INTO site SELECT 'ccn-x', 1, 'cluster', NULL, NULL FROM source", 1, UNFIT),
    ("INSERT INTO organization SELECT 'x', 6, 'X', NULL, NULL FROM source", 6, UNFIT),
    ("UPDATE statement SET retracted_in = NULL, retraction_reason = NULL", 8, UNFIT),
    (
        "UPDATE statement SET retracted_in = 8, retraction_reason = 'Đọc nhầm' WHERE id = '7-1'",
        8,
        UNFIT,
    ),
    (
        "UPDATE statement SET retracted_in = 6, retraction_reason = 'Đọc nhầm' WHERE id = '5-1'",
        6,
        UNFIT,
    ),
    ("UPDATE statement SET retraction_reason = 'Khác' WHERE id = '5-1'", 8, UNFIT),
    ("UPDATE site SET withdrawn_in = NULL, withdrawal_reason = NULL", 9, UNFIT),
    ("UPDATE statement SET revision = 6 WHERE id = '5-1'", 5, UNFIT),
    ("UPDATE statement SET revision = 6 WHERE id = '7-1'", 6, UNFIT),
    ("UPDATE revision_counter SET number = 11", 11, ABSENT),
    ("UPDATE revision_counter SET number = 7", 8, "above the counter (7)"),
)
"""What is done to the ledger, the first revision that it breaks, and why it does."""


async def test_what_is_deleted_inserted_moved_or_unmarked_shows(tampering: Tampering) -> None:
    for statement, revision, why in TAMPERED:
        async with broken(tampering, revision, why):
            await tampering.do(statement)


async def test_a_revision_above_the_counter_shows(tampering: Tampering) -> None:
    async with broken(tampering, 11, "above the counter (10)"):
        await tampering.do(
            "INSERT INTO revision SELECT 11, recorded_at, author, reason, digest FROM revision "
            "WHERE number = 10"
        )


async def test_a_revision_before_the_first_shows(tampering: Tampering) -> None:
    """Readers would see what it holds: they take everything up to the latest revision."""
    await tampering.do(
        "INSERT INTO revision SELECT 0, recorded_at, author, reason, digest FROM revision "
        "WHERE number = 1",
        "INSERT INTO site SELECT 'ccn-x', 0, 'cluster', NULL, NULL FROM source",
    )
    assert await first_broken(tampering.database) == 0


async def test_revisions_that_changed_places_show(tampering: Tampering) -> None:
    async with broken(tampering, 6, UNFIT):
        await tampering.do(
            "UPDATE revision SET number = -6 WHERE number = 6",
            "UPDATE revision SET number = 6 WHERE number = 10",
            "UPDATE revision SET number = 10 WHERE number = -6",
            "UPDATE statement SET revision = 16 - revision WHERE revision IN (6, 10)",
        )


async def test_a_revision_that_was_digested_anew_breaks_the_next_one(tampering: Tampering) -> None:
    """Who changes a revision and its digest as well is betrayed by the digests built on it."""
    database = tampering.database
    async with database.read() as connection:
        row = (await connection.execute(select(ORGANIZATIONS))).mappings().one()
        found = await connection.execute(select(REVISIONS).where(REVISIONS.c.number.in_([3, 4])))
        before, revision = found.all()
    changed = [("organization", {**row, "name": "Khác"})]
    content = content_of(4, revision.recorded_at, revision.author, None, changed, {}, {})
    digest = chain_digest(before.digest, content)
    async with broken(tampering, 5, UNFIT):
        await tampering.do(
            "UPDATE organization SET name = 'Khác'",
            f"UPDATE revision SET digest = '{digest}' WHERE number = 4",
        )


async def test_the_first_of_several_broken_revisions_is_named(tampering: Tampering) -> None:
    async with broken(tampering, 4, UNFIT):
        await tampering.do(
            "UPDATE revision SET author = 'x' WHERE number = 9",
            "UPDATE organization SET name = 'x'",
            "DELETE FROM revision WHERE number = 6",
        )


@pytest.mark.parametrize(
    ("batch", "checked"),
    [
        (1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (3, [3, 6, 9, 10]),
        (5, [5, 10]),
        (9, [9, 10]),
        (11, [10]),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_batches_make_no_difference(
    ledger: Database, monkeypatch: pytest.MonkeyPatch, batch: int, checked: list[int]
) -> None:
    monkeypatch.setattr(verification, "_BATCH", batch)
    assert [step.checked for step in await walk(ledger)] == checked
    async with unguarded(ledger.url) as connection:
        await connection.execute(text("UPDATE revision SET author = 'x' WHERE number = 6"))
    steps = await walk(ledger)
    assert [step.checked for step in steps[:-1]] == [number for number in checked if number < 6]
    assert (steps[-1].checked, steps[-1].broken) == (5, 6)


async def test_registering_after_a_verification_verifies_again(ledger: Database) -> None:
    assert await first_broken(ledger) is None
    await register(await writer_on(ledger), "ccn-thanh-thinh")
    assert await walk(ledger) == [Progress(11, 11)]
