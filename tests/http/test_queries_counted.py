"""How many SQL statements a request takes: few, and as many however many sites there are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.database import Database
from tests.support.counting import counted
from tests.support.figures import prepare_figures
from tests.support.http import register, said, state
from tests.support.registers import Templates, beginning_with, post, serving
from tests.support.subjects import PROJECTS

MANY = 12
# Every read of the register begins with the query that pins it; where states have names of
# organizations or sites beside their ids, it ends with the query for all of these.
EXPECTED = {
    "/livez": 0,
    "/v1/indicators": 0,
    "/v1/vocabulary": 0,
    "/v1/vocabulary/stage": 0,
    "/v1/attributes": 0,
    "/v1/provinces": 0,
    "/v1/units?q=Quảng Chu": 0,
    "/v1/provinces/06": 0,
    "/v1/revisions/1": 2,
    "/v1/revisions": 2,
    # Beyond the revisions, all that they did in one; then what they recorded: the statements, and
    # organizations, sources, sites and projects where there are any, and titles of what is cited.
    "/v1/changes": 10,
    "/v1/changes?limit=1000": 10,
    "/v1/changes?after=5&subject_type=site&subject_type=province": 6,
    "/v1/changes?subject_type=site&subject_id=ccn-a": 6,
    "/v1/revisions/10/entries": 4,
    # The sources, and the names of their issuers where they have some.
    "/v1/sources": 3,
    "/v1/sources/article": 2,
    "/v1/organizations": 2,
    "/v1/statements/10-1": 2,
    # The statements, and the names of what they are about.
    "/v1/statements?subject_type=site&limit=1000": 3,
    "/v1/statements?subject_type=site&attribute=area_ha&province_code=06&count=exact": 4,
    "/v1/statements?subject_type=province&sort=effective_from": 2,
    "/v1/sites/ccn-a": 2,
    "/v1/sites/ccn-a?as_of=2022-01-01&revision=20": 2,
    "/v1/sites/ccn-a?as_of=2022-01-01&known_at=NOW": 2,
    "/v1/sites/ccn-a?as_of=2022-01-01&boundaries=now": 2,
    "/v1/sites/ccn-a/timeline": 2,
    "/v1/sites/ccn-a/statements": 4,
    "/v1/sites/ccn-a/provenance": 3,
    "/v1/sites": 3,
    "/v1/sites?limit=1000": 3,
    "/v1/sites?limit=1000&as_of=2024-01-01&boundaries=now&province_code=19": 3,
    # A search looks for candidates by the index of words, of several words by the rarest.
    "/v1/sites?kind=cluster&kind=zone&stage=operating&q=ccn&area_min=1&sort=-area_ha": 3,
    "/v1/sites?q=ccn a": 4,
    "/v1/sites?bbox=105,21,107,23": 3,
    "/v1/sites.geojson": 3,
    "/v1/sites.csv?bbox=105,21,107,23": 3,
    "/v1/sites.xlsx?sort=-area_ha": 3,
    # The sites, and the statements about them.
    "/v1/values?attribute=area_ha&province_code=06&as_of=2024-01-01": 3,
    "/v1/values?attribute=area_ha&limit=1000&count=exact": 4,
    "/v1/sites.csv?dates=2023-01-01&dates=2024-01-01": 5,
    "/v1/projects.csv": 3,
    "/v1/sources.csv": 3,
    "/v1/organizations.xlsx": 2,
    "/v1/provinces/06/rollup/series.csv?from=2015-01-01&to=2024-12-01&step=month": 3,
    # Those of all provinces read sites of unknown province beside the others.
    "/v1/rollups.geojson?as_of=2024-01-01": 4,
    "/v1/rollups.csv?as_of=2024-01-01": 4,
    "/v1/rollups.xlsx?as_of=2024-01-01&group_by=stage": 3,
    # The clusters, their statements, the sources these name.
    "/v1/provinces/06/established-clusters.csv?as_of=2024-01-01": 4,
    "/v1/provinces/06/established-clusters.xlsx?as_of=2024-01-01": 4,
    # What is stated, the clusters, and the facts that findings are about.
    "/v1/provinces/06/cluster-report.csv?as_of=2024-01-01": 9,
    "/v1/sparse/sites?fields=name&limit=1000": 2,
    "/v1/sites?count=exact": 4,
    "/v1/sites?count=exact&q=ccn&limit=1": 4,
    "/v1/projects?count=exact": 4,
    "/v1/sparse/projects?fields=name,site": 2,
    "/v1/sites/ccn-a/projects?count=exact": 5,
    "/v1/sites/ccn-a/projects": 4,
    "/v1/sites/ccn-a/projects?limit=1000&as_of=2024-01-01&boundaries=now": 4,
    "/v1/projects": 3,
    "/v1/projects?limit=1000": 3,
    "/v1/projects?limit=1000&as_of=2024-01-01&boundaries=now&province_code=19": 3,
    # Whether the site and the organization are registered.
    "/v1/projects?site=ccn-a&investor=builder&licence_status=licensed&q=a&sort=-site": 5,
    "/v1/projects/du-an-a": 3,
    "/v1/projects/du-an-a?as_of=2022-01-01&boundaries=now": 3,
    "/v1/projects/du-an-a/timeline": 3,
    "/v1/projects/du-an-a/statements": 4,
    "/v1/projects/du-an-a/provenance": 3,
    "/v1/sources/plan/statements": 5,
    # The document, the statements, and the titles of all that they cite.
    "/v1/sources/plan/citations": 4,
    # After the organization: sites it builds, sites it manages, projects, what it issued.
    "/v1/organizations/builder/roles": 7,
    "/v1/organizations/builder/roles?as_of=2024-01-01": 7,
    "/v1/provinces/06/statements": 3,
    "/v1/provinces/06/observations": 2,
    "/v1/provinces/06/observations?include_superseded=true": 2,
    "/v1/provinces/06/indicators/cluster_count": 2,
    "/v1/provinces/06/targets?kind=zone": 2,
    # The sites, for the targets of which no source says what was reached.
    "/v1/provinces/06/targets": 3,
    "/v1/provinces/06/rollup": 3,
    "/v1/provinces/06/rollup?kind=cluster&as_of=2024-01-01": 3,
    "/v1/provinces/19/rollup?as_of=2024-01-01&boundaries=now": 3,
    "/v1/provinces/06/rollup/series?from=2015-01-01&to=2024-12-01&step=month": 3,
    # Which provinces have facts, sites of unknown province, what is stated; of sites and projects
    # the states and the statements, their sources, and what was recorded of later days.
    "/v1/provinces/06/findings?as_of=2024-01-01": 10,
    "/v1/rollups?as_of=2024-01-01": 4,
    "/v1/rollups?as_of=2024-01-01&boundaries=now": 4,
    "/v1/rollups?as_of=2024-01-01&group_by=country": 3,
    "/v1/rollups?as_of=2024-01-01&group_by=stage&group_by=province_code": 3,
}


@beginning_with(prepare_figures)
async def prepare_few(database: Database) -> None:
    """Add to the register of the figures a site with an investor, a project and a document."""
    async with serving(database.url) as client:
        await register(client, "ccn-built", investor="builder", commune_code="02131")
        await add_project(client, "a")
        await add_document(client, "resolution")


async def add_project(client: httpx.AsyncClient, name: str) -> None:
    """Add a project with a history."""
    values = {"site": "ccn-a", "investor": "builder", "commune_code": "02131"}
    await PROJECTS.register(client, name, "2020", **values)
    await PROJECTS.state(client, name, "2022", licence_status="licensed")


async def add_document(client: httpx.AsyncClient, key: str) -> None:
    """Add a document that an organization issued, tells of the plan, and cites it."""
    document = {"id": key, "kind": "resolution", "title": key, "issuer_id": "builder"}
    await post(client, "/v1/sources", document)
    body = said("2023", key, values={"status": "approved"}, cites=["plan"])
    await post(client, "/v1/sources/plan/statements", body)


@beginning_with(prepare_few)
async def prepare_many(database: Database) -> None:
    """Add many of each, with a history each."""
    async with serving(database.url) as client:
        for number in range(MANY):
            site_id = f"ccn-many-{number}"
            values: dict[str, Any] = {"investor": "builder", "managing_body": "builder"}
            await register(client, site_id, area_ha=number + 1, commune_code="02131", **values)
            await state(client, site_id, "2022", area_ha=100 + number)
            await add_project(client, f"many-{number}")
            await add_document(client, f"resolution-{number}")


@pytest.fixture(scope="module", params=["few", "many"])
async def counting(
    request: pytest.FixtureRequest, module_kind: str, templates: Templates
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a register of few sites, and one of many."""
    prepare = {"few": prepare_few, "many": prepare_many}[request.param]
    async with (
        templates.copy(module_kind, prepare) as url,
        serving(url, response_cache_bytes=0, steps_bytes=0, findings_bytes=0) as client,
    ):
        # The first request opens the connection, which asks for settings of its own.
        await client.get("/v1/revisions")
        yield client


