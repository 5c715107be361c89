"""The map's page and its data, on the facts of the documents."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.support.pages import HTML, Reader, look, words
from tests.support.registers import Templates, prepare_seeded
from tests.support.serving import application

_EPOCH = date(1970, 1, 1)
TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def day(count: int | None) -> str | None:
    """Return a day of the data as ``/v1`` writes it."""
    return None if count is None else (_EPOCH + timedelta(count)).isoformat()


def states(data: Mapping[str, Any], as_of: str) -> dict[str, dict[str, Any]]:
    """Return the sites of a day, read as the page's script reads them."""
    found, rows = {}, iter(range(len(data["versions"]["from"])))
    for number, key in enumerate(data["sites"]["id"]):
        version: dict[str, Any] = {}
        versions = []
        for _ in range(data["sites"]["versions"][number]):
            row = next(rows)
            cells = {name: cell(column, row) for name, column in data["versions"].items()}
            before = {**version, "to": "="}
            version = {n: before[n] if value == "=" else value for n, value in cells.items()}
            versions.append(version)
        for one, following in zip(versions, [*versions[1:], None], strict=True):
            end = following["from"] if following and one["to"] == "=" else one["to"]
            if (day(one["from"]) or "") <= as_of < (day(end) or "9999"):
                kind = data["sites"]["kind"]
                found[key] = {**one, "kind": kind["values"][kind["of"][number]]}
    return found


def cell(column: Any, row: int) -> Any:
    """Return a value, ``=`` where it is as in the version before."""
    if isinstance(column, list):
        return column[row]
    at = column["of"][row]
    return at if at == "=" else column["values"][at]


@pytest.mark.parametrize("as_of", ["2021-07-01", "2023-12-31", "2025-06-30", "2025-07-01"])
@pytest.mark.parametrize("revision", [1, 3, None])
async def test_the_data_has_what_lists_have_on_every_day(
    documents: httpx.AsyncClient, as_of: str, revision: int | None
) -> None:
    known = {} if revision is None else {"revision": revision}
    data = (await documents.get("/map/data.json", params=known)).json()
    listed = await documents.get("/v1/sites", params={"as_of": as_of, "limit": 1000, **known})
    found = states(data, as_of)
    assert [*found] == [site["id"] for site in listed.json()["items"]], "in the same order"
    for site in listed.json()["items"]:
        shown = found[site["id"]]
        for name in ("kind", "name", "stage", "clearance_status", "occupancy_pct", "province_code"):
            assert shown[name] == site[name], (site["id"], name)
        assert shown["place"] in {"commune", None}, "no document gives coordinates"
        assert (shown["longitude"] is None) == (site["commune_code"] is None)
    assert {shown["province_now"] for shown in found.values()} <= {"19"}


async def test_the_data_is_a_read_like_any_other(documents: httpx.AsyncClient) -> None:
    answer = await documents.get("/map/data.json")
    assert answer.headers["register-revision"] == str(answer.json()["revision"])
    tag = {"if-none-match": answer.headers["etag"]}
    assert (await documents.get("/map/data.json", headers=tag)).status_code == 304
    assert (await documents.get("/map/data.json?revision=1", headers=tag)).status_code == 200
    assert (await documents.get("/map/data.json?as_of=2024-01-01")).status_code == 400
    late = await documents.get("/map/data.json?revision=1000")
    assert late.status_code == 400
    assert late.headers["content-type"] == "application/problem+json"


async def test_moments_are_revisions_and_when_they_were_recorded(
    documents: httpx.AsyncClient,
) -> None:
    moments = (await documents.get("/map/moments.json")).json()
    listed = (await documents.get("/v1/revisions?limit=1000")).json()["items"]
    assert [number for number, _ in moments] == sorted(one["number"] for one in listed)
    first = next(one for one in listed if one["number"] == 1)
    assert moments[0][1][:23] == first["recorded_at"][:23]


