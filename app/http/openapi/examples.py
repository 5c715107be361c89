"""The examples of the OpenAPI document: requests that are sent, and what was answered.

``icr examples`` sends the requests, in their order, to a register with the facts of the documents,
and keeps the answers in ``app/data/examples.json``; a test sends them again, on both databases, and
compares.

All reads name a date, so that the answer stays the same. The writes register what decision
1885/QĐ-UBND of 2021-10-08 says of the cluster Chu Hương, a site that the documents do not name, and
go on from there. The first makes the key that sends all the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    """A request for an operation: what stands in its path, its query and its body."""

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


_SITE = {"site_id": "ccn-quang-chu"}
_PROJECT = {"project_id": "du-an-giay-dep-huyen-tung"}
_PROVINCE = {"code": "06"}
_SERIES = {"kind": "cluster", "from": "2023-12-31", "to": "2024-12-31", "step": "year"}
_SOURCE = {"source_id": "bac-kan-industry-resolution-2021-2025"}
_ORGANIZATION = {"organization_id": "onsen-fuji-bac-kan"}
_THEN = {"as_of": "2023-12-31"}
_LATER = {"as_of": "2024-12-31"}
READS = (
    Example("list_sites", query={"province_code": "06", "kind": "cluster", "limit": "2", **_LATER}),
    Example("get_site", _SITE, _LATER),
    Example("list_sparse_sites", query={"fields": "name,area_ha", "limit": "2", **_LATER}),
    Example("get_sparse_site", _SITE, {"fields": "name,investor,investor_name", **_LATER}),
    Example("list_sparse_site_projects", {"site_id": "ccn-huyen-tung"}, {"fields": "name"}),
    Example("list_sparse_projects", query={"fields": "name,site", "limit": "2", **_LATER}),
    Example("get_sparse_project", _PROJECT, {"fields": "name,site", **_LATER}),
    Example("list_site_statements", _SITE, {"limit": "2", **_LATER}),
    Example("get_site_timeline", _SITE, _LATER),
    Example("get_site_provenance", _SITE, _LATER),
    Example("list_site_projects", {"site_id": "ccn-huyen-tung"}, {"limit": "1", **_LATER}),
    Example("export_sites_geojson", query={"q": "Quảng Chu", **_LATER}),
    Example("export_sites_csv", query={"q": "Quảng Chu", **_LATER}),
    Example("export_sites_xlsx", query={"lang": "vi", **_LATER}),
    Example("export_rollups_geojson", query={"kind": "cluster", **_THEN}),
    Example("export_rollups_csv", query={"kind": "cluster", **_THEN}),
    Example("export_rollups_xlsx", query={"lang": "vi", **_THEN}),
    Example("export_cluster_report_xlsx", _PROVINCE, {"period": "2024", "lang": "vi"}),
    Example("export_cluster_report_csv", _PROVINCE, {"period": "2024"}),
    *(
        Example(f"export_{name}_{ending}", _PROVINCE, words | _LATER)
        for name in ("established_clusters", "published", "targets", "province_findings")
        for ending, words in (("csv", {}), ("xlsx", {"lang": "vi"}))
    ),
    Example("export_findings_csv", query={"severity": "error", **_LATER}),
    Example("export_findings_xlsx", query={"lang": "vi", **_LATER}),
    *(
        Example(f"export_{name}_{ending}", query=query | words)
        for name, query in (
            ("values", {"attribute": "area_ha", "province_code": "06", **_LATER}),
            ("statements", {"subject_type": "site", "subject_id": "ccn-cam-giang"}),
            ("changes", {"after": "4"}),
        )
        for ending, words in (("csv", {}), ("xlsx", {"lang": "vi"}))
    ),
    Example("export_projects_csv", query={"province_code": "06", **_LATER}),
    Example("export_projects_xlsx", query={"lang": "vi", **_LATER}),
    Example("export_sources_csv", query={"kind": "plan"}),
    Example("export_sources_xlsx", query={"lang": "vi"}),
    Example("export_organizations_csv", query={"q": "onsen"}),
    Example("export_organizations_xlsx", query={"lang": "vi"}),
    Example("export_rollup_series_csv", _PROVINCE, _SERIES),
    Example("export_rollup_series_xlsx", _PROVINCE, {"lang": "vi", **_SERIES}),
    Example(
        "list_values",
        query={"attribute": "area_ha", "province_code": "06", "limit": "1", **_LATER},
    ),
    Example("list_projects", query={"province_code": "06", "limit": "2", **_LATER}),
    Example("get_project", _PROJECT, _LATER),
    Example("list_project_statements", _PROJECT, {"limit": "1", **_LATER}),
    Example("get_project_timeline", _PROJECT, _LATER),
    Example("get_project_provenance", _PROJECT, _LATER),
    Example(
        "list_all_statements",
        query={"source_id": "bac-kan-press-2023-12", "limit": "1", **_LATER},
    ),
    Example("get_statement", {"statement_id": "2-14"}),
    Example("list_provinces", query=_LATER),
    Example("get_province", _PROVINCE, _LATER),
    Example("list_units", query={"q": "TP Bắc Cạn", "limit": "1"}),
    Example("list_province_statements", _PROVINCE, {"limit": "1", **_LATER}),
    Example("list_observations", _PROVINCE, {"indicator": "cluster_planned_area_ha", **_LATER}),
    Example("get_rollup", _PROVINCE, {"kind": "cluster", **_THEN}),
    Example(
        "get_rollup_series",
        _PROVINCE,
        _SERIES,
    ),
    Example("list_rollups", query={"kind": "cluster", **_THEN}),
    Example("list_findings", query={"severity": "warning", "limit": "2", **_LATER}),
    Example("list_finding_rules"),
    Example("list_province_findings", _PROVINCE, {"limit": "2", **_LATER}),
    Example("list_indicators"),
    Example("get_indicator_series", {**_PROVINCE, "indicator": "cluster_planned_count"}, _LATER),
    Example("list_targets", _PROVINCE, _LATER),
    Example("list_sources", query={"limit": "2"}),
    Example("get_source", {"source_id": "bac-kan-press-2023-12"}),
    Example("list_document_statements", _SOURCE, {"limit": "1", **_LATER}),
    Example("list_citations", _SOURCE, {"limit": "1", **_LATER}),
    Example("list_organizations", query={"limit": "2"}),
    Example("get_organization", _ORGANIZATION),
    Example("list_roles", _ORGANIZATION, _LATER),
    Example("list_revisions", query={"limit": "2"}),
    Example("get_revision", {"number": "3"}),
    Example("list_revision_entries", {"number": "2"}, {"limit": "2"}),
    Example("list_changes_after", query={"after": "2", "limit": "1"}),
    Example("list_anchors", query={"limit": "2"}),
    Example("list_code_lists"),
    Example("get_code_list", {"list_name": "clearance_status"}),
    Example("list_attributes"),
    Example("livez"),
    Example("readyz"),
)
STREAM = Example("stream_changes", query={"after": "2"})
"""It has no end, so a test of its own looks at the first event."""


KEY_ID = "k7f3q9x2ab"
SECRET_SHOWN = f"icr_{KEY_ID}_…"
"""What stands in place of a secret: none is ever written down."""
_KEY = {"key_id": KEY_ID}
FIRST = Example("create_key", body={"name": "Nguyễn Văn An", "role": "administrator"})
ACCESS = (
    Example(
        "create_erasure",
        body={
            "reason": "Yêu cầu của đương sự",
            "erase": [{"type": "statement", "id": "2-1", "members": ["locator"]}],
        },
    ),
    Example("get_key", _KEY),
    Example("list_keys", query={"limit": "50"}),
    Example("list_audit", query={"action": "key_created", "limit": "50"}),
    Example("revoke_key", _KEY, body={"reason": "Chuyển công tác"}),
)
_DECISION = "decision-1885-qd-ubnd-2021"
_REVIEW = "bac-kan-press-2025-01"
_SITE = {"site_id": "ccn-chu-huong"}
_PROJECT = {"project_id": "du-an-che-bien-go-chu-huong"}
# Whatever state the subject is in; a client that has read it names its ETag instead.
_IF_MATCH = {"If-Match": "*"}


def _withdrawal(operation: str, path: Mapping[str, str], reason: str) -> Example:
    return Example(operation, path, headers=_IF_MATCH, body={"reason": reason})


WRITES = (
    Example(
        "register_source",
        body={
            "id": _DECISION,
            "kind": "decision",
            "title": "Quyết định thành lập Cụm công nghiệp Chu Hương",
            "number": "1885/QĐ-UBND",
            "issuer": "Ủy ban nhân dân tỉnh Bắc Kạn",
            "issuer_id": "ubnd-tinh-bac-kan",
            "published_on": "2021-10-08",
        },
    ),
    Example(
        "register_organization",
        body={
            "id": "trung-tam-khuyen-cong-bac-kan",
            "name": "Trung tâm Khuyến công và Xúc tiến thương mại tỉnh Bắc Kạn",
            "aliases": ["Trung tâm Khuyến công Bắc Kạn"],
        },
    ),
    Example(
        "register_site",
        body={
            "id": "ccn-chu-huong",
            "kind": "cluster",
            "source_id": _DECISION,
            "effective_from": "2021-10-08",
            "locator": "Điều 1",
            "values": {
                "name": "Cụm công nghiệp Chu Hương",
                "province_code": "06",
                "legal_status": "established",
                "area_ha": 18,
                "investor": "trung-tam-khuyen-cong-bac-kan",
            },
        },
    ),
    Example(
        "state_site",
        _SITE,
        headers=_IF_MATCH,
        body={
            "source_id": _REVIEW,
            "effective_from": "2024-12",
            "date_basis": "inferred",
            "note": "Đang bồi thường, giải phóng mặt bằng giai đoạn 1",
            "values": {
                "clearance_status": "in_progress",
                "clearance_phase": 1,
                "to_clear_ha": 18,
                "cleared_ha": 4.5,
            },
        },
    ),
    Example(
        "patch_site",
        _SITE,
        {"source_id": _REVIEW, "effective_from": "2025-01"},
        headers=_IF_MATCH,
        body={"cleared_ha": 6.25, "investor": None},
    ),
    Example(
        "register_project",
        body={
            "id": "du-an-che-bien-go-chu-huong",
            "source_id": _REVIEW,
            "effective_from": "2024",
            "values": {
                "name": "Nhà máy chế biến gỗ Chu Hương",
                "site": "ccn-chu-huong",
                "province_code": "06",
                "product": "ván ghép thanh",
            },
        },
    ),
    Example(
        "state_project",
        _PROJECT,
        headers=_IF_MATCH,
        body={
            "source_id": _REVIEW,
            "effective_from": "2024-12",
            "basis": "plan",
            "values": {
                "design_capacity": 3000,
                "design_capacity_unit": "m3",
                "design_capacity_period": "year",
            },
        },
    ),
    Example(
        "patch_project",
        _PROJECT,
        {"source_id": _REVIEW, "effective_from": "2025-01"},
        headers=_IF_MATCH,
        body={"expected_operation": "2026-06", "investor": None},
    ),
    Example(
        "state_province",
        {"code": "06"},
        body={
            "source_id": _REVIEW,
            "effective_from": "2024-12-31",
            "observations": [{"indicator": "cluster_count", "value": 7}],
        },
    ),
    Example(
        "state_document",
        {"source_id": "bac-kan-industry-resolution-2021-2025"},
        body={
            "source_id": _REVIEW,
            "effective_from": "2021",
            "locator": "Nghị quyết phát triển công nghiệp giai đoạn 2021-2025",
            "values": {"status": "in_force"},
        },
    ),
    Example(
        "state_bulk",
        query={"skip_refused": "true"},
        body={
            "reason": "Báo cáo 6 tháng đầu năm 2025",
            "sources": [
                {
                    "id": "bac-kan-report-2025-h1",
                    "kind": "report",
                    "title": "Báo cáo tình hình phát triển cụm công nghiệp 6 tháng đầu năm 2025",
                    "published_on": "2025-06",
                },
                {"id": "bac-kan-report-2025-h1-ban-sao", "kind": "report", "title": "Bản sao"},
            ],
            "organizations": [{"id": "cong-ty-chua-ro", "name": "Công ty chưa rõ"}],
            "statements": [
                {
                    "subject_type": "site",
                    "subject_id": "ccn-chu-huong",
                    "source_id": "bac-kan-report-2025-h1",
                    "effective_from": "2025-06",
                    "values": {"cleared_ha": 9},
                },
                {
                    "subject_type": "site",
                    "subject_id": "ccn-chu-huong",
                    "source_id": "bac-kan-report-2025-h1",
                    "effective_from": "2025-06",
                    "values": {"cleared_ha": 19.5},
                },
                {
                    "subject_type": "province",
                    "subject_id": "06",
                    "source_id": "bac-kan-report-2025-h1",
                    "effective_from": "2025-06",
                    "observations": [{"indicator": "cluster_count", "value": 7}],
                },
            ],
        },
    ),
    Example(
        "replace_statement",
        {"statement_id": "8-1"},
        headers=_IF_MATCH,
        body={
            "subject_type": "site",
            "reason": "Nhập nhầm diện tích",
            "source_id": _DECISION,
            "effective_from": "2021-10-08",
            "locator": "Điều 1",
            "values": {
                "name": "Cụm công nghiệp Chu Hương",
                "province_code": "06",
                "legal_status": "established",
                "area_ha": 18.5,
                "investor": "trung-tam-khuyen-cong-bac-kan",
            },
        },
    ),
    Example(
        "correct_source",
        {"source_id": _DECISION},
        {"reason": "Nhập nhầm ngày ban hành"},
        headers=_IF_MATCH,
        body={"published_on": "2021-10-18"},
    ),
    Example(
        "correct_organization",
        {"organization_id": "trung-tam-khuyen-cong-bac-kan"},
        {"reason": "Sai chính tả"},
        headers=_IF_MATCH,
        body={"name": "Trung tâm Khuyến công và Xúc tiến thương mại Bắc Kạn"},
    ),
    Example(
        "merge_organization",
        {"organization_id": "trung-tam-khuyen-cong-bac-kan"},
        headers=_IF_MATCH,
        body={"into": "ban-quan-ly-kcn-bac-kan", "reason": "Đăng ký trùng"},
    ),
    Example("retract_statement", {"statement_id": "2-14"}, body={"reason": "Nhập nhầm nguồn"}),
    _withdrawal(
        "withdraw_source", {"source_id": "bac-kan-report-2025-h1-ban-sao"}, "Đăng ký nhầm bản sao"
    ),
    _withdrawal("withdraw_organization", {"organization_id": "cong-ty-chua-ro"}, "Đăng ký nhầm"),
    _withdrawal("withdraw_project", _PROJECT, "Đăng ký trùng với dự án khác"),
    _withdrawal("withdraw_site", _SITE, "Đăng ký nhầm, cụm công nghiệp đã có trong danh mục"),
)


ANSWERS = Path(__file__).resolve().parents[2] / "data" / "examples.json"
