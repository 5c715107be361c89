"""The round trip with openapi-generator's Python client: see ../README.md for what it expects."""

import csv
import io
import os
from datetime import date

from openapi_client import ApiClient, Configuration
from openapi_client.api.exports_api import ExportsApi
from openapi_client.api.provinces_api import ProvincesApi
from openapi_client.api.sites_api import SitesApi
from openapi_client.api.statements_api import StatementsApi
from openapi_client.exceptions import ConflictException
from openapi_client.models.clearance_status import ClearanceStatus
from openapi_client.models.legal_status import LegalStatus
from openapi_client.models.point import Point
from openapi_client.models.problem import Problem
from openapi_client.models.remainder_qualifier import RemainderQualifier
from openapi_client.models.retraction import Retraction
from openapi_client.models.site_kind import SiteKind
from openapi_client.models.site_patch import SitePatch
from openapi_client.models.site_registration import SiteRegistration
from openapi_client.models.site_statement import SiteStatement
from openapi_client.models.site_statement_write import SiteStatementWrite
from openapi_client.models.site_values import SiteValues
from openapi_client.models.stage import Stage

SITE = "ccn-vi-du"
SOURCE = "bac-kan-press-2023-12"
AUGUST = date(2023, 8, 1)
DECEMBER = date(2023, 12, 31)
NEW_YEAR = date(2024, 1, 1)


def register(sites: SitesApi) -> int:
    """Register a site and return the revision that knows it."""
    values = SiteValues(
        name="CCN Ví Dụ",
        province_code="06",
        legal_status=LegalStatus.ESTABLISHED,
        area_ha=12.5,
        address="Thôn Ví Dụ",
    )
    registration = SiteRegistration(
        kind=SiteKind.CLUSTER, source_id=SOURCE, effective_from="2023-06-01", values=values
    )
    answer = sites.register_site_with_http_info(registration)
    assert answer.status_code == 201
    assert answer.headers is not None
    assert answer.headers["location"] == f"sites/{SITE}"
    assert answer.data.subject_id == SITE
    assert answer.data.values is not None
    assert answer.data.values.area_ha == 12.5
    assert answer.data.id == f"{answer.data.revision}-1"
    return answer.data.revision


def state(sites: SitesApi, registered: int) -> str:
    """State a fact and return the id of the statement."""
    values = SiteValues(area_ha=20.5, clearance_status=ClearanceStatus.IN_PROGRESS)
    write = SiteStatementWrite(source_id=SOURCE, effective_from="2023-10-01", values=values)
    said = sites.state_site(SITE, write)
    assert said.revision == registered + 1
    assert said.values is not None
    assert said.values.area_ha == 20.5
    assert said.values.clearance_status == ClearanceStatus.IN_PROGRESS
    return said.id


def read(sites: SitesApi, registered: int) -> None:
    """Read the site on both time axes."""
    august = sites.get_site(SITE, as_of=AUGUST)
    assert (august.area_ha, august.clearance_status) == (12.5, None)
    assert august.stage == Stage.ESTABLISHED
    december = sites.get_site(SITE, as_of=DECEMBER)
    assert (december.area_ha, december.stage) == (20.5, Stage.CLEARANCE)
    assert december.as_of == DECEMBER
    assert sites.get_site(SITE, as_of=DECEMBER, revision=registered).area_ha == 12.5


def page(sites: SitesApi, registered: int) -> None:
    """Page through the clusters of the province."""
    pages: list[list[str]] = []
    cursor: str | None = None
    while cursor is not None or not pages:
        found = sites.list_sites(
            province_code=["06"],
            kind=[SiteKind.CLUSTER],
            as_of=DECEMBER,
            limit=3,
            count="exact",
            cursor=cursor,
        )
        assert found.revision == registered + 1
        assert found.count == 7
        pages.append([item.id for item in found.items])
        cursor = found.next_cursor
    assert pages == [
        ["ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"],
        ["ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"],
        [SITE],
    ]


