"""Where the ledger ends, and whether the file that holds it is whole."""

from dataclasses import dataclass

from sqlalchemy import select, text

from app.database import Database, is_sqlite
from app.domain.digest import GENESIS
from app.repositories.tables import REVISIONS

_MOST_FAULTS = 10


@dataclass(frozen=True, slots=True)
class End:
    """A revision and its digest: whoever has noted them can tell the ledger from any other.

    No other ledger comes to the same digest, and it follows from everything recorded until then.
    """

    revision: int = 0
    digest: str = GENESIS

    def __str__(self) -> str:
        """Write both as they can be noted."""
        return f"{self.revision}:{self.digest}"

    @classmethod
    def parse(cls, noted: str) -> "End":
        """Read what was noted; ``ValueError`` for anything else."""
        revision, _, digest = noted.strip().partition(":")
        return cls(int(revision), digest)


async def find_end(database: Database, revision: int | None = None) -> End | None:
    """Return the digest of a revision, or of the last one; ``None`` where there is none such.

    Of a ledger that holds nothing yet there is revision 0.
    """
    query = select(REVISIONS.c.number, REVISIONS.c.digest).order_by(REVISIONS.c.number.desc())
    if revision is not None:
        query = query.where(REVISIONS.c.number == revision)
    async with database.read() as connection:
        row = (await connection.execute(query.limit(1))).one_or_none()
    return End(*row) if row else (None if revision else End())


async def file_faults(database: Database) -> list[str]:
    """Return what SQLite finds wrong with its file, and rows that refer to nothing.

    Of a server nothing is asked: it looks after its files itself.
    """
    if not is_sqlite(database.url):
        return []
    async with database.read(at_length=True) as connection:
        told = (await connection.execute(text(f"PRAGMA integrity_check({_MOST_FAULTS})"))).all()
        faults = [row[0] for row in told if row[0] != "ok"]
        loose = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    return faults + [f"a row of {row[0]} refers to no row of {row[2]}" for row in loose[:10]]
