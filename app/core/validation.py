"""Faults at their members: of what pydantic finds wrong, and of many bodies in one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Self, cast, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from app.core.errors import BadBodyError, BulkRefusedError, Fault, ForbiddenError, RegistryError
from app.core.messages import FAULT_AT, SENTENCES, Message, MessageError, Template, foreign
from app.core.vietnamese import slug

# Of a choice of types the framework names the one chosen as if it were a member.
_CHOICES = {"Point", "Polygon", "MultiPolygon"}
_MOST_IN_DETAIL = 5
_AN_OBJECT = Template("body.object", "send a JSON object, with its members in {{}}.")
_NO_BODY = Template(
    "body.empty", "the body is empty; send a JSON object, with its members in {{}}."
)
_AN_INSTANT = Template(
    "body.offset",
    "write an instant with its offset, hours from 00 to 23, as in 2024-01-31T00:00:00Z.",
)
_A_DAY = Template("body.day", "write a full date, as in 2023-12-31.")
_TRUE_OR_FALSE = Template("parameter.true-or-false", "write true or false.")
_A_LIST = Template("body.list", "write a list, in [ and ].")
_A_NUMBER = Template("body.number", "write a number.")
_A_WHOLE_NUMBER = Template("body.whole-number", "write a whole number.")
_ONE_OF = Template("body.one-of", "write one of {expected}.")
_UNKNOWN_MEMBER = Template("body.unknown-member", "unknown member; check its spelling.")
_BELONGS_WITHIN = Template("body.belongs-within", "it belongs in {place}.")
_BELONGS_BEFORE = Template("body.belongs-before", "it belongs beside {place}, not in it.")
_COMPUTED = Template("body.computed", "it is computed, so it cannot be stated; leave it out.")
_COMPUTED_FROM = Template(
    "body.computed-from",
    "it is computed, so it cannot be stated: state {stated} where the source gives it.",
)
_DID_YOU_MEAN = Template("did-you-mean", "Did you mean {nearest}?")
_NO_CHOICE = Template("body.no-such-type", "{tag} is not known here; write one of {expected_tags}.")
_MESSAGES = {
    "missing": Template("body.required", "it is required."),
    "model_attributes_type": _AN_OBJECT,
    "model_type": _AN_OBJECT,
    "string_type": Template("body.text", "write text, in quotes."),
    "timezone_aware": _AN_INSTANT,
    "datetime_type": _AN_INSTANT,
    "datetime_parsing": _AN_INSTANT,
    "datetime_from_date_parsing": _AN_INSTANT,
    "datetime_object_invalid": _AN_INSTANT,
    "date_type": _A_DAY,
    "date_parsing": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "date_from_datetime_inexact": _A_DAY,
    "bool_type": _TRUE_OR_FALSE,
    "bool_parsing": _TRUE_OR_FALSE,
    "list_type": _A_LIST,
    "int_type": _A_WHOLE_NUMBER,
    "int_parsing": _A_WHOLE_NUMBER,
    "int_parsing_size": _A_WHOLE_NUMBER,
    "int_from_float": _A_WHOLE_NUMBER,
    "float_type": _A_NUMBER,
    "float_parsing": _A_NUMBER,
    "finite_number": _A_NUMBER,
    "decimal_type": _A_NUMBER,
    "decimal_parsing": _A_NUMBER,
    "decimal_max_digits": Template("number.digits", "write at most {max_digits} digits."),
    "decimal_max_places": Template("number.decimals", "write at most {decimal_places} decimals."),
    "decimal_whole_digits": Template(
        "number.whole-digits", "write at most {whole_digits} digits before the point."
    ),
    "string_unicode": Template("text.no-unicode", "write text of whole Unicode characters."),
    "string_too_short": Template("text.too-short", "write at least {min_length} characters."),
    "string_too_long": Template("text.too-long", "write at most {max_length} characters."),
    "too_short": Template("list.too-short", "give at least {min_length} of them."),
    "too_long": Template("list.too-long", "give at most {max_length} of them."),
    "greater_than": Template("number.more-than", "it must be more than {gt}."),
    "greater_than_equal": Template("number.at-least", "it must be at least {ge}."),
    "less_than": Template("number.less-than", "it must be less than {lt}."),
    "less_than_equal": Template("number.at-most", "it must be at most {le}."),
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
}
"""What is said instead of what pydantic does, in terms of the context it gives."""
_NO_TAG = Template("body.no-type", "it is required: it says of which type this is.")
# How pydantic writes the tags that are members of an enumeration.
_MEMBER = re.compile(r"<[^:>]+: ('[^']*')>")
_SENTENCE = Template("sentence", "{text}.")
_SOME_REFUSED = Template(
    "entry.bulk-refused", "{refused} of {count} are refused, and so nothing was recorded. {first}"
)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return which of some names another one is most likely to mean."""
    names = {one.lower(): one for one in known}
    wanted = slug(name).replace("-", "_")
    return next((names[one] for one in get_close_matches(wanted, names, 1)), None)


