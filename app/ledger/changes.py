"""The change feed in pages: the entries of each revision, in the order of revisions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Table,
    bindparam,
    exists,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.core.errors import BadParameterError, NotFoundError, NotRecordedYetError
from app.core.messages import Template
from app.core.query_parameters import KnownPageQuery
from app.core.vocabulary import ChangeSubjectType, ChangeType
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.ledger.schemas import (
    Change,
    ChangeEntry,
    ChangeLinks,
    ChangePage,
    ChangesQuery,
    FeedQuery,
    Revision,
    RevisionPage,
)
from app.ledger.snapshots import NOT_RECORDED_YET
from app.ledger.tables import ORGANIZATIONS, PROJECTS, REVISIONS, SITES, SOURCES, STATEMENTS

_ONE_TYPE = Template(
    "ledger.one-subject-type",
    "Give one subject_type with subject_id: ids are unique within a type only.",
)
_NOT_RECORDED = Template("ledger.not-recorded", "Revision {number} is not recorded.")
_SUBJECTS = ChangeSubjectType
_STATED_OF = {_SUBJECTS.site, _SUBJECTS.project, _SUBJECTS.province, _SUBJECTS.source}
_R = REVISIONS.c
_PICKED = select(_R.number).where(_R.number.in_(bindparam("numbers", expanding=True))).cte("picked")


@dataclass(frozen=True)
class _Trace:
    """A column by which a table shows that a revision did something.

    ``subject`` is the type of the table's rows; ``None`` where each row names its own.
    """

    type: ChangeType
    subject: ChangeSubjectType | None
    table: Table
    number: ColumnElement[int]

    @property
    def subject_id(self) -> ColumnElement[str]:
        """The column with the id of the subject."""
        return self.table.c.subject_id if self.subject is None else self.table.c.id

    def entries(self, rank: int) -> Select[Any]:
        """Select the entries of the picked revisions."""
        columns, is_statement = self.table.c, self.subject is None
        subject_type = columns.subject_type if is_statement else literal(self.subject, String)
        return select(
            self.number.label("number"),
            literal(rank).label("rank"),
            literal(self.type, String).label("type"),
            type_coerce(subject_type, String).label("subject_type"),
            self.subject_id.label("subject_id"),
            (columns.id if is_statement else sql_cast(null(), String)).label("statement_id"),
            (columns.position if is_statement else literal(0)).label("position"),
        ).where(self.number.in_(select(_PICKED.c.number)))

    def concerning(self, query: FeedQuery) -> list[ColumnElement[bool]] | None:
        """Return the conditions of a query; ``None`` if this table never has a match."""
        if self.subject is not None:
            if self.subject not in query.subject_type:
                return None
            return [] if query.subject_id is None else [self.subject_id == query.subject_id]
        types = _STATED_OF.intersection(query.subject_type)
        if not types:
            return None
        about: ColumnElement[str] = self.table.c.subject_type
        if query.subject_id is None:
            # Looked up by revision: by the index of subjects, SQLite would walk through all
            # statements of a type for each revision.
            return [about.concat("").in_(sorted(types))]
        return [about.in_(sorted(types)), self.subject_id == query.subject_id]


# The order is that of the entries within a revision: what is referred to comes first.
_TRACES = (
    _Trace(ChangeType.registered, _SUBJECTS.organization, ORGANIZATIONS, ORGANIZATIONS.c.revision),
    _Trace(ChangeType.registered, _SUBJECTS.source, SOURCES, SOURCES.c.revision),
    _Trace(ChangeType.registered, _SUBJECTS.site, SITES, SITES.c.revision),
    _Trace(ChangeType.registered, _SUBJECTS.project, PROJECTS, PROJECTS.c.revision),
    _Trace(ChangeType.stated, None, STATEMENTS, STATEMENTS.c.revision),
    _Trace(ChangeType.retracted, None, STATEMENTS, STATEMENTS.c.retracted_in),
    _Trace(ChangeType.withdrawn, _SUBJECTS.site, SITES, SITES.c.withdrawn_in),
    _Trace(ChangeType.withdrawn, _SUBJECTS.project, PROJECTS, PROJECTS.c.withdrawn_in),
)
_ENTRIES = union_all(*(trace.entries(rank) for rank, trace in enumerate(_TRACES)))


def check_feed(query: FeedQuery, latest: int, after: str = "after") -> None:
    """Refuse a start that lies in the future, and a subject without its type."""
    if query.after > latest:
        # Another register, or one restored from a copy: going on would skip what it holds.
        detail = NOT_RECORDED_YET(number=query.after, latest=latest)
        raise NotRecordedYetError.of(after, detail, members={"latest_revision": latest})
    if query.subject_id is not None and len(query.subject_type) != 1:
        raise BadParameterError.of("subject_id", _ONE_TYPE())


async def list_changes(connection: Executor, query: ChangesQuery, latest: int) -> ChangePage:
    """Return the changes after a revision, up to the latest as it was seen.

    Revisions are numbered in the order of their commits, and never change: a reader that goes on
    after the last one seen misses none and meets none twice.
    """
    selected = select(REVISIONS).where(_R.number > query.after, _R.number <= latest)
    if query.subject_type:
        selected = selected.where(_concerned(query))
    ordered = selected.order_by(_R.number).limit(query.limit + 1)
    found = (await connection.execute(ordered)).all() if query.after < latest else []
    page = found[: query.limit]
    entries = await _entries(connection, [row.number for row in page])
    return ChangePage(
        items=[_change(row, entries[row.number]) for row in page],
        next_after=page[-1].number if len(found) > query.limit else latest,
        latest_revision=latest,
    )


def _concerned(query: FeedQuery) -> ColumnElement[bool]:
    """Return the condition that a revision did something to the subjects of a query."""
    traces = [(trace, trace.concerning(query)) for trace in _TRACES]
    matching = [(trace, conditions) for trace, conditions in traces if conditions is not None]
    if query.subject_id is not None:
        numbers = (select(trace.number).where(*conditions) for trace, conditions in matching)
        return _R.number.in_(union_all(*numbers))
    # Revision by revision, so that a page does not look through the whole register.
    return or_(
        *(
            exists().where(trace.number == _R.number, *conditions).correlate(REVISIONS)
            for trace, conditions in matching
        )
    )


async def _entries(connection: Executor, numbers: Sequence[int]) -> Mapping[int, list[ChangeEntry]]:
    found: dict[int, list[ChangeEntry]] = defaultdict(list)
    if numbers:
        rows = (await connection.execute(_ENTRIES, {"numbers": numbers})).all()
        for row in sorted(rows, key=_order):
            found[row.number].append(_entry(row))
    return found


def _order(row: Row[Any]) -> tuple[int, int, int, str, str]:
    return row.number, row.rank, row.position, row.subject_id, row.statement_id or ""


def _entry(row: Row[Any]) -> ChangeEntry:
    statement = row.statement_id
    return ChangeEntry(
        type=row.type,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        statement_id=statement,
        links=ChangeLinks(
            subject=f"/v1/{row.subject_type}s/{row.subject_id}",
            statement=None if statement is None else f"/v1/statements/{statement}",
        ),
    )


def _change(row: Row[Any], entries: list[ChangeEntry]) -> Change:
    return Change(**row._mapping, entries=entries)  # noqa: SLF001


async def get_revision(connection: Executor, number: int) -> Revision:
    """Return one revision."""
    query = select(REVISIONS).where(REVISIONS.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError(_NOT_RECORDED(number=number))
    return Revision.model_validate(dict(row._mapping))  # noqa: SLF001


async def list_revisions(connection: Executor, query: KnownPageQuery, latest: int) -> RevisionPage:
    """Return one page of revisions, newest first."""
    mark = mark_of(query, "revisions")
    selected = select(REVISIONS).where(REVISIONS.c.number <= latest)
    if query.cursor is not None:
        before = read_cursor(query.cursor, mark, [int]).keys[0]
        selected = selected.where(REVISIONS.c.number < before)
    ordered = selected.order_by(REVISIONS.c.number.desc()).limit(query.limit + 1)
    rows = (await connection.execute(ordered)).all()
    items = [Revision.model_validate(dict(row._mapping)) for row in rows[: query.limit]]  # noqa: SLF001
    more = len(rows) > query.limit
    cursor = Cursor(mark, latest, date.min, (items[-1].number,)).encode() if more else None
    return RevisionPage(items=items, next_cursor=cursor, revision=latest)
