"""What each row below a header is: data, a group that says something of its rows, a total."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.core.vocabulary import SiteKind
from app.imports.grids import Value
from app.imports.numbers import read_number
from app.imports.tables import Table, text_of
from app.imports.words import attribute_of, plain

_TOTAL = re.compile(r"(?:tong cong|tong so|tong|cong)(?: |$)")
_ROMAN = re.compile(r"[IVX]+")
_DOTTED = re.compile(r"[IVX]+\.[0-9]+|[A-Z]\.[0-9IVX]+")
_LETTER = re.compile(r"[A-HĐ]")
_ARABIC = re.compile(r"[0-9]+(?:\.[0-9]+)*\.?")
_NUMBERED = re.compile(r"\s*([IVX]+\.[0-9]+|[IVX]+|[A-HĐ])\s*[.)\-:]\s*(?=\S)")
_COUNT = re.compile(r"\(\s*([0-9]+)\s*(?:cụm|khu|ccn|kcn|dự án)[^()]*\)", re.IGNORECASE)
_GROUP_WORDS = re.compile(
    r"(?:khu vuc|huyen|thanh pho|tp|thi xa|cac cum|cac khu|cum cong nghiep|khu cong nghiep|ccn da"
    r"|ccn chua|ccn dang|nhom|dia ban)(?: |$)"
)
_FOOTNOTE = re.compile(
    r"\s*(?:ghi chú|chú thích|\(?\*+\)?|\(([0-9]{1,2})\))\s*:?\s*", re.IGNORECASE
)
_SIGNATURE = re.compile(r"ngày\s+\S+\s+tháng\s+\S+\s+năm", re.IGNORECASE)
_PART = re.compile(
    r"(?:trong do|mang sang|chuyen sang|(?:giai doan|gd) ?(?:[0-9]+|[ivx]+)(?= |$))(?= |$)"
)
"""What rows begin with that say more of another row, or repeat a sum on the next page."""
_OF_KIND = re.compile(
    r"(?:(?:danh sach|danh muc|tong so|cac|nhom|doi voi) )*"
    r"(khu cong nghiep|kcn|cum cong nghiep|ccn|lang nghe)(?= |$)"
)
OTHER_TABLE = "other_table"
"""The role of rows of other tables on the sheet than the one that is read."""
_FEWEST_HEADERS = 3
_MERGED = 3
_KIND_WORDS = {
    "khu cong nghiep": SiteKind.zone,
    "kcn": SiteKind.zone,
    "cum cong nghiep": SiteKind.cluster,
    "ccn": SiteKind.cluster,
    "lang nghe": SiteKind.craft_village,
}
_KINDS = {
    "cum cong nghiep": SiteKind.cluster,
    "ccn": SiteKind.cluster,
    "cac cum cong nghiep": SiteKind.cluster,
    "khu cong nghiep": SiteKind.zone,
    "kcn": SiteKind.zone,
    "cac khu cong nghiep": SiteKind.zone,
}


@dataclass(frozen=True, slots=True)
class Group:
    """A group row: its title without numbering and count, and what it says of its rows.

    ``kind`` is set where the title is nothing but a kind.
    """

    row: int
    level: int
    numeral: str
    title: str
    count: int | None = None
    kind: SiteKind | None = None

    @property
    def of_kind(self) -> SiteKind | None:
        """The kind of sites that the title is about: it begins with one and names no other."""
        title = plain(self.title)
        found = _OF_KIND.match(title)
        named = {kind for word, kind in _KIND_WORDS.items() if f" {word} " in f" {title} "}
        return _KIND_WORDS[found.group(1)] if found and len(named) == 1 else None

    def says(self, *phrases: str) -> bool:
        """Return whether the title has one of some folded phrases."""
        text = f" {plain(self.title)} "
        return any(f" {phrase} " in text for phrase in phrases)


@dataclass(slots=True)
class BodyRow:
    """A row below the header, from 0, with its role and the groups that it is in."""

    row: int
    role: str
    cells: Sequence[Value]
    groups: tuple[Group, ...] = ()
    hidden: bool = False
    footnotes: dict[str, str] = field(default_factory=dict)

    def text(self, index: int | None) -> str:
        """Return the text of a cell."""
        return text_of(self.cells[index]) if index is not None and index < len(self.cells) else ""


def body_rows(table: Table) -> list[BodyRow]:
    """Return the rows of a table in their order, each with its role.

    Where no column is known to hold names, no row is known to be about anything.
    """
    if table.lacks_names:
        return [_unnamed(table, row) for row in table.body]
    reader = _RowReader(table)
    rows = [reader.read(row) for row in table.body]
    _end(rows)
    return rows


def next_table(rows: Iterable[BodyRow]) -> int | None:
    """Return the row, from 0, where another table begins below this one."""
    return next((row.row for row in rows if row.role == OTHER_TABLE), None)


def _unnamed(table: Table, row: int) -> BodyRow:
    cells = table.sheet.rows[row]
    return BodyRow(row, "unnamed" if any(map(text_of, cells)) else "empty", cells)


class _RowReader:
    """Reads rows in their order, and keeps the groups that are open."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._number = _index(table, "row_number")
        self._name = _index(table, "name", "indicator")
        texts = {"row_number", "name", "place", "investor", "managing_body", "note", "status", None}
        self._figures = [c.index for c in table.columns if c.attribute not in texts]
        self._merged = {
            merge.row
            for merge in table.sheet.merges
            if merge.last_column - merge.column + 1 >= _MERGED
        }
        self._open: list[Group] = []
        self._header = [self._text(table.header.start, c.index) for c in table.columns]
        numbers = [self._text(row, self._number) for row in table.body]
        self._attributes = {c.index: c.attribute for c in table.columns if c.attribute}
        self._is_other_table = False
        # Where nothing else is numbered, Roman numerals count the sites themselves.
        self._is_numbered = any(map(_ARABIC.fullmatch, numbers))

    def _text(self, row: int, index: int | None) -> str:
        return "" if index is None else text_of(self._table.sheet.value(row, index))

    def read(self, row: int) -> BodyRow:
        cells = self._table.sheet.rows[row]
        found = BodyRow(row, "", cells, hidden=row in self._table.sheet.hidden_rows)
        found.role = self._role(found)
        found.groups = tuple(self._open)
        return found

    def _role(self, row: BodyRow) -> str:
        texts = [text for cell in row.cells if (text := text_of(cell))]
        if not texts:
            return "empty"
        number, name = row.text(self._number), row.text(self._name)
        if heading := self._heading(row, number, texts):
            return heading
        if of_sums := self._sum_or_part(number, name):
            return of_sums
        group = self._group(row, number, name, texts)
        if group is not None:
            self._open = [g for g in self._open if g.level < group.level] + [group]
            return "subtotal_group" if self._has_figures(row) else "group"
        is_note = len(texts) == 1 and _FOOTNOTE.match(name)
        if name and not is_note:
            return "data"
        return "unnamed" if self._has_figures(row) and not is_note else "note"

    def _heading(self, row: BodyRow, number: str, texts: list[str]) -> str:
        """Return whether a row is the header again, or belongs to another table below."""
        if self._is_other_table:
            return OTHER_TABLE
        if len(texts) > 1 and [row.text(c.index) for c in self._table.columns] == self._header:
            return "header"
        if len(texts) < _FEWEST_HEADERS or _ARABIC.fullmatch(number):
            return ""
        cells = ((at, cell) for at, cell in enumerate(row.cells) if isinstance(cell, str))
        named = {at: found for at, cell in cells if (found := attribute_of(cell.strip()))}
        if len(set(named.values())) < _FEWEST_HEADERS or "name" not in named.values():
            return ""
        self._is_other_table = any(self._attributes.get(at) != one for at, one in named.items())
        return OTHER_TABLE if self._is_other_table else "header"

    def _sum_or_part(self, number: str, name: str) -> str:
        if _TOTAL.match(plain(name or number)) and not _ARABIC.fullmatch(number):
            return "total"
        return "part" if _PART.match(plain(name)) else ""

    def _has_figures(self, row: BodyRow) -> bool:
        numbers = (read_number(row.text(index)) for index in self._figures)
        return any(number and number.value is not None for number in numbers)

    def _group(self, row: BodyRow, number: str, name: str, texts: list[str]) -> Group | None:
        counts_sites = bool(name) and not self._is_numbered and self._has_figures(row)
        if _ARABIC.fullmatch(number) or (counts_sites and level_of(number) is not None):
            return None
        numbered = _NUMBERED.match(number or name)
        if numbered and (not name or not number):
            title = (number or name)[numbered.end() :]
            return _made(row.row, numbered.group(1), title)
        if level_of(number) is not None:
            return _made(row.row, number, name or next(iter(texts[1:]), ""))
        return self._unnumbered(row, name or number, texts)

    def _unnumbered(self, row: BodyRow, title: str, texts: list[str]) -> Group | None:
        alone = len([text for text in texts if not text[0].isdigit()]) == 1
        looks = (
            row.row in self._merged
            or _COUNT.search(title)
            or _GROUP_WORDS.match(plain(title))
            or (self._is_numbered and not self._has_figures(row))
        )
        is_note = _FOOTNOTE.match(title) or _SIGNATURE.search(title)
        if not (alone and title and looks) or is_note or self._is_site(row, title):
            return None
        return _made(row.row, "", title)

    def _is_site(self, row: BodyRow, title: str) -> bool:
        """Return whether a row that begins like a group is a site: one has figures and a name."""
        is_kind = plain(title) in _KINDS or _COUNT.search(title)
        return not is_kind and row.row not in self._merged and self._has_figures(row)


