"""Judging statements about sites and projects by all that is known of these, several at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.core.errors import Fault
from app.core.validation import Faults
from app.core.vocabulary import SiteKind, SubjectType
from app.entry.checks import (
    check_consistency,
    check_end,
    check_hedges,
    check_history_values,
    check_registration,
    refuse_violations,
)
from app.entry.doubting import doubted_of_loss, doubted_of_subject, note_name
from app.entry.items import Stating, check_sources, statement_entry
from app.entry.known import Key, Known
from app.entry.rights import Rights
from app.ledger.revisions import Entry
from app.ledger.tables import Statement
from app.subjects.definitions import Subject, definition_of
from app.subjects.fold import FOREVER, Assertion, StatePeriod
from app.subjects.moves import disagreements, moves
from app.subjects.projection import assertion, assertion_of, decoded
from app.subjects.state_machine import Violation, new_violations, violations
from app.subjects.timeline import changed_from, subject_timeline, timeline_from
from app.units.units import Units


@dataclass(slots=True)
class Life:
    """A site or project as it is by what was accepted so far."""

    subject: Subject
    units: Units
    assertions: list[Assertion]
    timeline: list[StatePeriod] | None = None
    broken: list[Violation] | None = None
    since: date = date.min
    """The versions that end before this day are those that are recorded."""

    @property
    def last_day(self) -> date:
        """The last day on which any of its statements takes effect or ends."""
        days = (d for one in self.assertions for d in (one.effective_day, one.end_day))
        return max((day for day in days if day != FOREVER), default=date.min)

    def breaks(self, timeline: Sequence[StatePeriod]) -> list[Violation]:
        """Return what of a timeline does not make sense, whether or not it did before."""
        machine = definition_of(self.subject).state_machine
        return violations(timeline, machine) + moves(timeline, self.units)

    def broken_before(self) -> list[Violation]:
        """Return what did not make sense before a statement is added."""
        if self.broken is None:
            self.broken = self.breaks(self.timeline_of(self.assertions))
        return self.broken

    def before(self) -> list[StatePeriod]:
        """Return the timeline before a statement is added."""
        return self.timeline_of(self.assertions) if self.timeline is None else self.timeline

    def without(self, statement: Statement) -> "Life":
        """Return the life without a statement, compared with what was broken with it."""
        return replace(self.less(statement), broken=self.broken_before())

    def less(self, statement: Statement) -> "Life":
        """Return the life as it is once a statement no longer counts."""
        place = (statement.revision, statement.position)
        left = [one for one in self.assertions if (one.revision, one.position) != place]
        return Life(self.subject, self.units, left)

    def timeline_of(self, statements: Iterable[Assertion]) -> list[StatePeriod]:
        """Return the timeline by all statements."""
        return subject_timeline(self.subject, statements, self.units)

    def timeline_with(self, new: Sequence[Assertion]) -> list[StatePeriod]:
        """Return the timeline with more statements; what none of them can change stays."""
        statements = [*self.assertions, *new]
        if self.timeline is None:
            return self.timeline_of(statements)
        day = min(changed_from(self.subject, one) for one in new)
        return timeline_from(self.subject, statements, self.units, day, self.timeline)

    def check_alone(self, new: Assertion, content: object) -> None:
        """Refuse a statement that contradicts itself."""
        if definition_of(self.subject).state_machine.may_contradict(new.values):
            alone = self.timeline_of([new])
            check_consistency(alone, new_violations((), self.breaks(alone)), new, content)

    def later(self, new: Assertion, begun: date) -> "Later | None":
        """Return the life from a day on, with a statement that changes nothing before it.

        ``None`` where the past has a part in it: of something that is not known any more on the eve
        of the day, the last that was known counts.
        """
        eve, machine = begun - timedelta(days=1), definition_of(self.subject).state_machine
        now, then = (
            timeline_from(self.subject, statements, self.units, eve, ())
            for statements in ([*self.assertions, new], self.assertions)
        )
        known = now[0].values if now and now[0].valid_from < begun else {}
        unknown = machine.remembered - known.keys()
        past = (one.values for one in self.assertions if one.effective_day < begun)
        if any(values.get(name) is not None for values in past for name in unknown & values.keys()):
            return None
        periods, before = ([p for p in some if p.valid_from >= begun] for some in (now, then))
        broken = violations(periods, machine, known) + moves(now, self.units)
        known_of = violations(before, machine, known) + moves(then, self.units)
        return Later(periods, new_violations(known_of, broken))


@dataclass(frozen=True, slots=True)
class Later:
    """The later part of a life with a statement, and what the statement adds that is broken."""

    timeline: list[StatePeriod]
    added: list[Violation]


@dataclass(slots=True)
class Lives:
    """The sites and projects that a plan is about."""

    known: Known
    rights: Rights
    is_of_one: bool = False
    """Whether one statement is judged, so that nothing else follows from the lives."""
    by_subject: dict[Key, Life] = field(default_factory=dict)

    def of(self, subject: Subject) -> Life:
        """Return a site or project by what was accepted so far."""
        about = (subject.type, subject.id)
        life = self.by_subject.get(about)
        if life is None or life.subject != subject:
            life = self.by_subject[about] = self.recorded(subject)
            life.since = FOREVER
        return life

    def recorded(self, subject: Subject) -> Life:
        """Return a site or project by what is recorded."""
        rows = self.known.live.get((subject.type, subject.id), [])
        statements = [assertion_of(row, self.known.kept) for row in rows]
        return Life(subject, self.known.units, statements)

    def registered(self, about: Key) -> Subject:
        """Return a site or project that is registered."""
        row = self.known.registered[about]
        kind = SiteKind(row["kind"]) if "kind" in row else None
        return Subject(SubjectType(about[0]), about[1], kind)

    def can_wait(self, item: Stating) -> bool:
        """Return whether a statement may be judged together with later ones about its subject.

        Names and places count before their day, too; an end changes what holds after later
        statements; a replacement takes one away; and the rights over a project depend on where its
        site lies by then.
        """
        catalogue = definition_of(self.registered(item.subject)).attributes
        lasts = any(catalogue[name].is_lasting for name in item.values)
        ends = getattr(item.head, "effective_to", None) is not None
        has_site = self.rights.are_looked_at and item.subject[0] != SubjectType.site
        is_apart = item.registers or item.replaces is not None
        return not (is_apart or lasts or ends or has_site)

    def runs(self, about: Key, items: Mapping[int, Stating]) -> Iterator[dict[int, Stating]]:
        """Yield statements about a subject in parts that can be judged together.

        What takes effect after all that was stated before changes nothing before its day. Where
        that holds for each statement but the first, the end shows what each of them made of the
        subject, on the days until the next: if that makes sense, it did after each of them.
        """
        run: dict[int, Stating] = {}
        last = self.of(self.registered(about)).last_day
        for number, item in items.items():
            if run and item.day <= last:
                yield run
                run = {}
            run[number] = item
            last = max(last, item.day)
        yield run

    def remark(self, subject: Subject, item: Stating) -> Entry:
        """Judge a statement without values, by nothing that is known of its subject."""
        self._check(subject, item)
        entry = statement_entry(self.known, item)
        doubted = doubted_of_subject(self.known, item, subject, ())
        refuse_violations((), item.content, item.head.override_reason, doubted)
        self.known.twins[item.digest] = item.place
        return entry

    def state(
        self,
        subject: Subject,
        items: Mapping[int, Stating],
        replaced: Statement | None = None,
    ) -> dict[int, Entry]:
        """Judge statements about a subject; return their rows.

        Of several, none may add anything that does not make sense. Nothing is changed where one is
        refused. With ``replaced``, a single one is judged without that.
        """
        life, said, entries = self.of(subject), dict[str, str](), dict[int, Entry]()
        if replaced is not None:
            life = life.without(replaced)
        for number, item in items.items():
            self._check(subject, item)
            entries[number] = statement_entry(self.known, item, said, replaced)
            said[item.digest] = item.place
        new = [self._assertion(number, entry) for number, entry in entries.items()]
        for one, item in zip(new, items.values(), strict=True):
            life.check_alone(one, item.content)
        first = next(iter(items.values()))
        if (later := self._later(life, new[0], first)) is not None:
            life.since, life.timeline = changed_from(subject, new[0]), later
            return entries
        timeline = life.timeline_with(new)
        self.rights.check_change(first.subject, timeline, (first.values, first.day))
        broken = life.breaks(timeline)
        if len(items) > 1:
            added = [v for v in broken if v not in life.broken_before()]
            refuse_violations(added, {}, None, self._doubted(subject, items, timeline))
        else:
            self._check_single(life, (timeline, broken), new[0], first)
        self.rights.accept(first.subject, timeline)
        self.known.twins |= said
        for item in items.values():
            note_name(self.known, item, subject, timeline)
        life.assertions += new
        life.since = min(life.since, *(changed_from(subject, one) for one in new))
        life.timeline, life.broken = timeline, broken
        self.by_subject[subject.type, subject.id] = life
        return entries

    def _later(self, life: Life, new: Assertion, item: Stating) -> list[StatePeriod] | None:
        """Return the timeline from the version on that a single statement takes effect in.

        ``None`` where more of it has to be known: of what came before, for the rights of the
        writer, or for what to say of a statement that is doubted or does not make sense.
        """
        day = changed_from(life.subject, new)
        rows = self.known.versions.get(item.subject, ())
        begun = [row["valid_from"] for row in rows if row["valid_from"] < day <= row["valid_to"]]
        is_apart = item.replaces is not None or self.rights.are_looked_at
        if not (self.is_of_one and begun) or is_apart:
            return None
        later = life.later(new, begun[0])
        if later is None:
            return None
        is_refused = item.head.override_reason is None and (
            later.added or doubted_of_subject(self.known, item, life.subject, later.timeline)
        )
        return None if is_refused else later.timeline

    def _before(self, subject: Subject) -> list[StatePeriod]:
        return self.of(subject).before()

    def _doubted(
        self, subject: Subject, items: Mapping[int, Stating], timeline: Sequence[StatePeriod]
    ) -> list[Fault]:
        """Return what may be doubted of several: each of them is then judged alone."""
        return [
            fault
            for item in items.values()
            for fault in doubted_of_subject(self.known, item, subject, timeline)
        ]

    def _check(self, subject: Subject, item: Stating) -> None:
        """Refuse a statement for all that does not fit, whatever is known of its subject."""
        faults = Faults()
        with faults.apart():
            check_sources(self.known, item)
        with faults.apart():
            check_end(subject.type, item.head, item.values)
        with faults.apart():
            check_hedges(item.values, item.hedges)
        if item.registers:
            with faults.apart():
                check_registration(subject.type, item.values)
        with faults.apart():
            check_history_values(self.known, subject, item.head, item.day, item.values)
        faults.refuse()

    def _check_single(
        self,
        life: Life,
        made: tuple[Sequence[StatePeriod], Sequence[Violation]],
        new: Assertion,
        item: Stating,
    ) -> None:
        """Refuse what does not make sense or is doubted, unless a statement says why it is right.

        ``made`` is the timeline with it, and all that does not make sense in that.
        """
        timeline, broken = made
        added = new_violations(life.broken_before(), broken) if broken else []
        added += disagreements(new, life.assertions, self.known.units)
        doubted = doubted_of_subject(self.known, item, life.subject, timeline, life.before)
        if item.replaces is not None:
            doubted += doubted_of_loss(life.subject, self._before(life.subject), timeline)
        refuse_violations(added, item.content, item.head.override_reason, doubted)

    def _assertion(self, number: int, entry: Entry) -> Assertion:
        row = entry.row
        values = decoded(SubjectType(row["subject_type"]), row["content"])
        return assertion(row, values, (self.known.head.number + 1, number), self.known.kept)


def check_loss(before: Life, after: Life) -> None:
    """Refuse a retraction that leaves what does not make sense, or no name or place."""
    timeline = after.timeline or []
    added = new_violations(before.broken_before(), after.breaks(timeline))
    doubted = doubted_of_loss(after.subject, before.before(), timeline)
    refuse_violations(added, None, None, [replace(fault, pointer="#") for fault in doubted])
