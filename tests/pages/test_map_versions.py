"""What the map reads: every version of every site, by column, small enough to be sent at once."""

import gzip
import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic_core import to_json

from app.core.digest import JsonObject
from app.core.vocabulary import ClearanceStatus, Stage
from app.ledger.snapshots import At, Snapshot
from app.pages.map_versions import READ, versions_by_column
from app.units.outlines import MERGER
from app.units.units import Succession, Unit, UnitLevel, Units

_PROVINCE = UnitLevel.province
_UNITS = Units(
    [
        Unit(_PROVINCE, "06", "Bắc Kạn", "Tỉnh", None, None, MERGER),
        Unit(_PROVINCE, "19", "Thái Nguyên", "Tỉnh", None, None, MERGER),
        Unit(_PROVINCE, "19", "Thái Nguyên", "Tỉnh", None, MERGER, None),
    ],
    [Succession(_PROVINCE, code, "19", MERGER, "whole") for code in ("06", "19")],
)
_TODAY = date(2026, 11, 30)
_MOST_BYTES = 500_000
_SITES = 10_000


def version(id_: str, first: str, end: str | None, **values: Any) -> JsonObject:
    """Return a version as it is read: unknown in all but what is given."""
    days = {"valid_from": date.fromisoformat(first), "valid_to": end and date.fromisoformat(end)}
    known = {
        "id": id_,
        "name_sort": id_,
        "kind": "cluster",
        "stage": "planned",
        "province_code": "06",
    }
    return {**dict.fromkeys(READ), "is_placed": False, **known, **days, **values}


def columns(*rows: JsonObject) -> JsonObject:
    return versions_by_column(rows, Snapshot(At(date.max, 7), _TODAY, _UNITS))


def test_each_version_has_its_days_and_values() -> None:
    """19 675 days lie between 1970-01-01 and 2023-11-14, by the calendar."""
    found = columns(
        version("a", "2023-11-14", "2023-11-15", name="A", stage="established"),
        version("a", "2023-11-15", None, name="A", stage="operating", occupancy_pct=40.5),
        version("b", "2023-11-14", None, kind="zone"),
    )
    assert found["revision"] == 7
    assert found["sites"] == {
        "id": ["a", "b"],
        "kind": {"values": ["cluster", "zone"], "of": [0, 1]},
        "versions": [2, 1],
    }
    versions = found["versions"]
    assert versions["from"] == [19675, 19676, 19675]
    # Until the next one begins, and without end; the name is as before.
    assert versions["to"] == ["=", None, None]
    assert versions["name"] == {"values": ["A", None], "of": [0, "=", 1]}
    assert versions["stage"] == {"values": ["established", "operating", "planned"], "of": [0, 1, 2]}
    assert versions["occupancy_pct"] == [None, 40.5, None]


def test_versions_that_look_alike_are_one() -> None:
    """The middle one differs in what the map does not show; a gap of a day separates the last."""
    found = columns(
        version("a", "2023-01-01", "2023-02-01"),
        version("a", "2023-02-01", "2023-03-01"),
        version("a", "2023-03-02", None),
    )
    assert found["sites"]["versions"] == [2]
    first, end = found["versions"]["from"][0], found["versions"]["to"][0]
    assert end - first == 31 + 28


def test_a_site_is_where_it_is_said_to_be_or_in_its_commune_or_nowhere() -> None:
    west, east, south, north = map(Decimal, ("105.8", "105.9", "22", "22"))
    box = {"west": west, "east": east, "south": south, "north": north}
    found = columns(
        version("a", "2023-01-01", None, **box, is_placed=True),
        version("b", "2023-01-01", None, **box),
        version("c", "2023-01-01", None),
    )["versions"]
    assert found["place"] == {"values": ["site", "commune", None], "of": [0, 1, 2]}
    assert found["longitude"] == [105.85, 105.85, None]
    assert found["latitude"] == [22.0, 22.0, None]


def test_a_version_has_its_province_of_then_and_of_today() -> None:
    found = columns(
        version("a", "2023-01-01", "2025-07-01"),
        version("a", "2025-07-01", None, province_code="19"),
    )["versions"]
    assert found["province_code"] == {"values": ["06", "19"], "of": [0, 1]}
    assert found["province_now"] == {"values": ["19"], "of": [0, "="]}


def test_a_register_without_sites_has_empty_columns() -> None:
    found = columns()
    assert found["sites"]["id"] == []
    assert found["versions"]["from"] == []


def test_ten_thousand_sites_are_sent_in_half_a_megabyte() -> None:
    """Each has four versions, a name of its own and a point of its own, and nothing is alike."""
    content = to_json(columns(*_large_register()))
    assert len(gzip.compress(content, 6)) <= _MOST_BYTES


def _large_register() -> list[JsonObject]:
    draw = random.Random(18)  # noqa: S311 (nothing secret)
    words = ("An", "Bình", "Cẩm", "Chu", "Giang", "Hương", "Huyền", "Lũng", "Mười", "Tân", "Xuân")
    rows: list[JsonObject] = []
    for number in range(_SITES):
        name = " ".join(draw.choice(words) for _ in range(3))
        x, y = (Decimal(draw.randrange(1_000_000)).scaleb(-5) for _ in range(2))
        box = {"west": 100 + x, "east": 100 + x, "south": 10 + y, "north": 10 + y}
        begins = {date(2005, 1, 1) + timedelta(draw.randrange(7_000)) for _ in range(4)}
        days = [*(day.isoformat() for day in sorted(begins)), None]
        rows += [
            version(
                f"ccn-{name.lower().replace(' ', '-')}-{number}",
                str(first),
                end,
                name=f"CCN {name}",
                stage=draw.choice([*Stage]),
                clearance_status=draw.choice([None, *ClearanceStatus]),
                occupancy_pct=draw.choice([None, draw.randrange(1000) / 10]),
                area_ha=draw.randrange(10, 7500) / 100,
                is_placed=True,
                **box,
            )
            for first, end in pairwise(days)
        ]
    return rows
