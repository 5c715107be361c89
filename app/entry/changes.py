"""The change feed in pages: what each revision did, with what it recorded, in their order."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    bindparam,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.access.principals import Principal
from app.core.digest import JsonObject
from app.core.errors import BadParameterError, NotFoundError, NotRecordedYetError
from app.core.messages import Template
from app.core.query_parameters import KnownPageQuery
from app.core.types import Answer
from app.core.vocabulary import ChangeSubjectType, ChangeType
from app.database.connections import AnyRow, AnySelect, Executor
from app.database.paging import CURSOR_REFUSED, Cursor, mark_of, read_cursor
from app.database.tables import ordered_text
from app.entry.change_schemas import (
    Change,
    ChangeEntry,
    ChangeEntryPage,
    ChangeLinks,
    ChangePage,
    Registration,
    RevisionLinks,
)
from app.entry.erased import erased_by, erases, erasing_of
from app.entry.schemas import Statement
from app.entry.statement_queries import get_statement_rows, statement_answer
from app.ledger.entries import CORRECTIONS
from app.ledger.schemas import (
    ChangesQuery,
    FeedQuery,
    Revision,
    RevisionPage,
)
from app.ledger.snapshots import NOT_RECORDED_YET
from app.ledger.sources import as_organization, as_source
from app.ledger.tables import (
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCES,
    STATEMENTS,
    CorrectionType,
)
from app.subjects.histories import read_dicts

MOST_ENTRIES = 500
"""A revision in the feed lists so many entries; the others are read by pages of their own."""
_MOST_IN_REVISION = 2**31
_MOST_ON_PAGE = 2000
"""A page of the feed ends with the revision that brings it to so many entries, or before."""
_ONE_TYPE = Template(
    "ledger.one-subject-type",
    "Give one subject_type with subject_id: ids are unique within a type only.",
)
_NOT_RECORDED = Template("ledger.not-recorded", "Revision {number} is not recorded.")
_SUBJECTS = ChangeSubjectType
_STATED_OF = set(_SUBJECTS) - {_SUBJECTS.organization}
_R = REVISIONS.c
_RECORDED_AT = (
    select(_R.number, _R.recorded_at)
    .where(_R.number.in_(bindparam("numbers", expanding=True)))
    .order_by(_R.number)
)
_PICKED = select(_R.number).where(_R.number.in_(bindparam("numbers", expanding=True))).cte("picked")


@dataclass(frozen=True)
class _Trace:
    """A column by which a table shows that a revision did something.

    ``subject`` is the type of the table's rows; ``None`` where each row names its own. So it is
    with the type of the change.
    """

    type: ChangeType | None
    subject: ChangeSubjectType | None
    table: Table
    number: ColumnElement[int]

    @property
    def subject_id(self) -> ColumnElement[str]:
        """The column with the id of the subject."""
        return self.table.c.subject_id if self.subject is None else self.table.c.id

    def entries(self, rank: int) -> AnySelect:
        """Select the entries of the picked revisions."""
        columns, is_statement = self.table.c, self.subject is None
        subject_type = columns.subject_type if is_statement else literal(self.subject, String)
        statement_id = columns.id if is_statement else sql_cast(null(), ordered_text())
        return select(
            self.number.label("number"),
            literal(rank).label("rank"),
            (
                type_coerce(columns.type, String)
                if self.type is None
                else literal(self.type, String)
            ).label("type"),
            type_coerce(subject_type, String).label("subject_type"),
            self.subject_id.label("subject_id"),
            statement_id.label("statement_id"),
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
_REGISTERED = {
    _SUBJECTS.organization: ORGANIZATIONS,
    _SUBJECTS.source: SOURCES,
    **{_SUBJECTS(what): table for what, table in REGISTRATIONS.items()},
}
_TRACES = (
    *(
        _Trace(ChangeType.registered, w, table, table.c.revision)
        for w, table in _REGISTERED.items()
    ),
    *(
        _Trace(None, _SUBJECTS(what), table, table.c.revision)
        for what, table in CORRECTIONS.items()
    ),
    _Trace(ChangeType.stated, None, STATEMENTS, STATEMENTS.c.revision),
    _Trace(ChangeType.retracted, None, STATEMENTS, STATEMENTS.c.retracted_in),
    *(
        _Trace(ChangeType.withdrawn, _SUBJECTS(what), table, table.c.withdrawn_in)
        for what, table in REGISTRATIONS.items()
    ),
)
_ENTRIES = union_all(*(trace.entries(rank) for rank, trace in enumerate(_TRACES))).subquery()
_E = _ENTRIES.c
_KEYS = (_E.rank, _E.position, _E.subject_id, _E.statement_id)
_PLACED = select(
    _ENTRIES, func.row_number().over(partition_by=_E.number, order_by=_KEYS).label("place")
).subquery()
_PAGE = (
    select(_PLACED)
    .where(_PLACED.c.place > bindparam("after"), _PLACED.c.place <= bindparam("until"))
    .order_by(_PLACED.c.number, _PLACED.c.place)
)
"""The entries of the picked revisions, those of each by their places in it."""
_COUNTED = sum(
    (
        select(func.count()).where(trace.number == _R.number).correlate(REVISIONS).scalar_subquery()
        for trace in _TRACES
    ),
    start=literal(0),
)


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
    counted = _COUNTED.label("entries_count")
    selected = select(REVISIONS, counted).where(_R.number > query.after, _R.number <= latest)
    if query.subject_type:
        selected = selected.where(_concerned(query))
    ordered = selected.order_by(_R.number).limit(query.limit + 1)
    found = (await connection.execute(ordered)).all() if query.after < latest else []
    page = _fitting(found[: query.limit])
    return ChangePage(
        items=await _changes(connection, page),
        next_after=page[-1].number if len(found) > len(page) else latest,
        latest_revision=latest,
    )


async def list_own_changes(
    connection: Executor, who: Principal, before: int, most: int
) -> list[Change]:
    """Return what a principal recorded before a revision, by the name that it has, newest first."""
    own = (_R.author == who.name, _R.principal_id == who.id, _R.number < before)
    selected = select(REVISIONS, _COUNTED.label("entries_count")).where(*own)
    ordered = selected.order_by(_R.number.desc()).limit(most)
    page = _fitting((await connection.execute(ordered)).all())
    return await _changes(connection, page)


def _concerned(query: FeedQuery) -> ColumnElement[bool]:
    """Return the condition that a revision concerns a query, or erased a text of one that does."""
    traces = [(trace, trace.concerning(query)) for trace in _TRACES]
    matching = [(trace, conditions) for trace, conditions in traces if conditions is not None]
    if query.subject_id is not None:
        numbers = [select(trace.number).where(*conditions) for trace, conditions in matching]
        return _R.number.in_(union_all(*numbers, erasing_of(union_all(*numbers))))
    # Revision by revision, so that a page does not look through the whole register.
    return or_(
        *(
            exists().where(trace.number == _R.number, *conditions).correlate(REVISIONS)
            for trace, conditions in matching
        ),
        erases(_R.number),
    )


def _fitting(rows: Sequence[AnyRow]) -> Sequence[AnyRow]:
    """Return as many of the revisions as a page holds with their entries, one at the least."""
    count = 0
    for number, row in enumerate(rows):
        count += min(row.entries_count, MOST_ENTRIES)
        if number and count > _MOST_ON_PAGE:
            return rows[:number]
    return rows


async def _entries(
    connection: Executor, numbers: Sequence[int], after: int = 0, until: int = MOST_ENTRIES
) -> Mapping[int, list[ChangeEntry]]:
    """Return the entries of some revisions, those of each from one place to another."""
    found: dict[int, list[ChangeEntry]] = defaultdict(list)
    if numbers:
        parameters = {"numbers": numbers, "after": after, "until": until}
        rows = (await connection.execute(_PAGE, parameters)).all()
        contents = await _contents(connection, rows)
        for row in rows:
            found[row.number].append(_entry(row, contents))
    return found


_Contents = Mapping[tuple[str, str, int], JsonObject]
"""Rows by table, id and the revision that recorded them; of subjects, which have one row, by 0."""


async def _contents(connection: Executor, rows: Sequence[AnyRow]) -> _Contents:
    """Return the rows that entries recorded or marked, by table and id."""
    stated = {row.statement_id for row in rows if row.statement_id is not None}
    found: dict[tuple[str, str, int], JsonObject] = {}
    for row in await get_statement_rows(connection, stated):
        found[STATEMENTS.name, row["id"], 0] = row
    for what, table in _REGISTERED.items():
        keys = {r.subject_id for r in rows if r.statement_id is None and r.subject_type == what}
        entries = await _registered(connection, table, keys)
        if what not in CORRECTIONS:
            found |= {(what, row["id"], 0): row for row in entries}
            continue
        registered_in = {row["id"]: row["revision"] for row in entries}
        corrected = {r.subject_id for r in rows if r.type in {*CorrectionType}} & keys
        for row in (*entries, *await _registered(connection, CORRECTIONS[what], corrected)):
            number = row["revision"]
            found[what, row["id"], number] = {**row, "revision": registered_in[row["id"]]}
    return found


async def _registered(
    connection: Executor, table: Table, keys: Collection[str]
) -> Sequence[JsonObject]:
    if not keys:
        return []
    return await read_dicts(connection, select(table).where(table.c.id.in_(keys)), {})


def _entry(row: AnyRow, contents: _Contents) -> ChangeEntry:
    statement, what, key = row.statement_id, row.subject_type, row.subject_id
    content: JsonObject = dict.fromkeys(("statement", *_REGISTERED))
    if statement is None:
        number = row.number if what in CORRECTIONS else 0
        content[what] = _registration(what, contents[what, key, number], row.number)
    else:
        stated = statement_answer(contents[STATEMENTS.name, statement, 0], row.number)
        content["statement"] = Statement(stated)
    return ChangeEntry(
        type=row.type,
        subject_type=what,
        subject_id=key,
        statement_id=statement,
        links=ChangeLinks(
            subject=f"/v1/{what}s/{key}",
            statement=None if statement is None else f"/v1/statements/{statement}",
        ),
        **content,
    )


def _registration(what: str, row: JsonObject, number: int) -> Answer:
    if what == _SUBJECTS.source:
        return as_source({**row, "changed_in": number})
    if what == _SUBJECTS.organization:
        return as_organization({"merged_into": None, **row, "changed_in": number})
    is_gone = row["withdrawn_in"] is not None and row["withdrawn_in"] <= number
    return Registration(
        id=row["id"],
        kind=row.get("kind"),
        revision=row["revision"],
        withdrawn_in=row["withdrawn_in"] if is_gone else None,
        withdrawal_reason=row["withdrawal_reason"] if is_gone else None,
    )


async def _changes(connection: Executor, rows: Sequence[AnyRow]) -> list[Change]:
    """Return revisions with what they did."""
    numbers = [row.number for row in rows]
    entries, erased = await _entries(connection, numbers), await erased_by(connection, numbers)
    return [
        Change(
            **row._mapping,  # noqa: SLF001
            entries=entries[row.number],
            erased=erased[row.number],
            links=RevisionLinks(entries=f"/v1/revisions/{row.number}/entries"),
        )
        for row in rows
    ]


async def list_entries(
    connection: Executor, number: int, query: KnownPageQuery, latest: int
) -> ChangeEntryPage:
    """Return one page of what a revision did."""
    if number > latest:
        raise NotFoundError(_NOT_RECORDED(number=number))
    mark = mark_of(query, "entries", str(number))
    cursor = None if query.cursor is None else read_cursor(query.cursor, mark, [int])
    after = int(str(cursor.keys[0])) if cursor else 0
    if not 0 <= after < _MOST_IN_REVISION:
        raise BadParameterError.of("cursor", CURSOR_REFUSED)
    found = (await _entries(connection, [number], after, after + query.limit + 1))[number]
    is_more = len(found) > query.limit
    following = Cursor(mark, latest, date.min, (after + query.limit,)).encode() if is_more else None
    return ChangeEntryPage(items=found[: query.limit], next_cursor=following, revision=latest)


async def get_revision(connection: Executor, number: int) -> Revision:
    """Return one revision."""
    query = select(REVISIONS).where(REVISIONS.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError(_NOT_RECORDED(number=number))
    return Revision.model_validate(dict(row._mapping))  # noqa: SLF001


async def list_moments(connection: Executor, latest: int, most: int) -> list[tuple[int, datetime]]:
    """Return when revisions were recorded, the latest last.

    Where there are more than ``most``, they are some of them, at equal distances.
    """
    step = max(1, -(-latest // most))
    numbers = [*range(latest, 0, -step)]
    found = await connection.execute(_RECORDED_AT, {"numbers": numbers})
    return [(number, instant) for number, instant in found]


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
