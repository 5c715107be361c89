"""Every operation of the API, with a request for each that would do."""

import json
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.access.principals import PrincipalRole
from app.access.tables import ACCESS_KEYS
from app.database import Database
from app.imports.store import DRAFTS, LAYOUTS
from app.proposals import store as proposals
from tests.support.http import said
from tests.support.registers import SEEDS, bearer, beginning_with, make_key, prepare_seeded, serving

# As it is kept: that the application says the same is tested in test_document.py, and to have it
# say so here would cost every process that collects tests some seconds.
DOCUMENT: dict[str, Any] = json.loads(
    (SEEDS.parent / "openapi" / "openapi.json").read_text("utf-8")
)
METHODS = ("get", "post", "put", "patch", "delete", "options", "trace")
# For each path parameter something that the documents have.
KNOWN = {
    "site_id": "ccn-quang-chu",
    "project_id": "du-an-giay-dep-huyen-tung",
    "code": "06",
    "indicator": "cluster_planned_count",
    "statement_id": "2-14",
    "source_id": "bac-kan-press-2023-12",
    "organization_id": "onsen-fuji-bac-kan",
    "number": "1",
    "list_name": "clearance_status",
    "key_id": "known00000",
    "import_id": "known-import",
    "layout_id": "known-layout",
    "proposal_id": "known-proposal",
}
SOURCE = "bac-kan-press-2023-12"
BODIES: dict[str, Any] = {
    "/v1/sites": said(
        "2024", SOURCE, kind="cluster", values={"name": "CCN Mới", "province_code": "06"}
    ),
    "/v1/sites/{site_id}": {"area_ha": 5},
    "/v1/sites/{site_id}/statements": said("2024", SOURCE, values={"area_ha": 5}),
    "/v1/sites/{site_id}/withdrawal": {"reason": "Nhầm"},
    "/v1/projects": said("2024", SOURCE, values={"name": "Dự án mới", "province_code": "06"}),
    "/v1/projects/{project_id}": {"design_capacity": 5},
    "/v1/projects/{project_id}/statements": said("2024", SOURCE, values={"design_capacity": 5}),
    "/v1/projects/{project_id}/withdrawal": {"reason": "Nhầm"},
    "/v1/sources/{source_id}/statements": said("2024", SOURCE, values={"status": "in_force"}),
    "/v1/sources/{source_id}": {"note": "Đính chính"},
    "/v1/sources/{source_id}/withdrawal": {"reason": "Nhầm"},
    "/v1/erasures": {
        "reason": "Yêu cầu của đương sự",
        "erase": [{"type": "revision", "id": "1", "members": ["author"]}],
    },
    "/v1/organizations/{organization_id}": {"name": "Đính chính"},
    "/v1/organizations/{organization_id}/merge": {
        "into": "ubnd-tinh-bac-kan",
        "reason": "Nhầm",
    },
    "/v1/organizations/{organization_id}/withdrawal": {"reason": "Nhầm"},
    "/v1/statements/bulk": {
        "statements": [
            said(
                "2024",
                SOURCE,
                subject_type="site",
                subject_id="ccn-quang-chu",
                values={"affected_households": 5},
            )
        ]
    },
    "/v1/statements/{statement_id}/retraction": {"reason": "Nhầm"},
    "/v1/statements/{statement_id}/replacement": said(
        "2024",
        SOURCE,
        subject_type="site",
        reason="Nhầm",
        values={"affected_households": 6},
    ),
    "/v1/provinces/{code}/statements": said(
        "2024", SOURCE, observations=[{"indicator": "cluster_count", "value": 5}]
    ),
    "/v1/sources": {"id": "new", "kind": "plan", "title": "Mới"},
    "/v1/organizations": {"id": "new", "name": "Mới"},
    "/v1/keys": {"name": "Mới", "role": "auditor"},
    "/v1/keys/{key_id}/revocation": {"reason": "Nhầm"},
}
_DATES = "?from=2023-01-01&to=2024-01-01"
REQUIRED = {
    "/v1/sources/{source_id} patch": "?reason=typo",
    "/v1/organizations/{organization_id} patch": "?reason=typo",
    **{f"/v1/provinces/{{code}}/rollup/series{end}": _DATES for end in ("", ".csv", ".xlsx")},
    **dict.fromkeys(("/v1/values", "/v1/values.csv", "/v1/values.xlsx"), "?attribute=area_ha"),
    **{path: "?fields=name" for path in DOCUMENT["paths"] if path.startswith("/v1/sparse/")},
    "/v1/sites/{site_id} patch": f"?source_id={SOURCE}&effective_from=2024",
    "/v1/projects/{project_id} patch": f"?source_id={SOURCE}&effective_from=2024",
}
OPERATIONS = [
    (method, path)
    for path, methods in DOCUMENT["paths"].items()
    for method in METHODS
    if method in methods
]
# It waits for what comes: what it answers is looked at by tests of its own.
ENDLESS = "/v1/changes/stream"
READS = [path for method, path in OPERATIONS if method == "get" and path != ENDLESS]
# Files that are sent while they are made: neither their length nor their hash is known before.
STREAMED = {"/v1/sites.geojson"} | {
    f"/v1/{name}.{extension}"
    for name in (
        "sites",
        "projects",
        "sources",
        "organizations",
        "values",
        "statements",
        "changes",
    )
    for extension in ("csv", "xlsx")
}
# Keys are no part of the register: what is written of them is neither rehearsed nor kept.
KEYS = "/v1/keys"
# Nor are imports and proposals: what is sent and answered about them is in tests of their own.
IMPORTS = "/v1/imports"
PROPOSALS = "/v1/proposals"
WRITES = [
    (method, path)
    for method, path in OPERATIONS
    if method != "get" and not path.startswith((IMPORTS, PROPOSALS))
]
REGISTER_WRITES = [(method, path) for method, path in WRITES if not path.startswith(KEYS)]
STATEMENTS = "/v1/sites/ccn-quang-chu/statements"
JSON = {"content-type": "application/json"}


