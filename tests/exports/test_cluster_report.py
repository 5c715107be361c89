"""The report on clusters, an indicator a row: what is stated, computed, open, and does not fit."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.core.vocabulary import AddsUp
from app.exports.cluster_report import ReportingPeriod
from app.exports.cluster_report_lines import COMPUTED, UNITS, lines
from app.imports.contexts import Candidates, Given
from app.imports.forms import line_of
from app.imports.reading import read_report
from app.imports.report import Report
from app.statistics.indicators import INDICATORS
from app.subjects.sites import SiteState
from tests.exports.test_exports import file, sheet, table
from tests.support.http import observe, refused, register, said
from tests.support.import_facts import SAMPLES
from tests.support.registers import post
from tests.support.seed_files import units

THAI_NGUYEN = "/v1/provinces/19/cluster-report"
YEAR = "period=2025"
STATED = {
    "cluster_established_count": 1,
    "cluster_tenants_count": 20,
    "cluster_tenants_foreign_count": 22,
    "cluster_infrastructure_paid_capital": 3117.25,
    "cluster_occupancy_pct": 52,
}
FLOWS = {"cluster_revenue": 38420.5, "cluster_established_in_period_count": 4}
# A, B and C are established, C is closed; of D it is not known, and of E only the name.
CLUSTERS: dict[str, dict[str, Any]] = {
    "a": {
        "legal_status": "established",
        "operation_status": "operating",
        "area_ha": 30,
        "industrial_land_ha": 20,
        "leased_ha": 10.5,
        "tenants": 12,
        "tenants_operating": 10,
        "workers": 1340,
        "revenue_vnd": 1_500_000_000_001,
        "infrastructure_investment_vnd": 496_651_000_000,
        "detailed_plan_area_ha": 29.5,
        "wastewater_treatment": "compliant",
    },
    "b": {
        "legal_status": "expanded",
        "operation_status": "not_operating",
        "area_ha": 12.25,
        "tenants": 0,
        "wastewater_treatment": "not_built",
    },
    "c": {"legal_status": "abolished", "operation_status": "closed", "tenants": 99},
    "d": {"operation_status": "operating", "area_ha": 5, "wastewater_treatment": "built"},
    "e": {},
}


@pytest.fixture(scope="module")
async def filled(shared: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give a register with the clusters, and what a report states of their province."""
    for name, values in CLUSTERS.items():
        at = {"name": f"CCN {name.upper()}", "province_code": "19"}
        await register(shared, f"ccn-report-{name}", "2025-08-01", **at, **values)
    about = said("2025-08-02", values={"workers": 1340}, qualifiers={"workers": "over"})
    await post(shared, "/v1/sites/ccn-report-a/statements", about)
    day = "2025-12-14"
    observations = [{"indicator": code, "value": value} for code, value in STATED.items()]
    observations[1]["qualifier"] = "about"
    period = {"period": "2024-12-15/2025-12-14"}
    observations += [{"indicator": code, "value": v, **period} for code, v in FLOWS.items()]
    body = said(day, "report", observations=observations)
    await post(shared, "/v1/provinces/19/statements", body)
    await observe(shared, "19", "2025-11-01", "actual", cluster_tenants_count=1)
    planned = {"indicator": "cluster_planned_count", "value": 61, "period": "2030"}
    plan = said("2025-09-01", "plan", basis="plan", observations=[planned])
    await post(shared, "/v1/provinces/19/statements", plan)
    return shared


async def rows(client: httpx.AsyncClient, query: str = YEAR) -> dict[str, dict[str, str]]:
    read = table(await file(client, f"{THAI_NGUYEN}.csv?{query}"))
    return {row["indicator"]: row for row in read if row["indicator"]}


def stated_by(report: Report) -> dict[str, Decimal]:
    return {
        name: Decimal(str(value))
        for row in report.rows
        for one in row.statements
        for name, value in one.values.items()
    }


async def test_what_is_stated_is_the_result(filled: httpx.AsyncClient) -> None:
    found = await rows(filled)
    results = {code: row["value"] for code, row in found.items() if row["value"]}
    assert results == {
        "cluster_planned_count": "61",
        "cluster_established_count": "1",
        "cluster_established_in_period_count": "4",
        "cluster_infrastructure_paid_capital": "3117.25",
        "cluster_occupancy_pct": "52",
        "cluster_tenants_count": "20",
        "cluster_tenants_foreign_count": "22",
        "cluster_revenue": "38420.5",
    }
    assert found["cluster_tenants_count"]["qualifier"] == "about"
    assert found["cluster_established_count"]["qualifier"] == "exact"
    assert found["cluster_planned_count"]["period"] == "2030"
    assert found["cluster_revenue"]["period"] == "2024-12-15/2025-12-14"
    assert found["cluster_revenue"]["source_title"] == "The report"


