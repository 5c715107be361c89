"""Writes of one thing each: a bulk of one, whose answer is what was recorded."""

from typing import cast

from app.core.vocabulary import ChangeSubjectType, SiteKind, SubjectType
from app.entry.checks import check_registration, made_id
from app.entry.dry_run import with_dry_run
from app.entry.items import Registering, Retracting, Stating, Withdrawing, stated_values, stating
from app.entry.recording import recording
from app.entry.schemas import (
    AnyStatement,
    DocumentStatement,
    DocumentStatementWrite,
    ProjectRegistration,
    ProjectStatement,
    ProjectStatementWrite,
    ProvinceStatement,
    ProvinceStatementWrite,
    Retraction,
    SiteRegistration,
    SiteStatement,
    SiteStatementWrite,
    Withdrawal,
)
from app.entry.statement_queries import get_statement
from app.ledger.revisions import Writer
from app.ledger.schemas import Organization, OrganizationRegistration, Source, SourceRegistration
from app.ledger.sources import get_organization, get_source
from app.subjects.schemas import WithdrawalWrite


async def register_source(writer: Writer, body: SourceRegistration) -> Source:
    """Register a document; its id must be new."""
    async with recording(writer, [Registering(ChangeSubjectType.source, body)]) as done:
        return await get_source(done.session, body.id, done.number)


async def register_organization(writer: Writer, body: OrganizationRegistration) -> Organization:
    """Register an organization; its id must be new."""
    async with recording(writer, [Registering(ChangeSubjectType.organization, body)]) as done:
        return await get_organization(done.session, body.id, done.number)


async def register_site(writer: Writer, body: SiteRegistration) -> SiteStatement:
    """Register a site with the first statement about it; return that statement."""
    statement = await _state(writer, registering(SubjectType.site, body))
    return cast("SiteStatement", statement)


async def register_project(writer: Writer, body: ProjectRegistration) -> ProjectStatement:
    """Register a project with the first statement about it; return that statement."""
    statement = await _state(writer, registering(SubjectType.project, body))
    return cast("ProjectStatement", statement)


def registering(
    what: SubjectType, body: SiteRegistration | ProjectRegistration, place: str = "#"
) -> Stating:
    """Return the first statement about a site or project, which registers it."""
    values = stated_values(body.values)
    check_registration(what, values)
    kind: SiteKind | None = getattr(body, "kind", None)
    key = body.id or made_id(kind, values["name"])
    return stating(what, key, body, registers=True, kind=kind, place=place)


async def state_site(writer: Writer, site_id: str, body: SiteStatementWrite) -> SiteStatement:
    """Record what a source says of a site."""
    statement = await _state(writer, stating(SubjectType.site, site_id, body))
    return cast("SiteStatement", statement)


async def state_project(
    writer: Writer, project_id: str, body: ProjectStatementWrite
) -> ProjectStatement:
    """Record what a source says of a project."""
    statement = await _state(writer, stating(SubjectType.project, project_id, body))
    return cast("ProjectStatement", statement)


async def patch_site(writer: Writer, site_id: str, body: SiteStatementWrite) -> SiteStatement:
    """Record a change of a site; the client must name the state that it has seen."""
    statement = await _state(writer, stating(SubjectType.site, site_id, body, is_patch=True))
    return cast("SiteStatement", statement)


async def patch_project(
    writer: Writer, project_id: str, body: ProjectStatementWrite
) -> ProjectStatement:
    """Record a change of a project; the client must name the state that it has seen."""
    statement = await _state(writer, stating(SubjectType.project, project_id, body, is_patch=True))
    return cast("ProjectStatement", statement)


async def state_document(
    writer: Writer, source_id: str, body: DocumentStatementWrite
) -> DocumentStatement:
    """Record what a source says of a policy document."""
    statement = await _state(writer, stating(SubjectType.source, source_id, body))
    return cast("DocumentStatement", statement)


async def state_province(
    writer: Writer, code: str, body: ProvinceStatementWrite
) -> ProvinceStatement:
    """Record what a source says of a province."""
    statement = await _state(writer, stating(SubjectType.province, code, body))
    return cast("ProvinceStatement", statement)


async def _state(writer: Writer, item: Stating) -> AnyStatement:
    async with recording(writer, [item], item.head.reason) as done:
        return await with_dry_run(done, [(item.subject, item.day)], done.statement())


async def retract(writer: Writer, statement_id: str, body: Retraction) -> AnyStatement:
    """Withdraw a statement: it stays readable and stops counting from this revision on."""
    async with recording(writer, [Retracting(statement_id, body.reason)], body.reason) as done:
        statement = await get_statement(done.session, statement_id, done.number)
        row = done.plan.known.statements[statement_id]
        subject = (row.subject_type, row.subject_id)
        return await with_dry_run(done, [(subject, row.effective_day)], statement)


async def withdraw(
    writer: Writer, what: SubjectType, key: str, body: WithdrawalWrite
) -> Withdrawal:
    """Withdraw a subject that was registered by mistake, from this revision on."""
    item = Withdrawing((what, key), body.reason)
    async with recording(writer, [item], body.reason) as done:
        answer = Withdrawal(id=key, revision=done.number, reason=body.reason)
        return await with_dry_run(done, [(item.subject, None)], answer)
