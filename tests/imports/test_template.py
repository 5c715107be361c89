"""The template: all columns and lists are there; filled by hand it imports without a question."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.core.labels import CODE_LISTS
from app.http.languages import CATALOGUES
from app.imports.contexts import Given
from app.imports.report import Report
from app.imports.template import template
from app.subjects.sites import SiteState
from tests.support.import_files import data_rows, read, saved
from tests.support.seed_files import units

DAY = date(2026, 6, 30)
EMPTY = template(units(), DAY, CATALOGUES["vi"], "15")
FILLED: dict[str, object] = {
    "Loại hình": "Cụm công nghiệp",
    "Tên": "Đông Xuân",
    "Tên tiếng Anh": "Dong Xuan",
    "Tên gọi khác": 'Đông Xuân 1; "Xuân; Đông"',
    "Tên xã": "Xã Yên Bình",
    "Địa chỉ": "Thôn 1",
    "Tình trạng quy hoạch": "Đã có trong quy hoạch",
    "Tình trạng pháp lý": "Đã thành lập",
    "Tên chủ đầu tư hạ tầng": "Công ty CP Đầu tư Đông Xuân",
    "Diện tích (ha)": 45.125,
    "Diện tích quy hoạch (ha)": "50,5",
    "Đất công nghiệp (ha)": "khoảng 30",
    "Diện tích đã cho thuê (ha)": 12,
    "Giải phóng mặt bằng": "Đang giải phóng mặt bằng",
    "Diện tích cần giải phóng (ha)": "1.124,5",
    "Diện tích đã giải phóng (ha)": 18,
    "Số hộ bị ảnh hưởng": "1.234",
    "Dự kiến hoạt động": "2028-Q3",
    "Theo quy hoạch: Đất công nghiệp (ha)": 35,
    "Ghi chú": "Theo dõi",
}


def opened(content: bytes = EMPTY) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def first(book: openpyxl.Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def header_of(sheet: Worksheet) -> dict[str, int]:
    (row,) = (row for row in sheet.iter_rows() if row[0].value == "Mã định danh")
    return {str(cell.value): cell.column for cell in row if cell.value}


def filled(*rows: dict[str, object], empty: bytes = EMPTY) -> bytes:
    """Return the template as an officer fills it in a spreadsheet program."""
    book = opened(empty)
    sheet = first(book)
    header = header_of(sheet)
    for place, cells in enumerate(rows, start=sheet.max_row + 1):
        for label, value in cells.items():
            sheet.cell(place, header[label]).value = value  # type: ignore[assignment]
    return saved(book)


def imported(content: bytes) -> Report:
    return read(content, given=Given())


def test_it_imports_without_a_question_when_it_is_filled() -> None:
    second = {"Loại hình": "Khu công nghiệp", "Tên": "Tổng", "Diện tích (ha)": 200}
    report = imported(filled(FILLED, second))
    assert (report.province, report.effective_from) == ("15", "2026-06-30")
    assert [one.as_json() for one in (*report.all_errors, *report.all_warnings)] == []
    one, two = data_rows(report)
    assert not one.needs_confirmation
    assert (one.name, one.kind, one.note) == ("CCN Đông Xuân", "cluster", "Theo dõi")
    assert one.place == {"text": "Xã Yên Bình", "commune_code": "04714"}
    assert [row.match.is_new for row in (one, two) if row.match] == [True, True]
    now, plan = one.statements
    assert now.effective_from == "2026-06-30"
    assert now.values == {
        "name_en": "Dong Xuan",
        "aliases": ["Đông Xuân 1", "Xuân; Đông"],
        "address": "Thôn 1",
        "planning_status": "planned",
        "legal_status": "established",
        "investor": "Công ty CP Đầu tư Đông Xuân",
        "area_ha": Decimal("45.125"),
        "planned_area_ha": Decimal("50.5"),
        "industrial_land_ha": Decimal(30),
        "leased_ha": Decimal(12),
        "clearance_status": "in_progress",
        "to_clear_ha": Decimal("1124.5"),
        "cleared_ha": Decimal(18),
        "affected_households": Decimal(1234),
        "expected_operation": "2028-Q3",
    }
    assert now.qualifiers == {"industrial_land_ha": "about"}
    assert plan.values == {"industrial_land_ha": Decimal(35)}
    assert plan.basis == {"industrial_land_ha": "plan"}
    assert (two.name, two.kind) == ("KCN Tổng", "zone")


def test_it_imports_without_a_question_when_it_is_empty() -> None:
    report = imported(EMPTY)
    assert [sheet["use"] for sheet in report.sheets] == ["default", "no_table", "hidden"]
    assert data_rows(report) == []
    assert not [*report.all_errors, *report.all_warnings]


def test_who_reports_and_the_document_can_be_filled_in() -> None:
    book = opened()
    sheet = first(book)
    answers = {"Đơn vị báo cáo:": "Sở Công Thương", "Văn bản:": "Báo cáo 12/BC-SCT ngày 1/7/2026"}
    for row in sheet.iter_rows(max_row=8, max_col=2):
        row[1].value = answers.get(str(row[0].value), row[1].value)
    report = imported(saved(book))
    assert report.source == {
        "kind": "report",
        "issuer": "Sở Công Thương tỉnh Lào Cai",
        "number": "12/BC-SCT",
        "published_on": "2026-07-01",
        "title": "Danh mục khu, cụm công nghiệp, làng nghề",
    }


def test_all_that_can_be_stated_in_a_cell_has_a_column() -> None:
    header = list(header_of(first(opened())))
    labels = [one.labels[0] for one in SiteState.attributes.values()]
    places = {"Mã tỉnh", "Mã huyện", "Mã xã"}  # The province stands above, communes go by name.
    shapes = {"Ranh giới, vị trí", "Độ chính xác vị trí"}
    missing = {label for label in labels if label not in header} - places - shapes
    assert missing == {"Chủ đầu tư hạ tầng", "Cơ quan quản lý"}
    assert {"Tên chủ đầu tư hạ tầng", "Tên cơ quan quản lý", "Tên xã"} < set(header)


def test_codes_and_communes_are_chosen_from_lists() -> None:
    book = opened()
    sheet, lists = first(book), book.worksheets[2]
    choices = {}
    for rule in sheet.data_validations.dataValidation:
        cell = sheet[str(rule.sqref).partition(":")[0]]
        area = str(rule.formula1).partition("!")[2].replace("$", "")
        choices[cell.row, cell.column] = [line[0].value for line in lists[f"{area}"]]
    header = header_of(sheet)
    statuses = CODE_LISTS["clearance_status"].codes
    assert choices[7, header["Giải phóng mặt bằng"]] == [one.label_vi for one in statuses]
    assert "Xã Yên Bình" in choices[7, header["Tên xã"]]
    assert len(choices[7, header["Tên xã"]]) == 99
    assert "Lào Cai" in choices[2, 2]


def test_every_column_is_explained_in_vietnamese() -> None:
    guide = opened().worksheets[1]
    lines = [[cell.value for cell in row] for row in guide.iter_rows()]
    assert lines[0] == ["Cột", "Cách ghi", "Tên trong API"]
    assert [line[0] for line in lines[1:]] == list(header_of(first(opened())))
    hows = {line[2]: line[1] for line in lines[1:]}
    assert hows["kind"] == "Chọn trong danh sách."
    assert str(hows["area_ha"]).startswith("Héc-ta.")
    assert str(hows["planned.to_clear_ha"]).startswith("Số liệu theo quy hoạch")
