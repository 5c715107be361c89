"""A site or project while statements about it are judged."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.entry.known import Known
from app.ledger.tables import Statement
from app.subjects.definitions import Subject, definition_of
from app.subjects.fold import Assertion, StatePeriod
from app.subjects.projection import assertion_of
from app.subjects.state_machine import Violation, moves, violations
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

    @classmethod
    def of(cls, subject: Subject, known: Known) -> "Life":
        """Return the life of a subject as the register knows it."""
        rows = known.live.get((subject.type, subject.id), ())
        return cls(subject, known.units, [assertion_of(row, known.kept) for row in rows])

    def breaks(self, timeline: Sequence[StatePeriod]) -> list[Violation]:
        """Return what of a timeline does not make sense, whether or not it did before."""
        machine = definition_of(self.subject).state_machine
        return violations(timeline, machine) + moves(timeline, self.units)

    def broken_before(self) -> list[Violation]:
        """Return what did not make sense before a statement is added."""
        if self.broken is None:
            self.broken = self.breaks(self.timeline_of(self.assertions))
        return self.broken

    def without(self, statement: Statement) -> "Life":
        """Return the life without a statement, compared with what was broken with it."""
        place = (statement.revision, statement.position)
        left = [one for one in self.assertions if (one.revision, one.position) != place]
        return Life(self.subject, self.units, left, broken=self.broken_before())

    def timeline_of(self, statements: Sequence[Assertion]) -> list[StatePeriod]:
        """Return the timeline by all statements."""
        return subject_timeline(self.subject, statements, self.units)

    def timeline_with(self, new: Assertion) -> list[StatePeriod]:
        """Return the timeline with one more statement; what that cannot change stays."""
        statements = [*self.assertions, new]
        if self.timeline is None:
            return self.timeline_of(statements)
        day = changed_from(self.subject, new)
        return timeline_from(self.subject, statements, self.units, day, self.timeline)
