"""Proposals submitted, changed, returned, approved and withdrawn.

Whatever is proposed is tried by its author's rights first, and recorded by the rights of whoever
approves it: both times by the one way into the ledger. Nothing else of it is in the ledger; who
submitted, returned and withdrew what is in the audit log.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.audit import Actor, record_action
from app.access.audit_events import AuditAction
from app.access.principals import Principal
from app.core.digest import JsonObject
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    PreconditionFailedError,
    PreconditionRequiredError,
    QuotaExceededError,
    RegistryError,
)
from app.core.messages import Template
from app.database.connections import Executor
from app.entry.bulk import LISTS, BulkAnswer, BulkWrite, Render, state_bulk
from app.entry.recording import Recorded
from app.imports.outcomes import Outcome
from app.imports.recorded import hold_open, note_approved
from app.imports.store import Draft, as_json
from app.ledger.idempotency import InFlight, WriteRequest
from app.ledger.revisions import Precondition, Proposer, Writer
from app.proposals import store
from app.proposals.states import BEGINS_IN, UNDECIDED, ProposalState, Step
from app.proposals.store import Proposal
from app.units.units import Unit

_TOO_MANY = Template(
    "proposals.too-many",
    "With this you would have {count} proposals that are not decided, {size} bytes in all; at most "
    "{most} of {most_bytes} bytes are kept. Withdraw some.",
)
_NOTHING = Template(
    "proposals.nothing", "Nothing of this would be recorded: no statement refers to it."
)
_NOT_OPEN = Template("proposals.not-open", "Proposal {id} is {state}: this can no longer be done.")
_CHANGED = Template(
    "proposals.changed-since",
    "The proposal was changed after what If-Match names: it is {edited} now. Read it again.",
)
_NO_CONDITION = Template(
    "proposals.no-if-match", "Send If-Match with the ETag of the proposal that was read, or *."
)
_NOT_YOURS = Template("proposals.not-yours", "Only its author can change or withdraw a proposal.")
_YOUR_OWN = Template(
    "proposals.your-own", "You proposed this yourself: somebody else is to approve it."
)
_SAID = Template("proposals.audited", "Proposal {id} of {author}: {reason}")
_AUDITED = {
    Step.change: AuditAction.proposal_submitted,
    Step.give_back: AuditAction.proposal_returned,
    Step.approve: AuditAction.proposal_approved,
    Step.withdraw: AuditAction.proposal_withdrawn,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say of proposals."""

    most: int
    """How many undecided ones a principal may have."""
    most_bytes: int
    """How many bytes these may have in all, as they are kept."""
    own_approval: bool


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who proposes or decides, in a request."""

    writer: Writer
    who: Principal
    actor: Actor
    rules: Rules
    render: Render

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is kept."""
        return self.writer.request is not None and self.writer.request.is_dry_run

    async def read(self, connection: Executor, proposal_id: str) -> Proposal:
        """Return a proposal; ``NotFoundError`` where it does not concern one."""
        return await store.get_proposal(connection, proposal_id, self.who, self.writer.units)

    async def find_mine(self, proposal_id: str, step: Step = Step.change) -> Proposal:
        """Return one's own proposal, with which a step can be taken."""
        proposal = await self._found(proposal_id, step)
        if proposal.principal_id != self.who.id:
            raise ForbiddenError(_NOT_YOURS())
        return proposal

    async def submit_import(self, body: BulkWrite, draft: Draft) -> Proposal:
        """Propose what an import would record, in place of what is proposed of it already.

        Of two requests at once the second finds what the first proposed.
        """
        await self.writer.refuse_repeat()
        _, concerned = await self._tried(body)
        of_import = {"import_id": draft.id, "import_edited": draft.edited}
        members = _kept(body, concerned) | of_import
        async with self.writer.session() as session:
            await self.writer.refuse_repeat(session)
            await hold_open(session, self.who, draft.id, draft.edited)
            found = await store.find_of_import(session, draft.id, self.who)
            if found is None or found.state not in UNDECIDED:
                return await self._add(session, members, concerned)
            earlier = await self.read(session, found.id)
            if _is_same(earlier, members):
                return earlier
            return await self._step(session, earlier, Step.change, body.reason, members, concerned)

    async def submit(self, body: BulkWrite) -> tuple[Proposal, BulkAnswer]:
        """Keep a proposal that could be recorded as it is; return it with what it would do."""
        await self.writer.refuse_repeat()
        effect, concerned = await self._tried(body)
        async with self.writer.session() as session:
            await self.writer.refuse_repeat(session)
            return await self._add(session, _kept(body, concerned), concerned), effect

    async def change(self, proposal_id: str, body: BulkWrite) -> tuple[Proposal, BulkAnswer]:
        """Put another body in the place of one's own proposal, and submit it again."""
        await self.writer.refuse_repeat()
        proposal = await self.find_mine(proposal_id, Step.change)
        effect, concerned = await self._tried(body)

        members = _kept(body, concerned)
        changed = await self._alone(proposal, Step.change, body.reason, members, concerned)
        return changed, effect

    async def withdraw(self, proposal_id: str, reason: str | None) -> Proposal:
        """Withdraw one's own proposal; nothing is kept of what it stated."""
        await self.writer.refuse_repeat()
        proposal = await self.find_mine(proposal_id, Step.withdraw)
        return await self._alone(proposal, Step.withdraw, reason, {"body": {}})

    async def give_back(self, proposal_id: str, reason: str) -> Proposal:
        """Return a proposal to its author, with what is to be changed."""
        await self.writer.refuse_repeat()
        proposal = await self._found(proposal_id, Step.give_back)
        return await self._alone(proposal, Step.give_back, reason, self._decision(reason))

    async def approve(self, proposal_id: str, reason: str | None) -> tuple[Proposal, BulkAnswer]:
        """Record a proposal as one revision, by the rights of whoever approves it.

        Everything is judged anew; what is refused now refuses all.
        """
        await self.writer.refuse_repeat()
        if self.writer.precondition is None:
            raise PreconditionRequiredError(_NO_CONDITION())
        proposal = await self._found(proposal_id, Step.approve)
        if proposal.principal_id == self.who.id and not self.rules.own_approval:
            raise ForbiddenError(_YOUR_OWN())
        try:
            effect = await self._record(proposal, reason)
        except RegistryError:
            # Where another decided meanwhile, that is why.
            await self._found(proposal_id, Step.approve)
            raise
        if effect.revision is None:
            raise ConflictError(_NOTHING())
        async with self.writer.session() as session:
            return await self.read(session, proposal_id), effect

    async def effect(self, proposal: Proposal) -> BulkAnswer | None:
        """Return what an approval would do now, what it would refuse included."""
        if proposal.state not in UNDECIDED:
            return None
        return await self._try(body_of(proposal), skip_refused=True)

    # Steps

    async def _record(self, proposal: Proposal, reason: str | None) -> BulkAnswer:
        async def note(done: Recorded) -> None:
            # An import is locked before its proposals, and the audit log last, as everywhere.
            if proposal.import_id is not None:
                recorded = sum(len(done.plan.accepted[number]) for number in done.plan.recorded)
                outcome = Outcome(done.number, _source_of(proposal), recorded)
                seen = proposal.import_edited
                await note_approved(done.session, proposal.import_id, seen, outcome)
            members = {**self._decision(reason), "revision": done.number}
            await self._step(done.session, proposal, Step.approve, reason, members)

        proposer = Proposer(proposal.author, proposal.principal_id)
        writer = replace(self.writer, precondition=None, proposer=proposer)
        body = body_of(proposal)
        return await state_bulk(writer, body, skip_refused=False, render=self.render, within=note)

    async def _add(
        self, session: AsyncSession, members: JsonObject, concerned: set[Unit]
    ) -> Proposal:
        proposal_id = await store.add_proposal(session, self.who, **members)
        await self._check_space(session)
        await store.set_provinces(session, proposal_id, concerned)
        proposal = await self.read(session, proposal_id)
        await self._note(session, proposal, Step.change, members["reason"])
        return proposal

    async def _alone(
        self,
        proposal: Proposal,
        step: Step,
        reason: str | None,
        members: JsonObject,
        concerned: set[Unit] | None = None,
    ) -> Proposal:
        """Take a step with a proposal in a transaction of its own."""
        async with self.writer.session() as session:
            await self.writer.refuse_repeat(session)
            return await self._step(session, proposal, step, reason, members, concerned)

    async def _step(
        self,
        session: AsyncSession,
        proposal: Proposal,
        step: Step,
        reason: str | None,
        members: JsonObject,
        concerned: set[Unit] | None = None,
    ) -> Proposal:
        """Take a step with a proposal as it was read; the audit log is written last."""
        if not await store.change_proposal(session, proposal, step, **members):
            now = await self.read(session, proposal.id)
            raise _not_open(now) if now.state not in BEGINS_IN[step] else _changed(now)
        if concerned is not None:
            await store.set_provinces(session, proposal.id, concerned)
            await self._check_space(session)
        changed = await self.read(session, proposal.id)
        await self._note(session, proposal, step, reason)
        return changed

    async def _note(
        self, session: AsyncSession, proposal: Proposal, step: Step, reason: str | None
    ) -> None:
        said = _SAID(id=proposal.id, author=proposal.author, reason=reason or "-")
        of = (store.ACCOUNTED, proposal.id)
        await record_action(session, _AUDITED[step], self.actor, str(said), of)

    def _decision(self, reason: str | None) -> JsonObject:
        return {
            "decided_by": self.who.name,
            "decider_id": self.who.id,
            "decided_at": datetime.now(UTC),
            "decision_reason": reason,
        }

    # Checks

    async def _check_space(self, session: AsyncSession) -> None:
        count, size = await store.undecided_of(session, self.who)
        if count > self.rules.most or size > self.rules.most_bytes:
            rules = {"most": self.rules.most, "most_bytes": self.rules.most_bytes}
            raise QuotaExceededError(_TOO_MANY(count=count, size=size, **rules))

    async def _found(self, proposal_id: str, step: Step) -> Proposal:
        """Return a proposal with which a step can be taken, as the client has seen it."""
        async with self.writer.database.read() as connection:
            proposal = await self.read(connection, proposal_id)
        if proposal.state not in BEGINS_IN[step]:
            raise _not_open(proposal)
        check_unchanged(proposal, self.writer.precondition)
        return proposal

    async def _tried(self, body: BulkWrite) -> tuple[BulkAnswer, set[Unit]]:
        """Return what a body would do and which provinces it concerns; refuse what is refused."""
        concerned: set[Unit] = set()
        effect = await self._try(body, skip_refused=False, concerned=concerned)
        if effect.revision is None:
            raise ConflictError(_NOTHING())
        return effect, concerned

    async def _try(
        self, body: BulkWrite, *, skip_refused: bool, concerned: set[Unit] | None = None
    ) -> BulkAnswer:
        database = self.writer.database
        async with WriteRequest(database, InFlight(), is_dry_run=True) as request:
            writer = replace(self.writer, request=request, precondition=None, concerned=concerned)
            return await state_bulk(writer, body, skip_refused=skip_refused, render=self.render)


