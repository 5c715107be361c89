"""Whether the process is alive, and whether it can serve."""

from functools import reduce
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field

from app.core.errors import UnavailableError
from app.core.messages import FAULT_AT, Message, Template
from app.core.types import Answer
from app.http.problems import ReadinessCheck
from app.http.responses import RESPONSES, documented
from app.http.strict_routes import OpenRoute
from app.upkeep.readiness import Readiness

_AND = Template("readiness.and", "{one}; {other}")
router = APIRouter(tags=["operation"], route_class=OpenRoute, responses=RESPONSES)


class Alive(Answer):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Answer):
    """The process can serve."""

    status: Literal["ready"] = "ready"
    checks: list[ReadinessCheck] = Field(description="The checks that were made.")


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
    """Check the database, its migration, and whatever else serving needs.

    Send requests here only while this answers 200; restart the process only when ``/livez`` fails.
    """
    readiness: Readiness = request.app.state.readiness
    results = await readiness.checks()
    checks = [
        ReadinessCheck(name=check.name, is_ready=check.is_ready, detail=str(check.detail))
        for check in results
    ]
    missing = [FAULT_AT(place=c.name, fault=c.detail) for c in results if not c.is_ready]
    if missing:
        members = {"checks": [check.model_dump() for check in checks]}
        raise UnavailableError(
            reduce(_joined, missing), members=members, headers={"Retry-After": "5"}
        )
    return Ready(checks=checks)


def _joined(one: Message, other: Message) -> Message:
    return _AND(one=one, other=other)
