"""Files committed to a register, as a reviewed import is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.dates import today
from app.database import Database
from app.imports.answers import Answers, RowAnswer
from app.imports.candidates import read_candidates
from app.imports.commits import ImportedFile, Terms, record
from app.imports.contexts import Given
from app.imports.outcomes import Outcome
from app.imports.reading import read_report
from app.imports.references import Document
from app.ledger.revisions import Writer
from tests.support.registers import known_units, writer_on

SAMPLES = Path(__file__).parents[1] / "fixtures" / "import"


def sample(number: int) -> Path:
    """Return the file of one of the samples."""
    found = [one for one in SAMPLES.glob(f"{number:02}_*") if one.suffix != ".json"]
    return found[0]


async def read_file(
    database: Database,
    content: bytes | str,
    name: str = "file.csv",
    confirmed: Sequence[int] = (),
    **given: Any,
) -> ImportedFile:
    """Read a file by what the register has; some rows are confirmed as they are read."""
    async with database.read() as connection:
        candidates = await read_candidates(connection, await known_units(database), today())
    data = content.encode() if isinstance(content, str) else content
    answers = Answers(rows=dict.fromkeys(confirmed, RowAnswer(confirmed=True)))
    report = read_report(data, name, Given(**given), candidates, answers)
    return ImportedFile(report, candidates, Document(name))


async def read_sample(
    database: Database, number: int, *confirmed: int, **given: Any
) -> ImportedFile:
    """Read a sample."""
    path = sample(number)
    return await read_file(database, path.read_bytes(), path.name, confirmed, **given)


async def committed(
    database: Database, file: ImportedFile, writer: Writer | None = None, **terms: Any
) -> Outcome:
    """Record a file."""
    writer = writer or await writer_on(database, "importer")
    return await record(writer, file, Terms(**terms))
