"""How the values of subjects are shown: in words, with a link to what they refer to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.core.vocabulary import Qualifier
from app.pages.speech import Speech
from app.subjects.attributes import Attribute, ValueType, name_member

_NUMBERS = {
    ValueType.hectares,
    ValueType.percent,
    ValueType.quantity,
    ValueType.number,
    ValueType.money,
}
_PATHS = {ValueType.organization: "/organizations/", ValueType.site: "/sites/"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in words; ``path`` is the page of what it refers to, where there is one."""

    text: str
    path: str | None = None


Names = Callable[[Attribute, str], str | None]
"""Returns the name of what a value of an attribute refers to."""


def shown(
    attribute: Attribute, state: Mapping[str, object], speech: Speech, names: Names | None = None
) -> Shown | None:
    """Return a value of a state, or of the values of a statement; ``None`` where it is unknown.

    What a state says beside it is used: the name of what it refers to, and how exactly it is given.
    Statements have no names beside their values: ``names`` returns them.
    """
    value = state.get(attribute.name)
    if value is None:
        return None
    if attribute.is_reference:
        key = str(value)
        name = names(attribute, key) if names else state.get(name_member(attribute.name))
        return _reference(attribute, key, name)
    if attribute.type in _NUMBERS:
        return Shown(_number(attribute, state, speech))
    return Shown(_words(attribute, value, speech))


def _reference(attribute: Attribute, key: str, name: object) -> Shown:
    path = _PATHS.get(attribute.type)
    if attribute.name == "province_code":
        path = "/provinces/"
    text = str(name) if name else key
    return Shown(text, path and path + key)


def _number(attribute: Attribute, state: Mapping[str, object], speech: Speech) -> str:
    unit = speech.unit(attribute.unit) if attribute.unit else ""
    end = f"\N{NO-BREAK SPACE}{unit}" if unit else ""
    figure = speech.number(state[attribute.name])  # type: ignore[arg-type]
    qualifier = _beside(state, "qualifiers", attribute.name)
    if qualifier == Qualifier.range:
        highest = _beside(state, "values_to", attribute.name)
        return f"{figure}–{speech.number(highest)}{end}"  # type: ignore[arg-type]
    if qualifier:
        return f"{speech.label('qualifier', str(qualifier))} {figure}{end}"
    return f"{figure}{end}"


def _beside(state: Mapping[str, object], member: str, name: str) -> object:
    hedges = state.get(member)
    return members_of(hedges).get(name) if hedges else None


def _words(attribute: Attribute, value: object, speech: Speech) -> str:
    if attribute.code_list:
        return speech.label(attribute.code_list, str(value))
    if attribute.type is ValueType.texts and isinstance(value, Iterable):
        return ", ".join(map(str, value))
    if attribute.type is ValueType.partial_date:
        return speech.partial_date(str(value))
    return str(value)


def label_of(attribute: Attribute, speech: Speech) -> str:
    """Return the label of an attribute: of a value with its unit, of a unit of its name."""
    vi, en = attribute.labels
    if attribute.type is ValueType.unit:
        vi, en = vi.removeprefix("Mã ").capitalize(), en.removesuffix(" code")
    label = speech.either(vi, en) or attribute.name
    return label.partition(" (")[0] if attribute.type in _NUMBERS else label


def members_of(answer: object) -> dict[str, object]:
    """Return the members of an answer, or of a part of one, by name."""
    return dict(answer)  # type: ignore[call-overload, no-any-return]


def day_of(value: object) -> date:
    """Return a day of an answer, which has it as such or as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
