"""The round trip with the client of openapi-python-client: see ../README.md for what it expects."""

import csv
import io
import os
from datetime import date

from icr_client import AuthenticatedClient
from icr_client.api.exports import export_sites_csv, export_sites_geojson
from icr_client.api.provinces import get_rollup
from icr_client.api.sites import get_site, list_sites, patch_site, register_site, state_site
from icr_client.api.statements import retract_statement
from icr_client.models.clearance_status import ClearanceStatus
from icr_client.models.legal_status import LegalStatus
from icr_client.models.planned_figures import PlannedFigures
from icr_client.models.point import Point
from icr_client.models.problem import Problem
from icr_client.models.remainder_qualifier import RemainderQualifier
from icr_client.models.retraction import Retraction
from icr_client.models.rollup import Rollup
from icr_client.models.site_detail import SiteDetail
from icr_client.models.site_feature_collection import SiteFeatureCollection
from icr_client.models.site_kind import SiteKind
from icr_client.models.site_page import SitePage
from icr_client.models.site_patch import SitePatch
from icr_client.models.site_registration import SiteRegistration
from icr_client.models.site_statement import SiteStatement
from icr_client.models.site_statement_write import SiteStatementWrite
from icr_client.models.site_values import SiteValues
from icr_client.models.stage import Stage
from icr_client.models.statement_retraction import StatementRetraction
from icr_client.types import UNSET, File, Unset

SITE = "ccn-vi-du"
SOURCE = "bac-kan-press-2023-12"
AUGUST = date(2023, 8, 1)
DECEMBER = date(2023, 12, 31)
NEW_YEAR = date(2024, 1, 1)


def register(client: AuthenticatedClient) -> int:
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
    answer = register_site.sync_detailed(client=client, body=registration)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"sites/{SITE}"
    said = answer.parsed
    assert isinstance(said, SiteStatement)
    assert said.subject_id == SITE
    assert said.values is not None
    assert said.values.area_ha == 12.5
    assert said.id == f"{said.revision}-1"
    return said.revision


def state(client: AuthenticatedClient, registered: int) -> str:
    """State a fact and return the id of the statement."""
    values = SiteValues(area_ha=20.5, clearance_status=ClearanceStatus.IN_PROGRESS)
    write = SiteStatementWrite(source_id=SOURCE, effective_from="2023-10-01", values=values)
    said = state_site.sync(SITE, client=client, body=write)
    assert isinstance(said, SiteStatement)
    assert said.revision == registered + 1
    assert said.values is not None
    assert said.values.to_dict() == {"area_ha": 20.5, "clearance_status": "in_progress"}
    return said.id


def site(client: AuthenticatedClient, as_of: date, revision: int | Unset = UNSET) -> SiteDetail:
    """Read the site on a date, as known at a revision."""
    found = get_site.sync(SITE, client=client, as_of=as_of, revision=revision)
    assert isinstance(found, SiteDetail)
    return found


def read(client: AuthenticatedClient, registered: int) -> None:
    """Read the site on both time axes."""
    august = site(client, AUGUST)
    assert (august.area_ha, august.clearance_status) == (12.5, None)
    assert august.stage == Stage.ESTABLISHED
    december = site(client, DECEMBER)
    assert (december.area_ha, december.stage) == (20.5, Stage.CLEARANCE)
    assert december.as_of == DECEMBER
    assert site(client, DECEMBER, registered).area_ha == 12.5


def page(client: AuthenticatedClient, registered: int) -> None:
    """Page through the clusters of the province."""
    pages: list[list[str]] = []
    cursor: str | None = None
    while cursor is not None or not pages:
        found = list_sites.sync(
            client=client,
            province_code=["06"],
            kind=[SiteKind.CLUSTER],
            as_of=DECEMBER,
            limit=3,
            count="exact",
            cursor=UNSET if cursor is None else cursor,
        )
        assert isinstance(found, SitePage)
        assert found.revision == registered + 1
        assert found.count == 7
        pages.append([item.id for item in found.items])
        cursor = found.next_cursor
    assert pages == [
        ["ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"],
        ["ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"],
        [SITE],
    ]


