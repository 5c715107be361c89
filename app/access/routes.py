"""Keys and the audit log, for administrators and auditors."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from app.access import audit, keys
from app.access.audit import Actor
from app.access.schemas import (
    AuditPage,
    AuditQuery,
    IssuedKey,
    Key,
    KeyCreation,
    KeyPage,
    RevocationWrite,
)
from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.query_parameters import PageQuery
from app.http.access import actor_of
from app.http.reading import TheConnection, TheDatabase, TheUnits, link
from app.http.responses import LOCATED
from app.http.strict_routes import AdministrationRoute, AuditRoute, strict_router
from app.ledger.idempotency import HEADER

audit_router = strict_router("/audit", "access", AuditRoute)


@audit_router.get("", summary="List the audit log")
async def list_audit(
    connection: TheConnection,
    query: Annotated[AuditQuery, Query()],
    request: Request,
    response: Response,
) -> AuditPage:
    """List administrative actions and refused requests, newest first.

    Refusals alike within a few seconds are one entry with a count, and are there after those.
    """
    page = await audit.list_entries(connection, query)
    if page.next_cursor is not None:
        link(request, response, "cursor", page.next_cursor)
    return page


_NOT_KEPT = Template(
    "access.answers-not-kept",
    "Keys are shown once, so these answers are not kept: leave the header out.",
)


async def acting(request: Request) -> Actor:
    """Return who acts; a secret is not kept, so its answer cannot be given again."""
    if HEADER in request.headers:
        raise BadParameterError.of(HEADER, _NOT_KEPT())
    return actor_of(request)


keys_router = strict_router("/keys", "access", AdministrationRoute)
KeyId = Annotated[str, Path(description="Id of a key: what follows icr_.", max_length=50)]
Acting = Annotated[Actor, Depends(acting)]


@keys_router.get("", summary="List keys")
async def list_keys(
    connection: TheConnection,
    query: Annotated[PageQuery, Query()],
    request: Request,
    response: Response,
) -> KeyPage:
    """List the keys that were ever given out, by id, without their secrets."""
    page = await keys.list_keys(connection, query)
    if page.next_cursor is not None:
        link(request, response, "cursor", page.next_cursor)
    return page


@keys_router.post("", status_code=201, summary="Make a key", responses=LOCATED)
async def create_key(
    database: TheDatabase, units: TheUnits, by: Acting, body: KeyCreation, response: Response
) -> IssuedKey:
    """Make a key and show it, this once.

    Where the answer was lost, revoke the key and make another: ``Idempotency-Key`` is refused here.
    """
    made = await keys.create_key(database, units, body, by)
    response.headers["Location"] = f"/v1/keys/{made.id}"
    response.headers["Cache-Control"] = "no-store"
    return made


@keys_router.get("/{key_id}", summary="Read a key")
async def get_key(connection: TheConnection, key_id: KeyId) -> Key:
    """Read for whom a key is, until when, and when it was used last."""
    return await keys.get_key(connection, key_id)


@keys_router.post(
    "/{key_id}/revocation", status_code=201, summary="Revoke a key", responses=LOCATED
)
async def revoke_key(
    database: TheDatabase, by: Acting, key_id: KeyId, body: RevocationWrite, response: Response
) -> Key:
    """Revoke a key at once and for ever; what was written with it stays."""
    revoked = await keys.revoke_key(database, key_id, body.reason, by)
    response.headers["Location"] = f"/v1/keys/{revoked.id}"
    return revoked
