"""Any file as a workbook. The content says which format it is; a name may be wrong."""

from app.core.messages import Template
from app.imports.delimited import read_delimited
from app.imports.docx import read_docx
from app.imports.grids import Value, Workbook
from app.imports.legacy_text import legacy_of, modern
from app.imports.limits import MOST_BYTES, TOO_LARGE, refuse
from app.imports.ods import read_ods
from app.imports.packages import Package
from app.imports.xls import read_xls
from app.imports.xlsx import read_xlsx

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0"
_UNKNOWN_PACKAGE = Template(
    "imports.unknown-package",
    "This packed file is neither XLSX, XLSM, ODS nor DOCX. Save the table as one of these.",
)
_NO_TABLE = Template("imports.no-table", "The file has no table: no visible sheet has any cell.")
_READERS = (
    ("xl/workbook.xml", read_xlsx),
    ("word/document.xml", read_docx),
    ("content.xml", read_ods),
)
_LEGACY_SAMPLE = 2000


def read_workbook(content: bytes, name: str = "") -> Workbook:
    """Read a file of any of the formats.

    ``name`` decides only what content leaves open: pasted cells (``.tsv``) are divided by tabs.
    Raises ``UnreadableFileError`` with what would help.
    """
    if len(content) > MOST_BYTES:
        raise refuse(TOO_LARGE(most=MOST_BYTES))
    workbook = _read(content, name)
    if not any(sheet.visible and any(sheet.rows) for sheet in workbook.sheets):
        raise refuse(_NO_TABLE())
    for sheet in workbook.sheets:
        _modernise(sheet.rows)
    return workbook


def _read(content: bytes, name: str) -> Workbook:
    if content.startswith(_ZIP):
        package = Package(content)
        for part, reader in _READERS:
            if part in package.parts:
                return reader(package)
        raise refuse(_UNKNOWN_PACKAGE())
    if content.startswith(_COMPOUND):
        return read_xls(content)
    return read_delimited(content, "\t" if name.lower().endswith(".tsv") else None)


def _modernise(rows: list[list[Value]]) -> None:
    """Bring the texts of a sheet from TCVN3 and VNI to Unicode, in place."""
    texts = (cell for row in rows for cell in row if isinstance(cell, str) and not cell.isascii())
    legacy = legacy_of([text for _, text in zip(range(_LEGACY_SAMPLE), texts, strict=False)])
    for row in rows:
        for column, cell in enumerate(row):
            if isinstance(cell, str) and not cell.isascii():
                row[column] = modern(cell, legacy)
