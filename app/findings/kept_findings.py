"""The findings of provinces, kept in this process with the facts that they follow from."""

from asyncio import to_thread
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from threading import Event
from typing import NamedTuple, TypeVar, get_args

from app.database.connections import Executor
from app.findings.catalogue import RULES, findings_of
from app.findings.facts import Fact, Finding, Rule, UnplacedSite
from app.findings.judged import Judged, judge
from app.findings.missing_sites import read_unplaced
from app.findings.province_facts import read_province_facts, reread
from app.findings.touched import Key, Touched, read_touched
from app.ledger.kept import Kept
from app.ledger.snapshots import At, Pin
from app.units.units import Unit, Units

_Found = TypeVar("_Found")
_FACTS: Sequence[Fact] = get_args(Fact)
_SHARED = 20
"""What is kept for reads of a revision before shares most of its facts with what follows it."""


class Name(NamedTuple):
    """A province, by its code and a day of its life."""

    code: str
    day: date


@dataclass(frozen=True, slots=True)
class _Province:
    """The findings of a province on a day, but for what some ``touched`` subjects change."""

    since: int
    judged: Judged
    touched: frozenset[Key] = frozenset()
    size: int = 0

    @property
    def former(self) -> "_Province":
        """What is kept of it for reads of the revisions before one that touches it."""
        return replace(self, size=self.size // _SHARED)

    def moved(self, name: Name, touched: Touched) -> "_Province | None":
        """Note what some revisions touched; return itself if they touched nothing of it."""
        if touched.is_much:
            return None
        of_it = touched.by_province.get(name.code, frozenset())
        of_it |= touched.subjects & self.judged.about
        return replace(self, since=touched.until, touched=self.touched | of_it) if of_it else self


class KeptFindings(Kept[Name, _Province, Touched]):
    """What was read last of provinces."""

    def __init__(self, most_bytes: int) -> None:
        """Keep about so many bytes at most."""
        super().__init__(most_bytes, read_touched)


@dataclass(frozen=True, slots=True)
class Judges:
    """The findings of provinces at the revision that a read is pinned to."""

    connection: Executor
    units: Units
    pin: Pin
    kept: KeptFindings

    @staticmethod
    def unkept(connection: Executor, units: Units, revision: int) -> "Judges":
        """Return those of a revision of which nothing is to be kept."""
        pin = Pin(revision, None, units.edition or 0, None, revision)
        return Judges(connection, units, pin, KeptFindings(0))

    async def unplaced(self, day: date) -> Mapping[str, Sequence[UnplacedSite]]:
        """Return the sites of unknown province on a day, by the code of where they are reported."""
        return await read_unplaced(self.connection, self.units, At(day, self.pin.revision))

    async def find(
        self, unit: Unit, day: date, unplaced: Sequence[UnplacedSite] | None, rules: Sequence[Rule]
    ) -> tuple[Sequence[Finding], int]:
        """Return what some rules find in a province, the severest first, and how much they compare.

        Where nothing is kept of it, only the facts that the rules need are read. ``unplaced`` is
        ``None`` if they need none.
        """
        needs = {fact for rule in rules for fact in rule.needs}
        await self.kept.reach(self.connection, self.pin)
        name = Name(unit.code, day)
        known = self.kept.get(name, self.pin)
        if known is None and len(rules) < len(RULES):
            at = At(day, self.pin.revision)
            facts = await read_province_facts(
                self.connection, self.units, unit, at, unplaced or (), needs
            )
            found: Sequence[Finding] = await _in_thread(partial(findings_of, facts, rules))
            return found, facts.size_for(needs)
        judged = await self._judged(unit, name, unplaced, known)
        wanted = {rule.code for rule in rules}
        found = [one for one in judged.findings if one.rule in wanted]
        return found, judged.facts.size_for(needs)

    async def _judged(
        self,
        unit: Unit,
        name: Name,
        unplaced: Sequence[UnplacedSite] | None,
        known: _Province | None,
    ) -> Judged:
        """Return what is kept of a province, with what was touched of it read and judged again."""
        if known is None:
            at = At(name.day, self.pin.revision)
            facts = await read_province_facts(
                self.connection, self.units, unit, at, unplaced or (), _FACTS
            )
            known = _Province(self.pin.revision, Judged.nothing(facts))
        else:
            facts = known.judged.facts
            if unplaced is not None and list(unplaced) != list(facts.unplaced):
                facts = replace(facts, unplaced=unplaced)
            if known.touched:
                facts = await reread(
                    self.connection, self.units, facts, known.touched, self.pin.revision
                )
            elif facts is known.judged.facts:
                return known.judged
        judged = await _in_thread(partial(judge, facts, known.judged))
        kept = _Province(known.since, judged, size=judged.size)
        self.kept.keep(name, self.pin, kept)
        return judged


async def _in_thread(judge_: Callable[[Callable[[], bool]], _Found]) -> _Found:
    """Apply rules, which are pure arithmetic: in a thread they do not block the event loop."""
    stop = Event()
    try:
        return await to_thread(judge_, stop.is_set)
    finally:
        stop.set()
