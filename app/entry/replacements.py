"""Statements in place of others, as they are written: of each type of subject one body."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, ValidatorFunctionWrapHandler, WrapValidator

from app.core.types import Line, made_model, one_of
from app.core.vocabulary import SubjectType
from app.entry.schemas import (
    BODIES,
    DocumentStatementWrite,
    ProvinceStatementWrite,
    StatementHead,
)


def _replacement(what: SubjectType, write: type[StatementHead]) -> type[StatementHead]:
    return made_model(
        write,
        f"{what.title()}Replacement",
        f"A statement about a {what} in place of another.",
        subject_type=(Literal[what], ...),
        reason=(Line, Field(description="Why the other is retracted.")),
    )


_WRITES: Mapping[SubjectType, type[StatementHead]] = {
    **{what: bodies.write for what, bodies in BODIES.items()},
    SubjectType.source: DocumentStatementWrite,
    SubjectType.province: ProvinceStatementWrite,
}
_REPLACEMENTS: Mapping[str, type[StatementHead]] = {
    what: _replacement(what, write) for what, write in _WRITES.items()
}


def _read_by_type(raw: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Read a body as what it says it is, so that faults stand where they are."""
    what = raw.get("subject_type") if isinstance(raw, dict) else None
    model = _REPLACEMENTS.get(what) if isinstance(what, str) else None
    return model.model_validate(raw) if model else read(raw)


class Replacement(RootModel[StatementHead]):
    """The statement in place of another; ``subject_type`` is that of the other."""

    root: Annotated[
        one_of(_REPLACEMENTS.values()),  # type: ignore[valid-type]
        Field(discriminator="subject_type"),
        WrapValidator(_read_by_type),
    ]
