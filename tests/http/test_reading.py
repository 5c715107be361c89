"""The key of an answer: what makes it another one, and that equal tags mean equal bytes."""

import random
import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from app.core.dates import today
from app.http.reading import parameters_of
from app.statistics.query_parameters import RollupsQuery
from app.subjects.query_parameters import SitesQuery
from app.units.tables import read_units
from app.upkeep.rebuilding import load_units, rebuild
from tests.support.http import latest_revision, observe, read, register, state
from tests.support.operations import READS, address, query_parameters
from tests.support.registers import SEEDS, opened, post
from tests.support.serving import application

PLAIN = {"accept-encoding": "identity"}
LISTS = ("/v1/sites", "/v1/rollups", "/v1/sites.csv", "/v1/provinces/06/findings")


async def tag_at(client: httpx.AsyncClient, url: str, **headers: str) -> str:
    sent = PLAIN | {name.replace("_", "-"): value for name, value in headers.items()}
    response = await client.get(url, headers=sent)
    assert response.status_code == 200, response.text
    return response.headers["etag"]


def on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be another day for all that looks at the calendar."""
    for name, module in list(sys.modules.items()):
        if name.startswith("app.") and hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: day)


# What a query says


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (SitesQuery(), []),
        (SitesQuery(sort="name", limit=50, kind=[]), []),
        (SitesQuery(sort="-name", limit=5), [("limit", 5), ("sort", "-name")]),
        (SitesQuery(limit=5, sort="-name"), [("limit", 5), ("sort", "-name")]),
        # They are named by the revision that they lead to.
        (SitesQuery(revision=3), []),
        (SitesQuery.model_validate({"known_at": "2024-01-01T00:00:00Z"}), []),
        (SitesQuery.model_validate({"area_min": "5"}), [("area_min", Decimal(5))]),
        # A day that is named is another request: units that ended are then looked for on it.
        (RollupsQuery(as_of=date(2024, 1, 1)), [("as_of", date(2024, 1, 1))]),
    ],
)
def test_what_a_query_says(query: BaseModel, expected: list[tuple[str, Any]]) -> None:
    assert parameters_of(query) == expected


# What makes an answer another one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sites?kind=cluster&limit=5", "sites?limit=5&kind=cluster"),
        ("sites?limit=5", "sites?limit=5&sort=name&boundaries=then"),
        ("sparse/sites?fields=name,id", "sparse/sites?fields=name&fields=id"),
    ],
)
@pytest.mark.databases("sqlite")
async def test_order_and_defaults_make_no_other_answer(
    unchanged: httpx.AsyncClient, one: str, other: str
) -> None:
    assert await tag_at(unchanged, f"/v1/{one}") == await tag_at(unchanged, f"/v1/{other}")


async def test_the_revision_may_be_named_in_any_way(unchanged: httpx.AsyncClient) -> None:
    latest = await latest_revision(unchanged)
    recorded_at = (await read(unchanged, f"/v1/revisions/{latest}"))["recorded_at"]
    for path in LISTS:
        tag = await tag_at(unchanged, path)
        assert await tag_at(unchanged, f"{path}?revision={latest}") == tag
        assert await tag_at(unchanged, f"{path}?known_at={recorded_at}") == tag
        assert await tag_at(unchanged, f"{path}?revision={latest - 1}") != tag


@pytest.mark.databases("sqlite")
async def test_the_language_of_problems_makes_no_other_answer(
    unchanged: httpx.AsyncClient,
) -> None:
    """Answers have both languages; a file has the one that its parameter names."""
    for path in READS:
        url = address(path).replace("8-1", "1-1")
        vi, en = [
            await unchanged.get(url, headers=PLAIN | {"accept-language": language})
            for language in ("vi", "en")
        ]
        assert vi.status_code == en.status_code
        assert vi.status_code != 200 or vi.content == en.content
        assert path in {"/v1/keys", "/v1/audit"} or vi.headers.get("etag") == en.headers.get("etag")
    files = [await tag_at(unchanged, f"/v1/sites.xlsx?lang={lang}") for lang in ("vi", "en")]
    assert files[0] != files[1]


@pytest.mark.databases("sqlite")
async def test_another_day_is_another_answer(
    unchanged: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = (
        *LISTS,
        "/v1/provinces",
        "/v1/provinces/06",
        "/v1/provinces/06/established-clusters.csv",
    )
    before = [await tag_at(unchanged, url) for url in urls]
    on(monkeypatch, today() + timedelta(days=1))
    for url, tag in zip(urls, before, strict=True):
        response = await unchanged.get(url, headers=PLAIN | {"if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag


@pytest.mark.databases("sqlite")
async def test_another_licence_is_another_answer(client: httpx.AsyncClient, empty_url: str) -> None:
    url = "/v1/sites.csv"
    before = await tag_at(client, url)
    async with application(empty_url, data_licence="CC0-1.0") as other:
        response = await other.get(url, headers=PLAIN | {"if-none-match": before})
    assert response.status_code == 200
    assert "https://spdx.org/licenses/CC0-1.0" in response.headers["link"]


async def test_other_units_are_another_answer(
    client: httpx.AsyncClient, empty_url: str, tmp_path: Path
) -> None:
    """The process reads them again by itself: it has those of the edition in the key."""
    urls = ("/v1/sites", "/v1/rollups", "/v1/provinces/06/rollup")
    before = [await tag_at(client, url) for url in urls]
    folder = shutil.copytree(SEEDS / "units", tmp_path / "units")
    for path in folder.glob("*units*.csv"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("Bắc Kạn", "Bắc Kạn cũ"), "utf-8")
    async with opened(empty_url) as database:
        assert await load_units(database, folder)
    for url, tag in zip(urls, before, strict=True):
        response = await client.get(url, headers=PLAIN | {"if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag
    named = (await client.get("/v1/provinces/06?as_of=2024-01-01")).json()["name"]
    assert named == "Bắc Kạn cũ"


async def test_a_rebuilt_register_gives_other_tags(
    client: httpx.AsyncClient, empty_url: str
) -> None:
    """The rows of the same revision may have been spoiled: what was made from them is over."""
    urls = ("/v1/sites", "/v1/rollups", "/v1/provinces/06/rollup")
    before = [await tag_at(client, url) for url in urls]
    async with opened(empty_url) as database:
        async with database.read() as connection:
            units = await read_units(connection)
        assert [step async for step in rebuild(database, units)]
    for url, tag in zip(urls, before, strict=True):
        response = await client.get(url, headers=PLAIN | {"if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag


async def test_a_tag_belongs_to_one_register(
    client: httpx.AsyncClient, sourced_client: httpx.AsyncClient
) -> None:
    """One restored from a copy may number another revision alike; its digest is another."""
    for number in range(await latest_revision(sourced_client)):
        await post(client, "/v1/organizations", {"id": f"other-{number}", "name": f"Khác {number}"})
    assert await latest_revision(client) == await latest_revision(sourced_client)
    assert await tag_at(client, "/v1/sites") != await tag_at(sourced_client, "/v1/sites")


# Equal tags mean equal bytes


class Walk:
    """Random reads with random writes between; it remembers what each tag stood for."""

    def __init__(self, client: httpx.AsyncClient, seed: int) -> None:
        self.client = client
        self.random = random.Random(seed)  # noqa: S311  (no secret)
        self.sites = ["ccn-a", "ccn-b"]
        self.known: dict[str, dict[str, bytes]] = {}
        self.cursors: dict[str, list[str]] = {}
        self.hits = 0

    async def write(self, step: int) -> None:
        site = self.random.choice(self.sites)
        year = str(self.random.randint(2021, 2024))
        match self.random.randrange(5):
            case 0:
                self.sites.append(f"ccn-{step}")
                await register(self.client, f"ccn-{step}", area_ha=step + 1)
            case 1:
                await observe(self.client, "06", year, "actual", cluster_count=step)
            case 2:
                listed = (await self.client.get(f"/v1/sites/{site}/statements")).json()["items"]
                if len(live := [s for s in listed if s["retraction"] is None]) > 1:
                    retraction = f"/v1/statements/{live[0]['id']}/retraction"
                    await post(self.client, retraction, {"reason": "Nhầm"})
            case _:
                await state(self.client, site, year, area_ha=self.random.randint(1, 90))

    async def read(self) -> None:
        path = self.random.choice(self.paths())
        parameters = dict(self.parameters(path))
        response = await self.client.get(path, params=parameters, headers=PLAIN)
        if response.status_code != 200:
            assert response.status_code in {400, 404}, response.text
            return
        known = self.known.setdefault(path, {})
        tag, body = response.headers["etag"], response.content
        was_known = tag in known
        assert known.setdefault(tag, body) == body
        if cursor := next_cursor(response):
            self.cursors.setdefault(path, []).append(cursor)
        headers = PLAIN | {"if-none-match": ", ".join(known)}
        again = await self.client.get(path, params=parameters, headers=headers)
        assert again.status_code == 304
        assert again.headers["etag"] == tag
        self.hits += was_known

    def paths(self) -> list[str]:
        site = self.random.choice(self.sites)
        return [
            "/v1/sites",
            "/v1/sites.csv",
            "/v1/sites.geojson",
            f"/v1/sites/{site}",
            f"/v1/sites/{site}/timeline",
            f"/v1/sites/{site}/statements",
            f"/v1/sites/{site}/provenance",
            "/v1/provinces/06/rollup",
            "/v1/provinces/06/observations",
            "/v1/provinces/06/findings",
            "/v1/provinces/06/established-clusters.csv",
            "/v1/rollups",
            "/v1/findings",
            "/v1/sources",
            "/v1/revisions",
            "/v1/revisions/3",
            "/v1/changes",
        ]

    def parameters(self, path: str) -> Iterator[tuple[str, Any]]:
        site = path.startswith("/v1/sites/ccn-")
        template = "/v1/sites/{site_id}" + path.partition(path.split("/")[3])[2] if site else path
        template = template.replace("/06", "/{code}").replace("/revisions/3", "/revisions/{number}")
        choices = {
            "as_of": ["2020-01-01", "2023-06-30", today().isoformat()],
            "revision": range(8, 16),
            "limit": [1, 2, 50],
            "sort": ["name", "-area_ha"],
            "count": ["exact"],
            "boundaries": ["then", "now"],
            "kind": ["cluster", "zone"],
            "after": range(3, 9),
            "cursor": self.cursors.get(path, []),
        }
        for parameter in query_parameters("get", template):
            name = parameter["name"]
            if choices.get(name) and self.random.random() < 0.25:
                yield name, self.random.choice(choices[name])


def next_cursor(response: httpx.Response) -> str | None:
    is_json = response.headers["content-type"] == "application/json"
    return response.json().get("next_cursor") if is_json else None


@pytest.mark.parametrize("seed", range(2))
async def test_equal_tags_mean_equal_bytes(
    sourced_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    walk = Walk(sourced_client, seed)
    for site in walk.sites:
        await register(sourced_client, site, area_ha=10)
        await state(sourced_client, site, "2022", area_ha=20)
    for step in range(60):
        if step == 40:
            on(monkeypatch, today() + timedelta(days=1))
        if walk.random.random() < 0.2:
            await walk.write(step)
        for _ in range(4):
            await walk.read()
    # Some answers were met again, so that there was something to compare.
    assert walk.hits > 10
