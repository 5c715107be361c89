"""Writing sites and projects: registering, stating, withdrawing; the same steps for both."""

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
from app.core.messages import FAULT_AT, SENTENCES, Message, Template
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
from app.entry.statements import append_statement, check_values, draft_statement
from app.ledger.revisions import Draft, Writer, append, revision
from app.ledger.sources import find_row
from app.ledger.statements import live_statements
from app.ledger.tables import Project, Site, Statement
from app.subjects.attributes import UNIT_LEVELS, encode
from app.subjects.definitions import Subject, definition_of
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
_TAKEN = Template(
    "entry.id-taken",
    "A {what} {key!r} is registered already; give another id, or state of it.",
)
_NO_NAME = Template("entry.no-name", "A {what} is registered with its name.")
_NO_PLACE = Template(
    "entry.no-place",
    "A {what} is registered with its province_code, or a district or commune in it.",
)
_NO_ID = Template("entry.no-id", "No id can be made from this name; give one.")
_WITHDRAWN = Template(
    "entry.withdrawn", "The {what} {key!r} was withdrawn in revision {withdrawn_in}."
)
_IF_MATCH = Template(
    "entry.if-match",
    "Read the {what}, and send its ETag as If-Match, so that no change is lost.",
)
_OTHER_KIND = Template(
    "entry.other-kind",
    "{attribute} is an attribute of kind {kinds} only; this is a {kind}.",
)
_NO_EFFECT = Template(
    "entry.no-effect",
    "{attribute} {stated} does not fit the rest of the place, which lies in {known}: "
    "correct it, or leave out what is not known.",
)
_FROM_DAY = Template("entry.from-day", "From {day}: {reason}")
_OVERRIDE = Template("entry.override", "Give override_reason if it is right all the same.")


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
            detail = _TAKEN(what=what, key=subject.id)
            raise ConflictError(detail, errors=[Fault(detail, pointer="#/id")])
        draft.entries.append(_registration(subject, draft.number))
        return await _record(draft, subject, body)


def _registration(subject: Subject, number: int) -> Site | Project:
    if subject.kind is None:
        return Project(id=subject.id, revision=number)
    return Site(id=subject.id, revision=number, kind=subject.kind.value)


def _check_registration(what: SubjectType, values: Mapping[str, Any]) -> None:
    """Refuse to register a site or project without a name and a place."""
    if values.get("name") is None:
        raise BadBodyError.of("#/values/name", _NO_NAME(what=what))
    if not any(values.get(name) for name in UNIT_LEVELS):
        raise BadBodyError.of("#/values/province_code", _NO_PLACE(what=what))


def _made_id(kind: SiteKind | None, name: str) -> str:
    made = slug(without_prefix(name))[:_MOST_ID].rstrip("-")
    if not made:
        raise BadBodyError.of("#/id", _NO_ID())
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
    """Record a change of a site; the client must name the state that it has seen."""
    statement = await _state(writer, SubjectType.site, site_id, body, is_patch=True)
    return cast("SiteStatement", statement)


async def patch_project(
    writer: Writer, project_id: str, body: ProjectStatementWrite
) -> ProjectStatement:
    """Record a change of a project; the client must name the state that it has seen."""
    statement = await _state(writer, SubjectType.project, project_id, body, is_patch=True)
    return cast("ProjectStatement", statement)


async def _state(
    writer: Writer,
    what: SubjectType,
    key: str,
    body: HistoryStatementWrite,
    *,
    is_patch: bool = False,
) -> AnyStatement:
    async with revision(writer, body.reason) as draft:
        subject = await _writable(draft, what, key, is_patch=is_patch)
        return await _record(draft, subject, body)


async def withdraw(
    writer: Writer, what: SubjectType, key: str, body: WithdrawalWrite
) -> Withdrawal:
    """Withdraw a subject that was registered by mistake, from this revision on."""
    async with revision(writer, body.reason) as draft:
        subject = await _writable(draft, what, key)
        await check_place(draft, subject, [])
        draft.withdrawals[subject.type, subject.id] = body.reason
        await append(draft)
        await project_subject(draft.session, subject, [], draft.number)
        answer = Withdrawal(id=key, revision=draft.number, reason=body.reason)
        return await with_dry_run(draft, (what, key), None, answer)


async def _writable(
    draft: Draft, what: SubjectType, key: str, *, is_patch: bool = False
) -> Subject:
    """Return a site or project that may be written to, in the state that the client has seen."""
    row = await check_registered(draft.session, HISTORIES[what], key, draft.number - 1)
    if row.withdrawn_in is not None:
        detail = _WITHDRAWN(what=what, key=key, withdrawn_in=row.withdrawn_in)
        raise WithdrawnError(detail, members={"withdrawn_in": row.withdrawn_in})
    subject = subject_of(what, row)
    await check_known_place(draft, subject)
    precondition = draft.writer.precondition
    if precondition is not None:
        precondition.check(await _last_change(draft, what, key, draft.number - 1))
    elif is_patch:
        detail = _IF_MATCH(what=what)
        raise PreconditionRequiredError(detail, errors=[Fault(detail, parameter="If-Match")])
    return subject


