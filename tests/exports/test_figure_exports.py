"""Exports of figures, and the table of established clusters of the half-yearly report."""

import json
from pathlib import Path
from typing import Any

import geojson
import httpx
import pandas
import pyogrio
import pytest
from pydantic import BaseModel
from shapely.geometry import shape

from app.exports.rollups import FIGURE_COLUMNS, rollup_table
from app.statistics.schemas import Figures, PlannedFigures
from tests.exports.test_exports import file, number, sheet, table
from tests.support.http import as_problem, pointers, read

IN_2024 = "as_of=2024-01-01"
QUERIES = [
    IN_2024,
    f"{IN_2024}&boundaries=now&kind=zone",
    f"{IN_2024}&group_by=country&kind=cluster",
    f"{IN_2024}&group_by=stage&group_by=province_code",
    "as_of=2026-01-01",
]


def at(item: Any, path: str) -> Any:
    """Return what stands at a path of a rollup."""
    for name in path.split("."):
        item = item and item[name]
    return item


def paths(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Return the paths of the single numbers of a model."""
    found = []
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += paths(kind, f"{prefix}{name}.")
        elif not str(kind).startswith("list"):
            found.append(f"{prefix}{name}")
    return found


def test_every_figure_has_a_column() -> None:
    addresses = ("kind", "listed", "values")
    figures = [path for path in paths(Figures) if path.rpartition(".")[2] not in addresses]
    assert list(FIGURE_COLUMNS) == figures + paths(PlannedFigures, "planned.")


@pytest.mark.parametrize("query", QUERIES)
async def test_tables_say_what_the_rollups_say(figures: httpx.AsyncClient, query: str) -> None:
    answer = await read(figures, f"/v1/rollups?{query}")
    rows = table(await file(figures, f"/v1/rollups.csv?{query}"))
    header, *cells = sheet(await file(figures, f"/v1/rollups.xlsx?{query}&lang=en"))
    columns = rollup_table(answer["group_by"])
    assert list(rows[0]) == [column.name for column in columns]
    assert header == [column.labels[1] for column in columns]
    assert len(rows) == len(cells) == len(answer["items"]) > 0
    for row, line, item in zip(rows, cells, answer["items"], strict=True):
        assert row["as_of"] == line[-1].date().isoformat() == answer["as_of"]
        for column, cell in zip(columns[:-1], line[:-1], strict=True):
            value = at(item, column.name)
            if isinstance(value, int | float):
                assert number(row[column.name]) == number(str(value))
                assert cell == value
            else:
                assert row[column.name] == (value or "")
                assert (cell is None) == (value is None)


async def test_a_figure_worked_out_by_hand(figures: httpx.AsyncClient, tmp_path: Path) -> None:
    """33.3333 + 16.6666 + 12.5 ha of the clusters of Bắc Kạn that are not closed."""
    content = await file(figures, f"/v1/rollups.csv?{IN_2024}&kind=cluster")
    (tmp_path / "rollups.csv").write_bytes(content)
    found = pandas.read_csv(tmp_path / "rollups.csv", dtype={"province_code": str})
    bac_kan = found[found["province_code"] == "06"].iloc[0]
    assert bac_kan["area.total_ha"] == 62.4999
    assert (bac_kan["area.known"], bac_kan["area.unknown"]) == (3, 2)
    assert bac_kan["planned.area_ha"] == 200.5


@pytest.mark.parametrize("query", QUERIES[:2] + QUERIES[4:])
async def test_the_map_has_the_outlines_of_the_day(
    figures: httpx.AsyncClient, query: str, tmp_path: Path
) -> None:
    content = await file(figures, f"/v1/rollups.geojson?{query}")
    answer = await read(figures, f"/v1/rollups?{query}")
    assert geojson.loads(content.decode()).is_valid
    collection = json.loads(content)
    *drawn, hoang_sa, truong_sa = collection["features"]
    assert len({feature["id"] for feature in collection["features"]}) == len(drawn) + 2
    for feature, item in zip(drawn, answer["items"], strict=True):
        assert feature["id"] == f"{item['province_code']}-{item['kind']}"
        assert feature["properties"]["label"] == item["province_name"]
        assert feature["properties"]["area.total_ha"] == item["area"]["total_ha"]
        outline = shape(feature["geometry"])
        assert outline.is_valid
        parts = getattr(outline, "geoms", [outline])
        assert all(part.exterior.is_ccw for part in parts)
    assert hoang_sa["properties"]["label"] == "Quần đảo Hoàng Sa (Việt Nam)"
    assert truong_sa["properties"]["label"] == "Quần đảo Trường Sa (Việt Nam)"
    assert hoang_sa["geometry"] == {"type": "Point", "coordinates": [112.135, 16.568]}
    assert truong_sa["geometry"] == {"type": "Point", "coordinates": [114.45, 9.71]}
    assert "Hoàng Sa" in collection["notes"]
    assert collection["bbox"][2] == 114.45
    (tmp_path / "rollups.geojson").write_bytes(content)
    meta, _, shapes, _ = pyogrio.raw.read(tmp_path / "rollups.geojson")
    assert (len(shapes), meta["crs"]) == (len(drawn) + 2, "EPSG:4326")


async def test_a_province_is_drawn_as_it_was_or_as_it_is(figures: httpx.AsyncClient) -> None:
    """Thái Nguyên has Bắc Kạn in it since 2025-07-01; Chợ Đồn lies in the north-west of that."""
    place = shape({"type": "Point", "coordinates": [105.6, 22.2]})
    for query, code in ((IN_2024, "06"), (f"{IN_2024}&boundaries=now", "19")):
        found = json.loads(await file(figures, f"/v1/rollups.geojson?{query}&kind=cluster"))
        around = [
            feature["id"]
            for feature in found["features"]
            if shape(feature["geometry"]).covers(place)
        ]
        assert around == [f"{code}-cluster"]


async def test_what_is_refused(figures: httpx.AsyncClient) -> None:
    for url, parameter in {
        "/v1/rollups.geojson?group_by=stage": "group_by",
        "/v1/rollups.csv?group_by=nothing": "group_by",
        "/v1/rollups.csv?lang=fr": "lang",
        "/v1/rollups.xlsx?bom=true": "bom",
        "/v1/provinces/06/established-clusters.csv?kind=zone": "kind",
        "/v1/provinces/06/established-clusters.xlsx?lang=fr": "lang",
    }.items():
        assert pointers(as_problem(await figures.get(url), 400)) == [parameter]
    for ending in ("csv", "xlsx"):
        for code, query in (("99", ""), ("06", "?as_of=2026-01-01")):
            url = f"/v1/provinces/{code}/established-clusters.{ending}{query}"
            as_problem(await figures.get(url), 404)
