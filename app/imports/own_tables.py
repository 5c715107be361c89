"""The register's own table: an export that comes back, or a template that was filled.

Each cell is about one attribute, and one that says what the register says states nothing: a file
that is read back as it was changes nothing, and what others said stays theirs. An empty cell says
nothing either.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from app.core.cells import items, unguarded, written
from app.core.labels import CODE_LISTS
from app.core.messages import MessageError
from app.core.vocabulary import Qualifier, SiteKind
from app.imports.answers import NEW
from app.imports.clearance import refuse_impossible
from app.imports.decisions import day_of
from app.imports.drafts import Draft, SiteTable
from app.imports.grids import Sheet, Workbook
from app.imports.identities import cleaned, compare, kind_of, match_of
from app.imports.matching import Match, SiteCandidate, short_name
from app.imports.own_columns import OwnColumns
from app.imports.places import province_code
from app.imports.quantities import is_possible, rounded
from app.imports.remarks import (
    NOT_A_DATE,
    OTHER_KIND_OF_SITE,
    OUT_OF_RANGE,
    UNKNOWN_CODE,
    UNKNOWN_PLACE,
    UNKNOWN_SITE,
    VERSION_CHANGED,
)
from app.imports.report import Plain, ReadStatement, ReportRow
from app.imports.rows import BodyRow
from app.imports.sites import name_organizations, numbers_of, take_answers
from app.imports.tables import NOTE, Table
from app.imports.typed import typed_date
from app.imports.words import plain
from app.subjects.attributes import PLANNED, Attribute, Hedge, ValueType, name_member, plain_decimal
from app.subjects.fold import HEDGE
from app.units.units import UnitLevel

_AS_OF = "as_of"
_DIGITS = {"commune_code": 5, "province_code": 2}
"""Digits of the codes of units, which programs take for numbers and drop zeros of."""


def restore(sheet: Sheet, workbook: Workbook) -> None:
    """Take from the texts of a CSV of the register what guards them, in place."""
    if workbook.format != "csv":
        return
    for_excel = workbook.delimiter == ";"
    for row in sheet.rows:
        row[:] = [
            unguarded(written(cell) if for_excel else cell) if isinstance(cell, str) else cell
            for cell in row
        ]


def own_rows(table: Table) -> list[BodyRow]:
    """Return the rows of a table: each that names a site is one, whatever its name looks like."""
    return [_own_row(table, row) for row in table.body]


def _own_row(table: Table, row: int) -> BodyRow:
    found = BodyRow(row, "empty", table.sheet.rows[row], hidden=row in table.sheet.hidden_rows)
    if any(map(found.text, range(len(found.cells)))):
        named = (column for name in ("id", "name") if (column := table.first(name)))
        is_named = any(found.text(column.index) for column in named)
        found.role = "data" if is_named else "unnamed"
    return found


def common(table: Table, rows: list[BodyRow], name: str) -> str | None:
    """Return the text that a column has in all rows, ``None`` where they differ or have none."""
    column = table.first(name)
    texts = {text for row in rows if column and (text := row.text(column.index))}
    return texts.pop() if len(texts) == 1 else None


def own_date(table: Table, rows: list[BodyRow]) -> str | None:
    """Return the date that all rows of one of the register's own tables are about."""
    text = common(table, rows, _AS_OF) if table.own else None
    try:
        return text and typed_date(text)
    except MessageError:
        return None


def read_own(context: SiteTable, body: BodyRow) -> ReportRow:
    """Return what a row of data says otherwise than the register."""
    out = ReportRow(body.row + 1, context.table.sheet.name, body.role)
    draft = Draft(context, body, out, ReadStatement(context.effective_from))
    _read_day(draft)
    site = _identify(draft)
    row = _Row(draft, site.state_on(day_of(draft.now.effective_from)) if site else {})
    row.read()
    take_answers(draft)
    refuse_impossible(draft)
    out.note = "; ".join(" ".join(note.split()) for note in row.notes()) or None
    if not out.errors:
        out.statements = [one for one in (draft.now, row.plan) if one.values]
    compare(draft)
    return out


def _read_day(draft: Draft) -> None:
    if text := draft.text(_AS_OF):
        day = _date(draft, _AS_OF, text)
        draft.now.effective_from = draft.out.further[_AS_OF] = day


