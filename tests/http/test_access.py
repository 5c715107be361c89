"""Every operation with every role, own and foreign province, and credentials that do not hold.

What each operation is about, and what it answers, is written out here by hand; an operation that is
missing fails the first test. What a role may at all is a table of its own in test_principals.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.access.keys import ApiKey
from app.access.tables import ACCESS_KEYS
from app.database import Database
from tests.support.http import as_problem, latest_revision, said, signed_in
from tests.support.operations import (
    ANSWER,
    ENDLESS,
    IMPORTS,
    KNOWN,
    OPERATIONS,
    PROPOSALS,
    REQUIRED,
    SOURCE,
    TABLE,
    head_of,
    prepare_documents,
)
from tests.support.registers import Templates, bearer, get, make_key, opened, post, serving

OPEN, READ, AUDIT, ADMINISTER = "open", "read", "audit", "administer"
ANY, OWN = "write anything", "write what is in the own provinces"
ADMIN = "write about what anybody may name"
SENT = "what was sent by oneself"
PROPOSE, PROPOSE_OWN = "propose anything", "propose what is in the own provinces"
RETRACTED = "what was recorded of what was sent by oneself"
CONCERNED = "see what is proposed in the own provinces"
DECIDE = "decide on what is proposed in the own provinces"
PROPOSED = "what was proposed by oneself"
EXPECTED = {
    "delete /v1/imports/layouts/{layout_id}": SENT,
    "delete /v1/imports/{import_id}": SENT,
    "get /livez": OPEN,
    "get /readyz": OPEN,
    "get /v1/anchors": READ,
    "get /v1/attributes": READ,
    "get /v1/audit": AUDIT,
    "get /v1/changes": READ,
    "get /v1/changes.csv": READ,
    "get /v1/changes.xlsx": READ,
    "get /v1/changes/stream": READ,
    "get /v1/findings": READ,
    "get /v1/findings.csv": READ,
    "get /v1/findings.xlsx": READ,
    "get /v1/findings/rules": READ,
    "get /v1/imports": PROPOSE,
    "get /v1/imports/layouts": PROPOSE,
    "get /v1/imports/template.xlsx": PROPOSE,
    "get /v1/imports/{import_id}": SENT,
    "get /v1/imports/{import_id}/remarks.xlsx": SENT,
    "get /v1/imports/{import_id}/rows": SENT,
    "get /v1/indicators": READ,
    "get /v1/keys": ADMINISTER,
    "get /v1/keys/{key_id}": ADMINISTER,
    "get /v1/organizations": READ,
    "get /v1/organizations.csv": READ,
    "get /v1/organizations.xlsx": READ,
    "get /v1/organizations/{organization_id}": READ,
    "get /v1/organizations/{organization_id}/roles": READ,
    "get /v1/projects": READ,
    "get /v1/projects.csv": READ,
    "get /v1/projects.xlsx": READ,
    "get /v1/projects/{project_id}": READ,
    "get /v1/projects/{project_id}/provenance": READ,
    "get /v1/projects/{project_id}/statements": READ,
    "get /v1/projects/{project_id}/timeline": READ,
    "get /v1/proposals": PROPOSE,
    "get /v1/proposals/{proposal_id}": CONCERNED,
    "get /v1/proposals/{proposal_id}/body": CONCERNED,
    "get /v1/provinces": READ,
    "get /v1/provinces/{code}": READ,
    "get /v1/provinces/{code}/cluster-report.csv": READ,
    "get /v1/provinces/{code}/cluster-report.xlsx": READ,
    "get /v1/provinces/{code}/established-clusters.csv": READ,
    "get /v1/provinces/{code}/established-clusters.xlsx": READ,
    "get /v1/provinces/{code}/findings": READ,
    "get /v1/provinces/{code}/findings.csv": READ,
    "get /v1/provinces/{code}/findings.xlsx": READ,
    "get /v1/provinces/{code}/indicators/{indicator}": READ,
    "get /v1/provinces/{code}/observations": READ,
    "get /v1/provinces/{code}/published.csv": READ,
    "get /v1/provinces/{code}/published.xlsx": READ,
    "get /v1/provinces/{code}/rollup": READ,
    "get /v1/provinces/{code}/rollup/series": READ,
    "get /v1/provinces/{code}/rollup/series.csv": READ,
    "get /v1/provinces/{code}/rollup/series.xlsx": READ,
    "get /v1/provinces/{code}/statements": READ,
    "get /v1/provinces/{code}/targets": READ,
    "get /v1/provinces/{code}/targets.csv": READ,
    "get /v1/provinces/{code}/targets.xlsx": READ,
    "get /v1/revisions": READ,
    "get /v1/revisions/{number}": READ,
    "get /v1/revisions/{number}/entries": READ,
    "get /v1/rollups": READ,
    "get /v1/rollups.csv": READ,
    "get /v1/rollups.geojson": READ,
    "get /v1/rollups.xlsx": READ,
    "get /v1/sites": READ,
    "get /v1/sites.csv": READ,
    "get /v1/sites.geojson": READ,
    "get /v1/sites.xlsx": READ,
    "get /v1/sites/{site_id}": READ,
    "get /v1/sites/{site_id}/projects": READ,
    "get /v1/sites/{site_id}/provenance": READ,
    "get /v1/sites/{site_id}/statements": READ,
    "get /v1/sites/{site_id}/timeline": READ,
    "get /v1/sources": READ,
    "get /v1/sources.csv": READ,
    "get /v1/sources.xlsx": READ,
    "get /v1/sources/{source_id}": READ,
    "get /v1/sources/{source_id}/citations": READ,
    "get /v1/sources/{source_id}/statements": READ,
    "get /v1/sparse/projects": READ,
    "get /v1/sparse/projects/{project_id}": READ,
    "get /v1/sparse/sites": READ,
    "get /v1/sparse/sites/{site_id}": READ,
    "get /v1/sparse/sites/{site_id}/projects": READ,
    "get /v1/statements": READ,
    "get /v1/statements.csv": READ,
    "get /v1/statements.xlsx": READ,
    "get /v1/statements/{statement_id}": READ,
    "get /v1/units": READ,
    "get /v1/values": READ,
    "get /v1/values.csv": READ,
    "get /v1/values.xlsx": READ,
    "get /v1/vocabulary": READ,
    "get /v1/vocabulary/{list_name}": READ,
    "patch /v1/imports/{import_id}": SENT,
    "patch /v1/organizations/{organization_id}": ADMIN,
    "patch /v1/projects/{project_id}": OWN,
    "patch /v1/sites/{site_id}": OWN,
    "patch /v1/sources/{source_id}": ADMIN,
    "post /v1/imports": PROPOSE,
    "post /v1/imports/{import_id}/commit": SENT,
    "post /v1/imports/{import_id}/retraction": RETRACTED,
    "post /v1/erasures": ADMINISTER,
    "post /v1/keys": ADMINISTER,
    "post /v1/keys/{key_id}/revocation": ADMINISTER,
    "post /v1/organizations": ANY,
    "post /v1/organizations/{organization_id}/merge": ADMIN,
    "post /v1/organizations/{organization_id}/withdrawal": ADMIN,
    "post /v1/projects": OWN,
    "post /v1/projects/{project_id}/statements": OWN,
    "post /v1/projects/{project_id}/withdrawal": OWN,
    "post /v1/proposals": PROPOSE_OWN,
    "post /v1/proposals/{proposal_id}/approval": DECIDE,
    "post /v1/proposals/{proposal_id}/return": DECIDE,
    "post /v1/proposals/{proposal_id}/withdrawal": PROPOSED,
    "post /v1/provinces/{code}/statements": OWN,
    "post /v1/sites": OWN,
    "post /v1/sites/{site_id}/statements": OWN,
    "post /v1/sites/{site_id}/withdrawal": OWN,
    "post /v1/sources": ANY,
    "post /v1/sources/{source_id}/statements": ANY,
    "post /v1/sources/{source_id}/withdrawal": ADMIN,
    "post /v1/statements/bulk": OWN,
    "post /v1/statements/{statement_id}/replacement": OWN,
    "post /v1/statements/{statement_id}/retraction": OWN,
    "put /v1/proposals/{proposal_id}/body": PROPOSED,
}
ROLES = (
    *("nobody", "reader", "own contributor", "foreign contributor", "own editor"),
    *("foreign editor", "auditor", "administrator"),
)
MAY = {
    OPEN: set(ROLES),
    READ: set(ROLES),
    AUDIT: {"auditor", "administrator"},
    ADMINISTER: {"administrator"},
    ANY: {"own editor", "foreign editor", "administrator"},
    OWN: {"own editor", "administrator"},
    ADMIN: {"administrator"},
    SENT: {"administrator"},
    RETRACTED: {"administrator"},
    PROPOSE: {
        *("own contributor", "foreign contributor", "own editor", "foreign editor"),
        "administrator",
    },
    PROPOSE_OWN: {"own contributor", "own editor", "administrator"},
    CONCERNED: {"own editor", "administrator"},
    DECIDE: {"own editor", "administrator"},
    PROPOSED: set(),
}
HIDDEN = {
    SENT: {"own contributor", "foreign contributor", "own editor", "foreign editor"},
    RETRACTED: {"own editor", "foreign editor"},
    CONCERNED: {"own contributor", "foreign contributor", "foreign editor"},
    DECIDE: {"foreign editor"},
    PROPOSED: {"own contributor", "foreign contributor", "foreign editor"},
}
"""To whom not even whether there is one is said."""
LET_IN = {False: {200, 201}, True: {400}}
INVALID = ("expired", "revoked", "unknown", "wrong secret", "malformed", "basic", "empty", "token")
pytestmark = pytest.mark.databases("sqlite")
every_operation = pytest.mark.parametrize(
    ("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS]
)


def test_every_operation_is_here() -> None:
    """When not: write down what the new operation is about, and who may use it."""
    assert {f"{method} {path}" for method, path in OPERATIONS} == set(EXPECTED)


# Bắc Kạn before the merger, and Hòa Bình, which never was a part of the same province.
OWN_PROVINCE, FOREIGN_PROVINCE = ("06", "2025-06-30"), ("17", "2025-06-30")
SITE, PROJECT = "ccn-quang-chu", "du-an-giay-dep-huyen-tung"


@dataclass
class Doors:
    """A register with the documents, and credentials of every kind."""

    client: httpx.AsyncClient
    credentials: dict[str, dict[str, str]]
    statement: str

    async def ask(self, method: str, path: str, who: str) -> httpx.Response:
        """Send a request that would do, if whoever sends it may; writes are only rehearsed."""
        query = REQUIRED.get(f"{path} {method}", REQUIRED.get(path, ""))
        url = path.format_map({**KNOWN, "statement_id": self.statement}) + query
        # Whoever is let in is told that there is no such revision, and nobody waits for ever.
        url += f"?after={2**53}" if path == ENDLESS else ""
        content: dict[str, Any] = {"headers": {**self.credentials[who]}}
        if (method, path) == ("post", IMPORTS):
            content["files"] = {"file": ("clusters.csv", TABLE.encode())}
        elif method in {"post", "put", "patch"}:
            content["json"] = BODIES[path]
            content["headers"] |= head_of(method)
            if path.startswith(f"{PROPOSALS}/"):
                content["headers"]["if-match"] = "*"
        if method != "get" and not path.startswith("/v1/keys"):
            url += ("&" if query else "?") + "dry_run=true"
        return await self.client.request(method, url, **content)


PLACE = {"name": "A", "province_code": "06"}
OBSERVED = [{"indicator": "cluster_count", "value": 77}]
PROPOSAL = {
    "statements": [
        said(
            "2023",
            SOURCE,
            subject_type="site",
            subject_id=SITE,
            values={"affected_households": 5},
        )
    ]
}
BODIES: dict[str, Any] = {
    "/v1/sites": said("2024", SOURCE, kind="cluster", id="ccn-doors", values=PLACE),
    "/v1/sites/{site_id}": {"affected_households": 5},
    "/v1/sites/{site_id}/statements": said("2024", SOURCE, values={"affected_households": 5}),
    "/v1/sites/{site_id}/withdrawal": {"reason": "Nhầm"},
    "/v1/projects": said("2024", SOURCE, id="du-an-doors", values=PLACE),
    "/v1/projects/{project_id}": {"address": "Lô 5"},
    "/v1/projects/{project_id}/statements": said("2024", SOURCE, values={"address": "Lô 5"}),
    "/v1/projects/{project_id}/withdrawal": {"reason": "Nhầm"},
    "/v1/sources": {"id": "doors", "kind": "plan", "title": "Mới"},
    "/v1/sources/{source_id}/statements": said("2024", SOURCE, values={"status": "in_force"}),
    "/v1/organizations": {"id": "doors", "name": "Mới"},
    "/v1/provinces/{code}/statements": said("2024", SOURCE, observations=OBSERVED),
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
                subject_id=SITE,
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
    "/v1/imports/{import_id}": ANSWER,
    "/v1/imports/{import_id}/commit": {"revision": 5},
    "/v1/imports/{import_id}/retraction": {"reason": "Nhầm"},
    "/v1/proposals": PROPOSAL,
    "/v1/proposals/{proposal_id}/body": PROPOSAL,
    "/v1/proposals/{proposal_id}/approval": {},
    "/v1/proposals/{proposal_id}/return": {"reason": "Nhầm"},
    "/v1/proposals/{proposal_id}/withdrawal": {},
    "/v1/keys": {"name": "Mới", "role": "auditor"},
    "/v1/keys/{key_id}/revocation": {"reason": "Nhầm"},
}


@asynccontextmanager
async def opened_doors(templates: Templates, kind: str, **settings: Any) -> AsyncIterator[Doors]:
    """Serve the documents; whatever is asked then may change nothing but keys."""
    async with (
        templates.copy(kind, prepare_documents) as url,
        serving(url, **settings) as client,
        opened(url) as database,
    ):
        credentials = await credentials_of(client, database)
        (newest,) = (await get(client, f"/v1/sites/{SITE}/statements", limit=1))["items"]
        before = await latest_revision(client)
        anonymous = httpx.AsyncClient(transport=client._transport, base_url=client.base_url)
        yield Doors(anonymous, credentials, newest["id"])
        assert await latest_revision(client) == before


@pytest.fixture(scope="module")
async def doors(module_kind: str, templates: Templates) -> AsyncIterator[Doors]:
    """Give the doors of a register that is read in public."""
    async with opened_doors(templates, module_kind) as found:
        yield found


@pytest.fixture(scope="module")
async def closed(module_kind: str, templates: Templates) -> AsyncIterator[Doors]:
    """Give the doors of a register that is not read in public."""
    async with opened_doors(templates, module_kind, public_reading=False) as found:
        yield found


async def credentials_of(
    client: httpx.AsyncClient, database: Database
) -> dict[str, dict[str, str]]:
    found = {
        "nobody": {},
        "reader": await signed_in(client, "Đọc", "reader"),
        "own contributor": await signed_in(client, "Xã", "contributor", OWN_PROVINCE),
        "foreign contributor": await signed_in(client, "Xa", "contributor", FOREIGN_PROVINCE),
        "own editor": await signed_in(client, "Nhà", "editor", OWN_PROVINCE),
        "foreign editor": await signed_in(client, "Khách", "editor", FOREIGN_PROVINCE),
        "auditor": await signed_in(client, "Kiểm", "auditor"),
        "administrator": await signed_in(client, "Quản", "administrator"),
    }
    return found | await invalid_credentials(client, database)


async def invalid_credentials(
    client: httpx.AsyncClient, database: Database
) -> dict[str, dict[str, str]]:
    """Return what opens nothing although all of it was, or might have been, an administrator's."""
    expired, revoked, other = [await make_key(database) for _ in range(3)]
    past = datetime.now(UTC) - timedelta(seconds=1)
    async with database.write() as session:
        due = update(ACCESS_KEYS).where(ACCESS_KEYS.c.id == expired.id)
        await session.execute(due.values(expires_at=past))
    await post(client, f"/v1/keys/{revoked.id}/revocation", {"reason": "Nhầm"})
    # The id of one key with the secret of another, with the check that belongs to them.
    mixed = ApiKey(other.id, expired.key.rpartition("_")[2][:-8]).text
    unknown = ApiKey("nokey00000", "A" * 40).text
    return {
        "expired": bearer(expired.key),
        "revoked": bearer(revoked.key),
        "unknown": bearer(unknown),
        "wrong secret": bearer(mixed),
        "malformed": bearer(other.key[:-1]),
        "basic": {"Authorization": f"Basic {other.key}"},
        "empty": {"Authorization": ""},
        "token": bearer("e30.e30."),
    }


