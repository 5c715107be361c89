"""Writing sites: registering, stating, patching, withdrawing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.attributes import BY_NAME, ORGANIZATION_ATTRIBUTES, UNIT_LEVELS, encode
from app.domain.observations import MEASURED
from app.domain.partial_dates import PartialDate
from app.domain.site_timeline import Site, site_timeline, state_on
from app.domain.timeline import Piece, Said, deciding
from app.domain.transitions import Violation, moves, new_violations, violations
from app.domain.units import Units
from app.domain.vietnamese import slug, without_prefix
from app.domain.vocabulary import SiteKind, SubjectType
from app.errors import (
    BadBodyError,
    ConflictError,
    Fault,
    ImpossibleStateError,
    IrregularChangeError,
    WithdrawnError,
)
from app.models import Site as SiteRow
from app.models import Statement
from app.repositories.registers import find_row, missing_ids
from app.repositories.sites import check_registered
from app.repositories.statements import get_statement, live_statements, said
from app.repositories.tables import ORGANIZATIONS, SITES
from app.schemas.site_statements import SiteRegistration, SiteStatementWrite
from app.schemas.sites import SiteWithdrawal, Withdrawal
from app.schemas.statements import Statement as StatementAnswer
from app.services.ledger import Draft, Writer, append, revision
from app.services.projection import project_site
from app.services.statements import draft_statement
from app.services.units import refuse_unit

_ID_PREFIX = {SiteKind.zone: "kcn", SiteKind.cluster: "ccn", SiteKind.craft_village: "lang-nghe"}
_MOST_ID = 80


async def register_site(writer: Writer, body: SiteRegistration) -> StatementAnswer:
    """Register a site with the first statement about it; return that statement."""
    _check_registration(body)
    site = Site(body.id or _made_id(body), body.kind)
    async with revision(writer, body.reason) as draft:
        if await find_row(draft.session, SITES, site.id):
            detail = f"A site {site.id!r} is registered already; give another id, or state of it."
            raise ConflictError(detail, errors=[Fault(detail, pointer="#/id")])
        row = SiteRow(id=site.id, revision=draft.number, kind=site.kind.value)
        draft.entries.append(row)
        return await _record(draft, site, body)


def _check_registration(body: SiteRegistration) -> None:
    """A site begins with a name and a place."""
    values = body.values
    if values.name is None:
        raise BadBodyError.of("#/values/name", "A site is registered with its name.")
    if not (values.province_code or values.district_code or values.commune_code):
        detail = "A site is registered with its province_code, or a district or commune in it."
        raise BadBodyError.of("#/values/province_code", detail)


def _made_id(body: SiteRegistration) -> str:
    name = slug(without_prefix(body.values.name or ""))[:_MOST_ID].rstrip("-")
    if not name:
        raise BadBodyError.of("#/id", "No id can be made from this name; give one.")
    return f"{_ID_PREFIX[body.kind]}-{name}"


async def state_site(writer: Writer, site_id: str, body: SiteStatementWrite) -> StatementAnswer:
    """Record what a source says of a site."""
    async with revision(writer, body.reason) as draft:
        site = await registered_site(draft.session, site_id, draft.number)
        return await _record(draft, site, body)


async def withdraw_site(writer: Writer, site_id: str, body: Withdrawal) -> SiteWithdrawal:
    """Take a site that was registered by mistake out of the register, from this revision on."""
    async with revision(writer, body.reason) as draft:
        site = await registered_site(draft.session, site_id, draft.number)
        draft.withdrawals[site_id] = body.reason
        await append(draft)
        await project_site(draft.session, site, [], draft.number)
        return SiteWithdrawal(id=site_id, revision=draft.number, reason=body.reason)


async def registered_site(session: AsyncSession, site_id: str, number: int) -> Site:
    """Return a site that can be written to."""
    row = await check_registered(session, site_id, number - 1)
    if row.withdrawn_in is not None:
        detail = f"Site {site_id!r} was withdrawn in revision {row.withdrawn_in}."
        raise WithdrawnError(detail, members={"withdrawn_in": row.withdrawn_in})
    return Site(row.id, SiteKind(row.kind))


async def _record(draft: Draft, site: Site, body: SiteStatementWrite) -> StatementAnswer:
    """Check a statement against everything known of the site, append it and project."""
    values = body.values.model_dump(exclude_unset=True)
    await _check_values(draft, body, values)
    subject = (SubjectType.site, site.id)
    row = await draft_statement(draft, subject, body, encode(values), body.override_reason)
    before = [said(r) for r in await live_statements(draft.session, subject, draft.number)]
    timeline = _checked_timeline(draft, site, before, row)
    await append(draft)
    await project_site(draft.session, site, timeline, draft.number)
    return await get_statement(draft.session, row.id, draft.number)


def _checked_timeline(
    draft: Draft, site: Site, before: Sequence[Said], row: Statement
) -> list[Piece]:
    units = draft.writer.units
    new = said(row)
    timeline = site_timeline(site, [*before, new], units)
    _check_place(timeline, [*before, new], new)
    old = site_timeline(site, before, units)
    was, now = (violations(known) + moves(known, units) for known in (old, timeline))
    _refuse_violations(new_violations(was, now), row)
    return timeline


async def _check_values(draft: Draft, body: SiteStatementWrite, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        attribute = BY_NAME[name]
        if value is None and not attribute.clearable:
            raise BadBodyError.of(f"#/values/{name}", f"{name} cannot be cleared, only restated.")
        if body.basis not in MEASURED and not attribute.foreseeable:
            detail = (
                f"{name} says what is, so basis {body.basis} does not fit: use actual or estimate, "
                "or expected_operation for a dated prediction."
            )
            raise BadBodyError.of("#/basis", detail)
    _check_units(values, PartialDate.parse(body.effective_from).first_day, draft.writer.units)
    await _check_organizations(draft.session, values)


def _check_units(values: Mapping[str, Any], day: date, units: Units) -> None:
    for name, level in UNIT_LEVELS.items():
        code = values.get(name)
        if code is not None and units.at(level, code, day) is None:
            refuse_unit(units, level, code, day, f"#/values/{name}")


async def _check_organizations(session: AsyncSession, values: Mapping[str, Any]) -> None:
    named = {name: values[name] for name in ORGANIZATION_ATTRIBUTES if values.get(name)}
    missing = await missing_ids(session, ORGANIZATIONS, set(named.values()))
    for name, organization in named.items():
        if organization in missing:
            detail = (
                f"No organization {organization!r} is registered; "
                "register it by POST /v1/organizations."
            )
            raise BadBodyError.of(f"#/values/{name}", detail)


def _check_place(timeline: Sequence[Piece], statements: Sequence[Said], new: Said) -> None:
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
