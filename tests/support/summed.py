"""The figures of some sites by what the oracle says of each, worked out apart from the app."""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle import State


def compare_clearance(found: dict[str, Any], counted: list[State], about: object) -> None:
    pct, _, _, known = share(counted, "cleared_ha", "to_clear_ha")
    assert (found["clearance_pct"], found["known"]) == (pct, known), about
    assert found["unknown"] == len(counted) - known
    both = pairs_of(counted, "cleared_ha", "to_clear_ha")
    qualifier = exactness(hedges_of(both, "cleared_ha"), hedges_of(both, "to_clear_ha"))
    assert found["clearance_qualifier"] == (None if pct is None else qualifier), about
    unmeasured = [now for now in counted if "cleared_ha" not in now]
    completed = [now for now in unmeasured if now.get("clearance_status") == "completed"]
    assert found["completed_area_ha"] == area_sum(completed, "area_ha"), about


def compare_occupancy(found: dict[str, Any], counted: list[State], about: object) -> None:
    rated = [now for now in counted if "occupancy_pct" in now]
    assert (found["rates_known"], found["rates_unknown"]) == (len(rated), len(counted) - len(rated))
    assert occupied(found) == expected_occupancy(counted), about
    by_definition = {one["definition"]: occupied(one) for one in found["definitions"]}
    assert by_definition == {
        definition: expected_occupancy(
            [now for now in rated if now["occupancy_pct_definition"] == definition]
        )
        for definition in {now["occupancy_pct_definition"] for now in rated}
    }, about


def occupied(found: dict[str, Any]) -> tuple[Any, ...]:
    rates = ("land_weighted_pct", "land_weighted_qualifier", "mean_pct", "mean_qualifier")
    return tuple(found[name] for name in (*rates, "leased_ha", "leasable_ha", "known"))


def expected_occupancy(states: list[State]) -> tuple[Any, ...]:
    rates = [now["occupancy_pct"] for now in states if "occupancy_pct" in now]
    mean = float(rounded(sum(rates) / len(rates))) if rates else None
    pct, part, whole, known = share(states, "leased_ha", "leasable_ha")
    nothing_known = bool(states) and not known
    sums = (None, None) if nothing_known else (float(part), float(whole))
    pairs = pairs_of(states, "leased_ha", "leasable_ha")
    leased, leasable = hedges_of(pairs, "leased_ha"), leasable_hedges(pairs)
    weighted = None if pct is None else exactness(leased, leasable)
    stated = [now for now in states if "occupancy_pct" in now and now not in pairs]
    rising = leased | hedges_of(stated, "stated_occupancy_pct")
    of_mean = None if mean is None else exactness(rising, leasable)
    return (pct, weighted, mean, of_mean, *sums, known)


def leasable_hedges(pairs: list[State]) -> set[str]:
    """Return how exactly the land that can be leased is given: also service land, since 2022."""
    of_zones = [now for now in pairs if now.get("occupancy_pct_definition") == "kcn_2022"]
    return hedges_of(pairs, "industrial_land_ha") | hedges_of(of_zones, "service_land_ha")


def pairs_of(states: list[State], part: str, whole: str) -> list[State]:
    """Return the states that have a share: both known, and no more of the part."""
    both = [now for now in states if part in now and whole in now]
    return [now for now in both if now[part] <= now[whole]]


def share(states: list[State], part: str, whole: str) -> tuple[float | None, Decimal, Decimal, int]:
    """Return the rate in percent, what it divides, and the number of sites that it is of."""
    pairs = [(now[part], now[whole]) for now in pairs_of(states, part, whole)]
    over, under = sum((p for p, _ in pairs), Decimal()), sum((w for _, w in pairs), Decimal())
    return float(rounded(100 * over / under)) if under else None, over, under, len(pairs)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def area_sum(states: list[State], name: str) -> dict[str, Any]:
    """Add up in whole square metres."""
    metres = [int(now[name] * 10_000) for now in states if name in now]
    unknown = len(states) - len(metres)
    total = None if unknown and not metres else float(Decimal(sum(metres)) / 10_000)
    qualifier = None if total is None else exactness(hedges_of(states, name))
    return {"total_ha": total, "qualifier": qualifier, "known": len(metres), "unknown": unknown}


def hedges_of(states: list[State], *names: str) -> set[str]:
    """Return how exactly numbers are given, where that is not exactly."""
    given = [now.get("qualifiers", {}) for now in states]
    return {codes[name] for codes in given for name in names if name in codes}


def exactness(up: Collection[str], down: Collection[str] = ()) -> str | None:
    """Tell how exactly a figure is known that rises with some numbers and falls with others."""
    greater = {"over", "at_least", "range"}
    can_be_more = not greater.isdisjoint(up) or "up_to" in down
    can_be_less = not greater.isdisjoint(down) or "up_to" in up
    if can_be_more and can_be_less:
        return None
    if can_be_more or can_be_less:
        return "at_least" if can_be_more else "at_most"
    return "about" if "about" in (*up, *down) else "exact"
