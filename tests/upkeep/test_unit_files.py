"""Loading the tables of administrative units."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import UnitsChangedError
from app.database import Database
from app.ledger.revisions import Writer
from app.units.tables import read_units
from app.units.units import UnitLevel
from app.upkeep.rebuilding import load_units
from tests.support.ledgers import begin, check_sound, contents, one, query
from tests.support.registers import SEEDS, post, serving, units_of

TABLES = ("admin_unit", "admin_succession")
UNITS = """\
level,code,name,type,parent_code,valid_from,valid_to,iso_3166_2,longitude,latitude,area_km2
province,06,Bắc Kạn,province,,,2025-07-01,VN-53,,,
province,19,Thái Nguyên,province,,,2025-07-01,VN-69,,,
province,19,Thái Nguyên,province,,2025-07-01,,VN-69,,,
commune,01840,Huyền Tụng,ward,06,,2025-07-01,,105.88215,22.12,8.5
"""
SUCCESSIONS = """\
level,from_code,to_code,effective_on,extent
province,06,19,2025-07-01,whole
province,19,19,2025-07-01,whole
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with two provinces that became one."""
    (tmp_path / "admin-units.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "admin-successions.csv").write_text(SUCCESSIONS, encoding="utf-8")
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def lifetime(row: Any) -> tuple[str | None, str | None]:
    first, end = (None if day is None else str(day) for day in (row.valid_from, row.valid_to))
    return first, end


async def test_units_are_loaded_as_the_files_give_them(database: Database, folder: Path) -> None:
    assert await load_units(database, folder)
    rows = await query(database, "SELECT * FROM admin_unit ORDER BY code, valid_to")
    found = {
        (row.code, row.name, row.type, row.parent_code, row.iso_3166_2, *lifetime(row))
        for row in rows
    }
    assert found == {
        ("06", "Bắc Kạn", "province", None, "VN-53", None, "2025-07-01"),
        ("19", "Thái Nguyên", "province", None, "VN-69", None, "2025-07-01"),
        ("19", "Thái Nguyên", "province", None, "VN-69", "2025-07-01", None),
        ("01840", "Huyền Tụng", "ward", "06", None, None, "2025-07-01"),
    }
    async with database.read() as connection:
        units = await read_units(connection)
    bac_kan = units.at(UnitLevel.province, "06", date(2025, 6, 30))
    assert bac_kan is not None
    assert [unit.name for unit in units.successors(bac_kan)] == ["Thái Nguyên"]
    assert units.at(UnitLevel.province, "06", date(2025, 7, 1)) is None


async def test_loading_again_changes_nothing(database: Database) -> None:
    """The templates of these tests hold the units of the seeds already."""
    before = await contents(database, TABLES)
    assert not await load_units(database, SEEDS / "units")
    assert await contents(database, TABLES) == before
    lines = (SEEDS / "units" / "admin-units.csv").read_text(encoding="utf-8").splitlines()
    assert len(before["admin_unit"]) == len(lines) - 1
    lines = (SEEDS / "units" / "admin-successions.csv").read_text(encoding="utf-8").splitlines()
    assert len(before["admin_succession"]) == len(lines) - 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("admin-units.csv", "Huyền Tụng", "Phường Huyền Tụng"),
        (
            "admin-units.csv",
            "province,06,Bắc Kạn,province,,,",
            "province,06,Bắc Kạn,province,,1997-01-01,",
        ),
        ("admin-units.csv", UNITS.splitlines(keepends=True)[-1], ""),
        ("admin-units.csv", "commune,01840", "commune,01843,Xuất Hóa,ward,06,,,,,,\ncommune,01840"),
        ("admin-units.csv", "105.88215", "105.88216"),
        ("admin-successions.csv", "06,19,2025-07-01,whole", "06,19,2025-07-01,part"),
        ("admin-successions.csv", "province,19,19,2025-07-01,whole\n", ""),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_any_change_of_the_files_loads_them_anew(
    database: Database, folder: Path, file: str, old: str, new: str
) -> None:
    await load_units(database, folder)
    before = await contents(database, TABLES)
    assert not await load_units(database, folder)
    edit(folder / file, old, new)
    assert await load_units(database, folder)
    changed = {
        name for name, rows in (await contents(database, TABLES)).items() if rows != before[name]
    }
    assert changed == {"admin_unit" if file == "admin-units.csv" else "admin_succession"}
    assert not await load_units(database, folder)


async def test_files_that_are_wrong_leave_the_units_as_they_were(
    database: Database, folder: Path
) -> None:
    await load_units(database, folder)
    before = await contents(database, TABLES)
    edit(folder / "admin-units.csv", "Huyền Tụng", "Phường Huyền Tụng")
    edit(folder / "admin-successions.csv", "province,06", "continent,06")
    with pytest.raises(Exception, match="ck_admin_succession_level"):
        await load_units(database, folder)
    assert await contents(database, TABLES) == before
    assert await one(database, "SELECT count(*) FROM admin_unit") == 4


async def test_a_service_goes_on_with_the_units_that_were_loaded_meanwhile(
    empty_url: str, database: Database, tmp_path: Path
) -> None:
    """Written by the units from before, its projections would not be those of the others."""
    folder = shutil.copytree(SEEDS / "units", tmp_path / "units")
    async with serving(empty_url) as client:
        source = {"id": "report", "kind": "report", "title": "Báo cáo"}
        await post(client, "/v1/sources", source)
        edit(folder / "admin-units.csv", "Bắc Kạn", "Bắc Cạn")
        assert await load_units(database, folder)
        site = {
            "id": "ccn-1",
            "kind": "cluster",
            "source_id": "report",
            "effective_from": "2020",
            "values": {"name": "CCN 1", "province_code": "06"},
        }
        assert (await client.post("/v1/sites", json=site)).status_code == 201
        answer = await client.get("/v1/provinces/06", params={"as_of": "2024-01-01"})
        assert answer.json()["name"] == "Bắc Cạn"
    await check_sound(Writer(database, await units_of(database), "tester"))


async def test_a_command_with_the_units_from_before_records_nothing(
    database: Database, folder: Path
) -> None:
    writer = Writer(database, await units_of(database), "tester")
    await load_units(database, folder)
    with pytest.raises(UnitsChangedError, match="Nothing was recorded"):
        await begin(writer)
    assert await one(database, "SELECT number FROM revision_counter") == 0
    await begin(Writer(database, await units_of(database), "tester"))
