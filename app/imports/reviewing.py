"""Imports under review: files read into drafts, answers taken over, layouts remembered.

Reading takes long, so it is done in a thread, a few files at a time, and before the transaction in
which its result is kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from anyio import to_thread

from app.access.principals import Principal
from app.core.digest import JsonObject
from app.core.errors import (
    BadBodyError,
    ConflictError,
    Fault,
    NotFoundError,
    PreconditionFailedError,
    PreconditionRequiredError,
    QuotaExceededError,
    UnavailableError,
)
from app.core.messages import Template
from app.core.validation import sentences_of
from app.database.connections import Executor, Places
from app.imports import store
from app.imports.answers import NEW
from app.imports.contexts import Candidates
from app.imports.draft_schemas import ImportFields, ImportGiven, ImportPatch
from app.imports.kept import (
    ReadFile,
    RegisterAtRevision,
    SentFile,
    draft_of,
    read_file,
    register_for,
)
from app.imports.limits import MOST_BYTES, TOO_LARGE, refuse
from app.imports.remarks import NO_SUCH_SITE
from app.imports.store import DISPOSABLE, Draft, DraftState, pack, unpack
from app.ledger.revisions import Writer

_AT_ONCE: Final = 1
_WAIT_SECONDS: Final = 20
_RETRY_SECONDS: Final = 10
_MOST_NAME: Final = 200
_ROW = re.compile(r"[1-9][0-9]{0,4}")
PASTED: Final = "text/tab-separated-values"
"""The media type of cells that were pasted."""
_EMPTY = Template("imports.empty-file", "The file is empty.")
_BUSY = Template("imports.busy", "Other files are being read. Send it again in {seconds} seconds.")
_TOO_MANY = Template(
    "imports.too-many-drafts",
    "You have {count} imports that are not committed, {size} bytes in all; at most {most} of"
    " {most_bytes} bytes are kept. Commit or delete some of them.",
)
_NOT_OPEN = Template(
    "imports.not-open",
    "Import {id} was committed, or is just being: it can no longer be changed or deleted.",
)
_NOT_COMMITTED = Template(
    "imports.not-committed", "Import {id} was not committed, so there is nothing to correct."
)
_CHANGED = Template(
    "imports.changed-since",
    "The import was changed after what If-Match names: it is {edited} now. Read it again.",
)
_NO_CONDITION = Template(
    "imports.no-if-match", "Send If-Match with the ETag of the import that was read, or *."
)
_NO_COLUMN = Template("imports.no-such-column", "The table has no column {column!r}.")
_NO_ROW = Template("imports.no-such-row", "The table has no row {row!r}.")


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a principal may keep: drafts that are not committed, and their bytes."""

    drafts: int
    size: int


