"""The report of a file: what was read, row by row, with every doubt beside it.

``as_json`` gives the members of the answer; what is unknown or empty is left out. Messages are
rendered where catalogues are known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.core.messages import Message
from app.core.vocabulary import DateBasis
from app.imports.decisions import Citation
from app.imports.matching import Match
from app.imports.remarks import Remark

Plain = str | int | Decimal | list[str]
Json = dict[str, object]


def _filled(members: Json) -> Json:
    return {name: value for name, value in members.items() if value not in (None, [], {}, False)}


@dataclass(slots=True)
class ReadStatement:
    """What a row says of a site from a date on.

    ``origin`` is the part of a note that it is concluded from; it needs confirmation then, unless
    it ``is_confirmed``.
    """

    effective_from: str | None
    values: dict[str, Plain] = field(default_factory=dict)
    basis: dict[str, str] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)
    tops: dict[str, Decimal] = field(default_factory=dict)
    cites: list[Citation] = field(default_factory=list)
    origin: str | None = None
    is_confirmed: bool = False

    @property
    def needs_confirmation(self) -> bool:
        """Whether nothing but a note says so."""
        return self.origin is not None and not self.is_confirmed

    def as_json(self) -> Json:
        """Return it as in a report."""
        return {
            "effective_from": self.effective_from,
            "values": self.values,
            **_filled(
                {
                    "basis": self.basis,
                    "qualifiers": self.qualifiers,
                    "tops": self.tops,
                    "cites": [one.as_json() for one in self.cites],
                    "needs_confirmation": self.needs_confirmation,
                    "from": self.origin,
                }
            ),
        }


@dataclass(slots=True)
class ReportRow:
    """One physical row of the file, from 1. ``further`` are members that few tables have."""

    row: int
    sheet: str
    role: str
    name: str | None = None
    kind: str | None = None
    match: Match | None = None
    statements: list[ReadStatement] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    place: Json = field(default_factory=dict)
    note: str | None = None
    suggested: dict[str, Plain] = field(default_factory=dict)
    needs_confirmation: list[str] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    further: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return it as in a report."""
        return {
            "row": self.row,
            "sheet": self.sheet,
            "role": self.role,
            **_filled(
                {
                    "name": self.name,
                    "kind": self.kind,
                    "group": self.group,
                    "place": self.place,
                    "match": self.match.as_json() if self.match else None,
                    "statements": [one.as_json() for one in self.statements],
                    "note": self.note,
                    "suggested": self.suggested,
                    "needs_confirmation": self.needs_confirmation,
                    "warnings": [one.as_json() for one in self.warnings],
                    "errors": [one.as_json() for one in self.errors],
                }
            ),
            **self.further,
        }


@dataclass(frozen=True, slots=True)
class Check:
    """A figure of the file beside the same figure computed from its rows."""

    row: int
    column: str
    what: Message
    stated: Decimal
    computed: Decimal
    verdict: str
    further: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return it as in a report."""
        return {
            "row": self.row,
            "column": self.column,
            "what": self.what,
            "stated": self.stated,
            "computed": self.computed,
            "difference": self.stated - self.computed,
            "verdict": self.verdict,
            **self.further,
        }


@dataclass(slots=True)
class Report:
    """What a file says, before anything of it is recorded."""

    format: Json
    sheets: list[Json]
    source: dict[str, str | None]
    effective_from: str | None
    province: str | None
    kind: str | None
    header: Json
    columns: list[Json]
    rows: list[ReportRow]
    checks: list[Check]
    warnings: list[Remark]
    errors: list[Remark] = field(default_factory=list)
    province_statements: list[Json] = field(default_factory=list)
    period: Mapping[str, str] | None = None
    subject: Mapping[str, str] | None = None
    date_basis: DateBasis = DateBasis.stated
    """How the date that it is about is known."""

    @property
    def all_warnings(self) -> Iterable[Remark]:
        """The warnings of the file and of all its rows."""
        return [*self.warnings, *(one for row in self.rows for one in row.warnings)]

    @property
    def all_errors(self) -> Iterable[Remark]:
        """The errors of the file and of all its rows."""
        return [*self.errors, *(one for row in self.rows for one in row.errors)]

    def frame(self) -> Json:
        """Return all but the rows, with the remarks that are about none; numbers are decimals."""
        return {
            "format": self.format,
            "sheets": self.sheets,
            "source": self.source,
            "effective_from": self.effective_from,
            "province": self.province,
            "kind": self.kind,
            "header": self.header,
            "columns": self.columns,
            "checks": [check.as_json() for check in self.checks],
            "warnings": [one.as_json() for one in self.warnings],
            "errors": [one.as_json() for one in self.errors],
            **_filled(
                {
                    "province_statements": self.province_statements,
                    "period": self.period,
                    "subject": self.subject,
                }
            ),
        }

    def as_json(self) -> Json:
        """Return all of it, with all remarks in one place; numbers are decimals."""
        return {
            **self.frame(),
            "rows": [row.as_json() for row in self.rows],
            "warnings": [one.as_json() for one in self.all_warnings],
            "errors": [one.as_json() for one in self.all_errors],
        }
