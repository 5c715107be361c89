"""Which states and changes of a subject make sense.

An *impossible* state contradicts itself and is refused. An *irregular* change can happen in life
(a re-opened site, works begun before the decision) but is more often a slip: it passes only with a
reason, which is kept. Both are judged on whole timelines, so that a late statement about the past
is judged by what came after it as well.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.stage import ESTABLISHED
from app.domain.timeline import Piece
from app.domain.units import UnitLevel, Units
from app.domain.vocabulary import LegalStatus


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that does not make sense: the attribute at fault, the day, and why."""

    attribute: str
    day: date
    reason: str
    possible: bool

    @property
    def key(self) -> tuple[str, str, date | None]:
        """What makes two violations the same one.

        A state may be impossible from another day on than before and is still the same fault; a
        change is irregular on its day, and again when it happens again.
        """
        return (self.attribute, self.reason, self.day if self.possible else None)


Values = Mapping[str, Any]
StateRule = Callable[[Values], tuple[str, str] | None]
"""Judges one state: the attribute at fault and why, or ``None``."""
StartRule = Callable[[Values, Piece], Iterable[Violation]]
"""Judges a state by what was known before it."""


@dataclass(frozen=True, slots=True)
class Course:
    """What makes sense of one type of subject.

    ``orderly`` names for each track the statuses that may follow each status without a reason
    being asked. A track of ``new_phase`` may start anew when the named attribute moved on.
    """

    states: tuple[StateRule, ...]
    starts: StartRule
    orderly: Mapping[str, Mapping[str, Collection[str]]]
    new_phase: Mapping[str, str] = field(default_factory=dict)


def exceeds(part: str, whole: str, words: str) -> StateRule:
    """Return the rule that ``part`` is at most ``whole``."""

    def rule(now: Values) -> tuple[str, str] | None:
        low, high = now.get(part), now.get(whole)
        if low is None or high is None or low <= high:
            return None
        return part, f"{part} {low:f} is more than {whole} {high:f}: {words}."

    return rule


def violations(timeline: Sequence[Piece], course: Course) -> list[Violation]:
    """Return everything in a timeline that does not make sense, oldest first."""
    found: list[Violation] = []
    # A status that became unknown for a while is judged by the last one known.
    known: Values = {}
    for now in timeline:
        found += _state_violations(now, course)
        found += course.starts(known, now)
        found += _track_violations(known, now, course)
        known = {**known, **now.values}
    return found


def moves(timeline: Sequence[Piece], units: Units) -> list[Violation]:
    """Return where a subject gets into another province by other means than a reform of the units.

    Neither sites nor projects move: either place may be a slip, and both provinces' figures hang
    on it.
    """
    found = []
    last: str | None = None
    since = date.min
    for now in timeline:
        code = now.values.get("province_code")
        if code is None:
            continue
        if last is not None and _province_on(last, since, now.valid_from, units) != code:
            why = f"it gets from province {last} to {code}, and neither sites nor projects move."
            found.append(Violation("province_code", now.valid_from, why, True))
        last, since = code, now.valid_from
    return found


def _province_on(code: str, since: date, day: date, units: Units) -> str | None:
    unit = units.at(UnitLevel.province, code, since)
    heir = units.follow(unit, day) if unit else None
    return heir.code if heir else None


def new_violations(before: Iterable[Violation], after: Iterable[Violation]) -> list[Violation]:
    """Return what a write adds, each once: what was there already is not its fault."""
    known = {violation.key for violation in before}
    first: dict[tuple[str, str, date | None], Violation] = {}
    for violation in after:
        if violation.key not in known:
            first.setdefault(violation.key, violation)
    return list(first.values())


def _state_violations(now: Piece, course: Course) -> list[Violation]:
    broken = (rule(now.values) for rule in course.states)
    return [Violation(name, now.valid_from, why, False) for name, why in filter(None, broken)]


def _track_violations(before: Values, now: Piece, course: Course) -> list[Violation]:
    found = []
    for track, orderly in course.orderly.items():
        old, new = before.get(track), now.values.get(track)
        if old is None or new is None or old == new or new in orderly[old]:
            continue
        if not _starts_anew(course.new_phase.get(track), before, now):
            why = f"{track} goes from {old} to {new}, which is not the usual course."
            found.append(Violation(track, now.valid_from, why, True))
    return found


def _starts_anew(cause: str | None, before: Values, now: Piece) -> bool:
    if cause is None:
        return False
    old, new = before.get(cause), now.values.get(cause)
    if cause == "legal_status":
        return new == LegalStatus.expanded and old in ESTABLISHED
    return new is not None and (old is None or new > old)
