"""Histories: the versions of subjects, as of a date and as known at a revision.

A ``History`` has the tables of one type of subject and the statements that read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from app.core.errors import NotFoundError, WithdrawnError
from app.core.geometry import Box
from app.core.messages import Template
from app.core.vocabulary import HISTORIC, SiteKind, SubjectType
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.database.tables import (
    HectaresNumber,
    HectaresType,
    PercentNumber,
    PercentType,
    QuantityNumber,
    QuantityType,
)
from app.ledger.snapshots import At
from app.ledger.tables import OPEN_REVISION, REGISTRATIONS
from app.subjects.definitions import DEFINITIONS, Subject
from app.subjects.fold import FOREVER
from app.subjects.query_parameters import HistoryQuery
from app.subjects.tables import VERSIONS

_NOT_REGISTERED = Template(
    "subjects.not-registered",
    "No {what} {key!r} is registered at revision {revision}; see /v1/{what}s?q=…",
)
_WITHDRAWN = Template(
    "subjects.withdrawn",
    "The {what} {key!r} was withdrawn in revision {withdrawn_in} ({reason}). Its statements stay "
    "readable, and so does the {what} at revision={last}.",
)
_NOTHING_LIVE = Template(
    "subjects.nothing-live", "No live statement says anything of {what} {key!r}."
)
_NOT_YET_KNOWN = Template(
    "subjects.not-yet-known",
    "Nothing is stated of {what} {key!r} for {day}; what is known begins on {first}.",
)
# An outline may be as large as a whole page of sites: lists and timelines do without.
_HIDDEN = {"known_to", "valid_to", "name_sort", "search_text", "geometry", *Box._fields}
_NUMBERS: dict[type[Any], type[HectaresNumber]] = {
    HectaresType: HectaresNumber,
    PercentType: PercentNumber,
    QuantityType: QuantityNumber,
}
_NEVER_NULL = {"name", "id", "known_from"} | {
    name
    for definition in DEFINITIONS.values()
    for name, member in definition.state.members.items()
    if not member.is_optional
}
Values = dict[str, Any]


def _shown(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the column as answers show it: areas, rates and quantities as JSON numbers."""
    number = _NUMBERS.get(type(column.type))
    return type_coerce(column, number()).label(column.key) if number else column


@lru_cache
def changed_last(versions: Table, key: str) -> Select[Any]:
    """Select the last revision, up to the bound one, that began or ended a version of a subject.

    ``key`` is the column that has the subject's id; ``id`` and ``revision`` are bound.
    """
    known = versions.alias().c
    is_over = known.known_to <= bindparam("revision")
    last = func.max(case((is_over, known.known_to), else_=known.known_from))
    return select(last).where(
        known[key] == bindparam("id"), known.known_from <= bindparam("revision")
    )


async def last_change(
    connection: Executor, versions: Table, key: str, subject_id: str, revision: int
) -> int:
    """Return the last revision, up to one, that changed what is known of a subject; 0 for none."""
    parameters = {"id": subject_id, "revision": revision}
    found = await connection.execute(changed_last(versions, key), parameters)
    return int(found.scalar_one() or 0)