def _index(table: Table, *attributes: str) -> int | None:
    columns = (table.first(attribute) for attribute in attributes)
    return next((column.index for column in columns if column), None)


def level_of(numeral: str) -> int | None:
    """Return how deep a numbered group is: A is above I, I above I.1; ``None`` for other text."""
    text = numeral.strip(" .)")
    if _ROMAN.fullmatch(text):
        return 1
    if _LETTER.fullmatch(text):
        return 0
    return 2 if _DOTTED.fullmatch(text) else None


@lru_cache(maxsize=1024)
def _made(row: int, numeral: str, title: str) -> Group:
    count = _COUNT.search(title)
    bare = _COUNT.sub("", title).strip(" :;.")
    level = level_of(numeral)
    kind = _KINDS.get(plain(bare))
    return Group(
        row,
        3 if level is None else level,
        numeral.strip(" .)"),
        bare,
        int(count.group(1)) if count else None,
        kind,
    )


def count_column(row: BodyRow) -> int:
    """Return the column of the text that says how many rows a group has."""
    texts = enumerate(map(text_of, row.cells))
    return next((column for column, text in texts if _COUNT.search(text)), 0)


def _end(rows: list[BodyRow]) -> None:
    """Name what follows the table: footnotes, and who signed."""
    of_table = {"data", "total", "part", "unnamed"}
    last = max((i for i, row in enumerate(rows) if row.role in of_table), default=-1)
    signed = False
    for row in rows[last + 1 :]:
        text = _joined(row)
        signed = signed or bool(_SIGNATURE.search(text))
        if row.role not in {"empty", OTHER_TABLE}:
            row.role = "signature" if signed else "footnote"
    for row in rows[: last + 1]:
        if row.role == "note" and _FOOTNOTE.match(_joined(row)):
            row.role = "footnote"


def _joined(row: BodyRow) -> str:
    return " ".join(text for cell in row.cells if (text := text_of(cell)))


def footnotes(rows: Sequence[BodyRow]) -> Iterator[tuple[str, str]]:
    """Give the mark and the text of each numbered footnote."""
    for row in rows:
        if row.role == "footnote" and (found := _FOOTNOTE.match(_joined(row))) and found.group(1):
            yield found.group(1), _joined(row)[found.end() :]
