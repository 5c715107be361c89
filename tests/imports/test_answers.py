"""What an officer answers settles what it is about, and all else follows from it."""

from decimal import Decimal

import pytest

from app.core.vocabulary import SiteKind
from app.imports.answers import NEW, Answers, RowAnswer
from app.imports.contexts import Given
from app.imports.matching import SiteCandidate
from app.imports.report import Report, ReportRow
from app.imports.tables import IGNORED
from tests.support.import_files import codes, data_rows, read, values, xlsx

LAO_CAI = frozenset(["15"])


def cluster(id_: str, name: str, commune: str | None = None) -> SiteCandidate:
    communes = frozenset([commune] if commune else [])
    return SiteCandidate(id_, SiteKind.cluster, name, (), LAO_CAI, communes)


def about(row: int, **members: object) -> Answers:
    return Answers(rows={row: RowAnswer(**members)})  # type: ignore[arg-type]


def first(report: Report) -> ReportRow:
    return data_rows(report)[0]


AMBIGUOUS = "TT;Tên CCN;Diện tích (ha)\n1;CCN Một;1.125\n2;CCN Hai;9,5\n;Tổng;122\n"


def test_a_figure_that_is_answered_is_what_the_file_says() -> None:
    """1.125 ha is too small for a cluster and 1,125 ha too large: 112.5 is meant."""
    open_ = read(AMBIGUOUS)
    assert codes(first(open_)) == {"ambiguous_number"}
    assert [check.verdict for check in open_.checks] == ["differs"]
    settled = read(AMBIGUOUS, answers=about(2, values={"area_ha": Decimal("112.5")}))
    assert values(first(settled)) == {"area_ha": Decimal("112.5")}
    assert codes(first(settled)) == set()
    assert [check.verdict for check in settled.checks] == ["ok"]


def test_an_answer_is_in_the_unit_of_the_attribute_whatever_that_of_the_column_is() -> None:
    text = "TT;Tên CCN;Tổng mức đầu tư (tỷ đồng)\n1;CCN Một;USD 20\n"
    answers = about(2, values={"infrastructure_investment_vnd": 5 * 10**11})
    row = first(read(text, answers=answers))
    assert codes(row) == set()
    said = {**values(row), **row.further.get("extra", {})}  # type: ignore[dict-item]
    assert said["infrastructure_investment_vnd"] == 5 * 10**11


def test_an_answer_beyond_bounds_is_no_answer() -> None:
    row = first(read(AMBIGUOUS, answers=about(2, values={"area_ha": Decimal(10**10)})))
    assert "out_of_range" in codes(row)


def test_a_formula_without_a_value_is_answered() -> None:
    content = xlsx([["TT", "Tên CCN", "Diện tích (ha)"], [1, "CCN Một", "=1+1"]])
    assert codes(first(read(content))) == {"formula_without_value"}
    row = first(read(content, answers=about(2, values={"area_ha": 20})))
    assert (values(row), codes(row)) == ({"area_ha": Decimal(20)}, set())


STATUS = "TT;Tên CCN;Diện tích (ha);Hiện trạng\n1;CCN Một;20;Đang GPMB, chưa khởi công\n"


def test_what_needs_confirmation_is_confirmed_corrected_or_left_out() -> None:
    asked = first(read(STATUS))
    assert asked.needs_confirmation == ["construction_status", "clearance_status"]
    confirmed = first(read(STATUS, answers=about(2, confirmed=True)))
    assert confirmed.needs_confirmation == []
    assert values(confirmed) == values(asked)
    answers = about(2, values={"clearance_status": "completed"}, omitted=("construction_status",))
    corrected = first(read(STATUS, answers=answers))
    assert corrected.needs_confirmation == []
    assert values(corrected) == {"area_ha": Decimal(20), "clearance_status": "completed"}


def test_a_value_that_no_column_has_is_added() -> None:
    row = first(read(AMBIGUOUS, answers=about(2, values={"legal_status": "established"})))
    assert values(row)["legal_status"] == "established"


def test_a_figure_is_left_out() -> None:
    row = first(read(AMBIGUOUS, answers=about(2, omitted=("area_ha",))))
    assert (values(row), codes(row)) == ({}, set())


def test_of_two_columns_of_areas_the_last_that_is_filled_is_answered() -> None:
    rows = [
        ["TT", "Tên CCN", "QĐ thành lập", None, "QĐ mở rộng", None],
        [None, None, "Số, ngày", "Diện tích (ha)", "Số, ngày", "Diện tích (ha)"],
        [1, "CCN Một", "QĐ 12/QĐ-UBND ngày 1/2/2020", 20, "QĐ 15/QĐ-UBND ngày 3/4/2023", "1.125"],
        [2, "CCN Hai", "QĐ 13/QĐ-UBND ngày 1/2/2020", "1.125", None, None],
    ]
    merges = ["C1:D1", "E1:F1"]
    answers = Answers(rows={n: RowAnswer(values={"area_ha": 40}) for n in (3, 4)})
    one, two = data_rows(read(xlsx(rows, merges=merges), answers=answers))
    areas = [(s.effective_from, s.values.get("area_ha")) for s in one.statements]
    assert areas == [("2020-02-01", Decimal(20)), ("2023-04-03", Decimal(40))]
    assert [(s.effective_from, s.values["area_ha"]) for s in two.statements] == [
        ("2020-02-01", Decimal(40))
    ]


