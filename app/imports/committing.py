"""From a reviewed report to what the ledger records, in the form in which all writes are judged.

Rows with errors or open questions are refused where the others are judged. What the register says
already is left out: a value that is in effect on its day, or that the same source said of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.core.dates import PartialDate, today
from app.core.errors import BadBodyError, RegistryError
from app.core.messages import Message, Template
from app.core.vietnamese import slug
from app.core.vocabulary import (
    AddsUp,
    Basis,
    ChangeSubjectType,
    DateBasis,
    SiteKind,
    SubjectType,
)
from app.entry.bulk import read_item
from app.entry.checks import made_id
from app.entry.items import Item, Stating, Unreadable
from app.imports.contexts import Candidates
from app.imports.correcting import Correction, with_earlier
from app.imports.existing import Existing, Sought, Stated
from app.imports.matching import name_key
from app.imports.references import Document, References, cited_id
from app.imports.remarks import NO_EFFECTIVE_FROM
from app.imports.report import Json, Plain, ReadStatement, Report, ReportRow
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import ValueType, plain_decimal
from app.subjects.columns import AS_OF
from app.subjects.sites import SiteState
from app.units.units import UnitLevel

UNCONFIRMED = Template("imports.unconfirmed", "Confirm {what}, or leave the row out.")
_SEVERAL_MEANT = Template(
    "imports.several-meant", "State which site is meant: {candidates}, or a new one."
)
_MOST_ID = 80
_MOST_NOTE = 10_000
_ATTRIBUTES = SiteState.attributes


@dataclass(slots=True)
class Intended:
    """What is to be recorded of a report; the place of each item names the row that it is of."""

    source: str
    items: list[Item] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    """The rows of which the register says everything already."""
    sites: dict[int, str] = field(default_factory=dict)
    """The sites that rows are about, new ones as well."""
    members: dict[str, list[Json]] = field(default_factory=dict)
    """What can be read of the items, as members of a request with many."""


@dataclass(slots=True)
class _Part:
    """What a row says on one basis from a day on, the names of organizations being ids."""

    day: str
    basis: Basis
    values: dict[str, Plain]
    read: ReadStatement
    cites: list[str] = field(default_factory=list)
    note: str | None = None

    def stated(self, name: str) -> Stated:
        """Return a value with its hedge, as the ledger stores that."""
        top = self.read.tops.get(name)
        end = None if top is None else plain_decimal(top)
        return Stated(name, self.values[name], (self.read.qualifiers.get(name), end))


def place_of(row: int) -> str:
    """Return where in an import a row stands, counted from 1 as in the file."""
    return f"#/rows/{row}"


def sought_by(report: Report, document: Document, correction: Correction | None = None) -> Sought:
    """Return what has to be known of the register before ``intended``."""
    rows = [row for row in report.rows if row.role == "data"]
    statements = [one for row in rows for one in row.statements]
    cited = {one for statement in statements for one in statement.cites}
    days = {report.source.get("published_on"), *(one.date for one in cited)}
    names = {name for one in statements for name in one.values}
    return Sought(
        sites={row.match.id for row in rows if row.match and row.match.id},
        attributes=names & set(_ATTRIBUTES),
        days={day for day in days if day},
        sources={document.id_of(report), *(cited_id(one) for one in cited if not one.date)},
        province=report.province,
        correction=correction,
    )


def intended(
    report: Report, candidates: Candidates, existing: Existing, document: Document
) -> Intended:
    """Return what is to be recorded of a report."""
    references = References(report, candidates, existing, document)
    made = _Rows(report, existing, references)
    for error in report.errors:
        made.refuse("#/columns", error.message)
    for row in report.rows:
        made.read(row)
    made.state_province([_observed(one) for one in report.province_statements], "#/source")
    found = made.found
    new = references.items
    there = (row.match.id for row in report.rows if row.match and row.match.id)
    gone = existing.earlier.gone((*there, *found.sites.values()))
    found.members |= references.members
    found.items = [*new["organizations"], *new["sources"], *made.sites, *made.statements, *gone]
    return found


def _observed(statement: Json) -> tuple[str, Plain, str, Json]:
    value: Any = statement["value"]
    return str(statement["indicator"]), value, str(statement["basis"]), {}


def _hedge_of(statement: ReadStatement, indicator: str) -> Json:
    """Return the members of an observation that say how exactly it is given."""
    hedge = {
        "qualifier": statement.qualifiers.get(indicator),
        "value_to": statement.tops.get(indicator),
    }
    return {name: value for name, value in hedge.items() if value is not None}


def _basis_of(indicator: str) -> str:
    """Return the basis of a figure of a form: what a plan foresees is never an actual value."""
    return (Basis.plan if INDICATORS[indicator].is_planned else Basis.actual).value


class _Rows:
    """Makes items of the rows of a report, one after the other."""

    def __init__(self, report: Report, existing: Existing, references: References) -> None:
        self.found = Intended(references.source)
        self.sites: list[Item] = []
        self.statements: list[Item] = []
        self._report = report
        self._existing = existing
        self._references = references
        self._new: dict[object, str] = {}
        self._digests: set[str] = set()
        unit = references.units.at(UnitLevel.province, report.province or "", today())
        self._province = unit.name if unit else ""

    def refuse(self, place: str, why: Message) -> None:
        """Let something be refused where all is judged."""
        error = BadBodyError(why)
        self.statements.append(Unreadable(("", ""), error, registers=False, place=place))

    def read(self, row: ReportRow) -> None:
        """Add what a row says, or why it is not recorded."""
        if row.role != "data" and not row.errors:
            return
        open_question = _question(row, self._report)
        if open_question is not None:
            self.refuse(place_of(row.row), open_question)
        elif row.match is None:
            self._read_line(row)
        else:
            self._read_site(row)

    # Rows of forms

    def _read_line(self, row: ReportRow) -> None:
        said = [
            (name, value, _basis_of(name), _hedge_of(one, name))
            for one in row.statements
            for name, value in one.values.items()
        ]
        if said and not self.state_province(said, place_of(row.row), row):
            self.found.unchanged.append(row.row)

    def state_province(
        self, said: list[tuple[str, Plain, str, Json]], place: str, row: ReportRow | None = None
    ) -> bool:
        """Add figures of the province that are not recorded; return whether there were any."""
        day = self._report.effective_from or ""
        by_basis: dict[str, list[Json]] = {}
        for name, value, basis, hedge in said:
            observation = {"indicator": name, "value": value, **hedge, **self._period(name)}
            if not self._existing.has_observation(observation, basis, day):
                by_basis.setdefault(basis, []).append(observation)
        for basis, observations in by_basis.items():
            members = {
                "subject_type": SubjectType.province.value,
                "subject_id": self._report.province or "",
                "observations": observations,
                "basis": basis,
                **self._head(day, row),
            }
            self._state(members, place)
        return bool(by_basis)

    def _period(self, indicator: str) -> Json:
        """Return the period that a form is about, where a figure adds up over time."""
        period = self._report.period
        if period is None or INDICATORS[indicator].adds_up is not AddsUp.flow:
            return {}
        year, _, half = period["label"].partition("-H")
        return {"period": f"{year}-01/{year}-06" if half else year}

    # Rows of tables of sites

    def _read_site(self, row: ReportRow) -> None:
        before = len(self.sites) + len(self.statements)
        try:
            site, is_new = self._site(row)
            parts = [part for part in self._parts(row) if is_new or self._keep_new(site, part)]
        except RegistryError as error:
            self.refuse(place_of(row.row), error.detail)
            return
        day = _day_of(row, self._report)
        if row.note and not self._existing.has_note(site, row.note[:_MOST_NOTE]):
            _now(parts, day).note = row.note[:_MOST_NOTE]
        if is_new:
            self._register(row, site, parts, day)
        for part in parts:
            about = {"subject_type": SubjectType.site.value, "subject_id": site}
            self._state({**about, **self._members(part, row)}, place_of(row.row))
        self.found.sites[row.row] = site
        if len(self.sites) + len(self.statements) == before:
            self.found.unchanged.append(row.row)

    def _site(self, row: ReportRow) -> tuple[str, bool]:
        """Return the id of the site that a row is about, and whether the row registers it."""
        if row.match and row.match.id:
            return row.match.id, False
        key = (row.kind, name_key(row.name or ""), row.place.get("commune_code"))
        if key in self._new:
            return self._new[key], False
        made = made_id(SubjectType.site, SiteKind(row.kind or ""), row.name or "")
        wider = [slug(text) for text in (self._province, str(row.place.get("text") or "")) if text]
        wanted = [made, *(f"{made}-{part}"[:_MOST_ID].rstrip("-") for part in wider)]
        self._new[key] = self._references.free(ChangeSubjectType.site, wanted)
        return self._new[key], True

    def _parts(self, row: ReportRow) -> Iterator[_Part]:
        """Yield the statements of a row by basis, organizations by their ids."""
        for one in row.statements:
            by_basis: dict[Basis, dict[str, Plain]] = {}
            for name, value in one.values.items():
                basis = Basis(one.basis.get(name, Basis.actual))
                by_basis.setdefault(basis, {})[name] = self._resolved(name, value, row)
            cites = self._references.documents(one.cites, place_of(row.row))
            for basis, values in by_basis.items():
                yield _Part(str(one.effective_from), basis, values, one, cites)

    def _resolved(self, name: str, value: Plain, row: ReportRow) -> Plain:
        if _ATTRIBUTES[name].type is not ValueType.organization:
            return value
        return self._references.organization(str(value), place_of(row.row))

    def _keep_new(self, site: str, part: _Part) -> bool:
        """Leave out of a statement what the register says; return whether anything is left.

        What ends with another attribute is stated together with it. By a decision that nothing
        cites so far, all of it is news.
        """
        if not self._existing.cites(site).issuperset(part.cites):
            return True
        on = part.basis, PartialDate.parse(part.day).first_day
        new = {
            name
            for name in part.values
            if not self._existing.has(site, self.found.source, on, part.stated(name))
        }
        part.values = {
            name: value
            for name, value in part.values.items()
            if name in new or _ATTRIBUTES[name].head in new
        }
        return bool(part.values)

    def _register(self, row: ReportRow, site: str, parts: list[_Part], day: str) -> None:
        """Register a site by what holds at the date of the row, which its place is of."""
        now = _now(parts, day)
        parts.remove(now)
        place = {
            "province_code": self._report.province,
            "commune_code": row.place.get("commune_code"),
        }
        members = self._members(now, row)
        named = {"name": row.name, **{name: code for name, code in place.items() if code}}
        values = {"values": {**named, **now.values}}
        raw = {"id": site, "kind": row.kind, **members, **values}
        item = read_item("sites", raw, place_of(row.row))
        self.sites.append(item)
        self._keep("sites", raw, item)

    def _members(self, part: _Part, row: ReportRow) -> Json:
        """Return the members of a statement, but for its subject."""
        hedged = {
            "qualifiers": {n: code for n, code in part.read.qualifiers.items() if n in part.values},
            "values_to": {n: top for n, top in part.read.tops.items() if n in part.values},
        }
        return {
            **self._head(part.day, row),
            "basis": part.basis.value,
            "values": part.values,
            **{name: value for name, value in hedged.items() if value},
            **({"cites": part.cites} if part.cites else {}),
            **({"note": part.note} if part.note else {}),
        }

    def _head(self, day: str, row: ReportRow | None) -> Json:
        is_of_file = day == self._report.effective_from
        known = self._report.date_basis if is_of_file else DateBasis.stated
        return {
            "source_id": self.found.source,
            "effective_from": day,
            "date_basis": known.value,
            **({"locator": f"{row.sheet}!{row.row}:{row.row}"} if row else {}),
        }

    def _state(self, raw: Json, place: str) -> None:
        """Add a statement, unless another row says exactly the same."""
        earlier = self._existing.earlier.of(raw)
        item = read_item("statements", with_earlier(raw, earlier), place)
        item = self._existing.earlier.replacing(item, earlier)
        if isinstance(item, Stating):
            if item.digest in self._digests:
                return
            self._digests.add(item.digest)
        self.statements.append(item)
        self._keep("statements", raw, item)

    def _keep(self, name: str, raw: Json, item: Item) -> None:
        if not isinstance(item, Unreadable):
            self.found.members.setdefault(name, []).append(raw)


def _day_of(row: ReportRow, report: Report) -> str:
    """Return the date that a row is about: its own in the register's tables, else the file's."""
    day = row.further.get(AS_OF) or report.effective_from
    dated = [one.effective_from for one in row.statements if one.effective_from]
    return str(day or max(dated, default=""))


def _now(parts: list[_Part], day: str) -> _Part:
    """Return the statement that holds at the date of a row: one of some, or a new one."""
    for part in parts:
        if part.day == day and part.basis is Basis.actual:
            return part
    parts.append(_Part(day, Basis.actual, {}, ReadStatement(day)))
    return parts[-1]


def _question(row: ReportRow, report: Report) -> Message | None:
    """Return what keeps a row from being recorded: an error, or what is to be answered first."""
    if row.errors:
        return row.errors[0].message
    if row.match and row.match.candidates:
        return _SEVERAL_MEANT(candidates=", ".join(row.match.candidates))
    unconfirmed = [*row.needs_confirmation]
    if row.match and row.match.needs_confirmation:
        unconfirmed.append("match")
    unconfirmed += [one.origin for one in row.statements if one.origin and not one.is_confirmed]
    if unconfirmed:
        return UNCONFIRMED(what=", ".join(unconfirmed))
    is_undated = any(one.effective_from is None for one in row.statements)
    if is_undated or (row.match and not _day_of(row, report)):
        return NO_EFFECTIVE_FROM()
    return None
