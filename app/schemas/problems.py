"""Problem documents (RFC 9457)."""

from pydantic import ConfigDict, Field

from app.schemas.numbers import Whole
from app.schemas.types import Answer


class ProblemError(Answer):
    """One member or parameter at fault."""

    detail: str = Field(description="What is wrong and what would be right.")
    pointer: str | None = Field(
        default=None, description="JSON pointer to the body member, as in #/values/area_ha."
    )
    parameter: str | None = Field(default=None, description="Name of the path or query parameter.")


class ProblemUnit(Answer):
    """An administrative unit that a problem points to."""

    code: str
    name: str
    valid_from: str | None = None
    valid_to: str | None = None


class ReadinessCheck(Answer):
    """One thing that serving needs."""

    name: str
    is_ready: bool
    detail: str


class Problem(Answer):
    """Why a request was refused and how to mend it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable identifier of the kind of problem.")
    title: str
    status: Whole
    detail: str
    instance: str | None = Field(default=None, description="The path asked for.")
    errors: list[ProblemError] = Field(default_factory=list)
    request_id: str | None = Field(
        default=None, description="The request as the log of the service names it."
    )
    violated_policies: list[str] | None = Field(
        default=None, description="The limits that were passed, by their names in RateLimit-Policy."
    )
    checks: list[ReadinessCheck] | None = Field(
        default=None, description="What serving needs, and what of it is missing."
    )
    successors: list[ProblemUnit] | None = None
    predecessors: list[ProblemUnit] | None = None
    withdrawn_in: Whole | None = None
    latest_revision: Whole | None = None
    changed_in: Whole | None = None
    statement_id: str | None = Field(
        default=None, description="The statement that says exactly this already."
    )
