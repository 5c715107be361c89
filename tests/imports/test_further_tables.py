"""Tables whose headers are not known, and those below the first of a sheet: read once asked for."""

from decimal import Decimal
from io import BytesIO

import httpx
import openpyxl
import pytest

from app.imports.answers import Answers
from app.imports.contexts import Given
from app.imports.limits import UnreadableFileError
from app.imports.remarked import remarked
from tests.imports.test_drafts import answer, send, upload
from tests.support.http import MERGE_PATCH, pointers, refused
from tests.support.http import read as get
from tests.support.import_files import codes, data_rows, fill, read, saved, values, xlsx

UNKNOWN = [
    ["PHỤ LỤC SỐ 3", None, None, None],
    ["Đơn vị", "Nơi đặt", "Rộng", "Bàn giao"],
    ["Một", "Xã Bảo Thắng", 30, "đợt 1"],
    ["Hai", None, 20, None],
    ["Tổng", None, 55, None],
]
KNOWN_BY_ANSWERS = {"A": "name", "B": "place", "C": "area_ha"}
FIRST = [
    ["Danh sách khu, cụm công nghiệp trên địa bàn tỉnh Lào Cai đến ngày 30/6/2025"],
    ["TT", "Tên KCN", "Diện tích (ha)", "Đất công nghiệp (ha)"],
    [1, "KCN Một", 1100, 700],
    [None, "Tổng", 1100, 700],
]
SECOND = [
    ["Danh sách cụm công nghiệp đến ngày 31/12/2025"],
    ["TT", "Tên CCN", "Địa điểm", "Diện tích (ha)", "Mã"],
    [1, "CCN Ba", "Xã Bảo Thắng", 25, "B1"],
    [2, "CCN Bốn", None, 30, "B2"],
    [None, "Cộng", None, 55, None],
]
THIRD = [["TT", "Địa điểm", "Tên CCN", "Diện tích (ha)"], [1, "Xã Bảo Thắng", "CCN Năm", 9]]
LAO_CAI = Given(province_code="15")


def test_a_header_of_unknown_words_is_guessed_and_said() -> None:
    report = read(xlsx(UNKNOWN))
    assert report.header["rows"] == [2]
    assert [(c["column"], c["header"], c["attribute"]) for c in report.columns] == [
        ("A", "Đơn vị", None), ("B", "Nơi đặt", None), ("C", "Rộng", None), ("D", "Bàn giao", None),
    ]  # fmt: skip
    assert [row.role for row in report.rows] == ["title", "header", *["unnamed"] * 3]
    assert [(one.code, one.row) for one in report.all_errors] == [("no_name_column", None)]
    assert [(one.code, one.row) for one in report.all_warnings] == [
        ("unknown_column", None), ("header_guessed", 2),
    ]  # fmt: skip


def test_answers_make_a_table_of_it() -> None:
    report = read(xlsx(UNKNOWN), answers=Answers(columns=KNOWN_BY_ANSWERS))
    one, two = data_rows(report)
    assert (one.name, two.name) == ("CCN Một", "CCN Hai")
    assert (values(one), values(two)) == ({"area_ha": Decimal(30)}, {"area_ha": Decimal(20)})
    (check,) = report.checks
    assert (check.stated, check.computed, check.verdict) == (Decimal(55), Decimal(50), "differs")
    assert [one.code for one in report.all_errors] == []


def test_a_known_name_among_unknown_headers_is_enough() -> None:
    report = read(xlsx([["Thứ", "Tên CCN", "Rộng"], ["a", "CCN Một", 30]]))
    assert [row.name for row in data_rows(report)] == ["CCN Một"]
    assert [one.code for one in report.all_errors] == []


def test_headers_are_guessed_only_where_none_is_known() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    fill(book.active, UNKNOWN)
    fill(book.create_sheet("Biểu"), [["TT", "Tên CCN", "Diện tích (ha)"], [1, "CCN Một", 75]])
    content = saved(book)
    report = read(content)
    assert [sheet["use"] for sheet in report.sheets] == ["no_table", "default"]
    report = read(content, given=Given(province_code="15", sheet="Sheet"))
    assert [sheet["use"] for sheet in report.sheets] == ["default", "offered"]
    assert report.header["rows"] == [2]


def test_the_largest_table_is_taken_of_those_that_are_guessed() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    fill(book.active, [["Kính gửi", "Sở Công Thương"], ["Nơi nhận", "Như trên"]])
    fill(book.create_sheet("Biểu"), UNKNOWN)
    assert [sheet["use"] for sheet in read(saved(book)).sheets] == ["offered", "default"]


@pytest.mark.parametrize(
    "rows", [[["Đơn vị", "Rộng"]], [["a"], ["b"]], [[1, 2], [3, 4]], [["x", "y"], ["z", None]]]
)
def test_what_has_no_rows_below_texts_is_no_table(rows: list[list[object]]) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read(xlsx(rows))
    assert caught.value.detail.id == "imports.no-header"


