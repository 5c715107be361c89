"""The way of a file: bytes, what the officer adds and what the register knows give a report."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.core.errors import BadBodyError, NotFoundError
from app.core.messages import MessageError
from app.core.vocabulary import DateBasis, SiteKind
from app.imports.answers import NO_ANSWERS, Answers, answer_figures, leave_out
from app.imports.checks import SiteChecks
from app.imports.columns import read_figures, sums_of
from app.imports.contexts import Candidates, Given
from app.imports.decisions import day_of
from app.imports.doubts import name_doubts, name_other_kinds, name_repeated
from app.imports.drafts import SiteTable
from app.imports.forms import Form
from app.imports.grids import Workbook, letters
from app.imports.hidden_rows import mark_hidden, settle_hidden
from app.imports.own_columns import NOTE_LABELS, OwnColumns
from app.imports.own_tables import common, own_date, read_own
from app.imports.places import Places, province_code
from app.imports.preambles import Preamble, province_named
from app.imports.remarks import (
    LEAVES_OUT,
    NO_NAME,
    NOT_READ,
    PART_NOT_READ,
    UNKNOWN_COLUMNS,
    Remark,
)
from app.imports.report import Check, Json, Report, ReportRow
from app.imports.rows import BodyRow, footnotes
from app.imports.sheets import Found, choose, find_tables, listed, older_differences
from app.imports.sites import read_site
from app.imports.tables import NOTE, Column, Table, is_figure, text_of
from app.imports.typed import typed_date
from app.imports.words import plain
from app.imports.workbooks import read_workbook
from app.subjects.columns import AS_OF, AS_OF_LABELS, SITE_COLUMNS
from app.subjects.sites import SiteState
from app.units.provinces import check_province
from app.units.units import UnitLevel

_OWN = OwnColumns.labelled(
    {**SITE_COLUMNS, AS_OF: AS_OF_LABELS, NOTE: NOTE_LABELS}, SiteState.attributes
)
_EVENT_COLUMNS = {"expected.establishment": "decision@established | expected.establishment"}
_FORM_COLUMNS = {
    "row_number": "form_line",
    "indicator": "indicator_text",
    "unit": "unit",
    "form_value": "value",
    "note": "note",
}
_CLUSTER_WORDS = ("cum cong nghiep", "ccn")
_BOTH_WORDS = "khu cum cong nghiep"
_ZONE_WORDS = ("khu cong nghiep", "kcn")


def read_report(
    content: bytes,
    name: str,
    given: Given,
    candidates: Candidates,
    answers: Answers = NO_ANSWERS,
) -> Report:
    """Read a file into the report that an officer reviews; nothing is recorded.

    ``name`` is the file's; its content decides the format. What ``answers`` settle is settled in
    the report. ``UnreadableFileError`` for a file that cannot be read at all, ``BadBodyError`` for
    what the officer states; everything else that is wrong is in the report, at its cell.
    """
    given = _checked(given, candidates)
    workbook = read_workbook(content, name)
    tables = find_tables(workbook, given, answers, _OWN)
    found = choose(workbook, tables, given)
    report = _frame(workbook, found, tables, given, candidates)
    if found.table.first("indicator"):
        _read_form(report, found, candidates, answers)
    else:
        _read_sites(report, found, candidates, answers)
        report.warnings += older_differences(found, tables)
        name_other_kinds(report.rows, given)
    name_doubts(report, found)
    return report


def _checked(given: Given, candidates: Candidates) -> Given:
    """Return what the officer states, dates in ISO 8601."""
    try:
        if given.province_code is not None:
            check_province(candidates.units, given.province_code, None)
    except NotFoundError as error:
        raise BadBodyError.of("#/province_code", error.detail) from error
    source = dict(given.source)
    if published := source.get("published_on"):
        source["published_on"] = _dated(published, "source_published_on")
    day = given.effective_from and _dated(given.effective_from, "effective_from")
    return replace(given, effective_from=day, source=source)


def _dated(text: str, member: str) -> str:
    try:
        return typed_date(text)
    except MessageError as error:
        raise BadBodyError.of(f"#/{member}", error.message) from error


def _frame(
    workbook: Workbook,
    found: Found,
    tables: dict[str, Found],
    given: Given,
    candidates: Candidates,
) -> Report:
    table, _, preamble = found
    effective_from = given.effective_from or preamble.effective_from or own_date(table, found.rows)
    source = _source(preamble, given)
    date_basis = DateBasis.stated if effective_from else DateBasis.publication
    effective_from = effective_from or source["published_on"]
    province = given.province_code or _province(found, candidates, day_of(effective_from))
    _complete_issuer(source, candidates, province, day_of(effective_from))
    return Report(
        format=_format(workbook),
        sheets=listed(workbook, found, tables),
        source=source,
        effective_from=effective_from,
        province=province,
        kind=_kind(found, given),
        header={
            "rows": [row + 1 for row in table.header],
            "numbering_row": None if table.numbering is None else table.numbering + 1,
        },
        columns=[],
        rows=[],
        checks=[],
        warnings=[],
        period=preamble.period,
        date_basis=date_basis,
    )


def _province(found: Found, candidates: Candidates, day: date) -> str | None:
    if found.table.own and (code := common(found.table, found.rows, "province_code")):
        return code.zfill(2)
    return province_code(candidates.units, province_named(found.preamble), day)


def _format(workbook: Workbook) -> Json:
    members = {
        "format": workbook.format,
        "encoding": workbook.encoding,
        "delimiter": workbook.delimiter,
    }
    return {name: value for name, value in members.items() if value}


def _source(preamble: Preamble, given: Given) -> dict[str, str | None]:
    preamble = preamble.document or preamble
    source = {**preamble.source, **given.source}
    if "title" in given.source or preamble.title is None:
        return source
    source["title"] = preamble.title
    if preamble.period and preamble.titles:
        label = preamble.period["label"]
        year, _, half = label.partition("-H")
        words = f"6 tháng đầu năm {year}" if half else f"năm {year}"
        source["title"] = f"{preamble.titles[0]}, {words}"
    return source


def _complete_issuer(
    source: dict[str, str | None], candidates: Candidates, province: str | None, day: date
) -> None:
    """Say of which province an issuer is where its name leaves that to the title."""
    issuer = source["issuer"]
    if not issuer or not province or "tỉnh" in issuer.lower() or not issuer.startswith("Sở"):
        return
    unit = candidates.units.at(UnitLevel.province, province, day)
    if unit and plain(unit.name) not in plain(issuer):
        source["issuer"] = f"{issuer} tỉnh {unit.name}"


def _kind(found: Found, given: Given) -> str | None:
    """Return the kind that the officer or the title says, ``None`` for a table of both."""
    preamble = found.preamble
    if given.kind:
        return given.kind.value
    if found.table.own or preamble.says(_BOTH_WORDS):
        return None
    is_zone = preamble.says(*_ZONE_WORDS) and not preamble.says(*_CLUSTER_WORDS)
    return (SiteKind.zone if is_zone else SiteKind.cluster).value


def _framing(found: Found) -> list[ReportRow]:
    """Return the rows above the body: titles, header, numbering."""
    table, sheet = found.table, found.table.sheet.name
    roles = dict(found.preamble.roles)
    roles.update(dict.fromkeys(table.header, "header"))
    if table.numbering is not None:
        roles[table.numbering] = "numbering"
    return [ReportRow(row + 1, sheet, role) for row, role in sorted(roles.items())]


def _read_form(report: Report, found: Found, candidates: Candidates, answers: Answers) -> None:
    form = Form(found.table, found.rows, report.effective_from, candidates.indicators, answers)
    report.rows = _framing(found) + [
        form.row(row) if row.role == "data" else _other_row(found, row) for row in found.rows
    ]
    leave_out(report.rows, answers)
    report.checks = list(form.checks())
    report.columns = [_column(c, _FORM_COLUMNS.get(c.attribute or "")) for c in found.table.columns]
    unit = candidates.units.at(
        UnitLevel.province, report.province or "", day_of(report.effective_from)
    )
    if unit:
        report.subject = {"type": "province", "code": unit.code, "name": unit.name}


def _other_row(found: Found, row: BodyRow) -> ReportRow:
    out = ReportRow(row.row + 1, found.table.sheet.name, row.role)
    title = next((group.title for group in row.groups if group.row == row.row), None)
    if title and row.role == "group":
        out.further["text"] = title
    return out


def _read_sites(report: Report, found: Found, candidates: Candidates, answers: Answers) -> None:
    table, rows, preamble = found
    kind = SiteKind(report.kind or SiteKind.cluster)
    figures = read_figures(table, rows, preamble.unit, is_zone=kind is SiteKind.zone)
    answer_figures(figures, answers, table.sheet.uncomputed)
    hidden = settle_hidden(rows, figures, answers)
    if not table.own:
        sums = sums_of(table, rows)
        report.checks = list(SiteChecks(table, rows, figures, sums, preamble).all())
    context = SiteTable(
        table,
        preamble,
        figures,
        dict(footnotes(rows)),
        candidates,
        Places(candidates.units, report.province, day_of(report.effective_from)),
        report.province,
        kind,
        report.effective_from,
        day_of(report.effective_from),
        answers,
        is_of_one_kind=report.kind is not None,
    )
    read = read_own if table.own else read_site
    report.rows = _framing(found)
    for row in rows:
        if row.role in {"data", "hidden"}:
            out = read(context, row)
            mark_hidden(out, row, hidden)
            report.rows.append(out)
        else:
            report.rows.append(_other_row(found, row))
            if not table.lacks_names:
                _name_unread(report.rows[-1], row)
    leave_out(report.rows, answers)
    name_repeated(report.rows)
    report.columns = [_column(c, _stands_for(c, context)) for c in table.columns]
    report.warnings += _unknown(table, candidates, report.columns)
    report.warnings += _left_out(report.checks)
    if preamble.is_plan:
        report.province_statements = _plan_totals(report, table)


def _name_unread(out: ReportRow, row: BodyRow) -> None:
    """Say of a row without a name that it is not read: with figures it is an error."""
    if row.role == "unnamed":
        out.errors.append(Remark(NO_NAME, out.row))
    elif row.role == "part":
        out.warnings.append(Remark(PART_NOT_READ, out.row, None, {"text": _text_in(row)}))
    elif row.role == "note":
        out.warnings.append(Remark(NOT_READ, out.row, None, {"text": _text_in(row)}))


def _text_in(row: BodyRow) -> str:
    return " ".join(filter(None, map(text_of, row.cells)))


def _column(column: Column, attribute: str | None) -> Json:
    shown: Json = {
        "column": letters(column.index),
        "header": column.header,
        "attribute": attribute,
    }
    return {**shown, "unit": column.unit} if column.unit else shown


def _stands_for(column: Column, context: SiteTable) -> str | None:
    attribute = column.attribute
    if attribute is None:
        return None
    if attribute == "area_ha" and not context.table.own and context.preamble.is_plan:
        return "planned_area_ha"
    return _EVENT_COLUMNS.get(attribute, attribute)


def _unknown(table: Table, candidates: Candidates, columns: list[Json]) -> list[Remark]:
    """Name the columns with figures that the register has no attribute for."""
    unknown = []
    for column, shown in zip(table.columns, columns, strict=True):
        base = (column.attribute or "").partition("@")[0]
        is_aside = column.attribute is None or (
            is_figure(column.attribute)
            and not table.own
            and base not in candidates.attributes
            and base not in {"change", "clearance_pct"}
        )
        if is_aside:
            shown["known"] = False
            unknown.append(letters(column.index))
    return [Remark(UNKNOWN_COLUMNS, details={"columns": unknown})] if unknown else []


def _left_out(checks: Sequence[Check]) -> list[Remark]:
    left = {c.row: c.further["without_rows"] for c in checks if c.verdict == "ok_without"}
    return [Remark(LEAVES_OUT, row, None, {"rows": rows}) for row, rows in left.items()]


def _plan_totals(report: Report, table: Table) -> list[Json]:
    """Return the totals of a plan's annex: figures that the plan itself publishes."""
    totals: list[Json] = []
    planned = table.first("planned_area_ha") or table.first("area_ha")
    at = letters(planned.index) if planned else ""
    last = max((row.row for row in report.rows if row.role == "total"), default=0)
    for check in report.checks:
        if check.row == last and check.verdict.startswith("ok"):
            if check.what.id == "imports.check.count":
                totals.append(_planned("count", check.stated, report.kind))
            elif check.column == at:
                totals.append(_planned("area_ha", check.stated, report.kind))
    return sorted(totals, key=lambda one: str(one["indicator"]), reverse=True)


def _planned(figure: str, value: Decimal, kind: str | None) -> Json:
    return {"indicator": f"{kind}_planned_{figure}", "value": value, "basis": "plan"}