def wrong_answer(operation: str, who: str, response: httpx.Response) -> str | None:
    """Say what is wrong with an answer to one of the roles, if anything is."""
    if who in MAY[EXPECTED[operation]]:
        let_in = LET_IN[operation.endswith(f" {ENDLESS}")]
        return None if response.status_code in let_in else f"not let in: {response.text}"
    kind, status = ("unauthenticated", 401) if who == "nobody" else ("forbidden", 403)
    if who in HIDDEN.get(EXPECTED[operation], ()):
        kind, status = "not-found", 404
    if response.status_code != status:
        return f"not {status} but {response.status_code}: {response.text}"
    if as_problem(response, status)["type"] != f"/problems/{kind}":
        return f"not {kind}: {response.text}"
    if ("www-authenticate" in response.headers) is not (who == "nobody"):
        return f"WWW-Authenticate: {response.headers.get('www-authenticate')}"
    return None


def wrong_refusal(operation: str, what: str, response: httpx.Response) -> str | None:
    """Say what is wrong with an answer to credentials that do not hold, if anything is."""
    if EXPECTED[operation] == OPEN:
        return None if response.status_code == 200 else f"not open: {response.text}"
    if response.status_code != 401:
        return f"not 401 but {response.status_code}: {response.text}"
    detail = as_problem(response, 401)["detail"]
    if what in {"basic", "empty"}:
        # Not of the kind that is wanted: what is said is how to send them (RFC 6750, section 3.1).
        challenge = response.headers["www-authenticate"]
        fits = "Authorization: Bearer" in detail and challenge == 'Bearer realm="icr"'
        return None if fits else f"{challenge}: {detail}"
    if 'error="invalid_token"' not in response.headers["www-authenticate"]:
        return f"WWW-Authenticate: {response.headers['www-authenticate']}"
    reason = {"expired": " expired on ", "revoked": " was revoked on "}.get(what)
    fits = reason in detail if reason else detail == "These credentials are not valid."
    return None if fits else detail


