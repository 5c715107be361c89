"""Made-up histories of sites and projects.

Statements come late, share their dates, clear attributes, end, are plans, are retracted, replaced
and cross changes of units.
Days and values come from small pools, so that statements meet: they share days, sources and
attributes far more often than in life. Histories are drawn with a ``Random`` that is given, so
that hypothesis can shrink them and a seed can repeat them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle import MERGER, Told

SOURCES: dict[str, tuple[str, int]] = {
    "decision-a": ("decision", 40),
    "plan-a": ("plan", 30),
    "report-a": ("report", 20),
    "report-b": ("report", 20),
    "article-a": ("article", 10),
}
"""Sources with their kind and their authority."""

DATES: dict[str, date] = {
    "2019": date(2019, 1, 1),
    "2021": date(2021, 1, 1),
    "2021-Q1": date(2021, 1, 1),
    "2022-07-14": date(2022, 7, 14),
    "2022-07-15": date(2022, 7, 15),
    "2022-07-16": date(2022, 7, 16),
    "2023-12": date(2023, 12, 1),
    "2025-06-30": date(2025, 6, 30),
    "2025-07": date(2025, 7, 1),
    "2025-07-01": date(2025, 7, 1),
    "2025-07-02": date(2025, 7, 2),
    "2026-03": date(2026, 3, 1),
}
"""Dates as sources write them, with the day on which they take effect."""

# Province, district and commune before the merger, and since.
HOMES: tuple[tuple[tuple[str | None, ...], tuple[str | None, ...]], ...] = (
    (("06", "065", "02131"), ("19", None, "02086")),
    (("06", "065", "02086"), ("19", None, "02086")),
    (("06", "065", "02113"), ("19", None, "02107")),
    (("06", "063", "02008"), ("19", None, "02008")),
    (("17", "148", "04798"), ("25", None, "04795")),
    (("19", "164", "05461"), ("19", None, "05443")),
)


def _decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in texts)


_NEVER_CLEARED = {"name", "province_code"}
_TEXTS: Mapping[str, Sequence[Any]] = {
    "name": ("Quảng Chu", "Quảng Chu 2"),
    "name_en": ("Quang Chu",),
    "aliases": (["Chợ Mới"], ["Chợ Mới", "Yên Đĩnh"]),
    "address": ("Thôn Đèo Vai",),
    "investor": ("developer-a", "developer-b"),
    "managing_body": ("developer-a",),
    "expected_operation": ("2026", "2026-03"),
}
_LAND: Mapping[str, Sequence[Any]] = {
    "area_ha": _decimals("40", "43.5", "74.4321"),
    "planned_area_ha": _decimals("74.4", "80.7"),
    "detailed_plan_area_ha": _decimals("73.9"),
    "industrial_land_ha": _decimals("10", "15.25", "33.3333"),
    "service_land_ha": _decimals("0", "2.5"),
    # More than the industrial land of some.
    "leased_ha": _decimals("0", "5", "7.4321", "14.5"),
    "stated_occupancy_pct": _decimals("46.7712", "100"),
    "occupancy_definition": ("ccn", "kcn_2018", "kcn_2022", "as_stated"),
}
_CLEARANCE: Mapping[str, Sequence[Any]] = {
    "clearance_status": ("not_started", "in_progress", "completed", "suspended"),
    "clearance_stage": ("notified", "handover"),
    "clearance_phase": (1, 2),
    "to_clear_ha": _decimals("0", "8", "12.3333"),
    "cleared_ha": _decimals("0", "3.0001", "8", "12"),
    "affected_households": (0, 120),
}
_TRACKS: Mapping[str, Sequence[Any]] = {
    "planning_status": ("proposed", "planned", "removed"),
    "legal_status": ("not_established", "established", "expanded", "abolished"),
    "clearance_status": ("not_started", "in_progress"),
    "construction_status": ("not_started", "preparing", "in_progress", "completed"),
    "operation_status": ("not_operating", "trial", "operating", "suspended", "closed"),
}
_PROJECT_TEXTS: Mapping[str, Sequence[Any]] = {
    "name": ("Giày dép Huyền Tụng", "Giày dép"),
    "name_en": ("Footwear",),
    "aliases": (["Giày"], []),
    "address": ("Thôn Đèo Vai",),
    "investor": ("developer-a", "developer-b"),
    "site": ("site-0", "site-1"),
    "product": ("Giày dép", "Giày dép xuất khẩu"),
    "expected_operation": ("2026", "2026-03"),
}
_PROJECT_FIGURES: Mapping[str, Sequence[Any]] = {
    "licence_status": ("policy_approved", "licensed", "revoked"),
    "operation_status": ("preparing", "under_construction", "trial", "operating", "idle", "closed"),
    "design_capacity": _decimals("0.0001", "1.5", "3000000"),
    "design_capacity_unit": ("t", "pairs"),
    "design_capacity_period": ("year", "month", "day"),
    "registered_capital_vnd": (0, 90_000_000_000),
}
SITE_THEMES = (_TEXTS, _LAND, _CLEARANCE, _TRACKS)
PROJECT_THEMES = (_PROJECT_TEXTS, _PROJECT_FIGURES)
"""What sources speak of."""

_FORESEEABLE = {
    "name",
    "name_en",
    "aliases",
    "address",
    "investor",
    "managing_body",
    "site",
    "product",
    "expected_operation",
    "planning_status",
    "planned_area_ha",
    "detailed_plan_area_ha",
    "industrial_land_ha",
    "service_land_ha",
    "to_clear_ha",
    "affected_households",
    "design_capacity",
    "design_capacity_unit",
    "design_capacity_period",
    "registered_capital_vnd",
}
"""What a plan or target may speak of, besides the place."""
_NO_END = {"name", "province_code", "district_code", "commune_code"}
_CLEARED_ONE_IN = 5
_ONLY_NULLS_ONE_IN = 12
_ENDS_ONE_IN = 3
_RETRACTED_ONE_IN = 5
_REPLACED_ONE_IN = 8


@dataclass(frozen=True)
class Say:
    """A source says something of the subject."""

    source: str
    effective_from: str
    values: Mapping[str, Any]
    effective_to: str | None = None
    basis: str = "actual"
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    values_to: Mapping[str, Any] = field(default_factory=dict)

    @property
    def effective(self) -> date:
        """The day on which it takes effect."""
        return DATES[self.effective_from]

    @property
    def end(self) -> date | None:
        """The day before which it ends."""
        return None if self.effective_to is None else DATES[self.effective_to]

    def told(self, revision: int, *, of_project: bool, replaces: Told | None = None) -> Told:
        """Return the statement as recorded in a revision."""
        return Told(
            self.effective,
            SOURCES[self.source][1],
            dict(self.values),
            revision,
            end=self.end,
            basis=self.basis,
            of_project=of_project,
            qualifiers=dict(self.qualifiers),
            values_to=dict(self.values_to),
            replaces=replaces,
        )


@dataclass(frozen=True)
class Retract:
    """What was said in an earlier step is retracted."""

    step: int


@dataclass(frozen=True)
class Replace:
    """What was said in an earlier step is retracted, and something else said in its place."""

    step: int
    say: Say


Step = Say | Retract | Replace
Places = Callable[[Random, bool], dict[str, str | None]]
"""Draws what a statement says of the place, by the units before the merger or since."""


def random_history(
    random: Random, length: int, themes: Sequence[Mapping[str, Sequence[Any]]] = SITE_THEMES
) -> list[Step]:
    """Draw a history; its first step gives a name and a place, as a registration does."""
    first, later = _places(random)
    chosen = random.sample(themes, 2)
    of_all = {**chosen[0], **chosen[1]}
    # One history in three speaks of nothing but the place.
    pool = random.choice([{}, of_all, of_all])
    steps: list[Step] = [first]
    while len(steps) < length:
        ended = {s.step for s in steps if not isinstance(s, Say)}
        ended |= {number for number, step in enumerate(steps) if isinstance(step, Retract)}
        said = [number for number in range(1, len(steps)) if number not in ended]
        if said and random.randrange(_RETRACTED_ONE_IN) == 0:
            steps.append(Retract(random.choice(said)))
        elif said and random.randrange(_REPLACED_ONE_IN) == 0:
            steps.append(Replace(random.choice(said), _say(random, pool, later)))
        else:
            steps.append(_say(random, pool, later))
    # What it began with may turn out wrong as well.
    return [*steps, Retract(0)] if random.randrange(_RETRACTED_ONE_IN) == 0 else steps


def _say(random: Random, pool: Mapping[str, Sequence[Any]], places: Places) -> Say:
    effective_from = random.choice(list(DATES))
    day = DATES[effective_from]
    basis = random.choice(["actual", "actual", "actual", "estimate", "plan", "target"])
    said_of = sorted(pool if basis in {"actual", "estimate"} else _FORESEEABLE & pool.keys())
    names = random.sample(said_of, min(random.randrange(2, 7), len(said_of)))
    values = {name: random.choice(pool[name]) for name in names}
    are_nulls = random.randrange(_ONLY_NULLS_ONE_IN) == 0
    for name in values:
        if name not in _NEVER_CLEARED and (are_nulls or random.randrange(_CLEARED_ONE_IN) == 0):
            values[name] = None
    if not values or random.randrange(2) == 0:
        values |= places(random, day < MERGER)
    later = [written for written, other in DATES.items() if other > day]
    takes_end = _NO_END.isdisjoint(values) and later and random.randrange(_ENDS_ONE_IN) == 0
    effective_to = random.choice(later) if takes_end else None
    source = random.choice(list(SOURCES))
    codes = _qualifiers(source, values)
    ends = {name: values[name] + 1 for name, code in codes.items() if code == "range"}
    return Say(source, effective_from, values, effective_to, basis, codes, ends)


_ORDINAL = "clearance_phase"
"""A number that says which one, not how much."""
_UP_TO_100 = "stated_occupancy_pct"
"""A number that some are said to be the greatest of: there is no range above it."""
_HEDGES = ("about", "over", "at_least", "up_to", "range")


def _qualifiers(source: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Draw how exactly the numbers are given, the same for the same words of a source."""
    random = Random(f"{source} {values}")  # noqa: S311  histories are to be repeatable, not secret
    numbers = [n for n, v in values.items() if isinstance(v, int | Decimal) and n != _ORDINAL]
    hedged = random.sample(numbers, random.randrange(len(numbers) + 1))
    return {n: random.choice(_HEDGES[:-1] if n == _UP_TO_100 else _HEDGES) for n in hedged}


