"""Words and numbers of the messages, in Vietnamese and English side by side."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.core.dates import DatePrecision, PartialDate, Period
from app.core.labels import CODE_LISTS
from app.core.vocabulary import Qualifier, SiteKind, SubjectType
from app.findings.spans import hedge_of
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed
from app.subjects.attributes import Attribute, Hedge, plain_decimal
from app.subjects.definitions import DEFINITIONS


class Text(NamedTuple):
    """One message or part of a message in both languages."""

    vi: str
    en: str

    def __add__(self, other: object) -> "Text":
        """Join two texts, each language to its own."""
        if not isinstance(other, Text):
            return NotImplemented
        return Text(self.vi + other.vi, self.en + other.en)


_UNITS = {
    "ha": Text(" ha", " ha"),
    "pct": Text("%", "%"),
    "billion_vnd": Text(" tỷ đồng", " billion VND"),
    "vnd": Text(" đồng", " VND"),
    "million_usd": Text(" triệu USD", " million USD"),
    "km": Text(" km", " km"),
}
_QUALIFIED = {
    Qualifier.about: Text("khoảng ", "about "),
    Qualifier.over: Text("trên ", "over "),
    Qualifier.at_least: Text("tối thiểu ", "at least "),
    Qualifier.up_to: Text("tối đa ", "up to "),
}
_KINDS = {
    SiteKind.zone: Text("khu công nghiệp", "industrial zone"),
    SiteKind.cluster: Text("cụm công nghiệp", "industrial cluster"),
    SiteKind.craft_village: Text("làng nghề", "craft village"),
}
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MOST_NAMES = 12


def number(value: Decimal) -> Text:
    """Write a number as each language does: 1.124,5 and 1,124.5."""
    english = f"{Decimal(plain_decimal(value)):,f}"
    return Text(english.translate(str.maketrans(",.", ".,")), english)


def amount(value: Decimal, unit: str) -> Text:
    """Write a number with its unit; counts have none."""
    return number(value) + _UNITS.get(unit, Text("", ""))


def more_land(site: str, part: Text, had: Decimal, whole: Text, most: Decimal) -> Text:
    """Write that a part of a site, in hectares, is larger than its whole."""
    land, bound = amount(had, "ha"), amount(most, "ha")
    return Text(
        f"{site}: {part.vi} {land.vi} lớn hơn {whole.vi} {bound.vi}.",
        f"{site}: {part.en} {land.en} is more than {whole.en} {bound.en}.",
    )


def stated_amount(observed: Observed) -> Text:
    """Write the value of an observation with its hedge and unit."""
    return hedged(observed.value, INDICATORS[observed.indicator].unit, hedge_of(observed))


def hedged(value: Decimal, unit: str, hedge: Hedge | None) -> Text:
    """Write a number with its unit and with how exactly it is given."""
    shown, qualifier = amount(value, unit), hedge.qualifier if hedge else Qualifier.exact
    if qualifier == Qualifier.range and hedge and hedge.value_to is not None:
        return number(value) + Text("–", "–") + amount(Decimal(hedge.value_to), unit)
    return _QUALIFIED.get(Qualifier(qualifier), Text("", "")) + shown


def indicator_name(code: str) -> Text:
    """Return the name of an indicator."""
    return Text(INDICATORS[code].name_vi, INDICATORS[code].name_en)


def kind_name(kind: SiteKind) -> Text:
    """Return the word for one site of a kind."""
    return _KINDS[kind]


def attribute_name(name: str, subject: SubjectType = SubjectType.site) -> Text:
    """Return the name of an attribute: its own, or the title of its code list."""
    attribute = _attribute(name, subject)
    if attribute is None:
        return Text(name, name)
    code_list = CODE_LISTS.get(attribute.code_list or "")
    if code_list is None or attribute.words:
        return Text(*attribute.in_sentences)
    return Text(_lowered(code_list.title_vi), _lowered(code_list.title_en))


def code_name(attribute: str, code: str, subject: SubjectType) -> Text:
    """Return the label of a code, in lower case: it stands inside a sentence."""
    declared = _attribute(attribute, subject)
    code_list = CODE_LISTS.get(declared.code_list or "") if declared else None
    found = [c for c in code_list.codes if c.code == code] if code_list else []
    if not found:
        return Text(code, code)
    return Text(_lowered(found[0].label_vi), _lowered(found[0].label_en))


def _attribute(name: str, subject: SubjectType) -> Attribute | None:
    member = DEFINITIONS[subject].state.members.get(name)
    return member.attribute if member else None


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:]


def sites_of(count: int, kind: SiteKind) -> Text:
    """Return a number of sites with the word for their kind."""
    vi, en = _KINDS[kind]
    return Text(f"{count} {vi}", f"{count} {en}{'' if count == 1 else 's'}")


def when(text: str) -> Text:
    """Write a partial date or a period: "tháng 12/2023", "December 2023"."""
    period = Period.parse(text)
    if period.start == period.end:
        return _when(period.start)
    start, end = _when(period.start), _when(period.end)
    return Text(f"từ {start.vi} đến {end.vi}", f"{start.en} to {end.en}")


def on(day: date) -> Text:
    """Write a day."""
    return when(day.isoformat())


def _when(partial: PartialDate) -> Text:
    day = partial.first_day
    if partial.precision is DatePrecision.year:
        return Text(f"năm {day.year}", f"{day.year}")
    if partial.precision is DatePrecision.quarter:
        quarter = partial.text[-1]
        return Text(f"quý {_ROMAN[quarter]}/{day.year}", f"Q{quarter} {day.year}")
    month = _MONTHS[day.month - 1]
    if partial.precision is DatePrecision.month:
        return Text(f"tháng {day.month}/{day.year}", f"{month} {day.year}")
    return Text(f"ngày {day.day}/{day.month}/{day.year}", f"{day.day} {month} {day.year}")


def quoted(title: str) -> Text:
    """Put the title of a source between quotation marks."""
    return Text(f"“{title}”", f"“{title}”")


def joined(texts: Iterable[Text], by: Text) -> Text:
    """Join texts by a separator, each language by its own."""
    parts = list(texts)
    return Text(by.vi.join(part.vi for part in parts), by.en.join(part.en for part in parts))


def listed(names: Sequence[str]) -> Text:
    """Join names: "A, B và C", "A, B and C"; of many only the first are named."""
    if len(names) > _MOST_NAMES:
        start, more = ", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
        return Text(f"{start} và {more} nơi khác", f"{start} and {more} more")
    *most, last = names
    if not most:
        return Text(last, last)
    start = ", ".join(most)
    return Text(f"{start} và {last}", f"{start} and {last}")


def opening(province: str, observed: Observed) -> Text:
    """Begin a message with the figure, its province and period, its source and its value."""
    name, period = indicator_name(observed.indicator), when(observed.period)
    value = stated_amount(observed)
    return Text(
        f"{name.vi} của {province}, {period.vi}: “{observed.source_title}” nêu {value.vi}",
        f"{name.en} of {province}, {period.en}: “{observed.source_title}” states {value.en}",
    )