async def wrong_answers(doors: Doors, method: str, path: str) -> dict[str, str]:
    """Return, by role, what is wrong with the answers of an operation to all of them."""
    # A key can be revoked once (test_keys.py), what something refers to cannot be withdrawn
    # (test_corrections.py), and what was not committed cannot be retracted.
    once = {
        "/v1/imports/{import_id}/retraction",
        "/v1/keys/{key_id}/revocation",
        "/v1/organizations/{organization_id}/withdrawal",
        "/v1/sources/{source_id}/withdrawal",
    }
    roles = [who for who in ROLES if not (path in once and who == "administrator")]
    answers = {who: await doors.ask(method, path, who) for who in roles}
    wrong = {who: wrong_answer(f"{method} {path}", who, answer) for who, answer in answers.items()}
    return {who: text for who, text in wrong.items() if text}


async def wrong_refusals(doors: Doors, method: str, path: str) -> dict[str, str]:
    """Return, by credentials, what is wrong with the answers to all that do not hold."""
    answers = {what: await doors.ask(method, path, what) for what in INVALID}
    wrong = {what: wrong_refusal(f"{method} {path}", what, one) for what, one in answers.items()}
    return {what: text for what, text in wrong.items() if text}


@every_operation
async def test_who_may_use_an_operation(doors: Doors, method: str, path: str) -> None:
    assert await wrong_answers(doors, method, path) == {}