def _date(draft: Draft, name: str, text: str) -> str | None:
    try:
        return typed_date(text)
    except MessageError:
        draft.refuse(NOT_A_DATE, name, text=text)
        return None


def _identify(draft: Draft) -> SiteCandidate | None:
    """Give a row its name, kind and place; return the site of the register that it is about."""
    out, sites = draft.out, draft.context.candidates.sites
    key, name = draft.text("id"), cleaned(draft, draft.text("name"))
    answer = draft.answer
    if answer.match is not None:
        key = "" if answer.match == NEW else answer.match
    stated = _code(draft, "kind", "site_kind")
    site = sites.by_id.get(key)
    kind = SiteKind(stated) if stated else site.kind if site else kind_of(draft, name)
    out.kind, out.name = kind.value, name or (site.name if site else key)
    communes = _place(draft, site)
    if not key:
        out.name = short_name(kind, name)
        out.match = match_of(draft, kind, out.name, _province(draft), communes)
        return sites.by_id.get(out.match.id or "")
    out.match = Match(key, "id" if answer.match is None else "answered") if site else None
    if site is None:
        draft.refuse(UNKNOWN_SITE, id=key)
    elif site.kind is not kind:
        draft.refuse(OTHER_KIND_OF_SITE, id=key, kind=site.kind.value, stated=kind.value)
    return site


def _province(draft: Draft) -> str | None:
    if code := draft.text("province_code"):
        return code.zfill(_DIGITS["province_code"])
    name, units = plain(draft.text("province_name")), draft.context.candidates.units
    return province_code(units, name, day_of(draft.now.effective_from)) or draft.context.province


def _place(draft: Draft, site: SiteCandidate | None) -> tuple[str, ...]:
    """Keep the commune of a row; return the communes that it may be."""
    code, name = draft.text("commune_code"), draft.text("commune_name")
    if not (code or name):
        return ()
    code = code.zfill(_DIGITS["commune_code"]) if code else ""
    units, day = draft.context.candidates.units, day_of(draft.now.effective_from)
    unit = units.at(UnitLevel.commune, code, day) if code else None
    if unit and name and plain(unit.name) not in plain(name):
        code = ""  # It was left, and the name beside it written over.
    of_site = site.communes if site else frozenset[str]()
    if code:
        codes: tuple[str, ...] = (code,) if unit or code in of_site else ()
    else:
        named = draft.context.places.communes(name)
        codes = tuple(dict.fromkeys(one for several in named for one in several))
    draft.out.place = {"text": name or code, "commune_code": codes[0] if len(codes) == 1 else None}
    if len(codes) != 1:
        draft.warn(UNKNOWN_PLACE, "commune_code" if code else "commune_name", text=name or code)
    elif site and codes[0] not in of_site:
        draft.now.values["commune_code"] = codes[0]
    return codes


def _code(draft: Draft, name: str, code_list: str) -> str | None:
    """Return the code that a cell has, itself or by its label."""
    text = draft.text(name)
    if not text:
        return None
    codes = _codes(code_list)
    if (code := codes.get(plain(text))) is None:
        labels = [code.label_vi for code in CODE_LISTS[code_list].codes]
        draft.refuse(UNKNOWN_CODE, name, text=text, codes=labels)
    return code


@cache
def _codes(code_list: str) -> Mapping[str, str]:
    codes = CODE_LISTS[code_list].codes
    texts = ((text, one.code) for one in codes for text in (one.label_vi, one.label_en, one.code))
    return {plain(text): code for text, code in texts}


