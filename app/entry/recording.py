"""The one way into the ledger: plan, take the counter, check, append once, project.

A request of few items waits for its turn to write first. Of many, and on the command line,
everything that can be known before is judged before the counter of revisions is taken, so that
other writers wait for the appending only. Where the register changed meanwhile, what depends on
that is judged anew while the counter is held.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import IrregularChangeError, RegistryError
from app.core.vocabulary import SubjectType
from app.database.connections import AnyRow
from app.database.tables import insert_rows
from app.entry.ids import with_free_ids
from app.entry.items import (
    Correcting,
    Item,
    Registering,
    Retracting,
    Stating,
    Withdrawing,
    overridden,
    override_of,
    wanted_by,
)
from app.entry.known import Known, touched_since
from app.entry.planning import Plan
from app.entry.schemas import StatementAnswer
from app.entry.statement_queries import recorded_answer
from app.findings.subject_facts import SaidFact
from app.ledger.revisions import Draft, Writer, append, read_head, revision
from app.ledger.snapshots import note_revision
from app.ledger.tables import Revision
from app.statistics.projection import OBSERVATIONS, close_observations, observation_rows
from app.subjects.histories import HISTORIES
from app.units.tables import check_units_edition

_MANY = 20
"""Of more items than so many, neither reading nor judging keeps others waiting."""
_AT_A_TIME = 25
"""So many items are judged before other requests have their turn."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the items of a write."""

    plan: Plan
    draft: Draft | None = None
    """The revision, in whose transaction this still is; ``None`` if nothing was accepted."""
    revision: Revision | None = None

    @property
    def session(self) -> AsyncSession:
        """The session of the write."""
        return self._draft.session

    @property
    def number(self) -> int:
        """The number of the revision."""
        return self._draft.number

    @property
    def _draft(self) -> Draft:
        if self.draft is None:
            raise RuntimeError("nothing was recorded")
        return self.draft

    def said(self) -> list[SaidFact] | None:
        """Return what is said of a subject, if one more statement about it was written.

        ``None`` where that was not read for the plan, or something came between.
        """
        known, draft, item = self.plan.known, self._draft, self.plan.items[0]
        is_known = known.read_at == draft.previous.number and not known.kept
        if len(self.plan.items) > 1 or not (is_known and isinstance(item, Stating)):
            return None
        life = self.plan.lives.by_subject.get(item.subject)
        if life is None or item.replaces is not None:
            return None
        rows = cast("list[AnyRow]", known.live[item.subject])
        # Remarks are not read for a plan, and count among what is said.
        if not rows or rows[0].is_remarked:
            return None
        before = [SaidFact.of(row, one) for row, one in zip(rows, life.assertions, strict=False)]
        return [*before, SaidFact.of(cast("AnyRow", self._stated()))]

    def _stated(self) -> SimpleNamespace:
        """Return the statement just recorded as if it was read."""
        if self.revision is None:
            raise RuntimeError("nothing was recorded")
        row = self.plan.accepted[0][-1].row
        source = self.plan.known.registered[SubjectType.source, row["source_id"]]
        later = {"revision": self.number, "retracted_in": None, "source_title": source["title"]}
        return SimpleNamespace(**{**row, **later, "recorded_at": self.revision.recorded_at})

    def statement(self, number: int = 0) -> StatementAnswer:
        """Return the answer for the statement of an item."""
        if self.revision is None:
            raise RuntimeError("nothing was recorded")
        row = self.plan.accepted[number][-1].row
        registered = self.plan.known.registered.items()
        titles = {k: one["title"] for (what, k), one in registered if what == SubjectType.source}
        return recorded_answer(row, titles, self.revision)


@asynccontextmanager
async def recording(
    writer: Writer,
    items: Sequence[Item],
    reason: str | None = None,
    *,
    skip_refused: bool = False,
    override_reason: str | None = None,
) -> AsyncIterator[Recorded]:
    """Record what is accepted of some items as one revision; it is committed at the end.

    Without ``skip_refused`` the first refusal is raised, and nothing is recorded. What is doubted
    gets the ``override_reason``, where there is one.
    """
    try:
        plan = await _overridden(writer, items, override_reason)
        _check(plan, skip_refused=skip_refused)
    except RegistryError:
        await writer.refuse_repeat()
        raise
    if not plan.recorded:
        await writer.refuse_repeat()
        yield Recorded(plan)
        return
    plan.numbered(plan.known.head.number + 1)
    projections = plan.projections()
    async with revision(writer, _with_overrides(reason, plan), plan.known.head) as draft:
        if await _renewed(plan, draft):
            _check(plan, skip_refused=skip_refused)
            if not plan.recorded:
                # The number goes back: there is no revision where nothing is recorded.
                await draft.session.rollback()
                note_revision(draft.number - 1)
                yield Recorded(plan)
                return
            projections = plan.projections()
        draft.entries = plan.numbered(draft.number)
        _mark(plan, draft, reason)
        recorded = await append(draft)
        for what, projection in projections.items():
            await projection.write(draft.session, HISTORIES[what], draft.number)
        await _project_observations(plan, draft)
        _note_change(plan, draft)
        yield Recorded(plan, draft, recorded)