@every_operation
async def test_what_does_not_hold_opens_nothing(doors: Doors, method: str, path: str) -> None:
    assert await wrong_refusals(doors, method, path) == {}


@pytest.mark.databases("postgresql")
async def test_keys_are_read_from_postgresql_alike(doors: Doors) -> None:
    """One operation of each kind; which operation is of which kind is no matter of databases."""
    for method, path in (
        ("get", "/livez"),
        ("get", "/v1/sites"),
        ("get", "/v1/audit"),
        ("get", "/v1/keys"),
        ("post", "/v1/organizations"),
        ("post", "/v1/sites"),
        ("patch", "/v1/sites/{site_id}"),
        ("post", "/v1/projects"),
        ("post", "/v1/provinces/{code}/statements"),
        ("post", "/v1/statements/{statement_id}/retraction"),
    ):
        assert await wrong_answers(doors, method, path) == {}, path
        assert await wrong_refusals(doors, method, path) == {}, path


@every_operation
async def test_where_reading_is_closed_nobody_reads(closed: Doors, method: str, path: str) -> None:
    what = EXPECTED[f"{method} {path}"]
    answer = await closed.ask(method, path, "nobody")
    if what == OPEN:
        assert answer.status_code == 200
    else:
        as_problem(answer, 401)
        assert answer.headers["www-authenticate"] == 'Bearer realm="icr"'
    if what == READ:
        for who in ROLES[1:]:
            response = await closed.ask(method, path, who)
            assert response.status_code in LET_IN[path == ENDLESS], response.text


async def test_what_tells_how_to_sign_in_is_open(closed: Doors) -> None:
    for path in ("/openapi.json", "/openapi-3.0.json", "/docs", "/livez"):
        assert (await closed.client.get(path)).status_code == 200
    assert (await closed.client.get("/nothing")).status_code == 404
