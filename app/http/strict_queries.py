"""What is refused of a query: unknown and repeated parameters, and what is not UTF-8."""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from typing import get_origin
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from app.core.errors import BadParameterError, Fault, RegistryError
from app.core.messages import SENTENCES, Message, Template
from app.core.validation import did_you_mean

_NOT_UTF_8 = Template(
    "http.query-not-utf-8", "Write what is not ASCII as the %XX of its UTF-8 bytes."
)
_UNKNOWN = Template(
    "http.unknown-parameter", "Unknown query parameter {name!r}; known here: {known}."
)
_UNKNOWN_PARAMETER = Template("http.unlike-any", "Unknown query parameter {name!r}.")
_UNKNOWN_HERE = Template(
    "http.no-parameters", "Unknown query parameter {name!r}; none is known here."
)
_ELSEWHERE = {
    "excel": Template(
        "http.excel-elsewhere",
        "excel is for .csv files alone: leave it out. A workbook (.xlsx) has real numbers, "
        "which Excel reads in every language.",
    )(),
    "fields": Template(
        "http.fields-elsewhere",
        "fields is for the paths below /v1/sparse, as in /v1/sparse/sites, which answer with the "
        "members that it names.",
    )(),
}
"""Parameters of some operations that are looked for at others, and why they are not there."""
_REPEATED = Template("http.repeated-parameter", "{name} is given more than once; give it once.")
_MOST_IN_DETAIL = 5


def query_parameters(dependant: Dependant) -> dict[str, bool]:
    """Return the names of the query parameters and whether they may be repeated."""
    found: dict[str, bool] = {}
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                found[field.alias or name] = get_origin(field.annotation) is list
        else:
            found[parameter.alias] = get_origin(annotation) is list
    for dependency in dependant.dependencies:
        found |= query_parameters(dependency)
    return found


def _check_encoding(query: bytes) -> None:
    """Refuse what is not UTF-8; the framework would put question marks in its place."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError as error:
        for name, value in parse_qsl(query.decode("latin-1"), True, encoding="latin-1"):
            with suppress(UnicodeError):
                (name + value).encode("latin-1").decode()
                continue
            raise BadParameterError.of(name, _NOT_UTF_8()) from error


def query_refusal(
    request: Request, repeatable: dict[str, bool], *, ignores_unknown: bool = False
) -> RegistryError | None:
    """Return the refusal of a query with parameters that are unknown, or given more than once."""
    if not request.scope["query_string"]:
        return None
    _check_encoding(request.scope["query_string"])
    given = Counter(name for name, _ in request.query_params.multi_items())
    unknown = [] if ignores_unknown else [name for name in given if name not in repeatable]
    wrong = {name: _unknown(name, repeatable) for name in unknown}
    wrong |= {
        name: _REPEATED(name=name)
        for name, count in given.items()
        if count > 1 and not repeatable.get(name, True)
    }
    if not wrong:
        return None
    faults = [Fault(detail, parameter=name) for name, detail in wrong.items()]
    detail = SENTENCES(sentences=tuple(wrong.values())[:_MOST_IN_DETAIL])
    return BadParameterError(detail, errors=faults)


def _unknown(name: str, known: Collection[str]) -> Message:
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    if not known:
        return _UNKNOWN_HERE(name=name)
    listed = _UNKNOWN(name=name, known=", ".join(sorted(known)))
    return did_you_mean(_UNKNOWN_PARAMETER(name=name), name, known, otherwise=listed)
