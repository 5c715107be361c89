"""Imports undone: the register is as it was before, but for what others say by now."""

from typing import Any

from app.database import Database
from app.imports.retractions import ImportRetraction, retract_import
from app.ledger.tables import OPEN_REVISION
from tests.support.http import said
from tests.support.import_registers import LAO_CAI, THAI_NGUYEN
from tests.support.importing import committed, read_file, read_sample
from tests.support.ledgers import check_projected, check_sound, query
from tests.support.registers import get, post, serving, writer_on

TABLE = "TT;Tên CCN;Diện tích (ha);Chủ đầu tư;QĐ thành lập\n"
NEW = "1;CCN Một;30;Công ty TNHH Một;12/QĐ-UBND ngày 1/2/2024\n"
VERSIONS = """SELECT site_id, valid_from, valid_to, name, area_ha, legal_status, investor,
    industrial_land_ha, leased_ha, stated_occupancy_pct, planned_area_ha, planned
    FROM site_version WHERE known_to = :open ORDER BY site_id, valid_from"""


async def retracted(database: Database, revision: int | None) -> ImportRetraction:
    assert revision is not None
    return await retract_import(await writer_on(database), revision, "A wrong file", {})


async def versions(database: Database) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await query(database, VERSIONS, open=OPEN_REVISION)]


async def test_a_retraction_restores_the_state_before(seeded: Database) -> None:
    before = await versions(seeded)
    file = await read_sample(seeded, 2, province_code=THAI_NGUYEN)
    outcome = await committed(seeded, file, skip_refused=True)
    assert await versions(seeded) != before
    undone = await retracted(seeded, outcome.revision)
    assert await versions(seeded) == before
    # Six rows with 3, 3, 3, 4, 2 and 3 statements; the report, and the 12 decisions they cite.
    assert (undone.retracted, len(undone.withdrawn), undone.stays) == (18, 13, [])
    assert "/v1/sources/report-9412-bc-sct-2026" in undone.withdrawn
    await check_projected(seeded)
    await check_sound(await writer_on(seeded))


async def test_new_sites_and_organizations_are_withdrawn(lao_cai: Database) -> None:
    before = await versions(lao_cai)
    text = TABLE + NEW
    file = await read_file(lao_cai, text, province_code=LAO_CAI, effective_from="2026-06-30")
    outcome = await committed(lao_cai, file)
    undone = await retracted(lao_cai, outcome.revision)
    assert undone.withdrawn == [
        "/v1/sites/ccn-mot",
        "/v1/sources/decision-12-qd-ubnd-2024",
        f"/v1/sources/{outcome.source_id}",
        "/v1/organizations/cong-ty-tnhh-mot",
    ]
    assert await versions(lao_cai) == before
    again = await retracted(lao_cai, outcome.revision)
    assert (again.revision, again.retracted) == (None, 0)


async def test_what_others_use_stays(lao_cai: Database) -> None:
    """Another source states of the new site, names the new investor, and cites the decision."""
    text = TABLE + NEW
    file = await read_file(lao_cai, text, province_code=LAO_CAI, effective_from="2026-06-30")
    outcome = await committed(lao_cai, file)
    async with serving(lao_cai.url) as client:
        values = {"investor": "cong-ty-tnhh-mot"}
        cites = ["decision-12-qd-ubnd-2024"]
        body = said("2026-07-15", values=values, cites=cites)
        other = await post(client, "/v1/sites/ccn-mot/statements", body)
        undone = await retracted(lao_cai, outcome.revision)
        site = await get(client, "/v1/sites/ccn-mot", as_of="2026-08-01")
    assert {one.address: one.errors[0].message_en for one in undone.stays}.keys() == {
        "/v1/sites/ccn-mot",
        "/v1/sources/decision-12-qd-ubnd-2024",
        "/v1/organizations/cong-ty-tnhh-mot",
    }
    assert all(other["id"] in one.errors[0].message_en for one in undone.stays)
    assert undone.withdrawn == [f"/v1/sources/{outcome.source_id}"]
    assert (site["area_ha"], site["legal_status"]) == (None, None)
    assert site["investor"] == "cong-ty-tnhh-mot"
    await check_projected(lao_cai)