@dataclass(frozen=True)
class History:
    """The tables of the subjects of one type, and the statements that read versions.

    The statements are built once: building one of so many columns costs more than executing it.
    """

    type: SubjectType
    registrations: Table
    versions: Table

    @property
    def key(self) -> str:
        """The name of the column of versions that has the subject's id."""
        return f"{self.type}_id"

    @property
    def id(self) -> ColumnElement[str]:
        """The column of versions that has the subject's id."""
        return self.versions.c[self.key]

    @cached_property
    def registration(self) -> Select[Any]:
        """The registration of one subject, where it is known at the bound revision."""
        columns = self.registrations.c
        return select(self.registrations).where(
            columns.id == bindparam("id"), columns.revision <= bindparam("revision")
        )

    @cached_property
    def open_versions(self) -> Select[Any]:
        """The rows of the bound subjects that no revision has ended yet."""
        of_subjects = self.id.in_(bindparam("keys", expanding=True))
        return select(self.versions).where(of_subjects, self.versions.c.known_to == OPEN_REVISION)

    @cached_property
    def _known(self) -> ColumnElement[bool]:
        columns = self.versions.c
        return and_(
            columns.known_from <= bindparam("revision"), columns.known_to > bindparam("revision")
        )

    @cached_property
    def versions_shown(self) -> Select[Any]:
        """All versions of all subjects, in the form in which answers show them."""
        columns = self.versions.c
        hidden = {*_HIDDEN, self.key}
        return select(
            self.id.label("id"),
            *(_shown(column) for column in columns if column.key not in hidden),
            func.nullif(columns.valid_to, literal(FOREVER), type_=columns.valid_to.type).label(
                "valid_to"
            ),
        )

    @cached_property
    def states(self) -> Select[Any]:
        """The states of all subjects on the bound day, as known at the bound revision."""
        columns = self.versions.c
        return self.versions_shown.where(
            self._known,
            columns.valid_from <= bindparam("day"),
            columns.valid_to > bindparam("day"),
        )

    @cached_property
    def count(self) -> Select[Any]:
        """The number of states on the bound day, as known at the bound revision."""
        return self.states.with_only_columns(func.count(), maintain_column_froms=True)

    @cached_property
    def state(self) -> Select[Any]:
        """The state of one subject."""
        changed_in = changed_last(self.versions, self.key).scalar_subquery().label("changed_in")
        of_one = self._with("geometry").where(self.id == bindparam("id"))
        return of_one.add_columns(changed_in)

    @cached_property
    def located(self) -> Select[Any]:
        """The states of all subjects with geometry and bounding box, where their type has them."""
        return self._with("geometry", *Box._fields)

    def _with(self, *names: str) -> Select[Any]:
        """Return the states with further columns, where the type of subject has them."""
        columns = self.versions.c
        return self.states.add_columns(*(columns[name] for name in names if name in columns))

    @cached_property
    def timeline(self) -> Select[Any]:
        """The states of one subject that had begun by the bound day."""
        columns = self.versions.c
        return self.versions_shown.where(
            self._known, self.id == bindparam("id"), columns.valid_from <= bindparam("day")
        ).order_by(columns.valid_from)


HISTORIES = {what: History(what, REGISTRATIONS[what], VERSIONS[what]) for what in HISTORIC}
PROJECT_HISTORY, SITE_HISTORY = HISTORIES[SubjectType.project], HISTORIES[SubjectType.site]


def subject_of(what: SubjectType, row: Row[Any]) -> Subject:
    """Return the subject of a registration; only sites have a kind."""
    kind = SiteKind(row.kind) if "kind" in REGISTRATIONS[what].c else None
    return Subject(what, row.id, kind)


async def get_state(connection: Executor, history: History, key: str, at: At) -> Values:
    """Return the shown values of one subject; ``NotFoundError`` says why there are none."""
    rows = await read_dicts(connection, history.state, {"id": key, **at.parameters})
    if not rows:
        await _explain_absence(connection, history, key, at)
    return rows[0]


async def get_timeline(connection: Executor, history: History, key: str, at: At) -> list[Values]:
    """Return the versions of a subject that had begun by a day, oldest first."""
    rows = await read_dicts(connection, history.timeline, {"id": key, **at.parameters})
    if not rows:
        await _explain_absence(connection, history, key, at)
    return rows


async def read_dicts(
    connection: Executor, query: Select[Any], parameters: Mapping[str, Any]
) -> list[Values]:
    """Return rows as dictionaries, without a mapping object for each."""
    found = await connection.execute(query, parameters)
    names = list(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]


async def check_registered(
    connection: Executor, history: History, key: str, revision: int
) -> Row[Any]:
    """Return the registration of a subject that is known at a revision, withdrawn or not."""
    parameters = {"id": key, "revision": revision}
    row = (await connection.execute(history.registration, parameters)).one_or_none()
    if row is None:
        raise not_registered(history.type, key, revision)
    return row


def not_registered(what: SubjectType, key: str, revision: int) -> NotFoundError:
    """Return the error for a subject that is not registered at a revision."""
    return NotFoundError(_NOT_REGISTERED(what=what, key=key, revision=revision))


