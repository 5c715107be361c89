"""Keys, for administrators: giving out, listing, revoking."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.api.access import actor_of
from app.api.answers import LOCATED
from app.api.asked import link_next
from app.api.dependencies import Reading, TheDatabase, TheUnits
from app.api.problems import RESPONSES
from app.api.routes import AdministrationRoute
from app.errors import BadParameterError
from app.repositories import keys
from app.schemas.keys import IssuedKey, Key, KeyCreation, KeyPage, RevocationWrite
from app.schemas.queries import PageQuery
from app.services import keys as service
from app.services.audit import Actor
from app.services.requests import HEADER


async def acting(request: Request) -> Actor:
    """Return who acts; a secret is not kept, so its answer cannot be given again."""
    if HEADER in request.headers:
        detail = "Keys are shown once, so these answers are not kept: leave the header out."
        raise BadParameterError.of(HEADER, detail)
    return actor_of(request)


router = APIRouter(
    prefix="/v1/keys", tags=["access"], route_class=AdministrationRoute, responses=RESPONSES
)
KeyId = Annotated[str, Path(description="Id of a key: what follows icr_.", max_length=50)]
Acting = Annotated[Actor, Depends(acting)]


@router.get("", summary="List keys")
async def list_keys(
    connection: Reading, query: Annotated[PageQuery, Query()], request: Request, response: Response
) -> KeyPage:
    """List the keys that were ever given out, by id, without their secrets."""
    page = await keys.list_keys(connection, query)
    link_next(request, response, page.next_cursor)
    return page


@router.post("", status_code=201, summary="Make a key", responses=LOCATED)
async def create_key(
    database: TheDatabase, units: TheUnits, by: Acting, body: KeyCreation, response: Response
) -> IssuedKey:
    """Make a key and show it, this once.

    Where the answer was lost, revoke the key and make another: ``Idempotency-Key`` is refused here.
    """
    made = await service.create_key(database, units, body, by)
    response.headers["Location"] = f"/v1/keys/{made.id}"
    response.headers["Cache-Control"] = "no-store"
    return made


@router.get("/{key_id}", summary="Read a key")
async def get_key(connection: Reading, key_id: KeyId) -> Key:
    """Read for whom a key is, until when, and when it was used last."""
    return await keys.get_key(connection, key_id)


@router.post("/{key_id}/revocation", status_code=201, summary="Revoke a key", responses=LOCATED)
async def revoke_key(
    database: TheDatabase, by: Acting, key_id: KeyId, body: RevocationWrite, response: Response
) -> Key:
    """Revoke a key at once and for ever; what was written with it stays."""
    revoked = await service.revoke_key(database, key_id, body.reason, by)
    response.headers["Location"] = f"/v1/keys/{revoked.id}"
    return revoked