def did_you_mean(
    message: Message, name: str, known: Iterable[str], otherwise: Message | None = None
) -> Message:
    """Return a message about a name that is unknown, with the one that is likely meant, if any."""
    found = nearest(name, known)
    if found in {None, name}:  # It is known itself, but not of what is meant here.
        return otherwise or message
    return SENTENCES(sentences=(message, _DID_YOU_MEAN(nearest=found)))


def _models(annotation: object) -> list[type[BaseModel]]:
    """Return the models that a value of a type can be, or can be a list of."""
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return _models(annotation.model_fields["root"].annotation)
    if get_origin(annotation) is None:
        is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
        return [cast("type[BaseModel]", annotation)] if is_model else []
    return [model for part in get_args(annotation) for model in _models(part)]


def _within(models: Sequence[type[BaseModel]], name: object) -> list[type[BaseModel]]:
    """Return what a member can be; of a type that a choice is made of, itself."""
    fields = [model.model_fields[str(name)] for model in models if name in model.model_fields]
    return [one for field in fields for one in _models(field.annotation)] if fields else [*models]


def _misplaced(path: Sequence[str], annotation: object) -> Message:
    """Return what to do about a member that is not known where it stands."""
    *before, name = path
    levels = [_models(annotation)]
    for part in before:
        levels.append(_within(levels[-1], part))
    here = levels[-1]
    computed = {n: s for model in here for n, s in getattr(model, "computed", {}).items()}
    for model in here:
        for member in model.model_fields:
            inner = _within([model], member)
            if inner == [model]:
                continue
            if any(name in one.model_fields for one in inner):
                return _BELONGS_WITHIN(place=member)
            computed |= {n: s for one in inner for n, s in getattr(one, "computed", {}).items()}
    if name in computed:
        stated = computed[name]
        return _COMPUTED_FROM(stated=stated) if stated else _COMPUTED()
    above = levels[-2] if before else []
    if any(name in model.model_fields for model in above):
        return _BELONGS_BEFORE(place=before[-1])
    return did_you_mean(_UNKNOWN_MEMBER(), name, {f for model in here for f in model.model_fields})


def sentences_of(faults: Sequence[Fault]) -> Message:
    """Return the first faults as one message, each with its place."""
    return SENTENCES(
        sentences=tuple(
            FAULT_AT(place=fault.pointer or fault.parameter, fault=fault.detail)
            for fault in faults[:_MOST_IN_DETAIL]
        )
    )


def faults_of(place: str, error: RegistryError) -> list[Fault]:
    """Return the faults of something in a larger body, each at its place there."""
    faults = error.errors or (Fault(error.detail),)
    return [
        replace(fault, pointer=place + (fault.pointer or "#")[1:], type=error.type)
        for fault in faults
    ]


@dataclass(slots=True)
class Faults:
    """What is wrong with a body, found by checks of which none depends on another."""

    found: list[BadBodyError] = field(default_factory=list)

    def apart(self) -> Self:
        """Return a context that keeps what is found within, and goes on."""
        return self

    def __enter__(self) -> None:
        """Begin a check; a class of its own costs less than a generator, and there are many."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Keep the fault that a check found."""
        if not isinstance(error, BadBodyError):
            return False
        self.found.append(error)
        return True

    def refuse(self) -> None:
        """Refuse the body for all that was found."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            faults = [fault for error in self.found for fault in error.errors]
            members = {name: value for e in self.found for name, value in e.members.items()}
            raise BadBodyError(sentences_of(faults), errors=faults, members=members)


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


def fault_of(error: ErrorDetails, where: str | None = None, annotation: object = None) -> Fault:
    """Return one finding as a fault.

    ``where`` is the part of the request, if that is not the first of its place; ``annotation`` the
    type of the body.
    """
    path = [str(part) for part in error["loc"] if part not in _CHOICES]
    if error["type"].startswith("union_tag"):
        path.append(str(error["ctx"]["discriminator"]).strip("'"))
    where, path = (where, path) if where else (path[0], path[1:])
    is_unknown = error["type"] == "extra_forbidden"
    message = _misplaced(path, annotation) if is_unknown else _message(error)
    if where == "body":
        return Fault(message, pointer="#" + "".join(f"/{_escaped(part)}" for part in path))
    return Fault(message, parameter=path[0] if path else where)


def bad_body(error: ValidationError, model: object) -> BadBodyError:
    """Return what pydantic found in a body as its refusal; ``model`` is the type of the body."""
    faults = [fault_of(found, "body", model) for found in error.errors()]
    return BadBodyError(sentences_of(faults), errors=faults)


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
    elif template := _MESSAGES.get(error["type"]):
        message = _of_context(template, context, error["input"])
    else:
        text = error["msg"].removeprefix("Value error, ")
        message = foreign(f"pydantic.{error['type']}", text, context)
    return message if str(message).endswith((".", "?")) else _SENTENCE(text=message)


def _of_context(template: Template, context: dict[str, object], given: object) -> Message:
    message = template(**{name: context[name] for name in template.parameters})
    if template is not _ONE_OF:
        return message
    codes = re.findall("'([^']*)'", str(context["expected"]))
    message = _ONE_OF(expected=", ".join(codes))
    return did_you_mean(message, given, codes) if isinstance(given, str) else message
