"""The command line, on both databases: what it does, what it says, how it ends."""

import asyncio
import gc
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from app.cli import main, overview, program
from app.core.settings import get_settings
from app.database import Database
from app.database.schema import current, head
from app.database.sqlite_files import holds_register
from tests.support.ledgers import (
    LEDGER,
    PROJECTIONS,
    check_sound,
    contents,
    one,
    unguarded,
)
from tests.support.postgres import temporary_database
from tests.support.registers import SEEDS, bearer, make_key, opened, units_of, writer_on

ROOT = SEEDS.parent
COMMANDS = (
    "serve",
    "migrate",
    "seed",
    "rebuild",
    "verify",
    "examples",
    "openapi",
    "keys",
    "backup",
    "restore",
)
SECONDS = 60


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Let each test read its own environment."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
async def bare_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Give the URL of a database that nothing was ever done to."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    base: str = request.getfixturevalue("postgres")
    async with temporary_database(base) as url:
        yield url


async def icr(url: str, *arguments: str, seeds: Path = SEEDS) -> Result:
    """Run a command in a thread, since it runs an event loop of its own."""
    get_settings.cache_clear()
    environment = {"ICR_DATABASE_URL": url, "ICR_SEEDS_DIR": str(seeds), "COLUMNS": "300"}
    run = partial(CliRunner().invoke, program(), arguments, env=environment)
    result = await asyncio.to_thread(run)
    # A connection that the command left open gives its warning now, and not in a later test.
    gc.collect()
    return result


async def done(url: str, *arguments: str, seeds: Path = SEEDS) -> str:
    """Run a command that must succeed; return what it printed."""
    result = await icr(url, *arguments, seeds=seeds)
    assert result.exit_code == 0, result.output
    return result.stdout


async def execute(database: Database, *statements: str) -> None:
    async with database.write() as session:
        for statement in statements:
            await session.execute(text(statement))


def entries(name: str, file: str) -> int:
    """Count the entries of a seed file by their headings."""
    heading = file if file in {"organizations", "sources"} else f"{file}.statements"
    content = (SEEDS / name / f"{file}.toml").read_text(encoding="utf-8")
    return len(re.findall(rf"^\[\[{re.escape(heading)}\]\]", content, re.MULTILINE))


# Help


