"""What the commit of an import would record, as a request with many that can be proposed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from app.access.principals import Principal
from app.core.errors import ConflictError, Fault
from app.core.messages import Template
from app.core.validation import refusal_of_many
from app.database.connections import Places
from app.entry.bulk import LISTS, BulkFault, BulkItem, BulkWrite, state_bulk
from app.entry.items import Unreadable
from app.imports.commits import found_in
from app.imports.jobs import read_again
from app.imports.recorded import ImportCommit, check_answered, checked
from app.imports.report import Json
from app.imports.store import Draft
from app.ledger.idempotency import InFlight, WriteRequest
from app.ledger.revisions import Writer

_CORRECTS = Template(
    "imports.corrects-by-editors",
    "This file corrects an earlier import, and retracts what that said: it is for editors to "
    "commit.",
)
_NOTHING_NEW = Template(
    "imports.nothing-new", "The register says all of this already: there is nothing to propose."
)
_SAID = {"sites", "statements"}
_Change = Callable[[Json, BulkItem], Json | None]
"""Returns what becomes of a member by what would become of it; ``None`` leaves it out."""


async def proposed(
    writer: Writer,
    who: Principal,
    draft_id: str,
    body: ImportCommit,
    places: Places,
    *,
    skip_refused: bool,
) -> tuple[Draft, BulkWrite]:
    """Return an import, and what its commit would record, as a request with many to propose.

    What guards doubt has the reason for it, and with ``skip_refused`` what is refused is left out.
    An edition that corrects an earlier one retracts what that said, which no such request can.
    """
    async with writer.database.read() as connection:
        draft, rows = await checked(connection, writer, who, draft_id, body)
    if draft.corrects is not None:
        raise ConflictError(_CORRECTS())
    if not skip_refused:
        check_answered(rows)
    file = await read_again(writer, places, draft, body.terms(skip_refused=skip_refused))
    found = await found_in(writer, file)
    refused = [(one.place, one.error) for one in found.items if isinstance(one, Unreadable)]
    if refused and not skip_refused:
        raise refusal_of_many(refused, len(found.items))
    members: Mapping[str, list[Json]] = found.members
    if body.override_reason is not None:
        members = await _with_reason(writer, members, body.override_reason)
    if skip_refused:
        members = await _changed(writer, members, lambda raw, item: None if item.errors else raw)
    if not any(members.get(name) for name in _SAID):
        raise ConflictError(_NOTHING_NEW())
    return draft, _body(_named(members), body.reason or file.document.name)


async def _with_reason(
    writer: Writer, members: Mapping[str, list[Json]], reason: str
) -> Mapping[str, list[Json]]:
    """Give a reason to what guards doubt; what follows from that may be doubted in turn."""

    def reasoned(raw: Json, item: BulkItem) -> Json:
        is_doubted = any(fault.code for fault in item.errors)
        return {**raw, "override_reason": reason} if is_doubted else raw

    while True:
        now = await _changed(writer, members, reasoned)
        if now == members:
            return members
        members = now


async def _changed(
    writer: Writer, members: Mapping[str, list[Json]], change: _Change
) -> Mapping[str, list[Json]]:
    """Return members as what would become of each of them, if all were recorded, has it."""
    if not any(members.values()):
        return members
    async with WriteRequest(writer.database, InFlight(), is_dry_run=True) as request:
        alone = replace(writer, request=request, precondition=None)
        answer = await state_bulk(alone, _body(members, None), skip_refused=True, render=_fault)
    found: dict[str, list[Json]] = {}
    for name in LISTS:
        pairs = zip(members.get(name, ()), getattr(answer, name), strict=True)
        found[name] = [new for raw, item in pairs if (new := change(raw, item)) is not None]
    return {name: given for name, given in found.items() if given}


def _body(members: Mapping[str, list[Json]], reason: str | None) -> BulkWrite:
    return BulkWrite.model_validate({**members, "reason": reason})


def _fault(fault: Fault) -> BulkFault:
    pointer, kind = fault.pointer or "#", fault.type or ""
    return BulkFault(pointer=pointer, detail=str(fault.detail), type=kind, code=fault.code)


def _named(members: Mapping[str, list[Json]]) -> dict[str, list[Json]]:
    """Return members without the organizations that nothing among them names."""
    texts = {
        text for name, raws in members.items() if name != "organizations" for text in _texts(raws)
    }
    kept = [one for one in members.get("organizations", ()) if one["id"] in texts]
    return {**members, "organizations": kept}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)