def roll_up(provinces: ProvincesApi) -> None:
    """Read the figures of the province's clusters."""
    answer = provinces.get_rollup("06", kind=[SiteKind.CLUSTER], as_of=DECEMBER)
    [figures] = answer.rollups
    assert (figures.sites.count, figures.sites.by_stage.clearance) == (7, 5)
    area, planned = figures.area, figures.planned
    assert (area.total_ha, area.known, area.unknown) == (187.9, 4, 3)
    assert planned is not None
    assert (planned.sites, planned.area_ha) == (27, 676.4)
    assert (planned.remaining_sites, planned.remaining_area_ha) == (20, 488.5)
    assert planned.remaining_area_qualifier == RemainderQualifier.AT_MOST


def conflict(sites: SitesApi) -> None:
    """Register the same id again and read the problem document."""
    registration = SiteRegistration(
        id=SITE, kind=SiteKind.CLUSTER, source_id=SOURCE, effective_from="2023-06-01"
    )
    registration.values = SiteValues(name="CCN Ví Dụ", province_code="06")
    try:
        sites.register_site(registration)
    except ConflictException as error:
        problem = error.data
    else:
        message = "a second site of the same id was registered"
        raise AssertionError(message)
    assert isinstance(problem, Problem)
    assert (problem.status, problem.type) == (409, "/problems/conflict")
    assert SITE in problem.detail
    assert problem.errors is not None
    assert [error.pointer for error in problem.errors] == ["#/id"]


def patch(sites: SitesApi) -> None:
    """Clear one member with null; what is absent stays."""
    values = SitePatch(area_ha=None)
    assert values.to_dict() == {"area_ha": None}
    etag = (sites.get_site_with_http_info(SITE).headers or {})["etag"]
    said = sites.patch_site(
        SITE,
        source_id=SOURCE,
        site_patch=values,
        effective_from="2024-01-01",
        if_match=etag,
    )
    assert said.values is not None
    assert said.values.area_ha is None
    now = sites.get_site(SITE, as_of=NEW_YEAR)
    assert (now.area_ha, now.address) == (None, "Thôn Ví Dụ")
    assert now.clearance_status == ClearanceStatus.IN_PROGRESS
    assert sites.get_site(SITE, as_of=DECEMBER).area_ha == 20.5


def retract(sites: SitesApi, statements: StatementsApi, stated: str) -> None:
    """Take the fact back: what was registered holds again, what was patched stays."""
    answer = statements.retract_statement(stated, Retraction(reason="Of another site."))
    taken_back = answer.actual_instance
    assert isinstance(taken_back, SiteStatement)
    assert taken_back.retraction is not None
    assert taken_back.retraction.reason == "Of another site."
    december = sites.get_site(SITE, as_of=DECEMBER)
    assert (december.area_ha, december.stage) == (12.5, Stage.ESTABLISHED)
    assert sites.get_site(SITE, as_of=NEW_YEAR).area_ha is None


def download(exports: ExportsApi) -> None:
    """Download the clusters as a map and as a table."""
    features = exports.export_sites_geojson(
        province_code=["06"], kind=[SiteKind.CLUSTER], as_of=DECEMBER
    ).features
    assert len(features) == 7
    by_id = {feature.id: feature for feature in features}
    geometry = by_id["ccn-quang-chu"].geometry
    assert geometry is not None
    assert isinstance(geometry.actual_instance, Point)
    assert geometry.actual_instance.coordinates == [105.823, 21.8769]
    assert by_id[SITE].properties.area_ha == 12.5
    table = exports.export_sites_csv(
        province_code=["06"], kind=[SiteKind.CLUSTER], as_of=DECEMBER
    ).decode()
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table))}
    assert len(rows) == 7
    assert (rows[SITE]["name"], rows[SITE]["area_ha"]) == ("CCN Ví Dụ", "12.5")


def main() -> None:
    """Make the round trip, telling each step that went well."""
    client = ApiClient(Configuration(host=os.environ["ICR_URL"]))
    if key := os.environ.get("ICR_KEY"):
        client.default_headers["Authorization"] = f"Bearer {key}"
    sites, statements = SitesApi(client), StatementsApi(client)
    registered = register(sites)
    print("register")
    stated = state(sites, registered)
    print("state")
    read(sites, registered)
    print("read")
    page(sites, registered)
    print("page")
    roll_up(ProvincesApi(client))
    print("rollup")
    conflict(sites)
    print("conflict")
    patch(sites)
    print("patch")
    retract(sites, statements, stated)
    print("retract")
    download(ExportsApi(client))
    print("download")


main()
