"""Which communes a cell names: "Phường Văn Phú, xã Yên Bình", "Các phường Yên Bái, Văn Phú"."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from app.imports.matching import loose_key
from app.imports.words import plain
from app.units.units import Unit, UnitLevel, Units

_TYPES = {"phuong": "ward", "xa": "commune", "thi tran": "township", "dac khu": "special_zone"}
_TYPE = re.compile(r"(?:cac |tai |thuoc )?(?:(phuong|xa|thi tran|tt|dac khu|p|x)(?: |$))?(.*)")
_ABOVE = re.compile(r"(?:huyen|thi xa|tx|thanh pho|tp|tinh|quan|h)(?: |$)")
_PARTS = re.compile(r"[,;\n]|\s[-–+]\s|\svà\s|\s&\s")
_SHORT = {"p": "phuong", "x": "xa", "tt": "thi tran"}


class Places:
    """The communes of a province on a day, and those that went into them, by name."""

    def __init__(self, units: Units, province: str | None, day: date) -> None:
        """Index the communes whose names count in the province."""
        self._names: dict[str, list[Unit]] = {}
        self._former: dict[str, list[Unit]] = {}
        for unit in units:
            if unit.level is not UnitLevel.commune or province is None:
                continue
            if unit.exists_on(day):
                if _province(units, unit) == province:
                    self._names.setdefault(loose_key(unit.name), []).append(unit)
            elif (heir := units.follow(unit, day)) and _province(units, heir) == province:
                self._former.setdefault(loose_key(unit.name), []).append(heir)
        self.communes = lru_cache(maxsize=8192)(self._communes)

    def _communes(self, text: str) -> tuple[tuple[str, ...], ...]:
        """Return for each commune that a text names the codes it may mean, none if unknown."""
        kind, found = None, []
        for part in _PARTS.split(text):
            words = plain(part)
            if not words or _ABOVE.match(words):
                continue
            shape = _TYPE.match(words)
            if shape and shape.group(1):
                kind = _TYPES[_SHORT.get(shape.group(1), shape.group(1))]
            found.append(self._codes(kind, shape.group(2) if shape else words))
        return tuple(found)

    def _codes(self, kind: str | None, name: str) -> tuple[str, ...]:
        key = loose_key(name)
        current = self._names.get(key, [])
        typed = [unit for unit in current if kind is None or unit.type == kind]
        return _codes_of(typed or current or self._former.get(key, []))


def _province(units: Units, unit: Unit) -> str | None:
    above = units.above(unit, UnitLevel.province)
    return above.code if above else None


def _codes_of(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.code for unit in units))


def province_code(units: Units, name: str | None, day: date) -> str | None:
    """Return the code of the province that a folded text begins with the name of.

    The name of one that has ended means the province that it went into.
    """
    if not name:
        return None
    named: dict[str, str] = {}
    for unit in (unit for unit in units if unit.level is UnitLevel.province):
        if f"{name} ".startswith(f"{plain(unit.name)} "):
            if unit.exists_on(day):
                named[plain(unit.name)] = unit.code
            elif heir := units.follow(unit, day):
                named.setdefault(plain(unit.name), heir.code)
    return named[max(named, key=len)] if named else None
