"""Writing sites and projects: registering, stating, withdrawing; the same course for both."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from app.core.dates import PartialDate
from app.core.errors import (
    BadBodyError,
    ConflictError,
    Fault,
    ImpossibleStateError,
    IrregularChangeError,
    PreconditionRequiredError,
    WithdrawnError,
)
from app.core.vietnamese import slug, without_prefix
from app.core.vocabulary import SiteKind, SubjectType
from app.entry.dry_run import with_dry_run
from app.entry.rights import check_known_place, check_place
from app.entry.schemas import (
    AnyStatement,
    HistoryStatementWrite,
    ProjectRegistration,
    ProjectStatement,
    ProjectStatementWrite,
    SiteRegistration,
    SiteStatement,
    SiteStatementWrite,
    Withdrawal,
)
from app.entry.statement_queries import get_statement
from app.entry.statements import check_values, draft_statement
from app.ledger.revisions import Draft, Writer, append, revision
from app.ledger.sources import find_row
from app.ledger.statements import live_statements
from app.ledger.tables import Project, Site, Statement
from app.subjects.attributes import UNIT_LEVELS, encode
from app.subjects.declarations import Subject, rules_of
from app.subjects.fold import Assertion, StatePeriod, deciding
from app.subjects.geometry_faults import geometry_faults
from app.subjects.histories import HISTORIES, check_registered, last_change, subject_of
from app.subjects.projection import assertion_of, project_subject
from app.subjects.schemas import WithdrawalWrite
from app.subjects.state_machine import Violation, moves, new_violations, violations
from app.subjects.timeline import state_on, subject_timeline
from app.units.provinces import refuse_unit
from app.units.units import Units

_ID_PREFIX = {
    SiteKind.zone: "kcn",
    SiteKind.cluster: "ccn",
    SiteKind.craft_village: "lang-nghe",
    None: "du-an",
}
_MOST_ID = 80


async def register_site(writer: Writer, body: SiteRegistration) -> SiteStatement:
    """Register a site with the first statement about it; return that statement."""
    statement = await _register(writer, SubjectType.site, body, body.id, body.kind)
    return cast("SiteStatement", statement)


async def register_project(writer: Writer, body: ProjectRegistration) -> ProjectStatement:
    """Register a project with the first statement about it; return that statement."""
    statement = await _register(writer, SubjectType.project, body, body.id)
    return cast("ProjectStatement", statement)


async def _register(
    writer: Writer,
    what: SubjectType,
    body: HistoryStatementWrite,
    wanted_id: str | None,
    kind: SiteKind | None = None,
) -> AnyStatement:
    values = body.values.model_dump(exclude_unset=True)
    _check_registration(what, values)
    subject = Subject(what, wanted_id or _made_id(kind, values["name"]), kind)
    async with revision(writer, body.reason) as draft:
        if await find_row(draft.session, HISTORIES[what].registrations, subject.id):
            detail = (
                f"A {what} {subject.id!r} is registered already; give another id, or state of it."
            )
            raise ConflictError(detail, errors=[Fault(detail, pointer="#/id")])
        draft.entries.append(_registration(subject, draft.number))
        return await _record(draft, subject, body)


def _registration(subject: Subject, number: int) -> Site | Project:
    if subject.kind is None:
        return Project(id=subject.id, revision=number)
    return Site(id=subject.id, revision=number, kind=subject.kind.value)


def _check_registration(what: SubjectType, values: Mapping[str, Any]) -> None:
    """A site or project begins with a name and a place."""
    if values.get("name") is None:
        raise BadBodyError.of("#/values/name", f"A {what} is registered with its name.")
    if not any(values.get(name) for name in UNIT_LEVELS):
        detail = f"A {what} is registered with its province_code, or a district or commune in it."
        raise BadBodyError.of("#/values/province_code", detail)


def _made_id(kind: SiteKind | None, name: str) -> str:
    made = slug(without_prefix(name))[:_MOST_ID].rstrip("-")
    if not made:
        raise BadBodyError.of("#/id", "No id can be made from this name; give one.")
    return f"{_ID_PREFIX[kind]}-{made}"


async def state_site(writer: Writer, site_id: str, body: SiteStatementWrite) -> SiteStatement:
    """Record what a source says of a site."""
    statement = await _state(writer, SubjectType.site, site_id, body)
    return cast("SiteStatement", statement)


async def state_project(
    writer: Writer, project_id: str, body: ProjectStatementWrite
) -> ProjectStatement:
    """Record what a source says of a project."""
    statement = await _state(writer, SubjectType.project, project_id, body)
    return cast("ProjectStatement", statement)


async def patch_site(writer: Writer, site_id: str, body: SiteStatementWrite) -> SiteStatement:
    """Record what replaces something of a site; the client says which state it has seen."""
    statement = await _state(writer, SubjectType.site, site_id, body, is_replaced=True)
    return cast("SiteStatement", statement)


async def patch_project(
    writer: Writer, project_id: str, body: ProjectStatementWrite
) -> ProjectStatement:
    """Record what replaces something of a project; the client says which state it has seen."""
    statement = await _state(writer, SubjectType.project, project_id, body, is_replaced=True)
    return cast("ProjectStatement", statement)


async def _state(
    writer: Writer,
    what: SubjectType,
    key: str,
    body: HistoryStatementWrite,
    *,
    is_replaced: bool = False,
) -> AnyStatement:
    async with revision(writer, body.reason) as draft:
        subject = await _seen(draft, what, key, is_replaced=is_replaced)
        return await _record(draft, subject, body)


async def withdraw(
    writer: Writer, what: SubjectType, key: str, body: WithdrawalWrite
) -> Withdrawal:
    """Take what was registered by mistake out of the register, from this revision on."""
    async with revision(writer, body.reason) as draft:
        subject = await _seen(draft, what, key)
        await check_place(draft, subject, [])
        draft.withdrawals[subject.type, subject.id] = body.reason
        await append(draft)
        await project_subject(draft.session, subject, [], draft.number)
        answer = Withdrawal(id=key, revision=draft.number, reason=body.reason)
        return await with_dry_run(draft, (what, key), None, answer)


async def _seen(draft: Draft, what: SubjectType, key: str, *, is_replaced: bool = False) -> Subject:
    """Return a site or project that can be written to, in the state that the client has seen."""
    row = await check_registered(draft.session, HISTORIES[what], key, draft.number - 1)
    if row.withdrawn_in is not None:
        detail = f"{what.capitalize()} {key!r} was withdrawn in revision {row.withdrawn_in}."
        raise WithdrawnError(detail, members={"withdrawn_in": row.withdrawn_in})
    subject = subject_of(what, row)
    await check_known_place(draft, subject)
    precondition = draft.writer.precondition
    if precondition is not None:
        precondition.check(await _last_change(draft, what, key, draft.number - 1))
    elif is_replaced:
        detail = f"Read the {what}, and send its ETag as If-Match, so that no change is lost."
        raise PreconditionRequiredError(detail, errors=[Fault(detail, parameter="If-Match")])
    return subject


async def _record(draft: Draft, subject: Subject, body: HistoryStatementWrite) -> AnyStatement:
    """Check a statement against everything known of its subject, append it and project."""
    values = body.values.model_dump(exclude_unset=True)
    await _check_values(draft, subject, body, values)
    key = (subject.type, subject.id)
    row = await draft_statement(draft, key, body, encode(values), body.override_reason)
    before = [assertion_of(r) for r in await live_statements(draft.session, key, draft.number)]
    timeline = subject_timeline(subject, [*before, assertion_of(row)], draft.writer.units)
    await check_place(draft, subject, timeline, (values, row.effective_day))
    _check_timeline(draft, subject, before, row, timeline)
    await append(draft)
    await project_subject(draft.session, subject, timeline, draft.number)
    await _tell_change(draft, subject)
    statement = await get_statement(draft.session, row.id, draft.number)
    return await with_dry_run(draft, key, row.effective_day, statement)


async def _tell_change(draft: Draft, subject: Subject) -> None:
    """Tell the request which revision changed the subject last; a remark changes nothing."""
    request = draft.writer.request
    if request is not None:
        request.changed_in = await _last_change(draft, subject.type, subject.id, draft.number)


async def _last_change(draft: Draft, what: SubjectType, key: str, revision: int) -> int:
    history = HISTORIES[what]
    return await last_change(draft.session, history.versions, history.key, key, revision)


def _check_timeline(
    draft: Draft,
    subject: Subject,
    before: Sequence[Assertion],
    row: Statement,
    timeline: Sequence[StatePeriod],
) -> None:
    units, course = draft.writer.units, rules_of(subject).course
    new = assertion_of(row)
    _check_effect(timeline, [*before, new], new)
    old = subject_timeline(subject, before, units)
    was, now = (violations(known, course) + moves(known, units) for known in (old, timeline))
    _refuse_violations(new_violations(was, now), row)


async def _check_values(
    draft: Draft, subject: Subject, body: HistoryStatementWrite, values: Mapping[str, Any]
) -> None:
    catalogue = rules_of(subject).attributes
    for name in values:
        kinds = catalogue[name].kinds
        if kinds and subject.kind not in kinds:
            listed = ", ".join(sorted(kinds))
            detail = f"{name} is an attribute of kind {listed} only; this is a {subject.kind}."
            raise BadBodyError.of(f"#/values/{name}", detail)
    _check_geometry(values.get("geometry"))
    _check_units(values, PartialDate.parse(body.effective_from).first_day, draft.writer.units)
    await check_values(draft.session, catalogue, body.basis, values)


def _check_geometry(geometry: Mapping[str, Any] | None) -> None:
    found = geometry_faults(geometry) if geometry else []
    if found:
        errors = [Fault(f.detail, pointer=f"#/values/geometry{f.pointer}") for f in found]
        raise BadBodyError(" ".join(f"{f.pointer}: {f.detail}" for f in errors[:5]), errors=errors)


def _check_units(values: Mapping[str, Any], day: date, units: Units) -> None:
    for name, level in UNIT_LEVELS.items():
        code = values.get(name)
        if code is not None and units.at(level, code, day) is None:
            refuse_unit(units, level, code, day, f"#/values/{name}")


def _check_effect(
    timeline: Sequence[StatePeriod], statements: Sequence[Assertion], new: Assertion
) -> None:
    """Refuse a place that has no effect: it contradicts itself, or a weightier source."""
    state = state_on(timeline, new.effective_day)
    decided = deciding(statements, new.effective_day)
    for name in UNIT_LEVELS:
        stated = new.values.get(name)
        found = state.values.get(name) if state else None
        if stated is not None and decided[name] is new and found != stated:
            detail = (
                f"{name} {stated} does not fit the rest of the place, which lies in {found}: "
                "correct it, or leave out what is not known."
            )
            raise BadBodyError.of(f"#/values/{name}", detail)


def _refuse_violations(found: Sequence[Violation], row: Statement) -> None:
    impossible = [v for v in found if not v.possible]
    if impossible:
        raise ImpossibleStateError(_sentence(impossible), errors=_faults(impossible, row))
    if found and row.override_reason is None:
        hint = " Give override_reason if it is right all the same."
        raise IrregularChangeError(_sentence(found) + hint, errors=_faults(found, row))


def _sentence(found: Sequence[Violation]) -> str:
    return " ".join(f"From {v.day}: {v.reason}" for v in found)


def _faults(found: Sequence[Violation], row: Statement) -> list[Fault]:
    """Point to the member at fault, or to all where the fault lies with what is known already."""
    return [
        Fault(
            f"From {v.day}: {v.reason}",
            pointer=f"#/values/{v.attribute}" if v.attribute in row.content else "#/values",
        )
        for v in found
    ]
