"""Faults at their members: of what pydantic finds wrong, and of many bodies in one."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic_core import ErrorDetails

from app.core.errors import BulkRefusedError, Fault, ForbiddenError, RegistryError
from app.core.messages import FAULT_AT, Message, MessageError, Template, foreign

# Of a choice of types the framework names the one chosen as if it were a member.
_CHOICES = {"Point", "Polygon", "MultiPolygon"}
_AN_OBJECT = Template("body.object", "send a JSON object, with its members in {{}}.")
_NO_BODY = Template(
    "body.empty", "the body is empty; send a JSON object, with its members in {{}}."
)
_NO_CHOICE = Template("body.no-such-type", "{tag} is not known here; write one of {expected_tags}.")
_MESSAGES = {
    "missing": Template("body.required", "it is required."),
    "extra_forbidden": Template("body.unknown-member", "unknown member; check its spelling."),
    "model_attributes_type": _AN_OBJECT,
    "model_type": _AN_OBJECT,
    "string_type": Template("body.text", "write text, in quotes."),
    "timezone_aware": Template(
        "body.offset", "write an instant with its offset, as in 2024-01-31T00:00:00Z."
    ),
    "bool_parsing": Template("parameter.true-or-false", "write true or false."),
}
_NO_TAG = Template("body.no-type", "it is required: it says of which type this is.")
# How pydantic writes the tags that are members of an enumeration.
_MEMBER = re.compile(r"<[^:>]+: ('[^']*')>")
_SENTENCE = Template("sentence", "{text}.")
_SOME_REFUSED = Template(
    "entry.bulk-refused", "{refused} of {count} are refused, and so nothing was recorded. {first}"
)


def faults_of(place: str, error: RegistryError) -> list[Fault]:
    """Return the faults of something in a larger body, each at its place there."""
    faults = error.errors or (Fault(error.detail),)
    return [
        replace(fault, pointer=place + (fault.pointer or "#")[1:], type=error.type)
        for fault in faults
    ]


def refusal_of_many(refused: Sequence[tuple[str, RegistryError]], count: int) -> RegistryError:
    """Return the error for a body of many of which some are refused, each with its place.

    Where a right is missing it is about that: such refusals are noted for the audit log.
    """
    faults = [fault for place, error in refused for fault in faults_of(place, error)]
    forbidden = [one for one in refused if isinstance(one[1], ForbiddenError)]
    # The audit log has the sentence: it may hold nothing that the client made up.
    shown = faults_of(*(forbidden or refused)[0])[0]
    first = FAULT_AT(place=shown.pointer, fault=shown.detail)
    kind = ForbiddenError if forbidden else BulkRefusedError
    return kind(
        _SOME_REFUSED(refused=len(refused), count=count, first=first),
        errors=faults,
        more_errors=sum(error.more_errors for _, error in refused),
    )


def fault_of(error: ErrorDetails, where: str | None = None) -> Fault:
    """Return one finding as a fault; ``where`` is the part of the request, if not in its place."""
    path = [str(part) for part in error["loc"] if part not in _CHOICES]
    if error["type"].startswith("union_tag"):
        path.append(str(error["ctx"]["discriminator"]).strip("'"))
    where, path = (where, path) if where else (path[0], path[1:])
    message = _message(error)
    if where == "body":
        return Fault(message, pointer="#" + "".join(f"/{_escaped(part)}" for part in path))
    return Fault(message, parameter=path[0] if path else where)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _message(error: ErrorDetails) -> Message:
    """Return the message of a validator of the service, or one about a finding of pydantic."""
    context = dict(error.get("ctx", {}))
    cause = context.pop("error", None)
    if isinstance(cause, MessageError):
        message = cause.message
    elif error["type"] == "missing" and error["loc"] == ("body",):
        message = _NO_BODY()
    elif error["type"] == "union_tag_not_found":
        message = _NO_TAG()
    elif error["type"] == "union_tag_invalid":
        expected = _MEMBER.sub(r"\1", context["expected_tags"])
        message = _NO_CHOICE(tag=context["tag"], expected_tags=expected)
    elif error["type"] in _MESSAGES:
        message = _MESSAGES[error["type"]]()
    else:
        text = error["msg"].removeprefix("Value error, ")
        message = foreign(f"pydantic.{error['type']}", text, context)
    return message if str(message).endswith(".") else _SENTENCE(text=message)