async def _record(draft: Draft, subject: Subject, body: HistoryStatementWrite) -> AnyStatement:
    """Check a statement against everything known of its subject, append it and project."""
    values = body.values.model_dump(exclude_unset=True)
    await _check_values(draft, subject, body, values)
    key = (subject.type, subject.id)
    drafted = await draft_statement(draft, key, body, encode(values), body.override_reason)
    row = drafted.row
    before = [assertion_of(r) for r in await live_statements(draft.session, key, draft.number)]
    new = assertion_of(row)
    timeline = subject_timeline(subject, [*before, new], draft.writer.units)
    await check_place(draft, subject, timeline, (values, row.effective_day))
    _check_effect(timeline, [*before, new], new)
    _refuse_violations(_added(subject, before, timeline, draft.writer.units), row)
    statement = await append_statement(draft, drafted)
    is_changed = await project_subject(draft.session, subject, timeline, draft.number)
    await _note_change(draft, subject, is_changed=is_changed)
    return await with_dry_run(draft, key, row.effective_day, statement)


async def _note_change(draft: Draft, subject: Subject, *, is_changed: bool) -> None:
    """Give the request the revision that changed the subject last; a remark changes nothing."""
    request, number = draft.writer.request, draft.number
    if request is not None:
        changed = number if is_changed else None
        request.changed_in = changed or await _last_change(draft, subject.type, subject.id, number)


async def _last_change(draft: Draft, what: SubjectType, key: str, revision: int) -> int:
    history = HISTORIES[what]
    return await last_change(draft.session, history.versions, history.key, key, revision)


def _added(
    subject: Subject, before: Sequence[Assertion], timeline: Sequence[StatePeriod], units: Units
) -> list[Violation]:
    """Return the violations of a timeline that it did not have before the write."""
    machine = definition_of(subject).state_machine
    now = violations(timeline, machine) + moves(timeline, units)
    if not now:
        return []
    old = subject_timeline(subject, before, units)
    return new_violations(violations(old, machine) + moves(old, units), now)


async def _check_values(
    draft: Draft, subject: Subject, body: HistoryStatementWrite, values: Mapping[str, Any]
) -> None:
    catalogue = definition_of(subject).attributes
    for name in values:
        kinds = catalogue[name].kinds
        if kinds and subject.kind not in kinds:
            listed = ", ".join(sorted(kinds))
            detail = _OTHER_KIND(attribute=name, kinds=listed, kind=subject.kind)
            raise BadBodyError.of(f"#/values/{name}", detail)
    _check_geometry(values.get("geometry"))
    _check_units(values, PartialDate.parse(body.effective_from).first_day, draft.writer.units)
    await check_values(draft.session, catalogue, body.basis, values)


def _check_geometry(geometry: Mapping[str, Any] | None) -> None:
    faults = geometry_faults(geometry) if geometry else []
    if faults:
        errors = [Fault(f.detail, pointer=f"#/values/geometry{f.pointer}") for f in faults]
        first = tuple(FAULT_AT(place=f.pointer, fault=f.detail) for f in errors[:5])
        raise BadBodyError(SENTENCES(sentences=first), errors=errors)


def _check_units(values: Mapping[str, Any], day: date, units: Units) -> None:
    for name, level in UNIT_LEVELS.items():
        code = values.get(name)
        if code is not None and units.at(level, code, day) is None:
            refuse_unit(units, level, code, day, f"#/values/{name}")


def _check_effect(
    timeline: Sequence[StatePeriod], statements: Sequence[Assertion], new: Assertion
) -> None:
    """Refuse a place without effect: it contradicts itself, or a weightier source."""
    state = state_on(timeline, new.effective_day)
    decided = deciding(statements, new.effective_day)
    for name in UNIT_LEVELS:
        stated = new.values.get(name)
        known = state.values.get(name) if state else None
        if stated is not None and decided[name] is new and known != stated:
            detail = _NO_EFFECT(attribute=name, stated=stated, known=known)
            raise BadBodyError.of(f"#/values/{name}", detail)


def _refuse_violations(added: Sequence[Violation], row: Statement) -> None:
    impossible = [v for v in added if not v.possible]
    if impossible:
        detail = SENTENCES(sentences=tuple(map(_from_day, impossible)))
        raise ImpossibleStateError(detail, errors=_faults(impossible, row))
    if added and row.override_reason is None:
        detail = SENTENCES(sentences=(*map(_from_day, added), _OVERRIDE()))
        raise IrregularChangeError(detail, errors=_faults(added, row))


def _from_day(violation: Violation) -> Message:
    return _FROM_DAY(day=violation.day, reason=violation.reason)


def _faults(added: Sequence[Violation], row: Statement) -> list[Fault]:
    """Point to the member at fault, or to all where the fault lies with what is known already."""
    return [
        Fault(
            _from_day(v),
            pointer=f"#/values/{v.attribute}" if v.attribute in row.content else "#/values",
        )
        for v in added
    ]
