"""Real PostgreSQL servers that keep what they acknowledge, to be killed and to take over.

Unlike the server of `tests.support.postgres`, these wait for the disk. They listen on free ports of
127.0.0.1 and, as that one, outlive neither their test nor a test run that dies.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import postgres

_USER = "postgres"
_GUARD = (
    'cat >/dev/null; for d in "$2"/node-*; do "$1" -D "$d" -m immediate -w stop >/dev/null 2>&1;'
    ' done; rm -rf "$2"'
)
_DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    # A standby that was away for a while finds all of it.
    "wal_keep_size": "256MB",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "Asia/Ho_Chi_Minh",
}


def free_port() -> int:
    """Return a port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@dataclass
class Node:
    """One server of a cluster."""

    folder: Path
    programs: Path
    number: int
    port: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        """The folder with its data."""
        return self.folder / f"node-{self.number}"

    @property
    def base_url(self) -> str:
        """Its address, without a database."""
        return f"postgresql+asyncpg://{_USER}@127.0.0.1:{self.port}/"

    def initialise(self) -> None:
        """Lay the data directory of a primary."""
        settings = {**_DURABLE, "unix_socket_directories": ""}
        self._run(
            "initdb",
            f"--username={_USER}",
            *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        )
        # Of versions before 16 too, whose initdb takes no settings.
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.writelines(lines)

    def copy(self, primary: "Node") -> None:
        """Become a standby of a running primary."""
        self._run(
            *("pg_basebackup", "--host=127.0.0.1", f"--port={primary.port}", f"--username={_USER}"),
            *("--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync"),
        )

    def start(self) -> None:
        """Start, after a crash as well, and wait until connections are accepted."""
        self._run(
            *("pg_ctl", "--wait", "--timeout=120", f"--log={self.folder / 'server.log'}"),
            *(f"--options=-p {self.port}", "start"),
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop in one of the modes of ``pg_ctl``."""
        self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def promote(self) -> None:
        """Make a standby the primary, and wait until it is."""
        self._run("pg_ctl", "--wait", "promote")

    def set(self, sql: str) -> None:
        """Execute a statement as the superuser."""
        address = ("--host=127.0.0.1", f"--port={self.port}", f"--username={_USER}")
        command = [str(self.programs / "psql"), *address, "--no-psqlrc", "--command", sql]
        postgres._run(self.folder, command)

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        lock = self.data / "postmaster.pid"
        parent = int(lock.read_text(encoding="utf-8").split("\n")[0])
        # Stopped, it begins no further process, and sees nothing of what becomes of the others.
        os.kill(parent, signal.SIGSTOP)
        processes = (*_children(parent), parent)
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(map(_is_alive, processes)):
            time.sleep(0.01)
        # Nobody may have asked for its exit status yet, and then it would be taken to be running.
        lock.unlink()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self.data}", *arguments]
        postgres._run(self.folder, command)


def _children(parent: int) -> list[int]:
    """Return the processes that a process has begun; a server's workers are all its own."""
    processes = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [process for process in processes if _status(process)[1:2] == [str(parent)]]


def _is_alive(process: int) -> bool:
    return _status(process)[:1] not in ([], ["Z"])


def _status(process: int) -> list[str]:
    """Return what the system tells of a process, its state and its parent first."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    # The name of the program, in parentheses, may have spaces.
    return told.rpartition(")")[2].split()


@contextmanager
def cluster(nodes: int, installed: Path | None = None) -> Iterator[list[Node]]:
    """Lend servers: the first is running and empty, the others are to become its standbys.

    ``installed`` names the programs of another PostgreSQL than the one of the tests.
    """
    folder = postgres._new_folder()
    try:
        programs = installed or postgres._programs(folder)
        made = [Node(folder, programs, number) for number in range(1, nodes + 1)]
        with _guarded(folder, programs):
            made[0].initialise()
            made[0].start()
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _guarded(folder: Path, programs: Path) -> Iterator[None]:
    """Stop the servers at the end, and also when this process is gone before the end."""
    command = ["/bin/sh", "-c", _GUARD, "guard", str(programs / "pg_ctl"), str(folder)]
    guard = postgres._popen(command, folder, stdin=subprocess.PIPE, output=subprocess.DEVNULL)
    try:
        yield
    finally:
        guard.communicate(timeout=60)


def several(path: str, *nodes: Node, attributes: str) -> str:
    """Return an address as an operator writes it: several hosts, and which of them is wanted."""
    hosts = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
    return f"postgresql://{_USER}@{hosts}/{path}?target_session_attrs={attributes}"
