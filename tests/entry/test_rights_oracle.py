"""Random histories of places lost, regained, moved, merged and backdated, by several editors.

Every write is accepted or refused as the oracle of decision 15 says. Many histories, which know
nothing of each other, are recorded side by side. ICR_RIGHTS_HISTORIES gives their number.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from app.access.principals import Principal, PrincipalRole, ProvinceRight
from app.core.errors import BadBodyError, ForbiddenError, RegistryError
from app.core.vocabulary import ChangeSubjectType, SourceKind, SubjectType
from app.entry.items import Item, Registering, Retracting, Stating, Withdrawing, stating
from app.entry.recording import recording
from app.entry.schemas import BODIES
from app.entry.writes import registering
from app.ledger.revisions import Writer
from app.ledger.schemas import SourceRegistration
from tests.entry.rights_oracle import DATES, EDITORS, NARROW, Subject, World
from tests.oracle import MERGER, Told
from tests.support.registers import opened, writer_on

HISTORIES = int(os.environ.get("ICR_RIGHTS_HISTORIES", "150"))
AT_ONCE = 250
STEPS = 12
SOURCES = {"decision": 40, "report": 20, "article": 10}
ADMINISTRATOR = "administrator"
BEFORE: tuple[dict[str, Any], ...] = (
    {"province_code": "06"},
    {"province_code": "19"},
    {"province_code": "17"},
    {"district_code": "065"},
    {"district_code": "164"},
    {"district_code": "148"},
    {"district_code": None},
)
SINCE: tuple[dict[str, Any], ...] = (
    {"province_code": "19"},
    {"province_code": "19"},
    {"province_code": "25"},
    {"commune_code": "02086"},
    {"commune_code": "04795"},
    {"commune_code": None},
)
HOMES = {"06@2025-06-30": "065", "19@2025-06-30": "164", "17@2025-06-30": "148"}


@dataclass
class Action:
    """What somebody wants to write: a statement, a retraction by its number, or a withdrawal."""

    subject: Subject
    told: Told | None = None
    retracts: int | None = None
    item: Item | None = None


@dataclass
class History:
    """A world of two sites and a project, and the editors who write in it."""

    name: str
    random: Random
    actors: Sequence[str]
    world: World = field(init=False)
    written: list[tuple[Subject, str]] = field(default_factory=list)
    """About which subjects who was let write so far."""
    count: int = 0

    def __post_init__(self) -> None:
        keys = {f"{self.name}-{n}": n < 2 for n in range(3)}
        self.world = World({key: Subject(key, is_site) for key, is_site in keys.items()})

    def draw(self, actor: str) -> list[Action]:
        """Draw what somebody writes next: one thing, or two statements about one subject."""
        subject = self.random.choice(list(self.world.subjects.values()))
        if not subject.told:
            if not subject.is_site and self.random.randrange(2):
                return []
            return [self.statement(actor, subject, registers=True)]
        drawn = self.random.randrange(12)
        if drawn == 0 and subject.withdrawn is None:
            what = SubjectType.site if subject.is_site else SubjectType.project
            return [Action(subject, item=Withdrawing((what, subject.id), "Nhầm"))]
        if drawn < 5:
            # What names the place is retracted most often.
            number = self.random.choice([0, self.random.randrange(len(subject.told))])
            retracting = Retracting(subject.statement_ids[number], "Nhầm")
            return [Action(subject, retracts=number, item=retracting)]
        return [self.statement(actor, subject) for _ in range(1 + (drawn > 9))]

    def statement(self, actor: str, subject: Subject, *, registers: bool = False) -> Action:
        """Draw a statement, often about the place or the site."""
        day = self.random.choice(list(DATES))
        source = self.random.choice(list(SOURCES))
        place = self.random.choice(BEFORE if DATES[day] < MERGER else SINCE)
        if registers and DATES[day] < MERGER and actor in HOMES:
            place = {"district_code": HOMES[actor]}
        if registers:
            level, code = next(iter(place.items()))
            values = {"name": "A", level: code or ("065" if DATES[day] < MERGER else "02086")}
        else:
            values = dict(place) if self.random.randrange(3) else {"address": "Thôn Đèo Vai"}
        if not subject.is_site and self.random.randrange(2):
            sites = [s.id for s in self.world.subjects.values() if s.is_site and s.told]
            values["site"] = self.random.choice([*sites, None])
        return self.stated(subject, day, source, values, registers=registers)

    def stated(
        self, subject: Subject, day: str, source: str, values: dict[str, Any], *, registers: bool
    ) -> Action:
        """Return a statement as the register and as the oracle take it."""
        self.count += 1
        told = Told(DATES[day], SOURCES[source], values, self.world.revision + 1)
        body = {
            "source_id": source, "effective_from": day, "values": values,
            "locator": str(self.count), "override_reason": "a made-up life takes any course",
        }  # fmt: skip
        return Action(subject, told, item=item_of(subject, body, registers=registers))

    def probe(self, subject: Subject) -> Action:
        """Return a statement that moves nothing."""
        return self.stated(subject, "2031", "article", {"address": "Lô 1"}, registers=False)

    def allows(self, actor: str, action: Action) -> bool:
        """Return whether decision 15 lets somebody do this."""
        subject, world = action.subject, self.world
        is_gone = subject.withdrawn is not None
        if actor == ADMINISTRATOR or (is_gone and action.retracts is None):
            return True  # That something is gone anybody may know.
        if subject.told and not world.may_write(actor, subject):
            return False
        told = self.told_after(action)
        if is_gone or told == subject.told:
            return True
        return world.may_change(actor, subject, told, action.told)

    def told_after(self, action: Action) -> list[Told]:
        """Return the statements about a subject as they are after a write."""
        told = list(action.subject.told)
        if action.told is not None:
            told.append(action.told)
        elif action.retracts is not None and told[action.retracts].retracted is None:
            told[action.retracts] = replace(
                told[action.retracts], retracted=self.world.revision + 1
            )
        return told

    def writers(self, subject: Subject) -> set[str]:
        """Return who was let write about a subject."""
        return {actor for about, actor in self.written if about is subject}

    def entitled(self, subject: Subject) -> set[str]:
        """Return who must be let write about a subject, whatever the rules are.

        What becomes of its sites, for which others may be entitled, moves a project.
        """
        if self.actors is NARROW:
            return self.writers(subject)
        moving = [one for one in self.written if one[0] is subject or not subject.is_site]
        return {who for about, who in moving[-1:] if about is subject}

    def note(self, actor: str, action: Action) -> None:
        """Keep what was recorded."""
        subject, revision = action.subject, self.world.revision + 1
        self.written.append((subject, actor))
        if action.told is not None:
            subject.told.append(action.told)
        elif action.retracts is not None:
            subject.told[action.retracts].retracted = revision
        else:
            subject.withdrawn = revision


def item_of(subject: Subject, body: dict[str, Any], *, registers: bool) -> Stating:
    """Return a statement in the form in which it is judged."""
    what = SubjectType.site if subject.is_site else SubjectType.project
    if registers:
        members = {"id": subject.id, **({"kind": "cluster"} if subject.is_site else {}), **body}
        return registering(what, BODIES[what].registration.model_validate(members))
    return stating(what, subject.id, BODIES[what].write.model_validate(body))


def writing_as(writer: Writer, actor: str) -> Writer:
    """Return a writer with the rights of an editor, or of an administrator."""
    role = PrincipalRole.administrator if actor == ADMINISTRATOR else PrincipalRole.editor
    rights = () if actor == ADMINISTRATOR else actor.split(",")
    principal = Principal(actor, actor, role, tuple(map(ProvinceRight.parse, rights)))
    return Writer(writer.database, writer.units, actor, principal=principal)


@dataclass
class Outcomes:
    """How many writes were accepted, refused for rights, and refused for something else."""

    accepted: int = 0
    forbidden: int = 0
    otherwise: int = 0


async def take(
    writer: Writer, turns: Sequence[tuple[History, list[Action]]], actor: str, outcomes: Outcomes
) -> list[bool]:
    """Let somebody write in many histories at once, and compare with the oracle."""
    actions = [(history, action) for history, drawn in turns for action in drawn]
    items = [action.item for _, action in actions if action.item is not None]
    accepted = []
    async with recording(writing_as(writer, actor), items, skip_refused=True) as done:
        for number, (history, action) in enumerate(actions):
            error = done.plan.refused.get(number)
            check(history, actor, action, error)
            accepted.append(error is None)
            if error is None:
                outcomes.accepted += 1
                history.note(actor, action)
                if action.told is not None:
                    entry = done.plan.accepted[number][-1]
                    action.subject.statement_ids.append(entry.row["id"])
            elif isinstance(error, ForbiddenError):
                outcomes.forbidden += 1
            else:
                outcomes.otherwise += 1
    for history, _ in turns:
        history.world.revision += 1
    return accepted


def check(history: History, actor: str, action: Action, error: RegistryError | None) -> None:
    """Compare what became of a write with what the oracle says."""
    if isinstance(error, BadBodyError) and error.errors[0].pointer == "#/values/site":
        return  # The site is not there any more; that is found before rights are looked at.
    expected = history.allows(actor, action)
    about = (history.name, actor, action, action.subject, error)
    assert expected is not isinstance(error, ForbiddenError), about


def grouped(histories: Sequence[History]) -> Iterator[tuple[str, list[History]]]:
    """Give each history somebody who writes next."""
    drawn = [(history.random.choice(history.actors), history) for history in histories]
    for actor in (*EDITORS, ADMINISTRATOR):
        if chosen := [history for who, history in drawn if who == actor]:
            yield actor, chosen


async def check_nobody_is_locked_out(
    writer: Writer, histories: Sequence[History], outcomes: Outcomes
) -> None:
    """Let the last editor write again, and where none acts for another, all who ever wrote."""
    for actor in EDITORS:
        for n in range(3):
            turns = []
            for history in histories:
                subject = history.world.subjects[f"{history.name}-{n}"]
                if subject.withdrawn is None and actor in history.entitled(subject):
                    turns.append((history, [history.probe(subject)]))
            done = await take(writer, turns, actor, outcomes) if turns else []
            locked_out = [h for (h, _), ok in zip(turns, done, strict=True) if not ok]
            assert not locked_out, (actor, n, locked_out[0].written)


def check_nobody_took_over(history: History) -> None:
    """Where only editors of one province each write, nobody writes about what is another's.

    What was first known since the merger only is of both whose provinces were merged.
    """
    for subject in history.world.subjects.values():
        wrote = history.writers(subject)
        if subject.told and subject.told[0].effective < MERGER:
            assert len(wrote) == 1, (history.name, wrote, subject)
        assert len(wrote) <= 2, (history.name, wrote, subject)
        assert "17@2025-06-30" not in wrote or len(wrote) == 1, (history.name, wrote, subject)


@pytest.mark.parametrize("first", range(0, HISTORIES, AT_ONCE))
async def test_every_write_is_accepted_or_refused_as_decided(empty_url: str, first: int) -> None:
    outcomes = Outcomes()
    histories = [
        History(f"h{n}", Random(n), NARROW if n % 2 else (*EDITORS, ADMINISTRATOR))  # noqa: S311  to be repeatable
        for n in range(first, min(first + AT_ONCE, HISTORIES))
    ]
    async with opened(empty_url) as database:
        writer = await writer_on(database)
        await register_sources(writer)
        for _ in range(STEPS):
            for actor, chosen in grouped(histories):
                turns = [(history, history.draw(actor)) for history in chosen]
                await take(writer, turns, actor, outcomes)
        for history in histories:
            if history.actors is NARROW:
                check_nobody_took_over(history)
        await check_nobody_is_locked_out(writer, histories, outcomes)
    fewest = min(outcomes.accepted, outcomes.forbidden, outcomes.otherwise)
    assert fewest > len(histories) / 4, outcomes


async def register_sources(writer: Writer) -> None:
    """Register the sources of all histories."""
    sources = [SourceRegistration(id=name, kind=SourceKind(name), title=name) for name in SOURCES]
    items = [Registering(ChangeSubjectType.source, source) for source in sources]
    async with recording(writer, items):
        pass