@pytest.mark.parametrize("url", EXPECTED)
async def test_reads(counting: httpx.AsyncClient, url: str) -> None:
    with counted() as statements:
        response = await counting.get(url.replace("NOW", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"))
    assert response.status_code == 200, response.text
    assert len(statements) == EXPECTED[url], statements
    assert all(statement.lstrip().startswith(("SELECT", "WITH")) for statement in statements)


async def test_refusals_of_what_is_not_there(counting: httpx.AsyncClient) -> None:
    # The latest revision, the version, the registration, the first day.
    for url, most in (
        ("/v1/sites/ccn-nowhere", 3),
        ("/v1/sites/ccn-a?as_of=2019-01-01", 4),
        ("/v1/projects/du-an-nowhere", 3),
        ("/v1/projects/du-an-a?as_of=2019-01-01", 4),
    ):
        with counted() as statements:
            assert (await counting.get(url)).status_code == 404
        assert len(statements) == most, statements


async def test_a_refused_parameter_costs_nothing(counting: httpx.AsyncClient) -> None:
    for url in ("/v1/sites?nonsense=1", "/v1/sites?limit=0", "/v1/rollups?group_by=x"):
        with counted() as statements:
            assert (await counting.get(url)).status_code == 400
        assert statements == []


@pytest.mark.parametrize(
    ("path", "members", "expected"),
    [
        # The end of the ledger, the source, the site, the statements so far, the versions from the
        # day on, a twin; then the counter, the revision, the statement, ending and adding versions.
        # The tag and the answer follow from what was recorded. Last its findings: the versions of
        # today before and after.
        ("/v1/sites/ccn-e/statements", {"values": {"area_ha": 7.5}}, 12),
        ("/v1/projects/du-an-a/statements", {"values": {"design_capacity": 7.5}}, 12),
        # The end of the ledger, the source, the site, a twin; the counter, the revision and the
        # statement: nothing follows from a remark.
        ("/v1/sites/ccn-e/statements", {"values": {}, "note": "as in the map"}, 7),
        # The site and the investor are looked up as well.
        (
            "/v1/projects/du-an-a/statements",
            {"values": {"site": "ccn-b", "investor": "board"}, "cites": ["plan", "report"]},
            14,
        ),
        # The end of the ledger, the documents, a twin; then the counter, the revision and the
        # statement.
        ("/v1/sources/plan/statements", {"values": {"years_implemented": 3}}, 6),
        # The same, and its observations.
        (
            "/v1/provinces/06/statements",
            {"observations": [{"indicator": "cluster_count", "value": 7}]},
            7,
        ),
    ],
    ids=["site", "project", "remark", "project-with-references", "document", "province"],
)
async def test_writes(
    counting: httpx.AsyncClient, path: str, members: dict[str, Any], expected: int
) -> None:
    with counted() as statements:
        await post(counting, path, said("2023-02", **members))
    assert len(statements) == expected, statements


async def test_writes_at_once_are_judged_once_each(counting: httpx.AsyncClient) -> None:
    """They wait for their turn first: a plan made before it would be made anew."""

    async def remark(number: int) -> None:
        body = said("2023-02", note=f"remark {number}")
        await post(counting, "/v1/sites/ccn-e/statements", body)

    with counted() as alone:
        await remark(0)
    with counted() as together:
        await asyncio.gather(*(remark(number) for number in range(1, 11)))
    assert len(together) == 10 * len(alone)
