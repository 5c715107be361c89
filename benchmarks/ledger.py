"""From writes to rows of the ledger, one revision a write, with the true digest chain.

The rows are the ones that the service would have inserted; only the way in is shorter, since a
hundred thousand requests would take too long.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import Any

from app.core.dates import PartialDate
from app.core.digest import GENESIS, chain_digest
from app.core.vocabulary import AUTHORITY, SourceKind, SubjectType
from app.entry.items import stating
from app.entry.schemas import ProvinceStatementWrite, SubjectStatementWrite
from app.ledger.revisions import content_of
from app.ledger.schemas import OrganizationRegistration, SourceRegistration
from app.ledger.statements import LATER, statement_digest
from app.ledger.tables import SITES, Organization, Revision, Source, Statement
from app.subjects.attributes import encode
from benchmarks.register import Write

_AUTHOR = "benchmark"
_REASON = "Entered twice."

Row = dict[str, Any]
Entry = tuple[str, Row]


def _row(entry: Source | Organization | Statement) -> Entry:
    return str(entry.__tablename__), entry.model_dump()


@dataclass(slots=True)
class Ledger:
    """The rows of every table of the ledger, by table name, and the number of revisions."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    number: int = 0
    _digest: str = GENESIS
    _statements: dict[str, Row] = field(default_factory=dict)
    _kinds: dict[str, SourceKind] = field(default_factory=dict)
    _due: list[tuple[date, str]] = field(default_factory=list)

    def record(self, writes: Sequence[Write]) -> Iterator[int]:
        """Record writes and the retractions that fall between them; yield how many are done."""
        for done, write in enumerate(writes, start=1):
            self._retract_until(write.day)
            self._write(write)
            yield done
        self._retract_until(date.max)

    def _write(self, write: Write) -> None:
        self.number += 1
        entries = list(self._entries(write))
        self._append(write.day, None, entries, {})
        for entry in entries:
            table, row = entry
            self.rows[table].append(row)
            if table == Statement.__tablename__ and write.retracted_on is not None:
                self._statements[row["id"]] = row
                heappush(self._due, (write.retracted_on, row["id"]))

    def _retract_until(self, day: date) -> None:
        while self._due and self._due[0][0] <= day:
            on, statement_id = heappop(self._due)
            self.number += 1
            self._append(on, _REASON, [], {statement_id: _REASON})
            marks = {"retracted_in": self.number, "retraction_reason": _REASON}
            self._statements.pop(statement_id).update(marks)

    def _append(
        self, day: date, reason: str | None, entries: Sequence[Entry], retractions: dict[str, str]
    ) -> None:
        # One millisecond apart, so that every revision has an instant of its own.
        recorded_at = datetime.combine(day, time(1), UTC) + timedelta(milliseconds=self.number)
        row = Revision(
            number=self.number, recorded_at=recorded_at, author=_AUTHOR, reason=reason, digest=""
        )
        content = content_of(
            row,
            entries,
            retractions,
            {},
        )
        row.digest = self._digest = chain_digest(self._digest, content)
        self.rows["revision"].append(row.model_dump())

    def _entries(self, write: Write) -> Iterator[Entry]:
        body = write.body
        if isinstance(body, SourceRegistration):
            self._kinds[body.id] = body.kind
            yield _row(Source(revision=self.number, **body.model_dump(mode="json")))
        elif isinstance(body, OrganizationRegistration):
            yield _row(Organization(revision=self.number, **body.model_dump(mode="json")))
        elif isinstance(body, ProvinceStatementWrite):
            subject = (SubjectType.province, write.subject)
            yield _row(self._statement(subject, body, stating(*subject, body).content))
        else:
            if kind := getattr(body, "kind", None):
                unmarked = dict.fromkeys(SITES.c.keys())
                known = {"id": write.subject, "revision": self.number, "kind": kind.value}
                yield SITES.name, unmarked | known
            content = encode(body.values.model_dump(exclude_unset=True))
            yield _row(self._statement((SubjectType.site, write.subject), body, content))

    def _statement(
        self,
        subject: tuple[SubjectType, str],
        body: SubjectStatementWrite | ProvinceStatementWrite,
        content: Any,
    ) -> Statement:
        head = {**dict.fromkeys(LATER), **body.model_dump(mode="json")}
        return Statement(
            id=f"{self.number}-1",
            revision=self.number,
            position=1,
            subject_type=subject[0].value,
            subject_id=subject[1],
            source_id=body.source_id,
            authority=AUTHORITY[self._kinds[body.source_id]],
            basis=body.basis.value,
            effective_from=body.effective_from,
            effective_day=PartialDate.parse(body.effective_from).first_day,
            date_basis=body.date_basis.value,
            locator=body.locator,
            note=body.note,
            content=content,
            content_digest=statement_digest(subject, head, content),
        )
