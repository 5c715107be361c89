"""What a reader answers to an import in a form, as the merge patch that the API takes.

Fields are named by what they answer: ``given.kind``, ``column.F``, ``row.4.match``,
``row.4.value.area_ha``, ``row.4.pick.area_ha`` (one of the readings of a number),
``row.4.omit.area_ha``, ``row.4.confirmed``, ``row.4.included``, ``row.4.left_out`` and
``row.4.withdraw``.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from app.core.digest import JsonObject
from app.core.errors import BadBodyError, Fault
from app.core.messages import MessageError
from app.core.validation import bad_body, sentences_of
from app.imports.answers import LINE
from app.imports.draft_schemas import ImportDetail, ImportGiven, ImportPatch
from app.imports.schemas import VALUES
from app.imports.typed import typed_number
from app.pages.speech import Speech
from app.subjects.attributes import ValueType

Fields = Mapping[str, str]
GIVEN = tuple(ImportGiven.model_fields)
NUMBERS = {
    ValueType.hectares,
    ValueType.percent,
    ValueType.quantity,
    ValueType.number,
    ValueType.money,
}
"""The types of values that are typed as numbers."""
_TICKED: Mapping[str, JsonObject] = {
    "confirmed": {"confirmed": True},
    "included": {"included": True},
    "left_out": {"included": False},
    "withdraw": {"withdraw": True},
}
_WORDS = {"province_code": "province", "effective_from": "date", "source_id": "source"}
_PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def patch_of(fields: Fields, draft: ImportDetail) -> ImportPatch:
    """Return the answers that a form has others of than the draft has.

    ``BadBodyError`` for what does not fit, with pointers as the API has them.
    """
    faults: list[Fault] = []
    body = {**_given(fields, draft), "columns": _columns(fields, draft)}
    body["rows"] = _rows(fields, faults)
    if faults:
        raise BadBodyError(sentences_of(faults), errors=faults)
    try:
        return ImportPatch.model_validate({name: v for name, v in body.items() if v != {}})
    except ValidationError as error:
        raise bad_body(error, ImportPatch) from error


def _given(fields: Fields, draft: ImportDetail) -> JsonObject:
    """Return what is given beside the file and differs from what was given before."""
    before = draft.given.model_dump(mode="json")
    sent = {name: fields[f"given.{name}"].strip() for name in GIVEN if f"given.{name}" in fields}
    return {name: text or None for name, text in sent.items() if (text or None) != before.get(name)}


def _columns(fields: Fields, draft: ImportDetail) -> JsonObject:
    before = draft.answers.columns
    sent = {
        name.removeprefix("column."): text
        for name, text in fields.items()
        if name.startswith("column.")
    }
    return {name: text or None for name, text in sent.items() if (text or None) != before.get(name)}


def _rows(fields: Fields, faults: list[Fault]) -> JsonObject:
    rows: dict[str, Any] = {}
    for name, text in fields.items():
        if name.startswith("row.") and text.strip():
            _, number, member, *attribute = name.split(".", 3)
            _answer(rows, number, (member, *attribute), text.strip(), faults)
    return {n: None if answer.get("withdraw") else answer for n, answer in rows.items()}


def _answer(
    rows: dict[str, Any], number: str, place: tuple[str, ...], text: str, faults: list[Fault]
) -> None:
    """Take one field into the answer about a row; what is typed counts before what is chosen."""
    answer = rows.setdefault(number, {})
    member, name = place[0], place[-1]
    if member == "site" or (member == "match" and "match" not in answer):
        answer["match"] = text
    elif member == "value":
        pointer = f"#/rows/{number}/values/{name}"
        answer.setdefault("values", {})[name] = _value(name, text, pointer, answer, faults)
    elif member == "pick":
        answer.setdefault("values", {}).setdefault(name, _picked(name, text))
    elif member == "line":
        answer["value"] = _number(LINE, text, f"#/rows/{number}/value", answer, faults)
    elif member == "omit":
        answer.setdefault("omitted", []).append(name)
    elif member in _TICKED:
        answer |= _TICKED[member]


def _picked(name: str, text: str) -> object:
    """Return one of the choices of a value, as the page wrote it."""
    kind = VALUES[name].attribute.type if name in VALUES else ValueType.text
    is_number = kind in NUMBERS and _PLAIN.fullmatch(text)
    return Decimal(text) if is_number else text


def _value(
    name: str, text: str, pointer: str, answer: dict[str, Any], faults: list[Fault]
) -> object:
    """Return a value that was typed, as the API takes it."""
    kind = VALUES[name].attribute.type if name in VALUES else ValueType.text
    if kind in NUMBERS:
        return _number(name, text, pointer, answer, faults)
    if kind is ValueType.texts:
        return [part.strip() for part in text.split(";") if part.strip()]
    return text


def _number(
    name: str, text: str, pointer: str, answer: dict[str, Any], faults: list[Fault]
) -> Decimal | None:
    """Return a number that was typed, and keep in the answer how exactly it is given.

    How "1.043" is read may be the very question, so it has to be written in one way.
    """
    try:
        number = typed_number(text, None, VALUES[name].attribute.unit if name in VALUES else None)
    except MessageError as error:
        faults.append(Fault(error.message, pointer))
        return None
    if number.qualifier:
        answer.setdefault("qualifiers", {})[name] = number.qualifier
    return number.value


def labels_of(names: Iterable[str], speech: Speech) -> Mapping[str, str]:
    """Return what the fields of forms are called, by their names."""
    return {name: label for name in names if (label := _label(name.split("."), speech))}


def _label(name: list[str], speech: Speech) -> str | None:
    match name:
        case ["file"]:
            return speech.text("imports.file")
        case ["given", member]:
            return speech.text(f"given.{_WORDS.get(member, member.replace('_', '-'))}")
        case ["column", letters]:
            return speech.text("import.column", column=letters)
        case ["row", number, "value", attribute]:
            of = speech.attribute("site", attribute) if attribute in VALUES else attribute
            return f"{speech.text('import.row', row=number)}, {of}"
        case ["row", number, *_]:
            return speech.text("import.row", row=number)
    return None


def field_of(pointer: str) -> str:
    """Return the field that a pointer into the body is about; none for what has no field."""
    match pointer.removeprefix("#/").split("/"):
        case ["columns", letters]:
            return f"column.{letters}"
        case ["rows", number, "values" | "qualifiers", name, *_] if name != LINE:
            return f"row.{number}.value.{name}"
        case ["rows", number, "value" | "qualifiers", *_]:
            return f"row.{number}.line"
        case ["rows", number, member, *_]:
            return f"row.{number}.{member}"
        case [name] if name in GIVEN or name == "file":
            return name if name == "file" else f"given.{name}"
    return ""
