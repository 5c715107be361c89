"""Loading a dump into a register that has no revisions yet: all of it, or nothing.

The digest of each revision is computed anew, and a line is taken only as ``icr dump`` writes it.
"""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.digest import JsonObject
from app.core.errors import BadBodyError, ConflictError
from app.core.messages import Message, MessageError, Template
from app.database import Database
from app.database.tables import REVISION_COUNTER, insert_rows
from app.ledger.lines import Recorded, read_line, read_object
from app.ledger.revisions import IN_ORDER
from app.ledger.tables import ERASURES, REGISTRATIONS, REVISIONS, STATEMENTS
from app.ledger.verification import LedgerEnd
from app.units.units import Units
from app.upkeep.backups import Show
from app.upkeep.dumping import COUNTER, FORMAT, PACKED, last_line
from app.upkeep.rebuilding import rebuild_in

_AT_ONCE = 10_000
"""Rows that are held until they are inserted, or those of one revision."""
_AT_LINE = Template("dumps.at-line", "Line {line}: {reason}.")
_NOT_EMPTY = Template(
    "dumps.not-empty",
    "The register has {revision} revisions: a dump is loaded into one that has none yet.",
)
_NO_HEAD = Template("dumps.no-head", "it is not the first line of a dump")
_OTHER_FORMAT = Template(
    "dumps.other-format", "the dump has format {format}, this release reads {known}"
)
_NO_END = Template("dumps.no-end", "the dump ends before its last line: it is not whole")
_OTHER_END = Template("dumps.other-end", "it is not the last line of this dump, {expected}")
_OTHER_COUNTS = Template("dumps.other-counts", "it announces other rows than follow: {names}")
_MORE = Template("dumps.more", "the dump goes on after its last line")
_UNREADABLE = Template("dumps.unreadable", "it cannot be read ({error})")
_REFUSED = Template("dumps.refused", "the database refuses what it says ({error})")
_NO_MARKED = Template(
    "dumps.no-marked", "it retracts or withdraws {name}, which no line before it records"
)
_MOST = 2**31
_NOT_ERASED = Template(
    "dumps.not-erased", "what is left of it is not what the erasures of this dump say"
)
_HEAD = {"format", "release", "units", "revisions", "counts"}


