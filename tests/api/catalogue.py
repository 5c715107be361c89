"""A small register of made-up sites, to list, filter, sort and search."""

from typing import Any

from app.database import Database
from tests.api.helpers import prepare_sourced, register
from tests.conftest import serving

IN_2024 = "2024-01-01"
# Quảng Chu in Chợ Mới district and Huyền Tụng in Bắc Kạn city, units of before 2025-07-01.
QUANG_CHU = {"district_code": "065", "commune_code": "02131"}
HUYEN_TUNG = {"district_code": "058", "commune_code": "01846"}
CATALOGUE: dict[str, dict[str, Any]] = {
    "ccn-an": {
        "name": "CCN An",
        **QUANG_CHU,
        "planning_status": "planned",
        "legal_status": "established",
        "investor": "builder",
        "managing_body": "board",
        "area_ha": 10,
        "industrial_land_ha": 8,
        "leased_ha": 4,
        "clearance_status": "completed",
        "clearance_stage": "handover",
        "construction_status": "completed",
        "operation_status": "operating",
        "affected_households": 12,
    },
    "ccn-breve": {
        "name": "Cụm công nghiệp Ăn",
        **HUYEN_TUNG,
        "legal_status": "established",
        "area_ha": 20.5,
        "clearance_status": "in_progress",
        "clearance_stage": "inventory",
        "to_clear_ha": 20,
        "cleared_ha": 5,
    },
    "ccn-circumflex": {"name": "Ân", "planning_status": "planned"},
    "ccn-cam": {
        "name": "CCN Cẩm",
        "province_code": "19",
        "legal_status": "expanded",
        "area_ha": 43,
        "construction_status": "in_progress",
        "stated_occupancy_pct": 75.5,
        "expected_operation": "2025-06",
    },
    "kcn-cho-moi-2": {"name": "KCN Chợ Mới 2", "planning_status": "proposed", "area_ha": 200},
    "kcn-cho-moi-10": {"name": "KCN Chợ Mới 10", "planning_status": "proposed", "area_ha": 300},
    "ccn-chu": {
        "name": "CCN Chu",
        "province_code": "17",
        "legal_status": "abolished",
        "area_ha": 0.0001,
    },
    "ccn-duong": {
        "name": "CCN Dương",
        "province_code": "17",
        "legal_status": "not_established",
        "area_ha": 20.5,
        "clearance_status": "suspended",
        "stated_occupancy_pct": 0,
        "expected_operation": "2024",
    },
    "ccn-duc": {"name": "CCN Đức", "province_code": "25"},
    "lang-nghe-hoa-binh": {
        "name": "Làng nghề Hòa Bình",
        "name_en": "Peace village",
        "aliases": ["Làng nghề Mường"],
        "province_code": "17",
        "area_ha": 5,
        "operation_status": "trial",
        "stated_occupancy_pct": 100,
    },
}
BY_NAME = [
    "ccn-an",
    "ccn-breve",
    "ccn-circumflex",
    "ccn-cam",
    "kcn-cho-moi-2",
    "kcn-cho-moi-10",
    "ccn-chu",
    "ccn-duong",
    "ccn-duc",
    "lang-nghe-hoa-binh",
]
KINDS_BY_ID = {"ccn": "cluster", "kcn": "zone", "lan": "craft_village"}


async def prepare_catalogue(database: Database) -> None:
    """Register the sites of the catalogue, in an order that is none of those asked for."""
    await prepare_sourced(database)
    async with serving(database.url) as client:
        for site_id in sorted(CATALOGUE, reverse=True):
            kind = KINDS_BY_ID[site_id[:3]]
            await register(client, site_id, kind=kind, **CATALOGUE[site_id])
