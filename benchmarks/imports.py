"""``python -m benchmarks.imports``: how fast a large spreadsheet becomes a report, in what memory.

The measure is openpyxl, which reads the cells of the same file in the same run: a ratio of 1 is as
long as that alone. Of a commit it is the bulk pipeline, which records the same items.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import process_time

import openpyxl
import xlsxwriter

from app.core.vocabulary import SiteKind
from app.database import Database
from app.database.schema import migrate
from app.entry.recording import recording
from app.imports.candidates import read_candidates
from app.imports.committing import intended, sought_by
from app.imports.contexts import Candidates, Given
from app.imports.existing import read_existing
from app.imports.matching import SiteCandidate
from app.imports.reading import read_report
from app.imports.references import Document
from app.ledger.revisions import Writer
from app.subjects.sites import SiteState
from app.units.tables import read_units
from app.units.units import Unit, UnitLevel, Units
from app.upkeep.rebuilding import load_units
from benchmarks.serving import ROOT

_ROWS = 20_000
_COMMITTED = 2_000
_HEADERS = (
    "TT", "Tên CCN", "Địa điểm", "Diện tích (ha)", "Quyết định thành lập",
    "Diện tích đất công nghiệp",
    "Diện tích đất đã cho thuê", "Tỷ lệ lấp đầy", "Chủ đầu tư", "Ghi chú",
    *(f"Cột {number}" for number in range(11, 26)),
)  # fmt: skip
_KILOBYTES = 1024


def write(path: Path) -> None:
    """Write a table of 20,000 clusters in 25 columns, with one total."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("30.6.2026")
    percent = book.add_format({"num_format": "0.00%"})
    sheet.write_row(0, 0, _HEADERS)
    for row in range(1, _ROWS + 1):
        sheet.write_row(row, 0, _cells(row))
        sheet.write_number(row, 7, 0.4016, percent)
    book.close()


def _cells(row: int) -> list[object]:
    decision = f"QĐ số {row}/QĐ-UBND ngày {1 + row % 28}/{1 + row % 12}/2021"
    known: list[object] = [
        row,
        f"CCN Số {row}",
        f"Xã Số {row % 500}",
        f"{10 + row % 65},{row % 10}",
    ]
    known += [decision, 30.5, "12,25", 0.4016, f"Công ty CP Đầu tư số {row % 300}", "Đang GPMB"]
    return known + [row * c % 1000 if c % 2 else f"ghi chú {row % 50}" for c in range(15)]


def _candidates() -> Candidates:
    day = date(2025, 7, 1)
    province = Unit(UnitLevel.province, "15", "Lào Cai", "province", None, day, None)
    communes = [
        Unit(UnitLevel.commune, f"{code:05}", f"Số {code}", "commune", "15", day, None)
        for code in range(500)
    ]
    sites = [
        SiteCandidate(f"ccn-so-{n}", SiteKind.cluster, f"CCN Số {n}", (), frozenset(["15"]))
        for n in range(1, _ROWS // 2)
    ]
    return Candidates(Units([province, *communes], []), sites, (), frozenset(SiteState.members))


@dataclass(frozen=True, slots=True)
class Imported:
    """What it took to make a report of the file, and openpyxl to read its cells alone."""

    rows: int
    seconds: float
    megabytes: float
    alone_seconds: float

    @property
    def ratio(self) -> float:
        """How long a report takes, measured by openpyxl."""
        return self.seconds / self.alone_seconds


def measure() -> Imported:
    """Measure in a process of its own, whose memory is that of this alone."""
    command = [sys.executable, "-m", "benchmarks.imports", "--json"]
    printed = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 (ours)
    return Imported(**json.loads(printed.stdout))


def _measured() -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        write(path)
        content, candidates = path.read_bytes(), _candidates()
        begun = process_time()
        report = read_report(content, path.name, Given(province_code="15"), candidates)
        taken = process_time() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES
        begun = process_time()
        rows = sum(1 for _ in openpyxl.load_workbook(path).worksheets[0].iter_rows())
        alone = process_time() - begun
    assert len(report.rows) == rows  # noqa: S101  (what was measured is the whole file)
    return Imported(rows, taken, memory, alone)


async def commit() -> tuple[int, float, float]:
    """Commit a table of new clusters, and give how many entries that made.

    Then processor time: of making the items, and of recording them in bulk.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/register.sqlite3")
        database.create()
        await migrate(database)
        await load_units(database, Path("seeds/units"))
        async with database.read() as connection:
            units = await read_units(connection)
            candidates = await read_candidates(connection, units, date(2026, 6, 30))
            text = "\n".join(_table()).encode()
            given = Given(province_code="15", effective_from="2026-06-30")
            report = read_report(text, "table.csv", given, candidates)
            begun = process_time()
            document = Document("table.csv")
            existing = await read_existing(connection, sought_by(report, document))
            items = intended(report, candidates, existing, document).items
        made = process_time()
        async with recording(Writer(database, units, "benchmark"), items) as done:
            count = sum(map(len, done.plan.accepted.values()))
        recorded = process_time()
        await database.close()
    return count, made - begun, recorded - made


def _table() -> Iterator[str]:
    yield "TT;Tên CCN;Diện tích (ha);Quyết định thành lập;Đất công nghiệp (ha);Chủ đầu tư;Ghi chú"
    for row in range(1, _COMMITTED + 1):
        decision = f"QĐ số {row}/QĐ-UBND ngày {1 + row % 28}/{1 + row % 12}/2021"
        firm = f"Công ty CP Đầu tư số {row % 300}"
        yield f"{row};CCN Số {row};{10 + row % 60},5;{decision};8,5;{firm};Đang GPMB {row}"


def main() -> None:
    """Write the files, measure, print the figures."""
    found = _measured()
    if "--json" in sys.argv:
        print(json.dumps(asdict(found)))
        return
    print(
        f"{found.rows} rows to a report: {found.seconds:.1f} s of processor time, "
        f"{found.megabytes:.0f} MB; {found.ratio:.2f} of what openpyxl takes for the cells alone"
    )
    count, made, recorded = asyncio.run(commit())
    print(
        f"{_COMMITTED} rows committed, {count} entries: {made + recorded:.1f} s of processor time"
    )
    print(f"recording them in bulk alone: {recorded:.1f} s; ratio {1 + made / recorded:.2f}")


if __name__ == "__main__":
    main()
