"""The seven points that must be seen to work, with the facts of the documents."""

import ast
from pathlib import Path
from typing import Any

import httpx

from app.database import Database
from tests.support.figures import untraced
from tests.support.http import as_problem, ids, said
from tests.support.registers import get, post, seed

BAC_KAN = "/v1/provinces/06/rollup"


async def rollup_of(client: httpx.AsyncClient, path: str = BAC_KAN, **parameters: Any) -> Any:
    """Read the rollup of the one kind asked for."""
    (found,) = await rollups_of(client, path, **parameters)
    return found


async def rollups_of(client: httpx.AsyncClient, path: str = BAC_KAN, **parameters: Any) -> Any:
    """Read the rollups of a province, without the addresses of what they are made of."""
    return untraced((await get(client, path, **parameters))["rollups"])


def published(rollup: Any, indicator: str) -> Any:
    (found,) = [item for item in rollup["published"] if item["indicator"] == indicator]
    return found


async def test_point_1_the_plan_and_the_clusters_at_the_end_of_2023(
    documents: httpx.AsyncClient,
) -> None:
    rollup = await rollup_of(documents, kind="cluster", as_of="2023-12-31")

    planned = rollup["planned"]
    assert (planned["sites"], planned["area_ha"], planned["listed_sites"]) == (27, 676.4, 6)
    # Quảng Chu 74.4, Cẩm Giàng 43, Thanh Thịnh 50; the other three are unknown.
    assert rollup["sites"]["count"] == 6
    assert rollup["area"] == {"total_ha": 167.4, "qualifier": "exact", "known": 3, "unknown": 3}
    # 27 - 6 and 676.4 - 167.4.
    assert planned["remaining_sites"] == 21
    assert planned["remaining_area_ha"] == 509.0
    assert planned["remaining_area_qualifier"] == "at_most"
    assert published(rollup, "cluster_in_progress_count")["value"] == 6
    in_progress = published(rollup, "cluster_in_progress_area_ha")
    assert in_progress["value"] == 186.4
    assert in_progress["computed"] == 167.4
    assert in_progress["difference"] == 19.0
    assert in_progress["higher"] == "stated"
    assert in_progress["source_id"] == "bac-kan-press-2023-12"
    operating = published(rollup, "cluster_operating_count")
    assert (operating["value"], operating["computed"], operating["difference"]) == (0, 0, 0)
    assert rollup["sites"]["by_stage"]["operating"] == 0


def test_point_1_is_computed_and_not_written_into_the_code() -> None:
    app = Path(__file__).parents[1] / "app"
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in app.rglob("*.py"))
    constants = (
        node.value for t in trees for node in ast.walk(t) if isinstance(node, ast.Constant)
    )
    assert not {27, 676.4, "27", "676.4"} & set(constants)


async def test_point_2_the_three_clusters_established_by_the_middle_of_2021(
    documents: httpx.AsyncClient,
) -> None:
    rollup = await rollup_of(documents, kind="cluster", as_of="2021-06-30")

    assert rollup["sites"]["count"] == 3
    assert rollup["sites"]["by_stage"]["established"] == 3
    assert published(rollup, "cluster_established_count")["value"] == 3
    assert published(rollup, "cluster_established_count")["computed"] == 3
    assert published(rollup, "cluster_established_area_ha")["value"] == 130
    assert rollup["planned"] is None


async def test_point_3_the_three_zones_at_the_end_of_2023(documents: httpx.AsyncClient) -> None:
    asked = {"kind": "zone", "as_of": "2023-12-31"}
    rollup = await rollup_of(documents, **asked)
    sites = await get(documents, "/v1/sites", province_code="06", **asked)

    assert {s["id"]: (s["stage"], s["planned_area_ha"]) for s in sites["items"]} == {
        "kcn-thanh-binh": ("operating", 80.7),
        "kcn-cho-moi-1": ("proposed", 300),
        "kcn-cho-moi-2": ("proposed", 200),
    }
    # 80.7 + 300 + 200.
    planned = {"total_ha": 580.7, "qualifier": "exact", "known": 3, "unknown": 0}
    assert rollup["land"]["planned_area_ha"] == planned
    assert rollup["sites"]["by_stage"]["operating"] == 1


async def test_point_4_occupied_is_not_operating(documents: httpx.AsyncClient) -> None:
    site = await get(documents, "/v1/sites/ccn-huyen-tung", as_of="2024-12-31")

    assert site["occupancy_pct"] == 100
    assert site["occupancy_pct_definition"] == "as_stated"
    assert site["operation_status"] == "not_operating"
    assert site["stage"] == "construction"


