"""What a draft keeps of a file: its report apart from its rows, given members and answers as JSON.

From what is kept the reader gets back what it takes: ``Given`` and ``Answers``.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.access.principals import Principal
from app.core.dates import today
from app.core.digest import JsonObject, content_digest
from app.core.errors import BadBodyError, NotFoundError
from app.core.messages import Message
from app.core.vocabulary import SiteKind
from app.database.connections import Executor
from app.imports.answers import LEFT_OUT, LINE, Answers, RowAnswer
from app.imports.candidates import read_candidates
from app.imports.contexts import Candidates, Given
from app.imports.matching import Match
from app.imports.reading import read_report
from app.imports.remarks import Remark
from app.imports.report import Check, Report, ReportRow
from app.imports.store import LIFETIME, DraftState, new_id, pack, unpack
from app.imports.words import plain
from app.ledger.snapshots import latest_revision
from app.ledger.sources import get_source
from app.units.units import Units

MOST_LISTED: Final = 500
"""So many checks and remarks about the file are kept; those of rows are at the rows."""
_MOST_ISSUER: Final = 500
"""Characters of an issuer that layouts are found by: an index takes no more of any text."""
_FIGURES = re.compile(r"[0-9]+")
_SOURCE = "source_"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A report as it is kept, with what its answers and layouts are found by."""

    report: JsonObject
    rows: bytes
    numbers: frozenset[int]
    headers: Mapping[str, str]
    issuer: str

    @property
    def shape(self) -> str:
        """The digest of the headers without their figures: dates in them change each time."""
        return content_digest([_FIGURES.sub("0", plain(text)) for text in self.headers.values()])


@dataclass(frozen=True, slots=True)
class RegisterAtRevision:
    """What a file is read against: what is given, and the register at a revision."""

    given: Given
    candidates: Candidates
    revision: int


async def register_for(
    connection: Executor, given: Mapping[str, Any], units: Units
) -> RegisterAtRevision:
    """Return the register as it is now, to read a file against.

    ``BadBodyError`` where the source that is given is not registered.
    """
    revision = await latest_revision(connection)
    source = await source_of(connection, given, revision)
    candidates = await read_candidates(connection, units, today())
    return RegisterAtRevision(given_of(given, source), candidates, revision)


async def source_of(
    connection: Executor, given: Mapping[str, Any], revision: int
) -> Mapping[str, str]:
    """Return what is given of the source: of a registered one what the register has."""
    stated = {
        name.removeprefix(_SOURCE): text for name, text in given.items() if name.startswith(_SOURCE)
    }
    if "id" not in stated:
        return stated
    try:
        source = await get_source(connection, stated["id"], revision)
    except NotFoundError as error:
        raise BadBodyError.of("#/source_id", error.detail) from error
    members = ("kind", "title", "number", "issuer", "published_on")
    known = {name: getattr(source, name) for name in members}
    return stated | {name: str(value) for name, value in known.items() if value is not None}


def given_of(given: Mapping[str, Any], source: Mapping[str, str]) -> Given:
    """Return what is given beside a file, as the reader takes it."""
    kind = given.get("kind")
    return Given(
        given.get("province_code"),
        SiteKind(kind) if kind else None,
        source,
        given.get("effective_from"),
        given.get("sheet"),
    )


def answers_of(kept: Mapping[str, Any]) -> Answers:
    """Return answers as the reader takes them, from what a draft keeps."""
    rows = {int(number): _row_answer(answer) for number, answer in kept.get("rows", {}).items()}
    return Answers(kept.get("columns", {}), rows)


def _row_answer(kept: Mapping[str, Any]) -> RowAnswer:
    values = dict(kept.get("values") or {})
    if kept.get("value") is not None:
        values[LINE] = kept["value"]
    return RowAnswer(
        kept.get("match"),
        values,
        tuple(kept.get("omitted") or ()),
        bool(kept.get("confirmed")),
        kept.get("included"),
        kept.get("qualifiers") or {},
    )


