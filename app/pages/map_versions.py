"""The versions of all sites as the map reads them: column by column, each text once.

The map moves through the days without further requests, so it gets the versions of all days. Days
are counted from 1970-01-01, and a column of texts is the different ones with, for each version,
the place of its own among them. What is as in the version before of the same site is written ``=``:
most is, so that ten thousand sites with their histories are a few hundred kilobytes.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

from app.core.digest import JsonObject
from app.core.geometry import Box
from app.ledger.snapshots import At, Snapshot
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.histories import Values
from app.subjects.queries import translate_place

_EPOCH = date(1970, 1, 1).toordinal()
# A ten-thousandth of a degree is about eleven metres.
_DECIMALS = 4
_AS_BEFORE = "="
"""In ``to``: until the next version of the site begins; elsewhere the value of the one before."""
_TEXTS = ("name", "stage", "clearance_status", "province_code", "province_now", "place")
_NUMBERS = ("occupancy_pct", "area_ha", "longitude", "latitude")
_SHOWN = ("name_sort", "id", "kind", *_TEXTS[:4], *_NUMBERS[:2], "valid_from", "valid_to")
READ = (*_SHOWN, *(name for name in UNIT_LEVELS if name not in _SHOWN), *Box._fields)
"""The values of a version that the map needs."""


def versions_by_column(rows: Sequence[Values], snapshot: Snapshot) -> JsonObject:
    """Return versions, those of a site one after the other, by column; sites by their names."""
    shown = (_shown(row, snapshot) for row in rows)
    sites = [list(_runs(versions)) for _, versions in groupby(shown, itemgetter("id"))]
    sites.sort(key=lambda versions: versions[-1]["name_sort"])
    return {
        "revision": snapshot.at.revision,
        "today": _day(snapshot.today),
        "sites": {
            "id": [versions[0]["id"] for versions in sites],
            "kind": _coded([versions[0]["kind"] for versions in sites]),
            "versions": [len(versions) for versions in sites],
        },
        "versions": {
            "from": [_day(version["valid_from"]) for versions in sites for version in versions],
            "to": [end for versions in sites for end in _ends(versions)],
            **{name: _coded(list(_changes(sites, name))) for name in _TEXTS},
            **{name: list(_changes(sites, name)) for name in _NUMBERS},
        },
    }


def _ends(versions: Sequence[Values]) -> Iterator[int | str | None]:
    following = (version["valid_from"] for version in versions[1:])
    for version, begin in zip_longest(versions, following):
        end = version["valid_to"]
        yield _AS_BEFORE if end is not None and end == begin else _day(end)


def _changes(sites: Sequence[Sequence[Values]], name: str) -> Iterator[Any]:
    """Yield the values of a column where they change within a site."""
    for versions in sites:
        before: object = _AS_BEFORE
        for version in versions:
            yield _AS_BEFORE if version[name] == before else version[name]
            before = version[name]


def _runs(versions: Iterator[Values]) -> Iterator[Values]:
    """Join versions that follow each other and differ in nothing that the map shows."""
    joined = next(versions)
    for version in versions:
        if _is_same(joined, version):
            joined = {**joined, "valid_to": version["valid_to"]}
        else:
            yield joined
            joined = version
    yield joined


def _is_same(one: Values, other: Values) -> bool:
    follows = one["valid_to"] == other["valid_from"]
    return follows and all(one[name] == other[name] for name in (*_TEXTS, *_NUMBERS))


def _shown(row: Values, snapshot: Snapshot) -> Values:
    """Return what the map shows of a version: its province of then and of today, and its point.

    ``place`` says what the point is: that of the site itself, or of the commune that it is in.
    """
    then = Snapshot(At(row["valid_from"], snapshot.at.revision), snapshot.today, snapshot.units)
    is_known = row["west"] is not None
    return {
        **{name: row[name] for name in _SHOWN},
        "province_now": translate_place(row, then)["province_code"],
        "place": ("site" if row["is_placed"] else "commune") if is_known else None,
        "longitude": _middle(row["west"], row["east"]) if is_known else None,
        "latitude": _middle(row["south"], row["north"]) if is_known else None,
    }


def _middle(one: Any, other: Any) -> float:
    return round(float(one + other) / 2, _DECIMALS)


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal() - _EPOCH


def _coded(values: Sequence[str | None]) -> JsonObject:
    """Return the different values of a column, and the place of each version's among them."""
    places: dict[str | None, int] = {}
    of = [v if v == _AS_BEFORE else places.setdefault(v, len(places)) for v in values]
    return {"values": list(places), "of": of}
