"""Somebody who may write to the database of a register and knows how its digests are made."""

from collections.abc import Sequence

from sqlalchemy import select, text, update

from app.access.tables import AUDIT_LINKS
from app.core.digest import GENESIS, chain_digest
from app.database import Database
from app.ledger.statements import recorded_digest
from app.ledger.tables import REVISIONS, STATEMENTS
from app.ledger.verification import _contents
from app.upkeep.accounting import account
from tests.support.ledgers import rebuild_all, unguarded
from tests.support.registers import opened, writer_on


async def forge(database: Database, *statements: str) -> None:
    """Change a ledger, compute all digests and projections anew, and put the triggers back."""
    guards = await _guards(database)
    async with unguarded(database.url) as connection:
        for statement in statements:
            await connection.execute(text(statement))
        for row in (await connection.execute(select(STATEMENTS))).mappings().all():
            changed = update(STATEMENTS).where(STATEMENTS.c.id == row["id"])
            await connection.execute(changed.values(content_digest=recorded_digest(dict(row))))
        previous = GENESIS
        last = (await connection.execute(text("SELECT max(number) FROM revision"))).scalar_one()
        for number, stored in sorted((await _contents(connection, 1, last)).items()):
            previous = chain_digest(previous, stored.content)
            is_it = REVISIONS.c.number == number
            await connection.execute(update(REVISIONS).where(is_it).values(digest=previous))
        for guard in guards:
            await connection.execute(text(guard))
    async with opened(database.url) as again:
        await rebuild_all(await writer_on(again))


async def forge_audit(database: Database, *statements: str) -> None:
    """Change what the audit log accounts for, and compute its chain anew."""
    guards = await _guards(database)
    async with unguarded(database.url) as connection:
        for statement in (*statements, f"DELETE FROM {AUDIT_LINKS.name}"):
            await connection.execute(text(statement))
        for guard in guards:
            await connection.execute(text(guard))
    async with opened(database.url) as again:
        await account(again, changed=True)


async def _guards(database: Database) -> Sequence[str]:
    """Return what makes the triggers of an SQLite file anew."""
    async with database.read() as connection:
        found = text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        return (await connection.execute(found)).scalars().all()
