"""What is said of provinces as tables: published totals, targets and findings."""

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import Field

from app.core.query_parameters import TimeQuery
from app.core.types import Line
from app.core.vocabulary import Severity
from app.exports.tables import columns_of
from app.findings.kept_findings import Judges
from app.findings.queries import ProvinceOnDay, list_findings
from app.findings.schemas import Finding, FindingsQuery
from app.statistics.indicators import INDICATORS
from app.subjects.columns import Labels

_MOST = 1000
_STATED: Labels = {
    "kind": ("Loại hình", "Kind"),
    "indicator": ("Mã chỉ tiêu", "Indicator"),
    "name_vi": ("Chỉ tiêu", "Name in Vietnamese"),
    "name_en": ("Chỉ tiêu (tiếng Anh)", "Name in English"),
    "unit": ("Đơn vị", "Unit"),
    "period": ("Kỳ", "Period"),
    "value": ("Giá trị nêu", "Stated value"),
    "value_to": ("Cận trên", "Upper end"),
    "qualifier": ("Mức độ chính xác", "Exactness"),
}
_BY: Labels = {
    "source_id": ("Mã nguồn", "Source, by id"),
    "source_title": ("Nguồn", "Source"),
    "statement_id": ("Mã thông tin", "Statement"),
}
_COMPUTED_FROM: Labels = {
    "computed_known": ("Số khu, cụm đã biết", "Sites covered"),
    "computed_unknown": ("Số khu, cụm chưa biết", "Sites not known"),
}
_CODES = {"kind": "site_kind", "qualifier": "qualifier"}
PUBLISHED_TABLE = columns_of(
    {
        **_STATED,
        "computed_on": ("Ngày tính", "Computed for"),
        "computed": ("Giá trị tính", "Computed value"),
        "computed_qualifier": ("Mức độ chính xác của giá trị tính", "Exactness of the computed"),
        **_COMPUTED_FROM,
        "difference": ("Chênh lệch", "Difference"),
        "higher": ("Bên lớn hơn", "Which is higher"),
        **_BY,
    },
    _CODES | {"computed_qualifier": "remainder_qualifier"},
    {"computed_on"},
)
TARGET_TABLE = columns_of(
    {
        **_STATED,
        "implied": ("Suy ra từ tỷ lệ", "Implied by a percentage"),
        "reached": ("Kết quả", "Reached"),
        "reached_on": ("Đến ngày", "Reached by"),
        "reached_basis": ("Cơ sở của kết quả", "Basis of what was reached"),
        "reached_pct": ("Tỷ lệ đạt (%)", "Reached, percent"),
        "met": ("Đạt", "Met"),
        **_COMPUTED_FROM,
        **_BY,
        "reached_source_id": ("Mã nguồn của kết quả", "Source of what was reached"),
        "reached_statement_id": ("Mã thông tin của kết quả", "Statement of what was reached"),
    },
    _CODES,
    {"reached_on"},
)
FINDING_TABLE = columns_of(
    {
        "province_code": ("Mã tỉnh", "Province code"),
        "province_name": ("Tỉnh", "Province"),
        "as_of": ("Tính đến ngày", "As of"),
        "severity": ("Mức độ", "Severity"),
        "rule": ("Quy tắc", "Rule"),
        "subject_type": ("Loại đối tượng", "Type of the subject"),
        "subject_id": ("Mã đối tượng", "Subject"),
        "message_vi": ("Nội dung", "Message in Vietnamese"),
        "message_en": ("Nội dung (tiếng Anh)", "Message in English"),
        "law": ("Văn bản", "Law"),
        "statement_ids": ("Mã thông tin", "Statements"),
        "source_ids": ("Mã nguồn", "Sources"),
    },
    {"severity": "severity", "subject_type": "subject_type"},
    {"as_of"},
)


class FindingsFilter(TimeQuery):
    """Which findings a file has."""

    rule: list[Line] = Field(default_factory=list, description="Codes of rules.")
    severity: list[Severity] = Field(default_factory=list)


def stated_rows(figures: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return published totals or targets as rows: each with what its indicator is."""
    return [_of_indicator(str(one["indicator"])) | dict(one) for one in figures]


def _of_indicator(code: str) -> dict[str, object]:
    indicator = INDICATORS[code]
    named = {"name_vi": indicator.name_vi, "name_en": indicator.name_en}
    return {"kind": indicator.kind, "unit": indicator.unit, **named}


async def finding_rows(
    judges: Judges, provinces: Sequence[ProvinceOnDay], query: FindingsFilter, day: date
) -> list[Mapping[str, object]]:
    """Return all findings in some provinces as rows."""
    rows: list[Mapping[str, object]] = []
    page = FindingsQuery(rule=query.rule, severity=query.severity, limit=_MOST)
    while True:
        found, cursor = await list_findings(judges, provinces, page, day)
        rows += map(_finding_row, found)
        if cursor is None:
            return rows
        page = page.model_copy(update={"cursor": cursor})


def _finding_row(finding: Finding) -> Mapping[str, object]:
    law = finding.law.number if finding.law else None
    return {**finding.model_dump(), "law": law}
