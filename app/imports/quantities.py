"""The numbers of a column: units, percents, and which reading of an ambiguous one is meant.

An ambiguous number ("817.303") is decided by a total that only one reading fits, then by how the
other numbers of its column are written, then by what is plausible. Where these disagree or are
silent, both readings are returned and the officer is to choose.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import product

from app.core.messages import Template
from app.imports.grids import Value
from app.imports.numbers import Number, read_number, scale
from app.imports.remarks import BY_COLUMN, BY_CONVENTION, BY_PLAUSIBILITY, BY_TOTAL
from app.subjects.attributes import PLANNED

_HUNDRED = Decimal(100)
_MOST_AMBIGUOUS = 10
_TOLERANCE = Decimal("0.001")
_INTEGERS = frozenset(
    {"affected_households", "households_inventoried", "households_paid", "tenants", "workers"}
    | {"tenants_foreign", "tenants_operating", "clearance_phase", "licensed_projects", "households"}
)
_MONEY_PER_HECTARE = (Decimal(3) * 10**8, Decimal(10) ** 11)
_MONEY = (Decimal(10) ** 8, Decimal(10) ** 15)
_MOST = {"pct": Decimal(100), "ha": Decimal(10**9), "vnd": Decimal(10**15)}
_MOST_COUNTED = Decimal(2 * 10**9)
_FINEST = Decimal("0.0001")
_NOISE = 9
_CLUSTER_HECTARES = (Decimal(2), Decimal(500))
_AREAS = frozenset({"area_ha", "planned_area_ha", "detailed_plan_area_ha"})
_RANGES = {
    "pct": (Decimal(0), Decimal(200)),
    "ha": (Decimal("0.1"), Decimal(2000)),
}
_ZONE_HECTARES = (Decimal("0.5"), Decimal(30000))


@dataclass(frozen=True, slots=True)
class Decision:
    """How an ambiguous number was decided; ``template`` is the warning that names both readings."""

    chosen: Decimal
    other: Decimal
    template: Template


@dataclass(slots=True)
class Quantities:
    """The numbers of one column by row: as read, and how the ambiguous ones were decided."""

    numbers: dict[int, Number]
    decisions: dict[int, Decision]
    open: dict[int, tuple[Decimal, Decimal]]

    def value(self, row: int) -> Decimal | None:
        """Return the number of a row as written, before units."""
        number = self.numbers.get(row)
        return number.value if number and row not in self.open else None

    def settle(self, row: int, number: Number) -> None:
        """Have a row say a number for certain, whatever was read."""
        self.numbers[row] = number
        self.decisions.pop(row, None)
        self.open.pop(row, None)


def quantity_of(value: Value, *, percent: bool) -> Number | None:
    """Return the number of a cell; ``None`` where it holds a text that is none, or a date."""
    if value is None:
        return Number(None)
    if isinstance(value, str):
        return read_number(value)
    if isinstance(value, date):
        return None
    # What a program computed has noise in its last digits: 0.1 + 0.2 is 0.30000000000000004.
    exact = Decimal(repr(round(value, _NOISE)))
    if percent:
        return Number((exact * _HUNDRED).normalize() + 0, evidence="%")
    return Number(Decimal(int(value)) if value == int(value) else exact)


def is_integer(attribute: str) -> bool:
    """Return whether the values of an attribute are counts."""
    return attribute.removeprefix(PLANNED) in _INTEGERS


def decide(
    numbers: dict[int, Number],
    sums: Sequence[tuple[int, Sequence[int]]],
    plausible: Callable[[int, Decimal], bool],
    *,
    whole: bool = False,
) -> Quantities:
    """Decide the ambiguous numbers of a column.

    ``sums`` are the rows of totals, each with the rows that it adds; ``plausible`` tells for a row
    and a number as written. Counts (``whole``) have no decimals, so theirs are not ambiguous.
    """
    quantities = Quantities(dict(numbers), {}, {})
    ambiguous = [row for row, number in numbers.items() if number.other is not None]
    if whole:
        for row in ambiguous:
            quantities.numbers[row] = numbers[row].chosen(numbers[row].other or Decimal(0))
        return quantities
    by_total = _by_totals(numbers, sums) if ambiguous else {}
    strong, weak = _written(numbers.values()), _written(numbers.values(), also_ambiguous=True)
    for row in ambiguous:
        number = numbers[row]
        chosen = by_total.get(row)
        template = BY_TOTAL
        if chosen is None:
            chosen, template = _by_column(number, strong, weak, partial(plausible, row))
        _keep(quantities, row, number, chosen, template)
    return quantities


def _keep(
    quantities: Quantities, row: int, number: Number, chosen: Decimal | None, template: Template
) -> None:
    readings = number.value or Decimal(0), number.other or Decimal(0)
    if chosen is None:
        quantities.open[row] = readings
        return
    quantities.numbers[row] = number.chosen(chosen)
    other = readings[0] if chosen == readings[1] else readings[1]
    # A comma is the decimal mark of Vietnamese texts: to read it so needs no remark.
    if number.separator == "." or chosen == readings[1]:
        quantities.decisions[row] = Decision(chosen, other, template)


def _written(numbers: Iterable[Number], *, also_ambiguous: bool = False) -> str | None:
    """Return the decimal mark that a column is written with, ``None`` if it has none or both."""
    marks = Counter(number.evidence for number in numbers if number.evidence in (",", "."))
    if also_ambiguous:
        marks.update(n.separator for n in numbers if n.separator == ",")
    return next(iter(marks)) if len(marks) == 1 else None


def _by_column(
    number: Number, strong: str | None, weak: str | None, plausible: Callable[[Decimal], bool]
) -> tuple[Decimal | None, Template]:
    decimal, grouped = number.value or Decimal(0), number.other or Decimal(0)
    mark = strong or weak
    # What is usual in Vietnamese: a comma for decimals, a point between thousands.
    usual = decimal if number.separator == (mark or ",") else grouped
    other = grouped if usual == decimal else decimal
    if plausible(usual):
        return usual, BY_COLUMN if strong else BY_CONVENTION
    if mark is None and number.separator != "," and plausible(other):
        return other, BY_PLAUSIBILITY
    return None, BY_CONVENTION


def _by_totals(
    numbers: Mapping[int, Number], sums: Sequence[tuple[int, Sequence[int]]]
) -> dict[int, Decimal]:
    decided: dict[int, Decimal] = {}
    for total, rows in sums:
        decided.update(_fitting(numbers, total, rows))
    return decided


def _fitting(numbers: Mapping[int, Number], total: int, rows: Sequence[int]) -> dict[int, Decimal]:
    """Return the readings with which a total fits, if it fits with one set of them only."""
    stated = numbers.get(total)
    known = [row for row in rows if row in numbers and numbers[row].value is not None]
    if stated is None or stated.value is None or not known:
        return {}
    unclear = [row for row in (*known, total) if numbers[row].other is not None]
    if not unclear or len(unclear) > _MOST_AMBIGUOUS:
        return {}
    certain = sum((_value(numbers, row) for row in known if row not in unclear), Decimal(0))
    fits = []
    for readings in product(*(_readings(numbers[row]) for row in unclear)):
        chosen = dict(zip(unclear, readings, strict=True))
        expected = chosen.get(total, stated.value)
        found = certain + sum((chosen[row] for row in unclear if row != total), Decimal(0))
        if abs(found - expected) <= _TOLERANCE:
            fits.append(chosen)
    return fits[0] if len(fits) == 1 else {}


def _value(numbers: Mapping[int, Number], row: int) -> Decimal:
    return numbers[row].value or Decimal(0)


def _readings(number: Number) -> tuple[Decimal, Decimal]:
    return number.value or Decimal(0), number.other or Decimal(0)


def scaled(number: Number, attribute: str, unit: str | None) -> Number:
    """Return a number in the unit of its attribute: hectares, percent, whole đồng."""
    factor = scale(number.unit or unit)
    if factor is None or factor == 1 or number.value is None:
        return number
    if attribute.endswith("_ha") != (number.unit or unit or "").startswith("m"):
        factor = factor if attribute.endswith("_vnd") else Decimal(1)
    top = number.top * factor if number.top is not None else None
    return replace(number, value=number.value * factor, top=top)


def is_plausible(
    attribute: str, value: Decimal, hectares: Decimal | None, *, is_zone: bool = False
) -> bool:
    """Return whether a value, in the unit of its attribute, can be meant for a site of an area."""
    if attribute.endswith("_vnd"):
        low, high = _MONEY
        if hectares and attribute == "infrastructure_investment_vnd":
            low, high = (bound * hectares for bound in _MONEY_PER_HECTARE)
        return value == 0 or low <= value <= high
    bounds = _RANGES.get(attribute.partition("@")[0].rpartition("_")[2])
    if bounds is None:
        return True
    low, high = bounds
    if is_zone and bounds is _RANGES["ha"]:
        low, high = _ZONE_HECTARES
    elif attribute.partition("@")[0] in _AREAS:
        low, high = _CLUSTER_HECTARES
    return value == 0 or low <= abs(value) <= high


def is_possible(attribute: str, value: Decimal) -> bool:
    """Return whether the register accepts a value: within bounds, and above 0 for an area."""
    most = _MOST.get(attribute.rpartition("_")[2], _MOST_COUNTED)
    return 0 <= value <= most and not (value == 0 and attribute in _AREAS)


def rounded(attribute: str, value: Decimal) -> Decimal:
    """Return a value as finely as its attribute is kept: square metres, whole đồng and counts."""
    if not is_possible(attribute, value):
        return value
    finest = _FINEST if attribute.endswith(("_ha", "_pct")) else Decimal(1)
    exponent = value.as_tuple().exponent
    is_finer = isinstance(exponent, int) and Decimal(1).scaleb(exponent) < finest
    return value.quantize(finest).normalize() + 0 if is_finer else value
