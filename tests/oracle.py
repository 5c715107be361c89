"""The rules of time told a second time, slowly and obviously: an oracle for the register.

It knows a plain list of statements in the order in which they were recorded, looks at all of them
for every attribute of every day, and keeps nothing. It shares no code with the app. Of the country
it knows only the few units below, looked up by hand in the tables of units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    """A statement: from which day, by whom, what, recorded when, and retracted when.

    It says so until before ``end``, if it names one. What is said of projects has one lane. Some
    numbers are given less exactly than others, which ``qualifiers`` tell; ``values_to`` has the
    upper ends of those that are ranges. What it ``replaces`` it is recorded in place of.
    """

    effective: date
    authority: int
    values: dict[str, Any]
    revision: int
    retracted: int | None = None
    end: date | None = None
    basis: str = "actual"
    of_project: bool = False
    qualifiers: dict[str, str] = field(default_factory=dict)
    values_to: dict[str, Any] = field(default_factory=dict)
    replaces: "Told | None" = None


LEVELS = ("province_code", "district_code", "commune_code")
ACTUAL, PLANNED = "actual", "planned"
TWO_LANES = {
    "investor",
    "managing_body",
    "industrial_land_ha",
    "service_land_ha",
    "to_clear_ha",
    "affected_households",
}
"""Of these attributes of sites, what is planned or aimed at stands apart from what is."""
HEADS = {
    "occupancy_definition": "stated_occupancy_pct",
    "geometry_accuracy": "geometry",
    "design_capacity_unit": "design_capacity",
    "design_capacity_period": "design_capacity",
    "to_clear_ha": "clearance_phase",
    "cleared_ha": "clearance_phase",
}
"""What each of these belongs to: it holds while that is as it was."""
OLD, NEW = True, False
# What was named, by a code of which era: where that is before the merger, and where it is since.
# What a commune of today was before is unknown, but all that it was made of lay in one district.
PLACES: dict[tuple[str, str, bool], tuple[tuple[str | None, ...], tuple[str | None, ...]]] = {
    ("province_code", "06", OLD): (("06", None, None), ("19", None, None)),
    ("province_code", "17", OLD): (("17", None, None), ("25", None, None)),
    ("province_code", "19", OLD): (("19", None, None), ("19", None, None)),
    # Before it became what it is, Thái Nguyên was two provinces and Phú Thọ three.
    ("province_code", "19", NEW): ((None, None, None), ("19", None, None)),
    ("province_code", "25", NEW): ((None, None, None), ("25", None, None)),
    ("district_code", "063", OLD): (("06", "063", None), ("19", None, None)),
    ("district_code", "065", OLD): (("06", "065", None), ("19", None, None)),
    ("district_code", "148", OLD): (("17", "148", None), ("25", None, None)),
    ("district_code", "164", OLD): (("19", "164", None), ("19", None, None)),
    ("commune_code", "02008", OLD): (("06", "063", "02008"), ("19", None, "02008")),
    ("commune_code", "02008", NEW): (("06", "063", None), ("19", None, "02008")),
    ("commune_code", "02086", OLD): (("06", "065", "02086"), ("19", None, "02086")),
    ("commune_code", "02086", NEW): (("06", "065", None), ("19", None, "02086")),
    ("commune_code", "02107", NEW): (("06", "065", None), ("19", None, "02107")),
    ("commune_code", "02113", OLD): (("06", "065", "02113"), ("19", None, "02107")),
    ("commune_code", "02131", OLD): (("06", "065", "02131"), ("19", None, "02086")),
    ("commune_code", "04798", OLD): (("17", "148", "04798"), ("25", None, "04795")),
    ("commune_code", "04795", NEW): (("17", "148", None), ("25", None, "04795")),
    # Gia Sàng was divided between two communes: which part a site is in cannot be known.
    ("commune_code", "05461", OLD): (("19", "164", "05461"), ("19", None, None)),
    ("commune_code", "05443", NEW): (("19", "164", None), ("19", None, "05443")),
}


def live(told: Sequence[Told], revision: int) -> list[Told]:
    """Return what counts at a revision: recorded by then, not retracted by then."""
    recorded = [s for s in told if s.revision <= revision]
    return [s for s in recorded if s.retracted is None or s.retracted > revision]


def lane(said: Told, name: str) -> str:
    """Return whether a statement says what is, or what is planned."""
    is_planned = name in TWO_LANES and not said.of_project and said.basis in {"plan", "target"}
    return PLANNED if is_planned else ACTUAL


def decisive(
    told: Sequence[Told], name: str, day: date, revision: int, of: str = ACTUAL
) -> Told | None:
    """Return the statement that decides an attribute on a day, ``None`` where none speaks of it.

    The latest-effective wins; of one day the weightiest; of one weight the last recorded, for which
    a replacement counts as what it replaces. What belongs to something else counts while that is as
    it was.
    """
    speaks = [
        s
        for s in live(told, revision)
        if name in s.values
        and lane(s, name) == of
        and s.effective <= day
        and (s.end is None or day < s.end)
    ]
    if of == ACTUAL and name in HEADS:
        now = _value(told, HEADS[name], day, revision)
        speaks = [s for s in speaks if _stated_with(told, s, HEADS[name], revision) == now]
    return max(speaks, key=lambda s: rank(told, s), default=None)


def rank(told: Sequence[Told], said: Told) -> tuple[date, int, int]:
    """Return what decides between statements; the greatest wins."""
    first = said
    while first.replaces is not None:
        first = first.replaces
    return said.effective, said.authority, [s is first for s in told].index(True)


def _value(told: Sequence[Told], name: str, day: date, revision: int) -> Any:
    said = decisive(told, name, day, revision)
    return said.values[name] if said else None


def _stated_with(told: Sequence[Told], said: Told, head: str, revision: int) -> Any:
    """Return the head that a statement gives, or the one of its day."""
    if head in said.values:
        return said.values[head]
    return _value(told, head, said.effective, revision)


def winners(told: Sequence[Told], day: date, revision: int, of: str = ACTUAL) -> dict[str, Told]:
    """Return the statement that decides each attribute on a day.

    Before anything is said of the name, or of the place, what is said of it first counts.
    """
    names = dict.fromkeys(n for s in told for n in s.values)
    found = {n: decisive(told, n, _held_back(told, n, day, revision), revision, of) for n in names}
    return {name: said for name, said in found.items() if said is not None}


def _held_back(told: Sequence[Told], name: str, day: date, revision: int) -> date:
    """Return the day of which an attribute is known on a day: a later one for name and place."""
    together = next((names for names in (("name",), LEVELS) if name in names), ())
    if not together:
        return day
    known = [
        s.effective
        for s in live(told, revision)
        if any(_value(told, n, s.effective, revision) is not None for n in together)
    ]
    return max([day, *sorted(known)[:1]])


def state(
    kind: str | None, told: Sequence[Told], day: date, revision: int, units_of: date | None = None
) -> State | None:
    """Return the known attributes of a site on a day, as known at a revision.

    Places are told by the units of the day, or of ``units_of``. ``None`` before anything is said,
    for which to say that something is unknown is not enough. What has no kind is a project, of
    which nothing but the place is derived.
    """
    if not has_begun(told, day, revision):
        return None
    decided = winners(told, day, revision)
    deciding = {n: s for n, s in decided.items() if s.values[n] is not None}
    now = {name: s.values[name] for name, s in deciding.items() if name not in LEVELS}
    now |= _hedges(deciding)
    derived = _place_by(told, deciding, day, units_of or day)
    if kind is not None:
        derived |= {
            "stage": _stage(now),
            **_occupancy(kind, day, now),
            "clearance_pct": _percent(now.get("cleared_ha"), now.get("to_clear_ha")),
            "planned": planned(told, day, revision) or None,
        }
    return now | {name: value for name, value in derived.items() if value is not None}


def has_begun(told: Sequence[Told], day: date, revision: int) -> bool:
    """Return whether any value was given by a day."""
    begun = [s for s in live(told, revision) if s.effective <= day]
    return any(value is not None for s in begun for value in s.values.values())


def planned(told: Sequence[Told], day: date, revision: int) -> State:
    """Return what is planned or aimed at on a day."""
    decided = winners(told, day, revision, PLANNED)
    known = {n: s for n, s in sorted(decided.items()) if s.values[n] is not None}
    return {n: s.values[n] for n, s in known.items()} | _hedges(known)


def _hedges(deciding: dict[str, Told]) -> State:
    """Return how exactly the numbers are given: as who decides them gives them."""
    codes = {n: s.qualifiers[n] for n, s in deciding.items() if n in s.qualifiers}
    ends = {n: s.values_to[n] for n, s in deciding.items() if n in s.values_to}
    return {n: given for n, given in (("qualifiers", codes), ("values_to", ends)) if given}


def _place_by(told: Sequence[Told], deciding: dict[str, Told], day: date, units_of: date) -> State:
    """Return the codes of a place on a day, told by the units of perhaps another."""
    found = _place(told, deciding, day)
    if day < MERGER <= units_of:
        # What was not certain then does not become so by the names of now.
        now = [where_code(name, code, OLD, units_of) for name, code in found.items()]
        return {name: code for one in now for name, code in one.items()}
    return found


def _place(told: Sequence[Told], deciding: dict[str, Told], day: date) -> State:
    """Return the codes of a place on a day.

    Of what is said of the place the statement that wins by date, authority and recording decides,
    of one statement the most precise level. Another fills in what is missing, unless it meant
    another place on the day from which the weightier one holds.
    """
    words = [(*rank(told, s), LEVELS.index(n), s) for n, s in deciding.items() if n in LEVELS]
    believed: list[tuple[Told, str]] = []
    found: State = {}
    for *_, level, said in sorted(words, key=lambda word: word[:-1], reverse=True):
        word = (said, LEVELS[level])
        days = [(other, other[0].effective) for other in believed]
        if all(_agree(where(word, on), where(other, on)) for other, on in days):
            believed.append(word)
            found = where(word, day) | found
    return found


def where(word: tuple[Told, str], day: date) -> State:
    """Return the codes on a day of what a statement names at a level, and of what it lies in."""
    said, level = word
    return where_code(level, said.values[level], said.effective < MERGER, day)


def where_code(level: str, code: str, era: bool, day: date) -> State:
    """Return the codes on a day of what a code of an era names, and of what it lies in."""
    codes = PLACES[level, code, era][day >= MERGER]
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
    days |= {s.end for s in live(told, revision) if s.end}
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
    days = {s.effective for s in told} | {s.end for s in told if s.end} | {DECREE_35, MERGER}
    return sorted({date.fromordinal(d.toordinal() + step) for d in days for step in (-1, 0, 1)})
