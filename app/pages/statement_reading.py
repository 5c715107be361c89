"""Reading a form: what was typed as the body that ``/v1/statements/bulk`` takes, and back.

Nothing is judged here but what only a form has: how numbers are written in a language, and names
that stand for ids.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.dates import PartialDate, today
from app.core.errors import BadBodyError, Fault
from app.core.messages import Message, MessageError, Template
from app.core.validation import sentences_of
from app.core.vietnamese import slug
from app.core.vocabulary import Qualifier, SiteKind, SubjectType
from app.entry.schemas import StatementAnswer
from app.imports.numbers import Number
from app.imports.references import numbered_id
from app.imports.typed import range_ends, typed_date, typed_number
from app.pages.faults import REASON
from app.pages.lookups import Lookup
from app.pages.speech import Speech
from app.pages.statement_fields import (
    CLEARED,
    EXACTLY,
    LOOKED_UP,
    NEW,
    UNTIL,
    VALUE,
    attributes_of,
)
from app.pages.values import members_of
from app.subjects.attributes import UNIT_LEVELS, Attribute, ValueType, plain_decimal
from app.subjects.definitions import DEFINITIONS

Typed = Mapping[str, str]
NEW_SOURCE = "new_source."
"""What the names of the fields of a new source begin with."""
SOURCE_MEMBERS = ("kind", "title", "number", "issuer", "published_on", "url")
_TEXTS = ("effective_from", "effective_to", "date_basis", "basis", "locator", "note")
_HEAD = (*_TEXTS, REASON)
_HEAD_DATES = {"effective_from", "effective_to"}
_DATES = _HEAD_DATES | {
    name
    for definition in DEFINITIONS.values()
    for name, one in definition.attributes.items()
    if one.type is ValueType.partial_date
}
_MOST_ID = 69
_NO_GEOMETRY = Template("forms.no-geometry", "paste GeoJSON: a Point, Polygon or MultiPolygon.")
_TWO_SOURCES = Template(
    "forms.two-sources", "name a registered source or describe a new one, not both."
)
_VIETNAMESE = "vi"


@dataclass(frozen=True, slots=True)
class About:
    """What a statement is about: a subject, or with ``key`` ``None`` one to be registered."""

    what: SubjectType
    key: str | None
    kind: SiteKind | None = None
    replaces: str | None = None


class Reading:
    """Reads one form; faults are kept until all is read."""

    def __init__(self, typed: Typed, lookup: Lookup, speech: Speech) -> None:
        """Keep the fields, what names are looked up with, and the language numbers are in."""
        self._typed = {name: text.strip() for name, text in typed.items()}
        self._lookup = lookup
        self._speech = speech
        self._faults: list[Fault] = []
        self._organizations: dict[str, dict[str, str]] = {}

    def refuse(self) -> None:
        """Refuse the form for what cannot be read, if anything."""
        if self._faults:
            raise BadBodyError(sentences_of(self._faults), errors=self._faults)

    async def body(self, about: About) -> dict[str, Any]:
        """Return what the form asks to record, without what cannot be read: see ``refuse``."""
        statement = await self._statement(about)
        sources = self._new_source(statement)
        if about.key is None:
            registration = {"id": self._typed.get("id") or None, "kind": about.kind, **statement}
            if about.what is not SubjectType.site:
                del registration["kind"]
            lists = {f"{about.what}s": [registration]}
        else:
            named = {"subject_type": about.what, "subject_id": about.key}
            lists = {"statements": [{**statement, **named, "replaces": about.replaces}]}
        reason = self._typed.get("reason") or None
        new = {"organizations": list(self._organizations.values()), "sources": sources}
        return {**new, **lists, "reason": reason}

    async def _statement(self, about: About) -> dict[str, Any]:
        typed = self._typed
        found: dict[str, Any] = {name: typed[name] for name in _HEAD if typed.get(name)}
        for name in _HEAD_DATES & found.keys():
            found[name] = self._date(found[name], f"#/{name}")
        if source := typed.get("source"):
            found["source_id"] = await self._id("sources", source, "#/source_id")
        if cites := typed.get("cites"):
            lines = filter(None, map(str.strip, cites.splitlines()))
            found["cites"] = [await self._id("sources", line, "#/cites") for line in lines]
        values: dict[str, Any] = {}
        for attribute in attributes_of(about.what, about.kind):
            await self._read(attribute, values, found)
        return {**found, "values": values}

    def _new_source(self, statement: dict[str, Any]) -> list[dict[str, str]]:
        """Return the source that is described to be registered, which the statement then names."""
        given = {name: self._typed.get(NEW_SOURCE + name, "") for name in SOURCE_MEMBERS}
        new = {name: text for name, text in given.items() if text}
        if published := new.get("published_on"):
            new["published_on"] = self._date(published, "#/sources/0/published_on")
        if not set(new) - {"kind"}:
            return []
        if "source_id" in statement:
            self._fault("#/source_id", _TWO_SOURCES())
        made = (
            numbered_id(new.get("kind", ""), new["number"], new.get("published_on"))
            if "number" in new
            else "-".join((slug(new.get("title", ""))[:_MOST_ID], new.get("published_on", "")))
        )
        statement["source_id"] = made.strip("-").lower() or "source"
        new["id"] = statement["source_id"]
        if reason := statement.get("override_reason"):
            new["override_reason"] = reason
        return [new]

    async def _read(
        self, attribute: Attribute, values: dict[str, Any], found: dict[str, Any]
    ) -> None:
        name, typed = attribute.name, self._typed
        text = typed.get(VALUE + name, "")
        if not text and typed.get(CLEARED + name):
            values[name] = None
        if not text:
            return
        end = typed.get(UNTIL + name)
        if attribute.is_quantity and not end and (ends := range_ends(text)):
            text, end = ends
        values[name] = await self._value(attribute, text, found)
        qualifier = typed.get(EXACTLY + name) or (Qualifier.range if end else "")
        if qualifier and qualifier != Qualifier.exact:
            found.setdefault("qualifiers", {})[name] = qualifier
        if end:
            top = self._number(attribute, end, f"#/values_to/{name}").value
            found.setdefault("values_to", {})[name] = plain_number(top)

    async def _value(self, attribute: Attribute, text: str, found: dict[str, Any]) -> object:
        pointer = f"#/values/{attribute.name}"
        if attribute.is_quantity or attribute.ordinal:
            number = self._number(attribute, text, pointer)
            if number.qualifier and attribute.is_quantity:
                found.setdefault("qualifiers", {})[attribute.name] = number.qualifier
            return plain_number(number.value)
        if attribute.type is ValueType.partial_date:
            return self._date(text, pointer)
        if level := UNIT_LEVELS.get(attribute.name):
            return await self._id(f"{level}s", text, pointer)
        if what := LOOKED_UP.get(attribute.type):
            key = await self._id(what, text, pointer)
            is_new = self._typed.get(NEW + attribute.name)
            return await self._registered(key) if is_new and key == text else key
        if attribute.type is ValueType.texts:
            return [line.strip() for line in text.splitlines() if line.strip()]
        return self._geometry(text, pointer) if attribute.type is ValueType.geometry else text

    async def _id(self, what: str, text: str, pointer: str) -> str:
        found = await self._lookup.id_of(what, text)
        if isinstance(found, Message):
            self._fault(pointer, found)
            return text
        return found

    async def _registered(self, name: str) -> str:
        """Return the id of an organization that is to be registered under a name."""
        if name not in self._organizations:
            known = {one["id"] for one in self._organizations.values()}
            made = free = slug(name)[:_MOST_ID].strip("-") or "organization"
            number = 1
            while free in known or await self._lookup.has("organizations", free):
                number += 1
                free = f"{made}-{number}"
            entry = {"id": free, "name": name}
            if reason := self._typed.get(REASON):
                entry[REASON] = reason
            self._organizations[name] = entry
        return self._organizations[name]["id"]

    def _number(self, attribute: Attribute, text: str, pointer: str) -> Number:
        """Return a number that was typed, in the unit of its attribute."""
        try:
            return typed_number(text, self._speech.decimal_mark, attribute.unit)
        except MessageError as error:
            self._fault(pointer, error.message)
            return Number(None)

    def _date(self, text: str, pointer: str) -> str:
        try:
            return typed_date(text)
        except MessageError as error:
            self._fault(pointer, error.message)
            return text

    def _geometry(self, text: str, pointer: str) -> object:
        try:
            return json.loads(text, parse_float=Decimal)
        except ValueError:
            self._fault(pointer, _NO_GEOMETRY())
            return None

    def _fault(self, pointer: str, detail: Message) -> None:
        self._faults.append(Fault(detail, pointer=pointer))


def plain_number(value: Decimal | None) -> Decimal | int | None:
    """Return a number as a body has it: a whole one as such."""
    return int(value) if value is not None and value == int(value) else value


def day_typed(typed: Typed) -> date:
    """Return the day that a form is about: the first of its date, or today if that is no date."""
    try:
        return PartialDate.parse(typed_date(typed.get("effective_from", ""))).first_day
    except MessageError:
        return today()


def field_of(pointer: str) -> str:
    """Return the field that a pointer into the body is about."""
    parts = pointer.removeprefix("#/").split("/")
    if parts[0] in {"statements", "sites", "projects", "sources"} and len(parts) > 1:
        of, parts = parts[0], parts[2:]
        if of == "sources":
            member = parts[0] if parts and parts[0] in SOURCE_MEMBERS else "title"
            return NEW_SOURCE + member
    match parts:
        case ["values" | "qualifiers" | "values_to" as member, name, *_]:
            return f"{member}.{name}"
        case ["source_id", *_]:
            return "source"
        case [name, *_]:
            return name
    return ""


def typed_of(statement: StatementAnswer, language: str) -> dict[str, str]:
    """Return what would have to be typed to state what a statement says."""
    head = {name: getattr(statement, name) for name in _TEXTS}
    typed = {name: _text(name, text, language) for name, text in head.items() if text is not None}
    typed["source"] = statement.source_id
    typed["cites"] = "\n".join(statement.cites or ())
    for member, prefix in (("qualifiers", EXACTLY), ("values_to", UNTIL)):
        given = getattr(statement, member, None)
        for name, value in members_of(given).items() if given else ():
            if value is not None:
                typed[prefix + name] = _text(name, value, language)
    values = getattr(statement, "values", None)
    stated = members_of(values) if values else {}
    for name, value in stated.items():
        if name in values.model_fields_set:  # type: ignore[union-attr]
            is_known = value is not None
            typed[(VALUE if is_known else CLEARED) + name] = (
                _text(name, value, language) if is_known else "1"
            )
    return typed


def _text(name: str, value: object, language: str) -> str:
    if name in _DATES:
        return Speech(language).partial_date(str(value))
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, float | Decimal):
        text = plain_decimal(Decimal(str(value)))
        # With a mark of thousands three decimals would read as such.
        return text.replace(".", ",") if language == _VIETNAMESE else text
    if isinstance(value, Mapping):
        return json.dumps(value)
    return str(getattr(value, "value", value))
