"""Counting the SQL statements that a request takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from app.database import prepared


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the SQL statements that any engine executes, or hands to its driver as they are.

    But for those that begin a transaction, behind a pooler with its time-outs, for asking whose
    key came, and for drafts that nobody touched for long, which the process looks for by itself.
    """
    found: list[str] = []

    def collect(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        begins = statement.startswith(("BEGIN", "SELECT set_config('statement_timeout'"))
        apart = ("access_key", "import_draft.changed_at <")
        if not begins and not any(part in statement for part in apart):
            found.append(statement)

    fetch = prepared.fetch

    async def collect_and_fetch(connection: Any, sql: str, values: Any) -> Any:
        found.append(sql)
        return await fetch(connection, sql, values)

    event.listen(Engine, "before_cursor_execute", collect)
    prepared.fetch = collect_and_fetch
    try:
        yield found
    finally:
        prepared.fetch = fetch
        event.remove(Engine, "before_cursor_execute", collect)
