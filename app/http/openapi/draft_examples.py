"""The examples of what is on its way into the register: imports and proposals."""

from collections.abc import Mapping

from app.http.openapi.examples import Example

IMPORT_ID = "20251103-021500000000-5b0f3a3c"
"""What stands in place of the ids of imports and layouts, which are made of the time."""
_IMPORT = {"import_id": IMPORT_ID}
_CREATION = Example(
    "create_import",
    body={
        "file": "TT\tTên CCN\tDiện tích (ha)\tHiện trạng\tMã\n"
        "1\tCCN Quảng Chu\t74,4\tĐang GPMB\tQC1\n2\tCCN Nà Bản\t1.125\t\tNB1\n",
        "province_code": "19",
        "kind": "cluster",
        "effective_from": "2025-12-31",
        "source_issuer": "Sở Công Thương tỉnh Thái Nguyên",
    },
)
IMPORTS = (
    _CREATION,
    Example("list_imports", query={"state": "draft", "limit": "2"}),
    Example("get_import", _IMPORT),
    Example("list_import_rows", _IMPORT, {"having": "errors"}),
    Example(
        "answer_import",
        _IMPORT,
        headers={"If-Match": "*"},
        body={
            "columns": {"E": "ignored"},
            "rows": {
                "2": {"confirmed": True},
                "3": {"match": "new", "values": {"area_ha": 11.25}},
            },
        },
    ),
    Example("get_import_template", query={"province_code": "19", "as_of": "2025-12-31"}),
    Example("get_import_remarks", _IMPORT, {"lang": "vi"}),
    Example("list_import_layouts"),
    Example("forget_import_layout", {"layout_id": IMPORT_ID}),
    Example("commit_import", _IMPORT, body={"revision": 25}),
    Example("retract_import", _IMPORT, body={"reason": "Nhầm tệp"}),
    _CREATION,
    Example("delete_import", _IMPORT),
)
_PROPOSAL = {"proposal_id": IMPORT_ID}
_PROPOSED: Mapping[str, object] = {
    "reason": "Chủ đầu tư kê khai",
    "statements": [
        {
            "subject_type": "site",
            "subject_id": "ccn-quang-chu",
            "source_id": "bac-kan-press-2023-12",
            "effective_from": "2023-12-31",
            "values": {"affected_households": 12},
        }
    ],
}
_ANY = {"If-Match": "*"}
_PROPOSING = Example("create_proposal", body=_PROPOSED)
PROPOSALS = (
    _PROPOSING,
    Example("withdraw_proposal", _PROPOSAL, headers=_ANY, body={"reason": "Gửi nhầm"}),
    _PROPOSING,
    Example("list_proposals", query={"state": "submitted", "limit": "2"}),
    Example("get_proposal", _PROPOSAL),
    Example("get_proposal_body", _PROPOSAL),
    Example("return_proposal", _PROPOSAL, headers=_ANY, body={"reason": "Ghi rõ nguồn"}),
    Example("change_proposal", _PROPOSAL, headers=_ANY, body=_PROPOSED),
    Example("approve_proposal", _PROPOSAL, headers=_ANY, body={"reason": "Đã kiểm tra"}),
)
