"""Addresses of databases: which are accepted, and what is not safe about them in production."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
POOLER = "pgbouncer"
"""The parameter of an address for a pooler in front of the server, in transaction mode."""
TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
TLS = frozenset(
    (
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslpassword",
        "sslcrl",
        "sslnegotiation",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
    )
)
"""Parameters of libpq about TLS, which the driver takes in an address only."""
SESSION = frozenset(("application_name", "options"))
"""Parameters of libpq that a session begins with."""
_KNOWN = TLS | SESSION | {"host", "port", "target_session_attrs", "passfile", POOLER}
_INSTEAD = {
    "connect_timeout": "set ICR_CONNECT_TIMEOUT_SECONDS instead",
    "user": "write it before the host, as in postgresql://user:password@host/name",
    "password": "write it before the host, as in postgresql://user:password@host/name",
    "dbname": "write it after the host, as in postgresql://host/name",
    "ssl": "write sslmode instead, as in sslmode=verify-full",
    "client_encoding": "leave it out, it is always UTF-8",
    "gssencmode": "leave it out; sslmode=verify-full encrypts and authenticates the server",
    "channel_binding": "leave it out; sslmode=verify-full authenticates the server",
}
# SQLite's shared memory and locks do not work across machines (sqlite.org/wal.html).
_NETWORK_FILE_SYSTEMS = {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "nfs", "nfs4"}
_MOUNTS = Path("/proc/self/mounts")
_SEVERAL_HOSTS = re.compile(
    r"(?P<before>[a-z+]+://(?:[^@/]*@)?)(?P<hosts>[^@/?,]+(?:,[^@/?,]+)+)"
    r"(?:/(?P<name>[^?]*))?(?:\?(?P<query>.*))?"
)


def parse_database_url(url: str) -> URL:
    """Return an address with the asynchronous driver; ``ValueError`` with what is wrong.

    No message repeats the address, or a part of it that may be a password.
    """
    try:
        parsed = make_url(_with_hosts_listed(url))
    except (ArgumentError, ValueError) as error:
        message = "this is not a database URL; write sqlite:///file or postgresql://…"
        raise ValueError(message) from error
    backend = parsed.get_backend_name()
    if backend not in DRIVERS:
        raise ValueError(f"{backend!r} is not supported; use sqlite or postgresql")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        message = "a register in memory would be lost; name a file, as in sqlite:///icr.sqlite3"
        raise ValueError(message)
    if backend == "sqlite" and (parsed.host or parsed.query):
        raise ValueError("write sqlite:///file, or sqlite:////whole/path, and nothing after it")
    if faults := list(_parameter_faults(parsed)):
        raise ValueError("; ".join(faults))
    return parsed.set(drivername=DRIVERS[backend])


def _parameter_faults(parsed: URL) -> Iterator[str]:
    """Yield what is wrong with the parameters of an address of PostgreSQL."""
    for name in sorted(set(parsed.query) - _KNOWN):
        told = name if name in _INSTEAD else "a parameter"
        known = ", ".join(sorted(_KNOWN))
        yield f"{told} is not taken: {_INSTEAD.get(name, f'known are {known}')}"
    mode = parsed.query.get("sslmode", "prefer")
    if mode not in TLS_MODES:
        yield f"sslmode is one of {', '.join(TLS_MODES)}"
    if parsed.query.get("sslrootcert") == "system":
        yield "sslrootcert names a file, as in /etc/ssl/certs/ca-certificates.crt"
    for name in ("sslrootcert", "sslcert", "sslkey", "sslcrl"):
        path = parsed.query.get(name)
        if isinstance(path, str) and path != "system" and not Path(path).is_file():
            yield f"{name} names no file that can be found here"
    if "options" in parsed.query and POOLER in parsed.query:
        yield "options cannot be set behind a pooler: leave it out, or ALTER ROLE … SET"


def _with_hosts_listed(url: str) -> str:
    """Turn several hosts, as libpq takes them (``//user@one:5432,two:5432/name``), into a query."""
    found = _SEVERAL_HOSTS.fullmatch(url)
    if found is None:
        return url
    hosts = [f"host={h if ':' in h else f'{h}:5432'}" for h in found["hosts"].split(",")]
    query = "&".join([*hosts, *filter(None, [found["query"]])])
    return f"{found['before']}/{found['name'] or ''}?{query}"


def unsafe_database(database_url: str) -> Iterator[str]:
    """Yield what is not safe about a database URL in production."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return
    path = Path(url.database or "")
    if not path.is_absolute():
        yield f"ICR_DATABASE_URL: write the whole path, as in sqlite:////var/lib/{path.name}."
    elif (system := file_system_of(path)) in _NETWORK_FILE_SYSTEMS:
        yield (
            f"ICR_DATABASE_URL: SQLite loses writes on a network drive ({system}); use a local"
            " disk, or PostgreSQL."
        )


def file_system_of(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the type of the file system of a path; ``None`` if the system does not say."""
    if not mounts.is_file():
        return None
    rows = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    resolved = path.resolve()
    found = [row for row in rows if resolved.is_relative_to(row[1].replace("\\040", " "))]
    return max(found, key=lambda row: len(row[1]))[2] if found else None
