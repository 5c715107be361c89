"""Ids that are made from names: where another province has one, the province goes into it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import ConflictError, Fault
from app.core.messages import Message, Template
from app.core.vietnamese import slug
from app.database.connections import Executor
from app.entry.items import Item, Stating, named_anew
from app.entry.known import Key, in_parts
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.histories import HISTORIES, Values, read_dicts
from app.units.units import UnitLevel, Units

_TAKEN = Template(
    "entry.id-taken",
    "{name} is registered as {key!r} already: send statements about it, or give another id.",
)
_TAKEN_ELSEWHERE = Template(
    "entry.id-taken-elsewhere",
    "The id {key!r} is that of {name}, which lies in {province}: give another id, as {free}.",
)
_TAKEN_AND_WITHDRAWN = Template(
    "entry.id-taken-and-withdrawn",
    "The {what} {key!r} was withdrawn in revision {withdrawn_in}, and keeps its id: give another.",
)
_MOST_LETTERS = 100
"""Of an id, as of any ``Slug``."""


@dataclass(frozen=True, slots=True)
class Home:
    """In which province something lies from a day on, and how it is called."""

    name: str
    province_code: str | None
    day: date

    def on(self, day: date, units: Units) -> str | None:
        """Return the code of its province on a day."""
        code = self.province_code
        unit = units.at(UnitLevel.province, code, self.day) if code else None
        return units.place_on(day, [unit]).province_code if unit else None

    def is_elsewhere(self, other: "Home", units: Units) -> bool:
        """Return whether something else lies in another province, by the units of one day."""
        day = max(self.day, other.day)
        codes = {self.on(day, units), other.on(day, units)}
        return None not in codes and len(codes) > 1


def home_of(item: Stating, units: Units) -> Home:
    """Return where what a statement registers lies."""
    named = [
        units.at(level, item.values[name], item.day)
        for name, level in reversed(UNIT_LEVELS.items())
        if item.values.get(name)
    ]
    place = units.place_on(item.day, [unit for unit in named if unit])
    return Home(str(item.values["name"]), place.province_code, item.day)


def home_by(versions: Sequence[Mapping[str, Any]], key: str) -> Home:
    """Return where a subject lies by its last version."""
    last = max(versions, key=lambda row: row["valid_from"], default={})
    return Home(
        last.get("name") or key, last.get("province_code"), last.get("valid_from", date.min)
    )


async def with_free_ids(
    connection: Executor, units: Units, items: Sequence[Item]
) -> Sequence[Item]:
    """Return items of which those whose id was made from their name do not take that of others.

    Something of the same name in another province has it: the name of the province goes into it.
    """
    made = [item for item in items if isinstance(item, Stating) and item.is_made]
    if not made:
        return items
    homes = await _homes(connection, {item.subject for item in made})
    found: list[Item] = []
    for item in items:
        free = _free(item, homes, units) if isinstance(item, Stating) and item.is_made else item
        found.append(free)
    return found


def _free(item: Stating, homes: dict[Key, Home], units: Units) -> Stating:
    home = home_of(item, units)
    other = homes.setdefault(item.subject, home)
    if not other.is_elsewhere(home, units):
        return item
    freed = named_anew(item, with_province(item.subject[1], home, units))
    homes.setdefault(freed.subject, home)
    return freed


def with_province(key: str, home: Home, units: Units) -> str:
    """Return an id with the name of a province in it."""
    name = units.at(UnitLevel.province, home.province_code or "", home.day)
    if name is None:
        return key
    suffix = f"-{slug(name.name)}"
    return key[: _MOST_LETTERS - len(suffix)].rstrip("-") + suffix


async def _homes(connection: Executor, subjects: Collection[Key]) -> dict[Key, Home]:
    found: dict[Key, Home] = {}
    for what, history in HISTORIES.items():
        versions = defaultdict[str, list[Values]](list)
        for part in in_parts(key for kind, key in subjects if kind == what):
            for row in await read_dicts(
                connection, history.open_versions, {"keys": part, "since": date.min}
            ):
                versions[row[history.key]].append(row)
        found |= {(what, key): home_by(rows, key) for key, rows in versions.items()}
    return found


def id_gone(what: str, key: str, withdrawn_in: int) -> ConflictError:
    """Return the error for an id that something was registered by which was withdrawn."""
    detail = _TAKEN_AND_WITHDRAWN(what=what, key=key, withdrawn_in=withdrawn_in)
    members = {"withdrawn_in": withdrawn_in}
    return ConflictError(detail, errors=[Fault(detail, pointer="#/id")], members=members)


def id_taken(item: Stating, versions: Sequence[Mapping[str, Any]], units: Units) -> ConflictError:
    """Return the error for an id that something has; the message says what, and where it lies."""
    detail = _whose(item, versions, units)
    return ConflictError(detail, errors=[Fault(detail, pointer="#/id")])


def _whose(item: Stating, versions: Sequence[Mapping[str, Any]], units: Units) -> Message:
    key, home = item.subject[1], home_of(item, units)
    other = home_by(versions, key)
    if not other.is_elsewhere(home, units):
        return _TAKEN(name=other.name, key=key)
    province = units.at(UnitLevel.province, str(other.province_code), other.day)
    return _TAKEN_ELSEWHERE(
        key=key,
        name=other.name,
        province=province.label if province else other.province_code,
        free=with_province(key, home, units),
    )
