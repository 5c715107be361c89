"""Observations of a province and which of them is in force on a day."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from app.core.vocabulary import MEASURED, SiteKind
from app.statistics.indicators import INDICATORS
from app.subjects.fold import numbers_of
from app.units.units import Unit


class Observed(NamedTuple):
    """The value of one indicator of a province, as one live statement gives it.

    A plain tuple in the order of the selected columns: a rollup reads hundreds of them.
    Codes are the text of ``Basis``, ``Qualifier``, ``PriceBase``, ``Trend`` and ``DateBasis``.
    """

    statement_id: str
    position: int
    known_from: int
    province_code: str
    indicator: str
    basis: str
    period: str
    period_from: date
    period_to: date
    value: Decimal
    value_to: Decimal | None
    qualifier: str
    pct_of_target: Decimal | None
    price_base: str | None
    trend: str | None
    source_id: str
    source_title: str
    authority: int
    effective_from: str
    effective_day: date
    date_basis: str
    rank_of: str | None = None
    """The statement whose rank it keeps, where it is of a replacement."""

    @property
    def rank(self) -> tuple[date, date, int, int, int, int]:
        """The greatest wins: latest stated, latest period, authority, latest recorded."""
        if self.rank_of is not None:
            recorded = numbers_of(self.rank_of)
        else:
            recorded = self.known_from, int(self.statement_id.partition("-")[2])
        return (
            self.effective_day,
            self.period_to,
            self.authority,
            *recorded,
            self.position,
        )


Key = TypeVar("Key", bound=Hashable)


def latest(observations: Iterable[Observed], key: Callable[[Observed], Key]) -> dict[Key, Observed]:
    """Return for each key the observation that is in force among those given."""
    winners: dict[Key, Observed] = {}
    for observed in observations:
        named = key(observed)
        rival = winners.get(named)
        if rival is None or _outranks(observed, rival):
            winners[named] = observed
    return winners


def _outranks(observed: Observed, rival: Observed) -> bool:
    # Most pairs differ in their day, the first part of the rank, and need no more than that.
    if observed.effective_day != rival.effective_day:
        return observed.effective_day > rival.effective_day
    return observed.rank > rival.rank


def totals_by(stated: Iterable[Observed], day: date) -> dict[str, tuple[date, Observed]]:
    """Return for each indicator the measured value of the latest day, by a day, and that day.

    A value is about the last day of its period, or about the requested one while the period runs;
    a figure about a period that has not begun says nothing yet.
    """
    found: dict[str, tuple[date, Observed]] = {}
    for o in stated:
        if o.basis in MEASURED and o.period_from <= day:
            on = min(day, o.period_to)
            rival = found.get(o.indicator)
            if rival is None or (on, o.rank) > (rival[0], rival[1].rank):
                found[o.indicator] = on, o
    return found


def subject(observed: Observed) -> tuple[str, date, date, str, str]:
    """Return the subject of a value: only a later value of the same subject supersedes it.

    A period is its days, however it is written: 2023 is 2023-01/2023-12. Money at the prices of
    different years is not the same.
    """
    o = observed
    return (o.indicator, o.period_from, o.period_to, o.basis, o.price_base or "")


def prices_of(observed: Observed) -> str | None:
    """Return the prices a value is counted at: as stated, or those of the indicator."""
    return observed.price_base or INDICATORS[observed.indicator].price_base


def stated_of(unit: Unit, observations: Iterable[Observed], day: date) -> list[Observed]:
    """Return the observations of a unit during its life, on or before ``day``.

    The dates distinguish the units that had the same code one after the other.
    """
    first, end = unit.valid_from or date.min, unit.valid_to or date.max
    return [
        o
        for o in observations
        if first <= o.effective_day <= day
        and o.effective_day < end
        and o.province_code == unit.code
    ]


_Course = tuple[Sequence[date], Sequence[Observed]]


@dataclass(frozen=True, slots=True)
class Stated:
    """All that was stated of the units that had a code one after the other, oldest first.

    By the kind of site that it is about, ``None`` for none.
    """

    count: int
    courses: Mapping[SiteKind | None, _Course]

    @staticmethod
    def of(observations: Iterable[Observed]) -> "Stated":
        """Put the observations in order."""
        ordered = sorted(observations, key=lambda o: o.effective_day)
        kinds: dict[SiteKind | None, list[Observed]] = defaultdict(list)
        for observed in ordered:
            kinds[INDICATORS[observed.indicator].kind].append(observed)
        courses = {kind: ([o.effective_day for o in some], some) for kind, some in kinds.items()}
        return Stated(len(ordered), courses)

    def about(self, unit: Unit, day: date, kind: SiteKind | None) -> Sequence[Observed]:
        """Return what was stated of a unit during its life by a day, about a kind of site."""
        days, stated = self.courses.get(kind, ((), ()))
        first = bisect_left(days, unit.valid_from) if unit.valid_from else 0
        end = bisect_left(days, unit.valid_to) if unit.valid_to else len(days)
        return stated[first : min(end, bisect_right(days, day))]

    def on(self, unit: Unit, day: date) -> list[Observed]:
        """Return the same about all kinds, and about none."""
        return [observed for kind in self.courses for observed in self.about(unit, day, kind)]
