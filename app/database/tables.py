"""The base of all tables: column types, names of constraints, inserting rows, and the counter.

Quantities are whole numbers in the database, so that both databases sum and order them exactly.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import chain, count, groupby, islice
from json import JSONDecoder
from types import new_class
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
    insert,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from app.core.digest import canonical_json
from app.core.geometry import to_degrees, to_ten_millionths
from app.core.quantities import to_hectares, to_square_metres

_FEW, _AT_ONCE = 20, 100
_Row = TypeVar("_Row")
_PERCENT_STEP = Decimal("0.0001")


def ordered_text(length: int | None = None) -> TypeEngine[str]:
    """Return a text type that PostgreSQL orders by bytes, as SQLite does."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class HectaresType(TypeDecorator[Decimal]):
    """Hectares in Python, whole square metres in the database, so that sums are exact."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Turn hectares into square metres."""
        return None if value is None else to_square_metres(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Turn square metres into hectares."""
        return None if value is None else to_hectares(int(value))


class QuantityType(HectaresType):
    """A quantity of any unit to four decimals, stored as whole ten-thousandths."""

    cache_ok = True


class PercentType(TypeDecorator[Decimal]):
    """A percentage in Python, whole ten-thousandths of a percent in the database."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Turn a percentage into ten-thousandths of a percent."""
        return None if value is None else int(value.scaleb(4))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Turn ten-thousandths of a percent into a percentage."""
        return None if value is None else Decimal(int(value)) * _PERCENT_STEP


class DegreesType(TypeDecorator[Decimal]):
    """Degrees in Python, whole ten-millionths of a degree (about a centimetre) in the database."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Turn degrees into ten-millionths."""
        return None if value is None else to_ten_millionths(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Turn ten-millionths into degrees."""
        return None if value is None else to_degrees(value)


class DecimalText(TypeDecorator[Decimal]):
    """A decimal kept as text with the decimals it was given with ("100.40")."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write the decimal in positional notation."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Read the decimal."""
        return None if value is None else Decimal(value)


_READER = JSONDecoder(parse_float=Decimal)


class CanonicalJson(TypeDecorator[object]):
    """JSON as canonical text: the same bytes on both databases, and those that digests cover."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Write canonical JSON; ``None`` is SQL NULL."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        """Read JSON; numbers with a fraction become decimals."""
        return None if value is None else _READER.raw_decode(value)[0]


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, time zone aware on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware instant into UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Mark the instants that SQLite returns as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def stored_form(column: Column[Any], dialect: str) -> Callable[[Any], str] | None:
    """Return how a value of a column is written as text; ``None`` where there is but one way.

    JSON is text on both databases; dates and instants are text on SQLite.
    """
    if isinstance(column.type, CanonicalJson):
        return canonical_json
    if dialect == "sqlite" and isinstance(column.type, Instant):
        return lambda value: f"{value:%Y-%m-%d %H:%M:%S.%f}"
    if dialect == "sqlite" and isinstance(column.type, Date):
        return lambda value: str(value.isoformat())
    return None


# Every constraint has a name, so that a later migration can change it on both databases.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}


def code_check(table: str, column: str, codes: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that ``column`` holds one of ``codes`` (or null, if it may be null)."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


class RevisionCounter(SQLModel, table=True):
    """One row that numbers the revisions; taken first in every write, it also orders them."""

    __tablename__ = "revision_counter"
    __table_args__ = (CheckConstraint("id = 1", name="ck_revision_counter_single"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(sa_type=BigInteger)
    units_edition: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How often the administrative units changed; projections are made with the last edition."""
    erasing: int | None = Field(default=None, sa_type=BigInteger)
    """The revision whose erasure is being carried out: never anything between transactions."""


def table_of(model: type[SQLModel]) -> Table:
    """Return the Core table of a model, of which reads select columns."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]


def made_table(name: str, bases: Iterable[type[SQLModel]], members: Mapping[str, object]) -> Table:
    """Make a model of a table, as a class with these bases and members would, and its table."""
    model = new_class(name, tuple(bases), {"table": True}, lambda body: body.update(members))
    return table_of(model)


def parts(rows: Sequence[_Row], most: int) -> Iterator[Sequence[_Row]]:
    """Yield rows in parts of so many at most: databases take some ten thousand parameters."""
    return (rows[first : first + most] for first in range(0, len(rows), most))


async def insert_rows(
    session: AsyncSession, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that all have the same columns, if there are any.

    Many are inserted by statements of a hundred rows, without columns in which all are null. Row by
    row, PostgreSQL would plan, and SQLite lay out the codes of constraints, for each of them.
    """
    if len(rows) < _FEW:
        if rows:
            await session.execute(insert(table), rows if len(rows) > 1 else rows[0])
        return
    connection = await session.connection()
    dialect = connection.dialect
    names = tuple(name for name in rows[0] if any(row[name] is not None for row in rows))
    columns = [_bound(rows, name, table.c[name].type, dialect) for name in names]
    bound = list(zip(*columns, strict=True))
    for number, several in groupby(parts(bound, _AT_ONCE), key=len):
        values = [tuple(chain.from_iterable(part)) for part in several]
        await connection.exec_driver_sql(_insert_of(table, names, number, dialect), values)


def _bound(
    rows: Iterable[Mapping[str, Any]], name: str, kind: TypeEngine[Any], dialect: Dialect
) -> list[Any]:
    """Return a column of rows in the form that the driver takes."""
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    values = [row[name] for row in rows]
    return [v if v is None else bind(v) for v in values] if bind else values


@lru_cache(maxsize=100)
def _insert_of(table: Table, names: tuple[str, ...], number: int, dialect: Dialect) -> str:
    quote = dialect.identifier_preparer
    columns = ", ".join(quote.format_column(table.c[name]) for name in names)
    marks = ("?" if dialect.paramstyle == "qmark" else f"${n}" for n in count(1))
    row = [", ".join(islice(marks, len(names))) for _ in range(number)]
    into = f"{quote.format_table(table)} ({columns})"
    return f"INSERT INTO {into} VALUES ({'), ('.join(row)})"  # noqa: S608 (own names)


REVISION_COUNTER = table_of(RevisionCounter)
