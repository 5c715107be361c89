"""An example for each write, in an order in which they can follow one another.

They register what decision 1885/QĐ-UBND of 2021-10-08 says of the cluster Chu Hương, a site that
the documents do not name, and go on from there.
"""

from app.api.examples.model import Example

_DECISION = "decision-1885-qd-ubnd-2021"
_REVIEW = "bac-kan-press-2025-01"
_SITE = {"site_id": "ccn-chu-huong"}
_PROJECT = {"project_id": "du-an-che-bien-go-chu-huong"}
# Whatever state the subject is in; a client that has read it names its ETag instead.
_IF_MATCH = {"If-Match": "*"}

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
        "retract_statement",
        {"statement_id": "66-1"},
        body={"reason": "Nhập nhầm nguồn, sẽ ghi lại"},
    ),
    Example(
        "withdraw_project",
        _PROJECT,
        headers=_IF_MATCH,
        body={"reason": "Đăng ký trùng với dự án khác"},
    ),
    Example(
        "withdraw_site",
        _SITE,
        headers=_IF_MATCH,
        body={"reason": "Đăng ký nhầm, cụm công nghiệp đã có trong danh mục"},
    ),
)
