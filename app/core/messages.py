"""Messages for people: an id, the English text, and the parameters of one occasion.

Rules compare messages by id and parameters, never by sentences. How a message reads is decided at
the edge, where the language of the reader is known: a catalogue gives the text of an id in another
language; an id that it lacks is rendered in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType

Catalogue = Mapping[str, str]
"""The texts of one language, by the ids of the messages."""

_ENGLISH: Catalogue = MappingProxyType({})
_FOREIGN = "{text}"


class _Words(Formatter):
    """Formats like ``str.format``; ``{what:word}`` shows a code by its word in the language.

    ``{what:Word}`` has a capital, to begin a sentence.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec not in {"word", "Word"}:
            return str(format(value, format_spec))
        template = TEMPLATES.get(f"word.{value}")
        english = template.english if template else str(value)
        word = self._catalogue.get(f"word.{value}") or english
        return word if format_spec == "word" else word[:1].upper() + word[1:]


@dataclass(frozen=True, slots=True)
class Message:
    """One message on one occasion; ``str`` renders it in English.

    A parameter may be a message itself, a tuple of messages, which are joined by spaces, or a list
    of names, which are separated by semicolons.
    """

    id: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.id, *self.parameters))

    def __str__(self) -> str:
        return self.render(_ENGLISH)

    def render(self, catalogue: Catalogue) -> str:
        """Return the sentence in the language of a catalogue."""
        template = TEMPLATES.get(self.id)
        text = catalogue.get(self.id) or (template.english if template else _FOREIGN)
        shown = {name: _shown(value, catalogue) for name, value in self.parameters.items()}
        try:
            return _Words(catalogue).vformat(text, (), shown)
        except (KeyError, ValueError, IndexError):
            if not catalogue:
                raise
            # A translation with another parameter must not hide what is wrong.
            return str(self)


def _shown(value: object, catalogue: Catalogue) -> object:
    if isinstance(value, Message):
        return value.render(catalogue)
    if isinstance(value, tuple):
        return " ".join(str(_shown(one, catalogue)) for one in value)
    if isinstance(value, list):
        return "; ".join(str(_shown(one, catalogue)) for one in value)
    return value


class Template:
    """A kind of message: an id that never changes, and the English text with ``{parameters}``.

    Parameters are formatted as by ``str.format``, in all languages from the same values.
    """

    __slots__ = ("english", "id", "parameters")

    def __init__(self, id: str, english: str) -> None:  # noqa: A002  (it is called so)
        """Register the text; ``ValueError`` if the id is in use."""
        if id in TEMPLATES:
            raise ValueError(f"two messages have the id {id}")
        self.id = id
        self.english = english
        self.parameters = parameters_of(english)
        TEMPLATES[id] = self

    def __call__(self, **parameters: object) -> Message:
        """Return the message with its parameters; ``TypeError`` if they are not the text's."""
        if parameters.keys() != self.parameters:
            wanted = ", ".join(sorted(self.parameters)) or "none"
            raise TypeError(f"the parameters of {self.id} are {wanted}")
        return Message(self.id, parameters)


TEMPLATES: dict[str, Template] = {}
"""The templates of all modules imported so far, by id."""


def parameters_of(text: str) -> frozenset[str]:
    """Return the names of the parameters in a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


class MessageError(ValueError):
    """A value that is not accepted. A ``ValueError``, so that pydantic reports it like its own."""

    def __init__(self, message: Message) -> None:
        """Keep the message."""
        super().__init__(str(message))
        self.message = message


SENTENCES = Template("sentences", "{sentences}")
"""Several messages, one after another."""
FAULT_AT = Template("fault-at", "{place}: {fault}")


WORDS = tuple(
    Template(f"word.{code}", code.replace("_", " "))
    for code in (
        *("site", "project", "province", "district", "commune"),
        *("source", "organization", "statement", "revision", "import", "proposal"),
        *("zone", "cluster", "craft_village"),
    )
)
"""The codes that messages show as words: of subjects, units and sites."""


def foreign(kind: str, text: str, parameters: Mapping[str, object] | None = None) -> Message:
    """Return a message whose text comes from a library; catalogues may translate its kind."""
    return Message(kind, {**(parameters or {}), "text": text})