def _places(random: Random) -> tuple[Say, Places]:
    """Draw how sources speak of the place, and the first that does.

    They tell more or less of one place, or each time the whole of any, or the commune alone, or
    contradict each other as they like.
    """
    home = random.choice(HOMES)

    def part(random: Random, old: bool) -> dict[str, str | None]:
        return _part(random, home, old)

    def any_part(random: Random, old: bool) -> dict[str, str | None]:
        return _part(random, random.choice(HOMES), old)

    def whole(random: Random, old: bool) -> dict[str, str | None]:
        return _whole(random.choice(HOMES), old)

    def commune(random: Random, old: bool) -> dict[str, str | None]:
        told = _whole(random.choice(HOMES), old)["commune_code"]
        return {"commune_code": random.choice([told, told, told, None])}

    style = random.choice([part, any_part, any_part, whole, commune])
    when = random.choice(list(DATES))
    where = _whole(home, DATES[when] < MERGER)
    begun = where if style is whole else {"province_code": where["province_code"]}
    return Say(random.choice(list(SOURCES)), when, {"name": "Quảng Chu", **begun}), style


def _part(random: Random, home: Sequence[Sequence[str | None]], old: bool) -> dict[str, str | None]:
    whole = _whole(home, old)
    name = random.choice(sorted(whole))
    is_cleared = name not in _NEVER_CLEARED and random.randrange(_CLEARED_ONE_IN) == 0
    return {name: None if is_cleared else whole[name]}


def _whole(home: Sequence[Sequence[str | None]], old: bool) -> dict[str, str | None]:
    names = ("province_code", "district_code", "commune_code")
    return dict(zip(names, home[0 if old else 1], strict=True))
