"""Drafts and their rows as answers show them: messages in both languages."""

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Any

from app.access.principals import Principal
from app.core.digest import JsonObject
from app.core.messages import Catalogue, Message
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.imports.draft_schemas import (
    ImportDetail,
    ImportLayout,
    ImportPage,
    ImportRowPage,
    ImportRowsQuery,
    ImportsQuery,
    ImportSummary,
)
from app.imports.outcomes import commit_of
from app.imports.remarks import Remark
from app.imports.schemas import ImportRemark, ImportRow
from app.imports.store import Draft, Layout, list_drafts, unpack

_NAMED = {field.alias or name for name, field in ImportRemark.model_fields.items()}
_TEXTS = {"register", "file", "text"}
"""Details that are text in answers, whatever they are of."""


def summary_of(draft: Draft) -> JsonObject:
    """Return the members of a draft in a list."""
    report = draft.report
    columns = set(ImportSummary.model_fields) - {"file", "counts", "province", "kind"}
    return {
        **{name: getattr(draft, name) for name in columns - {"effective_from"}},
        "file": {"name": draft.file_name, "size": draft.file_size, "sha256": draft.file_hash},
        **{name: report[name] for name in ("province", "kind", "effective_from", "counts")},
    }


def import_of(draft: Draft, catalogue: Catalogue) -> ImportDetail:
    """Return a draft with its report but the rows."""
    report = draft.report
    kept = ("format", "sheets", "header", "columns")
    return ImportDetail.model_validate(
        {
            **summary_of(draft),
            **{name: getattr(draft, name) for name in ("read_at", "edited", "given", "layout_id")},
            "answers": draft.answers,
            **{name: report[name] for name in kept},
            "source": {name: value for name, value in report["source"].items() if value},
            "checks": [_check(one, catalogue) for one in report["checks"]],
            "warnings": _remarks(report["warnings"], catalogue),
            "errors": _remarks(report["errors"], catalogue),
            "province_statements": report.get("province_statements", []),
            "period": report.get("period"),
            "subject": report.get("subject"),
            **commit_of(draft.outcome, catalogue),
        }
    )


def row_of(row: Mapping[str, Any], catalogue: Catalogue) -> Any:
    """Return a row of a report as it was kept, as an ``ImportRow``."""
    shown = {**row, **{name: _remarks(row.get(name), catalogue) for name in ("warnings", "errors")}}
    if because := row.get("match", {}).get("because"):
        shown["match"] = row["match"] | _in_both("because", _message(because), catalogue)
    if row.get("raw") is not None:
        shown["raw"] = str(row["raw"])
    if "form_line" in row:
        shown["statements"] = [_of_form(one) for one in row.get("statements", ())] or None
    return ImportRow.model_validate(shown)


def _of_form(statement: Mapping[str, Any]) -> JsonObject:
    """Return what a line of a form states: indicators are no attributes."""
    said = [{"indicator": name, "value": v} for name, v in statement["values"].items()]
    return {**statement, "values": {}, "observations": said}


def _check(check: Mapping[str, Any], catalogue: Catalogue) -> JsonObject:
    return {**check, **_in_both("what", _message(check["what"]), catalogue)}


def _message(kept: Mapping[str, Any]) -> Message:
    return Message(kept["id"], kept["parameters"])


def _in_both(name: str, message: Message, catalogue: Catalogue) -> JsonObject:
    """Return a message in Vietnamese, by its catalogue, and in English."""
    return {f"{name}_vi": message.render(catalogue), f"{name}_en": str(message)}


def _remarks(
    remarks: list[Mapping[str, Any]] | None, catalogue: Catalogue
) -> list[JsonObject] | None:
    return None if remarks is None else [_remark(one, catalogue) for one in remarks]


def _remark(kept: Mapping[str, Any], catalogue: Catalogue) -> JsonObject:
    remark = Remark.of_json(kept)
    place = {"row": remark.row, "column": remark.column}
    details = {
        name: str(value) if name in _TEXTS else value
        for name, value in remark.details.items()
        if name in _NAMED
    }
    message = _in_both("message", remark.message, catalogue)
    return {**place, **details, "code": remark.code, **message}


async def list_page(connection: Executor, principal: Principal, query: ImportsQuery) -> ImportPage:
    """Return one page of the imports that somebody may see, newest first."""
    mark = mark_of(query, "imports")
    before = str(read_cursor(query.cursor, mark, [str]).keys[0]) if query.cursor else None
    states = [state.value for state in query.state]
    found = await list_drafts(connection, principal, query.limit + 1, before, states)
    items = [ImportSummary.model_validate(summary_of(one)) for one in found[: query.limit]]
    more = len(found) > query.limit
    cursor = Cursor(mark, 0, date.min, (items[-1].id,)).encode() if more else None
    return ImportPage(items=items, next_cursor=cursor)


def rows_page(
    draft: Draft, packed: bytes, query: ImportRowsQuery, catalogue: Catalogue
) -> ImportRowPage:
    """Return one page of the rows of a draft; many take a while to unpack."""
    mark = mark_of(query, draft.id, str(draft.edited))
    after = int(read_cursor(query.cursor, mark, [int]).keys[0] or 0) if query.cursor else 0
    found = (row for row in unpack(packed) if row["row"] > after and _fits(row, query))
    rows = list(islice(found, query.limit + 1))
    items = [row_of(row, catalogue) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    cursor = Cursor(mark, 0, date.min, (rows[query.limit - 1]["row"],)).encode() if more else None
    return ImportRowPage(items=items, next_cursor=cursor)


def _fits(row: Mapping[str, Any], query: ImportRowsQuery) -> bool:
    if query.role and row["role"] not in query.role:
        return False
    return not query.having or any(has_concern(row, name) for name in query.having)


def has_concern(row: Mapping[str, Any], name: str) -> bool:
    """Return whether a row that was kept has something to look at, by ``ImportRowConcern``."""
    if row.get(name):
        return True
    parts = (row.get("match", {}), *row.get("statements", ()))
    return name == "needs_confirmation" and any(part.get(name) for part in parts)


def layout_of(layout: Layout) -> ImportLayout:
    """Return a layout as answers show it."""
    members = {name: getattr(layout, name) for name in ImportLayout.model_fields}
    return ImportLayout.model_validate({**members, "issuer": layout.issuer or None})