def check_unchanged(proposal: Proposal, seen: Precondition | None) -> None:
    """Refuse a step with a proposal that was changed after a client has seen it."""
    if seen is not None and not seen.is_any and proposal.edited not in seen.changed_in:
        raise _changed(proposal)


def body_of(proposal: Proposal) -> BulkWrite:
    """Return what a proposal is to record."""
    return BulkWrite.model_validate(proposal.body)


def _kept(body: BulkWrite, concerned: set[Unit]) -> JsonObject:
    lists = {name: getattr(body, name) for name in LISTS if getattr(body, name)}
    members = {"reason": body.reason} if body.reason is not None else {}
    return {
        "reason": body.reason,
        "members": sum(map(len, lists.values())),
        "province_codes": sorted({unit.code for unit in concerned}),
        "body": {**lists, **members},
    }


def _is_same(proposal: Proposal, members: JsonObject) -> bool:
    """Return whether a submitted proposal says just this, of the same state of its import."""
    same = proposal.import_edited == members["import_edited"]
    is_open = proposal.state == ProposalState.submitted
    return same and is_open and as_json(proposal.body) == as_json(members["body"])


def _source_of(proposal: Proposal) -> str:
    """Return the document that the proposal of an import states things of."""
    members = (one for name in [*LISTS][::-1] for one in proposal.body.get(name, ()))
    return next((str(one["source_id"]) for one in members if one.get("source_id")), "")


def _not_open(proposal: Proposal) -> ConflictError:
    return ConflictError(_NOT_OPEN(id=proposal.id, state=proposal.state))


def _changed(proposal: Proposal) -> PreconditionFailedError:
    return PreconditionFailedError(_CHANGED(edited=proposal.edited))
