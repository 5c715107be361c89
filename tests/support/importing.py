"""Files committed to a register, as a reviewed import is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.dates import today
from app.core.errors import Fault
from app.database import Database
from app.entry.bulk import BulkFault
from app.imports.candidates import read_candidates
from app.imports.commits import Import, Terms, record
from app.imports.contexts import Given
from app.imports.effects import ImportOutcome
from app.imports.reading import read_report
from app.imports.references import Document
from app.imports.report import Report
from app.ledger.revisions import Writer
from tests.support.registers import known_units, writer_on

SAMPLES = Path(__file__).parents[1] / "fixtures" / "import"


def sample(number: int) -> Path:
    """Return the file of one of the samples."""
    found = [one for one in SAMPLES.glob(f"{number:02}_*") if one.suffix != ".json"]
    return found[0]


async def read_file(
    database: Database, content: bytes | str, name: str = "file.csv", **given: Any
) -> Import:
    """Read a file by what the register has."""
    async with database.read() as connection:
        candidates = await read_candidates(connection, await known_units(database), today())
    data = content.encode() if isinstance(content, str) else content
    report = read_report(data, name, Given(**given), candidates)
    return Import(report, candidates, Document(name))


async def read_sample(database: Database, number: int, **given: Any) -> Import:
    """Read a sample."""
    path = sample(number)
    return await read_file(database, path.read_bytes(), path.name, **given)


def confirm(report: Report, *rows: int) -> None:
    """Answer all questions about rows as they are read."""
    for row in report.rows:
        if row.row in rows:
            row.needs_confirmation = []
            row.match = row.match and replace(row.match, needs_confirmation=False)
            for one in row.statements:
                one.origin = None


async def committed(
    database: Database, file: Import, writer: Writer | None = None, **terms: Any
) -> ImportOutcome:
    """Record a file."""
    writer = writer or await writer_on(database, "importer")
    return await record(writer, file, Terms(**terms), fault)


def fault(found: Fault) -> BulkFault:
    """Return a fault with its sentence in English."""
    return BulkFault(pointer=str(found.pointer), detail=str(found.detail), type="", code=found.code)