async def test_what_the_clusters_give_stands_beside_it(filled: httpx.AsyncClient) -> None:
    """C is closed: the decisions count it no more either, for it is abolished."""
    found = await rows(filled)
    computed = {
        code: (row["computed"], row["computed_known"], row["computed_unknown"])
        for code, row in found.items()
    }
    assert {code: figures for code, figures in computed.items() if any(figures)} == {
        "cluster_established_count": ("2", "2", "0"),
        "cluster_established_area_ha": ("42.25", "2", "0"),
        # Of B, D and E no detailed plan and no investment is known, which does not say no.
        "cluster_detailed_plan_count": ("1", "1", "3"),
        "cluster_detailed_plan_area_ha": ("29.5", "1", "3"),
        "cluster_infrastructure_project_count": ("1", "1", "3"),
        "cluster_infrastructure_project_area_ha": ("30", "1", "3"),
        "cluster_infrastructure_approved_capital": ("496.651", "1", "3"),
        "cluster_operating_count": ("2", "2", "0"),
        # Whether D is established is not known.
        "cluster_operating_established_count": ("1", "3", "1"),
        "cluster_operating_not_established_count": ("0", "3", "1"),
        "cluster_operating_area_ha": ("35", "2", "0"),
        "cluster_operating_established_area_ha": ("30", "1", "1"),
        "cluster_operating_not_established_area_ha": ("", "0", "1"),
        # This and the occupancy are of A and D, which operate.
        "cluster_industrial_land_ha": ("20", "1", "1"),
        "cluster_leased_ha": ("10.5", "1", "3"),
        "cluster_occupancy_pct": ("52.5", "1", "1"),
        "cluster_tenants_count": ("12", "2", "2"),
        "cluster_tenants_foreign_count": ("", "0", "4"),
        "cluster_tenants_operating_count": ("10", "1", "3"),
        "cluster_revenue": ("1500.000000001", "1", "3"),
        "cluster_budget_contribution": ("", "0", "4"),
        "cluster_workers_count": ("1340", "1", "3"),
        "cluster_wastewater_built_count": ("2", "3", "1"),
        "cluster_wastewater_compliant_count": ("1", "3", "1"),
    }
    hedges = {code: row["computed_qualifier"] for code, row in found.items() if row["computed"]}
    assert hedges.pop("cluster_workers_count") == "at_least"
    assert set(hedges.values()) == {"exact"}


async def test_what_does_not_fit_stands_beside_the_line(filled: httpx.AsyncClient) -> None:
    found = await rows(filled)
    assert {code: row["findings"] for code, row in found.items() if row["findings"]} == {
        "cluster_established_count": "count_total_differs",
        "cluster_tenants_count": "parts_differ_from_whole",
        "cluster_tenants_foreign_count": "parts_differ_from_whole",
    }
    shown = sheet(await file(filled, f"{THAI_NGUYEN}.xlsx?{YEAR}"))
    (line,) = [row for row in shown if row[0] == "3"]
    assert line[12].startswith("Số cụm công nghiệp đã thành lập của Thái Nguyên")
    assert line[12].endswith("có 2: CCN A và CCN B.")


async def test_of_another_period_only_what_lasts_is_known(filled: httpx.AsyncClient) -> None:
    found = await rows(filled, "period=2026-H1")
    assert found["cluster_tenants_count"]["value"] == "20"
    assert found["cluster_revenue"]["value"] == ""
    assert {row["as_of"] for row in found.values()} == {"2026-06-14"}
    earlier = await rows(filled, "as_of=2025-11-30")
    assert earlier["cluster_tenants_count"]["value"] == "1"
    assert earlier["cluster_established_count"]["value"] == ""


async def test_the_workbook_is_read_back_as_it_was_stated(filled: httpx.AsyncClient) -> None:
    content = await file(filled, f"{THAI_NGUYEN}.xlsx?{YEAR}")
    candidates = Candidates(units(), (), (), frozenset(SiteState.members), frozenset(INDICATORS))
    report = read_report(content, "report.xlsx", Given(), candidates)
    assert (report.province, report.effective_from) == ("19", "2025-12-14")
    assert report.period == {"label": "2025", "from": "2024-12-15", "to": "2025-12-14"}
    assert report.source["issuer"] == "Sở Công Thương tỉnh Thái Nguyên"
    known = {"cluster_planned_count": 61, **STATED, **FLOWS}
    assert stated_by(report) == {code: Decimal(str(value)) for code, value in known.items()}
    assert not [*report.all_errors, *report.warnings]
    read = {row.further["form_line"] for row in report.rows if row.role == "data"}
    assert read == {line.number for line in lines()}


