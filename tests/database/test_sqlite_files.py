"""Files of SQLite: what cannot be a register is told, a copy is of one moment, locks are heeded."""

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite.core
import pytest
from sqlalchemy.exc import OperationalError

from app.core.errors import ConflictError, StorageFaultError
from app.database import Database, file_of
from app.database.sqlite import create_new_file
from app.database.sqlite_files import alone, check_readable, check_usable, copy, url_of
from tests.support.registers import opened

ROOT = Path(__file__).resolve().parents[2]
ROWS = 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a file in WAL mode that nobody has open."""
    made = tmp_path / "register.sqlite3"
    with closing(connected(made)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE said (what TEXT)")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO said VALUES (?)", [("x" * 500,)] * ROWS)
        connection.execute("COMMIT")
    return made


def connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=5)


def count(path: Path) -> int:
    with closing(connected(path)) as connection:
        found: int = connection.execute("SELECT count(*) FROM said").fetchone()[0]
        return found


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite+aiosqlite:///icr.sqlite3", Path("icr.sqlite3")),
        ("sqlite+aiosqlite:////var/lib/icr.sqlite3", Path("/var/lib/icr.sqlite3")),
        ("postgresql+asyncpg://lan@db/register", None),
    ],
)
def test_the_file_of_a_url(url: str, path: Path | None) -> None:
    assert file_of(url) == path
    assert path is None or url_of(path) == url


def test_a_file_that_is_there_and_one_that_is_still_to_be_made_can_be_used(path: Path) -> None:
    before = path.read_bytes()
    check_usable(path)
    check_usable(path.with_name("new.sqlite3"))
    assert not path.with_name("new.sqlite3").exists()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("missing/register.sqlite3", "There is no folder"),
        ("", "is a folder"),
        ("text.sqlite3", "is not an SQLite file"),
        ("short.sqlite3", "is damaged"),
    ],
)
def test_what_cannot_be_a_register_is_told(path: Path, name: str, told: str) -> None:
    path.with_name("text.sqlite3").write_text("no database, " * 100, encoding="utf-8")
    path.with_name("short.sqlite3").write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(StorageFaultError, match=told):
        check_usable(path.parent / name)


def test_a_backup_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(StorageFaultError, match="There is no file"):
        check_readable(path.with_name("missing.sqlite3"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that any user can reach, unlike those that pytest makes."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_file_or_folder_that_cannot_be_written_is_told(open_folder: Path, locked: str) -> None:
    """To root everything is allowed: the look is then taken as nobody."""
    register = open_folder / "register.sqlite3"
    with closing(connected(register)) as connection:
        connection.execute("CREATE TABLE said (what TEXT)")
    register.chmod(0o444 if locked == "file" else 0o666)
    open_folder.chmod(0o777 if locked == "file" else 0o555)
    script = (
        "import os, sys\n"
        "from app.database.sqlite_files import check_usable, Path\n"
        "if os.geteuid() == 0: os.setresuid(65534, 65534, 65534)\n"
        "try: check_usable(Path(sys.argv[1]))\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(register)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = {"file": "cannot be read and written", "folder": "Nothing can be written in"}
    assert told[locked] in done.stdout, done.stderr


def test_a_copy_is_of_one_moment_although_somebody_writes(path: Path, tmp_path: Path) -> None:
    """Each step of the copy is followed by a write; none makes it begin anew."""
    made, steps = tmp_path / "copy.sqlite3", list[tuple[int, int]]()
    create_new_file(made)
    with closing(connected(path)) as writer:

        def write(done: int, total: int) -> None:
            steps.append((done, total))
            writer.execute("INSERT INTO said VALUES ('meanwhile')")

        copy(path, made, write)
        total = writer.execute("PRAGMA page_count").fetchone()[0]
    assert len(steps) > 2
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert steps[-1][0] == steps[-1][1] <= total
    assert count(made) == ROWS
    assert count(path) == ROWS + len(steps)


def test_a_new_file_is_never_that_of_somebody_else(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    link.symlink_to(other)
    with pytest.raises(FileExistsError):
        create_new_file(link)
    assert not other.exists()
    create_new_file(other)
    assert other.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_new_file(other)


def test_what_is_in_the_log_only_is_copied_as_well(path: Path, tmp_path: Path) -> None:
    made = tmp_path / "copy.sqlite3"
    create_new_file(made)
    with closing(connected(path)) as writer:
        writer.execute("INSERT INTO said VALUES ('in the log')")
        copy(path, made, lambda _done, _total: None)
    assert count(made) == ROWS + 1


def test_a_file_that_somebody_has_open_is_told_and_one_held_alone_keeps_others_out(
    path: Path,
) -> None:
    with closing(connected(path)) as other:
        other.execute("SELECT count(*) FROM said").fetchone()
        with pytest.raises(ConflictError, match="in use"), alone(path):
            pytest.fail("it is not alone")
    with (
        alone(path),
        closing(sqlite3.connect(path, timeout=0)) as late,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        late.execute("SELECT count(*) FROM said").fetchone()
    assert count(path) == ROWS
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: failures.append(args.exc_value))
    # aiosqlite's thread logs each step before it takes it; here it takes its time.
    monkeypatch.setattr(aiosqlite.core.LOG, "debug", lambda *_: time.sleep(0.02))

    async def read() -> None:
        database = Database(f"sqlite+aiosqlite:///{path.parent}/none/register.sqlite3")
        with pytest.raises(OperationalError, match="unable to open"):
            async with database.read():
                raise AssertionError
        await database.close()

    with asyncio.Runner() as runner:
        runner.run(read())
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        thread.join(timeout=1)
    assert failures == []


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_connection_that_is_stopped_while_it_closes_lets_the_process_end(
    empty_url: str,
) -> None:
    """So it is where a client leaves in the midst of a file, which waits for nothing then."""
    async with opened(empty_url) as database:
        async with database.read(at_length=True) as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            closed = asyncio.create_task(raw.close())
            await asyncio.sleep(0)
            raw.stop()
            async with asyncio.timeout(30):
                await closed
        async with asyncio.timeout(30):
            await database.close()
