"""Dumps: the whole ledger as lines of JSON, which a register on either database begins with.

The first line says what the dump is of, the last one where it ends; between them is one line for
each revision. What does not follow from the ledger is left out: keys, sessions, the audit log,
imports and proposals on their way. A dump is trusted no more than a backup: all of it is checked
by its digests, and only a digest that was noted elsewhere shows that nobody computed them anew.
"""

import gzip
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app import __version__
from app.core.digest import canonical_json
from app.core.errors import ConflictError
from app.core.messages import Template
from app.database import Database
from app.database.tables import REVISION_COUNTER
from app.ledger.revisions import IN_ORDER
from app.ledger.verification import LedgerEnd, recorded
from app.units.units import Units
from app.upkeep.backups import Show

FORMAT = 1
"""Of the lines; a release reads the formats that it knows."""
PACKED = ".gz"
"""How the names of compressed dumps end."""
COUNTER = REVISION_COUNTER.c.number, REVISION_COUNTER.c.units_edition
_EXISTS = Template("dumps.exists", "{path} exists: name another file, or replace it with --force.")


async def dump(
    target: Path, database: Database, units: Units, show: Show, *, force: bool = False
) -> LedgerEnd:
    """Write the ledger of now to a file, compressed if its name ends in ``.gz``; others may write.

    The file has its name only once it is complete. ``ConflictError`` if there is one of that name.
    """
    with _in_the_making(target, force=force) as file:
        async with database.read(at_length=True) as connection:
            async for line, end, total in _lines(connection, units):
                file.write(f"{line}\n".encode())
                show("Dumping", end.revision, total)
    return end


@contextmanager
def _in_the_making(target: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Lend a file that gets its name at the end of the block, if that ends well."""
    if target.exists() and not force:
        raise ConflictError(_EXISTS(path=target))
    made = target.with_name(f".{target.name}.{token_hex(8)}.partial")
    try:
        with made.open("xb") as plain:
            if target.suffix != PACKED:
                yield plain
            else:
                # Without name and time, so that the same ledger has the same bytes.
                with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                    yield cast("BinaryIO", packed)
            plain.flush()
            os.fsync(plain.fileno())
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)


async def _lines(
    connection: AsyncConnection, units: Units
) -> AsyncIterator[tuple[str, LedgerEnd, int]]:
    """Yield the lines, each with the revision it comes to, and the total."""
    total, edition = (await connection.execute(select(*COUNTER))).one()
    head = {
        "format": FORMAT,
        "release": __version__,
        "units": {"edition": edition, "digest": units.digest},
        "revisions": total,
        "counts": await _counts(connection, total),
    }
    end = LedgerEnd()
    yield canonical_json(head), end, total
    async for one in recorded(connection, total):
        end = LedgerEnd(one.revision.number, one.revision.digest)
        yield one.line, end, total
    yield last_line(end), end, total


def last_line(end: LedgerEnd) -> str:
    """Return the last line of a dump that comes to a revision."""
    return canonical_json({"revisions": end.revision, "digest": end.digest})


async def _counts(connection: AsyncConnection, total: int) -> dict[str, int]:
    counts = {}
    for table in IN_ORDER:
        query = select(func.count()).select_from(table).where(table.c.revision <= total)
        counts[table.name] = int((await connection.execute(query)).scalar_one())
    return counts
