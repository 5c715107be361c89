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

from app.exports.rollups import rollup_table
from app.exports.tables import FIGURE_COLUMNS
from app.statistics.schemas import Figures, PlannedFigures
from tests.exports.test_exports import file, number, sheet, table
from tests.support.http import as_problem, pointers, read, register, said, state
from tests.support.registers import get, post

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
    figures = [path for path in paths(Figures) if path != "kind"]
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
        for column, cell in zip(columns, line, strict=True):
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
        "/v1/rollups.csv?lang=vi": "lang",
        "/v1/rollups.xlsx?bom=true": "bom",
        "/v1/provinces/06/established-clusters.csv?kind=zone": "kind",
        "/v1/provinces/06/established-clusters.xlsx?lang=fr": "lang",
    }.items():
        assert pointers(as_problem(await figures.get(url), 400)) == [parameter]
    for ending in ("csv", "xlsx"):
        for code, query in (("99", ""), ("06", "?as_of=2026-01-01")):
            url = f"/v1/provinces/{code}/established-clusters.{ending}{query}"
            as_problem(await figures.get(url), 404)


async def _decide(client: httpx.AsyncClient, key: str, number: str) -> None:
    body = {"id": key, "kind": "decision", "title": f"Quyết định {number}", "number": number}
    await post(client, "/v1/sources", body)


async def test_the_established_clusters(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    for key, decision in (("qd-1", "1747/QĐ-UBND"), ("qd-2", "200/QĐ-UBND"), ("qd-3", "9/QĐ-UBND")):
        await _decide(client, key, decision)
    await register(client, "ccn-b", name="CCN Đức", legal_status="established", area_ha=15)
    await register(client, "ccn-planned", planning_status="planned", area_ha=99)
    await register(client, "kcn-zone", kind="zone", legal_status="established", area_ha=99)
    await register(client, "ccn-gone", legal_status="abolished", area_ha=99)
    values: dict[str, Any] = {"name": "CCN An", "province_code": "06", "area_ha": 20.5}
    values["legal_status"] = "established"
    body = said("2021-09-21", "qd-1", id="ccn-a", kind="cluster", values=values)
    await post(client, "/v1/sites", body)
    grown = {"legal_status": "expanded", "area_ha": 32.1234}
    await post(
        client,
        "/v1/sites/ccn-a/statements",
        said("2023-02-01", "article", values=grown, cites=["qd-2"]),
    )
    drawn = {"detailed_plan_area_ha": 32, "industrial_land_ha": 20}
    await post(client, "/v1/sites/ccn-a/statements", said("2023-03", "qd-3", values=drawn))
    await state(client, "ccn-a", "2023-06", leased_ha=5)
    url = "/v1/provinces/06/established-clusters"
    first, second = table(await file(client, f"{url}.csv?as_of=2024-01-01"))
    assert first == {
        "number": "1",
        "name": "CCN An",
        "established_area_ha": "20.5",
        "establishment_decision": "1747/QĐ-UBND",
        "expanded_area_ha": "32.1234",
        "expansion_decision": "200/QĐ-UBND",
        "detailed_plan_area_ha": "32",
        "detailed_plan_decision": "9/QĐ-UBND",
        "industrial_land_ha": "20",
        "leased_ha": "5",
        "occupancy_pct": "25",
        "note": "established",
    }
    assert (second["name"], second["established_area_ha"]) == ("CCN Đức", "15")
    assert second["establishment_decision"] == second["expanded_area_ha"] == ""
    (early, _) = table(await file(client, f"{url}.csv?as_of=2022-12-31"))
    assert (early["established_area_ha"], early["expanded_area_ha"]) == ("20.5", "")
    header, row, _ = sheet(await file(client, f"{url}.xlsx?as_of=2024-01-01"))
    assert header[:4] == [
        "STT",
        "Tên cụm công nghiệp",
        "Diện tích thành lập (ha)",
        "Quyết định thành lập",
    ]
    assert row == [
        1,
        "CCN An",
        20.5,
        "1747/QĐ-UBND",
        32.1234,
        "200/QĐ-UBND",
        32,
        "9/QĐ-UBND",
        20,
        5,
        25,
        "Đã thành lập",
    ]
    site = await get(client, "/v1/sites/ccn-a", as_of="2024-01-01")
    assert (site["area_ha"], site["occupancy_pct"]) == (row[4], row[10])
    # Bắc Kạn lies in Thái Nguyên now; without a date it answers for its last day.
    now = table(
        await file(
            client, "/v1/provinces/19/established-clusters.csv?as_of=2024-01-01&boundaries=now"
        )
    )
    assert now == [first, second]
    about = dict(sheet(await file(client, f"{url}.xlsx"), 1))
    assert about["Tính đến ngày"] == "2025-06-30"
    assert about["Bộ lọc: province_code"] == "Bắc Kạn (06)"
