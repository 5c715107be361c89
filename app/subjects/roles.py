"""The roles of organizations in sites, projects and documents, derived from statements."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from pydantic import Field
from sqlalchemy import literal, or_, select

from app.core.dates import PartialDate
from app.core.numbers import Whole
from app.core.types import Answer
from app.core.vocabulary import OrganizationRole, SubjectType
from app.database.connections import AnyRow, Executor
from app.ledger.entries import (
    ENTRIES,
    HAS_MERGES,
    Kept,
    is_present,
    kept_at,
    leading_to,
    source_at,
)
from app.ledger.tables import SOURCES, STATEMENTS
from app.subjects.attributes import text_of
from app.subjects.fold import FOREVER, StatePeriod, fold
from app.subjects.histories import PROJECT_HISTORY, SITE_HISTORY, History
from app.subjects.projection import assertion_of


class Role(Answer):
    """The role of an organization in a site, a project or a document, over one interval of days."""

    role: OrganizationRole
    subject_type: SubjectType
    subject_id: str
    subject_name: str | None
    valid_from: date | None = Field(
        description="First day; null for the issuer of an undated document."
    )
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")


class RoleList(Answer):
    """The roles of an organization, by role, subject and time."""

    items: list[Role]
    next_cursor: str | None
    revision: Whole


_SOURCES = ENTRIES["source"]
_ROLES = (
    (SITE_HISTORY, "investor", OrganizationRole.infrastructure_developer),
    (SITE_HISTORY, "managing_body", OrganizationRole.managing_body),
    (PROJECT_HISTORY, "investor", OrganizationRole.project_investor),
)


async def list_roles(
    connection: Executor, organization: str, as_of: date | None, revision: int
) -> list[Role]:
    """Return the roles of an organization as known at a revision; those of one day, if given."""
    found = [
        role
        for history, attribute, what in _ROLES
        for role in await _held(connection, history, attribute, what, organization, revision)
    ]
    found += await _issued(connection, organization, revision)
    found += await _approved(connection, organization, revision)
    return [role for role in found if as_of is None or _holds_on(role, as_of)]


def _holds_on(role: Role, day: date) -> bool:
    return (role.valid_from or day) <= day < (role.valid_to or FOREVER)


async def _held(
    connection: Executor,
    history: History,
    attribute: str,
    what: OrganizationRole,
    organization: str,
    revision: int,
) -> list[Role]:
    """Return the intervals over which versions name the organization, neighbours joined."""
    columns = history.versions.c
    query = (
        select(history.id.label("id"), columns.name, columns.valid_from, columns.valid_to)
        .where(
            columns[attribute] == organization,
            columns.known_from <= revision,
            columns.known_to > revision,
        )
        .order_by(history.id, columns.valid_from)
    )
    rows = (await connection.execute(query)).all()
    return [
        _role(what, (history.type, key), period)
        for key, versions in groupby(rows, key=lambda row: str(row.id))
        for period in _joined(
            StatePeriod(row.valid_from, row.valid_to, {"name": row.name}) for row in versions
        )
    ]


def _role(what: OrganizationRole, about: tuple[SubjectType, str], period: StatePeriod) -> Role:
    return Role(
        role=what,
        subject_type=about[0],
        subject_id=about[1],
        subject_name=text_of(period.values, "name"),
        valid_from=period.valid_from,
        valid_to=None if period.valid_to == FOREVER else period.valid_to,
    )


def _joined(periods: Iterable[StatePeriod]) -> list[StatePeriod]:
    """Join periods that follow each other without a gap; the latest name is the one shown."""
    joined: list[StatePeriod] = []
    for period in periods:
        if joined and joined[-1].valid_to == period.valid_from:
            joined[-1] = StatePeriod(joined[-1].valid_from, period.valid_to, period.values)
        else:
            joined.append(period)
    return joined


async def _issued(connection: Executor, organization: str, revision: int) -> list[Role]:
    columns = _SOURCES.selected_columns
    issuer = columns.issuer_id
    is_of = or_(issuer == organization, issuer.in_(leading_to(organization, revision)))
    query = (
        _SOURCES.where(is_present(_SOURCES))
        .where(is_of)
        .order_by(columns.id)
        .params(revision=revision)
    )
    return [
        Role(
            role=OrganizationRole.issuer,
            subject_type=SubjectType.source,
            subject_id=row.id,
            subject_name=row.title,
            valid_from=PartialDate.parse(row.published_on).first_day if row.published_on else None,
            valid_to=None,
        )
        for row in (await connection.execute(query)).all()
    ]


async def _approved(connection: Executor, organization: str, revision: int) -> list[Role]:
    """Return the documents that live statements say the organization approved or adopted."""
    live = or_(STATEMENTS.c.retracted_in.is_(None), STATEMENTS.c.retracted_in > revision)
    query = (
        select(
            STATEMENTS,
            source_at("title", literal(revision), STATEMENTS.c.subject_id).label("title"),
            HAS_MERGES,
        )
        .join(SOURCES, SOURCES.c.id == STATEMENTS.c.subject_id)
        .where(
            STATEMENTS.c.subject_type == SubjectType.source.value,
            STATEMENTS.c.revision <= revision,
            live,
        )
        .order_by(STATEMENTS.c.subject_id)
    )
    rows = (await connection.execute(query)).all()
    kept = await kept_at(connection, revision) if rows and rows[0].has_merges else {}
    return [
        _role(OrganizationRole.approver, (SubjectType.source, key), period)
        for key, about in groupby(rows, key=lambda row: str(row.subject_id))
        for period in _joined(_approvals(list(about), organization, kept))
    ]


def _approvals(
    statements: Sequence[AnyRow], organization: str, kept: Kept
) -> Iterator[StatePeriod]:
    for period in fold(assertion_of(row, kept) for row in statements):
        if period.values.get("approved_by") == organization:
            yield StatePeriod(period.valid_from, period.valid_to, {"name": statements[0].title})
