"""Whether the service is alive and can serve, its metrics, and the anchors of the register."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.core.errors import NotFoundError, UnavailableError
from app.core.messages import Template
from app.core.query_parameters import PageQuery
from app.core.types import Answer
from app.http.problems import NOTHING_HERE, ReadinessCheck
from app.http.reading import TheConnection, link
from app.http.responses import RESPONSES, created, documented
from app.http.service import service_of
from app.http.strict_routes import AdministrationRoute, OpenRoute, strict_router
from app.http.writing import Writing
from app.upkeep.anchors import AnchorPage
from app.upkeep.anchors import list_anchors as read_anchors
from app.upkeep.erasing import ErasureAnswer, ErasureWrite, erase

anchors_router = strict_router("/anchors", "revisions")
erasures_router = strict_router("/erasures", "access", AdministrationRoute)
router = APIRouter(tags=["operation"], route_class=OpenRoute, responses=RESPONSES)
_NOT_READY = Template("upkeep.not-ready", "{checks}")
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Alive(Answer):
    """That the process answers."""

    status: Literal["alive"] = "alive"


class Ready(Answer):
    """That the process can serve."""

    status: Literal["ready"] = "ready"
    checks: list[ReadinessCheck] = Field(description="What was checked.")


@router.get("/livez", summary="Tell that the process answers")
async def livez() -> Alive:
    """Answer without touching the database."""
    return Alive()


@router.get(
    "/readyz",
    summary="Check whether the service can serve",
    responses={503: documented("Something that serving needs is missing; see checks.")},
)
async def readyz(request: Request) -> Ready:
    """Look at the database, at its migration, and at what else serving needs.

    Send requests here only while this answers 200; restart the process only when ``/livez`` fails.
    """
    found = await service_of(request).readiness.checks()
    checks = [
        ReadinessCheck(name=check.name, is_ready=check.is_ready, detail=str(check.detail))
        for check in found
    ]
    missing = [check for check in found if not check.is_ready]
    if missing:
        members = {"checks": [check.model_dump() for check in checks]}
        detail = _NOT_READY(checks="; ".join(f"{check.name}: {check.detail}" for check in missing))
        raise UnavailableError(detail, members=members, headers={"Retry-After": "5"})
    return Ready(checks=checks)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Answer the addresses that the settings name; for others there is nothing here."""
    service = service_of(request)
    if not service.metrics.may_be_read_from(request.client.host if request.client else None):
        raise NotFoundError(NOTHING_HERE())
    return Response(await service.metrics.exposition(service.database), media_type=_MEDIA_TYPE)


@anchors_router.get("", summary="List the anchors of the register")
async def list_anchors(
    connection: TheConnection,
    query: Annotated[PageQuery, Query()],
    request: Request,
    response: Response,
) -> AnchorPage:
    """List what the register signed of its state at some times, newest first.

    Keep them: whoever has one, and the public key of the register, can tell later whether what was
    recorded until then is still the same (`icr verify --anchors`, or the digest of the revision).
    """
    page = await read_anchors(connection, query)
    if page.next_cursor is not None:
        link(request, response, "cursor", page.next_cursor)
    return page


@erasures_router.post(
    "", status_code=201, summary="Erase personal data", responses=created(ErasureAnswer)
)
async def create_erasure(writer: Writing, body: ErasureWrite, response: Response) -> ErasureAnswer:
    """Blank texts of entries, and delete files of imports and proposals, for ever.

    Reads show it no longer, as known at any revision, and it cannot be taken back: try it with
    ``dry_run`` first. The erasure is a revision with its reason. Backups still have what was there.
    """
    answer = await erase(writer, body)
    response.headers["Location"] = f"/v1/revisions/{answer.revision}"
    return answer
