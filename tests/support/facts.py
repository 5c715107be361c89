"""The facts of ``seeds/facts.csv`` and how a row is read, where that follows from the row itself.

What does not follow from a row stands in ``fact_table.py``: where the fact is kept and, for words,
which code they mean.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.dates import PartialDate
from app.core.vocabulary import Qualifier
from tests.support.seed_files import SEEDS


class Fact(NamedTuple):
    """One row: what a document states of one entity. All columns are text."""

    id: str
    entity_type: str
    entity: str
    attribute: str
    value: str
    unit: str
    as_of: str
    as_of_basis: str
    kind: str
    source: str
    line: str
    note: str


class Reading(NamedTuple):
    """A value as it is written: a number, how exactly it is meant, the upper end of a range."""

    value: Decimal
    qualifier: Qualifier = Qualifier.exact
    value_to: Decimal | None = None


class Document(NamedTuple):
    """A document: its source, and the date that its facts have if they have no other."""

    source_id: str
    effective_from: str
    date_basis: str = "publication"


@dataclass(frozen=True)
class Place:
    """Where a fact is kept; ``note`` is a word that the note of its statement has to have.

    ``basis`` is only given where the statement is meant otherwise than the row says. ``others``
    are further subjects of which the row tells attributes, by their paths.
    """

    note: str = ""
    basis: str = ""
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Attributes(Place):
    """The fact is some attributes of its subject; ``None`` where one is said to be missing."""

    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure(Place):
    """The fact is the value of an indicator, or says how much of a target that value is.

    ``reading`` is given where the number or its exactness stands in the row's words only.
    ``beside`` are figures that stand in the row's note.
    """

    indicator: str = ""
    member: str = "value"
    reading: Reading | None = None
    trend: str | None = None
    beside: Mapping[tuple[str, str], str] = field(default_factory=dict)


class Remark(Place):
    """The fact is no value: the note of a statement about its subject."""


class Citation(Place):
    """The fact is that a statement refers to a policy document."""


AS_WRITTEN = object()
"""Stands for the value in the row, read by :func:`read`."""

DOCUMENTS = {
    "S0": Document("bac-kan-press-2021-06-30", "2021-06-30"),
    "S1": Document("bac-kan-press-2023-12", "2023-12", "inferred"),
    "S2": Document("bac-kan-planning-2021-09-27", "2021-09-27"),
    "S3": Document("hoa-binh-portal-2024-06-24", "2024-06-24"),
    "S4": Document("bac-kan-press-2025-01", "2025-01"),
}
UNDATED = "2023/2024"
"""What the rows of the undated document S1 have for a date."""

UNITS = {
    "%": "pct",
    "%/year": "pct",
    "% over plan": "pct",
    "ha": "ha",
    "billion VND": "billion_vnd",
    "billion VND (2010 prices)": "billion_vnd",
    "million USD": "million_usd",
}
COUNTED = {
    *("projects", "cooperatives", "resolutions", "areas", "clusters", "zones", "unions"),
    *("products", "villages", "people"),
}
MONEY = {"billion_vnd", "million_usd"}
PRECISIONS = {"year": "year", "month": "month", "date": "day"}
_MARKS = {"": Qualifier.exact, ">": Qualifier.over, "~": Qualifier.about}
_NUMBER = re.compile(r"([>~]?)([0-9]+(?:\.[0-9]+)?)(?:-([0-9]+))?%?")
_CAPACITY = re.compile(r"(t|m3|pairs)\b[^/]*(/year)?")


def read_facts() -> list[Fact]:
    """Return all rows."""
    with (SEEDS / "facts.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        assert tuple(next(rows)) == Fact._fields
        return [Fact(*row) for row in rows]


def read(fact: Fact) -> Reading:
    """Read the number of a row: ``>27``, ``~1300``, ``8-10``, ``100.40%``, ``6.51`` over plan."""
    written = _NUMBER.fullmatch(fact.value)
    assert written, fact
    mark, low, high = written.groups()
    value = Decimal(low) + (100 if fact.unit == "% over plan" else 0)
    if high is not None:
        return Reading(value, Qualifier.range, Decimal(high))
    if fact.attribute.endswith("_min"):
        return Reading(value, Qualifier.at_least)
    return Reading(value, _MARKS[mark])


def unit_of(fact: Fact) -> str:
    """Return the code of a row's unit."""
    return UNITS[fact.unit] if fact.unit not in COUNTED else "count"


