"""Choosing members of an answer: ``fields=name,area_ha``."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.schemas.types import Answer

ALWAYS = {"id", "as_of", "revision"}
"""What is answered whether asked for or not: what the answer is about."""

_MEANING = (
    "Answer with these members only, and id; all when absent. Separated by commas or repeated."
)


def fields_of(answer: type[Answer]) -> Any:
    """Return the type of a parameter that names members of an answer."""
    known = tuple(answer.model_fields)
    described = {"type": "string", "pattern": f"^({'|'.join(known)})$"}

    def split(given: Iterable[str]) -> list[str]:
        names = [name.strip() for text in given for name in text.split(",")]
        unknown = next((name for name in names if name not in known), None)
        if unknown is not None:
            message = f"unknown field {unknown!r}; known here: {', '.join(known)}"
            raise ValueError(message)
        return names

    return Annotated[
        list[Annotated[str, WithJsonSchema(described)]],
        BeforeValidator(split),
        Field(description=_MEANING),
    ]


def require_what_is_always_there(schema: dict[str, Any]) -> None:
    """Describe the members of an answer as optional, since ``fields`` can leave them out."""
    schema["required"] = [name for name in schema["required"] if name in ALWAYS]