def address(path: str, method: str = "get") -> str:
    """Return a path with its parameters filled in and its required query."""
    return path.format_map(KNOWN) + REQUIRED.get(f"{path} {method}", REQUIRED.get(path, ""))


def media_type(method: str) -> dict[str, str]:
    return {"content-type": "application/merge-patch+json"} if method == "patch" else JSON


def head_of(method: str) -> dict[str, str]:
    """Return what a body is sent with: its media type, and If-Match where that is needed."""
    return media_type(method) | ({"if-match": "*"} if method == "patch" else {})


def query_parameters(method: str, path: str) -> list[dict[str, Any]]:
    declared: list[dict[str, Any]] = DOCUMENT["paths"][path][method].get("parameters", [])
    return [parameter for parameter in declared if parameter["in"] == "query"]


TABLE = "TT;Tên CCN;Diện tích (ha);Mã\n1;CCN Quảng Chu;74,4;x\n"
"""A file to import."""
ANSWER = {"columns": {"D": "ignored"}}


async def propose(database: Database) -> None:
    """Propose something as a contributor of Bắc Kạn, and give the proposal its id."""
    made = await make_key(database, "commune", PrincipalRole.contributor, [("06", "2025-06-30")])
    async with serving(database.url) as client:
        body = BODIES["/v1/statements/bulk"]
        await client.post(PROPOSALS, json=body, headers=bearer(made.key))
    known = {"proposal_id": KNOWN["proposal_id"]}
    async with database.write() as session:
        concerned = (await session.execute(select(proposals.PROVINCES))).mappings().all()
        await session.execute(delete(proposals.PROVINCES))
        await session.execute(update(proposals.PROPOSALS).values(id=KNOWN["proposal_id"]))
        rows = [{**one, **known} for one in concerned]
        await session.execute(insert(proposals.PROVINCES), rows)


async def send_a_file(database: Database) -> None:
    """Import a file, answer something about its columns, and give both their ids."""
    async with serving(database.url) as client:
        sent = await client.post(IMPORTS, files={"file": ("clusters.csv", TABLE.encode())})
        head = head_of("patch")
        await client.patch(sent.headers["location"], json=ANSWER, headers=head)
    async with database.write() as session:
        await session.execute(update(DRAFTS).values(id=KNOWN["import_id"]))
        await session.execute(update(LAYOUTS).values(id=KNOWN["layout_id"]))


@beginning_with(prepare_seeded)
async def prepare_documents(database: Database) -> None:
    """Give what the operations name its ids, a key and an import, beside the facts."""
    made = await make_key(database, "known")
    await send_a_file(database)
    await propose(database)
    async with database.write() as session:
        renamed = update(ACCESS_KEYS).where(ACCESS_KEYS.c.id == made.id)
        await session.execute(renamed.values(id=KNOWN["key_id"]))
