"""`icr import`: what a spreadsheet says, as the register would read it, and recording it."""

import asyncio
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.common import ERR, OUT, WIDE, changing_database, opened_database, ready
from app.cli.import_outcomes import print_outcome
from app.cli.kept_imports import OPERATOR, undo
from app.core.dates import today
from app.core.digest import JsonObject
from app.core.errors import RegistryError
from app.core.messages import MessageError
from app.core.vocabulary import Language, SiteKind
from app.entry.recording import Recorded
from app.http.languages import CATALOGUES
from app.imports import store
from app.imports.commits import ImportedFile, Terms, effects, record
from app.imports.correcting import Gone
from app.imports.decisions import day_of
from app.imports.jobs import correction_of
from app.imports.kept import RegisterAtRevision, SentFile, draft_of, kept_of, register_for
from app.imports.outcomes import Outcome
from app.imports.reading import read_report
from app.imports.references import Document
from app.imports.remarked import remarked
from app.imports.remarks import NO_DAY
from app.imports.report import Report, ReportRow
from app.imports.reviewing import find_corrected, name_of
from app.imports.store import Draft, DraftState
from app.imports.template import template as write_template
from app.imports.typed import typed_date
from app.ledger.revisions import Writer
from app.units.provinces import check_province
from app.units.units import Units

_SHOWN_ROLES = {"data", "hidden"}


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read, and what it was read against."""

    file: SentFile
    given: JsonObject
    register: RegisterAtRevision
    report: Report
    earlier: Draft | None

    def imported(self, terms: Terms) -> ImportedFile:
        """Return it as a commit takes it."""
        document = Document(self.file.name, self.given.get("source_id"))
        correction = correction_of(self.earlier, self.file.name, terms)
        return ImportedFile(self.report, self.register.candidates, document, correction)

    def draft(self) -> JsonObject:
        """Return the import that is kept of it once it is recorded."""
        return draft_of(
            self.file,
            kept_of(self.report),
            OPERATOR,
            given=self.given,
            corrects=self.earlier and self.earlier.id,
            layout_id=None,
            read_at=self.register.revision,
            answers={"columns": {}, "rows": {}},
        )


def import_(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    file: Annotated[
        Path | None, typer.Argument(help="XLSX, XLSM, XLS, ODS, CSV, TSV or DOCX.")
    ] = None,
    province: Annotated[str | None, typer.Option(help="Code of the province.")] = None,
    kind: Annotated[SiteKind | None, typer.Option(help="Kind of the sites.")] = None,
    effective_from: Annotated[str | None, typer.Option(help="The date it is about.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Name of the sheet to read.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Id of the source that the file is, if it is registered.")
    ] = None,
    corrects: Annotated[
        str | None, typer.Option(help="Id of the import that the file is a newer edition of.")
    ] = None,
    gone: Annotated[
        Gone | None,
        typer.Option(help="With --corrects: what becomes of sites that this file has no row of."),
    ] = None,
    retract: Annotated[
        str | None, typer.Option(help="Id of an import to undo; FILE is left out. Needs --reason.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why this is recorded, or undone; else the file's name.")
    ] = None,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help="Leave out what is refused, record the rest.")
    ] = False,
    override_reason: Annotated[
        str | None, typer.Option(help="Why what is doubted is right all the same.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Record it without asking.")] = False,
    in_full: Annotated[
        bool, typer.Option("--effects", help="Print all that would change, not a digest.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report.")] = False,
    remarks: Annotated[
        Path | None, typer.Option(help="Write the file with remarks beside its cells here, XLSX.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of these remarks.")] = Language.vi,
) -> None:
    """Read a file, print the report of it and what it would change, and record it if confirmed.

    Where nobody can be asked, it is recorded with --yes only. What was recorded is kept as an
    import, as if it were sent over HTTP: icr imports lists it, --retract undoes it.
    """
    if (file is None) == (retract is None) or (retract and not reason):
        raise typer.BadParameter("Name a file, or an import by --retract with a --reason.")
    stated = {
        "province_code": province,
        "kind": kind and kind.value,
        "effective_from": effective_from,
        "sheet": sheet,
        "source_id": source,
    }
    given: JsonObject = {name: value for name, value in stated.items() if value is not None}
    try:
        if file is None:
            asyncio.run(undo(retract or "", reason or ""))
            return
        sent = SentFile(name_of(file.name, None), file.read_bytes())
        read = asyncio.run(_read(sent, given, corrects))
        if remarks:
            catalogue = CATALOGUES.get(lang, {})
            made = remarked(read.file.content, read.report, catalogue, read.file.name)
            remarks.write_bytes(made)
        _print(read.report, as_json=as_json)
        if yes or (sys.stdin.isatty() and not as_json):
            terms = Terms(skip_refused, override_reason, read.register.revision, reason, gone)
            to = ERR if as_json else OUT
            asyncio.run(_commit(read, terms, is_asked=not yes, in_full=in_full, to=to))
            return
        ERR.print("Nothing is recorded. --yes shows what would change, and records it.")
        if list(read.report.all_errors):
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
        day = day_of(typed_date(as_of)) if as_of else today()
        units = asyncio.run(_units())
        if province is not None:
            check_province(units, province, day)
    except (RegistryError, MessageError) as error:
        ERR.print(str(error))
        raise typer.Exit(2) from error
    file.write_bytes(write_template(units, day, CATALOGUES["vi"], province))
    OUT.print(f"Written: {file}")


async def _units() -> Units:
    async with opened_database() as database:
        return await ready(database)


async def _read(file: SentFile, given: JsonObject, corrects: str | None) -> _Read:
    """Read a file against the register as it is now."""
    async with opened_database() as database:
        units = await ready(database)
        async with database.read() as connection:
            register = await register_for(connection, given, units)
            earlier = corrects and await find_corrected(connection, OPERATOR, corrects)
    report = read_report(file.content, file.name, register.given, register.candidates)
    return _Read(file, given, register, report, earlier or None)


async def _commit(read: _Read, terms: Terms, *, is_asked: bool, in_full: bool, to: Console) -> None:
    """Show what an import would change, and record it if that is confirmed.

    ``to`` is not the standard output where that is a report in JSON.
    """
    file = read.imported(terms)
    async with changing_database() as database:
        writer = Writer(database, await ready(database), OPERATOR.name)
        outcome = await effects(writer, file, terms)
        print_outcome(outcome, to, in_full=in_full)
        if outcome.refused and not terms.skip_refused:
            ERR.print("Nothing is recorded. --skip-refused records the rest.")
            raise typer.Exit(1)
        if outcome.revision is None:
            why = "Nothing is left" if outcome.refused else "All is known: there is nothing"
            to.print(f"{why} to record.")
            return
        if is_asked:
            typer.confirm("Record this?", abort=True, err=True)
        draft = read.draft()

        async def keep(done: Recorded, outcome: Outcome) -> None:
            recorded = {"state": DraftState.committed.value, "revision": done.number}
            kept = {"outcome": {"outcome": outcome.kept()}, "expires_at": None}
            await store.add_draft(done.session, draft | recorded | kept)

        recorded = await record(writer, file, terms, keep)
        number, source = recorded.revision, recorded.source_id
        to.print(f"Recorded as revision {number}, source {source}, import {draft['id']}.")


def _number(value: object) -> object:
    if not isinstance(value, Decimal):
        return str(value)
    return int(value) if value == int(value) else float(value)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        OUT.print(json.dumps(report.as_json(), ensure_ascii=False, indent=1, default=_number))
    else:
        _print_rows(report)


def _print_rows(report: Report) -> None:
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
