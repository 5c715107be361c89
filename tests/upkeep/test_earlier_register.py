"""Registers that earlier releases made: they open by `icr migrate`, verify, and read as before.

`tests/fixtures/register-0007.sqlite3.xz` was made at migration 0007 by `icr migrate`, `icr seed`,
`icr seed outside` and `icr keys create`; `register-0007.json` holds what that release answered.
A release that changes the schema adds a pair of its own and keeps these.

`register-0008` has statements besides, of which the rules of time that came with migration 0009
make something else: a plan after what is, a rate without the definition of the one before, a
statement about a day before a site had a name, and one that only clears.

`register-0011` has a quarter, an end and a plan beside what is; none of its answers change.
`register-0013` has a value that is given as about so much, and a retraction.
`register-0018` has workers of a craft village, about so many, by a replacement, and corrections.
`register-0022` has a site that was renamed, and a retracted name; its answers are searches.
`register-0028` has keys, one of them revoked, a proposal, an import and a kept answer, which no
chain of the audit log accounted for.
`register-0031` has an erased name, a proposal of an import, and an anchor.
"""

import json
import lzma
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.core.settings import get_settings
from app.database import Database
from app.database.schema import migrate
from tests.cli.test_cli import done
from tests.support.http import read
from tests.support.ledgers import LEDGER, PROJECTIONS
from tests.support.postgres import temporary_database
from tests.support.registers import KINDS, opened, serving

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
_PLANNED = {"industrial_land_ha": "40"}
_APART = "what is planned stands beside what is"
_COMPANION = "it holds only while the stated_occupancy_pct is what it was"
_NO_BEGIN = "a statement that something is unknown begins no history"
_BACK = "before it was first stated, a name or place is as it was then"
CHANGED: dict[str, set[str]] = {
    "0007": set(),
    "0008": {
        f"site ccn-cam-giang: industrial_land_ha 40 → 30 from 2023-01-01: {_APART}",
        "site ccn-cam-giang: leasable_ha 40 → 30 from 2023-01-01: it follows from the others",
        f"site ccn-cam-giang: occupancy_definition ccn → None from 2023-01-01: {_COMPANION}",
        "site ccn-cam-giang: occupancy_pct 30 → 40 from 2023-01-01: it follows from the others",
        f"site ccn-cam-giang: planned {{}} → {_PLANNED} from 2023-01-01: {_APART}",
        f"site ccn-chu-huong: name None → CCN Chu Hương from 2015-01-01: {_BACK}",
        f"site ccn-chu-huong: province_code None → 06 from 2015-01-01: {_BACK}",
        f"site ccn-chu-huong: district_code None → 061 from 2015-01-01: {_BACK}",
        f"site ccn-chu-huong: commune_code None → 01921 from 2015-01-01: {_BACK}",
        f"site ccn-huyen-tung: version a state → nothing from 2010-01-01: {_NO_BEGIN}",
    },
    "0011": set(),
    "0013": set(),
    "0018": set(),
    "0022": set(),
    "0028": set(),
    "0031": set(),
}
"""The registers, by the migration they are at, and which of their answers change."""
FOREVER = "9999-12-31"
"""The last day there is; the driver of PostgreSQL writes it as infinity."""
JSON_COLUMNS = text(
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_name = :name AND data_type IN ('json', 'jsonb')"
)


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Let each test read its own environment."""
    yield
    get_settings.cache_clear()


def rows_of(register: Path, table: str) -> list[dict[str, Any]]:
    """Read a table of an SQLite file as it is stored."""
    with closing(sqlite3.connect(register)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def tables_of(register: Path) -> list[str]:
    """Return the names of the tables in the order in which they were created."""
    with closing(sqlite3.connect(register)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [name for (name,) in found if name != "alembic_version"]


def columns_of(register: Path, table: str) -> list[str]:
    """Return the names of the columns of a table."""
    with closing(sqlite3.connect(register)) as connection:
        found = connection.execute("SELECT name FROM pragma_table_info(?)", [table])
        return [name for (name,) in found]


def as_json(rows: Iterable[dict[str, Any]], written: set[str]) -> str:
    """Write rows as JSON; columns that hold JSON already are taken as they are written."""

    def shown(name: str, value: Any) -> str:
        if value == FOREVER:
            return '"infinity"'
        if isinstance(value, bytes):
            return json.dumps(f"\\x{value.hex()}")
        return value if name in written and value is not None else json.dumps(value)

    members = (
        ", ".join(f"{json.dumps(name)}: {shown(name, value)}" for name, value in row.items())
        for row in rows
    )
    return "[" + ", ".join(f"{{{one}}}" for one in members) + "]"


async def fill(database: Database, register: Path) -> None:
    """Copy every table into a database of the same schema, with the triggers in force."""
    async with database.write() as session:
        # SQLite stores moments in UTC without saying so.
        await session.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        await session.execute(text("DELETE FROM revision_counter"))
        for table in tables_of(register):
            written = set((await session.execute(JSON_COLUMNS, {"name": table})).scalars())
            await session.execute(
                text(
                    f"INSERT INTO {table} "
                    f"SELECT * FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json))"
                ),
                {"rows": as_json(rows_of(register, table), written)},
            )


@pytest.fixture(params=CHANGED)
def migration(request: pytest.FixtureRequest) -> str:
    """Name the migration that a register is at."""
    return str(request.param)


@pytest.fixture
def earlier(migration: str, tmp_path: Path) -> Path:
    """Give the register as it was made."""
    path = tmp_path / "earlier.sqlite3"
    register = FIXTURES / f"register-{migration}.sqlite3.xz"
    path.write_bytes(lzma.decompress(register.read_bytes()))
    return path


@pytest.fixture(params=KINDS)
async def earlier_url(
    earlier: Path, migration: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """Give the address of the earlier register, in a file and on PostgreSQL."""
    if request.param == "sqlite":
        copy = shutil.copyfile(earlier, tmp_path / "register.sqlite3")
        yield f"sqlite+aiosqlite:///{copy}"
        return
    async with temporary_database(request.getfixturevalue("postgres")) as url:
        async with opened(url) as database:
            await migrate(database, migration)
            await fill(database, earlier)
        yield url


async def stored(url: str, tables: Iterable[str], like: Path) -> dict[str, list[Any]]:
    """Read the columns that the earlier register has, in no particular order."""
    found = {}
    async with opened(url) as database, database.read() as connection:
        for table in tables:
            columns = ", ".join(columns_of(like, table))
            result = await connection.execute(text(f"SELECT {columns} FROM {table}"))
            found[table] = sorted(map(repr, result))
    return found


_ROLLUP = "/v1/provinces/06/rollup?kind=cluster&as_of=2023-12-31#/rollups/0"
OTHER_MEMBERS: dict[str, tuple[object, object]] = {
    # A published total is compared with the sites of the day it is about. Of the middle of 2021
    # the areas of no cluster are known.
    f"{_ROLLUP}/published/0/computed": (186.4, None),
    f"{_ROLLUP}/published/0/computed_known": (6, 0),
    f"{_ROLLUP}/published/0/computed_unknown": (0, 3),
    f"{_ROLLUP}/published/0/difference": (56.4, None),
    f"{_ROLLUP}/published/0/higher": ("computed", None),
    f"{_ROLLUP}/published/1/computed": (6, 3),
    f"{_ROLLUP}/published/1/computed_known": (6, 3),
    f"{_ROLLUP}/published/1/difference": (3, 0),
    f"{_ROLLUP}/published/1/higher": ("computed", "neither"),
}
"""The members of answers that the rules of a later release change: what was answered, what is."""


def assert_keeps(earlier: Any, now: Any, where: str) -> None:
    """Every member that was answered is there with the same value; others may have come."""
    if where in OTHER_MEMBERS:
        assert (earlier, now) == OTHER_MEMBERS[where]
    elif isinstance(earlier, dict):
        assert earlier.keys() <= now.keys()
        for name, value in earlier.items():
            assert_keeps(value, now[name], f"{where}/{name}")
    elif isinstance(earlier, list):
        assert len(earlier) == len(now)
        for place, (one, other) in enumerate(zip(earlier, now, strict=True)):
            assert_keeps(one, other, f"{where}/{place}")
    else:
        assert earlier == now, where


async def test_an_earlier_register_is_migrated_verifies_and_goes_on(
    earlier_url: str, earlier: Path, migration: str
) -> None:
    # What came with a later migration is empty.
    ledger = [table for table in LEDGER if table in tables_of(earlier)]
    projections = [table for table in PROJECTIONS if table in tables_of(earlier)]
    before = await stored(earlier_url, (*ledger, *projections), earlier)
    told = await done(earlier_url, "migrate")
    reported = {line.strip() for line in told.splitlines() if line.startswith("  site ")}
    assert reported == CHANGED[migration]
    after = await stored(earlier_url, (*ledger, *projections), earlier)
    kept = ledger if reported else (*ledger, *projections)
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    await done(earlier_url, "migrate", "--check")
    last = max(rows_of(earlier, "revision"), key=lambda row: row["number"])
    end = f"{last['number']}:{last['digest']}"
    verified = await done(earlier_url, "verify", "--noted", end)
    assert f"The ledger ends with {end}" in verified
    await done(earlier_url, "rebuild")
    assert await stored(earlier_url, projections, earlier) == {
        name: after[name] for name in projections
    }
    await check_answers(earlier_url, migration)
    listed = await done(earlier_url, "keys", "list")
    for key in rows_of(earlier, "access_key"):
        assert f"{key['id']}" in listed
    await seed_again(earlier_url, migration)


async def check_answers(url: str, migration: str) -> None:
    """Every answer of the earlier release is what it was."""
    answers = json.loads((FIXTURES / f"register-{migration}.json").read_text(encoding="utf-8"))
    async with serving(url) as client:
        for path, answer in answers.items():
            assert_keeps(answer, await read(client, path), f"{path}#")


@pytest.mark.parametrize("migration", ["0008"])
@pytest.mark.parametrize("reached", ["0012", "0019", "0027"])
async def test_a_rebuild_that_was_interrupted_is_repeated(
    earlier_url: str, migration: str, reached: str
) -> None:
    """The schema is changed and the projections are not: the next ``icr migrate`` says the same."""
    async with opened(earlier_url) as database:
        await migrate(database, reached)
    told = await done(earlier_url, "migrate")
    reported = {line.strip() for line in told.splitlines() if line.startswith("  site ")}
    assert reported == CHANGED[migration]
    assert "Projections rebuilt" in told
    assert "Projections rebuilt" not in await done(earlier_url, "migrate")
    assert "are what the ledger gives" in await done(earlier_url, "verify")


async def seed_again(earlier_url: str, migration: str) -> None:
    """Load the seeds; the earliest was seeded when each entry was a revision of its own."""
    told = await done(earlier_url, "seed", "documents", "outside")
    assert "refused" not in told
    # The outside set has learnt of three decisions since, from two more pages.
    recorded = [line for line in told.splitlines() if "recorded" in line]
    learnt = [
        "outside/sources: 5 recorded, 11 present",
        "outside/organizations: 1 recorded, 2 present",
        "outside/sites: 3 recorded, 11 present",
    ]
    assert recorded == (learnt if migration < "0011" else [])
    assert "recorded" not in await done(earlier_url, "seed", "documents", "outside")