class FileReader:
    """Reads the files of a principal, against the register as it is, and keeps what they say."""

    def __init__(self, writer: Writer, who: Principal, places: Places, quota: Quota) -> None:
        """Take who sends, and the places for reading, which all requests share."""
        self._writer = writer
        self._who = who
        self._places = places
        self._quota = quota

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing that is read is kept."""
        return self._writer.request is not None and self._writer.request.is_dry_run

    async def receive(self, file: SentFile, fields: ImportFields) -> Draft:
        """Read a file and keep it as a draft; ``UnreadableFileError`` where it cannot be read."""
        await self._writer.refuse_repeat()
        if not file.content:
            raise refuse(_EMPTY())
        if len(file.content) > MOST_BYTES:
            raise refuse(TOO_LARGE(most=MOST_BYTES))
        about = set(ImportGiven.model_fields)
        given = fields.model_dump(mode="json", include=about, exclude_none=True)
        async with self._writer.database.read() as connection:
            await self._check_space(connection, len(file.content))
            if fields.corrects is not None:
                await find_corrected(connection, self._who, fields.corrects)
            register = await register_for(connection, given, self._writer.units)
        answers: JsonObject = {"columns": {}, "rows": {}}
        read = await self._read(file, register, answers)
        async with self._writer.database.read() as connection:
            layout = await store.find_layout(connection, self._who, read.issuer, read.shape)
        if layout is not None:
            answers["columns"] = dict(layout.columns)
            read = await self._read(file, register, answers)
        members = draft_of(
            file,
            read,
            self._who,
            given=given,
            corrects=fields.corrects,
            layout_id=layout.id if layout else None,
            read_at=register.revision,
            answers=answers,
        )
        async with self._writer.session() as session:
            await self._writer.refuse_repeat(session)
            await store.delete_expired(session)
            await self._check_space(session, len(file.content))
            await store.add_draft(session, members)
            return await store.get_draft(session, members["id"], self._who)

    async def answer(self, draft_id: str, patch: ImportPatch) -> Draft:
        """Take over answers, and read the file with them anew.

        ``BadBodyError`` for columns, rows and sites that there are not.
        """
        await self._writer.refuse_repeat()
        async with self._writer.database.read() as connection:
            draft = await store.get_draft(connection, draft_id, self._who)
            self._check_state(draft)
            given, answers, about = _answered(draft, patch)
            content = await store.content_of(connection, draft_id)
            register = await register_for(connection, given, self._writer.units)
        file = SentFile(draft.file_name, content)
        _refuse(_unknown_sites(about.get("rows", {}), register.candidates))
        read = await self._read(file, register, answers)
        _refuse(_unknown_places(about, read))
        members = {
            "state": DraftState.draft.value,
            "edited": draft.edited + 1,
            "given": given,
            "read_at": register.revision,
            "answers": answers,
            "report": read.report,
            "rows": read.rows,
            "outcome": None,
        }
        async with self._writer.session() as session:
            await self._writer.refuse_repeat(session)
            if not await store.change_draft(
                session, draft_id, where=DISPOSABLE, seen=draft.edited, **members
            ):
                raise changed_since(await store.get_draft(session, draft_id, self._who))
            if "columns" in about:
                # After the draft, which erasing it locks first as well.
                await store.keep_layout(session, self._layout(read, answers["columns"]))
            if self._writer.request is not None:
                self._writer.request.changed_in = draft.edited + 1
            return await store.get_draft(session, draft_id, self._who)

    def _layout(self, read: ReadFile, columns: Mapping[str, str]) -> JsonObject:
        now = datetime.now(UTC)
        return {
            "id": store.new_id(now),
            "principal_id": self._who.id,
            "author": self._who.name,
            "changed_at": now,
            "issuer": read.issuer,
            "shape": read.shape,
            "headers": dict(read.headers),
            "columns": dict(columns),
        }

    async def delete(self, draft_id: str) -> Draft:
        """Delete a draft of which nothing was recorded, and return what it was."""
        await self._writer.refuse_repeat()
        async with self._writer.session() as session:
            await self._writer.refuse_repeat(session)
            draft = await store.get_draft(session, draft_id, self._who)
            if not await store.delete_draft(session, draft_id):
                raise not_open(draft)
            return draft

    async def forget(self, layout_id: str) -> store.Layout:
        """Forget a layout, and return what it was."""
        await self._writer.refuse_repeat()
        async with self._writer.session() as session:
            await self._writer.refuse_repeat(session)
            return await store.delete_layout(session, layout_id, self._who)

    async def _check_space(self, connection: Executor, more: int) -> None:
        """Refuse a file that is more than a principal may keep."""
        count, size = await store.space_of(connection, self._who)
        most = self._quota
        if count >= most.drafts or size + more > most.size:
            detail = _TOO_MANY(count=count, size=size, most=most.drafts, most_bytes=most.size)
            raise QuotaExceededError(detail)

    def _check_state(self, draft: Draft) -> None:
        """Refuse a change if the import is not open, or has changed since the client read it."""
        seen = self._writer.precondition
        if seen is None:
            raise PreconditionRequiredError(_NO_CONDITION())
        if not seen.is_any and draft.edited not in seen.changed_in:
            raise changed_since(draft)
        if draft.state not in DISPOSABLE:
            raise not_open(draft)

    async def _read(
        self, file: SentFile, register: RegisterAtRevision, answers: Mapping[str, Any]
    ) -> ReadFile:
        """Read a file in a thread; one that has begun keeps its place until it ends."""
        async with self._places.take():
            return await to_thread.run_sync(partial(read_file, file, register, answers))


async def find_corrected(connection: Executor, who: Principal, earlier_id: str) -> Draft:
    """Return the import that a newer edition corrects; ``BadBodyError`` if it is not committed."""
    try:
        earlier = await store.get_draft(connection, earlier_id, who)
    except NotFoundError as error:
        raise BadBodyError.of("#/corrects", error.detail) from error
    if earlier.state != DraftState.committed:
        raise BadBodyError.of("#/corrects", _NOT_COMMITTED(id=earlier_id))
    return earlier


def reading_places() -> Places:
    """Return the places for reading files in a process: one that waits too long is refused."""
    return Places(_AT_ONCE, _WAIT_SECONDS, _busy)


def _busy() -> UnavailableError:
    headers = {"Retry-After": str(_RETRY_SECONDS)}
    return UnavailableError(_BUSY(seconds=_RETRY_SECONDS), headers=headers)


def name_of(text: str | None, media_type: str | None) -> str:
    """Return the name of a file as it is kept; cells pasted as text are named as such."""
    kept = "".join(c for c in PurePath(text or "").name if c.isprintable())[-_MOST_NAME:]
    is_pasted = (media_type or "").partition(";")[0].strip().lower() == PASTED
    if is_pasted and not kept.lower().endswith(".tsv"):
        return f"{kept or 'cells'}.tsv"
    return kept or "file"


def merged(target: Mapping[str, Any], patch: Mapping[str, Any]) -> JsonObject:
    """Return a JSON object with a merge patch applied (RFC 7396)."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            inner = result.get(name)
            result[name] = merged(inner if isinstance(inner, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def _answered(draft: Draft, patch: ImportPatch) -> tuple[JsonObject, JsonObject, JsonObject]:
    """Return what is given and answered after a patch, and what it answers.

    Answers are about the sheet that is read: those about another are dropped.
    """
    # As they are kept, numbers are decimals.
    changed: JsonObject = unpack(pack(patch.model_dump(mode="json", exclude_unset=True)))
    about: JsonObject = {n: changed.pop(n) for n in ("columns", "rows") if n in changed}
    given = merged(draft.given, changed)
    is_same_sheet = given.get("sheet") == draft.given.get("sheet")
    answers = merged(draft.answers if is_same_sheet else {}, about)
    named = {name: members or {} for name, members in about.items()}
    return given, {"columns": {}, "rows": {}, **answers}, named


def _refuse(faults: Iterator[Fault]) -> None:
    if found := list(faults):
        raise BadBodyError(sentences_of(found), errors=found)


def _unknown_sites(rows: Mapping[str, Any], candidates: Candidates) -> Iterator[Fault]:
    for number, answer in rows.items():
        match = (answer or {}).get("match")
        if not _ROW.fullmatch(number):
            yield Fault(_NO_ROW(row=number), "#/rows")
        elif match not in {None, NEW} and match not in candidates.sites.by_id:
            yield Fault(NO_SUCH_SITE(id=match), f"#/rows/{number}/match")


def _unknown_places(about: Mapping[str, Any], read: ReadFile) -> Iterator[Fault]:
    for letters in about.get("columns", ()):
        if letters not in read.headers:
            yield Fault(_NO_COLUMN(column=letters), "#/columns")
    for number in about.get("rows", ()):
        if int(number) not in read.numbers:
            yield Fault(_NO_ROW(row=number), f"#/rows/{number}")


def changed_since(draft: Draft) -> PreconditionFailedError:
    """Return the error for a draft that was changed after what a client has seen."""
    return PreconditionFailedError(_CHANGED(edited=draft.edited))


def not_open(draft: Draft) -> ConflictError:
    """Return the error for what is to be done to a draft that is none any more."""
    return ConflictError(_NOT_OPEN(id=draft.id))
