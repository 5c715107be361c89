"""Whether the service is alive, and whether it can serve."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field

from app.core.errors import UnavailableError
from app.core.types import Answer
from app.http.problems import ReadinessCheck
from app.http.responses import RESPONSES, documented
from app.http.strict_routes import OpenRoute
from app.upkeep.readiness import Readiness

router = APIRouter(tags=["operation"], route_class=OpenRoute, responses=RESPONSES)


class Alive(Answer):
    """That the process answers."""

    status: Literal["alive"] = "alive"


class Ready(Answer):
    """That the process can serve."""

    status: Literal["ready"] = "ready"
    checks: list[ReadinessCheck] = Field(description="What was looked at.")


@router.get("/livez", summary="Tell that the process answers")
async def livez() -> Alive:
    """Answer without touching the database."""
    return Alive()


@router.get(
    "/readyz",
    summary="Tell whether the service can serve",
    responses={503: documented("Something that serving needs is missing; see checks.")},
)
async def readyz(request: Request) -> Ready:
    """Look at the database, at its migration, and at what else serving needs.

    Send requests here only while this answers 200; restart the process only when ``/livez`` fails.
    """
    readiness: Readiness = request.app.state.readiness
    found = await readiness.checks()
    checks = [
        ReadinessCheck(name=check.name, is_ready=check.is_ready, detail=str(check.detail))
        for check in found
    ]
    missing = [f"{check.name}: {check.detail}" for check in found if not check.is_ready]
    if missing:
        members = {"checks": [check.model_dump() for check in checks]}
        raise UnavailableError("; ".join(missing), members=members, headers={"Retry-After": "5"})
    return Ready(checks=checks)
