"""Whether the service is alive."""

from typing import Literal

from fastapi import APIRouter

from app.api.problems import RESPONSES
from app.api.routes import OpenRoute
from app.schemas.types import Answer

router = APIRouter(tags=["operation"], route_class=OpenRoute, responses=RESPONSES)


class Alive(Answer):
    """That the process answers."""

    status: Literal["alive"] = "alive"


@router.get("/livez", summary="Tell that the process answers")
async def livez() -> Alive:
    """Answer without touching the database."""
    return Alive()
