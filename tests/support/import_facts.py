"""Reports of imported files and the JSON that is expected of them, both as flat facts by name.

The samples' JSON is written for people: each file has its own shape. Facts are what they have in
common: ``row 10 2026-06-14 values.leased_ha``: 18.25. Two sets of facts differ by name.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.core.messages import Message
from app.imports.report import Report

SAMPLES = Path(__file__).parent.parent / "fixtures" / "import"
Facts = dict[str, object]
# About the sample itself, not about what is read from it.
_ABOUT = {"synthetic", "note", "file", "modelled_on", "what", "must_not", "register_before"}
_PARTS = {"rows", "skipped", "checks", "warnings", "errors", "header", "columns", "sheets"}
_STATED = {"values", "effective_from", "statements", "qualifiers", "cites", "basis"}


def plain(value: object) -> object:
    """Return a value as JSON has it, numbers as floats."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Message):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return round(float(value), 6)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return value


def members(name: str, value: object) -> Iterator[tuple[str, object]]:
    """Give the facts of a value: one for each member of an object, none for nothing."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from members(f"{name}.{key}", inner)
    elif value not in (None, [], {}, False):
        yield name, plain(value)


def facts_of_json(expected: dict[str, Any]) -> Facts:
    """Return the facts that a sample's JSON states."""
    facts: Facts = {}
    for key, value in expected.items():
        if key not in _ABOUT | _PARTS | {"basis", "province_statements"}:
            facts.update(members(key, value))
    facts.update(_frame(expected))
    basis = expected.get("basis", {})
    for row in expected["rows"]:
        facts.update(_row(row, expected.get("effective_from"), basis))
    for row in expected["skipped"]:
        facts.update(members(f"row {row['row']}", {"role": row["role"], "text": row.get("text")}))
    facts.update(_rest(expected))
    return facts


def facts_of_report(report: Report) -> Facts:
    """Return the facts that a report states."""
    document: dict[str, Any] = report.as_json()
    facts: Facts = {}
    for key, value in document.items():
        if key not in _PARTS | {"province_statements", "sheets"}:
            facts.update(members(key, value))
    document["header"]["columns"] = {c["column"]: c["attribute"] for c in document["columns"]}
    facts.update(_frame(document))
    for row in document["rows"]:
        row.pop("sheet")
        remarks = {"warnings", "errors"}
        without = {key: value for key, value in row.items() if key not in remarks}
        facts.update(_row(without, report.effective_from, {}))
    facts.update(_rest(document))
    return facts


def _frame(document: dict[str, Any]) -> Facts:
    facts: Facts = dict(members("header", document["header"]))
    for sheet in document.get("sheets", ()):
        facts.update(members(f"sheet {sheet['name']}", {**sheet, "name": None}))
    for one in document.get("province_statements", ()):
        facts.update(members(f"province {one['indicator']}", {**one, "indicator": None}))
    return facts


def _row(row: dict[str, Any], effective_from: str | None, basis: dict[str, str]) -> Facts:
    name = f"row {row['row']}"
    own = {key: value for key, value in row.items() if key not in _STATED | {"row"}}
    facts: Facts = dict(members(name, own))
    if isinstance(row.get("needs_confirmation"), list):
        facts[f"{name}.needs_confirmation"] = sorted(row["needs_confirmation"])
        if not row["needs_confirmation"]:
            del facts[f"{name}.needs_confirmation"]
    statements = list(row.get("statements", ()))
    if row.get("values"):
        day = row.get("effective_from", effective_from)
        now = {"effective_from": day, "values": row["values"]}
        statements.append({**now, "qualifiers": row.get("qualifiers", {})})
    if row.get("indicator") and row.get("value") is not None and not statements:
        values = {row["indicator"]: row["value"]}
        statements.append({"effective_from": effective_from, "values": values})
    for statement in statements:
        planned = {a: b for a, b in basis.items() if a in statement["values"]}
        stated = {**({"basis": planned} if planned else {}), **statement, "effective_from": None}
        facts.update(members(f"{name} {statement['effective_from']}", stated))
    return facts


def _rest(document: dict[str, Any]) -> Facts:
    facts: Facts = {}
    for check in document["checks"]:
        facts.update(
            members(
                f"check {check['row']}{check['column']} {check['what']}",
                {
                    **check,
                    "row": None,
                    "column": None,
                    "what": None,
                },
            )
        )
    for kind in ("warnings", "errors"):
        for one in document[kind]:
            at = one.get("row", one.get("sheet", "-"))
            of = "" if "row" in one else one.get("name", "")
            name = f"{kind} {at} {one['code']} {of}".strip()
            while name in facts:
                name += "'"
            facts[name] = True
            unnamed = {} if "row" in one else {"name": None}
            facts.update(members(name, {**one, "row": None, "code": None, **unnamed}))
    return facts


def expected_facts(stem: str) -> Facts:
    """Return the facts of the JSON of a sample."""
    path = SAMPLES / f"{stem}.expected.json"
    return facts_of_json(json.loads(path.read_text(encoding="utf-8")))


def differences(expected: Facts, found: Facts) -> dict[str, str]:
    """Return what differs, by the name of the fact."""
    nothing = object()
    differing: dict[str, str] = {}
    for name in sorted(expected.keys() | found.keys()):
        one, other = expected.get(name, nothing), found.get(name, nothing)
        if one == other:
            continue
        if one is nothing:
            differing[name] = f"found {other!r}, not expected"
        elif other is nothing:
            differing[name] = f"expected {one!r}, not found"
        else:
            differing[name] = f"expected {one!r}, found {other!r}"
    return differing
