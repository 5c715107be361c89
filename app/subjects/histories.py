"""Histories: the versions of subjects, as of a date and as known at a revision.

A ``History`` has the tables of one type of subject and the statements that read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Table,
    Update,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.types import UserDefinedType

from app.core.errors import NotFoundError, WithdrawnError
from app.core.geometry import Box
from app.core.messages import SENTENCES, Message, Template
from app.core.vocabulary import HISTORIC, SiteKind, SubjectType
from app.database.connections import AnyColumn, AnyRow, AnySelect, Executor, read_rows
from app.database.prepared import Prepared, any_of
from app.database.tables import HectaresType, PercentType, QuantityType
from app.ledger.snapshots import At
from app.ledger.tables import OPEN_REVISION, REGISTRATIONS, Registration
from app.subjects.definitions import Subject
from app.subjects.fold import FOREVER
from app.subjects.query_parameters import HistoryQuery
from app.subjects.tables import VERSIONS, WORDS

_NOT_REGISTERED = Template(
    "subjects.not-registered",
    "No {what} {key!r} is registered at revision {revision}; see /v1/{what}s?q=…",
)
_WITHDRAWN = Template(
    "subjects.withdrawn",
    "The {what} {key!r} was withdrawn in revision {withdrawn_in} ({reason}). Its statements stay "
    "readable, and so does the {what} at revision={last}.",
)
_PROJECTS_OF = Template(
    "subjects.projects-of-withdrawn", "The projects said to be in it: /v1/projects?site={key}"
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
_TEN_THOUSAND = cast(literal_column("10000"), Double)


class _Number(UserDefinedType[float]):
    """A number that needs no conversion: both drivers read it as Python's float."""

    cache_ok = True


Values = dict[str, Any]


def _shown(column: AnyColumn) -> AnyColumn:
    """Return the column as answers show it."""
    is_number = isinstance(column.type, HectaresType | PercentType | QuantityType)
    return as_number(column).label(column.key) if is_number else column


def as_number(column: AnyColumn) -> AnyColumn:
    """Return the JSON number of a column of areas, rates or quantities.

    They are stored as ten-thousandths, whole numbers below 2^53. One division of two such numbers
    is correctly rounded, so the result is the float nearest to the exact value and prints as
    exactly that: 6764000 square metres become 676.4 hectares. No arithmetic follows it.
    """
    return type_coerce(type_coerce(column, Double) / _TEN_THOUSAND, _Number)


def changed_last(versions: Table, key: str, subject: ColumnElement[str]) -> AnySelect:
    """Select the last revision, up to the bound one, that began or ended a version of a subject.

    ``key`` is the column that has the subject's id.
    """
    known = versions.alias().c
    is_over = known.known_to <= bindparam("revision")
    last = func.max(case((is_over, known.known_to), else_=known.known_from))
    return select(last).where(known[key] == subject, known.known_from <= bindparam("revision"))