def test_a_further_table_is_offered_as_a_sheet() -> None:
    report = read(xlsx([*FIRST, *SECOND, *THIRD]), given=LAO_CAI)
    assert [row.name for row in data_rows(report)] == ["KCN Một"]
    assert report.sheets == [
        {"name": "1", "use": "default", "as_of": "2025-06-30"},
        {"name": "1!6", "use": "offered", "as_of": "2025-12-31"},
        {"name": "1!10", "use": "offered", "as_of": "2025-06-30"},
    ]
    assert [(one.code, one.row, one.details) for one in report.all_warnings] == [
        ("second_table", 6, {"sheet": "1!6"})
    ]
    assert list(report.all_errors) == []


def test_a_further_table_is_read_with_its_own_header_and_its_rows_keep_their_numbers() -> None:
    content = xlsx([*FIRST, *SECOND, *THIRD])
    report = read(content, given=Given(province_code="15", sheet="1!6"))
    assert [(row.row, row.sheet, row.role) for row in report.rows] == [
        *[(row, "1", "other_table") for row in range(1, 5)],
        (5, "1", "cutoff"), (6, "1", "header"), (7, "1", "data"), (8, "1", "data"),
        (9, "1", "total"), (10, "1", "other_table"), (11, "1", "other_table"),
    ]  # fmt: skip
    assert (report.effective_from, report.kind) == ("2025-12-31", "cluster")
    three, four = data_rows(report)
    assert (three.name, values(three)) == ("CCN Ba", {"area_ha": Decimal(25)})
    assert (four.name, values(four)) == ("CCN Bốn", {"area_ha": Decimal(30)})
    (check,) = report.checks
    assert (check.row, check.stated, check.verdict) == (9, Decimal(55), "ok")
    third = read(content, given=Given(province_code="15", sheet="1!10"))
    assert [(row.row, row.name) for row in data_rows(third)] == [(11, "CCN Năm")]
    assert [report.source["title"]] == [third.source["title"]] == FIRST[0]


def test_answers_are_about_the_table_that_is_read() -> None:
    """Answered for the first table as well, column C would make its header that of the second."""
    content = xlsx([*FIRST, *SECOND])
    given = Given(province_code="15", sheet="1!6")
    report = read(content, given=given, answers=Answers(columns={"E": "note", "C": "ignored"}))
    assert [c["attribute"] for c in report.columns] == [
        "row_number", "name", "ignored", "area_ha", "note",
    ]  # fmt: skip
    assert [row.note for row in data_rows(report)] == ["B1", "B2"]


def test_remarks_on_a_further_table_stand_beside_its_cells() -> None:
    content = xlsx([*FIRST, *SECOND])
    given = Given(province_code="15", sheet="1!6")
    report = read(content, given=given)
    assert "unknown_column" in {one.code for one in report.all_warnings}
    sheet = openpyxl.load_workbook(BytesIO(remarked(content, report, {}))).worksheets[0]
    about_columns = "The register has no attribute for columns E; kept aside."
    assert sheet["F6"].value == f"Remarks\n{about_columns}"
    assert sheet["F7"].value == "Not registered yet."
    assert codes(data_rows(report)[0]) == set()


async def test_columns_without_known_headers_are_answered(client: httpx.AsyncClient) -> None:
    """The answers are remembered, and the next file of that header needs none."""
    given = {"province_code": "15", "kind": "cluster", "effective_from": "2026-06-30"}
    file = {"files": upload(xlsx(UNKNOWN), "a.xlsx"), "data": given}
    draft = (await send(client, **file)).json()
    assert [one["code"] for one in draft["errors"]] == ["no_name_column"]
    path = f"/v1/imports/{draft['id']}"
    body = {"revision": draft["read_at"]}
    tried = await client.post(f"{path}/commit?dry_run=true", json=body)
    (fault,) = tried.json()["outcome"]["refused"]
    assert (fault["row"], tried.json()["outcome"]["recorded"]) == (None, 0)
    headers, unknown = MERGE_PATCH, {"columns": {"H": "name"}}
    problem = await refused(client, "PATCH", path, 422, json=unknown, headers=headers)
    assert pointers(problem) == ["#/columns"]
    settled = await answer(client, draft["id"], {"columns": KNOWN_BY_ANSWERS})
    assert (settled["errors"], settled["counts"]["new"]) == ([], 2)
    again = (await send(client, **file)).json()
    assert (again["errors"], again["layout_id"] is not None) == ([], True)
    tried = await client.post(f"{path}/commit?dry_run=true", json=body)
    # The source, two clusters, and what is said of each.
    assert tried.json()["outcome"]["recorded"] == 5


async def test_a_further_table_is_asked_for_over_http(client: httpx.AsyncClient) -> None:
    data = {"province_code": "15"}
    file = {"files": upload(xlsx([*FIRST, *SECOND]), "a.xlsx"), "data": data}
    draft = (await send(client, **file)).json()
    found = await answer(client, draft["id"], {"sheet": "1!6"})
    assert [sheet["use"] for sheet in found["sheets"]] == ["offered", "default"]
    page = await get(client, f"/v1/imports/{draft['id']}/rows?role=data")
    assert [row["row"] for row in page["items"]] == [7, 8]