def roll_up(client: AuthenticatedClient) -> None:
    """Read the figures of the province's clusters."""
    answer = get_rollup.sync("06", client=client, kind=[SiteKind.CLUSTER], as_of=DECEMBER)
    assert isinstance(answer, Rollup)
    [figures] = answer.rollups
    assert (figures.sites.count, figures.sites.by_stage.clearance) == (7, 5)
    area, planned = figures.area, figures.planned
    assert (area.total_ha, area.known, area.unknown) == (187.9, 4, 3)
    assert isinstance(planned, PlannedFigures)
    assert (planned.sites, planned.area_ha) == (27, 676.4)
    assert (planned.remaining_sites, planned.remaining_area_ha) == (20, 488.5)
    assert planned.remaining_area_qualifier == RemainderQualifier.AT_MOST


def conflict(client: AuthenticatedClient) -> None:
    """Register the same id again and read the problem document."""
    registration = SiteRegistration(
        id=SITE,
        kind=SiteKind.CLUSTER,
        source_id=SOURCE,
        effective_from="2023-06-01",
        values=SiteValues(name="CCN Ví Dụ", province_code="06"),
    )
    problem = register_site.sync(client=client, body=registration)
    assert isinstance(problem, Problem)
    assert (problem.status, problem.type_) == (409, "/problems/conflict")
    assert SITE in problem.detail
    assert not isinstance(problem.errors, Unset)
    assert [error.pointer for error in problem.errors] == ["#/id"]


def patch(client: AuthenticatedClient) -> None:
    """Clear one member with null; what is absent stays."""
    said = patch_site.sync(
        SITE,
        client=client,
        body=SitePatch(area_ha=None),
        source_id=SOURCE,
        effective_from="2024-01-01",
        if_match=get_site.sync_detailed(SITE, client=client).headers["etag"],
    )
    assert isinstance(said, SiteStatement)
    assert said.values is not None
    assert said.values.area_ha is None
    assert isinstance(said.values.address, Unset)
    assert said.values.to_dict() == {"area_ha": None}
    now = site(client, NEW_YEAR)
    assert (now.area_ha, now.address) == (None, "Thôn Ví Dụ")
    assert now.clearance_status == ClearanceStatus.IN_PROGRESS
    assert site(client, DECEMBER).area_ha == 20.5


def retract(client: AuthenticatedClient, stated: str) -> None:
    """Take the fact back: what was registered holds again, what was patched stays."""
    body = Retraction(reason="Of another site.")
    taken_back = retract_statement.sync(stated, client=client, body=body)
    assert isinstance(taken_back, SiteStatement)
    assert isinstance(taken_back.retraction, StatementRetraction)
    assert taken_back.retraction.reason == "Of another site."
    december = site(client, DECEMBER)
    assert (december.area_ha, december.stage) == (12.5, Stage.ESTABLISHED)
    assert site(client, NEW_YEAR).area_ha is None


def download(client: AuthenticatedClient) -> None:
    """Download the clusters as a map and as a table."""
    collection = export_sites_geojson.sync(
        client=client, province_code=["06"], kind=[SiteKind.CLUSTER], as_of=DECEMBER
    )
    assert isinstance(collection, SiteFeatureCollection)
    assert len(collection.features) == 7
    by_id = {feature.id: feature for feature in collection.features}
    geometry = by_id["ccn-quang-chu"].geometry
    assert isinstance(geometry, Point)
    assert geometry.coordinates == [105.823, 21.8769]
    assert by_id[SITE].properties.area_ha == 12.5
    table = export_sites_csv.sync(
        client=client, province_code=["06"], kind=[SiteKind.CLUSTER], as_of=DECEMBER
    )
    assert isinstance(table, File)
    text = io.TextIOWrapper(table.payload, encoding="utf-8", newline="")
    rows = {row["id"]: row for row in csv.DictReader(text)}
    assert len(rows) == 7
    assert (rows[SITE]["name"], rows[SITE]["area_ha"]) == ("CCN Ví Dụ", "12.5")


def main() -> None:
    """Make the round trip, telling each step that went well."""
    client = AuthenticatedClient(os.environ["ICR_URL"], token=os.environ["ICR_KEY"])
    registered = register(client)
    print("register")
    stated = state(client, registered)
    print("state")
    read(client, registered)
    print("read")
    page(client, registered)
    print("page")
    roll_up(client)
    print("rollup")
    conflict(client)
    print("conflict")
    patch(client)
    print("patch")
    retract(client, stated)
    print("retract")
    download(client)
    print("download")


main()
