"""The table that every format writes: columns with their labels, rows, and how cells read.

Columns are named as the attributes are, or by the path of a figure in a rollup. Labels, and the
words around tables, are in Vietnamese and English.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from app.core.cells import listed
from app.core.labels import CODE_LISTS
from app.core.types import shown_instant
from app.core.vocabulary import HISTORIC, Language, SubjectType
from app.ledger.snapshots import At
from app.subjects.attributes import PLANNED, ValueType
from app.subjects.columns import (
    AS_OF,
    AS_OF_LABELS,
    SITE_COLUMNS,
    Labels,
    planned_labels,
    subject_labels,
)
from app.subjects.definitions import DEFINITIONS
from app.subjects.schemas import HEDGED, SCHEMAS
from app.subjects.sites import SiteState

UPPER_ENDS = "values_to"
INSTANTS = frozenset({"recorded_at"})
"""The columns of instants, which workbooks have by the clock of Vietnam."""
ABOUT: Labels = {
    "title": ("Nội dung", "Content"),
    "sites": ("Khu, cụm công nghiệp, làng nghề", "Industrial zones and clusters"),
    "sources": ("Nguồn tài liệu", "Sources"),
    "organizations": ("Tổ chức", "Organizations"),
    "rollups": ("Số liệu tổng hợp", "Figures"),
    "rollup_series": ("Số liệu theo thời gian", "Figures over time"),
    "published": ("Số liệu công bố và số liệu tính", "Published totals beside computed ones"),
    "targets": ("Mục tiêu và kết quả", "Targets, and what was reached"),
    "findings": ("Những điểm chưa khớp", "What does not add up"),
    "values": ("Giá trị và nguồn", "Values, and who said so"),
    "statements": ("Thông tin đã ghi", "What was said"),
    "changes": ("Các lần ghi", "Changes"),
    "established_clusters": ("Cụm công nghiệp đã thành lập", "Established industrial clusters"),
    "cluster_report": ("Báo cáo cụm công nghiệp", "Report on industrial clusters"),
    "about": ("Thông tin", "About"),
    "columns": ("Các cột", "Columns"),
    AS_OF: AS_OF_LABELS,
    "revision": ("Lần ghi", "Revision"),
    "boundaries": ("Theo địa giới", "Boundaries"),
    "licence": ("Giấy phép dữ liệu", "Licence of the data"),
    "filters": ("Bộ lọc", "Filters"),
    "none": ("Không", "None"),
    "rows": ("Số dòng", "Rows"),
    "column": ("Cột", "Column"),
    "attribute": ("Tên trong API", "Name in the API"),
    "clock": ("giờ Việt Nam", "Vietnam time"),
    "total": ("Tổng cộng", "Total"),
    "unknown": ("Chưa rõ", "Unknown"),
}
"""The words around a table, and the titles of tables."""


Rows = Sequence[Mapping[str, object]]
Chunks = AsyncIterator[Rows]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the same as everywhere, its labels and the code list of its values.

    The values of one that ``is_date`` are dates of any precision, as text.
    """

    name: str
    labels: tuple[str, str]
    code_list: str | None = None
    is_date: bool = False

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return in_language(self.labels, language)


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of an export; ``title`` is in Vietnamese and in English.

    ``days`` are the dates that it is about; what has no valid time has none, and no boundaries.
    ``notes`` stand in the metadata of a map; ``licence`` is the address of that of the data.
    """

    title: tuple[str, str]
    at: At
    boundaries: str | None
    filters: Mapping[str, object]
    days: Sequence[date] = ()
    notes: str | None = None
    licence: str = ""

    @property
    def moment(self) -> str:
        """The dates, or else the revision, as names of files have them."""
        if not self.days:
            return f"revision-{self.at.revision}"
        return "--".join(day.isoformat() for day in dict.fromkeys((self.days[0], self.days[-1])))


@dataclass(frozen=True, slots=True)
class Totals:
    """What the rows of a table add up to, by column, and how many rows have no value there.

    ``label`` is the column that says that these are totals, ``note`` the one for what is unknown.
    """

    label: str
    note: str
    sums: Mapping[str, object]
    unknown: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a file; ``name`` is that of the file, without its extension.

    Sheets have the lines of ``heading`` above the table, as reports that are handed in do.
    """

    name: str
    columns: Sequence[Column]
    chunks: Chunks
    about: About
    totals: Totals | None = None
    heading: Sequence[str] = ()

    def last_row(self, language: Language | None) -> Mapping[str, object] | None:
        """Return the totals as a row below the others; without a language as the API names them."""
        totals = self.totals
        if totals is None:
            return None
        spoken = language or Language.en
        words = {name: in_language(ABOUT[name], spoken) for name in ("total", "unknown")}
        missing = [
            f"{column.label(language) if language else column.name}: {totals.unknown[column.name]}"
            for column in self.columns
            if totals.unknown.get(column.name)
        ]
        note = f"{words['unknown']}: {'; '.join(missing)}" if missing else None
        return {totals.label: words["total"], totals.note: note, **totals.sums}


