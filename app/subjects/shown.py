"""States as answers show them: the values of the database, in the order of the schemas.

What was checked when it was written is not checked when it is read: no model is made of a row.
``tests/subjects/test_shown.py`` holds the answers against the schemas.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from app.core.query_parameters import ALWAYS
from app.subjects.histories import Values
from app.subjects.schemas import HEDGED

# Rare, and of few members: those that are unknown are left out, and decimal texts become numbers.
_WITHIN = ("planned", *HEDGED)


def shown(model: type[BaseModel], row: Values) -> Values:
    """Return a row with names as the members of a model of answers, in its order."""
    return {**_blank(model), **row, **_within(model, row)}


def in_part(values: Values, fields: Collection[str]) -> Values:
    """Return of an answer the requested members and the identifying ones."""
    chosen = ALWAYS.union(fields)
    return {name: value for name, value in values.items() if name in chosen}


@cache
def _blank(model: type[BaseModel]) -> Mapping[str, None]:
    return dict.fromkeys(model.model_fields)


def _within(model: type[BaseModel], row: Values) -> Values:
    found = [name for name in _WITHIN if row.get(name)]
    return {name: _as_shown(_adapter(model, name), row[name]) for name in found}


def _as_shown(adapter: TypeAdapter[Any], value: object) -> object:
    return adapter.dump_python(adapter.validate_python(value), mode="json")


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    annotation: Any = model.model_fields[name].annotation
    return TypeAdapter(annotation)
