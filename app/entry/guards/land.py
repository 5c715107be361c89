"""Guards of areas, of land within them, and of rates."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.core.messages import SENTENCES, Message, Template
from app.core.vocabulary import SiteKind
from app.entry.guards.declared import Doubt, Guard, Said
from app.findings.cluster_law import LEAST_HA, MOST_HA
from app.findings.spans import rounded, total
from app.statistics.indicators import INDICATORS, Measure
from app.subjects.attributes import plain_decimal

_LARGE = Template(
    "guard.area-too-large", "{attribute} {value} is far more than a {kind} has, {most} ha at most."
)
_SMALL = Template(
    "guard.area-too-small",
    "{attribute} {value} is far less than a {kind} has, {least} ha at least.",
)
_SQUARE_METRES = Template("guard.square-metres", "Square metres? Write {likely}.")
_COMMA = Template("guard.decimal-comma", "A decimal comma lost? Write {likely}.")
_THOUSANDS = Template("guard.thousand-hectares", "Thousand hectares? Write {likely}.")
_SQUARE_KILOMETRES = Template("guard.square-kilometres", "Square kilometres? Write {likely}.")
_BEYOND = Template(
    "guard.land-beyond-area",
    "{parts} {land} ha are more than {whole} {area} ha, of which they are a part.",
)
_FRACTION = Template(
    "guard.fraction", "{value} % is hardly an occupancy. A fraction? Write {likely}."
)


_LIMITS: Mapping[SiteKind, tuple[Decimal, Decimal]] = {
    SiteKind.cluster: (LEAST_HA / 10, MOST_HA * 2),
    SiteKind.zone: (Decimal(1), Decimal(5000)),
    SiteKind.craft_village: (Decimal("0.01"), Decimal(1000)),
}
"""The hectares beyond which an area is doubted, by kind of site."""
_TOO_LARGE = (
    (_SQUARE_METRES, Decimal("0.0001")),
    (_COMMA, Decimal("0.1")),
    (_COMMA, Decimal("0.01")),
)
_TOO_SMALL = ((_THOUSANDS, Decimal(1000)), (_SQUARE_KILOMETRES, Decimal(100)))
_WHOLES = ("area_ha", "planned_area_ha", "detailed_plan_area_ha")
_LANDS = ("industrial_land_ha", "service_land_ha", "leased_ha", "to_clear_ha", "cleared_ha")
_INCREASE = "planned_increase_ha"
_PARTS = (
    ("industrial_land_ha",),
    ("service_land_ha",),
    ("industrial_land_ha", "service_land_ha"),
    ("leased_ha",),
    ("cleared_ha",),
)


def _far_from_law(said: Said) -> Iterator[Doubt]:
    if said.kind is None:
        return
    least, most = _LIMITS[said.kind]
    for name in (*_WHOLES, *_LANDS, _INCREASE):
        value = said.stated.get(name)
        if value is None or value == said.before.get(name):
            continue
        if value > most:
            detail = _LARGE(attribute=name, value=_text(value), kind=said.kind, most=_text(most))
            yield Doubt(f"#/values/{name}", _with_reading(detail, value, _TOO_LARGE, said.kind))
        elif name in _WHOLES and value < least:
            detail = _SMALL(attribute=name, value=_text(value), kind=said.kind, least=_text(least))
            yield Doubt(f"#/values/{name}", _with_reading(detail, value, _TOO_SMALL, said.kind))


def _with_reading(
    detail: Message,
    value: Decimal,
    readings: tuple[tuple[Template, Decimal], ...],
    kind: SiteKind,
) -> Message:
    """Add the first reading under which a site can have the area."""
    least, most = (LEAST_HA, MOST_HA) if kind is SiteKind.cluster else _LIMITS[kind]
    likely = ((reading, value * factor) for reading, factor in readings)
    fitting = [reading(likely=_text(area)) for reading, area in likely if least <= area <= most]
    return SENTENCES(sentences=(detail, *fitting[:1]))


def _text(value: Decimal) -> str:
    return plain_decimal(value)


def _beyond_area(said: Said) -> Iterator[Doubt]:
    """Doubt land that fits into no area of the site; a hedged value is left alone."""
    known = {**said.now, **{name: v for name, v in said.stated.items() if v is not None}}
    areas = {name: known[name] for name in _WHOLES if known.get(name) is not None}
    increase = known.get(_INCREASE)
    if not areas or (increase is not None and "planned_area_ha" not in areas):
        return
    hedged = getattr(said.body, "qualifiers", None)
    whole = max(areas, key=lambda name: areas[name])
    for parts in _PARTS:
        involved = (*parts, *areas)
        new = [name for name in involved if _is_new(said, name)]
        if not new or any(getattr(hedged, name, None) for name in involved):
            continue
        if any(known.get(name) is None for name in parts) or _is_judged_elsewhere(parts, areas):
            continue
        land = total(rounded(known[name]) for name in parts).low
        room = max(rounded(area).high or area for area in areas.values())
        if land is not None and room <= land:
            detail = _BEYOND(
                parts=" + ".join(parts),
                land=_text(sum((known[name] for name in parts), Decimal())),
                whole=whole,
                area=_text(areas[whole]),
            )
            yield Doubt(f"#/values/{new[0]}", detail)


def _is_new(said: Said, name: str) -> bool:
    value = said.stated.get(name)
    return value is not None and value != said.before.get(name)


def _is_judged_elsewhere(parts: tuple[str, ...], areas: Mapping[str, Decimal]) -> bool:
    """Return whether the state machine of sites compares them: leased land with a known area."""
    return parts == ("leased_ha",) and "area_ha" in areas


def _fractions(said: Said) -> Iterator[Doubt]:
    value = said.stated.get("stated_occupancy_pct")
    if value is not None and 0 < value < 1 and value != said.before.get("stated_occupancy_pct"):
        yield Doubt("#/values/stated_occupancy_pct", _fraction(value))
    for number, observed in enumerate(getattr(said.body, "observations", ())):
        indicator = INDICATORS.get(observed.indicator)
        counterpart = indicator.counterpart if indicator else None
        is_rate = counterpart is not None and counterpart.measure is Measure.occupancy
        if is_rate and observed.value is not None and 0 < observed.value < 1:
            yield Doubt(f"#/observations/{number}/value", _fraction(observed.value))


def _fraction(value: Decimal) -> Message:
    return _FRACTION(value=_text(value), likely=_text(value * 100))


AREA_FAR_FROM_LAW = Guard(
    "area_far_from_law",
    "Decree 32/2024/NĐ-CP, article 2: a cluster has 10 to 75 ha, from 5 ha in mountain districts; "
    "doubted below a tenth of 5 and above double of 75. Zones have no limits in law: doubted below "
    "1 and above 5,000 ha, craft villages below 0.01 and above 1,000 ha, as none is known to be.",
    _far_from_law,
)
LAND_BEYOND_AREA = Guard(
    "land_beyond_area",
    "Arithmetic: land is part of the site. The largest known of its areas bounds it, planned ones "
    "included, within the rounding of the figures. Land to clear may reach beyond it for roads: a "
    "finding asks about that.",
    _beyond_area,
)
OCCUPANCY_LIKELY_A_FRACTION = Guard(
    "occupancy_likely_a_fraction",
    "Rates are percentages: one above 0 and below 1 is likely the fraction that a spreadsheet has.",
    _fractions,
)
