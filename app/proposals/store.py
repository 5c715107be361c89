"""Proposals as the database keeps them: no part of the ledger.

Functions take the connection or session, so that an approval is noted in the transaction of its
revision.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Index,
    Text,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from app.access.links import Accounted
from app.access.principals import Principal, PrincipalRole
from app.core.errors import NotFoundError
from app.core.messages import Template
from app.database.connections import Executor, read_rows
from app.database.tables import CanonicalJson, Instant, code_check, ordered_text, table_of
from app.imports.store import PackedJson, new_id
from app.proposals.states import BEGINS_IN, LEADS_TO, UNDECIDED, ProposalState, Step
from app.units.units import Unit, Units

_NO_PROPOSAL = Template(
    "proposals.no-proposal", "No proposal {id!r} that concerns you is known; see /v1/proposals."
)


class Proposal(SQLModel, table=True):
    """What somebody proposes to record, as the body of a request with many.

    ``edited`` counts its changes and is its ETag. ``revision`` is that of the approval; the other
    members on a decision are of the last one. ``import_id`` is the import that it is of, which may
    be deleted meanwhile, and ``import_edited`` how often that was changed when it was proposed.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        code_check("proposal", "state", ProposalState),
        Index("ix_proposal_principal", "principal_id", "id"),
        Index("ix_proposal_state", "state", "id"),
        Index("ix_proposal_import", "import_id"),
    )

    id: str = Field(primary_key=True, sa_type=ordered_text())
    principal_id: str = Field(sa_type=ordered_text())
    author: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    state: str
    edited: int
    reason: str | None = Field(default=None, sa_type=Text)
    members: int
    province_codes: list[str] = Field(sa_type=CanonicalJson)
    decided_by: str | None = Field(default=None, sa_type=Text)
    decider_id: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision_reason: str | None = Field(default=None, sa_type=Text)
    revision: int | None = Field(default=None, sa_type=BigInteger)
    import_id: str | None = Field(default=None, sa_type=ordered_text())
    import_edited: int | None = None
    # A long one comes last, so that the others are read without it.
    body: dict[str, Any] = Field(sa_type=PackedJson)


class ProposalProvince(SQLModel, table=True):
    """A province that a proposal concerns: by its code, and since when it is that province."""

    __tablename__ = "proposal_province"

    proposal_id: str = Field(
        primary_key=True, foreign_key="proposal.id", ondelete="CASCADE", sa_type=ordered_text()
    )
    province: str = Field(primary_key=True, sa_type=ordered_text(), index=True)
    code: str = Field(sa_type=ordered_text())


PROPOSALS = table_of(Proposal)
PROVINCES = table_of(ProposalProvince)
ACCOUNTED = Accounted("proposal", PROPOSALS, later=frozenset({"import_id", "import_edited"}))
"""The audit log accounts for each proposal: every step with one is an entry."""
_P, _V = PROPOSALS.c, PROVINCES.c
_LISTED = select(*(column for column in _P if column.name != "body"))


def _name_of(unit: Unit) -> str:
    return f"{unit.code}@{unit.valid_from or ''}"


def _visible(who: Principal, units: Units) -> ColumnElement[bool] | None:
    """Return which proposals somebody may see; ``None`` for all."""
    mine = _P.principal_id == who.id
    if who.role is PrincipalRole.administrator:
        return None
    if who.role is not PrincipalRole.editor:
        return mine
    concerns = exists().where(_V.proposal_id == _P.id)
    own = concerns.where(_V.province.in_([_name_of(unit) for unit in who.covers(units)]))
    # What is about no province is for all editors, as such statements are.
    return or_(mine, own, ~concerns)


async def get_proposal(
    connection: Executor, proposal_id: str, who: Principal, units: Units
) -> Proposal:
    """Return a proposal that somebody may see; ``NotFoundError`` for all others."""
    query = select(PROPOSALS).where(_P.id == proposal_id)
    visible = _visible(who, units)
    if visible is not None:
        query = query.where(visible)
    found = await read_rows(connection, Proposal, query)
    if not found:
        raise NotFoundError(_NO_PROPOSAL(id=proposal_id))
    return found[0]


async def list_proposals(
    connection: Executor,
    who: Principal,
    units: Units,
    limit: int,
    *,
    before: str | None = None,
    states: Collection[str] = (),
    codes: Collection[str] = (),
    is_own: bool = False,
) -> Sequence[Proposal]:
    """Return proposals that somebody may see, newest first, without their bodies."""
    query = _LISTED.order_by(_P.id.desc()).limit(limit)
    visible = _visible(who, units)
    if visible is not None:
        query = query.where(visible)
    if before is not None:
        query = query.where(_P.id < before)
    if states:
        query = query.where(_P.state.in_(states))
    if codes:
        query = query.where(exists().where(_V.proposal_id == _P.id, _V.code.in_(codes)))
    if is_own:
        query = query.where(_P.principal_id == who.id)
    return await read_rows(connection, Proposal, query)


async def find_of_import(connection: Executor, import_id: str, who: Principal) -> Proposal | None:
    """Return the last proposal that somebody made of an import, without its body."""
    mine = _LISTED.where(_P.import_id == import_id, _P.principal_id == who.id)
    found = await read_rows(connection, Proposal, mine.order_by(_P.id.desc()).limit(1))
    return found[0] if found else None


async def undecided_of(connection: Executor, who: Principal) -> tuple[int, int]:
    """Return how many proposals of a principal are not decided, and their bytes as kept."""
    size = func.coalesce(func.sum(func.length(_P.body)), 0)
    mine = (_P.principal_id == who.id, _P.state.in_(UNDECIDED))
    found = (await connection.execute(select(func.count(), size).where(*mine))).one()
    return int(found[0]), int(found[1])


async def add_proposal(session: AsyncSession, who: Principal, **members: object) -> str:
    """Keep a proposal; return its id."""
    now = datetime.now(UTC)
    proposal_id = new_id(now)
    known = {
        "id": proposal_id,
        "principal_id": who.id,
        "author": who.name,
        "created_at": now,
        "changed_at": now,
        "state": ProposalState.submitted.value,
        "edited": 1,
    }
    await session.execute(insert(PROPOSALS).values(**known, **members))
    return proposal_id


async def set_provinces(session: AsyncSession, proposal_id: str, concerned: set[Unit]) -> None:
    """Note the provinces that a proposal concerns, in place of those noted before."""
    await session.execute(delete(PROVINCES).where(_V.proposal_id == proposal_id))
    rows = [
        {"proposal_id": proposal_id, "province": _name_of(unit), "code": unit.code}
        for unit in concerned
    ]
    if rows:
        await session.execute(insert(PROVINCES), rows)


async def change_proposal(
    session: AsyncSession, proposal: Proposal, step: Step, **members: object
) -> bool:
    """Take a step with a proposal as it was read; return whether nobody else was faster."""
    change = update(PROPOSALS).where(
        _P.id == proposal.id,
        _P.edited == proposal.edited,
        _P.state.in_(BEGINS_IN[step]),
    )
    new = {"state": LEADS_TO[step].value, "edited": proposal.edited + 1, **members}
    done = await session.execute(change.values(changed_at=datetime.now(UTC), **new))
    return cast("CursorResult[Any]", done).rowcount == 1
