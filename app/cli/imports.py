"""`icr import`: what a spreadsheet says, as the register would read it, and recording it."""

import asyncio
import json
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.common import ERR, OUT, WIDE, changing_database, opened_database, ready
from app.cli.import_outcomes import print_outcome
from app.core.dates import today
from app.core.errors import RegistryError
from app.core.messages import MessageError
from app.core.vocabulary import Language, SiteKind
from app.http.languages import CATALOGUES
from app.imports.candidates import read_candidates
from app.imports.commits import ImportedFile, Terms, effects, record
from app.imports.contexts import Candidates, Given
from app.imports.decisions import day_of, stated_date
from app.imports.outcomes import Outcome
from app.imports.reading import read_report
from app.imports.references import Document
from app.imports.remarked import remarked
from app.imports.remarks import NO_DAY
from app.imports.report import Report, ReportRow
from app.imports.template import template as write_template
from app.ledger.revisions import Writer
from app.units.provinces import check_province

_SHOWN_ROLES = {"data", "hidden"}


def import_(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    file: Annotated[Path, typer.Argument(help="XLSX, XLSM, XLS, ODS, CSV, TSV or DOCX.")],
    province: Annotated[str | None, typer.Option(help="Code of the province.")] = None,
    kind: Annotated[SiteKind | None, typer.Option(help="Kind of the sites.")] = None,
    effective_from: Annotated[str | None, typer.Option(help="The date it is about.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Name of the sheet to read.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Id of the source that the file is, if it is registered.")
    ] = None,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help="Leave out what is refused, record the rest.")
    ] = False,
    override_reason: Annotated[
        str | None, typer.Option(help="Why what is doubted is right all the same.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Record it without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report.")] = False,
    remarks: Annotated[
        Path | None, typer.Option(help="Write the file with remarks beside its cells here, XLSX.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of these remarks.")] = Language.vi,
) -> None:
    """Read a file, print the report of it and what it would change, and record it if confirmed.

    Where nobody can be asked, it is recorded with --yes only.
    """
    given = Given(province, kind, {}, effective_from, sheet)
    content = file.read_bytes()
    try:
        candidates = asyncio.run(_candidates())
        report = read_report(content, file.name, given, candidates)
        if remarks:
            catalogue = CATALOGUES.get(lang, {})
            remarks.write_bytes(remarked(content, report, catalogue, file.name))
        if as_json:
            OUT.print(json.dumps(report.as_json(), ensure_ascii=False, indent=1, default=_number))
        else:
            _print(report)
        if yes or (sys.stdin.isatty() and not as_json):
            read = ImportedFile(report, candidates, Document(file.name, source))
            terms = Terms(skip_refused, override_reason)
            asyncio.run(_commit(read, terms, is_asked=not yes, to=ERR if as_json else OUT))
            return
        ERR.print("Nothing is recorded. --yes shows what would change, and records it.")
        if list(report.all_errors):
            raise typer.Exit(1)
    except RegistryError as error:
        ERR.print(str(error))
        raise typer.Exit(2) from error


def template(
    file: Annotated[Path, typer.Argument(help="The workbook to write, XLSX.")],
    province: Annotated[str | None, typer.Option(help="Code of the province.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="The day its rows will be about; today if absent.")
    ] = None,
) -> None:
    """Write an empty workbook that icr import reads without a question."""
    try:
        day = day_of(stated_date(as_of)) if as_of else today()
        units = asyncio.run(_candidates()).units
        if province is not None:
            check_province(units, province, day)
    except (RegistryError, MessageError) as error:
        ERR.print(str(error))
        raise typer.Exit(2) from error
    file.write_bytes(write_template(units, day, CATALOGUES["vi"], province))
    OUT.print(f"Written: {file}")


async def _candidates() -> Candidates:
    async with opened_database() as database:
        units = await ready(database)
        async with database.read() as connection:
            return await read_candidates(connection, units, today())


async def _commit(file: ImportedFile, terms: Terms, *, is_asked: bool, to: Console) -> None:
    """Show what an import would change, and record it if that is confirmed.

    ``to`` is not the standard output where that is a report in JSON.
    """
    async with changing_database() as database:
        writer = Writer(database, await ready(database), "icr import")
        outcome = await effects(writer, file, terms)
        print_outcome(outcome, to)
        if outcome.refused and not terms.skip_refused:
            ERR.print("Nothing is recorded. --skip-refused records the rest.")
            raise typer.Exit(1)
        if outcome.revision is None:
            why = "Nothing is left" if outcome.refused else "All is known: there is nothing"
            to.print(f"{why} to record.")
            return
        if is_asked:
            typer.confirm("Record this?", abort=True, err=True)
        recorded = await record(writer, file, replace(terms, reviewed=_reviewed(outcome)))
        to.print(f"Recorded as revision {recorded.revision}, source {recorded.source_id}.")


def _reviewed(outcome: Outcome) -> int:
    """Return the revision that the effects were worked out at."""
    return (outcome.revision or 1) - 1


def _number(value: object) -> object:
    if not isinstance(value, Decimal):
        return str(value)
    return int(value) if value == int(value) else float(value)


def _print(report: Report) -> None:
    table = Table("row", "name", "match", "says", "to look at", show_lines=True)
    for row in report.rows:
        if row.role in _SHOWN_ROLES or row.warnings or row.errors:
            table.add_row(f"{row.row}", row.name or "", _match(row), _said(row), _remarks(row))
    # In a terminal cells are wrapped; in a file each row has its line.
    (OUT if OUT.is_terminal else Console(width=WIDE, markup=False, highlight=False)).print(table)
    for check in report.checks:
        if check.verdict == "differs":
            OUT.print(
                f"{check.column}{check.row}: {check.stated} ≠ {check.computed} ({check.what})"
            )
    for remark in (*report.errors, *report.warnings):
        OUT.print(f"{remark.column or ''}{remark.row or ''} {remark.message}".strip())


def _match(row: ReportRow) -> str:
    if row.match is None:
        return ""
    sure = "?" if row.match.needs_confirmation else ""
    found = (row.match.id or ", ".join(row.match.candidates) or "new") + sure
    return f"{found} ({row.match.register_name})" if row.match.register_name else found


def _said(row: ReportRow) -> str:
    return "\n".join(
        f"{one.effective_from or NO_DAY()}: "
        + ", ".join(f"{name} {value}" for name, value in one.values.items())
        for one in row.statements
    )


def _remarks(row: ReportRow) -> str:
    confirm = [f"confirm {name}" for name in row.needs_confirmation]
    shown = [f"{one.column or ''} {one.message}".strip() for one in (*row.errors, *row.warnings)]
    return "\n".join([*shown, *confirm])
