"""What stands around a table: title, source, the date it is about, the unit, the period."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from app.core.vocabulary import SourceKind
from app.imports.decisions import citations, days, month_end, partial_date
from app.imports.numbers import numeral
from app.imports.rows import OTHER_TABLE, BodyRow
from app.imports.tables import Table, text_of
from app.imports.words import plain

_AS_OF = re.compile(r"(?:đến|tới)\s+(?:hết\s+)?(?:ngày\s+)?", re.IGNORECASE)
_ISSUER = re.compile(r"\bcủa\s+([^()]+)")
_REPORTER = re.compile(r"đơn vị (?:gửi )?báo cáo\s*:\s*(.+)", re.IGNORECASE)
_RECIPIENT = re.compile(r"đơn vị nhận", re.IGNORECASE)
_PERIOD = re.compile(r"kỳ báo cáo\s*:?\s*(.+)", re.IGNORECASE)
_UNIT = re.compile(r"đơn vị(?: tính)?[^:]*:\s*(.+)", re.IGNORECASE)
_YEAR = re.compile(r"([12][0-9]{3})")
_COUNT = re.compile(r"([0-9]+)\s*(?:cụm|khu)", re.IGNORECASE)
_AREA = re.compile(r"(?:tổng )?diện tích\s*(?:là\s*)?([0-9][0-9.,]*)\s*ha", re.IGNORECASE)
_PEOPLES_COMMITTEE = re.compile(r"(?:ủy|uỷ) ban nhân dân", re.IGNORECASE)
_PROVINCE = re.compile(r"(?:^| )(?:tinh(?: thanh pho)?|so cong thuong (?:thanh pho|tp)) ([a-z ]+)")
_KINDS = (
    ("quyet dinh", SourceKind.decision), ("nghi quyet", SourceKind.resolution),
    ("ke hoach", SourceKind.plan), ("bao cao", SourceKind.report),
)  # fmt: skip
_LISTED = re.compile(r"\b(?:cong nghiep|ccn|kcn|lang nghe)\b")
_MOST_TITLES = 3
"""So many lines right above a further table are its titles."""
_PLAN_WORDS = ("phuong an phat trien", "phuong huong phat trien", "danh muc quy hoach")


@dataclass(slots=True)
class Preamble:
    """What the rows around a table say; ``roles`` of these rows count from 0.

    ``document`` is that of the first table of the sheet, which says what document it is.
    """

    roles: dict[int, str] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    dated: list[str] = field(default_factory=list)
    source: dict[str, str | None] = field(default_factory=dict)
    effective_from: str | None = None
    updated_on: str | None = None
    unit: str | None = None
    period: dict[str, str] | None = None
    stated_count: tuple[int, int] | None = None
    stated_area: tuple[int, Decimal] | None = None
    document: "Preamble | None" = None

    def says(self, *phrases: str) -> bool:
        """Return whether a title has one of some folded phrases; a line with a date may be it."""
        titles = self.titles or self.dated
        if not titles and self.document:
            return self.document.says(*phrases)
        return any(phrase in plain(title) for title in titles for phrase in phrases)

    @property
    def title(self) -> str | None:
        """The longest line that names what is listed, also one with a date, or else of any."""
        lines = (*self.titles, *self.dated)
        naming = [line for line in lines if _LISTED.search(plain(line))]
        return max(naming or self.titles, key=len, default=None)

    @property
    def is_plan(self) -> bool:
        """Whether the table is an annex of a plan, where areas are planned ones."""
        return self.says(*_PLAN_WORDS)


def read_preamble(table: Table, rows: list[BodyRow]) -> Preamble:
    """Read what is above a table, and the place and date of who signed it."""
    preamble = _above(table, 0)
    for text in _signatures(rows):
        if found := days(text):
            preamble.source["published_on"] = preamble.source["published_on"] or found[0][1]
    for text in (*(c.header for c in table.columns), table.sheet.name):
        preamble.effective_from = preamble.effective_from or _as_of(text)
    preamble.effective_from = preamble.effective_from or _day(table.sheet.name)
    preamble.effective_from = preamble.effective_from or month_end(table.sheet.name)
    return preamble


def read_preamble_below(table: Table, document: Preamble) -> Preamble:
    """Read the titles of a further table of a sheet; all else is as above the first one."""
    first = table.header.start
    lowest = max(0, first - _MOST_TITLES)
    while first > lowest and len(_texts(table, first - 1)) == 1:
        first -= 1
    preamble = _above(table, first)
    preamble.roles |= dict.fromkeys(range(first), OTHER_TABLE)
    preamble.effective_from = preamble.effective_from or document.effective_from
    preamble.unit = preamble.unit or document.unit
    preamble.period = preamble.period or document.period
    preamble.document = document
    return preamble


def _above(table: Table, first: int) -> Preamble:
    preamble = Preamble(
        source={"kind": SourceKind.report.value, "issuer": None, "published_on": None}
    )
    for row in range(first, table.header.start):
        texts = _texts(table, row)
        preamble.roles[row] = _read(preamble, row, " ".join(texts)) if texts else "empty"
    return preamble


def _texts(table: Table, row: int) -> list[str]:
    return [text for cell in table.sheet.rows[row] if (text := text_of(cell))]


def _signatures(rows: list[BodyRow]) -> Iterator[str]:
    return (" ".join(map(text_of, row.cells)) for row in rows if row.role == "signature")


def _day(text: str) -> str | None:
    found = days(text)
    return found[0][1] if found else None


def _as_of(text: str) -> str | None:
    for found in _AS_OF.finditer(text):
        rest = text[found.end() : found.end() + 40]
        day = days(rest)
        if day and day[0][0] <= 1:
            return day[0][1]
        if rest.lower().startswith("tháng") and (end := month_end(rest)):
            return end
    return None


def _read(preamble: Preamble, row: int, text: str) -> str:
    as_of = _as_of(text)
    preamble.effective_from = preamble.effective_from or as_of
    if as_of and plain(text).startswith("cap nhat"):
        preamble.source["published_on"] = preamble.source["published_on"] or as_of
    if text.endswith(":"):
        return "empty"  # A label whose answer was left out.
    _read_totals(preamble, row, text)
    if "kem theo" in plain(text) or (citations(text) and not preamble.source.get("number")):
        _read_citation(preamble, text)
        return "citation"
    if reporter := _REPORTER.match(text):
        preamble.source["issuer"] = _issuer(reporter.group(1))
        return "reporter"
    return _read_frame(preamble, text, as_of)


def _read_frame(preamble: Preamble, text: str, as_of: str | None) -> str:
    if _RECIPIENT.match(text):
        return "recipient"
    if period := _PERIOD.match(text):
        preamble.period = reporting_period(period.group(1))
        return "period"
    if unit := _UNIT.search(text):
        preamble.unit = unit.group(1).strip(" ()")
        return "unit"
    if as_of:
        preamble.dated.append(text)
        return "cutoff"
    preamble.titles.append(text)
    return "form_title" if plain(text).startswith("bieu so") else "title"


def _read_totals(preamble: Preamble, row: int, text: str) -> None:
    if area := _AREA.search(text):
        number = numeral(area.group(1).rstrip(".,"))
        preamble.stated_area = (row, number.value) if number.value is not None else None
        if count := _COUNT.search(text):
            preamble.stated_count = (row, int(count.group(1)))


def _read_citation(preamble: Preamble, text: str) -> None:
    found = citations(text)
    source = preamble.source
    if found:
        source["number"], source["published_on"] = found[0].number, found[0].date
    before = plain(text[: text.find(found[0].number)] if found else text)
    source["kind"] = max(
        (kind.value for word, kind in _KINDS if word in before),
        key=lambda kind: max(before.rfind(w) for w, k in _KINDS if k.value == kind),
        default=SourceKind.report.value,
    )
    if issuer := _ISSUER.search(text):
        source["issuer"] = _issuer(issuer.group(1))


def _issuer(text: str) -> str:
    return _PEOPLES_COMMITTEE.sub("UBND", text.strip(" .;,)"))


def province_named(preamble: Preamble) -> str | None:
    """Return the folded words after "tỉnh" in what stands above the table, or above the first."""
    preamble = preamble.document or preamble
    for text in (preamble.source["issuer"] or "", *preamble.titles, *preamble.dated):
        if found := _PROVINCE.search(plain(text)):
            return found.group(1).strip()
    return None


def reporting_period(text: str) -> dict[str, str] | None:
    """Return the period of Circular 14/2024: a year is 15 December to 14 December."""
    year = _YEAR.search(text)
    if year is None:
        return None
    number = int(year.group(1))
    is_half = "6 thang" in plain(text) or "sau thang" in plain(text)
    end = "06-14" if is_half else "12-14"
    label = f"{number}-H1" if is_half else f"{number}"
    return {"label": label, "from": f"{number - 1}-12-15", "to": f"{number}-{end}"}


__all__ = [
    "Preamble",
    "partial_date",
    "province_named",
    "read_preamble",
    "read_preamble_below",
    "reporting_period",
]