class NoParameters(BaseModel):
    """The query parameters of a format that has none of its own."""


def in_language(texts: tuple[str, str], language: Language) -> str:
    """Choose from a text in Vietnamese and one in English."""
    return texts[0 if language is Language.vi else 1]


_FILTERS: Labels = {
    "q": ("Từ khóa", "Words"),
    "sort": ("Thứ tự", "Order"),
    "bbox": ("Khung tọa độ", "Box"),
    "kind": ("Loại hình", "Kind"),
    "group_by": ("Phân nhóm theo", "Grouped by"),
    "from": ("Từ ngày", "From"),
    "to": ("Đến ngày", "To"),
    "step": ("Bước thời gian", "Step"),
    "as_of": ABOUT["as_of"],
    "period": ("Kỳ báo cáo", "Reporting period"),
}
_BOUNDS = {"_min": ("từ", "at least"), "_max": ("đến", "at most")}


def filter_labels(name: str) -> tuple[str, str]:
    """Return the labels of a filter: those of its attribute, or its own name where it has none."""
    states = (DEFINITIONS[what].state for what in HISTORIC)
    attributes = [member.attribute for state in states for member in state.members.values()]
    known = {a.name: a.labels for a in attributes} | _FILTERS
    known |= {
        f"{a.range}{end}": (f"{a.labels[0]}, {words[0]}", f"{a.labels[1]}, {words[1]}")
        for a in attributes
        if a.range
        for end, words in _BOUNDS.items()
    }
    return known.get(name, (name, name))


def code_list_of(name: str) -> str | None:
    """Return the name of the code list that a column of sites takes its values from."""
    member = SiteState.members.get(name)
    return member.attribute.code_list if member else None


def _subject_table(what: SubjectType) -> tuple[Column, ...]:
    """Return the columns of subjects: the members of lists, in their order, and what is planned."""
    state = DEFINITIONS[what].state
    labels = SITE_COLUMNS if what is SubjectType.site else subject_labels(state)
    fields = SCHEMAS[what].state.model_fields
    shown = [name for name in fields if name not in {"planned", *HEDGED}]
    hedged = [name for name in HEDGED if name in fields]
    planned = (PLANNED + name for name in planned_labels(state.attributes))
    names = [*shown, *planned, *hedged]
    dates = state.attributes.of_type(ValueType.partial_date)
    return tuple(
        Column(
            name,
            labels[name],
            state.members[name].attribute.code_list if name in state.members else None,
            is_date=name in dates,
        )
        for name in names
    )


def columns_of(
    labels: Labels, codes: Mapping[str, str], dates: Collection[str] = ()
) -> tuple[Column, ...]:
    """Return columns with their labels, the names of their code lists, and those of dates."""
    return tuple(
        Column(name, label, codes.get(name), is_date=name in dates)
        for name, label in labels.items()
    )


DAY = Column(AS_OF, ABOUT[AS_OF])
_POSITION = tuple(Column(name, SITE_COLUMNS[name]) for name in ("longitude", "latitude"))
TABLES = {
    what: (*_subject_table(what), *(_POSITION if what is SubjectType.site else ()), DAY)
    for what in HISTORIC
}
"""The columns of subjects: members of lists, how exactly they are given, the place, the day."""


def code_labels(columns: Sequence[Column], language: Language) -> dict[str, dict[str, str]]:
    """Return for each column of codes the label of each code."""
    return {
        column.name: {
            code.code: in_language((code.label_vi, code.label_en), language)
            for code in CODE_LISTS[column.code_list].codes
        }
        for column in columns
        if column.code_list
    }


def as_text(value: object) -> str:
    """Write a value as a cell of text: lists with semicolons, dates as ISO 8601 has them.

    Instants are in UTC, as answers have them.
    """
    if isinstance(value, list | tuple):
        return listed(map(as_text, value))
    if isinstance(value, datetime):
        return shown_instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def labelled(labels: Mapping[str, Mapping[str, str]], name: str, value: object) -> str:
    """Write a value of a column as a cell of text: the label of a code where there are labels."""
    text = as_text(value)
    return labels.get(name, {}).get(text, text)
