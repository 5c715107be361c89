"""`icr import`: what it says of a file, with the sites of the register; nothing is recorded."""

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from app.core.dates import today
from app.core.settings import get_settings
from tests.cli.test_cli import done, icr
from tests.support.import_files import xlsx
from tests.support.registers import get, serving

TABLE = (
    ("Số liệu chốt đến ngày 30/6/2026",),
    ("TT", "Tên CCN", "Diện tích (ha)", "Ghi chú"),
    (1, "Cụm công nghiệp Huyền Tụng", "16,5", "Đang GPMB"),
    (2, "CCN Huyền Tụng II", 20, None),
    (None, "Tổng cộng", 40, None),
)


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Leave no settings of a test to the next."""
    yield
    get_settings.cache_clear()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "clusters.xlsx"
    path.write_bytes(xlsx(TABLE))
    return str(path)


async def test_a_file_is_shown_with_the_sites_that_it_means(seeded_url: str, file: str) -> None:
    """The site is of Bắc Kạn (06), which is Thái Nguyên (19) since 2025."""
    before = await done(seeded_url, "verify")
    shown = await done(seeded_url, "import", file, "--province", "19")
    (line,) = [line for line in shown.splitlines() if "2026-06-30: area_ha 16.5" in line]
    assert "ccn-huyen-tung" in line
    assert "C5: 40 ≠ 36.5 (sum)" in shown
    assert await done(seeded_url, "verify") == before


async def test_the_whole_report_is_json(seeded_url: str, file: str) -> None:
    printed = await done(seeded_url, "import", file, "--province", "19", "--json")
    report = json.loads(printed)
    assert report["effective_from"] == "2026-06-30"
    first, second = (row for row in report["rows"] if row["role"] == "data")
    assert first["match"] == {"id": "ccn-huyen-tung", "how": "name_in_province"}
    assert first["statements"] == [{"effective_from": "2026-06-30", "values": {"area_ha": 16.5}}]
    assert first["suggested"] == {"clearance_status": "in_progress"}
    assert second["match"] == {"new": True}


async def test_what_cannot_be_read_is_said_and_fails(seeded_url: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04")
    result = await icr(seeded_url, "import", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "damaged" in result.stderr
    path.write_bytes(xlsx([["TT", "Tên CCN", "Diện tích"], [1, "A", "45.125"], [2, "B", "20,5"]]))
    result = await icr(seeded_url, "import", str(path), "--province", "19")
    assert result.exit_code == 1
    assert "'45.125' can be read as 45.125, 45125." in result.stdout


async def test_what_is_not_read_and_not_known_is_printed(seeded_url: str, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("STT,Tên CCN,Diện tích (ha)\n1,CCN Huyên Tụng,16.5\n2,,12\n", "utf-8")
    result = await icr(seeded_url, "import", str(path), "--province", "19")
    printed = " ".join(result.stdout.replace("│", " ").split())
    assert result.exit_code == 1
    assert "The row has figures and no name." in printed
    assert "(CCN Huyền Tụng)" in printed
    assert "no date: give --effective-from: area_ha 16.5" in printed
    unknown = await icr(seeded_url, "import", str(path), "--province", "99")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "/v1/provinces" in unknown.stderr
    nowhere = await icr(seeded_url, "import", str(path), "--effective-from", "31/12/2024")
    assert "2024-12-31: area_ha 16.5" in nowhere.stdout
    assert "on the command line --province" in nowhere.stdout


async def test_the_template_is_written_and_read(seeded_url: str, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    await done(seeded_url, "template", str(path), "--province", "19", "--as-of", "1/1/2026")
    report = json.loads(await done(seeded_url, "import", str(path), "--json"))
    assert (report["province"], report["effective_from"]) == ("19", "2026-01-01")
    assert report["warnings"] == report["errors"] == []
    result = await icr(seeded_url, "template", str(path), "--province", "06")
    assert result.exit_code == 2
    assert "Its successor: Thái Nguyên (19)" in result.output


async def test_the_file_comes_back_with_remarks(seeded_url: str, file: str, tmp_path: Path) -> None:
    path = tmp_path / "remarks.xlsx"
    options = ("--province", "19", "--remarks", str(path), "--lang", "en")
    await done(seeded_url, "import", file, *options)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [sheet["E2"].value, sheet["E4"].value] == ["Remarks", "Not registered yet."]
    assert sheet["E3"].value == "Registered as ccn-huyen-tung."


async def test_what_is_confirmed_is_recorded_once(seeded_url: str, file: str) -> None:
    arguments = ("import", file, "--province", "19", "--yes")
    shown = await done(seeded_url, *arguments)
    assert " cluster sites.count: 6 → 7\n" in shown
    assert " cluster area.total_ha: 167.4 → 203.9\n" in shown
    # The source, the new cluster with its first statement, and one of the other.
    assert "4 entries and statements, 0 rows unchanged, 0 refused." in shown
    assert "Recorded as revision 6, source clusters-xlsx-2026-06-30, import 20" in shown
    again = await done(seeded_url, *arguments)
    assert "0 entries and statements, 2 rows unchanged, 0 refused." in again
    assert "there is nothing to record" in again


async def test_a_report_in_json_is_all_of_the_standard_output(seeded_url: str, file: str) -> None:
    shown = await icr(seeded_url, "import", file, "--province", "19", "--json")
    assert "Nothing is recorded. --yes" in shown.stderr
    recorded = await icr(seeded_url, "import", file, "--province", "19", "--json", "--yes")
    assert json.loads(recorded.stdout) == json.loads(shown.stdout)
    assert "Recorded as revision 6" in recorded.stderr


async def test_what_is_refused_keeps_all_from_being_recorded(
    seeded_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "open.csv"
    path.write_text("STT,Tên CCN,Diện tích (ha)\n1,CCN Huyền Tụng,16.5\n2,,12\n", encoding="utf-8")
    arguments = ("import", str(path), "--province", "19", "--effective-from", "2025-07-01")
    source = ("--source", "bac-kan-press-2025-01")
    result = await icr(seeded_url, *arguments, *source, "--yes")
    assert result.exit_code == 1
    assert "Refused: 3: The row has figures and no name." in result.stdout
    assert "Nothing is recorded." in result.stderr
    shown = await done(seeded_url, *arguments, *source, "--yes", "--skip-refused")
    assert "Recorded as revision 6, source bac-kan-press-2025-01, import 20" in shown
    path.write_text("STT,Tên CCN,Diện tích (ha)\n1,CCN Huyền Tụng,17\n", encoding="utf-8")
    unknown = await icr(seeded_url, *arguments, "--source", "nothing", "--yes")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "No source 'nothing' is registered" in unknown.stderr


async def test_the_effects_are_a_digest_unless_all_are_asked_for(
    seeded_url: str, tmp_path: Path
) -> None:
    """Ten new clusters, each with a decision of a day of its own, and two rows in doubt."""
    path = tmp_path / "many.csv"
    decided = [f"{n},CCN Thử {n},{10 + n},{n}/QĐ-UBND ngày {n}/7/2025" for n in range(1, 11)]
    doubted = [f"{n},,5," for n in range(11, 21)]
    head = "STT,Tên CCN,Diện tích (ha),QĐ thành lập"
    path.write_text("\n".join([head, *decided, *doubted]), encoding="utf-8")
    arguments = ("import", str(path), "--province", "19", "--effective-from", "2026-06-30")
    shown = await icr(seeded_url, *arguments, "--yes")
    digest = shown.stdout[shown.stdout.index("Refused: 12") :].splitlines()
    assert next(line for line in digest if line.startswith("…")) == "… and 4 more."
    assert len(digest) <= 30
    assert (
        "New sites: 10: ccn-thu-1, ccn-thu-2, ccn-thu-3, ccn-thu-4, ccn-thu-5 and 5 more" in digest
    )
    assert "Versions of sites that change: 10, of 10 sites" in digest
    figures = [line.split(" cluster ") for line in digest if " cluster " in line]
    assert {day for day, _ in figures} == {f"19 {today()}"}
    assert "sites.count: 6 → 16" in {figure for _, figure in figures}
    in_full = await icr(seeded_url, *arguments, "--yes", "--effects")
    lines = in_full.stdout.splitlines()
    assert len([line for line in lines if line.startswith("Refused: ")]) == 10
    assert "19 2025-07-01 cluster sites.count: 6 → 7" in lines
    assert "--effects" not in in_full.stdout


async def test_what_is_recorded_is_kept_and_undone(seeded_url: str, file: str) -> None:
    """It is listed, over HTTP as well, and its retraction leaves the figures as they were."""
    await done(seeded_url, "import", file, "--province", "19", "--yes")
    listed = await done(seeded_url, "imports")
    (line,) = [line for line in listed.splitlines() if "clusters.xlsx" in line]
    key, *cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells == ["committed", "icr import", "clusters.xlsx", "19", "2026-06-30", "2", "6"]
    async with serving(seeded_url) as client:
        kept = await get(client, f"/v1/imports/{key}")
        assert (kept["state"], kept["revision"], kept["author"]) == ("committed", 6, "icr import")
        assert (kept["outcome"]["recorded"], kept["expires_at"]) == (4, None)
    refused = await icr(seeded_url, "import", "--retract", key)
    assert refused.exit_code == 2
    undone = await done(seeded_url, "import", "--retract", key, "--reason", "A wrong file")
    # Two statements; the source and the new cluster.
    assert "2 statements retracted, 2 entries withdrawn, 0 stay: revision 7." in undone
    again = await icr(seeded_url, "import", "--retract", key, "--reason", "Once more")
    assert (again.exit_code, "is retracted" in again.stderr) == (2, True)
    assert "retracted" in await done(seeded_url, "imports")


async def test_a_newer_file_corrects_what_is_recorded(
    seeded_url: str, file: str, tmp_path: Path
) -> None:
    await done(seeded_url, "import", file, "--province", "19", "--yes")
    listed = await done(seeded_url, "imports")
    key = next(word for word in listed.split() if word.startswith("20") and word.count("-") == 2)
    newer = tmp_path / "newer.xlsx"
    rows = [list(row) for row in TABLE[:3]]
    rows[2][2] = "17,5"
    newer.write_bytes(xlsx(rows))
    arguments = ("import", str(newer), "--province", "19", "--yes", "--corrects", key)
    asked = await icr(seeded_url, *arguments)
    assert (asked.exit_code, "ccn-huyen-tung-ii" in asked.stderr) == (2, True)
    shown = await done(seeded_url, *arguments, "--gone", "retract")
    assert "Recorded as revision 7" in shown
    assert " cluster area.total_ha: 203.9 → 184.9\n" in shown
    unknown = await icr(seeded_url, *arguments[:-1], "nothing")
    assert (unknown.exit_code, "No import 'nothing'" in unknown.stderr) == (2, True)
