"""Whether the service is alive, whether it can serve, and its metrics."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.core.errors import NotFoundError, UnavailableError
from app.core.messages import Template
from app.core.types import Answer
from app.http.problems import NOTHING_HERE, ReadinessCheck
from app.http.responses import RESPONSES, documented
from app.http.service import service_of
from app.http.strict_routes import OpenRoute

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
