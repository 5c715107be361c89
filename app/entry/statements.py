"""The steps of every statement (source, citations, duplicate, row, answer), and retraction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, select

from app.core.dates import PartialDate
from app.core.errors import BadBodyError, ConflictError, DuplicateStatementError
from app.core.messages import Template
from app.core.vocabulary import AUTHORITY, Basis, SourceKind, SubjectType
from app.database.connections import Executor
from app.entry.dry_run import with_dry_run
from app.entry.rights import check_place, check_rights
from app.entry.schemas import (
    AnyStatement,
    DocumentStatement,
    DocumentStatementWrite,
    Retraction,
    StatementHead,
)
from app.entry.statement_queries import get_statement, recorded_answer
from app.ledger.revisions import Draft, Writer, append, revision
from app.ledger.sources import find_row, get_source, missing_ids
from app.ledger.statements import HEAD, find_same, live_statements, statement_digest
from app.ledger.tables import ORGANIZATIONS, SITES, SOURCES, STATEMENTS, Statement
from app.statistics.observations import MEASURED
from app.statistics.projection import close_observations
from app.subjects.attributes import Catalogue, ValueType, encode
from app.subjects.definitions import Subject
from app.subjects.documents import DocumentState
from app.subjects.histories import HISTORIES, check_registered, subject_of
from app.subjects.projection import assertion_of, project_subject
from app.subjects.timeline import subject_timeline
from app.units.units import UnitLevel

_NO_SOURCE = Template(
    "entry.no-source", "No source {key!r} is registered; register it by POST /v1/sources."
)
_NOT_CLEARABLE = Template("entry.not-clearable", "{attribute} cannot be cleared, only restated.")
_BASIS = Template(
    "entry.basis",
    "{attribute} says what is, so basis {basis} does not fit: use actual or estimate.",
)
_BASIS_OR_DATE = Template(
    "entry.basis-or-date",
    "{attribute} says what is, so basis {basis} does not fit: use actual or estimate, "
    "or expected_operation for a dated prediction.",
)
_NO_REFERENCE = Template(
    "entry.no-reference",
    "No {what} {key!r} is registered, or it was withdrawn; register it by POST /v1/{what}s.",
)
_SAID_ALREADY = Template(
    "entry.stated-already",
    "Statement {statement_id} says exactly this already; nothing was recorded.",
)
_RETRACTED_ALREADY = Template(
    "entry.retracted-already",
    "Statement {statement_id} is retracted already, in revision {revision}.",
)
_REFERENCES = {ValueType.organization: ORGANIZATIONS, ValueType.site: SITES}


@dataclass(frozen=True, slots=True)
class DraftedStatement:
    """A statement in a draft, with the title of its source."""

    row: Statement
    source_title: str


async def draft_statement(
    draft: Draft,
    subject: tuple[SubjectType, str],
    head: StatementHead,
    content: Any,
    override_reason: str | None = None,
) -> DraftedStatement:
    """Check source, citations and twin of a statement and put its row into the draft."""
    source = await find_row(draft.session, SOURCES, head.source_id)
    if source is None:
        raise BadBodyError.of("#/source_id", _NO_SOURCE(key=head.source_id))
    await _check_citations(draft.session, head)
    digest = statement_digest(subject, head.model_dump(include=set(HEAD), mode="json"), content)
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
    return DraftedStatement(statement, source["title"])


async def append_statement(draft: Draft, drafted: DraftedStatement) -> AnyStatement:
    """Append a draft with one statement, and return the answer for it."""
    return recorded_answer(drafted.row, drafted.source_title, await append(draft))


async def _check_citations(session: Executor, head: StatementHead) -> None:
    missing = await missing_ids(session, SOURCES, set(head.cites or ()))
    for position, cited in enumerate(head.cites or ()):
        if cited in missing:
            raise BadBodyError.of(f"#/cites/{position}", _NO_SOURCE(key=cited))


async def check_values(
    session: Executor, catalogue: Catalogue, basis: Basis, values: Mapping[str, Any]
) -> None:
    """Refuse values that do not fit their attribute or the basis, or name nothing registered."""
    unfit = _BASIS_OR_DATE if "expected_operation" in catalogue else _BASIS
    for name, value in values.items():
        attribute = catalogue[name]
        if value is None and not attribute.clearable:
            raise BadBodyError.of(f"#/values/{name}", _NOT_CLEARABLE(attribute=name))
        if basis not in MEASURED and not attribute.foreseeable:
            raise BadBodyError.of("#/basis", unfit(attribute=name, basis=basis))
    await _check_references(session, catalogue, values)


async def _check_references(
    session: Executor, catalogue: Catalogue, values: Mapping[str, Any]
) -> None:
    for kind, table in _REFERENCES.items():
        named = {name: values[name] for name in catalogue.of_type(kind) if values.get(name)}
        missing = await missing_ids(session, table, set(named.values()))
        for name, key in named.items():
            if key in missing:
                raise BadBodyError.of(f"#/values/{name}", _NO_REFERENCE(what=kind, key=key))


async def _refuse_twin(session: Executor, digest: str) -> None:
    twin = await find_same(session, digest, live_only=True)
    if twin is not None:
        detail = _SAID_ALREADY(statement_id=twin)
        raise DuplicateStatementError(detail, members={"statement_id": twin})


async def retract(writer: Writer, statement_id: str, body: Retraction) -> AnyStatement:
    """Withdraw a statement: it stays readable and stops counting from this revision on."""
    async with revision(writer, body.reason) as draft:
        await get_statement(draft.session, statement_id, draft.number - 1)
        query = select(STATEMENTS).where(STATEMENTS.c.id == statement_id)
        row = (await draft.session.execute(query)).one()
        await _check_place_of(draft, row)
        if row.retracted_in is not None:
            detail = _RETRACTED_ALREADY(statement_id=statement_id, revision=row.retracted_in)
            raise ConflictError(detail)
        draft.retractions[statement_id] = body.reason
        await append(draft)
        await _project_without(draft, row)
        subject = (SubjectType(row.subject_type), row.subject_id)
        statement = await get_statement(draft.session, statement_id, draft.number)
        return await with_dry_run(draft, subject, row.effective_day, statement)


async def _check_place_of(draft: Draft, row: Row[Any]) -> None:
    """Refuse to retract statements about provinces of others; those about documents are free."""
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
    timeline = subject_timeline(subject, map(assertion_of, live), draft.writer.units)
    await check_place(draft, subject, timeline)
    await project_subject(draft.session, subject, timeline, draft.number)


async def state_document(
    writer: Writer, source_id: str, body: DocumentStatementWrite
) -> DocumentStatement:
    """Record what a source says of a policy document."""
    values = body.values.model_dump(exclude_unset=True)
    async with revision(writer, body.reason) as draft:
        await get_source(draft.session, source_id, draft.number - 1)
        await check_values(draft.session, DocumentState.attributes, body.basis, values)
        subject = (SubjectType.source, source_id)
        drafted = await draft_statement(draft, subject, body, encode(values))
        statement = await append_statement(draft, drafted)
        statement = await with_dry_run(draft, subject, drafted.row.effective_day, statement)
        return cast("DocumentStatement", statement)
