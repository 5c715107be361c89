"""What every statement goes through: its source, its date, its twin, its row; and retraction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from app.domain.attributes import Catalogue, ValueType
from app.domain.digest import content_digest
from app.domain.observations import MEASURED
from app.domain.partial_dates import PartialDate
from app.domain.subject_timeline import subject_timeline
from app.domain.subjects import Subject
from app.domain.units import UnitLevel
from app.domain.vocabulary import AUTHORITY, Basis, SourceKind, SubjectType
from app.errors import BadBodyError, ConflictError, DuplicateStatementError
from app.models import Statement
from app.repositories.histories import HISTORIES, check_registered, subject_of
from app.repositories.registers import find_row, missing_ids
from app.repositories.snapshots import Executor
from app.repositories.statements import find_same, get_statement, live_statements, said
from app.repositories.tables import ORGANIZATIONS, SITES, SOURCES, STATEMENTS
from app.schemas.statements import AnyStatement, Retraction, StatementHead
from app.services.ledger import Draft, Writer, append, revision
from app.services.projection import close_observations, project_subject
from app.services.rehearsing import rehearsed
from app.services.rights import check_place, check_rights


async def draft_statement(
    draft: Draft,
    subject: tuple[SubjectType, str],
    head: StatementHead,
    content: Any,
    override_reason: str | None = None,
) -> Statement:
    """Check source and twin of a statement and put its row into the draft."""
    source = await find_row(draft.session, SOURCES, head.source_id)
    if source is None:
        detail = f"No source {head.source_id!r} is registered; register it by POST /v1/sources."
        raise BadBodyError.of("#/source_id", detail)
    await _check_citations(draft.session, head)
    digest = statement_digest(subject, head, content)
    await _refuse_twin(draft.session, digest)
    position = 1 + sum(isinstance(entry, Statement) for entry in draft.entries)
    statement = Statement(
        id=f"{draft.number}-{position}",
        revision=draft.number,
        position=position,
        subject_type=subject[0].value,
        subject_id=subject[1],
        source_id=head.source_id,
        authority=AUTHORITY[SourceKind(source["kind"])],
        basis=head.basis.value,
        effective_from=head.effective_from,
        effective_day=PartialDate.parse(head.effective_from).first_day,
        date_basis=head.date_basis.value,
        locator=head.locator,
        note=head.note,
        cites=head.cites,
        override_reason=override_reason,
        content=content,
        content_digest=digest,
    )
    draft.entries.append(statement)
    return statement


async def _check_citations(session: Executor, head: StatementHead) -> None:
    missing = await missing_ids(session, SOURCES, set(head.cites or ()))
    for position, cited in enumerate(head.cites or ()):
        if cited in missing:
            detail = f"No source {cited!r} is registered; register it by POST /v1/sources."
            raise BadBodyError.of(f"#/cites/{position}", detail)


_REFERENCES = {ValueType.organization: ORGANIZATIONS, ValueType.site: SITES}


async def check_values(
    session: Executor, catalogue: Catalogue, basis: Basis, values: Mapping[str, Any]
) -> None:
    """Refuse values that cannot be stated so, or that name what is not registered."""
    has_dates = "expected_operation" in catalogue
    dated = ", or expected_operation for a dated prediction" if has_dates else ""
    for name, value in values.items():
        attribute = catalogue[name]
        if value is None and not attribute.clearable:
            raise BadBodyError.of(f"#/values/{name}", f"{name} cannot be cleared, only restated.")
        if basis not in MEASURED and not attribute.foreseeable:
            fits = f"use actual or estimate{dated}."
            detail = f"{name} says what is, so basis {basis} does not fit: {fits}"
            raise BadBodyError.of("#/basis", detail)
    for kind, table in _REFERENCES.items():
        named = {name: values[name] for name in catalogue.of_type(kind) if values.get(name)}
        missing = await missing_ids(session, table, set(named.values()))
        for name, key in named.items():
            if key in missing:
                detail = (
                    f"No {kind} {key!r} is registered, or it was withdrawn; "
                    f"register it by POST /v1/{kind}s."
                )
                raise BadBodyError.of(f"#/values/{name}", detail)


_HEAD = ("source_id", "effective_from", "basis", "date_basis", "locator", "note", "cites")


def statement_digest(subject: tuple[SubjectType, str], head: StatementHead, content: Any) -> str:
    """Return the digest of what a statement says, whoever records it and whenever."""
    return _digest(subject, head.model_dump(include=set(_HEAD), mode="json"), content)


def recorded_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of what a recorded statement says, computed from its row."""
    subject = (row["subject_type"], row["subject_id"])
    return _digest(subject, {name: row[name] for name in _HEAD}, row["content"])


def _digest(subject: tuple[str, str], head: Mapping[str, Any], content: Any) -> str:
    return content_digest({"subject": list(subject), "head": dict(head), "content": content})


async def _refuse_twin(session: Executor, digest: str) -> None:
    twin = await find_same(session, digest, live_only=True)
    if twin is not None:
        detail = f"Statement {twin} says exactly this already; nothing was recorded."
        raise DuplicateStatementError(detail, members={"statement_id": twin})


async def retract(writer: Writer, statement_id: str, body: Retraction) -> AnyStatement:
    """Withdraw a statement: it stays readable and stops counting from this revision on."""
    async with revision(writer, body.reason) as draft:
        await get_statement(draft.session, statement_id, draft.number - 1)
        query = select(STATEMENTS).where(STATEMENTS.c.id == statement_id)
        row = (await draft.session.execute(query)).one()
        await _check_place_of(draft, row)
        if row.retracted_in is not None:
            detail = (
                f"Statement {statement_id} is retracted already, in revision {row.retracted_in}."
            )
            raise ConflictError(detail)
        draft.retractions[statement_id] = body.reason
        await append(draft)
        await _project_without(draft, row)
        subject = (SubjectType(row.subject_type), row.subject_id)
        statement = await get_statement(draft.session, statement_id, draft.number)
        return await rehearsed(draft, subject, row.effective_day, statement)


async def _check_place_of(draft: Draft, row: Row[Any]) -> None:
    """Refuse to retract what is about provinces where others write; documents are everybody's."""
    units, what = draft.writer.units, SubjectType(row.subject_type)
    if what is SubjectType.province:
        unit = units.at(UnitLevel.province, row.subject_id, row.effective_day)
        check_rights(draft.writer, [unit] if unit else [])
    elif what in HISTORIES:
        await check_place(draft, Subject(what, row.subject_id), [])


async def _project_without(draft: Draft, row: Row[Any]) -> None:
    if row.subject_type == SubjectType.province:
        await close_observations(draft.session, row.id, draft.number)
        return
    history = HISTORIES.get(SubjectType(row.subject_type))
    if history is None:
        return
    registered = await check_registered(draft.session, history, row.subject_id, draft.number)
    if registered.withdrawn_in is not None:
        return
    subject = subject_of(history.type, registered)
    live = await live_statements(draft.session, (subject.type, subject.id), draft.number)
    timeline = subject_timeline(subject, map(said, live), draft.writer.units)
    await check_place(draft, subject, timeline)
    await project_subject(draft.session, subject, timeline, draft.number)