async def test_in_english_lines_have_the_names_of_indicators(filled: httpx.AsyncClient) -> None:
    found = sheet(await file(filled, f"{THAI_NGUYEN}.xlsx?{YEAR}&lang=en"))
    assert [row[0] for row in found[:4]] == [
        "Form 04. Industrial clusters of the province",
        "Reported by: Department of Industry and Trade of Thái Nguyên",
        "Reporting period: 2025",
        "(Figures as of 2025-12-14)",
    ]
    assert found[6][:3] == ["1", "Number of planned industrial clusters", "Clusters"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("period=2025-H2", "period"), ("period=0000", "period"), ("boundaries=now", "boundaries")],
)
async def test_what_is_refused(shared: httpx.AsyncClient, query: str, parameter: str) -> None:
    problem = await refused(shared, "GET", f"{THAI_NGUYEN}.csv?{query}", 400)
    assert [one["parameter"] for one in problem["errors"]] == [parameter]


async def test_a_province_that_there_is_not(shared: httpx.AsyncClient) -> None:
    await refused(shared, "GET", "/v1/provinces/06/cluster-report.csv?period=2025", 404)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("lang", "filters"),
    [
        (
            "vi",
            {
                "Bộ lọc: Mã tỉnh": "Bắc Kạn (06)",
                "Bộ lọc: Kỳ báo cáo": "2025",
                "Bộ lọc: Tính đến ngày": "Bắc Kạn (06) kết thúc ngày 2025-07-01, khi sáp nhập vào "
                "Thái Nguyên (19); không nêu as_of thì số liệu tính đến ngày cuối cùng, "
                "2025-06-30.",
            },
        ),
        (
            "en",
            {
                "Filters: Province code": "Bắc Kạn (06)",
                "Filters: Reporting period": "2025",
                "Filters: As of": "Bắc Kạn (06) ended on 2025-07-01, when it became part of "
                "Thái Nguyên (19); without as_of the answer is for its last day, 2025-06-30.",
            },
        ),
    ],
)
async def test_of_a_province_that_ended_it_says_which_day_it_is_of(
    shared: httpx.AsyncClient, lang: str, filters: dict[str, str]
) -> None:
    content = await file(shared, f"/v1/provinces/06/cluster-report.xlsx?lang={lang}")
    about = {str(row[0]): str(row[1]) for row in sheet(content, 1)}
    assert {name: text for name, text in about.items() if ":" in name} == filters


def test_lines_are_known_by_their_own_words_and_have_indicators() -> None:
    for line in lines():
        assert line_of(line.text)[0] == line.indicator
        assert line.indicator in INDICATORS
        assert line.unit in UNITS
    assert set(COMPUTED) <= {line.indicator for line in lines()}


@pytest.mark.parametrize(
    ("day", "label"),
    [
        ("2025-06-14", "2025-H1"),
        ("2025-06-15", "2025"),
        ("2025-12-14", "2025"),
        ("2025-12-15", "2026-H1"),
        ("2026-01-01", "2026-H1"),
    ],
)
def test_the_period_that_a_day_lies_in(day: str, label: str) -> None:
    assert ReportingPeriod.running_on(date.fromisoformat(day)) == ReportingPeriod.parse(label)


async def test_a_form_that_is_recorded_comes_back_as_it_was(shared: httpx.AsyncClient) -> None:
    """The sample of form 04, said of another province: all its lines, and nothing else."""
    lao_cai = Given(province_code="15")
    content = (SAMPLES / "01_bieu04_tt14_nam2025.xlsx").read_bytes()
    candidates = Candidates(units(), (), (), frozenset(SiteState.members), frozenset(INDICATORS))
    form = stated_by(read_report(content, "form.xlsx", lao_cai, candidates))
    # All but the two lines that the form leaves open.
    assert len(form) == len(lines()) - 2
    assert form["cluster_revenue"] == 38420
    planned = {code: value for code, value in form.items() if INDICATORS[code].is_planned}
    day, year = "2025-12-14", "2024-12-15/2025-12-14"
    for basis, said_of in (("plan", planned), ("actual", dict(form.items() - planned.items()))):
        observations = [
            {"indicator": code, "value": float(value)}
            | ({"period": year} if INDICATORS[code].adds_up is AddsUp.flow else {})
            for code, value in said_of.items()
        ]
        body = said(day, "report", basis=basis, observations=observations)
        await post(shared, "/v1/provinces/15/statements", body)
    workbook = await file(shared, f"/v1/provinces/15/cluster-report.xlsx?{YEAR}")
    report = read_report(workbook, "report.xlsx", Given(), candidates)
    assert (report.province, report.effective_from) == ("15", day)
    assert stated_by(report) == form