@dataclass(frozen=True)
class History:
    """The tables of the subjects of one type, and the statements that read and close versions.

    The statements are built once: building one of so many columns costs more than executing it.
    """

    type: SubjectType
    registrations: Table
    versions: Table
    words: Table

    @property
    def key(self) -> str:
        """The name of the column of versions that has the subject's id."""
        return f"{self.type}_id"

    @property
    def id(self) -> ColumnElement[str]:
        """The column of versions that has the subject's id."""
        return self.versions.c[self.key]

    @cached_property
    def registration(self) -> AnySelect:
        """The registration of one subject, where it is known at the bound revision."""
        columns = self.registrations.c
        return select(self.registrations).where(
            columns.id == bindparam("id"), columns.revision <= bindparam("revision")
        )

    @cached_property
    def open_versions(self) -> AnySelect:
        """The rows of the bound subjects that no revision has ended yet, from a day on."""
        columns = self.versions.c
        return select(self.versions).where(
            self.id.in_(bindparam("keys", expanding=True)),
            columns.known_to == OPEN_REVISION,
            columns.valid_to >= bindparam("since"),
        )

    @cached_property
    def known_words(self) -> AnySelect:
        """The words that the bound subjects were ever searched by."""
        columns = self.words.c
        return select(columns[self.key], columns.word).where(any_of(columns[self.key], "keys"))

    @cached_property
    def closing(self) -> Update:
        """The end, by the bound revision, of the rows with the bound keys."""
        columns = self.versions.c
        key = tuple_(self.id, columns.valid_from, columns.known_from)
        is_ending = key.in_(bindparam("keys", expanding=True))
        return update(self.versions).where(is_ending).values(known_to=bindparam("end"))

    @cached_property
    def _known(self) -> ColumnElement[bool]:
        columns = self.versions.c
        return and_(
            columns.known_from <= bindparam("revision"), columns.known_to > bindparam("revision")
        )

    @cached_property
    def versions_shown(self) -> AnySelect:
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
    def states(self) -> AnySelect:
        """The states of all subjects on the bound day, as known at the bound revision."""
        columns = self.versions.c
        return self.versions_shown.where(
            self._known,
            columns.valid_from <= bindparam("day"),
            columns.valid_to > bindparam("day"),
        )

    @cached_property
    def count(self) -> AnySelect:
        """The number of states on the bound day, as known at the bound revision."""
        return self.states.with_only_columns(func.count(), maintain_column_froms=True)

    @cached_property
    def state(self) -> Prepared:
        """The state of one subject."""
        of_one = self._with("geometry").where(self.id == bindparam("id"))
        return Prepared(of_one.add_columns(self._changed_in(bindparam("id"))))

    def _changed_in(self, subject: ColumnElement[str]) -> ColumnElement[int]:
        """The last revision, up to the bound one, that changed what is known of a subject."""
        changed = changed_last(self.versions, self.key, subject)
        return changed.scalar_subquery().label("changed_in")

    @cached_property
    def registered(self) -> Prepared:
        """The registrations of the bound subjects, with what changed each of them last."""
        columns = self.registrations.c
        of_subjects = any_of(columns.id, "keys"), columns.revision <= bindparam("revision")
        query = select(self.registrations, self._changed_in(columns.id)).where(*of_subjects)
        return Prepared(query)

    @cached_property
    def located(self) -> AnySelect:
        """The states of all subjects with geometry and bounding box, where their type has them."""
        return self._with("geometry", *Box._fields)

    def _with(self, *names: str) -> AnySelect:
        """Return the states with further columns, where the type of subject has them."""
        columns = self.versions.c
        return self.states.add_columns(*(columns[name] for name in names if name in columns))

    def of_all_days(self, names: Sequence[str]) -> AnySelect:
        """Select columns of the versions of all days at the bound revision, by subject and day.

        The box around a subject is among the columns where its type has places.
        """
        shown, columns = self.versions_shown.selected_columns, self.versions.c
        chosen = (shown[name] if name in shown else columns[name] for name in names)
        return select(*chosen).where(self._known).order_by(self.id, columns.valid_from)

    @cached_property
    def timeline(self) -> Prepared:
        """The states of one subject that had begun by the bound day."""
        columns = self.versions.c
        begun = self.versions_shown.where(
            self._known, self.id == bindparam("id"), columns.valid_from <= bindparam("day")
        )
        return Prepared(begun.order_by(columns.valid_from))


HISTORIES = {
    what: History(what, REGISTRATIONS[what], VERSIONS[what], WORDS[what]) for what in HISTORIC
}
PROJECT_HISTORY, SITE_HISTORY = HISTORIES[SubjectType.project], HISTORIES[SubjectType.site]


def subject_of(what: SubjectType, row: AnyRow) -> Subject:
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


@lru_cache
def _sites_of_all_days(names: tuple[str, ...]) -> AnySelect:
    is_outlined = SITE_HISTORY.versions.c.geometry.is_not(None).label("is_placed")
    return SITE_HISTORY.of_all_days(names).add_columns(is_outlined)


async def read_sites_of_all_days(
    connection: Executor, names: Sequence[str], revision: int
) -> list[Values]:
    """Return the versions of all sites that are known at a revision, by site and first day.

    Each has the named values, and ``is_placed``: whether the place of the site itself is known, and
    not only its commune.
    """
    return await read_dicts(connection, _sites_of_all_days(tuple(names)), {"revision": revision})


async def read_dicts(
    connection: Executor, query: AnySelect | Prepared, parameters: Mapping[str, object]
) -> list[Values]:
    """Return rows as dictionaries, without a mapping object for each."""
    if isinstance(query, Prepared):
        rows, names = await query.rows(connection, parameters), query.names
    else:
        found = await connection.execute(query, parameters)
        rows, names = found.all(), tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in rows]


async def check_registered(
    connection: Executor, history: History, key: str, revision: int
) -> Registration:
    """Return the registration of a subject that is known at a revision, withdrawn or not."""
    parameters = {"id": key, "revision": revision}
    rows = await read_rows(connection, Registration, history.registration, parameters)
    if not rows:
        raise not_registered(history.type, key, revision)
    return rows[0]


def not_registered(what: SubjectType, key: str, revision: int) -> NotFoundError:
    """Return the error for a subject that is not registered at a revision."""
    return NotFoundError(_NOT_REGISTERED(what=what, key=key, revision=revision))


async def check_present(connection: Executor, history: History, key: str, revision: int) -> None:
    """Refuse a subject that is not registered at a revision, or withdrawn by then."""
    row = await check_registered(connection, history, key, revision)
    if row.withdrawn_in is not None and row.withdrawn_in <= revision:
        detail: Message = _WITHDRAWN(
            what=history.type,
            key=key,
            withdrawn_in=row.withdrawn_in,
            reason=row.withdrawal_reason,
            last=row.withdrawn_in - 1,
        )
        if history.type is SubjectType.site:
            detail = SENTENCES(sentences=(detail, _PROJECTS_OF(key=key)))
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
    detail = _NOT_YET_KNOWN(what=what, key=key, day=at.day, first=day)
    raise NotFoundError(detail, members={"known_from": day.isoformat()})


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
