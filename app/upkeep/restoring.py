"""Restoring a backup in the place of a SQLite register.

Whoever can write a backup must not become an administrator by it, nor change what is answered. Of a
backup only the ledger is taken on its digests; all else is compared with the register that it
replaces, made anew, or shown and asked for.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from app.core.digest import JsonObject
from app.core.errors import ConflictError
from app.core.messages import SENTENCES, Message, Template
from app.database import Database, sqlite_files
from app.database.catalogue import strange_objects
from app.database.schema import change, head, known, migrate
from app.database.triggers import GUARDS, renew_guards
from app.ledger.verification import LedgerEnd, find_end
from app.units.tables import read_units
from app.upkeep.accounting import account, broken_link
from app.upkeep.backups import (
    Show,
    check_file,
    check_ledger,
    check_place,
    in_the_making,
    migration_of,
    opened,
    publish,
)
from app.upkeep.rebuilding import load_units, rebuild


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key that a restoration would bring into force, and what is new about it."""

    id: str
    name: str
    role: str
    provinces: str
    expires_at: str
    change: str


Accept = Callable[[Sequence[KeyChange]], bool]
"""Is called with the keys that are new or differ; says whether they may be valid."""
_IS_NO_BACKUP = Template("backups.is-no-backup", "{path} is the register itself: name a backup.")
_NEEDS_FORCE = Template(
    "backups.needs-force", "With --force it is replaced and kept beside the new one."
)
_NEWER = Template(
    "backups.newer-release",
    "The backup is at migration {migration}, of a newer release: restore it with that one.",
)
_LACKING = Template(
    "backups.lacking", "The schema of the backup is not that of its release: {what}."
)
_UNREADABLE = Template(
    "backups.unreadable", "The content of {register} is unknown: it cannot be read."
)
_UNREADABLE_BECAUSE = Template(
    "backups.unreadable-because", "The content of {register} is unknown: {error}."
)
_LONGER = Template(
    "backups.register-is-longer", "{register} has {revision} revisions, the backup {last}."
)
_OTHER = Template(
    "backups.other-register",
    "Revision {revision} of {register} is another one than in the backup.",
)
_AUDIT_CHANGED = Template(
    "backups.audit-changed",
    "{count} entries of the audit log are others in the backup than in {register}.",
)
_KEYS_DIFFER = Template(
    "backups.keys-differ",
    "These keys are new or differ in the backup, and would be valid: {keys}. Accept them by "
    "--accept-keys {keys} if you know each of them.",
)
_AUDIT_TAKEN = Template(
    "backups.audit-taken", "Audit log: {count} entries that the backup lacked were taken over."
)
_AUDIT_UNKNOWN = Template(
    "backups.audit-unknown",
    "Audit log: {count} entries, up to {last}; what came later is lost, and what is missing among "
    "them is not known.",
)
_AUDIT_ADDED = Template(
    "backups.audit-added", "Audit log: {count} entries of the backup were not in the register."
)
_ANSWERS = Template(
    "backups.answers-dropped",
    "Kept answers: {count} were not taken over, since the register did not have them; a request "
    "that is repeated is carried out as a new one.",
)
_TRIGGERS = Template(
    "backups.triggers-made", "Triggers: made anew; dropped, as no release has them: {names}."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restoration: its size, the end of its ledger, and the migration it was at."""

    bytes: int
    end: LedgerEnd
    migration: str
    kept: Path | None
    """The new name of the register that was replaced."""
    lost: Message | None
    """The loss that was accepted by force."""
    notes: tuple[Message, ...]
    """What became of the audit log, the kept answers and the triggers."""


async def restore(
    source: Path,
    register: Path,
    show: Show,
    *,
    units: Path,
    accept: Accept,
    force: bool = False,
) -> Restored:
    """Replace a register that nobody has open by a backup, with the units in a folder.

    ``ConflictError`` if revisions or entries of the audit log would be lost, unless ``force`` is
    given, and if keys that are new or differ are not accepted. In any case the replaced register is
    kept under another name. A backup of an earlier release is migrated to the schema of this one.
    """
    _check_restoration(source, register)
    # The copy is judged, as it is what will be there: the source may change meanwhile.
    with _held(register) as held, in_the_making(source, register, show) as made:
        lost = _lost(register, held, made)
        if lost and not force:
            raise ConflictError(SENTENCES(sentences=(lost, _NEEDS_FORCE())))
        migration, end, dropped = await _made_sound(made, units, show)
        notes = (*dropped, *_made_equal(made, held, accept))
        await _accounted(made)
        sqlite_files.dress(made, register)
        kept = _keep(register)
        return Restored(publish(made, register), end, migration, kept, lost, notes)


async def _made_sound(
    made: Path, units: Path, show: Show
) -> tuple[str, LedgerEnd, tuple[Message, ...]]:
    """Check a copy, and make anew what follows from its ledger and from this release."""
    async with opened(made) as database:
        await check_file(database)
        migration = await migration_of(database)
        if migration not in known():
            raise ConflictError(_NEWER(migration=migration))
        dropped = await _drop_strange_triggers(database)
        if migration != head():
            await migrate(database)
        await change(database, renew_guards)
        await check_ledger(database, show)
        if strange := await strange_objects(database):
            raise ConflictError(_LACKING(what="; ".join(strange)))
        await load_units(database, units)
        async with database.read() as connection:
            known_units = await read_units(connection)
        async for step in rebuild(database, known_units):
            show("Rebuilding", step.done, step.total)
        end = await find_end(database) or LedgerEnd()
    return migration, end, (_TRIGGERS(names=", ".join(dropped)),) if dropped else ()


async def _drop_strange_triggers(database: Database) -> list[str]:
    """Drop the triggers that no release made: they would act on what is done from here on."""
    async with database.write() as session:
        query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = set((await session.execute(query)).scalars())
        strange = sorted(present - GUARDS["sqlite"])
        for name in strange:
            quoted = name.replace('"', '""')
            connection = await session.connection()
            await connection.exec_driver_sql(f'DROP TRIGGER "{quoted}"')
    return strange


def _made_equal(made: Path, held: sqlite3.Connection | None, accept: Accept) -> tuple[Message, ...]:
    """Compare with the register what no digest covers, and take over what the copy lacks."""
    with closing(sqlite3.connect(made)) as copy, copy:
        changed = changed_keys(copy, held)
        if changed and not accept(changed):
            raise ConflictError(_KEYS_DIFFER(keys=",".join(key.id for key in changed)))
        # Nothing vouches for them, and some may have ended since the backup was made.
        copy.execute("DELETE FROM access_session")
        return (*_audit_notes(copy, held), *_answer_notes(copy, held))


async def _accounted(made: Path) -> None:
    """Let the audit log account for what was accepted and taken over.

    Its chain goes on where it is whole; else it begins anew, with all entries.
    """
    async with opened(made) as database:
        if await broken_link(database):
            await change(database, _unlink)
        await account(database, changed=True)


def _unlink(connection: Connection) -> None:
    connection.execute(text("DROP TRIGGER audit_link_keep"))
    connection.execute(text("DELETE FROM audit_link"))
    renew_guards(connection)


def _audit_notes(copy: sqlite3.Connection, held: sqlite3.Connection | None) -> Iterator[Message]:
    """Take over the entries that the copy lacks; tell of those that the register lacks."""
    ours = {row["id"]: row for row in rows_of(copy, "audit_entry")}
    if held is None:
        yield _AUDIT_UNKNOWN(count=len(ours), last=max(ours, default="none"))
        return
    theirs = {row["id"]: row for row in rows_of(held, "audit_entry")}
    lacking = [row for key, row in sorted(theirs.items()) if key not in ours]
    for row in lacking:
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"INSERT INTO audit_entry ({columns}) VALUES ({marks})"  # noqa: S608 (own names)
        copy.execute(sql, [*row.values()])
    if lacking:
        yield _AUDIT_TAKEN(count=len(lacking))
    if added := ours.keys() - theirs.keys():
        yield _AUDIT_ADDED(count=len(added))


def _answer_notes(copy: sqlite3.Connection, held: sqlite3.Connection | None) -> Iterator[Message]:
    """Drop the kept answers that the register does not have: nothing else vouches for them."""
    theirs = [] if held is None else rows_of(held, "idempotency_key")
    forged = [row for row in rows_of(copy, "idempotency_key") if row not in theirs]
    for row in forged:
        where = "DELETE FROM idempotency_key WHERE author = ? AND key = ?"
        copy.execute(where, [row["author"], row["key"]])
    if forged:
        yield _ANSWERS(count=len(forged))


def _check_restoration(source: Path, register: Path) -> None:
    sqlite_files.check_readable(source)
    check_place(register)
    if register.exists() and register.samefile(source):
        raise ConflictError(_IS_NO_BACKUP(path=source))


@contextmanager
def _held(register: Path) -> Iterator[sqlite3.Connection | None]:
    """Keep others out of a register; ``None`` instead of a connection if it cannot be read."""
    with ExitStack() as stack:
        held = None
        if register.exists():
            with suppress(sqlite3.DatabaseError):
                found = stack.enter_context(sqlite_files.alone(register))
                # What the backup is compared with has to be readable, too.
                for table in ("access_key", "audit_entry", "idempotency_key"):
                    rows_of(found, table)
                held = found
        yield held


def _lost(register: Path, held: sqlite3.Connection | None, source: Path) -> Message | None:
    """Return what replacing a register would lose, as far as that can be read."""
    if held is None:
        return _UNREADABLE(register=register) if _is_there(register) else None
    try:
        present = _end(held)
        with sqlite_files.reading(source) as backup:
            losses = (
                *_lost_revisions(register, present, backup),
                *_changed_entries(register, held, backup),
            )
    except sqlite3.DatabaseError as error:
        return _UNREADABLE_BECAUSE(register=register, error=str(error))
    return SENTENCES(sentences=losses) if losses else None


def _lost_revisions(
    register: Path, present: LedgerEnd, backup: sqlite3.Connection
) -> Iterator[Message]:
    last = _end(backup)
    if present.revision > last.revision:
        yield _LONGER(register=register, revision=present.revision, last=last.revision)
    elif present.revision and present != _end(backup, present.revision):
        yield _OTHER(register=register, revision=present.revision)


def _changed_entries(
    register: Path, held: sqlite3.Connection, backup: sqlite3.Connection
) -> Iterator[Message]:
    """Tell of entries that both have and that differ: no release changes one."""
    theirs = {row["id"]: row for row in rows_of(held, "audit_entry")}
    count = sum(theirs.get(row["id"], row) != row for row in rows_of(backup, "audit_entry"))
    if count:
        yield _AUDIT_CHANGED(count=count, register=register)


def _end(connection: sqlite3.Connection, revision: int | None = None) -> LedgerEnd:
    """Return the last revision, or the last up to a given one, of a file of any release."""
    if not has_table(connection, "revision"):
        return LedgerEnd()
    sql = "SELECT number, digest FROM revision WHERE number <= ? ORDER BY number DESC LIMIT 1"
    row = connection.execute(sql, [2**62 if revision is None else revision]).fetchone()
    return LedgerEnd(*row) if row else LedgerEnd()


def _is_there(register: Path) -> bool:
    return register.exists() or sqlite_files.has_leftovers(register)


def _keep(register: Path) -> Path | None:
    """Keep a register under another name, with the time in it; ``None`` if there is none."""
    if not _is_there(register):
        return None
    now = datetime.now(UTC)
    kept = register.with_name(f"{register.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    sqlite_files.set_aside(register, kept)
    return kept


# The last use says nothing of what a key opens, and revocation is compared on its own.
_COMPARED = {
    "name": "name",
    "role": "role",
    "provinces": "provinces",
    "secret_hash": "secret",
    "expires_at": "end",
}


def changed_keys(
    backup: sqlite3.Connection, register: sqlite3.Connection | None
) -> list[KeyChange]:
    """Return the keys in force in a backup that are new or differ, all where nothing is known."""
    known = {} if register is None else keys_of(register)
    # As it is stored.
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return [
        KeyChange(
            _plain(key_id),
            _plain(key["name"]),
            _plain(key["role"]),
            _plain(key["provinces"]),
            _plain(key["expires_at"]),
            change,
        )
        for key_id, key in sorted(keys_of(backup).items())
        if key["revoked_at"] is None and str(key["expires_at"]) > now
        if (change := "; ".join(_changes(key, known.get(key_id))))
    ]


def _changes(key: JsonObject, before: JsonObject | None) -> Iterator[str]:
    if before is None:
        yield "new"
        return
    if before["revoked_at"] is not None:
        yield "revoked since"
    for column, label in _COMPARED.items():
        if key[column] != before[column]:
            shown = "" if column == "secret_hash" else f" was {_plain(before[column])}"
            yield f"other {label}{shown}"


def keys_of(connection: sqlite3.Connection) -> dict[str, JsonObject]:
    """Return the rows of all keys by their ids; none from a release that had no keys."""
    return {row["id"]: row for row in rows_of(connection, "access_key")}


def rows_of(connection: sqlite3.Connection, table: str) -> list[JsonObject]:
    """Return the rows of a table as they are stored; none where there is no such table."""
    if not has_table(connection, table):
        return []
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 (own names)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Return whether there is a table of that name."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(sql, [name]).fetchone() is not None


def _plain(value: object) -> str:
    """Return a text that a terminal shows as it is: whoever wrote the backup chose it."""
    return "".join(c if c.isprintable() else "?" for c in str(value))