def read_file(file: SentFile, register: RegisterAtRevision, answers: Mapping[str, Any]) -> ReadFile:
    """Read a file with answers as a draft keeps them; this takes long for many rows."""
    return kept_of(
        read_report(
            file.content, file.name, register.given, register.candidates, answers_of(answers)
        )
    )


def kept_of(report: Report) -> ReadFile:
    """Return a report as it is kept."""
    frame = report.frame()
    checks = sorted(report.checks, key=lambda check: check.verdict != "differs")
    frame["checks"] = [check.as_json() for check in checks[:MOST_LISTED]]
    frame["warnings"] = [one.as_json() for one in report.warnings[:MOST_LISTED]]
    return ReadFile(
        {**frame, "counts": dict(counts_of(report))},
        pack([row.as_json() for row in report.rows]),
        frozenset(row.row for row in report.rows),
        {str(column["column"]): str(column["header"]) for column in report.columns},
        "".join(filter(str.isprintable, report.source.get("issuer") or ""))[:_MOST_ISSUER],
    )


def draft_of(file: SentFile, read: ReadFile, who: Principal, **members: object) -> JsonObject:
    """Return the members of a new draft of a file."""
    now = datetime.now(UTC)
    return {
        "id": new_id(now),
        "principal_id": who.id,
        "author": who.name,
        "created_at": now,
        "changed_at": now,
        "expires_at": now + LIFETIME,
        "state": DraftState.draft.value,
        "edited": 1,
        "file_name": file.name,
        "file_hash": hashlib.sha256(file.content).hexdigest(),
        "file_size": len(file.content),
        "content": file.content,
        "report": read.report,
        "rows": read.rows,
        **members,
    }


def report_of(kept: Mapping[str, Any], packed: bytes) -> Report:
    """Return what is remarked on in a report, from what a draft keeps of it and its packed rows."""
    frame = ("format", "sheets", "source", "effective_from", "province", "kind", "header")
    return Report(
        **{name: kept[name] for name in frame},
        columns=[],
        rows=[_row_of(row) for row in unpack(packed)],
        checks=[_check_of(check) for check in kept["checks"]],
        warnings=[Remark.of_json(one) for one in kept["warnings"]],
        errors=[Remark.of_json(one) for one in kept["errors"]],
    )


def _row_of(kept: Mapping[str, Any]) -> ReportRow:
    match = kept.get("match")
    return ReportRow(
        kept["row"],
        kept["sheet"],
        kept["role"],
        match=match and Match(match.get("id"), candidates=tuple(match.get("candidates", ()))),
        needs_confirmation=kept.get("needs_confirmation", []),
        warnings=[Remark.of_json(one) for one in kept.get("warnings", ())],
        errors=[Remark.of_json(one) for one in kept.get("errors", ())],
    )


def _check_of(kept: Mapping[str, Any]) -> Check:
    what = Message(kept["what"]["id"], kept["what"]["parameters"])
    return Check(
        kept["row"], kept["column"], what, kept["stated"], kept["computed"], kept["verdict"]
    )


def counts_of(report: Report) -> Iterator[tuple[str, int]]:
    """Give how much there is to look at, by the members of ``ImportCounts``."""
    roles = Counter(row.role for row in report.rows)
    data = [row for row in report.rows if row.role == "data"]
    yield "rows", len(data)
    yield "new", sum(row.match is not None and row.match.is_new for row in data)
    yield "to_confirm", sum(map(needs_confirmation, data))
    yield "with_errors", sum(bool(row.errors) for row in report.rows)
    yield "with_warnings", sum(bool(row.warnings) for row in report.rows)
    yield "left_out", roles[LEFT_OUT]
    yield "hidden", roles["hidden"]
    yield "checks", len(report.checks)
    yield "checks_differing", sum(check.verdict == "differs" for check in report.checks)


def needs_confirmation(row: ReportRow) -> bool:
    """Return whether anything of a row is to be confirmed before it can be recorded."""
    return bool(
        row.needs_confirmation
        or (row.match and row.match.needs_confirmation)
        or any(statement.needs_confirmation for statement in row.statements)
    )
