"""The rules of time told a second time, slowly and obviously: an oracle for the register.

It knows a plain list of statements in the order in which they were recorded, looks at all of them
for every attribute of every day, and keeps nothing. It shares no code with the app. Of the country
it knows only the few units below, looked up by hand in the tables of units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

DECREE_35 = date(2022, 7, 15)
"""From this day on the occupancy of a zone counts its service land."""
MERGER = date(2025, 7, 1)
"""On this day the provinces and communes were merged and the districts ended."""

State = dict[str, Any]


@dataclass
class Told:
    """A statement: from which day, by whom, what, recorded when, and retracted when."""

    effective: date
    authority: int
    values: dict[str, Any]
    revision: int
    retracted: int | None = None


LEVELS = ("province_code", "district_code", "commune_code")
OLD, NEW = True, False
# What was named, by a code of which era: where that is before the merger, and where it is since.
PLACES: dict[tuple[str, str, bool], tuple[tuple[str | None, ...], tuple[str | None, ...]]] = {
    ("province_code", "06", OLD): (("06", None, None), ("19", None, None)),
    ("province_code", "17", OLD): (("17", None, None), ("25", None, None)),
    ("province_code", "19", OLD): (("19", None, None), ("19", None, None)),
    ("province_code", "19", NEW): ((), ("19", None, None)),
    ("province_code", "25", NEW): ((), ("25", None, None)),
    ("district_code", "063", OLD): (("06", "063", None), ("19", None, None)),
    ("district_code", "065", OLD): (("06", "065", None), ("19", None, None)),
    ("district_code", "148", OLD): (("17", "148", None), ("25", None, None)),
    ("district_code", "164", OLD): (("19", "164", None), ("19", None, None)),
    ("commune_code", "02008", OLD): (("06", "063", "02008"), ("19", None, "02008")),
    ("commune_code", "02008", NEW): ((), ("19", None, "02008")),
    ("commune_code", "02086", OLD): (("06", "065", "02086"), ("19", None, "02086")),
    ("commune_code", "02086", NEW): ((), ("19", None, "02086")),
    ("commune_code", "02107", NEW): ((), ("19", None, "02107")),
    ("commune_code", "02113", OLD): (("06", "065", "02113"), ("19", None, "02107")),
    ("commune_code", "02131", OLD): (("06", "065", "02131"), ("19", None, "02086")),
    ("commune_code", "04798", OLD): (("17", "148", "04798"), ("25", None, "04795")),
    ("commune_code", "04795", NEW): ((), ("25", None, "04795")),
    # Gia Sàng was divided between two communes: which part a site is in cannot be known.
    ("commune_code", "05461", OLD): (("19", "164", "05461"), ("19", None, None)),
    ("commune_code", "05443", NEW): ((), ("19", None, "05443")),
}


def live(told: Sequence[Told], revision: int) -> list[Told]:
    """Return what counts at a revision: recorded by then, not retracted by then."""
    recorded = [s for s in told if s.revision <= revision]
    return [s for s in recorded if s.retracted is None or s.retracted > revision]


def decisive(told: Sequence[Told], name: str, day: date, revision: int) -> Told | None:
    """Return the statement that decides an attribute on a day, ``None`` where none speaks of it.

    The latest-effective wins; of one day the weightiest; of one weight the last recorded.
    """
    speaks = [s for s in live(told, revision) if name in s.values and s.effective <= day]
    # Of equal ones ``max`` takes the first.
    return max(reversed(speaks), key=lambda s: (s.effective, s.authority), default=None)


def state(
    kind: str | None, told: Sequence[Told], day: date, revision: int, units_of: date | None = None
) -> State | None:
    """Return the known attributes of a site on a day, as known at a revision.

    Places are told by the units of the day, or of ``units_of``. ``None`` before anything is said.
    What has no kind is a project, of which nothing but the place is derived.
    """
    counting = live(told, revision)
    if not any(s.values and s.effective <= day for s in counting):
        return None
    names = dict.fromkeys(name for s in told for name in s.values)
    winners = {name: decisive(counting, name, day, revision) for name in names}
    deciding = {n: s for n, s in winners.items() if s is not None and s.values[n] is not None}
    now = {name: s.values[name] for name, s in deciding.items() if name not in LEVELS}
    derived = _place(told, deciding, units_of or day)
    if kind is not None:
        derived |= {
            "stage": _stage(now),
            **_occupancy(kind, day, now),
            "clearance_pct": _percent(now.get("cleared_ha"), now.get("to_clear_ha")),
        }
    return now | {name: value for name, value in derived.items() if value is not None}


def _place(told: Sequence[Told], deciding: dict[str, Told], day: date) -> State:
    """Return the codes of a place on a day.

    Of what is said of the place the statement that wins by date, authority and recording decides,
    of one statement the most precise level. Another fills in what is missing, unless it meant
    another place on the day from which the weightier one holds.
    """
    words = [(*_rank(told, s), LEVELS.index(n), s) for n, s in deciding.items() if n in LEVELS]
    believed: list[tuple[Told, str]] = []
    found: State = {}
    for *_, level, said in sorted(words, key=lambda word: word[:-1], reverse=True):
        word = (said, LEVELS[level])
        days = [(other, other[0].effective) for other in believed]
        if all(_agree(where(word, on), where(other, on)) for other, on in days):
            believed.append(word)
            found = where(word, day) | found
    return found


def _rank(told: Sequence[Told], said: Told) -> tuple[date, int, int]:
    return said.effective, said.authority, [s is said for s in told].index(True)


def where(word: tuple[Told, str], day: date) -> State:
    """Return the codes on a day of what a statement names at a level, and of what it lies in."""
    said, level = word
    codes = PLACES[level, said.values[level], said.effective < MERGER][day >= MERGER]
    return {name: known for name, known in zip(LEVELS, codes, strict=True) if known is not None}


def _agree(one: State, other: State) -> bool:
    return all(one[name] == other[name] for name in one.keys() & other.keys())


def _stage(now: State) -> str:
    planning, legal = now.get("planning_status"), now.get("legal_status")
    operation = now.get("operation_status")
    if legal == "abolished" or operation == "closed":
        return "closed"
    if operation in {"suspended", "trial", "operating"}:
        return "suspended" if operation == "suspended" else "operating"
    if now.get("construction_status") in {"in_progress", "completed"}:
        return "construction"
    if now.get("clearance_status") in {"in_progress", "completed", "suspended"}:
        return "clearance"
    if legal in {"established", "expanded"}:
        return "established"
    return planning or "unknown"


def _occupancy(kind: str, day: date, now: State) -> State:
    industrial, service = now.get("industrial_land_ha"), now.get("service_land_ha")
    leased, rate = now.get("leased_ha"), now.get("stated_occupancy_pct")
    legal, leasable = "ccn", industrial
    if kind == "zone":
        legal = "kcn_2022" if day >= DECREE_35 else "kcn_2018"
    if legal == "kcn_2022":
        leasable = None if industrial is None or service is None else industrial + service
    definition = legal
    if leased is not None and leasable is not None:
        rate = _percent(leased, leasable)
    elif rate is not None:
        definition = now.get("occupancy_definition", "as_stated")
    return {
        "leasable_ha": leasable,
        "occupancy_pct": rate,
        "occupancy_pct_definition": None if rate is None else definition,
    }


def _percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return a rate; one of more than 100 % is unknown."""
    if part is None or not whole or part > whole:
        return None
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def timeline(
    kind: str | None, told: Sequence[Told], revision: int
) -> list[tuple[date, date, State]]:
    """Return the states of a site or project with their first day and the day on which they end."""
    days = {s.effective for s in live(told, revision) if s.values}
    days |= {day for day in (DECREE_35, MERGER) if days and day > min(days)}
    states: list[tuple[date, State]] = []
    for day in sorted(days):
        now = state(kind, told, day, revision)
        if now is not None and (not states or states[-1][1] != now):
            states.append((day, now))
    following = pairwise([*states, (date.max, {})])
    return [(day, end, now) for (day, now), (end, _) in following]


def boundary_days(told: Sequence[Told]) -> list[date]:
    """Return every day on which something could change, with the day before and the day after."""
    days = {s.effective for s in told} | {DECREE_35, MERGER}
    return sorted({date.fromordinal(d.toordinal() + step) for d in days for step in (-1, 0, 1)})