class _Row:
    """The cells of a row beside the state of the site that it is about."""

    def __init__(self, draft: Draft, state: Mapping[str, tuple[object, str]]) -> None:
        self.draft, self.state = draft, state
        self.plan = ReadStatement(draft.now.effective_from)

    @property
    def _own(self) -> OwnColumns:
        own = self.draft.context.table.own
        assert own is not None  # noqa: S101  (only rows of own tables are read here)
        return own

    def read(self) -> None:
        """State what the cells say otherwise than the register."""
        hedges = self._hedges()
        for name, number in numbers_of(self.draft):
            if self._own.stated(name):
                value = rounded(name, number.value or Decimal(0))
                hedge = hedges.get(name)
                if number.qualifier:
                    top = plain_decimal(number.top) if number.top is not None else None
                    hedge = Hedge(number.qualifier.value, top)
                self._state_number(name, value, hedge)
        for name, attribute in self.draft.context.own_texts:
            if attribute.type is not ValueType.unit:
                self._state_text(name, attribute)
        known = self._held("known_from")
        if self.draft.text("known_from") not in {"", str(known)} and self._says_something:
            self.draft.warn(VERSION_CHANGED, "known_from", revision=known)

    @property
    def _says_something(self) -> bool:
        return bool(self.state) and bool(self.draft.now.values or self.plan.values)

    def _held(self, name: str) -> object:
        return self.state.get(name, (None, ""))[0]

    def _hedges(self) -> dict[str, Hedge]:
        """Return the hedges that columns of their own give, by the name of the column."""
        codes = dict(self._pairs("qualifiers"))
        # A file for Excel in Vietnam has decimal commas.
        ends = {name: end.replace(",", ".") for name, end in self._pairs("values_to")}
        for name in [name for name, code in codes.items() if code not in set(Qualifier)]:
            known = [code.value for code in Qualifier]
            self.draft.refuse(UNKNOWN_CODE, "qualifiers", text=codes.pop(name), codes=known)
        return {name: Hedge(code, ends.get(name)) for name, code in codes.items()}

    def _pairs(self, column: str) -> Iterator[tuple[str, str]]:
        for item in items(self.draft.text(column)):
            name, _, value = item.partition("=")
            yield name, value

    def _state_number(self, name: str, value: Decimal, hedge: Hedge | None) -> None:
        base = name.removeprefix(PLANNED)
        # Without a column of hedges, a bare number leaves open how exactly it is given.
        is_hedged = hedge or self.draft.context.has("qualifiers")
        before = self._held(name), self._held(HEDGE + name) if is_hedged else None
        if (value, hedge) == before:
            return
        if not is_possible(base, value):
            self.draft.refuse(OUT_OF_RANGE, name, value=value, attribute=base)
            return
        target = self._target(name)
        target.values[base] = value
        if hedge:
            target.qualifiers[base] = hedge.qualifier
        if hedge and hedge.value_to:
            target.tops[base] = Decimal(hedge.value_to)

    def _target(self, name: str) -> ReadStatement:
        if not name.startswith(PLANNED):
            return self.draft.now
        self.plan.basis[name.removeprefix(PLANNED)] = "plan"
        return self.plan

    def _state_text(self, name: str, attribute: Attribute) -> None:
        value = self._text(name, attribute)
        if value is None or value == self._held(name):
            return
        if name == "name":
            if not self.draft.text("id"):
                return
            self.draft.confirm(name)
        self._target(name).values[attribute.name] = value

    def _text(self, name: str, attribute: Attribute) -> Plain | None:
        text = unicodedata.normalize("NFC", self.draft.text(name))
        if attribute.type is ValueType.organization:
            return self._organization(name, text)
        if not text:
            return None
        if attribute.code_list:
            return _code(self.draft, name, attribute.code_list)
        if attribute.type is ValueType.partial_date:
            return _date(self.draft, name, text)
        return items(text) if attribute.type is ValueType.texts else text

    def _organization(self, name: str, text: str) -> str | None:
        """Return the name of an organization; ``None`` where it is the one of the register."""
        candidates, shown = self.draft.context.candidates, self.draft.text(name_member(name))
        found, held = candidates.organization(text), self._held(name)
        # Where the id was left, and the name beside it written over, the name counts.
        is_left = text == held and shown and not candidates.is_called(text, shown)
        if not text or is_left:
            text, found = shown, candidates.organization(shown)
        if not text or (found is not None and found == held):
            return None
        name_organizations(self.draft, name, text)
        return text

    def notes(self) -> Iterator[str]:
        """Give the note of a row, and what stands in columns that are not the register's."""
        yield from filter(None, (self.draft.text(NOTE), *self.draft.notes))
        for column in self.draft.context.unknown:
            if text := self.draft.body.text(column.index):
                yield f"{column.header}: {text}"
