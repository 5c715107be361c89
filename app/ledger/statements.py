"""Recorded statements as rows: which of them count at a revision, and what each says, digested."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    Row,
    literal,
    or_,
    select,
)

from app.core.digest import content_digest
from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.ledger.tables import STATEMENTS

_S = STATEMENTS.c


async def live_statements(
    connection: Executor, subject: tuple[SubjectType, str], revision: int
) -> list[Row[Any]]:
    """Return the statements of a subject that count at a revision, in order of recording."""
    return await live_of_many(connection, subject[0], [subject[1]], revision)


async def live_of_many(
    connection: Executor, what: SubjectType, keys: Collection[str], revision: int
) -> list[Row[Any]]:
    """Return the statements of some subjects that count at a revision, in order of recording."""
    query = (
        select(STATEMENTS)
        .where(
            _S.subject_type == what,
            _S.subject_id.in_(keys),
            _S.revision <= revision,
            or_(_S.retracted_in.is_(None), _S.retracted_in > revision),
        )
        .order_by(_S.revision, _S.position)
    )
    return list((await connection.execute(query)).all())


async def find_same(connection: Executor, content_digest: str, *, live_only: bool) -> str | None:
    """Return the id of a statement that says exactly the same, if there is one."""
    query = select(_S.id).where(_S.content_digest == literal(content_digest))
    if live_only:
        query = query.where(_S.retracted_in.is_(None))
    found: str | None = (await connection.execute(query.limit(1))).scalar()
    return found


HEAD = ("source_id", "effective_from", "basis", "date_basis", "locator", "note", "cites")
"""What a statement says besides its content, as it is digested."""


def statement_digest(
    subject: tuple[SubjectType, str], head: Mapping[str, Any], content: Any
) -> str:
    """Return the digest of what a statement says, whoever records it and whenever."""
    return _digest(subject, {name: head[name] for name in HEAD}, content)


def recorded_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of what a recorded statement says, computed from its row."""
    subject = (row["subject_type"], row["subject_id"])
    return _digest(subject, {name: row[name] for name in HEAD}, row["content"])


def _digest(subject: tuple[str, str], head: Mapping[str, Any], content: Any) -> str:
    return content_digest({"subject": list(subject), "head": dict(head), "content": content})
