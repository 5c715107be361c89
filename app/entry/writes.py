"""Writes of one thing each: a bulk of one, whose answer is what was recorded."""

from app.core.errors import BadBodyError, BadParameterError
from app.core.messages import Template
from app.core.vocabulary import (
    HISTORIC,
    ChangeSubjectType,
    SiteKind,
    SubjectType,
)
from app.entry.checks import check_registration, made_id
from app.entry.dry_run import with_dry_run
from app.entry.items import (
    Correcting,
    Registering,
    Retracting,
    Stating,
    Withdrawing,
    stated_values,
    stating,
)
from app.entry.known import Key
from app.entry.recording import recording
from app.entry.replacements import Replacement
from app.entry.schemas import (
    Merged,
    Retraction,
    StatementAnswer,
    StatementHead,
    SubjectRegistration,
    Withdrawal,
)
from app.entry.statement_queries import get_statement, subject_of
from app.ledger.revisions import Writer
from app.ledger.schemas import (
    CorrectionQuery,
    EntryWithdrawal,
    Organization,
    OrganizationMerge,
    OrganizationPatch,
    OrganizationRegistration,
    Source,
    SourcePatch,
    SourceRegistration,
)
from app.ledger.sources import get_organization, get_source
from app.ledger.tables import CorrectionType
from app.subjects.schemas import WithdrawalWrite

_EMPTY = Template("entry.empty-patch", "The patch is empty: give the members that change.")
_OTHER_SUBJECT = Template(
    "entry.replaces-other-subject",
    "Statement {statement_id} is about the {what} {key!r}, and so is what replaces it: "
    "write {what}.",
)
_NO_STATE = Template(
    "entry.no-state",
    "Statements about a {what} make no state that If-Match can name: leave it out.",
)


async def register_source(writer: Writer, body: SourceRegistration) -> Source:
    """Register a document; its id must be new."""
    async with recording(writer, [Registering(ChangeSubjectType.source, body)]) as done:
        return await get_source(done.session, body.id, done.number)


async def register_organization(writer: Writer, body: OrganizationRegistration) -> Organization:
    """Register an organization; its id must be new."""
    async with recording(writer, [Registering(ChangeSubjectType.organization, body)]) as done:
        return await get_organization(done.session, body.id, done.number)


async def register(writer: Writer, what: SubjectType, body: SubjectRegistration) -> StatementAnswer:
    """Register a subject with the first statement about it; return that statement."""
    return await _state(writer, registering(what, body))


async def correct_source(
    writer: Writer, key: str, patch: SourcePatch, query: CorrectionQuery
) -> Source:
    """Correct the entry of a document; return it as it reads from now on."""
    item = _correcting((ChangeSubjectType.source, key), patch, query)
    async with recording(writer, [item], query.reason) as done:
        return await get_source(done.session, key, done.number)


async def correct_organization(
    writer: Writer, key: str, patch: OrganizationPatch, query: CorrectionQuery
) -> Organization:
    """Correct the entry of an organization; return it as it reads from now on."""
    item = _correcting((ChangeSubjectType.organization, key), patch, query)
    async with recording(writer, [item], query.reason) as done:
        return await get_organization(done.session, key, done.number)


def _correcting(
    named: Key, patch: SourcePatch | OrganizationPatch, query: CorrectionQuery
) -> Correcting:
    if not patch.model_fields_set:
        raise BadBodyError.of("#", _EMPTY())
    amended = patch.model_dump(mode="json", include=patch.model_fields_set)
    why = query.override_reason
    return Correcting(named, CorrectionType.corrected, amended, override_reason=why)


async def merge_organization(writer: Writer, key: str, body: OrganizationMerge) -> Merged:
    """Let an organization that was registered twice count as the other from this revision on."""
    named = (ChangeSubjectType.organization, key)
    item = Correcting(named, CorrectionType.merged, into=body.into)
    async with recording(writer, [item], body.reason) as done:
        answer = Merged(id=key, into=body.into, revision=done.number, reason=body.reason)
        return await with_dry_run(done, [(one, None) for one in done.plan.lives.by_subject], answer)


async def withdraw_entry(
    writer: Writer, what: ChangeSubjectType, key: str, body: EntryWithdrawal
) -> Withdrawal:
    """Withdraw a source or an organization that nothing refers to, from this revision on."""
    item = Correcting((what, key), CorrectionType.withdrawn)
    async with recording(writer, [item], body.reason) as done:
        answer = Withdrawal(id=key, revision=done.number, reason=body.reason)
        return await with_dry_run(done, [], answer)


def registering(what: SubjectType, body: SubjectRegistration, place: str = "#") -> Stating:
    """Return the first statement about a subject, which registers it."""
    values = stated_values(body.values)
    check_registration(what, values)
    kind: SiteKind | None = getattr(body, "kind", None)
    key = body.id or made_id(what, kind, values["name"])
    is_made = body.id is None
    return stating(what, key, body, registers=True, kind=kind, is_made=is_made, place=place)


async def state(
    writer: Writer, what: SubjectType, key: str, body: StatementHead, *, is_patch: bool = False
) -> StatementAnswer:
    """Record what a source says of a subject.

    With a patch the client must name the state that it has seen.
    """
    return await _state(writer, stating(what, key, body, is_patch=is_patch))


async def _state(writer: Writer, item: Stating) -> StatementAnswer:
    async with recording(writer, [item], item.head.reason) as done:
        about = done.plan.about(done.plan.items[0])
        replaced = done.plan.known.statements.get(item.replaces or "")
        day = min(item.day, replaced.effective_day) if replaced else item.day
        return await with_dry_run(done, [(about, day)], done.statement())


async def retract(writer: Writer, statement_id: str, body: Retraction) -> StatementAnswer:
    """Withdraw a statement: it stays readable and stops counting from this revision on."""
    item = Retracting(statement_id, body.reason, override_reason=body.override_reason)
    async with recording(writer, [item], body.reason) as done:
        statement = await get_statement(done.session, statement_id, done.number)
        row = done.plan.known.statements[statement_id]
        subject = (row.subject_type, row.subject_id)
        return await with_dry_run(done, [(subject, row.effective_day)], statement)


async def replace(writer: Writer, statement_id: str, body: Replacement) -> StatementAnswer:
    """Retract a statement and record another in its place, which has its rank."""
    async with writer.database.read() as connection:
        what, key = await subject_of(connection, statement_id)
    stated = getattr(body.root, "subject_type")  # noqa: B009 (each of the union has it)
    if stated != what:
        detail = _OTHER_SUBJECT(statement_id=statement_id, what=what, key=key)
        raise BadBodyError.of("#/subject_type", detail)
    if writer.precondition is not None and what not in HISTORIC:
        raise BadParameterError.of("If-Match", _NO_STATE(what=what))
    return await _state(writer, stating(what, key, body.root, replaces=statement_id))


async def withdraw(
    writer: Writer, what: SubjectType, key: str, body: WithdrawalWrite
) -> Withdrawal:
    """Withdraw a subject that was registered by mistake, from this revision on."""
    item = Withdrawing((what, key), body.reason)
    async with recording(writer, [item], body.reason) as done:
        answer = Withdrawal(id=key, revision=done.number, reason=body.reason)
        return await with_dry_run(done, [(item.subject, None)], answer)
