"""Judging statements about sites and projects by all that is known of these, several at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.core.vocabulary import SubjectType
from app.entry.checks import check_effect, check_history_values, refuse_violations
from app.entry.items import Stating, statement_entry
from app.entry.known import Key, Known
from app.entry.rights import Rights
from app.ledger.revisions import Entry
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.definitions import Subject, definition_of
from app.subjects.fold import Assertion, StatePeriod
from app.subjects.projection import assertion_of, decoded
from app.subjects.state_machine import Violation, moves, new_violations, violations
from app.subjects.timeline import subject_timeline, timeline_from
from app.units.units import Units


@dataclass(slots=True)
class Life:
    """A site or project as it is by what was accepted so far.

    ``digests`` has the id of each of its statements, or its place in the request.
    """

    subject: Subject
    units: Units
    assertions: list[Assertion]
    digests: dict[str, str]
    timeline: list[StatePeriod] | None = None
    broken: list[Violation] | None = None

    @property
    def last_day(self) -> date:
        """The last day on which any of its statements takes effect."""
        return max((one.effective_day for one in self.assertions), default=date.min)

    def breaks(self, timeline: Sequence[StatePeriod]) -> list[Violation]:
        """Return what of a timeline does not make sense, whether or not it did before."""
        machine = definition_of(self.subject).state_machine
        return violations(timeline, machine) + moves(timeline, self.units)

    def broken_before(self) -> list[Violation]:
        """Return what did not make sense before a statement is added."""
        if self.broken is None:
            self.broken = self.breaks(self.timeline_of(self.assertions))
        return self.broken

    def timeline_of(self, statements: Iterable[Assertion]) -> list[StatePeriod]:
        """Return the timeline by all statements."""
        return subject_timeline(self.subject, statements, self.units)

    def timeline_with(self, new: Sequence[Assertion]) -> list[StatePeriod]:
        """Return the timeline with more statements; what it is before the first of them stays."""
        statements = [*self.assertions, *new]
        if self.timeline is None:
            return self.timeline_of(statements)
        day = min(one.effective_day for one in new)
        return timeline_from(self.subject, statements, self.units, day, self.timeline)


@dataclass(slots=True)
class Lives:
    """The sites and projects that a plan is about."""

    known: Known
    rights: Rights
    by_subject: dict[Key, Life] = field(default_factory=dict)

    def of(self, subject: Subject) -> Life:
        """Return what is known of a site or project so far."""
        about = (subject.type, subject.id)
        life = self.by_subject.get(about)
        if life is None or life.subject != subject:
            rows = self.known.live.get(about, [])
            digests = {row.content_digest: str(row.id) for row in rows}
            statements = [assertion_of(row) for row in rows]
            life = self.by_subject[about] = Life(subject, self.known.units, statements, digests)
        return life

    def can_wait(self, item: Stating) -> bool:
        """Return whether a statement may be judged together with later ones about its subject.

        A place counts before its day, too, and the rights over a project depend on where its site
        lies by then.
        """
        names_place = not UNIT_LEVELS.keys().isdisjoint(item.values)
        has_site = self.rights.is_bound and item.subject[0] != SubjectType.site
        return not (item.registers or names_place or has_site)

    def runs(self, subject: Subject, items: Mapping[int, Stating]) -> Iterator[dict[int, Stating]]:
        """Yield statements about a subject in parts that can be judged together.

        What takes effect after all that was stated before changes nothing before its day. Where
        that holds for each statement but the first, the end shows what each of them made of the
        subject, on the days until the next: if that makes sense, it did after each of them.
        """
        run: dict[int, Stating] = {}
        last = self.of(subject).last_day
        for number, item in items.items():
            if run and item.day <= last:
                yield run
                run = {}
            run[number] = item
            last = max(last, item.day)
        yield run

    def state(self, subject: Subject, items: Mapping[int, Stating]) -> dict[int, Entry]:
        """Judge statements about a subject; return their rows.

        Of several, none may add anything that does not make sense. Nothing is changed where one is
        refused.
        """
        life = self.of(subject)
        digests, entries = dict(life.digests), {}
        for number, item in items.items():
            check_history_values(self.known, subject, item.head.basis, item.day, item.values)
            entries[number] = statement_entry(self.known, item, digests.get(item.digest))
            digests[item.digest] = item.place
        new = [self._assertion(number, entry) for number, entry in entries.items()]
        timeline = life.timeline_with(new)
        first = next(iter(items.values()))
        self.rights.check_change(first.subject, timeline, (first.values, first.day))
        check_effect(timeline, [*life.assertions, *new], new[0])
        broken = life.breaks(timeline)
        if broken:
            _check_broken(life.broken_before(), broken, list(items.values()))
        self.rights.accept(first.subject, timeline)
        life.assertions += new
        life.digests, life.timeline, life.broken = digests, timeline, broken
        return entries

    def _assertion(self, number: int, entry: Entry) -> Assertion:
        row, revision = entry.row, self.known.head.number + 1
        values = decoded(SubjectType(row["subject_type"]), row["content"])
        return Assertion(row["effective_day"], row["authority"], revision, number, values)


def _check_broken(
    before: Sequence[Violation], broken: Sequence[Violation], items: Sequence[Stating]
) -> None:
    """Refuse what statements add that does not make sense; a single one may say why it is right."""
    if len(items) > 1:
        refuse_violations([one for one in broken if one not in before], {}, None)
    else:
        reason: str | None = getattr(items[0].head, "override_reason", None)
        refuse_violations(new_violations(before, broken), items[0].content, reason)
