"""Charts of provinces: what they show is what rollups say, and they stand on their own."""

from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest

from app.database import Database
from tests.support.http import read, register, said, state
from tests.support.pages import look, words
from tests.support.province_history import with_history
from tests.support.registers import post, serving

pytestmark = pytest.mark.databases("sqlite")
SVG = "{http://www.w3.org/2000/svg}"
AREA = "/charts/provinces/06/area.svg"
FIGURES = ("area", "stages", "clearance", "clearance-status", "occupancy", "plan")


async def chart(client: httpx.AsyncClient, address: str, **headers: str) -> Element:
    answer = await client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    return fromstring(answer.text)  # noqa: S314 (the service drew it)


async def test_a_chart_shows_what_rollups_say(sourced_client: httpx.AsyncClient) -> None:
    await with_history(sourced_client)
    drawn = await chart(sourced_client, f"{AREA}?as_of=2024-06-30")
    assert drawn.findtext(f"{SVG}title") == "Area: Industrial cluster, Bắc Kạn"
    said = [one.text for one in drawn.iter(f"{SVG}desc")]
    # 20 ha from March 2020, 50 from July 2021, 55 from 2022, 25 when the second is removed.
    assert said[-1] == (
        "Area: 0\xa0ha on 1 Jan 2020, 25\xa0ha on 30 Jun 2024. "
        "Planned: 100\xa0ha on 11 Nov 2022, 100\xa0ha on 30 Jun 2024."
    )


@pytest.mark.parametrize("figure", FIGURES)
async def test_each_figure_has_a_chart(sourced_client: httpx.AsyncClient, figure: str) -> None:
    address = f"/charts/provinces/06/{figure}.svg?as_of=2024-06-30"
    # Nothing is known yet: a chart that says so, or one of zeros.
    await chart(sourced_client, address)
    await with_history(sourced_client)
    titles = {
        (await chart(sourced_client, f"{address}&lang={language}")).findtext(f"{SVG}title")
        for language in ("vi", "en")
    }
    assert len(titles) == 2
    for more in ("&width=240", "&width=1600", "&kind=zone", "&kind=craft_village"):
        await chart(sourced_client, address + more)
    await chart(sourced_client, f"/charts/provinces/19/{figure}.svg?boundaries=now")
    await chart(sourced_client, f"/charts/provinces/19/{figure}.svg?boundaries=then")


async def test_a_chart_says_when_it_leaves_days_out(sourced_client: httpx.AsyncClient) -> None:
    said_below = "Figures changed on more than 120 days"
    await register(sourced_client, "one", "2020", name="CCN Một", area_ha=1)
    days = [date(2020, 2, 1) + timedelta(days=number) for number in range(121)]
    statements = [
        {
            "subject_type": "site",
            "subject_id": "one",
            **said(str(day), values={"area_ha": 2 + number}),
        }
        for number, day in enumerate(days)
    ]
    for part, is_said in ((statements[:100], False), (statements[100:], True)):
        await post(sourced_client, "/v1/statements/bulk", {"statements": part})
        for path in ("/charts/provinces/06/area.svg", "/provinces/06"):
            answer = await sourced_client.get(path, params={"as_of": "2024-06-30", "lang": "en"})
            assert (said_below in answer.text) is is_said


