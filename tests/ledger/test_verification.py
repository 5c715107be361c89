"""Verification names the first revision that is no longer what was recorded."""

import pytest
from sqlalchemy import select, text

from app.core.digest import chain_digest
from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry.schemas import Retraction
from app.entry.writes import register_organization, retract, withdraw
from app.ledger import verification
from app.ledger.revisions import content_of
from app.ledger.schemas import OrganizationRegistration
from app.ledger.tables import ORGANIZATIONS, REGISTRATIONS, REVISIONS, SITES, SOURCES, STATEMENTS
from app.ledger.verification import Progress
from app.subjects.schemas import WithdrawalWrite
from tests.ledger.tampering import Tampering, broken
from tests.support.ledgers import (
    begin,
    begin_project,
    first_broken,
    observe,
    register,
    state,
    unguarded,
    walk,
)
from tests.support.registers import writer_on

REVISIONS_IN_ALL = 12
ABSENT = "missing"
REST = "recorded_at, author, reason, digest, principal_id, digest_format, approved_by, approver_id"
UNFIT = "content does not match its digest"


@pytest.fixture
async def ledger(database: Database) -> Database:
    """Give a ledger of twelve revisions.

    1 source, 2 and 3 sites, 4 organization, 5 area of the first site, 6 statement of a province,
    7 another area of the first site, 8 retraction of 5-1, 9 withdrawal of the second site, 10
    statement of a province, 11 project, 12 withdrawal of it.
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
    await observe(writer, "2025-01", cluster_count=28)
    await begin_project(writer, "du-an-1")
    await withdraw(writer, SubjectType.project, "du-an-1", WithdrawalWrite(reason="Trùng"))
    return database


@pytest.fixture
async def tampering(ledger: Database) -> Tampering:
    """Give the ledger to someone who may do everything with it."""
    made = Tampering(ledger, ledger.url)
    await made.prepare()
    return made


ROWS = (
    (SOURCES, "report-2024", 1),
    (ORGANIZATIONS, "onsen-fuji", 4),
    (SITES, "ccn-cam-giang", 3),
    (REGISTRATIONS[SubjectType.project], "du-an-1", 11),
    (STATEMENTS, "5-1", 5),
)
"""A row of each table, and the revision that recorded it."""

MARKED = {
    "statement.retracted_in": 8,
    "statement.retraction_reason": 8,
    "site.withdrawn_in": 9,
    "site.withdrawal_reason": 9,
    "project.withdrawn_in": 12,
    "project.withdrawal_reason": 12,
}
"""The revisions that set the marks of these rows."""


async def test_an_untouched_ledger_is_whole(ledger: Database) -> None:
    assert await walk(ledger) == [Progress(REVISIONS_IN_ALL, REVISIONS_IN_ALL)]


async def test_an_empty_ledger_is_whole(database: Database) -> None:
    assert await first_broken(database) is None


async def test_a_change_of_any_column_shows(tampering: Tampering) -> None:
    for table, key, recorded in ROWS:
        for column in table.columns:
            if column.name != "content_digest":
                shows = MARKED.get(f"{table.name}.{column.name}", recorded)
                async with broken(tampering, shows, UNFIT):
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
    ("DELETE FROM project", 11, UNFIT),
    ("DELETE FROM source", 1, UNFIT),
    ("DELETE FROM organization", 4, UNFIT),
    ("DELETE FROM revision WHERE number = 1", 1, ABSENT),
    ("DELETE FROM revision WHERE number = 6", 6, ABSENT),
    ("DELETE FROM revision WHERE number = 10", 10, ABSENT),
    (f"INSERT INTO statement SELECT {COPIED} FROM statement WHERE id = '5-1'", 5, UNFIT),
    ("INSERT INTO site SELECT 'ccn-x', 7, 'cluster', NULL, NULL FROM source", 7, UNFIT),
    ("INSERT INTO site SELECT 'ccn-x', 1, 'cluster', NULL, NULL FROM source", 1, UNFIT),
    ("INSERT INTO project SELECT 'du-an-x', 1, NULL, NULL FROM source", 1, UNFIT),
    # A project cannot take the place of the site that was withdrawn.
    (
        "UPDATE project SET id = 'ccn-cam-giang', withdrawn_in = 9, withdrawal_reason = 'Trùng'",
        9,
        UNFIT,
    ),
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
    ("UPDATE project SET withdrawn_in = NULL, withdrawal_reason = NULL", 12, UNFIT),
    ("UPDATE statement SET revision = 6 WHERE id = '5-1'", 5, UNFIT),
    ("UPDATE statement SET revision = 6 WHERE id = '7-1'", 6, UNFIT),
    ("UPDATE revision_counter SET number = 13", 13, ABSENT),
    ("UPDATE revision_counter SET number = 7", 8, "above the counter (7)"),
)
"""What is done to the ledger, the first revision that it breaks, and why it does."""


async def test_what_is_deleted_inserted_moved_or_unmarked_shows(tampering: Tampering) -> None:
    for statement, revision, why in TAMPERED:
        async with broken(tampering, revision, why):
            await tampering.do(statement)


async def test_a_revision_above_the_counter_shows(tampering: Tampering) -> None:
    async with broken(tampering, 13, "above the counter (12)"):
        await tampering.do(
            f"INSERT INTO revision SELECT 13, {REST} FROM revision WHERE number = 12"
        )


async def test_a_revision_before_the_first_shows(tampering: Tampering) -> None:
    """Readers would see what it holds: they take everything up to the latest revision."""
    await tampering.do(
        f"INSERT INTO revision SELECT 0, {REST} FROM revision WHERE number = 1",
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
    content = content_of(revision, changed, {}, {})
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
        (1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (3, [3, 6, 9, 12]),
        (5, [5, 10, 12]),
        (11, [11, 12]),
        (13, [12]),
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
    assert await walk(ledger) == [Progress(13, 13)]
