"""What is wrong with a form: each fault at its field, in the words of pages.

Sentences of the service are for programs, too: they name members of bodies, codes and headers.
Pages show the same sentence with labels in their place and numbers in the notation of the reader;
one that is about HTTP has another text for pages, under the same id (``words/plain.py``).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal

from app.core.dates import PartialDate
from app.core.labels import CODE_LISTS
from app.core.messages import TEMPLATES, Message, MessageError
from app.core.vocabulary import HISTORIC, SubjectType
from app.pages.speech import Speech
from app.pages.values import label_of
from app.pages.vocabulary import PREFIX
from app.subjects.attributes import Attribute
from app.subjects.definitions import DEFINITIONS

_DECIMALS = 10
REASON = "override_reason"
"""The field for the reason that something unusual asks for."""
_ATTRIBUTES: Mapping[str, Attribute] = {
    name: one
    for what in reversed((*HISTORIC, SubjectType.source))
    for name, one in DEFINITIONS[what].attributes.items()
}
_LABELS = {name: one for name, one in _ATTRIBUTES.items() if "_" in name}
_FIELDS: Mapping[str, str] = {
    REASON: "write.override",
    "effective_from": "state.from",
    "effective_to": "state.to",
    "date_basis": "state.date-basis",
    "values_to": "state.until",
    "source_id": "state.source",
}
"""The words for members of statements that are no attributes."""
_NAMES = re.compile(
    rf"(?<![\w/#])({'|'.join(sorted({*_LABELS, *_FIELDS}, key=len, reverse=True))})(?!\w)"
)
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")
_DATE = re.compile(r"[12][0-9]{3}-(Q[1-4]|(0[1-9]|1[0-2])(-[0-3][0-9])?)")
_ABOUT = "attribute"
_CODES: Mapping[str, str] = {"role": "principal_role"}
"""The code lists of parameters that have another name."""
FieldOf = Callable[[str], str]
"""Returns the name of the field that a JSON pointer into the body is about; none of the form."""


def member_of(pointer: str) -> str:
    """Return the field of a form whose fields are named as the members of the body are."""
    return pointer.removeprefix("#").removeprefix("/").partition("/")[0]


def at_fields(
    faults: Iterable[Mapping[str, str]], field_of: FieldOf = member_of
) -> Mapping[str, str]:
    """Return what is wrong, by field; what needs a reason is at the field for the reason.

    What is wrong with the form as a whole is by the empty name.
    """
    found: dict[str, list[str]] = {}
    for fault in faults:
        name = REASON if "code" in fault else field_of(fault.get("pointer", "#/"))
        found.setdefault(name, []).append(fault["detail"])
    return {name: " ".join(dict.fromkeys(texts)) for name, texts in found.items()}


class _Written(str):
    """A parameter as the reader writes it, whichever format a sentence asks for."""

    __slots__ = ()

    def __format__(self, _format: str) -> str:
        return str(self)


def in_words(message: Message, speech: Speech) -> str:
    """Return a sentence of the service as pages say it."""
    return named(_spoken(message, speech).render(speech.catalogue), speech)


def _spoken(message: Message, speech: Speech) -> Message:
    """Return a message with the text of pages, and with its parameters as they show them."""
    own = f"{PREFIX}.plain.{message.id.replace('_', '-')}"
    lists = _lists_of(message)
    parameters = {
        name: _shown(value, [_CODES.get(name, name), *lists], speech)
        for name, value in message.parameters.items()
    }
    if parameters.get(_ABOUT) in _ATTRIBUTES:
        # A name of one word can only be known by its place.
        known = _ATTRIBUTES[str(parameters[_ABOUT])]
        begins = TEMPLATES[message.id].english.startswith(f"{{{_ABOUT}}}")
        label = label_of(known, speech)
        parameters[_ABOUT] = label if begins else speech.either(*known.in_sentences)
    if own not in TEMPLATES:
        return Message(message.id, parameters)
    wanted = TEMPLATES[own].parameters
    return Message(own, {name: value for name, value in parameters.items() if name in wanted})


def _lists_of(message: Message) -> list[str]:
    """Return the code lists of the attributes that a message names."""
    template = TEMPLATES.get(message.id)
    named = [found[0] for found in _NAMES.finditer(template.english)] if template else []
    named += [str(value) for value in message.parameters.values()]
    lists = [_ATTRIBUTES[name].code_list for name in named if name in _ATTRIBUTES]
    return [one for one in lists if one]


def _shown(value: object, lists: Iterable[str], speech: Speech) -> object:
    if isinstance(value, Message):
        return _spoken(value, speech)
    if isinstance(value, tuple):
        return tuple(_shown(one, (), speech) for one in value)
    for code_list in lists:
        known = CODE_LISTS.get(code_list)
        if known and any(value == one.code for one in known.codes):
            return f"“{speech.label(code_list, str(value))}”"
    return _in_notation(value, speech)


def _in_notation(value: object, speech: Speech) -> object:
    """Return numbers and dates as the reader writes them, and all else as it is."""
    if isinstance(value, Decimal | float):
        return _Written(speech.number(value, _DECIMALS))
    if isinstance(value, date):
        return _Written(speech.day(value))
    text = value.text if isinstance(value, PartialDate) else str(value)
    if _NUMBER.fullmatch(text):
        return _Written(text.replace(".", speech.decimal_mark))
    if _DATE.fullmatch(text):
        with suppress(MessageError):
            return _Written(speech.partial_date(text))
    return value


def named(text: str, speech: Speech) -> str:
    """Return a sentence with the labels of fields in place of the names that programs use."""

    def label(found: re.Match[str]) -> str:
        if found[0] in _FIELDS:
            return f"“{speech.text(_FIELDS[found[0]])}”"
        one = _LABELS[found[0]]
        begins = not found.start()
        return label_of(one, speech) if begins else str(speech.either(*one.in_sentences))

    return _NAMES.sub(label, text)
