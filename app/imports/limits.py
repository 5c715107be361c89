"""How large a file may be, and how it is refused. Bounds hold before anything is unpacked."""

from app.core.errors import BadBodyError
from app.core.messages import Message, Template

MOST_BYTES = 10_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 256
MOST_SHEETS = 100
MOST_CELLS = 2_000_000
MOST_TEXT = 32_767
"""Characters of a cell: what a spreadsheet itself accepts."""
MOST_UNPACKED = 128_000_000
"""Bytes of all parts of a packed file that are read."""
MOST_PARTS = 2_000

TOO_LARGE = Template(
    "imports.too-large",
    "The file has more than {most} bytes. Send each sheet as a file of its own.",
)
TOO_MANY_ROWS = Template(
    "imports.too-many-rows",
    "Sheet {sheet} has values below row {most}. Delete what does not belong to the table, or"
    " divide the file.",
)
TOO_MANY_COLUMNS = Template(
    "imports.too-many-columns",
    "Sheet {sheet} has values to the right of column {most}. Delete what does not belong to the"
    " table.",
)
TOO_MANY_CELLS = Template(
    "imports.too-many-cells", "The file has more than {most} cells. Divide it."
)
TOO_MANY_SHEETS = Template(
    "imports.too-many-sheets",
    "The file has more than {most} sheets or tables. Delete what is not to be read, or divide it.",
)
TOO_LONG_A_TEXT = Template(
    "imports.too-long-a-text",
    "A cell in row {row} of sheet {sheet} has more than {most} characters. Shorten it.",
)


class UnreadableFileError(BadBodyError):
    """422: a file that cannot be read, or is too large to be."""


def refuse(detail: Message) -> UnreadableFileError:
    """Return the error for a file, at the member of the form that holds it."""
    return UnreadableFileError.of("#/file", detail)
