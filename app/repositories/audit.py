"""Reading the audit log."""

from datetime import date

from sqlalchemy import select

from app.repositories.paging import Cursor, mark_of, read_cursor
from app.repositories.snapshots import Executor
from app.repositories.tables import AUDIT_ENTRIES
from app.schemas.audit import AuditEntry, AuditPage, AuditQuery

_E = AUDIT_ENTRIES.c


async def list_entries(connection: Executor, query: AuditQuery) -> AuditPage:
    """Return one page of the audit log, newest first."""
    mark = mark_of(query, "audit")
    selected = select(AUDIT_ENTRIES).order_by(_E.id.desc()).limit(query.limit + 1)
    if query.action:
        selected = selected.where(_E.action.in_(query.action))
    if query.cursor is not None:
        selected = selected.where(_E.id < read_cursor(query.cursor, mark, [str]).keys[0])
    rows = (await connection.execute(selected)).all()
    items = [AuditEntry.model_validate(dict(row._mapping)) for row in rows[: query.limit]]  # noqa: SLF001
    more = len(rows) > query.limit
    cursor = Cursor(mark, 0, date.min, (items[-1].id,)).encode() if more else None
    return AuditPage(items=items, next_cursor=cursor)