def price_base_of(fact: Fact) -> str | None:
    """Return at which prices a row counts money, where it says so."""
    return "constant_2010" if fact.unit.endswith("(2010 prices)") else None


def values_of(fact: Fact, values: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what follows from the row: the value as written, unit and period of a capacity."""
    found = {}
    for name, value in values.items():
        found[name] = _as_written(fact, name) if value is AS_WRITTEN else value
    if "design_capacity" in found:
        unit = _CAPACITY.fullmatch(re.sub(r" \(.*\)", "", fact.unit))
        assert unit, fact
        found["design_capacity_unit"] = unit[1]
        found["design_capacity_period"] = "year" if unit[2] else None
    return found


def _as_written(fact: Fact, name: str) -> Any:
    if fact.unit in PRECISIONS:
        assert PartialDate.parse(fact.value).precision == PRECISIONS[fact.unit], fact
        return fact.value
    suffix = {"ha": "_ha", "%": "_pct"}.get(fact.unit, "")
    assert name.endswith(suffix), fact
    return read(fact).value


def head_of(fact: Fact, place: Place, others: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the head that the statement of a fact must have.

    ``others`` are the dates, and how they are known, of the facts whose statements have another
    date than their document.
    """
    document = DOCUMENTS[fact.source]
    if fact.as_of_basis.startswith("article") and fact.id not in others:
        assert (fact.as_of, "publication") == document[1:], fact
    effective_from, date_basis = others.get(fact.id, document[1:])
    return {
        "source_id": document.source_id,
        "locator": f"line {fact.line}",
        "effective_from": effective_from,
        "date_basis": date_basis,
        "basis": place.basis or fact.kind,
    }


def period_of(fact: Fact, head: Mapping[str, str]) -> str:
    """Return what a figure is about: the period of the row, or else the date of the statement."""
    since = re.fullmatch(r"article \(since ([0-9]{4})\)", fact.as_of_basis)
    if since:
        return f"{since[1]}/{fact.as_of}"
    return head["effective_from"] if fact.as_of == UNDATED else fact.as_of


def holds(fact: Fact, place: Place, head: Mapping[str, str], said: Mapping[str, Any]) -> bool:
    """Tell whether a statement, of JSON or of a seed file, holds a fact."""
    if any(said[name] != text for name, text in head.items()):
        return False
    if place.note not in (said.get("note") or ""):
        return False
    observations = said.get("observations") or []
    values = said.get("values") or {}
    match place:
        case Attributes():
            wanted = values_of(fact, place.values)
            return all(same(values.get(name), value) for name, value in wanted.items())
        case Figure():
            return _has_figures(fact, place, period_of(fact, head), observations)
        case Citation():
            return bool(said["cites"])
        case _:
            return not values and not observations


def _has_figures(
    fact: Fact, place: Figure, period: str, observations: Sequence[Mapping[str, Any]]
) -> bool:
    about = [o for o in observations if (o.get("period") or period) == period]
    beside = all(
        any(o["indicator"] == code and same(o.get(member), Decimal(text)) for o in about)
        for (code, member), text in place.beside.items()
    )
    return beside and any(_is_figure(fact, place, o) for o in about)


def _is_figure(fact: Fact, place: Figure, shown: Mapping[str, Any]) -> bool:
    reading = place.reading or read(fact)
    if shown["indicator"] != place.indicator or not same(shown.get(place.member), reading.value):
        return False
    if place.member != "value":
        return True
    if unit_of(fact) in MONEY and shown.get("price_base") != price_base_of(fact):
        return False
    return (shown.get("qualifier", "exact"), shown.get("trend")) == (
        reading.qualifier,
        place.trend,
    ) and same(shown.get("value_to"), reading.value_to)


def same(found: Any, wanted: Any) -> bool:
    """Tell whether a value of JSON or of a seed file is the one wanted; numbers are exact."""
    if isinstance(wanted, str) or wanted is None or found is None:
        return bool(found == wanted)
    return not isinstance(found, str | bool) and Decimal(str(found)) == Decimal(str(wanted))
