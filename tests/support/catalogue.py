"""A small register of made-up sites and projects, to list, filter, sort and search."""

from typing import Any

from app.database import Database
from tests.support.http import prepare_sourced, register, said
from tests.support.registers import beginning_with, post, serving

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
PROJECTS: dict[str, dict[str, Any]] = {
    "du-an-an": {
        "name": "Dự án An",
        **QUANG_CHU,
        "address": "Lô 3",
        "site": "ccn-an",
        "investor": "builder",
        "product": "Thép",
        "licence_status": "licensed",
        "operation_status": "operating",
        "design_capacity": 1.5,
        "design_capacity_unit": "t",
        "design_capacity_period": "year",
        "registered_capital_vnd": 90_000_000_000,
        "expected_operation": "2023",
    },
    "du-an-breve": {
        "name": "Ăn",
        **HUYEN_TUNG,
        "site": "ccn-breve",
        "licence_status": "policy_approved",
        "operation_status": "preparing",
        "design_capacity": 3_000_000,
        "design_capacity_unit": "pairs",
        "design_capacity_period": "year",
        "expected_operation": "2025-06",
    },
    "du-an-circumflex": {"name": "dự án Ân"},
    "du-an-cam": {
        "name": "Cẩm",
        "province_code": "19",
        "licence_status": "revoked",
        "operation_status": "idle",
        "registered_capital_vnd": 0,
    },
    "du-an-cho-2": {
        "name": "Chợ 2",
        "site": "ccn-an",
        "investor": "board",
        "operation_status": "under_construction",
    },
    "du-an-cho-10": {
        "name": "Chợ 10",
        "site": "ccn-an",
        "licence_status": "licensed",
        "operation_status": "trial",
        "design_capacity": 0.0001,
        "design_capacity_unit": "m3",
        "design_capacity_period": "day",
    },
    "du-an-duong": {
        "name": "Dương",
        "province_code": "17",
        "aliases": ["Nhà máy Mường"],
        "operation_status": "closed",
        "registered_capital_vnd": 250_000_000,
        "expected_operation": "2024",
    },
    "du-an-duc": {
        "name": "Đức",
        "name_en": "Virtue plant",
        "province_code": "25",
        "design_capacity": 1.5,
        "design_capacity_unit": "t",
    },
}
PROJECTS_BY_NAME = [
    "du-an-an",
    "du-an-breve",
    "du-an-circumflex",
    "du-an-cam",
    "du-an-cho-2",
    "du-an-cho-10",
    "du-an-duong",
    "du-an-duc",
]
KINDS_BY_ID = {"ccn": "cluster", "kcn": "zone", "lan": "craft_village"}


@beginning_with(prepare_sourced)
async def prepare_catalogue(database: Database) -> None:
    """Register sites, then projects, in an order that is none of those asked for."""
    async with serving(database.url) as client:
        why = "Số liệu thử"
        for site_id in sorted(CATALOGUE, reverse=True):
            kind = KINDS_BY_ID[site_id[:3]]
            # Sizes that no site has show where lists cut.
            await register(client, site_id, kind=kind, override_reason=why, **CATALOGUE[site_id])
        for project_id in sorted(PROJECTS, reverse=True):
            values = {"province_code": "06"} | PROJECTS[project_id]
            body = said("2020", id=project_id, values=values, override_reason=why)
            await post(client, "/v1/projects", body)
