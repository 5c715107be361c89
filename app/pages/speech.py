"""How pages speak: words, numbers, dates and code labels, in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from fastapi import Request

from app.core.dates import DatePrecision, PartialDate
from app.core.labels import CODE_LISTS
from app.core.messages import Catalogue, Message
from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import SubjectType
from app.findings import RULES
from app.http.languages import CATALOGUES
from app.http.readers import reader_of
from app.pages.words import word
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import Attribute
from app.subjects.definitions import DEFINITIONS

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DAYS = {"vi": "dd/MM/y", "en": "d MMM y"}
_DATES: Mapping[str, Mapping[DatePrecision, str]] = {
    "vi": {DatePrecision.month: "MM/y", DatePrecision.quarter: "'quý' Q/y"},
    "en": {DatePrecision.month: "MMM y", DatePrecision.quarter: "'Q'Q y"},
}
_UNITS = {
    UnitOfMeasure.number: "",
    UnitOfMeasure.hectares: "ha",
    UnitOfMeasure.percent: "%",
    UnitOfMeasure.vnd: "₫",
}
_VIETNAMESE = "vi"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, as templates use it."""

    language: str

    @property
    def decimal_mark(self) -> str:
        """What stands before the decimals of a number."""
        return "," if self.language == _VIETNAMESE else "."

    @property
    def catalogue(self) -> Catalogue:
        """The texts of the language."""
        return CATALOGUES.get(self.language, {})

    def text(self, name: str, **parameters: object) -> str:
        """Return a word of the pages, by page and name."""
        return word(name, **parameters).render(self.catalogue)

    def sentence(self, message: Message) -> str:
        """Return a sentence of the service with its days as readers write them."""
        return replace(message, parameters=self._spoken(message.parameters)).render(self.catalogue)

    def _spoken(self, parameters: Mapping[str, object]) -> Mapping[str, object]:
        return {
            name: self.day(value) if isinstance(value, date) else value
            for name, value in parameters.items()
        }

    def number(self, value: float | Decimal, decimals: int = 2) -> str:
        """Return a number with the separators of the language, without trailing zeros."""
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return str(format_decimal(value, pattern, locale=self.language)).replace("-", "−")

    def signed(self, value: float | Decimal) -> str:
        """Return a difference: a number with its sign."""
        return f"{'+' if value > 0 else '−'}{self.number(max(value, -value))}"

    def day(self, value: date) -> str:
        """Return a day."""
        return format_date(value, _DAYS[self.language], locale=self.language)

    def partial_date(self, text: str) -> str:
        """Return a date, as precise as it was written."""
        written = PartialDate.parse(text)
        if written.precision is DatePrecision.day:
            return self.day(written.first_day)
        pattern = _DATES[self.language].get(written.precision, "y")
        return format_date(written.first_day, pattern, locale=self.language)

    def period(self, text: str) -> str:
        """Return a period: a date, or two with a dash between them."""
        return "–".join(map(self.partial_date, text.split("/")))

    def unit(self, unit: UnitOfMeasure) -> str:
        """Return a unit of measure as it stands behind a number; nothing for counts."""
        known = _UNITS.get(unit)
        return self.text("units." + unit.replace("_", "-")) if known is None else known

    def unit_of(self, indicator: str) -> str:
        """Return the unit of a figure of a province."""
        return self.unit(INDICATORS[indicator].unit)

    def unit_of_difference(self, indicator: str) -> str:
        """Return the unit of the difference of two figures: of percentages not percent."""
        unit = INDICATORS[indicator].unit
        return self.text("units.points") if unit is UnitOfMeasure.percent else self.unit(unit)

    def instant(self, value: datetime) -> str:
        """Return an instant by the clock of Vietnam, to the minute."""
        pattern = f"{_DAYS[self.language]} HH:mm"
        return format_datetime(value, pattern, tzinfo=_VIETNAM, locale=self.language)

    def either(self, vietnamese: str | None, english: str | None) -> str | None:
        """Return the one of two texts that is in the language."""
        return vietnamese if self.language == _VIETNAMESE else english

    def attribute(self, subject_type: str, name: str) -> str:
        """Return the label of an attribute of a subject, or of a figure of a province."""
        indicator = INDICATORS.get(name)
        if indicator is not None:
            return str(self.either(indicator.name_vi, indicator.name_en))
        return str(self.either(*_attribute(subject_type, name).labels))

    def value(self, subject_type: str, name: str, value: object) -> str:
        """Return the value of an attribute as people read it: codes by their labels."""
        if isinstance(value, bool) or value is None:
            return str(value)
        if isinstance(value, int | float | Decimal):
            return self.number(value, 4)
        if isinstance(value, list):
            return "; ".join(map(str, value))
        codes = None if name in INDICATORS else _attribute(subject_type, name).code_list
        return self.label(codes, str(value)) if codes else str(value)

    def rule(self, code: str) -> str:
        """Return the title of a rule of findings."""
        rule = RULES[code]
        return str(self.either(rule.title_vi, rule.title_en))

    def label(self, code_list: str, code: str) -> str:
        """Return the label of a code; a code that is in no list is its own label."""
        found = _labels(code_list).get(code)
        return code if found is None else str(self.either(*found))

    def codes(self, code_list: str) -> list[tuple[str, str]]:
        """Return the codes of a list with their labels, to choose from."""
        return [(code, str(self.either(*labels))) for code, labels in _labels(code_list).items()]


def speech_of(request: Request) -> Speech:
    """Return the language of the reader of a page."""
    return Speech(reader_of(request).language)


def _attribute(subject_type: str, name: str) -> Attribute:
    return DEFINITIONS[SubjectType(subject_type)].state.members[name].attribute


@cache
def _labels(name: str) -> Mapping[str, tuple[str, str]]:
    return {code.code: (code.label_vi, code.label_en) for code in CODE_LISTS[name].codes}
