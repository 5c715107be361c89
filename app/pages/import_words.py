"""What a file was read as, in words: what columns hold, what rows state, what is in doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from app.core.messages import TEMPLATES, Message
from app.imports.remarks import PREFIX
from app.imports.schemas import VALUES, ImportRemark
from app.imports.tables import IGNORED
from app.imports.words import wordings
from app.pages.faults import in_words, named
from app.pages.speech import Speech
from app.pages.values import label_of, members_of, shown
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import PLANNED, UNIT_LEVELS, Attribute, ValueType
from app.subjects.sites import SiteState
from app.units.units import Units

ROW = Any
"""An ``ImportRow``, a model that is made of the attributes of sites."""
_OF_FORMS = {"attribute", "form_line", "form_value", "indicator", "unit"}
HOLDABLE = sorted({one.attribute for one in wordings()} - _OF_FORMS | {IGNORED})
"""What a column of a table can be answered to hold."""


class InBoth(Protocol):
    """A remark, or a fault, in Vietnamese and in English."""

    @property
    def message_vi(self) -> str:
        """The sentence in Vietnamese."""

    @property
    def message_en(self) -> str:
        """The sentence in English."""


class Said(NamedTuple):
    """What is said about a cell or a row: how much it weighs, and the sentence."""

    weight: str
    text: str


class Stated(NamedTuple):
    """What a row states from a day on, in words; ``origin`` is the note that it follows from."""

    day: str
    values: Sequence[tuple[str, str]]
    origin: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """Says what was read of a file in the language of a reader."""

    speech: Speech
    units: Units
    day: date

    def column(self, attribute: str | None) -> str:
        """Return what a column holds."""
        if attribute is None:
            return self.speech.text("columns.unknown")
        base, _, of = attribute.partition("@")
        member = SiteState.members.get(base.removeprefix(PLANNED))
        special = self._special(base) or base
        label = str(self.speech.either(*member.attribute.labels)) if member else special
        part = self._special(f"of-{of}") if of else None
        return f"{label} ({part})" if part else label

    def _special(self, name: str) -> str | None:
        key = "columns." + name.replace("_", "-").replace(".", "-")
        try:
            return self.speech.text(key)
        except KeyError:
            return None

    def remark(self, weight: str, one: ImportRemark) -> Said:
        """Return a remark in the words of pages."""
        said = one.model_dump(by_alias=True)
        wanted = TEMPLATES[PREFIX + one.code].parameters
        if any(said.get(name) is None for name in wanted):
            return Said(weight, sentence(one, self.speech))
        message = Message(PREFIX + one.code, {name: said[name] for name in wanted})
        return Said(weight, in_words(message, self.speech))

    def stated(self, row: ROW) -> list[Stated]:
        """Return what a row states."""
        return [
            Stated(
                self.speech.partial_date(one.effective_from) if one.effective_from else "",
                [*self._values(one), *self._observed(one), *self.cited(one)],
                one.from_,
            )
            for one in row.statements or ()
        ]

    def _values(self, statement: Any) -> Iterator[tuple[str, str]]:
        for name in given_of(statement):
            attribute = VALUES[name].attribute
            if value := self.value(statement, attribute):
                yield label_of(attribute, self.speech), value

    def value(self, statement: Any, attribute: Attribute) -> str | None:
        """Return what a statement says of an attribute."""
        hedges = {"qualifiers": statement.qualifiers, "values_to": statement.tops}
        found = shown(attribute, {**given_of(statement), **hedges}, self.speech, self._name)
        return found.text if found else None

    def _name(self, attribute: Attribute, key: str) -> str | None:
        if attribute.type is ValueType.unit:
            return self.units.name_of(UNIT_LEVELS[attribute.name], key, self.day)
        return key

    def _observed(self, statement: Any) -> Iterator[tuple[str, str]]:
        for one in statement.observations or ():
            indicator = INDICATORS[one.indicator]
            label = str(self.speech.either(indicator.name_vi, indicator.name_en))
            yield label, f"{self.speech.number(one.value)} {self.speech.unit(indicator.unit)}"

    def cited(self, statement: Any) -> Iterator[tuple[str, str]]:
        """Yield the decisions that a statement refers to."""
        for one in statement.cites or ():
            day = f" ({self.speech.partial_date(one.date)})" if one.date else ""
            yield self.speech.text("columns.decision"), f"{one.number}{day}"


def sentence(one: InBoth, speech: Speech) -> str:
    """Return a sentence that is there in both languages, with labels for names."""
    return named(str(speech.either(one.message_vi, one.message_en)), speech)


def given_of(statement: Any) -> dict[str, object]:
    """Return the values that a statement gives, by attribute."""
    values = statement.values
    return {n: v for n, v in members_of(values).items() if n in values.model_fields_set}