def _with_overrides(reason: str | None, plan: Plan) -> str | None:
    """Return the reason of a revision, with why what is doubted is right if no column keeps it."""
    given = (override_of(plan.items[number]) for number in plan.recorded)
    overrides = [f"{key}: {why}" for key, why in filter(None, given)]
    return "; ".join([*([reason] if reason else []), *overrides]) or None


async def _planned(writer: Writer, items: Sequence[Item]) -> Plan:
    if writer.request is not None and len(items) <= _MANY:
        # Planned while others write, it would be judged anew: twice the work, while they wait.
        await writer.request.take_turn()
    async with writer.database.read(at_length=len(items) > _MANY) as connection:
        head = await read_head(connection)
        check_units_edition(writer.units, head.units_edition)
        items = await with_free_ids(connection, writer.units, items)
        known = Known(writer.units, head)
        await known.read(connection, wanted_by(items, writer))
    plan = Plan.of(writer, items, known)
    await _judge(plan, range(len(items)))
    return plan


async def _overridden(writer: Writer, items: Sequence[Item], reason: str | None) -> Plan:
    """Plan items, those that are doubted once more with the reason why they are right.

    What they register may be named by others, which are doubted then only.
    """
    plan = await _planned(writer, items)
    while reason is not None and (
        doubted := {n for n, e in plan.refused.items() if isinstance(e, IrregularChangeError)}
    ):
        numbered = enumerate(plan.items)
        given = [overridden(one, reason) if n in doubted else one for n, one in numbered]
        plan = await _planned(writer, given)
    return plan


async def _judge(plan: Plan, numbers: Iterable[int]) -> None:
    show = plan.writer.progress
    for judged, _ in enumerate(plan.judge(numbers), start=1):
        if judged % _AT_A_TIME == 0:
            if show is not None:
                show(len(plan.accepted) + len(plan.refused), len(plan.items))
            await asyncio.sleep(0)


async def _renewed(plan: Plan, draft: Draft) -> bool:
    """Judge anew what others changed since the plan was made; return whether there was any."""
    head = plan.known.head
    plan.known.head = draft.previous
    if head.number == draft.previous.number:
        return False
    touched = await touched_since(draft.session, head.number, draft.previous.number)
    numbers = plan.affected(touched)
    if not numbers:
        return False
    plan.reopen(numbers, touched)
    items = [plan.items[number] for number in numbers]
    await plan.known.read(draft.session, wanted_by(items, plan.writer))
    await _judge(plan, numbers)
    return True


def _check(plan: Plan, *, skip_refused: bool) -> None:
    if plan.refused and not skip_refused:
        raise plan.refusal()


def _mark(plan: Plan, draft: Draft, reason: str | None) -> None:
    for number in plan.accepted:
        item = plan.items[number]
        if isinstance(item, Retracting):
            draft.retractions[item.statement_id] = item.reason
        elif isinstance(item, Stating) and item.replaces is not None:
            draft.retractions[item.replaces] = str(item.head.reason or reason)
        elif isinstance(item, Withdrawing):
            draft.withdrawals[SubjectType(item.subject[0]), item.subject[1]] = item.reason


async def _project_observations(plan: Plan, draft: Draft) -> None:
    about = {"revision": draft.number, "retracted_in": None}
    stated = [e.row for e in draft.entries if e.row.get("subject_type") == SubjectType.province]
    rows = [row for one in stated for row in observation_rows({**one, **about})]
    await insert_rows(draft.session, OBSERVATIONS, rows)
    for statement_id in draft.retractions:
        if plan.known.statements[statement_id].subject_type == SubjectType.province:
            await close_observations(draft.session, statement_id, draft.number)


def _note_change(plan: Plan, draft: Draft) -> None:
    """Give the request the revision that changed the subject last; a remark changes nothing."""
    request = draft.writer.request
    item = plan.items[0]
    # Of many there is no one state.
    if request is None or item.place != "#":
        return
    if isinstance(item, Registering | Correcting):
        request.changed_in = draft.number
    if not isinstance(item, Stating):
        return
    if item.subject in plan.changed:
        request.changed_in = draft.number
    elif item.subject[0] in HISTORIES:
        request.changed_in = plan.known.changed_in(item.subject)
