"""The table of file formats: a further format is one writer and one line in ``FORMATS``.

Each format gets a file of each table, and a format of maps those of tables that have places. A
format with query parameters of its own has a model of them beside its writer; each needs a
description.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from app.core.types import made_model
from app.exports.maps import write_geojson
from app.exports.spreadsheets import CsvParameters, WorkbookParameters, write_csv, write_workbook
from app.exports.tables import NoParameters, Table

P = TypeVar("P", bound=BaseModel)
_Filters = TypeVar("_Filters", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Format(Generic[P]):
    """A format of files, with its words in the OpenAPI document.

    ``label`` completes the summary "Export sites as …" and ``shape`` the description "Export the
    sites … as …"; ``contents`` begins the description of the answer. A format that ``needs_places``
    is made only of tables whose rows have geometries.
    """

    extension: str
    media_type: str
    write: Callable[[Table, P], AsyncIterator[bytes]]
    parameters: type[P]
    label: str
    shape: str
    contents: str
    needs_places: bool = False

    @property
    def content_type(self) -> str:
        """The value of Content-Type: all text is UTF-8."""
        is_text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if is_text else self.media_type

    def query(self, filters: type[_Filters], *more: type[BaseModel]) -> type[_Filters]:
        """Return the query model of some filters, of the parameters of the format, and more.

        It is a single model: of two, neither could refuse a parameter that it does not know.
        """
        name = f"{self.extension.title()}{filters.__name__}"
        return made_model(filters, name, filters.__doc__ or "", (*more, self.parameters, filters))


AnyFormat = Format[Any]
"""A format, whatever its parameters are: each is called with those that it has."""


GEOJSON = Format(
    "geojson",
    "application/geo+json",
    write_geojson,
    NoParameters,
    label="GeoJSON",
    shape="features with their attributes",
    contents="A feature collection (RFC 7946)",
    needs_places=True,
)
CSV = Format(
    "csv",
    "text/csv",
    write_csv,
    CsvParameters,
    label="CSV",
    shape="a table (RFC 4180, UTF-8)",
    contents="A table",
)
XLSX = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write_workbook,
    WorkbookParameters,
    label="a spreadsheet",
    shape="a spreadsheet with labels in a language",
    contents="A workbook (Office Open XML)",
)
FORMATS: tuple[AnyFormat, ...] = (GEOJSON, CSV, XLSX)
"""In the order in which the OpenAPI document lists them."""


LICENSED = {
    "Link": {
        "description": 'The licence of the data: rel="license".',
        "schema": {"type": "string"},
    }
}
"""How the header that names the licence is described."""


def licensed(licence: str) -> dict[str, str]:
    """Return the header that names the licence of what is in a file (RFC 8288)."""
    return {"Link": f'<{licence}>; rel="license"'}


def file_headers(file_format: AnyFormat, name: str) -> dict[str, str]:
    """Return the headers of a file with a name, which has no extension yet."""
    return {
        "Content-Type": file_format.content_type,
        "Content-Disposition": f'attachment; filename="{name}.{file_format.extension}"',
    }
