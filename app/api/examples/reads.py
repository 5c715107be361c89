"""An example for each read. All name a date, so that the answer stays the same."""

from app.api.examples.model import Example

_SITE = {"site_id": "ccn-quang-chu"}
_PROJECT = {"project_id": "du-an-giay-dep-huyen-tung"}
_PROVINCE = {"code": "06"}
_SOURCE = {"source_id": "bac-kan-industry-resolution-2021-2025"}
_ORGANIZATION = {"organization_id": "onsen-fuji-bac-kan"}
_THEN = {"as_of": "2023-12-31"}
_LATER = {"as_of": "2024-12-31"}

READS = (
    Example("list_sites", query={"province_code": "06", "kind": "cluster", "limit": "2", **_LATER}),
    Example("get_site", _SITE, _LATER),
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
    Example("export_established_clusters_xlsx", _PROVINCE, {"lang": "vi", **_LATER}),
    Example("export_established_clusters_csv", _PROVINCE, _LATER),
    Example("list_projects", query={"province_code": "06", "limit": "2", **_LATER}),
    Example("get_project", _PROJECT, _LATER),
    Example("list_project_statements", _PROJECT, {"limit": "1", **_LATER}),
    Example("get_project_timeline", _PROJECT, _LATER),
    Example("get_project_provenance", _PROJECT, _LATER),
    Example("get_statement", {"statement_id": "66-1"}),
    Example("list_provinces", query=_LATER),
    Example("get_province", _PROVINCE, _LATER),
    Example("list_province_statements", _PROVINCE, {"limit": "1", **_LATER}),
    Example("list_observations", _PROVINCE, {"indicator": "cluster_planned_area_ha", **_LATER}),
    Example("get_rollup", _PROVINCE, {"kind": "cluster", **_THEN}),
    Example(
        "get_rollup_series",
        _PROVINCE,
        {"kind": "cluster", "from": "2023-12-31", "to": "2024-12-31", "step": "year"},
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
    Example("get_revision", {"number": "66"}),
    Example("list_changes_after", query={"after": "65", "limit": "2"}),
    Example("list_code_lists"),
    Example("get_code_list", {"list_name": "clearance_status"}),
    Example("list_attributes"),
    Example("livez"),
    Example("readyz"),
)

STREAM = Example("stream_changes", query={"after": "65"})
"""It has no end, so a test of its own looks at the first event."""
