"""What rows are matched and compared with, as a register has it."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from app.imports.candidates import read_candidates
from app.imports.contexts import Candidates, Given
from app.imports.reading import read_report
from tests.support.http import prepare_sourced, register, state
from tests.support.registers import Templates, known_units, opened, post, serving

DAY = date(2026, 6, 30)
FIGURES = ("area_ha", "planned_area_ha", "industrial_land_ha", "legal_status")
TABLE = "TT;Tên CCN;Diện tích (ha);Đất công nghiệp (ha)\n1;CCN Một;12,5;8\n2;CCN Hai;20;\n"


@pytest.fixture
async def candidates(kind: str, templates: Templates) -> Candidates:
    """Give a register of two clusters, and of two organizations merged into a third."""
    async with templates.copy(kind, prepare_sourced) as url:
        async with serving(url) as client:
            await fill(client)
        async with opened(url) as database, database.read() as connection:
            return await read_candidates(connection, await known_units(database), DAY)


async def fill(client: httpx.AsyncClient) -> None:
    await register(client, "ccn-mot", "2020-01-02", name="CCN Một", area_ha=10)
    await state(client, "ccn-mot", "2022-03-04", area_ha=12.4, legal_status="established")
    await state(client, "ccn-mot", "2024-05-06", industrial_land_ha=8)
    await state(client, "ccn-mot", "2027-01-01", area_ha=99)
    await register(client, "ccn-hai", "2020-01-02", name="CCN Hai", area_ha=20)
    for key, name in {"one": "Một", "two": "Hai", "three": "Ba", "four": "Bốn"}.items():
        body = {"id": key, "name": f"Công ty {name}", "aliases": [f"Hãng {name}"]}
        await post(client, "/v1/organizations", body)
    same = {"id": "same", "name": "Hãng Hai", "override_reason": "Another company"}
    await post(client, "/v1/organizations", same)
    for old, into in (("one", "two"), ("two", "three")):
        merge = {"into": into, "reason": "Registered twice"}
        await post(client, f"/v1/organizations/{old}/merge", merge)
    await post(client, "/v1/organizations/four/withdrawal", {"reason": "r"})


async def test_sites_have_what_holds_on_the_day_and_since_when(candidates: Candidates) -> None:
    state = candidates.sites.by_id["ccn-mot"].state_on(DAY)
    assert {name: state[name] for name in FIGURES if name in state} == {
        "area_ha": (Decimal("12.4"), "2022-03-04"),
        "industrial_land_ha": (Decimal(8), "2024-05-06"),
        "legal_status": ("established", "2022-03-04"),
    }


async def test_a_figure_that_the_register_has_otherwise_is_named(candidates: Candidates) -> None:
    given = Given(province_code="19", effective_from=DAY.isoformat())
    report = read_report(TABLE.encode(), "a.csv", given, candidates)
    found = [w for row in report.rows for w in row.warnings if w.code == "differs_from_register"]
    assert [(one.row, one.details) for one in found] == [
        (
            2,
            {
                "attribute": "area_ha",
                "register": Decimal("12.4"),
                "register_from": "2022-03-04",
                "file": Decimal("12.5"),
                "file_from": "2026-06-30",
            },
        )
    ]


async def test_names_of_merged_organizations_mean_the_kept_one(
    candidates: Candidates,
) -> None:
    names = ("Công ty Một", "Hãng Một", "Cty Hai", "Công ty Ba")
    assert [candidates.organization(name) for name in names] == ["three"] * 4
    assert candidates.organization("Hãng Hai") == "same"
    assert candidates.organization("Công ty Bốn") is None