MATCHED = "TT;Tên CCN;Diện tích (ha)\n1;CCN Một I;20\n"


def test_a_match_is_confirmed_or_answered() -> None:
    sites = [cluster("ccn-mot-1", "CCN Một 1"), cluster("ccn-hai", "CCN Hai")]
    asked = first(read(MATCHED, sites=sites))
    assert asked.match
    assert (asked.match.id, asked.match.needs_confirmation) == ("ccn-mot-1", True)
    for answers, found in (
        (about(2, confirmed=True), ("ccn-mot-1", "numeral_variant", False)),
        (about(2, match="ccn-mot-1"), ("ccn-mot-1", "answered", False)),
        (about(2, match="ccn-hai"), ("ccn-hai", "answered", False)),
        (about(2, match=NEW), (None, None, True)),
    ):
        row = first(read(MATCHED, sites=sites, answers=answers))
        assert row.match
        assert (row.match.id, row.match.how, row.match.is_new) == found
        assert not row.match.needs_confirmation
        assert codes(row) == set()


def test_of_several_sites_none_is_confirmed_without_being_named() -> None:
    sites = [cluster("ccn-a", "CCN Một"), cluster("ccn-b", "CCN Một")]
    text = MATCHED.replace("Một I", "Một")
    row = first(read(text, sites=sites, answers=about(2, confirmed=True)))
    assert row.match
    assert row.match.needs_confirmation
    row = first(read(text, sites=sites, answers=about(2, match="ccn-b")))
    assert row.match
    assert (row.match.id, codes(row)) == ("ccn-b", set())


def test_a_site_that_is_not_registered_is_an_error_of_its_row() -> None:
    row = first(read(MATCHED, answers=about(2, match="ccn-ba")))
    assert [(error.code, error.row) for error in row.errors] == [("no_such_site", 2)]


def test_a_name_and_a_commune_are_corrected() -> None:
    text = "TT;Tên CCN;Địa điểm\n1;CCN Mot;Phường Văn Phú, xã Yên Bình\n"
    sites = [cluster("ccn-mai", "CCN Mai", "04279"), cluster("ccn-mai-2", "CCN Mai", "04714")]
    asked = first(read(text, sites=sites))
    assert asked.place["candidates"] == ["04279", "04714"]
    answers = about(2, values={"name": "CCN Mai", "commune_code": "04714"})
    row = first(read(text, sites=sites, answers=answers))
    assert (row.name, row.match and row.match.id) == ("CCN Mai", "ccn-mai-2")
    assert (row.place["commune_code"], codes(row), values(row)) == ("04714", set(), {})


def test_rows_are_left_out_and_hidden_ones_let_in() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        [1, "CCN Một", "1.125"],
        [2, "CCN Hai", 20],
        [3, "CCN Ba", 30],
    ]
    content = xlsx(rows, hidden=[3])
    asked = read(content)
    assert [(row.name, row.role) for row in asked.rows[1:]] == [
        ("CCN Một", "data"),
        ("CCN Hai", "hidden"),
        ("CCN Ba", "data"),
    ]
    answers = Answers(rows={2: RowAnswer(included=False), 3: RowAnswer(included=True)})
    settled = read(content, answers=answers)
    assert [row.role for row in settled.rows[1:]] == ["left_out", "data", "data"]
    assert not list(settled.all_errors)
    assert codes(settled.rows[2]) == set()


def test_a_row_that_is_left_out_is_no_repetition() -> None:
    text = "TT;Tên CCN;Diện tích (ha)\n1;CCN Một;20\n2;CCN Một;30\n"
    assert codes(data_rows(read(text))[1]) == {"same_site"}
    assert codes(first(read(text, answers=about(2, included=False)))) == set()


def test_a_column_is_ignored() -> None:
    text = "TT;Tên CCN;Diện tích (ha);Quy mô (ha);Mã;Mã cũ\n1;CCN Một;30;25;x1;y1\n"
    answers = Answers(dict.fromkeys("DEF", IGNORED))
    report = read(text, answers=answers)
    row = first(report)
    assert (values(row), row.note) == ({"area_ha": Decimal(30)}, None)
    assert [one["attribute"] for one in report.columns[3:]] == [IGNORED] * 3
    assert list(report.all_errors) == list(report.all_warnings) == []


FORM = """\
Biểu số: 04
TT;Chỉ tiêu;Đơn vị tính;Số liệu;Ghi chú
1;Số lượng cụm công nghiệp theo phương án phát triển;Cụm;61;
2;Tổng diện tích các cụm công nghiệp theo phương án phát triển;ha;1.125;
"""


@pytest.mark.parametrize("value", [Decimal("112.5"), 1125])
def test_a_line_of_a_form_is_answered(value: Decimal | int) -> None:
    given = Given(province_code="15", effective_from="2026-06-30")
    row = data_rows(read(FORM, given=given, answers=about(4, values={"value": value})))[1]
    assert row.further["value"] == value
    assert values(row) == {"cluster_planned_area_ha": Decimal(value)}
    assert codes(row) == set()
