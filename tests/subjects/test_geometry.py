"""Geometries over HTTP: stated, refused, shown, searched by a box, and kept in the ledger."""

from typing import Any

import httpx
import pytest

from app.database import Database
from app.upkeep.rebuilding import rebuild
from tests.support.http import MERGE_PATCH, ids, pointers, read, refused, register, said, state
from tests.support.registers import get, post, writer_on

OUTLINE = [[105.9, 21.9], [105.95, 21.9], [105.95, 21.95], [105.9, 21.95], [105.9, 21.9]]
HOLE = [[105.91, 21.91], [105.92, 21.91], [105.92, 21.92], [105.91, 21.91]]
POINT = {"type": "Point", "coordinates": [105.8234567, 21.87]}
POLYGON = {"type": "Polygon", "coordinates": [OUTLINE, HOLE[::-1]]}
# Quảng Chu: a commune before 2025-07-01 and one since, which has a point.
QUANG_CHU = {"commune_code": "02131"}
QUANG_CHU_POINT = [105.823, 21.8769]


async def test_a_geometry_is_stated_and_shown(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-shown")
    assert (await get(shared, "/v1/sites/ccn-shown"))["geometry"] is None
    stated = await state(
        shared, "ccn-shown", "2021", geometry=POLYGON, geometry_accuracy="digitised"
    )
    assert stated["values"] == {"geometry": POLYGON, "geometry_accuracy": "digitised"}
    await state(shared, "ccn-shown", "2023", geometry=POINT, geometry_accuracy="surveyed")
    await state(shared, "ccn-shown", "2024", geometry=None)
    for year, geometry, accuracy in (
        ("2020", None, None),
        ("2021", POLYGON, "digitised"),
        ("2023", POINT, "surveyed"),
        ("2024", None, None),
    ):
        found = await get(shared, "/v1/sites/ccn-shown", as_of=f"{year}-06-30")
        assert (found["geometry"], found["geometry_accuracy"]) == (geometry, accuracy)
    timeline = await get(shared, "/v1/sites/ccn-shown/timeline")
    # The province became part of another on 2025-07-01.
    years = ["2020", "2021", "2023", "2024", "2025"]
    assert [item["valid_from"][:4] for item in timeline["items"]] == years
    assert "geometry" not in timeline["items"][0]
    said_so = await get(shared, "/v1/sites/ccn-shown/provenance", as_of="2021-06-30")
    assert stated["id"] in {
        item["statement_id"] for item in said_so["items"] if item["attribute"] == "geometry"
    }


async def test_the_same_outline_is_the_same_statement(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-same")
    await state(shared, "ccn-same", "2021", geometry=POLYGON)
    turned = {"coordinates": [OUTLINE[::-1], HOLE], "type": "Polygon"}
    body = said("2021", values={"geometry": turned})
    problem = await refused(shared, "POST", "/v1/sites/ccn-same/statements", 409, json=body)
    assert problem["type"] == "/problems/duplicate-statement"


async def test_lists_do_without_outlines(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-listed", geometry=POLYGON, geometry_accuracy="digitised")
    (item,) = (await get(shared, "/v1/sites", q="ccn-listed"))["items"]
    assert item["geometry_accuracy"] == "digitised"
    assert "geometry" not in item


@pytest.mark.parametrize(
    ("geometry", "pointer", "hint"),
    [
        ({"type": "Point", "coordinates": [21.9, 105.9]}, "/coordinates", "swapped"),
        ({"type": "Point", "coordinates": [2.35, 48.85]}, "/coordinates", "outside Vietnam"),
        ({"type": "Point", "coordinates": ["105", 21]}, "/coordinates/0", "without quotes"),
        ({"type": "Point", "coordinates": [105, True]}, "/coordinates/1", "JSON number"),
        ({"type": "Point", "coordinates": [105.12345678, 21]}, "/coordinates/0", "7 decimals"),
        ({"type": "Point", "coordinates": [105, 21, 30]}, "/coordinates", "two numbers"),
        ({"type": "Point", "coordinates": [105, 1e30]}, "/coordinates/1", "180"),
        ({"type": "Point"}, "/coordinates", "required"),
        ({"coordinates": [105, 21]}, "/type", "type"),
        ({"type": "Circle", "coordinates": [105, 21]}, "/type", "'Point'"),
        ({"type": "Point", "coordinates": [105, 21], "crs": {}}, "/crs", "unknown member"),
        ({"type": "Polygon", "coordinates": []}, "/coordinates", "at least 1"),
        ({"type": "Polygon", "coordinates": [OUTLINE[:4]]}, "/coordinates/0/3", "not closed"),
        (
            {"type": "Polygon", "coordinates": [HOLE, OUTLINE]},
            "/coordinates/1",
            "inside the outer ring",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[OUTLINE], [HOLE]]},
            "/coordinates/1",
            "overlaps",
        ),
        ("105,21", "", "JSON object"),
        ([105, 21], "", "JSON object"),
    ],
)
async def test_what_is_refused(
    shared: httpx.AsyncClient, geometry: Any, pointer: str, hint: str
) -> None:
    if (await shared.get("/v1/sites/ccn-refused")).status_code == 404:
        await register(shared, "ccn-refused")
    body = said("2021", values={"geometry": geometry})
    path = "/v1/sites/ccn-refused"
    problem = await refused(shared, "POST", f"{path}/statements", 422, json=body)
    assert pointers(problem)[0] == f"#/values/geometry{pointer}"
    assert hint in problem["errors"][0]["detail"]
    patch = {"headers": MERGE_PATCH, "json": body["values"]}
    url = f"{path}?source_id=article&effective_from=2021"
    problem = await refused(shared, "PATCH", url, 422, **patch)
    assert pointers(problem)[0] == f"#/geometry{pointer}"


async def test_a_box_finds_the_sites_in_it(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-outlined", geometry=POLYGON)
    await register(sourced_client, "ccn-pointed", geometry=POINT, **QUANG_CHU)
    await register(sourced_client, "ccn-somewhere", **QUANG_CHU)
    await register(sourced_client, "ccn-nowhere")
    for box, expected in {
        "102,6,118,24": ["ccn-outlined", "ccn-pointed", "ccn-somewhere"],
        # Corners and edges count; a box within the outline meets it too.
        "105.95,21.95,106,22": ["ccn-outlined"],
        "105.93,21.93,105.94,21.94": ["ccn-outlined"],
        "105.9500001,21.95,106,22": [],
        "105.8234567,21.87,105.8234567,21.87": ["ccn-pointed"],
        "105.823,21.8769,105.823,21.8769": ["ccn-somewhere"],
        "105.8,21.8,105.96,22": ["ccn-outlined", "ccn-pointed", "ccn-somewhere"],
        "106,21,107,22": [],
        "-10,40,10,60": [],
    }.items():
        for day in ("2024-01-01", "2025-12-31"):
            found = await get(sourced_client, "/v1/sites", bbox=box, sort="id", as_of=day)
            assert ids(found) == expected, (box, day)
    first = await get(sourced_client, "/v1/sites", bbox="105,21,107,22", limit=2)
    rest = await get(
        sourced_client, "/v1/sites", bbox="105,21,107,22", limit=2, cursor=first["next_cursor"]
    )
    assert len(ids(first) + ids(rest)) == 3
    other = f"/v1/sites?bbox=105,21,107,23&cursor={first['next_cursor']}"
    assert pointers(await refused(sourced_client, "GET", other, 400)) == ["cursor"]


@pytest.mark.parametrize("box", ["", "1,2,3", "106,21,105,22", "21,105,22,106", "nan,1,2,3"])
async def test_what_is_no_box(shared: httpx.AsyncClient, box: str) -> None:
    for path in ("/v1/sites", "/v1/sites.geojson", "/v1/sites.csv", "/v1/sites.xlsx"):
        problem = await refused(shared, "GET", f"{path}?bbox={box}", 400)
        assert pointers(problem) == ["bbox"]


async def test_a_commune_point_stands_in_and_says_so(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-somewhere", **QUANG_CHU)
    for day in ("2024-01-01", "2025-12-31"):
        (feature,) = (await read(sourced_client, f"/v1/sites.geojson?as_of={day}"))["features"]
        assert feature["geometry"] == {"type": "Point", "coordinates": QUANG_CHU_POINT}
        assert feature["properties"]["geometry_accuracy"] == "commune_point"
    # What is stated of the site stays what it is: nothing.
    assert (await get(sourced_client, "/v1/sites/ccn-somewhere"))["geometry_accuracy"] is None


async def test_a_geometry_survives_a_rebuild(database: Database, client: httpx.AsyncClient) -> None:
    await post(client, "/v1/sources", {"id": "article", "kind": "article", "title": "Bài báo"})
    await register(client, "ccn-kept", geometry=POLYGON, **QUANG_CHU)
    await register(client, "ccn-placed", **QUANG_CHU)
    before = [(await client.get(path)).text for path in ("/v1/sites/ccn-kept", "/v1/sites.geojson")]
    writer = await writer_on(database)
    assert [p async for p in rebuild(database, writer.units)]
    after = [(await client.get(path)).text for path in ("/v1/sites/ccn-kept", "/v1/sites.geojson")]
    assert after == before