async def test_a_chart_brings_its_styles_and_nothing_else(
    sourced_client: httpx.AsyncClient,
) -> None:
    answer = await sourced_client.get(AREA)
    styles = fromstring(answer.text).findtext(f"{SVG}style") or ""  # noqa: S314
    digest = b64encode(sha256(styles.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"
    assert "prefers-color-scheme" in styles or "light-dark(" in styles
    assert "url(" not in styles
    assert "@import" not in styles


async def test_a_chart_is_read_again_only_if_it_is_another(
    sourced_client: httpx.AsyncClient,
) -> None:
    await with_history(sourced_client)
    first = await sourced_client.get(AREA)
    again = await sourced_client.get(AREA, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    others = [
        await sourced_client.get(AREA + more) for more in ("?lang=vi", "?width=300", "?kind=zone")
    ]
    assert len({answer.headers["etag"] for answer in (first, *others)}) == 4
    revision = (await read(sourced_client, "/v1/revisions?limit=1"))["revision"]
    await state(sourced_client, "one", "2023", area_ha=70)
    changed = await sourced_client.get(AREA, headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    pinned = await chart(sourced_client, f"{AREA}?revision={revision}")
    lines = [path.get("d") for path in pinned.iter(f"{SVG}path")]
    assert lines == [path.get("d") for path in fromstring(first.text).iter(f"{SVG}path")]  # noqa: S314


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/charts/provinces/06/beauty.svg", 400),
        ("/charts/provinces/99/area.svg", 404),
        (f"{AREA}?as_of=2026-01-01", 404),
        (f"{AREA}?width=100000", 400),
        (f"{AREA}?kind=town", 400),
        (f"{AREA}?colour=red", 400),
    ],
)
async def test_what_cannot_be_drawn_is_refused(
    sourced_client: httpx.AsyncClient, address: str, status: int
) -> None:
    answer = await sourced_client.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_charts_of_a_closed_register_are_closed(database: Database) -> None:
    async with serving(database.url, public_reading=False) as client:
        client.headers.pop("authorization", None)
        assert (await client.get(AREA)).status_code == 401


async def test_the_status_of_a_site_has_a_chart(sourced_client: httpx.AsyncClient) -> None:
    await with_history(sourced_client)
    drawn = await chart(sourced_client, "/charts/sites/one.svg?as_of=2024-06-30")
    assert drawn.findtext(f"{SVG}title") == "Status over time: one"
    titles = [one.text for one in drawn.iter(f"{SVG}title")]
    assert "Land clearance, In progress: since 1 Feb 2022" in titles
    missing = await sourced_client.get("/charts/sites/nothing.svg")
    assert missing.status_code == 404


async def test_a_project_without_any_status_has_no_chart(sourced_client: httpx.AsyncClient) -> None:
    values = {"name": "Nhà máy", "province_code": "06"}
    await post(sourced_client, "/v1/projects", said("2021", id="mill", values=values))
    problem = (await sourced_client.get("/charts/projects/mill.svg")).json()
    assert problem["detail"] == (
        "No status of the project 'mill' is known: there is nothing to draw."
    )
    values = {"licence_status": "licensed"}
    await post(sourced_client, "/v1/projects/mill/statements", said("2022", values=values))
    drawn = await chart(sourced_client, "/charts/projects/mill.svg")
    assert drawn.findtext(f"{SVG}title") == "Status over time: Nhà máy"


async def test_a_window_shows_the_days_that_it_names(sourced_client: httpx.AsyncClient) -> None:
    await with_history(sourced_client)
    drawn = await chart(sourced_client, f"{AREA}?from=2021-01-01&to=2021-12-31&as_of=2024-06-30")
    described = [str(one.text) for one in drawn.iter(f"{SVG}desc")]
    # 20 ha from March 2020, 50 from July 2021.
    assert described[-1].startswith("Area: 20\xa0ha on 1 Jan 2021, 50\xa0ha on 31 Dec 2021.")
    page = await look(sourced_client, "/provinces/06?as_of=2024-06-30&from=2021-01-01")
    pictures = [one for one in page.links() if one.startswith("/charts/provinces/06/area.svg")]
    assert pictures
    assert all("from=2021-01-01" in one for one in pictures)
    (bookmark,) = [str(a["href"]) for a in page.of("a") if a.get("rel") == "bookmark"]
    assert "from=2021-01-01" in bookmark
    # A later end than the day that is looked at is that day.
    at_the_end = await chart(sourced_client, f"{AREA}?to=2030-01-01&as_of=2024-06-30")
    assert [str(one.text) for one in at_the_end.iter(f"{SVG}desc")][-1].startswith("Area: 0\xa0ha")


@pytest.mark.parametrize(
    "window", ["from=2022-01-01&to=2021-01-01", "from=2025-01-01&as_of=2024-01-01", "to=soon"]
)
async def test_a_window_without_days_is_refused(
    sourced_client: httpx.AsyncClient, window: str
) -> None:
    for path in (AREA, "/provinces/06", "/country", "/charts/country/area.svg"):
        answer = await sourced_client.get(f"{path}?{window}")
        assert answer.status_code == 400, path


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_country_is_what_all_provinces_add_up_to(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", "2020-01-01", area_ha=10)
    await register(sourced_client, "two", "2021-01-01", area_ha=5, province_code="19")
    await state(sourced_client, "two", "2022-01-01", area_ha=7.5)
    drawn = await chart(sourced_client, "/charts/country/area.svg?as_of=2023-06-30&lang=en")
    described = [str(one.text) for one in drawn.iter(f"{SVG}desc")][-1]
    assert "Area: 10\xa0ha on 1 Jan 2020, 17.5\xa0ha on 30 Jun 2023." in described
    page = await look(sourced_client, "/country?as_of=2023-06-30")
    assert "Area 17.5 ha" in words(page)
    for day, total in (("2020-06-30", 10), ("2021-06-30", 15), ("2022-06-30", 17.5)):
        query = f"kind=cluster&group_by=country&as_of={day}"
        (group,) = (await read(sourced_client, f"/v1/rollups?{query}"))["items"]
        assert group["area"]["total_ha"] == total
    assert any(one.startswith("/charts/country/area.svg") for one in page.links())
    assert (await sourced_client.get("/charts/country/plan.svg")).status_code == 400


async def test_the_country_without_sites_says_that_nothing_is_known(
    client: httpx.AsyncClient,
) -> None:
    assert "Nothing is known of this day." in words(await look(client, "/country"))
    await chart(client, "/charts/country/stages.svg")
