"""What is registered already and may be the same as what is written: by its name, or its date."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, union_all

from app.core.digest import JsonObject
from app.core.vietnamese import company_name, name_key
from app.core.vocabulary import HISTORIC, ChangeSubjectType, SubjectType
from app.database.connections import AnySelect, Executor
from app.database.tables import parts
from app.entry.guards.declared import Namesake
from app.entry.guards.names import names_of
from app.ledger.entries import ENTRIES, is_present
from app.ledger.tables import OPEN_REVISION, SOURCE_CORRECTIONS, SOURCES
from app.subjects.histories import HISTORIES
from app.units.units import UnitLevel, Units

Key = tuple[str, str]
StatedUnit = tuple[UnitLevel, str, date]
"""A unit that a statement names: its level, its code, and the day."""
_NAMED = ("kind", "name", "province_code", "commune_code", "site", "valid_from", "valid_to")


def _namesakes(what: SubjectType) -> AnySelect:
    history = HISTORIES[what]
    columns = history.versions.c
    read = (columns[name] for name in _NAMED if name in columns)
    is_there = columns.province_code.in_(bindparam("provinces", expanding=True))
    is_known = (columns.known_to == OPEN_REVISION) & columns.name.is_not(None)
    return select(history.id.label("id"), *read).where(is_there, is_known)


_NAMESAKES = {
    what: _namesakes(what) for what in HISTORIC if "province_code" in HISTORIES[what].versions.c
}
_SOURCES = ENTRIES[ChangeSubjectType.source]
_DATED = (
    select(table.c.id).where(table.c.published_on.in_(bindparam("keys", expanding=True)))
    for table in (SOURCES, SOURCE_CORRECTIONS)
)
_OF_DATES = _SOURCES.where(
    _SOURCES.selected_columns.id.in_(union_all(*_DATED)), is_present(_SOURCES)
)
"""The sources that have one of some dates, or had."""
_ORGANIZATIONS = ENTRIES[ChangeSubjectType.organization]
_ALL_ORGANIZATIONS = _ORGANIZATIONS.where(is_present(_ORGANIZATIONS))
_MOST_AT_ONCE = 5000


def keys_of_entry(what: str, row: Mapping[str, Any]) -> Iterator[Key]:
    """Yield what others that may be the same share with an entry: its date, or one of its names."""
    if what == ChangeSubjectType.organization:
        yield from {(what, company_name(name)) for name in names_of(row).values()}
    elif row.get("number") and row.get("published_on"):
        yield what, row["published_on"]


def provinces_of(stated: Iterable[StatedUnit], units: Units) -> set[str]:
    """Return the codes of the provinces that units lie in, from their days on."""
    found: set[str | None] = set()
    for level, code, day in stated:
        unit = units.at(level, code, day)
        days = (day, *(one for one in units.change_days if one > day))
        found |= {units.codes_on(unit, on).get(UnitLevel.province) for on in days if unit}
    return {code for code in found if code}


async def read_namesakes(
    connection: Executor, names: Collection[Key], provinces: Collection[str]
) -> list[tuple[Key, Namesake]]:
    """Return the versions in some provinces that have one of some names, with these.

    Databases do not fold names: the names of a province are read, and compared here.
    """
    found: list[tuple[Key, Namesake]] = []
    for what in {what for what, _ in names} & _NAMESAKES.keys():
        parameters = {"provinces": sorted(provinces)}
        rows = await connection.execute(_NAMESAKES[SubjectType(what)], parameters)
        for row in rows.mappings():
            key = (what, name_key(row["name"]))
            if key in names:
                found.append((key, Namesake(**{"kind": None, "site": None, **row})))
    return found


async def read_alike(
    connection: Executor, keys: Collection[Key], revision: int
) -> list[tuple[Key, JsonObject]]:
    """Return the entries that share something with others, each with what it shares.

    Of organizations all names are read, and compared here.
    """
    found: list[JsonObject] = []
    dates = sorted(key for what, key in keys if what == ChangeSubjectType.source)
    for part in parts(dates, _MOST_AT_ONCE):
        parameters = {"keys": part, "revision": revision}
        rows = await connection.execute(_OF_DATES, parameters)
        found += [{"what": ChangeSubjectType.source, **row} for row in rows.mappings()]
    if any(what == ChangeSubjectType.organization for what, _ in keys):
        rows = await connection.execute(_ALL_ORGANIZATIONS, {"revision": revision})
        found += [{"what": ChangeSubjectType.organization, **row} for row in rows.mappings()]
    return [(key, row) for row in found for key in keys_of_entry(row["what"], row) if key in keys]