@pytest.mark.databases("sqlite")
async def test_provinces_are_those_before_and_since_the_merger(
    documents: httpx.AsyncClient,
) -> None:
    """There were 63 provinces, and are 34; each is named as it was while it had its outline."""
    answer = await documents.get("/map/provinces.json")
    found = answer.json()
    assert found["until"] == "2025-07-01"
    before, since = (
        [f["properties"]["code"] for f in era["features"]] for era in found["outlines"]
    )
    assert (len(before), len(since)) == (63, 34)
    for codes, on in ((before, "2025-06-30"), (since, "2025-07-01")):
        there = {n["code"] for n in found["names"] if (n["from"] or "") <= on < (n["to"] or "9999")}
        assert there == {*codes}
    islands = {one["province"]: one for one in found["archipelagos"]}
    assert "Hoàng Sa" in islands["48"]["name"]
    assert "Trường Sa" in islands["56"]["name"]
    for one in islands.values():
        longitude, latitude = one["point"]
        assert 111 <= longitude <= 118
        assert 6 <= latitude <= 17.5
    tag = {"if-none-match": answer.headers["etag"]}
    assert (await documents.get("/map/provinces.json", headers=tag)).status_code == 304


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("as_of=2023-12-31", 9),
        ("as_of=2023-12-31&kind=zone", 3),
        ("as_of=2023-12-31&kind=zone&kind=cluster&stage=operating", 1),
        ("as_of=2023-12-31&clearance_status=null&kind=zone", 3),
        ("as_of=2023-12-31&occupancy_min=&occupancy_max=", 9),
        ("as_of=2024-01-01&kind=craft_village&boundaries=now", 1),
        ("as_of=2000-01-01", 0),
    ],
)
async def test_the_page_lists_the_sites_that_pass_the_filters(
    documents: httpx.AsyncClient, question: str, count: int
) -> None:
    page = await look(documents, f"/map?{question}")
    assert len([a for a in page.links() if a.startswith("/sites/")]) == count
    assert f"{count} sites on" in words(page)


@pytest.mark.databases("sqlite")
async def test_files_of_the_page_have_what_is_seen(documents: httpx.AsyncClient) -> None:
    page = await look(documents, "/map?as_of=2023-12-31&kind=zone&kind=craft_village")
    (address,) = [a for a in page.links() if a.startswith("/v1/sites?")]
    items = (await documents.get(address)).json()["items"]
    assert [site["id"] for site in items] == ["kcn-cho-moi-1", "kcn-cho-moi-2", "kcn-thanh-binh"]
    for ending in (".csv", ".xlsx", ".geojson"):
        (file,) = [a for a in page.links() if a.startswith(f"/v1/sites{ending}?")]
        assert (await documents.get(file)).status_code == 200


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("question", ["kind=mine", "stage=null", "occupancy_min=101", "q=a"])
async def test_what_the_map_does_not_know_is_refused(
    documents: httpx.AsyncClient, question: str
) -> None:
    answer = await documents.get(f"/map?{question}", headers=HTML)
    assert answer.status_code == 400


@pytest.fixture
async def with_tiles(templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    settings = {"map_tiles": TILES, "map_attribution": "© Example"}
    async with (
        templates.copy("sqlite", prepare_seeded) as url,
        application(url, **settings) as client,
    ):
        yield client


@pytest.mark.databases("sqlite")
async def test_a_base_map_is_loaded_by_the_map_alone(with_tiles: httpx.AsyncClient) -> None:
    host = "https://tiles.example.org"
    answer = await with_tiles.get("/map", headers=HTML)
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert {name for name, sources in policy.items() if host in sources.split()} == {
        "img-src",
        "connect-src",
    }
    (element,) = [given for _, given in Reader(answer.text).elements if "data-map" in given]
    assert TILES in str(element["data-map"])
    assert "© Example" in str(element["data-map"])
    home = await with_tiles.get("/", headers=HTML)
    assert host not in home.headers["content-security-policy"]
