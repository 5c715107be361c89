"""The table that every format writes: columns, rows, what it is about, and how cells read."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from app.core.labels import CODE_LISTS
from app.core.vocabulary import Language, SubjectType
from app.exports.columns import SITE_COLUMNS
from app.ledger.snapshots import At
from app.subjects.attributes import PLANNED
from app.subjects.schemas import SCHEMAS
from app.subjects.sites import SiteState

Rows = Sequence[Mapping[str, object]]
Chunks = AsyncIterator[Rows]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the same as everywhere, its labels and the code list of its values."""

    name: str
    labels: tuple[str, str]
    code_list: str | None = None

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return in_language(self.labels, language)


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of an export; ``title`` is a key of ``columns.ABOUT``.

    ``notes`` stand in the metadata of a map.
    """

    title: str
    at: At
    boundaries: str
    filters: Mapping[str, object]
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a file; ``name`` is that of the file, without its extension."""

    name: str
    columns: Sequence[Column]
    chunks: Chunks
    about: About


class NoParameters(BaseModel):
    """The query parameters of a format that has none of its own."""


def in_language(texts: tuple[str, str], language: Language) -> str:
    """Choose from a text in Vietnamese and one in English."""
    return texts[0 if language is Language.vi else 1]


def code_list_of(name: str) -> str | None:
    """Return the name of the code list that a column of sites takes its values from."""
    member = SiteState.members.get(name)
    return member.attribute.code_list if member else None


_SITE = [name for name in SCHEMAS[SubjectType.site].state.model_fields if name != "planned"]
_POSITION = ("longitude", "latitude")
SITE_TABLE = tuple(
    Column(name, SITE_COLUMNS[name], code_list_of(name))
    for name in (*_SITE, *(PLANNED + name for name in SiteState.attributes.planned), *_POSITION)
)
"""The columns of sites: the members of lists, in their order, and the position of the site."""


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
    """Write a value as a cell of text: lists with semicolons, dates as ISO 8601 has them."""
    if isinstance(value, list | tuple):
        return "; ".join(map(as_text, value))
    return value.isoformat() if isinstance(value, date) else str(value)
