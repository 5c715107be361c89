"""The entries of sources and organizations as they are known at a revision.

Each is as the last correction by then has it, or else as it was registered. An organization that
was merged leads to the one that was kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, bindparam, case, exists, func, or_, select

from app.database.connections import AnyColumn, AnySelect, Executor
from app.ledger.tables import (
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    SOURCE_CORRECTIONS,
    SOURCES,
    STATEMENTS,
    CorrectionType,
)

CONTENT: Mapping[str, Sequence[str]] = {
    table.name: [name for name in table.c.keys() if name not in {"id", "revision"}]  # noqa: SIM118
    for table in (SOURCES, ORGANIZATIONS)
}
"""What the entries of sources and organizations consist of."""
CORRECTIONS: Mapping[str, Table] = {
    "organization": ORGANIZATION_CORRECTIONS,
    "source": SOURCE_CORRECTIONS,
}


def _as_known(registered: Table, corrections: Table) -> AnySelect:
    """Select the entries as they are known at the bound revision, whatever became of them.

    ``changed_in`` is the revision that made them what they are; ``type`` is null where that is the
    one that registered them.
    """
    every, corrected = corrections.alias("every"), corrections.alias("corrected")
    last = (
        select(func.max(every.c.revision))
        .where(every.c.id == registered.c.id, every.c.revision <= bindparam("revision"))
        .correlate(registered)
        .scalar_subquery()
    )
    joined = registered.outerjoin(
        corrected, and_(corrected.c.id == registered.c.id, corrected.c.revision == last)
    )

    def known(name: str) -> ColumnElement[object]:
        # What is null may have been corrected to be.
        as_registered = (corrected.c.id.is_(None), registered.c[name])
        return case(as_registered, else_=corrected.c[name]).label(name)

    more = [corrected.c[name] for name in ("merged_into",) if name in corrected.c]
    return (
        select(
            registered.c.id,
            registered.c.revision,
            func.coalesce(corrected.c.revision, registered.c.revision).label("changed_in"),
            corrected.c.type,
            *(known(name) for name in CONTENT[registered.name]),
            *more,
        )
        .select_from(joined)
        .where(registered.c.revision <= bindparam("revision"))
    )


ENTRIES: Mapping[str, AnySelect] = {
    "organization": _as_known(ORGANIZATIONS, ORGANIZATION_CORRECTIONS),
    "source": _as_known(SOURCES, SOURCE_CORRECTIONS),
}
"""The entries as they are known at the bound ``revision``."""


def is_present(entries: AnySelect) -> ColumnElement[bool]:
    """Return the condition that entries were neither withdrawn nor merged into others."""
    kind = entries.selected_columns.type
    return or_(kind.is_(None), kind == CorrectionType.corrected.value)


def source_at(
    name: str, revision: ColumnElement[int], source: AnyColumn = STATEMENTS.c.source_id
) -> AnyColumn:
    """Return a member of the entry of a source as it is known at a revision, where few are read.

    The table of sources must be joined.
    """
    columns = SOURCE_CORRECTIONS.c
    corrected = (
        select(columns[name])
        .where(columns.id == source, columns.revision <= revision)
        .order_by(columns.revision.desc())
        .limit(1)
    )
    # What is null may have been corrected to be.
    return case(
        (exists(corrected.order_by(None)), corrected.scalar_subquery()), else_=SOURCES.c[name]
    )


@dataclass(frozen=True, slots=True)
class Merge:
    """That an organization counts as another from a revision on."""

    revision: int
    id: str
    into: str


Kept = Mapping[str, str]
"""The organizations that were kept, by the ids of those that were merged into them."""
NONE_MERGED: Kept = {}
_MERGES = ORGANIZATION_CORRECTIONS.c
_IS_MERGE = _MERGES.type == CorrectionType.merged.value
HAS_MERGES = exists().where(_IS_MERGE).label("has_merges")
"""Whether any organization was ever merged: a column that saves a query where none was."""
_MERGED = (
    select(_MERGES.revision, _MERGES.id, _MERGES.merged_into)
    .where(_IS_MERGE, _MERGES.revision <= bindparam("revision"))
    .order_by(_MERGES.revision)
)


async def merges_at(connection: Executor, revision: int) -> list[Merge]:
    """Return the merges of organizations that are known at a revision, in their order."""
    rows = (await connection.execute(_MERGED, {"revision": revision})).all()
    return [Merge(row.revision, row.id, row.merged_into) for row in rows]


def kept_by(merges: Sequence[Merge], revision: int | None = None) -> Kept:
    """Return which organizations others lead to, by the merges until a revision, or by all.

    One that was kept may be merged later: all that led to it lead on.
    """
    found: dict[str, str] = {}
    for merge in merges:
        if revision is None or merge.revision <= revision:
            found = {old: merge.into if kept == merge.id else kept for old, kept in found.items()}
            found[merge.id] = merge.into
    return found


async def kept_at(connection: Executor, revision: int) -> Kept:
    """Return which organizations others lead to at a revision."""
    return kept_by(await merges_at(connection, revision))


def led_to(organizations: Sequence[str], revision: int) -> AnySelect:
    """Select the organizations that some were merged into, in however many steps."""
    return _chain(_MERGES.id, _MERGES.merged_into, organizations, revision)


def leading_to(organization: str, revision: int) -> AnySelect:
    """Select the organizations that were merged into one, in however many steps."""
    return _chain(_MERGES.merged_into, _MERGES.id, [organization], revision)


def _chain(
    since: AnyColumn, until: AnyColumn, organizations: Sequence[str], revision: int
) -> AnySelect:
    known = (_IS_MERGE, _MERGES.revision <= revision)
    first = select(until.label("id")).where(*known, since.in_(organizations))
    chain = first.cte("chain", recursive=True)
    further = select(until).where(*known, since == chain.c.id)
    return select(chain.union(further).c.id)
