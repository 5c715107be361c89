"""Everything that was said, by source, subject, attribute, author, province and time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    String,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from app.core.digest import JsonObject
from app.core.errors import BadParameterError, NotFoundError, UnitNotValidError
from app.core.messages import MessageError, Template
from app.core.query_parameters import CountQuery, PageQuery, TimeQuery
from app.core.types import Day, Line, Matching, Slug, UnitCode, WrittenInstant
from app.core.vocabulary import HISTORIC, Basis, Boundaries, SubjectType
from app.database.connections import AnyColumn, Executor
from app.database.paging import CURSOR_REFUSED, Cursor, Key, mark_of, read_cursor
from app.entry.schemas import AllStatementsPage, Statement, StatementAnswer
from app.entry.statement_queries import (
    WITH_REVISIONS,
    known_at,
    statement_answer,
    with_cited,
)
from app.ledger.snapshots import At, Snapshot
from app.ledger.tables import REVISIONS, STATEMENTS
from app.statistics.indicators import INDICATORS
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES, read_dicts
from app.subjects.names import names_of_subjects
from app.subjects.naming import check_ids
from app.units.provinces import find_province

_S, _R = STATEMENTS.c, REVISIONS.c
_NO_ATTRIBUTE = Template(
    "entry.no-such-attribute",
    "No attribute and no indicator is named {name!r}; see /v1/attributes and /v1/indicators.",
)
_NO_SORT_KEY = Template("entry.statements-sort-key", "write recorded_at or effective_from")
_RANGE_ORDER = Template("entry.statements-range-order", "it must not be before {minimum}")
_ATTRIBUTES = frozenset(chain.from_iterable(d.attributes for d in DEFINITIONS.values()))


class AllStatementsFilter(TimeQuery):
    """Which statements there are files of. A repeated filter means any of its values."""

    source_id: list[Slug] = Field(default_factory=list, description="The source that says so.")
    subject_type: list[SubjectType] = Field(
        default_factory=list, description="What type of subject it is about."
    )
    subject_id: list[Slug] = Field(
        default_factory=list, description="What it is about: an id; of a province, its code."
    )
    attribute: list[Line] = Field(
        default_factory=list,
        description="Only statements that give one of these, null included: an attribute, or of "
        "provinces an indicator.",
    )
    author: list[Line] = Field(default_factory=list, description="Who recorded it, by name.")
    principal_id: list[Line] = Field(
        default_factory=list, description="With which key or token it was recorded."
    )
    province_code: list[UnitCode] = Field(
        default_factory=list,
        description="About one of these provinces, or about what lies in it on as_of; without "
        "as_of a province that has ended is meant as on its last day.",
    )
    basis: list[Basis] = Field(default_factory=list, description="How it is meant.")
    retracted: bool | None = Field(
        default=None, description="Only statements that were retracted, or only those that count."
    )
    recorded_min: WrittenInstant | None = Field(
        default=None, description="Recorded at this instant or later."
    )
    recorded_max: WrittenInstant | None = Field(
        default=None, description="Recorded at this instant or before."
    )
    effective_min: Day | None = Field(
        default=None, description="Effective from this date or a later one."
    )
    effective_max: Day | None = Field(
        default=None, description="Effective from this date or an earlier one."
    )
    sort: Annotated[str, Matching("^-?(recorded_at|effective_from)$", _NO_SORT_KEY())] = Field(
        default="-recorded_at", description="Sort key, with - in front for descending."
    )

    @field_validator("recorded_max", "effective_max")
    @classmethod
    def check_order(cls, most: Any, others: ValidationInfo) -> Any:
        """Refuse an empty range: an empty answer would say nothing of the register."""
        name = str(others.field_name).replace("_max", "_min")
        least = others.data.get(name)
        if most is not None and least is not None and _last(most) < _first(least):
            raise MessageError(_RANGE_ORDER(minimum=name))
        return most


class AllStatementsQuery(AllStatementsFilter, PageQuery, CountQuery):
    """Which statements to list. A repeated filter means any of its values."""


def _first(bound: WrittenInstant | date) -> date:
    return bound.first if isinstance(bound, WrittenInstant) else bound


def _last(bound: WrittenInstant | date) -> date:
    return bound.last if isinstance(bound, WrittenInstant) else bound


_KEYS: dict[str, tuple[str, ...]] = {
    "recorded_at": ("revision", "position"),
    "effective_from": ("effective_day", "revision", "position"),
}
"""The columns that statements are ordered by, for each sort key."""
_TYPES: dict[str, tuple[type, type[TypeEngine[Any]]]] = {
    "effective_day": (str, Date),
    "revision": (int, BigInteger),
    "position": (int, BigInteger),
}
"""Of each of these columns the type in a cursor and the type in the database."""


@dataclass(frozen=True, slots=True)
class _Order:
    """The columns that statements are ordered by, and in which direction."""

    names: tuple[str, ...]
    descending: bool

    @classmethod
    def of(cls, sort: str) -> "_Order":
        return cls(_KEYS[sort.removeprefix("-")], sort.startswith("-"))

    @property
    def by(self) -> list[ColumnElement[object]]:
        columns = (_S[name] for name in self.names)
        return [column.desc() if self.descending else column.asc() for column in columns]

    @property
    def types(self) -> list[type]:
        return [_TYPES[name][0] for name in self.names]

    def keys(self, row: JsonObject) -> tuple[str | int, ...]:
        """Return where a row stands, as a cursor has it."""
        values = (row[name] for name in self.names)
        return tuple(v.isoformat() if isinstance(v, date) else v for v in values)

    def after(self, keys: Sequence[Key]) -> ColumnElement[bool]:
        """Return the condition that a row comes after the keys of another."""
        here = tuple_(*(_S[name] for name in self.names))
        there = tuple_(*(_bound(*pair) for pair in zip(self.names, keys, strict=True)))
        return here < there if self.descending else here > there


def _bound(name: str, key: Key) -> ColumnElement[object]:
    in_database = _TYPES[name][1]
    if in_database is not Date:
        return literal(key, in_database)
    try:
        return literal(date.fromisoformat(str(key)), in_database)
    except ValueError:
        raise BadParameterError.of("cursor", CURSOR_REFUSED) from None


async def list_all_statements(
    connection: Executor, query: AllStatementsQuery, snapshot: Snapshot, day: date | None
) -> AllStatementsPage:
    """Return one page of everything said; ``day`` is the one that the query names, if any."""
    at, mark = snapshot.at, mark_of(query, "statements")
    await check_ids(connection, {*_named_by(query)}, at.revision)
    where = [_S.revision <= at.revision, *_conditions(query, snapshot, day)]
    order = _Order.of(query.sort)
    selected = WITH_REVISIONS.where(*where).order_by(*order.by).limit(query.limit + 1)
    if query.cursor is not None:
        selected = selected.where(order.after(read_cursor(query.cursor, mark, order.types).keys))
    rows = await read_dicts(connection, selected, {"known": at.revision})
    page = rows[: query.limit]
    more = len(rows) > query.limit
    named = await with_cited(connection, page, known_at(at.revision))
    answers = [statement_answer(row, at.revision) for row in named]
    return AllStatementsPage(
        items=[Statement(item) for item in await _named(connection, answers, snapshot)],
        next_cursor=Cursor(mark, at.revision, at.day, order.keys(page[-1])).encode()
        if more
        else None,
        count=await _count(connection, query, where),
        as_of=at.day,
        revision=at.revision,
    )


def _named_by(query: AllStatementsQuery) -> Iterator[tuple[str, str, str]]:
    """Yield the ids in the filters with what each is to name; a code is looked up elsewhere."""
    yield from (("source_id", SubjectType.source, key) for key in query.source_id)
    if len(query.subject_type) == 1 and query.subject_type[0] is not SubjectType.province:
        yield from (("subject_id", query.subject_type[0], key) for key in query.subject_id)


async def _count(
    connection: Executor, query: AllStatementsQuery, where: Sequence[ColumnElement[bool]]
) -> int | None:
    if query.count is None:
        return None
    counted = WITH_REVISIONS.with_only_columns(func.count(), maintain_column_froms=True)
    return int((await connection.execute(counted.where(*where))).scalar_one())


async def _named(
    connection: Executor, items: Sequence[StatementAnswer], snapshot: Snapshot
) -> list[StatementAnswer]:
    """Return statements with the names of what they are about, one query for each type."""
    keys = [(item.subject_type, item.subject_id) for item in items]
    names = await names_of_subjects(connection, keys, snapshot.at, snapshot.units)
    return [
        item.model_copy(update={"subject_name": names.get(key)})
        for item, key in zip(items, keys, strict=True)
    ]


def _conditions(
    query: AllStatementsQuery, snapshot: Snapshot, day: date | None
) -> list[ColumnElement[bool]]:
    equal: tuple[tuple[AnyColumn, Sequence[str]], ...] = (
        (_S.source_id, query.source_id),
        (_S.subject_type, query.subject_type),
        (_S.subject_id, query.subject_id),
        (_S.basis, query.basis),
        (_R.author, query.author),
        (_R.principal_id, query.principal_id),
    )
    where: list[ColumnElement[bool]] = [column.in_(wanted) for column, wanted in equal if wanted]
    if query.attribute:
        where.append(or_(*map(_gives, dict.fromkeys(query.attribute))))
    if query.province_code:
        codes = dict.fromkeys(query.province_code)
        where.append(or_(*(_in_province(code, snapshot, day) for code in codes)))
    if query.retracted is not None:
        revision = snapshot.at.revision
        counts = or_(_S.retracted_in.is_(None), _S.retracted_in > revision)
        where.append(_S.retracted_in <= revision if query.retracted else counts)
    return where + list(_ranges(query))


def _gives(name: str) -> ColumnElement[bool]:
    """Return the condition that a statement gives an attribute or indicator.

    Content is canonical JSON: no text within it has an unescaped quotation mark.
    """
    content = type_coerce(_S.content, String)
    found = []
    if name in _ATTRIBUTES:
        found.append(content.contains(f'"{name}":', autoescape=True))
    if name in INDICATORS:
        found.append(content.contains(f'"indicator":"{name}"', autoescape=True))
    if not found:
        raise BadParameterError.of("attribute", _NO_ATTRIBUTE(name=name))
    return or_(*found)


def _in_province(code: str, snapshot: Snapshot, day: date | None) -> ColumnElement[bool]:
    """Return the condition that a statement is about a province, or about what lies in it."""
    try:
        unit, on, _ = find_province(snapshot.units, code, day, snapshot.today, Boundaries.then)
    except (NotFoundError, UnitNotValidError) as error:
        raise BadParameterError.of("province_code", error.detail, error.members) from error
    itself = and_(
        _S.subject_type == SubjectType.province.value,
        _S.subject_id == code,
        _S.effective_day >= (unit.valid_from or date.min),
        _S.effective_day < (unit.valid_to or date.max),
    )
    at = At(on, snapshot.at.revision)
    return or_(itself, *(_lies_in(what, code, at) for what in HISTORIC if _is_placed(what)))


def _is_placed(what: SubjectType) -> bool:
    return "province_code" in HISTORIES[what].versions.c


def _lies_in(what: SubjectType, code: str, at: At) -> ColumnElement[bool]:
    columns = HISTORIES[what].versions.c
    lying = select(HISTORIES[what].id).where(
        columns.province_code == code,
        columns.valid_from <= at.day,
        columns.valid_to > at.day,
        columns.known_from <= at.revision,
        columns.known_to > at.revision,
    )
    return and_(_S.subject_type == what.value, _S.subject_id.in_(lying))


def _ranges(query: AllStatementsQuery) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of ranges; instants become numbers of revisions, which have indexes."""
    if query.recorded_min is not None:
        first = select(func.min(_R.number)).where(_R.recorded_at >= query.recorded_min.first)
        yield _S.revision >= first.scalar_subquery()
    if query.recorded_max is not None:
        last = select(func.max(_R.number)).where(_R.recorded_at <= query.recorded_max.last)
        yield _S.revision <= last.scalar_subquery()
    if query.effective_min is not None:
        yield _S.effective_day >= query.effective_min
    if query.effective_max is not None:
        yield _S.effective_day <= query.effective_max