async def test_help_names_every_command() -> None:
    result = CliRunner().invoke(overview(), ["--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    # It is listed without loading the commands, and says what they say of themselves.
    assert result.stdout == CliRunner().invoke(program(), ["--help"], env={"COLUMNS": "200"}).stdout
    assert "both time axes" in result.stdout
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b +[A-Z]", result.stdout), command


@pytest.mark.parametrize(
    ("arguments", "shown", "loaded"),
    [
        (["keys", "--help"], "Usage: icr keys", ["app.cli.keys", "sqlalchemy"]),
        (["--help"], "Usage: icr [OPTIONS] COMMAND", []),
        ([], "Usage: icr [OPTIONS] COMMAND", []),
    ],
)
def test_a_command_loads_no_other_and_help_loads_none(
    arguments: list[str], shown: str, loaded: list[str]
) -> None:
    """The application takes longer to import than most commands to run."""
    heavy = {"app.main", "app.cli.keys", "sqlalchemy"}
    code = (
        f"import sys; from app.cli import main; sys.argv = ['icr', *{arguments}]\n"
        "try: main()\n"
        f"except SystemExit: print(sorted({heavy} & {{*sys.modules}}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown in told.stdout
    assert told.stdout.endswith(f"{loaded}\n")


def test_every_command_knows_the_tables_of_all_rooms() -> None:
    """What a database has is compared with them, and it lacks what is not known."""
    code = (
        "import app.cli.common; from sqlmodel import SQLModel\n"
        "before = {*SQLModel.metadata.tables}\n"
        "import app.main; print(sorted({*SQLModel.metadata.tables} - before))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


async def test_without_a_command_help_is_shown() -> None:
    assert "Commands" in CliRunner().invoke(program(), []).output


@pytest.mark.parametrize(
    ("command", "explained"),
    [
        ("serve", ("--host", "--port", "127.0.0.1", "8000", "ICR_DATABASE_URL")),
        ("migrate", ("tables", "administrative units", "projections are made anew")),
        ("seed", ("documents", "outside", "--author", "Loading again changes nothing")),
        ("rebuild", ("projections", "from the ledger")),
        ("verify", ("digest chain", "first revision")),
    ],
)
def test_help_explains_a_command(command: str, explained: tuple[str, ...]) -> None:
    result = CliRunner().invoke(program(), [command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for words in explained:
        assert words in result.stdout


@pytest.mark.parametrize("arguments", ["sow", "serve --colour", "serve --port=x"])
def test_what_it_does_not_know_is_refused(arguments: str) -> None:
    result = CliRunner().invoke(program(), arguments.split())
    assert result.exit_code == 2
    assert arguments.rsplit(maxsplit=1)[-1].partition("=")[0] in result.output


# From an empty database to a register


async def test_from_nothing_to_a_register_that_verifies(bare_url: str) -> None:
    told = await done(bare_url, "migrate")
    assert f"Schema: empty → {head()}." in told
    assert "Administrative units: loaded." in told
    assert "Projections rebuilt: 0 rows." in told

    told = await done(bare_url, "seed")
    counts = {
        file: entries("documents", file)
        for file in ("organizations", "sources", "policies", "sites", "projects", "provinces")
    }
    for file, count in counts.items():
        assert f"documents/{file}: {count} recorded\n" in told
    # One for each document.
    assert "All 5 revisions match" in await done(bare_url, "verify")

    told = await done(bare_url, "seed", "outside", "--author", "Lan")
    assert f"outside/sites: {entries('outside', 'sites')} recorded\n" in told
    assert "documents/" not in told

    again = await done(bare_url, "seed", "documents", "outside")
    assert "recorded" not in again
    assert f"documents/sites: {counts['sites']} present\n" in again
    assert f"outside/sites: {entries('outside', 'sites')} present\n" in again

    told = await done(bare_url, "migrate")
    assert f"Schema: {head()} → {head()}." in told
    assert "Administrative units: unchanged." in told
    assert "rebuilt" not in told
    async with opened(bare_url.replace("sqlite:", "sqlite+aiosqlite:")) as database:
        authors = "SELECT count(*) FROM revision WHERE author = :author"
        assert await one(database, authors, author="icr seed") == 5
        # Of sixteen documents of the set four are only named.
        assert await one(database, authors, author="Lan") == 12
        await check_sound(await writer_on(database))


async def test_an_unmigrated_database_is_refused_with_what_to_do(bare_url: str) -> None:
    for command in ("serve", "seed", "rebuild", "verify"):
        result = await icr(bare_url, command)
        assert result.exit_code == 2, command
        assert "icr migrate" in result.stderr
        assert result.stdout == ""


# Rebuild and verify


async def test_rebuild_mends_the_projections_and_tells_the_rows(seeded_url: str) -> None:
    async with opened(seeded_url) as database:
        before = await contents(database, PROJECTIONS)
        await execute(database, "DELETE FROM site_version", "UPDATE observation SET value = '1'")
        rows = sum(map(len, before.values()))
        assert f"Projections rebuilt: {rows} rows." in await done(seeded_url, "rebuild")
        assert await contents(database, PROJECTIONS) == before


async def test_verify_names_the_first_broken_revision(seeded_url: str) -> None:
    async with unguarded(seeded_url) as connection:
        for number in (5, 3):
            change = f"UPDATE revision SET author = 'x' WHERE number = {number}"
            await connection.execute(text(change))
    result = await icr(seeded_url, "verify")
    assert result.exit_code == 1
    assert "Revision 3 is broken: its content does not match its digest." in result.stderr
    assert "match their digests" not in result.output


# Seeds that cannot be loaded


async def test_an_unknown_set_is_refused_and_nothing_is_recorded(empty_url: str) -> None:
    result = await icr(empty_url, "seed", "nothing")
    assert result.exit_code == 2
    assert "'nothing'" in result.stderr
    assert "documents, outside" in result.stderr
    async with opened(empty_url) as database:
        assert await one(database, "SELECT number FROM revision_counter") == 0


@pytest.fixture
def wrong_seeds(tmp_path: Path) -> Path:
    """Give seeds with two wrong entries, whose refusals hold brackets."""
    folder = tmp_path / "seeds" / "wrong"
    folder.mkdir(parents=True)
    (folder / "sources.toml").write_text(
        '[[sources]]\nid = "right"\nkind = "report"\ntitle = "Báo cáo"\n'
        '[[sources]]\nid = "wrong"\nkind = "report"\ntitel = "Báo cáo"\ntitle = "[/b]"\n',
        encoding="utf-8",
    )
    (folder / "sites.toml").write_text(
        '[[sites]]\nid = "ccn-1"\nkind = "cluster"\n[[sites.statements]]\nsource_id = "right"\n'
        'effective_from = "2024"\nvalues = { name = "CCN 1", province_code = "06", area = 1 }\n',
        encoding="utf-8",
    )
    return tmp_path / "seeds"


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_refused_entries_are_told_with_the_whole_reason(
    empty_url: str, wrong_seeds: Path
) -> None:
    result = await icr(empty_url, "seed", "wrong", seeds=wrong_seeds)
    assert result.exit_code == 1, result.output
    assert "wrong/sources: 1 recorded, 1 refused\n" in result.stdout
    assert "wrong/sites: 1 refused\n" in result.stdout
    assert "Refused: sources.toml, wrong: " in result.stderr
    assert "titel" in result.stderr
    assert "Refused: sites.toml, ccn-1, statement 1: " in result.stderr
    # What stands in brackets is part of the reason, no mark-up.
    assert "[type=extra_forbidden" in result.stderr


# Units that change


@pytest.fixture
def changed_seeds(tmp_path: Path) -> Path:
    """Give seeds with one succession only: what became of all other units is not known."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    path = tmp_path / "seeds" / "units" / "admin-successions.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:2]), encoding="utf-8")
    return tmp_path / "seeds"


PLACED = (
    "SELECT count(*) FROM site_version WHERE valid_from >= '2025-07-01' AND province_code = '19'"
)


async def test_changed_units_make_the_projections_anew(
    seeded_url: str, changed_seeds: Path
) -> None:
    async with opened(seeded_url) as database:
        assert await one(database, PLACED) > 0
        ledger = await contents(database, LEDGER)
        told = await done(seeded_url, "migrate", seeds=changed_seeds)
        assert "Administrative units: loaded." in told
        assert "Projections rebuilt: " in told
        assert await one(database, PLACED) == 0
        assert await contents(database, LEDGER) == ledger
        await check_sound(await writer_on(database, units=await units_of(database)))


async def test_the_schema_is_checked_against_this_release(seeded_url: str) -> None:
    assert await done(seeded_url, "migrate", "--check") == ""
    async with opened(seeded_url) as database:
        await execute(database, "ALTER TABLE site ADD COLUMN colour TEXT")
        result = await icr(seeded_url, "migrate", "--check")
        assert result.exit_code == 1
        assert "colour" in result.stderr
        assert await current(database) == head()
        assert "colour" in (await icr(seeded_url, "migrate")).stderr


async def test_going_back_keeps_the_ledger(seeded_url: str) -> None:
    async with opened(seeded_url) as database:
        before = await contents(database, (*LEDGER, *PROJECTIONS))
        assert f"Schema: {head()} → 0001." in await done(seeded_url, "migrate", "--to", "0001")
        assert (await icr(seeded_url, "migrate", "--check")).exit_code == 2
        await done(seeded_url, "migrate")
        await done(seeded_url, "rebuild")
        assert await contents(database, (*LEDGER, *PROJECTIONS)) == before
        refused = await icr(seeded_url, "migrate", "--to", "base")
        assert refused.exit_code == 1
        assert "revisions are recorded" in refused.stderr
        assert (await icr(seeded_url, "migrate", "--to", "9999")).exit_code == 2
        assert await contents(database, (*LEDGER, *PROJECTIONS)) == before


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_migration_broken_off_in_the_rebuild_is_caught_up(
    seeded_url: str, changed_seeds: Path
) -> None:
    """New units with the old projections must not stay: places would be told by both."""
    halt = "CREATE TRIGGER halt BEFORE INSERT ON site_version BEGIN SELECT RAISE(ABORT, 'x'); END"
    async with opened(seeded_url) as database:
        await execute(database, halt)
        assert (await icr(seeded_url, "migrate", seeds=changed_seeds)).exit_code != 0
        await execute(database, "DROP TRIGGER halt")
        await done(seeded_url, "migrate", seeds=changed_seeds)
        assert await one(database, PLACED) == 0
        await check_sound(await writer_on(database, units=await units_of(database)))


# Serving


@asynccontextmanager
async def started(url: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the program as a process of its own; it does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from app.cli import main; main()", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "ICR_DATABASE_URL": url},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def until_it_answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                response = await client.get("/livez")
            except httpx.TransportError:
                assert process.returncode is None, "it ended before it answered"
                await asyncio.sleep(0.05)
            else:
                assert response.status_code == 200
                return


async def test_serve_answers_until_it_is_stopped(seeded_url: str) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with opened(seeded_url) as database:
        key = await make_key(database)
    async with (
        started(seeded_url, "serve", "--port", str(port)) as process,
        httpx.AsyncClient(base_url=base, trust_env=False, headers=bearer(key.key)) as client,
    ):
        await until_it_answers(client, process)
        parameters = {"kind": "cluster", "as_of": "2023-12-31"}
        rollup = await client.get("/v1/provinces/06/rollup", params=parameters)
        assert rollup.status_code == 200
        assert rollup.json()["rollups"][0]["planned"]["area_ha"] == 676.4
        source = {"id": "report-2026", "kind": "report", "title": "Báo cáo năm 2026"}
        written = await client.post("/v1/sources", json=source)
        assert written.status_code == 201
        process.send_signal(signal.SIGTERM)
        out, error = await asyncio.wait_for(process.communicate(), SECONDS)
    # uvicorn ends what is under way, then lets the signal do its work.
    assert process.returncode in {0, -signal.SIGTERM}
    assert base in out.decode()
    assert "Traceback" not in error.decode()
    async with opened(seeded_url) as database:
        assert await one(database, "SELECT count(*) FROM source WHERE id = 'report-2026'") == 1
        await check_sound(await writer_on(database))


async def test_serve_stops_although_somebody_follows_the_changes(seeded_url: str) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with (
        started(seeded_url, "serve", "--port", str(port)) as process,
        httpx.AsyncClient(base_url=base, trust_env=False) as client,
    ):
        await until_it_answers(client, process)
        async with client.stream("GET", "/v1/changes/stream?after=2") as response:
            lines = response.aiter_lines()
            async with asyncio.timeout(SECONDS):
                while await anext(lines) != "id: 3":
                    pass
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                rest = [line async for line in lines]
                await process.communicate()
        # The page that was begun is sent to its end.
        assert next(line for line in rest if line.startswith("id")) == "id: 4"
        assert rest[-1] == ""
    assert process.returncode in {0, -signal.SIGTERM}


# Settings


@pytest.mark.parametrize("command", ["migrate", "verify"])
def test_a_setting_that_cannot_work_is_told_in_a_sentence(command: str) -> None:
    get_settings.cache_clear()
    result = CliRunner().invoke(
        program(), [command], env={"ICR_DATABASE_URL": "mysql://db/register"}
    )
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    assert "'mysql' is not supported; use sqlite or postgresql" in result.stderr


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_misspelt_setting_is_not_passed_over(command: str) -> None:
    result = CliRunner().invoke(program(), [command], env={"ICR_DATABSE_URL": "sqlite:///other"})
    assert result.exit_code == 2
    wanted = "ICR_DATABSE_URL: there is no such setting. Did you mean ICR_DATABASE_URL?\n"
    assert result.stderr == wanted


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.sqlite3'}"
    CliRunner().invoke(program(), ["migrate"], env={"ICR_DATABASE_URL": url})
    get_settings.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = {"ICR_DATABASE_URL": url}
        result = CliRunner().invoke(program(), ["serve", "--port", port], env=environment)
    get_settings.cache_clear()
    assert result.exit_code == 3
    assert f"Port {port} is in use" in result.stderr
    assert "make run PORT=" in result.stderr


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("command", ["migrate --check", "verify", "keys list", "serve", "seed"])
async def test_a_mistyped_path_does_not_become_a_register(
    bare_url: str, command: str, tmp_path: Path
) -> None:
    result = await icr(bare_url, *command.split())
    assert result.exit_code == 2
    assert "There is no file" in result.stderr
    assert is_empty(tmp_path)


@pytest.mark.parametrize("command", ["migrate", "verify", "serve", "keys list"])
def test_a_server_that_is_not_there_is_told_in_a_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nothing listens there: the port is reserved for discarding.
    monkeypatch.setenv("ICR_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/x")
    monkeypatch.setattr(sys, "argv", ["icr", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("The database cannot be used: cannot connect to 127.0.0.1: ")
    assert line.endswith("ICR_DATABASE_URL says which it is.")


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_file_of_another_program_is_left_as_it_is(bare_url: str, tmp_path: Path) -> None:
    path = tmp_path / "bare.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    before = path.read_bytes()
    for command in ("verify", "migrate --check", "keys list", "migrate --to 0006"):
        result = await icr(bare_url, *command.split())
        assert result.exit_code == 2
        assert "holds no register" in result.stderr
    assert path.read_bytes() == before


async def test_verify_finds_a_guard_that_is_gone_and_migrate_makes_it_anew(
    seeded_url: str, kind: str
) -> None:
    table = " ON statement" if kind == "postgresql" else ""
    async with opened(seeded_url) as database, database.write() as session:
        await session.execute(text(f"DROP TRIGGER statement_keep{table}"))
    found = await icr(seeded_url, "verify")
    assert found.exit_code == 1
    assert "the trigger statement_keep is missing or off" in found.stderr
    mended = await icr(seeded_url, "migrate")
    assert mended.exit_code == 0
    assert "Triggers made anew that were missing or off: statement_keep." in mended.stdout
    assert (await icr(seeded_url, "verify")).exit_code == 0
    async with opened(seeded_url) as database:
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.write() as session:
                await session.execute(text("DELETE FROM statement"))


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--to 0099", "there is no migration 0099"),
        ("--to head", "there is no migration head"),
        ("--check --to 0005", "nothing is changed by --check"),
    ],
)
async def test_a_migration_to_go_back_to_is_an_earlier_one(
    empty_url: str, arguments: str, told: str
) -> None:
    result = await icr(empty_url, "migrate", *arguments.split())
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_going_back_twice_is_going_back_once_and_never_forward(empty_url: str) -> None:
    for _ in range(2):
        assert "→ 0006." in await done(empty_url, "migrate", "--to", "0006")
    result = await icr(empty_url, "migrate", "--to", "0007")
    assert result.exit_code == 2
    assert "The schema is at 0006; icr migrate goes forward." in result.stderr


async def test_verify_passes_over_an_index_and_names_a_table_that_somebody_added(
    seeded_url: str,
) -> None:
    async with opened(seeded_url) as database:
        await execute(database, "CREATE INDEX ours ON site_version (area_ha)")
        assert "is what this release makes" in await done(seeded_url, "verify")
        assert (await icr(seeded_url, "migrate", "--check")).exit_code == 1
        await execute(database, "CREATE TABLE notes_of_ours (a INTEGER)")
    found = await icr(seeded_url, "verify")
    assert found.exit_code == 1
    assert "the table notes_of_ours is of no release" in found.stderr


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_register_that_is_locked_for_a_moment_is_one(seeded_url: str) -> None:
    path = Path(seeded_url.removeprefix("sqlite+aiosqlite:///"))
    assert holds_register(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert holds_register(path)
