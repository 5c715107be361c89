"""The orders of lists: what states are sorted by, and where a page continues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    type_coerce,
    values,
)

from app.core.vocabulary import COURSES
from app.database.connections import AnyColumn, AnySelect, Executor
from app.database.paging import Cursor, read_cursor
from app.database.prepared import Prepared
from app.database.tables import HectaresType, PercentType, ordered_text
from app.ledger.snapshots import At
from app.subjects.attributes import UNIT_LEVELS, ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import History, Values, read_dicts
from app.subjects.query_parameters import HistoryQuery
from app.subjects.tables import UNNAMED

Place = tuple[str | None, ...]
"""The codes of a province, a district and a commune."""
_NEVER_NULL = {"known_from"} | {
    name
    for definition in DEFINITIONS.values()
    for name, member in definition.state.members.items()
    if not member.is_optional
}


@dataclass(frozen=True, slots=True)
class Order:
    """States in an order: by a column, unknown values last both ways, and by id.

    The states have the value of the column as ``sort_key``.
    """

    states: AnySelect
    column: AnyColumn
    id: ColumnElement[str]
    descending: bool
    is_nullable: bool
    first_page: Prepared | None = None
    """The first states, as many as are bound to ``limit``, where these are all on the day."""

    @classmethod
    def by(
        cls,
        history: History,
        states: AnySelect,
        column: AnyColumn,
        *,
        descending: bool,
        is_nullable: bool,
    ) -> "Order":
        """Order states by a column."""
        first = column.desc() if descending else column.asc()
        tie = history.id.desc() if descending else history.id.asc()
        ordered = states.add_columns(column.label("sort_key")).order_by(
            first.nulls_last() if is_nullable else first, tie
        )
        return cls(ordered, column, history.id, descending, is_nullable)

    def where(self, conditions: Sequence[ColumnElement[bool]]) -> "Order":
        """Return the order of those states that meet the conditions."""
        if not conditions:
            return self
        return replace(self, states=self.states.where(*conditions), first_page=None)

    @property
    def types(self) -> Sequence[Any]:
        """The types of the keys of a row, as in ``int | None``."""
        kind = int if self.column.type.python_type is not str else str
        return [kind | None if self.is_nullable else kind, str]

    def after(self, keys: Sequence[Any]) -> ColumnElement[bool]:
        """Return the condition that a row comes after the keys of another."""
        value, key = keys
        further = self.id < key if self.descending else self.id > key
        if value is None:
            return and_(self.column.is_(None), further)
        beyond = self.column < value if self.descending else self.column > value
        after = or_(beyond, and_(self.column == value, further))
        if self.is_nullable:
            return or_(after, self.column.is_(None))
        # With a bound of the column alone an index leads there; else the page would be searched for
        # from the first entry.
        from_there = self.column <= value if self.descending else self.column >= value
        return and_(from_there, after)


@lru_cache
def sorted_states(history: History, sort: str, *, located: bool = False) -> Order:
    """Return all states in an order; ``located`` ones come with their geometry."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    states = history.located if located else history.states
    column, is_nullable = _sort_column(history, name, descending=descending)
    order = Order.by(history, states, column, descending=descending, is_nullable=is_nullable)
    return replace(order, first_page=Prepared(order.states.limit(bindparam("limit"))))


def states_by_codes(
    history: History, sort: str, codes: Mapping[Place, str | None], *, located: bool = False
) -> Order:
    """Return the states of some places, ordered by a code that each of these places has."""
    columns = history.versions.c
    province, district, commune = (func.coalesce(columns[name], "") for name in UNIT_LEVELS)
    rows = [(_written(place), code) for place, code in codes.items()]
    table = values(Column("place", String), Column("code", ordered_text()), name="translated")
    found = table.data(rows).cte()
    states = history.located if located else history.states
    joined = states.outerjoin(found, found.c.place == province + "-" + district + "-" + commune)
    return Order.by(
        history, joined, found.c.code, descending=sort.startswith("-"), is_nullable=True
    )


def _written(place: Place) -> str:
    return "-".join(code or "" for code in place)


def _sort_column(history: History, name: str, *, descending: bool) -> tuple[AnyColumn, bool]:
    """Return what states are ordered by, and whether it may be unknown."""
    columns = history.versions.c
    if name == "name":
        # Ascending, what has no name comes last in the index of names as well.
        unnamed = literal(UNNAMED)
        named = func.nullif(columns.name_sort, unnamed, type_=columns.name_sort.type)
        return (named, True) if descending else (columns.name_sort, False)
    if name == "id":
        return history.id, False
    member = DEFINITIONS[history.type].state.members.get(name)
    if member is not None and member.codes is not None:
        course = COURSES.get(member.codes, tuple(member.codes))
        places = {code.value: place for place, code in enumerate(course)}
        return case(places, value=columns[name]), True
    column = _raw(columns[name])
    if name in DEFINITIONS[history.type].attributes.of_type(ValueType.partial_date):
        column = _by_first_day(column)
    return column, name not in _NEVER_NULL


def _by_first_day(column: AnyColumn) -> AnyColumn:
    """Return partial dates as texts in the order of their days: a quarter as its first month."""
    for quarter, month in (("Q1", "01"), ("Q2", "04"), ("Q3", "07"), ("Q4", "10")):
        column = func.replace(column, quarter, month, type_=column.type)
    return column


def _raw(column: Any) -> AnyColumn:
    """Return the column for sorting: quantities are compared as the stored whole numbers."""
    is_number = isinstance(column.type, HectaresType | PercentType | Integer)
    return type_coerce(column, BigInteger) if is_number else column


async def list_states(
    connection: Executor, query: HistoryQuery, at: At, mark: str, order: Order
) -> tuple[list[Values], str | None]:
    """Return one page of states in an order, and the cursor of the next.

    ``mark`` is that of the query, which a cursor must have.
    """
    if query.cursor is not None:
        cursor = read_cursor(query.cursor, mark, order.types)
        order = order.where([order.after(cursor.keys)])
    # One more than the page has: whether there is another.
    selected = order.first_page or order.states.limit(bindparam("limit"))
    parameters = {**at.parameters, "limit": query.limit + 1}
    rows = await read_dicts(connection, selected, parameters)
    page = rows[: query.limit]
    keys = [(values.pop("sort_key"), values["id"]) for values in page]
    if len(rows) <= query.limit:
        return page, None
    return page, Cursor(mark, at.revision, at.day, keys[-1]).encode()
