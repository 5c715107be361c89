"""Queries that are compiled once and handed to the driver as they are.

The driver takes some microseconds for a query of one subject; what SQLAlchemy does around it, for
any statement and any result, takes ten times as long. docs/decisions/0042-cold-reads.md.
"""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from app.core.digest import canonical_json
from app.database.connections import AnySelect, Executor
from app.database.sqlite import PromptConnection

_log = logging.getLogger(__name__)
_Processor = Callable[[Any], Any]


class _Texts(TypeDecorator[list[str]]):
    """A list of texts as one bound value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has arrays; SQLite reads JSON."""
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(Text() if is_sqlite else ARRAY(Text()))

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        """Return the list as the driver takes it."""
        return canonical_json(value) if dialect.name == "sqlite" else value


class _AnyOf(FunctionElement[bool]):
    """A column, and the list of texts that it is looked for in."""

    name = "any_of"
    inherit_cache = True


def any_of(
    column: ColumnElement[Any], name: str, texts: list[str] | None = None
) -> ColumnElement[bool]:
    """Return the condition that a column has one of the texts that are bound to a name.

    Unlike with ``IN``, the statement is the same however many there are. Texts may be given instead
    of being bound later.
    """
    is_bound = texts is None
    return _AnyOf(column, bindparam(name, texts, type_=_Texts, required=is_bound))


@compiles(_AnyOf, "sqlite")
def _in_json(element: _AnyOf, compiler: SQLCompiler, **more: Any) -> str:
    column, texts = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 (own names)


@compiles(_AnyOf)
def _in_array(element: _AnyOf, compiler: SQLCompiler, **more: Any) -> str:
    column, texts = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY ({texts})"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query as one kind of database takes it."""

    sql: str
    parameters: Sequence[tuple[str, object, _Processor | None]]
    """In their order, each with its value if it is always the same, and what makes a value what
    the driver takes."""
    readers: Sequence[tuple[int, _Processor]]
    """The places of columns that are read by their type, each with what reads a value."""

    @classmethod
    def of(cls, query: AnySelect | CompoundSelect[Any], dialect: Dialect) -> "_Compiled":
        compiled = query.compile(dialect=dialect)
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        parameters = [
            (bind.key, bind.value, bind.type.dialect_impl(dialect).bind_processor(dialect))
            for bind in binds
        ]
        reading = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in query.selected_columns
        ]
        readers = [(place, read) for place, read in enumerate(reading) if read]
        return cls(str(compiled), parameters, readers)

    def bound(self, values: Mapping[str, object]) -> list[object]:
        bound = [(values.get(name, value), process) for name, value, process in self.parameters]
        return [process(value) if process else value for value, process in bound]

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, read in self.readers:
            if values[place] is not None:
                values[place] = read(values[place])
        return values


class Prepared:
    """A query with values that are bound under names, compiled once for each kind of database."""

    def __init__(self, query: AnySelect | CompoundSelect[Any]) -> None:
        """Keep a query; ``names`` are those of its columns."""
        self.query = query
        self.names = tuple(str(column.key) for column in query.selected_columns)
        self._compiled: dict[str, _Compiled] = {}

    async def rows(
        self, connection: Executor, parameters: Mapping[str, object]
    ) -> Sequence[Sequence[Any]]:
        """Return the rows of the query."""
        if not isinstance(connection, AsyncConnection):
            # A session has a transaction, which only its own statements begin.
            return (await connection.execute(self.query, parameters)).all()
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled.of(self.query, dialect)
        values = compiled.bound(parameters)
        try:
            rows = await fetch(connection, compiled.sql, values)
        except CancelledError:
            # Nobody knows what the connection is doing.
            _sync(connection).invalidate()
            raise
        except Exception:  # noqa: BLE001  (the usual way meets the same, and knows what it means)
            _log.warning("a query is repeated by SQLAlchemy", exc_info=True)
            return (await connection.execute(self.query, parameters)).all()
        return list(map(compiled.read, rows)) if compiled.readers else rows


def _sync(connection: AsyncConnection) -> Connection:
    if connection.sync_connection is None:
        raise TypeError("a connection that is not open")
    return connection.sync_connection


async def fetch(
    connection: AsyncConnection, sql: str, values: Sequence[object]
) -> Sequence[Sequence[Any]]:
    """Return the rows of a statement as the driver gives them."""
    driver: Any = _sync(connection).connection.driver_connection
    if isinstance(driver, PromptConnection):
        cursor = await driver.cursor().execute(sql, values)
        return cast("Sequence[Sequence[Any]]", await cursor.fetchall())
    return cast("Sequence[Sequence[Any]]", await driver.fetch(sql, *values))