async def check_present(connection: Executor, history: History, key: str, revision: int) -> None:
    """Refuse a subject that is not registered at a revision, or withdrawn by then."""
    row = await check_registered(connection, history, key, revision)
    if row.withdrawn_in is not None and row.withdrawn_in <= revision:
        detail = _WITHDRAWN(
            what=history.type,
            key=key,
            withdrawn_in=row.withdrawn_in,
            reason=row.withdrawal_reason,
            last=row.withdrawn_in - 1,
        )
        raise WithdrawnError(detail, members={"withdrawn_in": row.withdrawn_in})


async def _explain_absence(connection: Executor, history: History, key: str, at: At) -> None:
    await check_present(connection, history, key, at.revision)
    what = history.type
    columns = history.versions.c
    first = select(func.min(columns.valid_from)).where(
        history.id == key, columns.known_from <= at.revision, columns.known_to > at.revision
    )
    day = (await connection.execute(first)).scalar_one()
    if day is None:
        raise NotFoundError(_NOTHING_LIVE(what=what, key=key))
    raise NotFoundError(_NOT_YET_KNOWN(what=what, key=key, day=at.day, first=day))


async def list_states(
    connection: Executor,
    history: History,
    query: HistoryQuery,
    at: At,
    conditions: Sequence[ColumnElement[bool]],
) -> tuple[list[Values], str | None]:
    """Return one page of the states that meet the conditions, and the cursor of the next."""
    selected, column = sorted_states(history, query.sort)
    if conditions:
        selected = selected.where(*conditions)
    if query.cursor is not None:
        kind = int if column.type.python_type is not str else str
        never_null = query.sort.removeprefix("-") in _NEVER_NULL
        mark = mark_of(query, history.type)
        cursor = read_cursor(query.cursor, mark, [kind if never_null else kind | None, str])
        selected = selected.where(after_keys(history, query.sort, cursor.keys))
    rows = await read_dicts(connection, selected.limit(query.limit + 1), at.parameters)
    page = rows[: query.limit]
    keys = [(values.pop("sort_key"), values["id"]) for values in page]
    if len(rows) <= query.limit:
        return page, None
    return page, Cursor(mark_of(query, history.type), at.revision, at.day, keys[-1]).encode()


async def count_states(
    connection: Executor,
    history: History,
    query: HistoryQuery,
    at: At,
    conditions: Sequence[ColumnElement[bool]],
) -> int | None:
    """Return how many states meet the conditions on all pages; ``None`` unless requested."""
    if query.count is None:
        return None
    found = await connection.execute(history.count.where(*conditions), at.parameters)
    return int(found.scalar_one())


@lru_cache
def sorted_states(
    history: History, sort: str, *, located: bool = False
) -> tuple[Select[Any], ColumnElement[Any]]:
    """Return all states in an order, and the column that they are ordered by.

    ``located`` states come with their geometry.
    """
    name = sort.removeprefix("-")
    descending = sort.startswith("-")
    columns = history.versions.c
    column = _raw({"name": columns.name_sort, "id": history.id}.get(name, columns.get(name)))
    order = column.desc() if descending else column.asc()
    tie = history.id.desc() if descending else history.id.asc()
    states = history.located if located else history.states
    ordered = states.add_columns(column.label("sort_key")).order_by(
        order if name in _NEVER_NULL else order.nulls_last(), tie
    )
    return ordered, column


def _raw(column: Any) -> ColumnElement[Any]:
    """Return the column for sorting: quantities are compared as the stored whole numbers."""
    is_number = isinstance(column.type, HectaresType | PercentType | Integer)
    return type_coerce(column, BigInteger) if is_number else column


def after_keys(history: History, sort: str, keys: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a row comes after the keys; unknown values come last."""
    _, column = sorted_states(history, sort)
    descending = sort.startswith("-")
    value, key = keys
    further = history.id < key if descending else history.id > key
    if value is None:
        return and_(column.is_(None), further)
    beyond = column < value if descending else column > value
    after = or_(beyond, and_(column == value, further))
    return after if sort.removeprefix("-") in _NEVER_NULL else or_(after, column.is_(None))
