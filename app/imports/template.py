"""The empty workbook that an officer fills: the register's own columns, which it reads unasked.

Headers and the words above them are those that ``own_columns.py`` and ``preambles.py`` read, so
they are in Vietnamese whatever the language of the reader is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs

from app.core.labels import CODE_LISTS
from app.core.messages import Catalogue, Message, Template
from app.imports.own_columns import NOTE_LABELS
from app.imports.tables import NOTE
from app.subjects.attributes import PLANNED, Attribute, ValueType, name_member
from app.subjects.columns import SITE_COLUMNS
from app.subjects.sites import SiteState
from app.units.search import label_of
from app.units.units import UnitLevel, Units

_TITLE = "Danh mục khu, cụm công nghiệp, làng nghề"
_PROVINCE, _AS_OF = "Tỉnh, thành phố", "Tính đến ngày"
_BLANKS = ("Đơn vị báo cáo:", "Văn bản:")
_SHEETS = ("Danh mục", "Hướng dẫn", "Danh sách chọn")
_HEADER = 3 + len(_BLANKS)
_ROWS = 2000
"""Rows below the header that have lists to choose from."""
_WIDTHS = (12, 34)
_KIND = SiteState.members["kind"].attribute
_GUIDE = Template("imports.template.guide", "Column")
_HOW = Template("imports.template.how", "How to fill it")
_API = Template("imports.template.api", "Name in the API")
_ID = Template(
    "imports.template.id", "The id of a site of the register. Leave it empty for a new one."
)
_COMMUNE = Template(
    "imports.template.commune", "The commune that the site is in, as in Xã Chợ Mới."
)
_NOTE = Template("imports.template.note", "Anything else. It is kept and changes no figure.")
_PLAN = Template("imports.template.plan", "What is planned, beside what is. {how}")
_HOWS = {
    ValueType.text: Template("imports.template.text", "Text."),
    ValueType.texts: Template("imports.template.texts", "Names, with a semicolon between two."),
    ValueType.code: Template("imports.template.code", "Choose from the list."),
    ValueType.organization: Template(
        "imports.template.organization", "The name of the organization, in full."
    ),
    ValueType.hectares: Template(
        "imports.template.hectares",
        "Hectares. What is not exact is written so: khoảng 20 (about), trên 50 (over), 50-75."
        " Empty if unknown.",
    ),
    ValueType.percent: Template(
        "imports.template.percent", "Percent, as in 62.5. Empty if unknown."
    ),
    ValueType.number: Template("imports.template.number", "A whole number. Empty if unknown."),
    ValueType.money: Template(
        "imports.template.money", "Đồng, or with its unit: 12 tỷ, 500 triệu. Empty if unknown."
    ),
    ValueType.quantity: Template("imports.template.quantity", "A number. Empty if unknown."),
    ValueType.partial_date: Template(
        "imports.template.date",
        "A day (30/6/2026), a month (2026-06), a quarter (2026-Q2) or a year (2026).",
    ),
}
_NUMBERS = {ValueType.hectares, ValueType.percent, ValueType.number, ValueType.money}


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    how: Message
    choices: Sequence[str] = ()
    is_number: bool = False

    @property
    def label(self) -> str:
        return SITE_COLUMNS.get(self.name, NOTE_LABELS)[0]


def columns(communes: Sequence[str] = ()) -> Iterator[_Column]:
    """Give the columns of the workbook; ``communes`` are those to choose from."""
    yield _Column("id", _ID())
    yield _stated("kind", _KIND)
    for name, attribute in SiteState.attributes.items():
        if name == "commune_code":
            yield _Column(name_member(name), _COMMUNE(), communes)
        elif attribute.type in _HOWS and attribute.head != "geometry":
            yield _stated(name, attribute)
    for name in SiteState.attributes.planned:
        yield _stated(PLANNED + name, SiteState.attributes[name])
    yield _Column(NOTE, _NOTE())


def _stated(name: str, attribute: Attribute) -> _Column:
    how = _HOWS[attribute.type]()
    shown = name_member(name) if attribute.type is ValueType.organization else name
    codes = CODE_LISTS[attribute.code_list].codes if attribute.code_list else ()
    return _Column(
        shown,
        _PLAN(how=how) if name.startswith(PLANNED) else how,
        [code.label_vi for code in codes],
        attribute.type in _NUMBERS,
    )


def template(
    units: Units, day: date, catalogue: Catalogue, province_code: str | None = None
) -> bytes:
    """Return the workbook (XLSX) for a province, to say what is so on a day.

    The sentences that explain it are in the language of a catalogue.
    """
    content = BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        # The same request gives the same bytes.
        book.set_properties({"created": datetime.combine(day, time())})
        _Book(book, units, day, province_code).write(catalogue)
    return content.getvalue()


class _Book:
    """The three sheets: the table, what explains it, and the lists to choose from."""

    def __init__(self, book: Workbook, units: Units, day: date, province: str | None) -> None:
        self._day = day
        self._provinces = {u.code: u.name for u in units.all_at(UnitLevel.province, day)}
        self._province = self._provinces.get(province or "", "")
        communes = units.all_at(UnitLevel.commune, day)
        self._columns = list(
            columns(sorted(label_of(u) for u in communes if u.parent_code == province))
        )
        self._sheet, self._guide, self._lists = map(book.add_worksheet, _SHEETS)
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@"})
        self._date = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        self._listed = 0

    def write(self, catalogue: Catalogue) -> None:
        """Write all of it."""
        self._lists.hide()
        self._write_frame()
        for place, column in enumerate(self._columns):
            self._write_column(place, column)
        self._sheet.freeze_panes(_HEADER + 1, 0)
        self._write_guide(catalogue)

    def _write_frame(self) -> None:
        self._sheet.write_string(0, 0, _TITLE, self._bold)
        self._sheet.write_string(1, 0, _PROVINCE)
        self._sheet.write_string(1, 1, self._province)
        self._offer(1, 1, 1, sorted(self._provinces.values()))
        self._sheet.write_string(2, 0, _AS_OF)
        self._sheet.write_datetime(2, 1, self._day, self._date)
        for row, words in enumerate(_BLANKS, start=3):
            self._sheet.write_string(row, 0, words)

    def _write_column(self, place: int, column: _Column) -> None:
        self._sheet.write_string(_HEADER, place, column.label, self._bold)
        # As text nothing becomes a date or a formula while it is typed.
        shown = None if column.is_number else self._text
        self._sheet.set_column(place, place, _WIDTHS[not column.is_number], shown)
        self._offer(place, _HEADER + 1, _HEADER + _ROWS, column.choices)

    def _offer(self, place: int, first: int, last: int, choices: Sequence[str]) -> None:
        """Let cells of a column be chosen from a list; of other values the program warns."""
        if not choices:
            return
        for row, choice in enumerate(choices):
            self._lists.write_string(row, self._listed, choice)
        cells = xl_range_abs(0, self._listed, len(choices) - 1, self._listed)
        self._listed += 1
        rule = {"validate": "list", "source": f"='{_SHEETS[2]}'!{cells}", "error_type": "warning"}
        self._sheet.data_validation(first, place, last, place, rule)

    def _write_guide(self, catalogue: Catalogue) -> None:
        head = tuple(one().render(catalogue) for one in (_GUIDE, _HOW, _API))
        lines = [(one.label, one.how.render(catalogue), one.name) for one in self._columns]
        for row, cells in enumerate([head, *lines]):
            for place, text in enumerate(cells):
                self._guide.write_string(row, place, text, None if row else self._bold)
        self._guide.set_column(0, 0, 44)
        self._guide.set_column(1, 1, 90)
        self._guide.set_column(2, 2, 32)
