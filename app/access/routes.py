"""Keys and the audit log, for administrators and auditors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

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
from app.http.reading import Reading, TheDatabase, TheUnits, link_next
from app.http.responses import LOCATED, RESPONSES
from app.http.strict_routes import AdministrationRoute, AuditRoute
from app.ledger.idempotency import HEADER

_NO_REPLAY = Template(
    "keys.no-replay", "Keys are shown once, so these answers are not kept: leave the header out."
)
audit_router = APIRouter(
    prefix="/v1/audit", tags=["access"], route_class=AuditRoute, responses=RESPONSES
)


@audit_router.get("", summary="List the audit log")
async def list_audit(
    connection: Reading, query: Annotated[AuditQuery, Query()], request: Request, response: Response
) -> AuditPage:
    """List administrative actions and refused requests, newest first.

    Equal refusals within a few seconds become one entry with a count, written after those seconds.
    """
    page = await audit.list_entries(connection, query)
    link_next(request, response, page.next_cursor)
    return page


async def acting(request: Request) -> Actor:
    """Return the actor; a secret is not stored, so no answer that has one can be repeated."""
    if HEADER in request.headers:
        raise BadParameterError.of(HEADER, _NO_REPLAY())
    return actor_of(request)


keys_router = APIRouter(
    prefix="/v1/keys", tags=["access"], route_class=AdministrationRoute, responses=RESPONSES
)
KeyId = Annotated[str, Path(description="Id of a key: what follows icr_.", max_length=50)]
Acting = Annotated[Actor, Depends(acting)]


@keys_router.get("", summary="List keys")
async def list_keys(
    connection: Reading, query: Annotated[PageQuery, Query()], request: Request, response: Response
) -> KeyPage:
    """List all keys that were ever issued, by id, without their secrets."""
    page = await keys.list_keys(connection, query)
    link_next(request, response, page.next_cursor)
    return page


@keys_router.post("", status_code=201, summary="Make a key", responses=LOCATED)
async def create_key(
    database: TheDatabase, units: TheUnits, by: Acting, body: KeyCreation, response: Response
) -> IssuedKey:
    """Create a key and show it, this once.

    If the answer is lost, revoke the key and create another: ``Idempotency-Key`` is refused here.
    """
    issued = await keys.create_key(database, units, body, by)
    response.headers["Location"] = f"/v1/keys/{issued.id}"
    response.headers["Cache-Control"] = "no-store"
    return issued


@keys_router.get("/{key_id}", summary="Read a key")
async def get_key(connection: Reading, key_id: KeyId) -> Key:
    """Read the holder of a key, its expiry, and its last use."""
    return await keys.get_key(connection, key_id)


@keys_router.post(
    "/{key_id}/revocation", status_code=201, summary="Revoke a key", responses=LOCATED
)
async def revoke_key(
    database: TheDatabase, by: Acting, key_id: KeyId, body: RevocationWrite, response: Response
) -> Key:
    """Revoke a key at once and for ever; everything written with it stays."""
    revoked = await keys.revoke_key(database, key_id, body.reason, by)
    response.headers["Location"] = f"/v1/keys/{revoked.id}"
    return revoked
