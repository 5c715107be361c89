"""Reading the seed files as the tests of them need it: tables, statements, observations."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from app.core.dates import PartialDate
from app.subjects.attributes import Catalogue
from app.subjects.definitions.project import ProjectState
from app.subjects.definitions.source import DocumentState
from app.subjects.sites import SiteState
from app.units.units import Succession, UnitLevel, Units
from app.units.units import Unit as AdminUnit

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SETS = ("documents", "outside")
REGISTERS = ("organizations", "sources")
SUBJECTS = ("policies", "sites", "projects", "provinces")


CATALOGUES: dict[str, Catalogue] = {
    "policies": DocumentState.attributes,
    "sites": SiteState.attributes,
    "projects": ProjectState.attributes,
}


class Statement(NamedTuple):
    """A statement with the subject it is about and the set it stands in."""

    folder: str
    subject: str
    table: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = self.table.get("values", {})
        return values

    @property
    def observations(self) -> list[dict[str, Any]]:
        observations: list[dict[str, Any]] = self.table.get("observations", [])
        return observations

    @property
    def effective_day(self) -> date:
        return PartialDate.parse(self.table["effective_from"]).first_day


@cache
def load(folder: str, name: str) -> list[dict[str, Any]]:
    """Return the tables of one seed file, in order; a set need not have every file."""
    path = SEEDS / folder / f"{name}.toml"
    if not path.exists():
        return []
    with path.open("rb") as file:
        content = tomllib.load(file, parse_float=Decimal)
    assert set(content) == {name}, path
    tables: list[dict[str, Any]] = content[name]
    return tables


def everything(name: str) -> list[dict[str, Any]]:
    """Return the tables of one kind of all sets, in order."""
    return [table for folder in SETS for table in load(folder, name)]


def statements(name: str, *folders: str) -> list[Statement]:
    """Return the statements about one type of subject, of some sets or all, in order."""
    return [
        Statement(folder, subject.get("id") or subject["code"], table)
        for folder in folders or SETS
        for subject in load(folder, name)
        for table in subject["statements"]
    ]


def all_statements(*folders: str) -> list[Statement]:
    """Return the statements about every subject."""
    return [said for name in SUBJECTS for said in statements(name, *folders)]


def observations(*folders: str) -> Iterator[tuple[Statement, dict[str, Any]]]:
    """Return every figure of a province with the statement that gives it."""
    for said in statements("provinces", *folders):
        for observation in said.observations:
            yield said, observation


def valued() -> Iterator[tuple[str, Statement, str, Any]]:
    """Return every attribute given: the file, the statement, its name and value."""
    for name in CATALOGUES:
        for said in statements(name):
            for attribute, value in said.values.items():
                yield name, said, attribute, value


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / "units" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def units() -> Units:
    """Return the administrative units of the seeds."""
    return Units(
        (
            AdminUnit(
                level=UnitLevel(row["level"]),
                code=row["code"],
                name=row["name"],
                type=row["type"],
                parent_code=row["parent_code"] or None,
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            )
            for row in _rows("admin-units.csv")
        ),
        (
            Succession(
                level=UnitLevel(row["level"]),
                from_code=row["from_code"],
                to_code=row["to_code"],
                effective_on=date.fromisoformat(row["effective_on"]),
                extent=row["extent"],
            )
            for row in _rows("admin-successions.csv")
        ),
    )
