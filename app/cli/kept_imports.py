"""Imports that are kept, as whoever has the database sees them: listed, and undone."""

import asyncio
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from app.access.principals import Principal, PrincipalRole
from app.cli.common import OUT, WIDE, changing_database, opened_database, ready
from app.http.languages import CATALOGUES
from app.imports.recorded import retract
from app.imports.store import Draft, list_drafts
from app.ledger.revisions import Writer

OPERATOR: Final = Principal("command-line", "icr import", PrincipalRole.administrator)
"""Whoever uses the command line: all imports are theirs to see."""


def imports(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
) -> None:
    """List imports, those that were sent over HTTP as well; icr import --retract undoes one."""
    asyncio.run(_list(limit))


async def _list(limit: int) -> None:
    async with opened_database() as database:
        await ready(database)
        async with database.read() as connection:
            found = await list_drafts(connection, OPERATOR, limit)
    table = Table("id", "state", "author", "file", "province", "about", "rows", "revision")
    for draft in found:
        table.add_row(*_cells(draft))
    (OUT if OUT.is_terminal else Console(width=WIDE, markup=False, highlight=False)).print(table)


def _cells(draft: Draft) -> tuple[str, ...]:
    report = draft.report
    shown = (draft.id, draft.state, draft.author, draft.file_name, report["province"])
    more = (report["effective_from"], report["counts"]["rows"], draft.revision)
    return tuple("" if cell is None else str(cell) for cell in (*shown, *more))


async def undo(import_id: str, reason: str) -> None:
    """Retract what was recorded of an import, and say what stays."""
    async with changing_database() as database:
        writer = Writer(database, await ready(database), OPERATOR.name)
        done = await retract(writer, OPERATOR, import_id, reason, CATALOGUES["vi"])
    for one in done.stays:
        for fault in one.errors:
            OUT.print(f"Stays: {one.address}: {fault.message_en}")
    number = "no revision" if done.revision is None else f"revision {done.revision}"
    counts = f"{done.retracted} statements retracted, {len(done.withdrawn)} entries withdrawn"
    OUT.print(f"{counts}, {len(done.stays)} stay: {number}.")