async def test_point_5_merged_provinces(documents: httpx.AsyncClient) -> None:
    last = await get(documents, BAC_KAN)
    assert last["as_of"] == "2025-06-30"
    assert "2025-07-01" in last["as_of_note"]
    assert "Thái Nguyên (19)" in last["as_of_note"]

    problem = as_problem(await documents.get(BAC_KAN, params={"as_of": "2026-03-01"}), 404)
    assert [unit["code"] for unit in problem["successors"]] == ["19"]
    assert "Thái Nguyên (19)" in problem["detail"]

    now = await rollup_of(
        documents,
        "/v1/provinces/19/rollup",
        kind="cluster",
        as_of="2023-12-31",
        boundaries="now",
    )
    assert now["sites"]["count"] == 6
    assert now["area"]["total_ha"] == 167.4
    assert (now["planned"]["sites"], now["planned"]["area_ha"]) == (27, 676.4)
    assert (now["planned"]["provinces"], now["planned"]["provinces_with_plan"]) == (2, 1)

    hoa_binh = await get(documents, "/v1/provinces/17/rollup", as_of="2024-06-30")
    stated = {p["indicator"]: p["value"] for r in hoa_binh["rollups"] for p in r["published"]}
    assert stated == {"zone_occupancy_pct": 46.77, "cluster_occupancy_pct": 41.3}


async def test_point_6_a_late_statement_and_its_retraction(
    seeded_client: httpx.AsyncClient,
) -> None:
    in_2022: dict[str, Any] = {"kind": "cluster", "as_of": "2022-06-30"}
    in_2023: dict[str, Any] = {"kind": "cluster", "as_of": "2023-12-31"}
    before = await get(seeded_client, BAC_KAN, **in_2022)
    at_the_end = await get(seeded_client, BAC_KAN, **in_2023)
    nothing = {"total_ha": None, "qualifier": None, "known": 0, "unknown": 3}
    assert untraced(before["rollups"][0]["area"]) == nothing

    late = await post(
        seeded_client,
        "/v1/sites/ccn-cam-giang/statements",
        said("2022-01-01", "bac-kan-press-2021-06-30", values={"area_ha": 40}),
    )
    (after,) = await rollups_of(seeded_client, **in_2022)
    assert after["area"] == {"total_ha": 40, "qualifier": "exact", "known": 1, "unknown": 2}
    # 43 ha was stated for December 2023, which the late statement does not touch.
    assert await rollups_of(seeded_client, **in_2023) == untraced(at_the_end["rollups"])
    for asked, answer in ((in_2022, before), (in_2023, at_the_end)):
        asked["revision"] = answer["revision"]
        assert await get(seeded_client, BAC_KAN, **asked) == answer

    reason = "Đọc nhầm trang"
    await post(seeded_client, f"/v1/statements/{late['id']}/retraction", {"reason": reason})
    for asked, answer in ((in_2022, before), (in_2023, at_the_end)):
        del asked["revision"]
        assert await rollups_of(seeded_client, **asked) == untraced(answer["rollups"])
    history = await get(seeded_client, "/v1/sites/ccn-cam-giang/statements")
    assert history["items"][0]["id"] == late["id"]
    assert history["items"][0]["values"] == {"area_ha": 40}
    assert history["items"][0]["retraction"]["reason"] == reason
    assert history["items"][0]["retraction"]["revision"] == late["revision"] + 1


async def test_point_7_the_outside_set(seeded: Database, seeded_client: httpx.AsyncClient) -> None:
    asked: dict[str, Any] = {"kind": "cluster", "as_of": "2023-12-31"}
    before = await seeded_client.get(BAC_KAN, params=asked)

    await seed(seeded, "outside")

    rollup = await rollup_of(seeded_client, **asked)
    assert rollup["sites"]["count"] == 6
    # Quảng Chu 74.4, Cẩm Giàng 43, Thanh Thịnh 50, Huyền Tụng 16, Vằng Mười 15,
    # Nam Bằng Lũng 20; Chu Hương was withdrawn in 2022.
    assert rollup["area"] == {"total_ha": 218.4, "qualifier": "exact", "known": 6, "unknown": 0}
    in_progress = published(rollup, "cluster_in_progress_area_ha")
    assert (in_progress["value"], in_progress["computed"]) == (186.4, 218.4)
    assert (in_progress["difference"], in_progress["higher"]) == (32.0, "computed")
    thanh_thinh = await get(seeded_client, "/v1/sites/ccn-thanh-thinh", as_of="2023-12-31")
    assert thanh_thinh["area_ha"] == 50.0
    assert rollup["planned"]["remaining_area_qualifier"] == "exact"

    earlier = before.json()["revision"]
    again = await seeded_client.get(BAC_KAN, params={**asked, "revision": earlier})
    assert again.content == before.content
    listed = await get(seeded_client, "/v1/sites", **asked, revision=earlier)
    assert "ccn-chu-huong" not in ids(listed)