class BadDumpError(BadBodyError):
    """A line of a dump that is none."""

    def __init__(self, line: int, reason: Message) -> None:
        """Name the line, and say why."""
        super().__init__(_AT_LINE(line=line, reason=reason))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A register that was loaded: where its ledger ends, and by which units it is answered."""

    end: LedgerEnd
    has_same_units: bool
    """Whether the units are those of the dumped register; if not, answers may differ by them."""


async def load(source: Path, database: Database, units: Units, show: Show) -> Loaded:
    """Load a dump, unpacked if its name ends in ``.gz``, and make the projections.

    ``ConflictError`` if the register is not empty, ``BadDumpError`` for the first bad line.
    """
    dump = _Dump(source)
    async with database.write() as session:
        # Taken first, as in every write: no other one comes between.
        number, edition = (await session.execute(select(*COUNTER).with_for_update())).one()
        if number:
            raise ConflictError(_NOT_EMPTY(revision=number))
        for part in dump.parts():
            await _insert(session, part)
            show("Loading", dump.end.revision, dump.total)
        async for step in rebuild_in(session, units):
            show("Rebuilding", step.done, step.total)
        is_same: bool = dump.units["digest"] == units.digest
        # With the same edition answers have the tags that they had.
        counted = dump.units["edition"] if is_same else edition + 1
        values = {"number": dump.end.revision, "units_edition": counted}
        await session.execute(update(REVISION_COUNTER).values(values))
    return Loaded(dump.end, is_same)


_Part = Sequence[tuple[int, Recorded]]
"""Revisions, each with the number of its line."""


class _Dump:
    """A file being read: what it announces, and how far it is."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._line = 0
        self.end = LedgerEnd()
        self.units: JsonObject = {}
        self.total = 0
        self._missing: dict[str, int] = {}
        """How many rows of each table are to follow."""
        self._left: dict[int, str] = {}
        """What revisions say of what was left of them."""
        self._erased: dict[int, str] = {}
        """What erasures say of it; the last one counts."""

    def parts(self) -> Iterator[_Part]:
        """Yield revisions, so many at a time as can be held."""
        held: list[tuple[int, Recorded]] = []
        rows = 0
        for one in self._revisions():
            held.append((self._line, one))
            rows += 1 + len(one.entries)
            if rows >= _AT_ONCE:
                yield held
                held, rows = [], 0
        yield held

    def _revisions(self) -> Iterator[Recorded]:
        lines = self._lines()
        self._begin(next(lines, ""))
        for number in range(1, self.total + 1):
            text = next(lines, None)
            if text is None:
                raise BadDumpError(self._line, _NO_END())
            with self._at_line():
                one = read_line(text, number, self.end.digest)
            self.end = LedgerEnd(number, one.revision.digest)
            self._note(one)
            yield one
        self._finish(lines)

    def _note(self, one: Recorded) -> None:
        """Count the rows of a revision, and note what it says of erasures."""
        if one.left_digest is not None:
            self._left[one.revision.number] = one.left_digest
        for table, row in one.entries:
            self._missing[table] -= 1
            if table == ERASURES.name and row["erased_revision"] is not None:
                self._erased[row["erased_revision"]] = row["left_digest"]

    def _lines(self) -> Iterator[str]:
        """Yield the lines without their ends."""
        opened = gzip.open if self._source.suffix == PACKED else open
        with opened(self._source, "rb") as file:
            while True:
                self._line += 1
                try:
                    raw: bytes = file.readline()
                    text = raw.decode()
                except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
                    raise BadDumpError(self._line, _UNREADABLE(error=str(error))) from error
                if not raw:
                    return
                if not text.endswith("\n"):
                    raise BadDumpError(self._line, _NO_END())
                yield text.removesuffix("\n")

    @contextmanager
    def _at_line(self) -> Iterator[None]:
        try:
            yield
        except MessageError as error:
            raise BadDumpError(self._line, error.message) from error

    def _begin(self, text: str) -> None:
        """Read the first line."""
        with self._at_line():
            head = read_object(text)
        if "format" in head and head["format"] != FORMAT:
            raise BadDumpError(1, _OTHER_FORMAT(format=str(head["format"])[:9], known=FORMAT))
        try:
            if head.keys() != _HEAD or head["units"].keys() != {"edition", "digest"}:
                raise BadDumpError(1, _NO_HEAD())
            self.units, self.total = head["units"], _number(head["revisions"])
            _number(self.units["edition"])
            known = (table.name for table in IN_ORDER)
            self._missing = {name: _number(head["counts"].get(name, 0)) for name in known}
        except (AttributeError, TypeError) as error:
            raise BadDumpError(1, _NO_HEAD()) from error

    def _finish(self, lines: Iterator[str]) -> None:
        """Read the last line, and compare what there was with what was announced."""
        text, expected = next(lines, None), last_line(self.end)
        if text is None:
            raise BadDumpError(self._line, _NO_END())
        if text != expected:
            raise BadDumpError(self._line, _OTHER_END(expected=expected))
        if next(lines, None) is not None:
            raise BadDumpError(self._line, _MORE())
        if strange := sorted(dict(self._left.items() ^ self._erased.items())):
            raise BadDumpError(strange[0] + 1, _NOT_ERASED())
        if others := sorted(name for name, count in self._missing.items() if count):
            raise BadDumpError(1, _OTHER_COUNTS(names=", ".join(others)))


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise TypeError(f"{value!r} is not a number of rows")
    return value


async def _insert(session: AsyncSession, part: _Part) -> None:
    """Insert revisions; where the database refuses them, find the one that it refuses."""
    try:
        async with session.begin_nested():
            await _record(session, part)
    except OperationalError:
        raise
    except DBAPIError as error:
        if len(part) == 1:
            reason = str(error.orig).partition("\n")[0]
            raise BadDumpError(part[0][0], _REFUSED(error=reason)) from error
        for one in part:
            await _insert(session, [one])


async def _record(session: AsyncSession, part: _Part) -> None:
    await insert_rows(session, REVISIONS, [one.revision.model_dump() for _, one in part])
    for table in IN_ORDER:
        rows = [row for _, one in part for name, row in one.entries if name == table.name]
        await insert_rows(session, table, rows)
    for line, one in part:
        for table, key, marks in _marks(one):
            found = await session.execute(update(table).where(table.c.id == key).values(marks))
            if found.rowcount != 1:  # type: ignore[attr-defined]
                raise BadDumpError(line, _NO_MARKED(name=f"{table.name}/{key}"))


def _marks(one: Recorded) -> Iterator[tuple[Table, str, JsonObject]]:
    """Yield which rows a revision marks, and how."""
    number = one.revision.number
    for key, reason in one.retractions.items():
        yield STATEMENTS, key, {"retracted_in": number, "retraction_reason": reason}
    tables = {what.value: table for what, table in REGISTRATIONS.items()}
    for subject, reason in one.withdrawals.items():
        what, _, key = subject.partition("/")
        if what in tables:
            yield tables[what], key, {"withdrawn_in": number, "withdrawal_reason": reason}
