"""Erasing personal data that came in by a text or a file, so that the ledger still verifies.

What is erased is blanked in the rows themselves, as known at any revision. The revision that
recorded it keeps its digest, which is of what was there; the erasure, a revision of its own, has
the digest of what is left.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import to_json
from sqlalchemy import Table, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.access.links import Link, append_links
from app.access.tables import ACCESS_SESSIONS
from app.core.digest import JsonObject
from app.core.errors import BadBodyError, ConflictError
from app.core.messages import Template
from app.core.numbers import Whole
from app.core.types import Answer, Body, Line
from app.core.vocabulary import SubjectType
from app.database.tables import REVISION_COUNTER
from app.imports.store import DRAFTS, LAYOUTS, DraftState, layouts_of_draft
from app.ledger.revisions import Draft, Entry, Writer, append, read_head, revision
from app.ledger.schemas import ErasableType, Erased
from app.ledger.statements import recorded_digest
from app.ledger.tables import (
    ERASURES,
    IDEMPOTENCY_KEYS,
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCE_CORRECTIONS,
    SOURCES,
    STATEMENTS,
)
from app.ledger.verification import left_digest
from app.proposals.store import ACCOUNTED, PROPOSALS
from app.subjects.attributes import ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES
from app.upkeep.rebuilding import count_edition, rebuild_subjects

ERASED = "[đã xóa]"
"""What stands in place of a text that was erased."""
_NO_ENTRY = Template("erasures.no-entry", "The register has no {type:word} {id!r}.")
_NOT_ERASABLE = Template(
    "erasures.not-erasable",
    "{member!r} cannot be erased of {type:word} {id!r}, only texts of it can: {members}.",
)
_WHOLE = Template("erasures.whole", "All of it is erased: leave members out.")
_NO_MEMBERS = Template("erasures.no-members", "Name what is to be erased: {members}.")
_NOTHING = Template(
    "erasures.nothing",
    "There is nothing to erase: none of these members has a text, or it was erased before.",
)
_COMMITTING = Template(
    "erasures.committing", "The import {id!r} is being committed; erase it when that is done."
)
_NUMBER = re.compile("[1-9][0-9]{0,14}")
"""The number of a revision, written in the one way in which it is a key."""
_SHORTEST = 4
"""Shorter texts would be found in answers to requests that have nothing to do with them."""


_REASON = ("withdrawal_reason",)
_ENTRY = ("title", "number", "issuer", "url", "note")
_TABLES: Mapping[ErasableType, tuple[Sequence[Table], Sequence[str]]] = {
    ErasableType.statement: (
        (STATEMENTS,),
        ("note", "locator", "override_reason", "retraction_reason"),
    ),
    ErasableType.source: ((SOURCES, SOURCE_CORRECTIONS), _ENTRY),
    ErasableType.organization: (
        (ORGANIZATIONS, ORGANIZATION_CORRECTIONS),
        ("name", "name_en", "aliases"),
    ),
    ErasableType.site: ((REGISTRATIONS[SubjectType.site],), _REASON),
    ErasableType.project: ((REGISTRATIONS[SubjectType.project],), _REASON),
    ErasableType.revision: ((REVISIONS,), ("author", "reason", "approved_by")),
}
"""The tables that an entry is in, and its texts; of a statement its values that are texts too."""
_MARKS = {"retraction_reason": "retracted_in", "withdrawal_reason": "withdrawn_in"}
_CLEARED = {"url"}
"""What must be an address, or nothing."""


class ErasureTarget(Body):
    """An entry, and what of it is erased."""

    type: ErasableType
    id: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="Its id; of a revision its number."
    )
    members: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list,
        max_length=50,
        description="Texts of it, as note, or name among the values of a statement. Of an import, "
        "with its file and what was read of it, and of a proposal all is erased: none.",
    )


class ErasureWrite(Body):
    """What is erased, and why."""

    reason: Line = Field(description="Why, without the data itself: it is shown for ever.")
    erase: list[ErasureTarget] = Field(min_length=1, max_length=100)


class ErasureAnswer(Answer):
    """What was erased."""

    revision: Whole = Field(description="The revision that records the erasure.")
    reason: str
    erased_revisions: list[Whole] = Field(
        description="The revisions whose content was blanked; their digests are of what was there."
    )
    erased: list[Erased] = Field(
        description="Which texts, by the revisions that had recorded them; what has none is left "
        "out. With dry_run it is what would be blanked."
    )


@dataclass(slots=True)
class _Plan:
    """What is blanked: the members by table and id, and the revisions that recorded them."""

    members: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    rows: list[tuple[Table, JsonObject]] = field(default_factory=list)
    found: list[tuple[str, Sequence[str], int | None]] = field(default_factory=list)
    """Name, members and revision of what is erased."""
    texts: set[str] = field(default_factory=set)
    """What stood there."""
    deleted: list[tuple[Table, str]] = field(default_factory=list)
    layouts: set[str] = field(default_factory=set)
    """Those of deleted imports, which have their headers."""

    def blanked(self, table: str, row: JsonObject) -> JsonObject:
        """Return a row of a table as it is to be."""
        key = row["number"] if table == REVISIONS.name else row["id"]
        members = self.members.get((table, str(key)), ())
        return _blanked(row, members) if members else row


async def erase(writer: Writer, body: ErasureWrite) -> ErasureAnswer:
    """Erase texts and files in one transaction, recorded as a revision that says what and why.

    ``BadBodyError`` where something cannot be erased, ``ConflictError`` where nothing is there.
    """
    async with writer.session() as session:
        head = await read_head(session)
        async with revision(writer, body.reason, head) as draft:
            connection = await session.connection()
            plan = _Plan()
            for position, target in sorted(enumerate(body.erase), key=_lock_order):
                await _add(connection, plan, target, f"#/erase/{position}")
            if not plan.found:
                raise ConflictError(_NOTHING())
            draft.entries = await _entries(connection, plan, draft.number)
            await append(draft)
            await _carry_out(draft, plan)
    erased = sorted({number for _, _, number in plan.found if number is not None})
    return ErasureAnswer(
        revision=draft.number,
        reason=body.reason,
        erased_revisions=erased,
        erased=[Erased.of(*one) for one in plan.found],
    )


def _lock_order(one: tuple[int, ErasureTarget]) -> bool:
    """Sort proposals to the end: whoever locks an import as well locks that first."""
    return one[1].type is ErasableType.proposal


async def _add(connection: AsyncConnection, plan: _Plan, target: ErasureTarget, place: str) -> None:
    if target.type in _WHOLES:
        await _add_whole(connection, plan, target, place)
        return
    tables, texts = _TABLES[target.type]
    is_number = target.type is ErasableType.revision and _NUMBER.fullmatch(target.id)
    key = int(target.id) if is_number else None
    found = False
    for table in tables:
        column = table.c.number if table is REVISIONS else table.c.id
        wanted = key if table is REVISIONS else target.id
        if wanted is None:
            break
        for row in (await connection.execute(select(table).where(column == wanted))).mappings():
            found = True
            _check_members(target, dict(row), texts, place)
            _add_row(plan, table, dict(row), target)
    if not found:
        raise BadBodyError.of(f"{place}/id", _NO_ENTRY(type=target.type.value, id=target.id))


def _check_members(
    target: ErasureTarget, row: JsonObject, texts: Sequence[str], place: str
) -> None:
    erasable = [*texts, *_values_of(row)]
    if not target.members:
        raise BadBodyError.of(f"{place}/members", _NO_MEMBERS(members=", ".join(erasable)))
    for position, member in enumerate(target.members):
        if member not in erasable:
            named = {"member": member, "type": target.type.value, "id": target.id}
            detail = _NOT_ERASABLE(**named, members=", ".join(erasable))
            raise BadBodyError.of(f"{place}/members/{position}", detail)


def _values_of(row: JsonObject) -> Iterator[str]:
    """Yield the values of a statement that are texts of its own."""
    content = row.get("content")
    if isinstance(content, dict):
        known = DEFINITIONS[SubjectType(row["subject_type"])].attributes
        for name in content:
            if name in known and known[name].type in {ValueType.text, ValueType.texts}:
                yield name


def _add_row(plan: _Plan, table: Table, row: JsonObject, target: ErasureTarget) -> None:
    present = [m for m in target.members if _text_of(row, m) not in (None, [], ERASED, [ERASED])]
    if not present:
        return
    key = (table.name, target.id)
    plan.rows.append((table, row))
    # An entry may be named more than once, each time with other members.
    plan.members[key] = [*dict.fromkeys([*plan.members.get(key, ()), *target.members])]
    for member in present:
        text = _text_of(row, member)
        plan.texts.update([text] if isinstance(text, str) else text)
    own = row["number"] if table is REVISIONS else row["revision"]
    about = f"{target.type.value}/{target.id}"
    recorded_in = {m: row[_MARKS[m]] if m in _MARKS else own for m in present}
    for number in sorted({*recorded_in.values()}):
        one = (about, sorted(m for m in present if recorded_in[m] == number), number)
        if one not in plan.found:
            plan.found.append(one)


def _text_of(row: JsonObject, member: str) -> Any:
    return row[member] if member in row else (row.get("content") or {}).get(member)


def _blanked(row: JsonObject, members: Sequence[str]) -> JsonObject:
    """Return a row without the texts of some members."""
    blank = {m: _blank(m, row[m]) for m in members if row.get(m) is not None}
    after = {**row, **blank}
    if isinstance(row.get("content"), dict):
        content = row["content"]
        values = {m: _blank(m, content[m]) for m in members if content.get(m) is not None}
        after["content"] = {**content, **values}
    if "content_digest" in row:
        # Over the head as well, and of provinces the content is a list of figures.
        after["content_digest"] = recorded_digest(after)
    return after


def _blank(member: str, value: object) -> object:
    if member in _CLEARED:
        return None
    return [ERASED] if isinstance(value, list) else ERASED


async def _entries(connection: AsyncConnection, plan: _Plan, number: int) -> list[Entry]:
    """Return what the revision of an erasure records: what was erased, and what is left."""
    erased = {one for _, _, one in plan.found if one is not None}
    left = {one: await left_digest(connection, one, plan.blanked) for one in sorted(erased)}
    return [
        Entry(
            ERASURES,
            {
                "id": f"{number}-{position}",
                "about": about,
                "members": list(members),
                "erased_revision": one,
                "left_digest": None if one is None else left[one],
            },
        )
        for position, (about, members, one) in enumerate(plan.found, start=1)
    ]


async def _carry_out(draft: Draft, plan: _Plan) -> None:
    """Blank the rows, and make anew or delete whatever else has what stood there."""
    session = draft.session
    await _overwriting(session, "ON")
    await session.execute(update(REVISION_COUNTER).values(erasing=draft.number))
    for table, row in plan.rows:
        after = plan.blanked(table.name, row)
        changed = {name: value for name, value in after.items() if row[name] != value}
        is_row = [column == row[column.name] for column in table.primary_key.columns]
        await session.execute(update(table).where(*is_row).values(changed))
    await session.execute(update(REVISION_COUNTER).values(erasing=None))
    for what, history in HISTORIES.items():
        about = {
            row["subject_id"]
            for table, row in plan.rows
            if table is STATEMENTS and row["subject_type"] == what
        }
        if about:
            await rebuild_subjects(session, history, sorted(about), draft.writer.units)
    await count_edition(session)
    await _delete_wholes(session, plan)
    await _overwriting(session, "OFF")


async def _overwriting(session: AsyncSession, how: str) -> None:
    """Let SQLite overwrite what is deleted, which it would leave in free pages of the file."""
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        await connection.execute(text(f"PRAGMA secure_delete = {how}"))


async def _delete_wholes(session: AsyncSession, plan: _Plan) -> None:
    """Delete imports and proposals, and what is kept elsewhere of them and of erased texts.

    In the order in which others lock these tables; the audit log comes last, as everywhere.
    """
    keys = {
        name: [key for table, key in plan.deleted if table.name == name]
        for name in (DRAFTS.name, PROPOSALS.name)
    }
    for table in (DRAFTS, PROPOSALS):
        await session.execute(delete(table).where(table.c.id.in_(keys[table.name])))
    await session.execute(delete(LAYOUTS).where(LAYOUTS.c.id.in_(plan.layouts)))
    for table, members in _KEPT.items():
        await _forget(session, table, members, plan.texts)
    gone = [Link(about=ACCOUNTED.about(key)) for key in keys[PROPOSALS.name]]
    if gone:
        await (await session.connection()).run_sync(partial(append_links, links=gone))


async def _forget(
    session: AsyncSession, table: Table, members: Sequence[str], texts: set[str]
) -> None:
    """Delete the rows of a table that have one of some texts in one of some members."""
    # As JSON writes them: with quotation marks and ends of lines escaped.
    parts = [to_json(text)[1:-1] for text in texts if len(text) >= _SHORTEST]
    keys = table.primary_key.columns
    for row in (await session.execute(select(*keys, *(table.c[m] for m in members)))).mappings():
        written = [v if isinstance(v, bytes) else to_json(v) for v in (row[m] for m in members)]
        if any(part in one for part in parts for one in written):
            await session.execute(delete(table).where(*(key == row[key.name] for key in keys)))


async def _add_whole(
    connection: AsyncConnection, plan: _Plan, target: ErasureTarget, place: str
) -> None:
    table = DRAFTS if target.type is ErasableType.import_ else PROPOSALS
    # Locked, so that nobody begins to commit it, or to propose something of it, meanwhile.
    state = select(table.c.state).where(table.c.id == target.id).with_for_update()
    row = (await connection.execute(state)).one_or_none()
    if row is None:
        raise BadBodyError.of(f"{place}/id", _NO_ENTRY(type=target.type.value, id=target.id))
    if target.members:
        raise BadBodyError.of(f"{place}/members", _WHOLE())
    if row.state == DraftState.committing.value:
        raise ConflictError(_COMMITTING(id=target.id))
    _delete(plan, table, target.id)
    if table is DRAFTS:
        await _add_of_import(connection, plan, target.id)


async def _add_of_import(connection: AsyncConnection, plan: _Plan, key: str) -> None:
    """Add what was proposed of an import, which has the rows of its file, and its headers."""
    of_import = select(PROPOSALS.c.id).where(PROPOSALS.c.import_id == key).with_for_update()
    for proposal in (await connection.execute(of_import)).scalars():
        _delete(plan, PROPOSALS, proposal)
    plan.layouts.update(await layouts_of_draft(connection, key))


def _delete(plan: _Plan, table: Table, key: str) -> None:
    if (table, key) not in plan.deleted:
        # What was answered about it names it.
        plan.texts.add(key)
        plan.deleted.append((table, key))
        plan.found.append((f"{_TYPE_OF[table.name].value}/{key}", [], None))


_TYPE_OF = {DRAFTS.name: ErasableType.import_, PROPOSALS.name: ErasableType.proposal}
_WHOLES = frozenset(_TYPE_OF.values())
_KEPT: Mapping[Table, Sequence[str]] = {
    LAYOUTS: ("author", "issuer", "headers"),
    IDEMPOTENCY_KEYS: ("body",),
    ACCESS_SESSIONS: ("holder",),
}
"""What else has texts of entries, is of use for a while only, and can be had again."""
