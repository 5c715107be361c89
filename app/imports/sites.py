"""What a row of a table of sites says: statements by date, with qualifiers and citations."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.vocabulary import Qualifier, SiteKind
from app.imports.clearance import FRACTIONS, read_clearance
from app.imports.columns import Figures
from app.imports.decisions import citations, partial_date
from app.imports.drafts import (
    DETAILED_PLAN,
    ESTABLISHED,
    EXPANDED,
    EXPECTED,
    Draft,
    Event,
    SiteTable,
)
from app.imports.grids import letters
from app.imports.identities import compare, identify
from app.imports.notes import is_done, other_area, statuses, withdrawal
from app.imports.numbers import Number
from app.imports.organizations import manages, organizations
from app.imports.quantities import is_possible, rounded
from app.imports.remarks import (
    AMBIGUOUS,
    FOREIGN_CURRENCY,
    FROM_NOTE,
    MARKER,
    NO_DATE,
    NO_UNIT,
    NOT_A_NUMBER,
    NOT_COMPUTED,
    OUT_OF_RANGE,
    REST,
    SEVERAL_ORGANIZATIONS,
    TWO_AREAS,
    TWO_COLUMNS,
)
from app.imports.report import Plain, ReadStatement, ReportRow
from app.imports.rows import BodyRow
from app.imports.wastewater import read_wastewater
from app.imports.words import plain

_BRACKETS = re.compile(r"^\((.*)\)$", re.DOTALL)
_HECTARES_AND_TEXT = re.compile(r"[0-9]+[,.][0-9]+")
_PARTS = {part for part, _ in FRACTIONS}
_OF_IDENTITY = {"name", "commune_code"}
"""Answered values that decide which site is meant."""
_EVENT_VALUES = {
    ESTABLISHED: ("legal_status", "established"),
    EXPANDED: ("legal_status", "expanded"),
}


def read_site(context: SiteTable, body: BodyRow) -> ReportRow:
    """Return what a row of data says."""
    out = ReportRow(body.row + 1, context.table.sheet.name, body.role)
    draft = Draft(context, body, out, ReadStatement(context.effective_from))
    identify(draft)
    _read_decisions(draft)
    _read_figures(draft)
    _read_status(draft)
    _read_investor(draft)
    read_clearance(draft)
    _read_notes(draft)
    take_answers(draft)
    _finish(draft)
    compare(draft)
    return out


def _read_decisions(draft: Draft) -> None:
    for column in draft.context.dated:
        attribute = column.attribute or ""
        text = draft.body.text(column.index)
        if not text:
            continue
        if attribute.startswith("decision"):
            _add_event(draft, attribute.partition("@")[2], text)
        elif attribute.startswith(EXPECTED):
            _read_expected(draft, attribute.removeprefix(EXPECTED), text, column.header)


def _read_expected(draft: Draft, name: str, text: str, header: str) -> None:
    """Read when something is expected. What a decision names or has happened is not."""
    if name == "establishment" and not draft.is_proposed and citations(text):
        _add_event(draft, ESTABLISHED, text)
        return
    day = partial_date(text)
    if day is None:
        draft.notes.append(f"{header}: {text}")
    elif _lies_ahead(day, draft.context.effective_from or ""):
        draft.out.further.setdefault("expected", {})[name] = day  # type: ignore[index]


def _lies_ahead(day: str, now: str) -> bool:
    """Return whether a date is not over: a day must be later, a month or quarter may be now."""
    return day > now if len(day) == len(now) else day >= now[: len(day)]


def _add_event(draft: Draft, name: str, text: str) -> None:
    cites = list(citations(text))
    if not cites:
        draft.notes.append(text)
        return
    day = next((one.date for one in cites if one.date), None)
    if not name:
        draft.now.cites += cites
        return
    if day is None:
        draft.warn(NO_DATE, f"decision@{name}", number=cites[0].number)
        draft.now.cites += cites
    draft.events[name] = Event(cites, day)


def _read_figures(draft: Draft) -> None:
    for attribute, number in numbers_of(draft):
        _read_number(draft, attribute, number)
    draft.out.warnings.sort(key=lambda one: one.column or "")


def numbers_of(draft: Draft) -> Iterator[tuple[str, Number]]:
    """Give the numbers of a row by attribute; what is none, or may be several, is remarked on."""
    for attribute, figures in draft.context.figures.items():
        row = draft.body.row
        if (row, figures.column.index) in draft.context.table.sheet.uncomputed:
            draft.refuse(NOT_COMPUTED, attribute)
        elif row in figures.texts:
            _read_text(draft, attribute, figures)
        elif row in figures.quantities.open:
            _ask(draft, attribute, figures)
        elif (number := figures.number(row)) and _is_certain(draft, attribute, figures, number):
            yield attribute, number


def _is_certain(draft: Draft, attribute: str, figures: Figures, number: Number) -> bool:
    """Return whether a cell says one number; remark on what else it says."""
    _remark(draft, attribute, figures, number)
    text = draft.text(attribute)
    if "usd" in (number.unit or figures.unit or ""):
        _keep_dollars(draft, attribute, figures)
        return False
    if figures.lacks_unit(number):
        draft.refuse(NO_UNIT, attribute, text=text)
        return False
    if number.of is not None and attribute not in _PARTS:
        # "18/75" in a column of wholes: either may be meant.
        draft.refuse(AMBIGUOUS, attribute, text=text, candidates=[number.value, number.of])
        return False
    return number.value is not None


def _read_text(draft: Draft, attribute: str, figures: Figures) -> None:
    text = figures.texts[draft.body.row]
    if not text or (attribute == "cleared_ha" and is_done(text)):
        return
    draft.warn(NOT_A_NUMBER, attribute, text=text)
    label = figures.column.header.partition("(")[0].strip()
    draft.notes.append(f"{label}: {text}")


def _ask(draft: Draft, attribute: str, figures: Figures) -> None:
    readings = figures.quantities.open[draft.body.row]
    text = draft.body.text(figures.column.index)
    draft.refuse(AMBIGUOUS, attribute, text=text, candidates=list(readings))


def _remark(draft: Draft, attribute: str, figures: Figures, number: Number) -> None:
    if number.marker:
        draft.warn(MARKER, attribute, marker=number.marker)
    if decision := figures.quantities.decisions.get(draft.body.row):
        draft.warn(decision.template, attribute, chosen=decision.chosen, other=decision.other)
    if number.rest:
        draft.warn(REST, attribute, text=number.rest)
        inner = _BRACKETS.match(number.rest)
        draft.notes.append(inner.group(1) if inner else number.rest)


def _keep_dollars(draft: Draft, attribute: str, figures: Figures) -> None:
    """Keep an amount in dollars as a note: at which rate it was meant the file does not say."""
    text = draft.text(attribute)
    draft.warn(FOREIGN_CURRENCY, attribute, text=text)
    label, _, unit = figures.column.header.partition("(")
    shown = text if "usd" in plain(text) else f"{text} {unit.rstrip(') ')}"
    draft.notes.append(f"{label.strip()}: {shown}")


def _read_number(draft: Draft, attribute: str, number: Number) -> None:
    if attribute in {"change", "clearance_pct"}:
        return
    base, _, event_name = attribute.partition("@")
    value = rounded(base, number.value or Decimal(0))
    if event_name == "previous" or base not in draft.context.candidates.attributes:
        _keep_aside(draft, base, value, is_previous=event_name == "previous")
        return
    name, statement = _target(draft, base, event_name)
    if statement is None:
        return
    target = statement.values
    if not is_possible(name, value):
        draft.refuse(OUT_OF_RANGE, attribute, value=value, attribute=name)
        return
    if target.get(name, value) != value:  # In a plan, both "area" and "planned area" are planned.
        alike = [c for c in draft.context.table.columns if c.attribute in {"area_ha", name}]
        columns = [letters(column.index) for column in alike]
        draft.refuse(TWO_COLUMNS, attribute, columns=columns, attribute=name)
        del target[name]
        return
    target[name] = value
    if statement is draft.now and draft.context.preamble.is_plan and name == "planned_area_ha":
        draft.now.basis[name] = "plan"
    _qualify(statement, name, number)
    if name == "stated_occupancy_pct":
        target["occupancy_definition"] = _definition(draft)


def _keep_aside(draft: Draft, name: str, value: Decimal, *, is_previous: bool) -> None:
    if is_previous:
        draft.out.further[f"previous_{name}"] = value
    else:
        whole = int(value) if value == int(value) else value
        draft.out.further.setdefault("extra", {})[name] = whole  # type: ignore[index]


def _target(draft: Draft, base: str, event_name: str) -> tuple[str, ReadStatement | Event | None]:
    """Return the attribute that a figure states, and the statement that it belongs to."""
    is_planned = draft.context.preamble.is_plan or draft.is_proposed
    name = "planned_area_ha" if base == "area_ha" and not event_name and is_planned else base
    if name == "planned_area_ha" and draft.is_removed:
        return name, None
    if name == "detailed_plan_area_ha":
        event_name = DETAILED_PLAN
    elif name == "area_ha" and not event_name and not draft.context.has("area_ha@established"):
        event_name = ESTABLISHED
    return name, draft.event(event_name) or draft.now


def _qualify(statement: ReadStatement | Event, name: str, number: Number) -> None:
    if number.qualifier:
        statement.qualifiers[name] = number.qualifier.value
    if number.qualifier is Qualifier.range and number.top is not None:
        statement.tops[name] = number.top


def _definition(draft: Draft) -> str:
    """Return how an occupancy is defined, which a cluster's columns show."""
    is_cluster = draft.out.kind == SiteKind.cluster.value
    shows = draft.context.has("industrial_land_ha", "leased_ha")
    return "ccn" if is_cluster and shows else "as_stated"


def _read_status(draft: Draft) -> None:
    values = draft.now.values
    if draft.context.preamble.is_plan or draft.is_removed:
        values["planning_status"] = "removed" if draft.is_removed else "planned"
    for name, (attribute, value) in _EVENT_VALUES.items():
        if event := draft.events.get(name):
            target = event.values if event.day else values
            target[attribute] = value
    if ESTABLISHED in draft.events or draft.is_proposed:
        return
    if draft.group_says("chua thanh lap"):
        values["legal_status"] = "not_established"
    elif draft.group_says("da thanh lap"):
        values["legal_status"] = "established"


def _read_investor(draft: Draft) -> None:
    for attribute in ("investor", "managing_body"):
        text = " ".join(draft.text(attribute).split())
        number_like = text in {"-", "x", "…", "...", "–"}
        if not text or number_like:
            continue
        name_organizations(draft, attribute, text)
        if draft.is_proposed:
            draft.out.further["proposed_investor"] = text
        else:
            draft.now.values["managing_body" if manages(text) else attribute] = text


def name_organizations(draft: Draft, attribute: str, text: str) -> None:
    """Keep which organizations of the register a cell names, and remark on several."""
    names = organizations(text)
    if len(names) > 1:
        draft.out.further["organizations"] = list(names)
        draft.warn(SEVERAL_ORGANIZATIONS, attribute, organizations=list(names))
    known = {name: draft.context.candidates.organization(name) for name in names}
    if matched := {name: found for name, found in known.items() if found}:
        draft.out.further["organization_matches"] = matched


def _read_notes(draft: Draft) -> None:
    status, note = draft.text("status"), draft.text("note")
    read_wastewater(draft)
    for name, value in statuses(status):
        if draft.now.values.get(name) != value:
            draft.now.values[name] = value
            draft.confirm(name)
    draft.out.suggested.update(statuses(note))
    gone = withdrawal(note)
    if gone:
        draft.warn(FROM_NOTE)
    for text in (status, "" if gone else note):
        if text and text not in draft.notes:
            draft.notes.append(text)
    for column in draft.context.unknown:
        text = draft.body.text(column.index)
        if text and text not in {"-", "x", "…"}:
            draft.notes.append(f"{column.header}: {text}")
    _compare_areas(draft, f"{status} {note}")


def _compare_areas(draft: Draft, text: str) -> None:
    area = draft.value("area_ha")
    other = other_area(text, area) if area and _HECTARES_AND_TEXT.search(text) else None
    if other is not None:
        draft.warn(TWO_AREAS, column_ha=area, text_ha=other)


def take_answers(draft: Draft) -> None:
    """Have statements say what is answered, as far as columns of figures did not say it."""
    out, answer = draft.out, draft.answer
    stated = [draft.now.values, *(event.values for event in draft.events.values())]
    for name, value in answer.values.items():
        if name not in _OF_IDENTITY and not any(s.get(name) == value for s in stated):
            next((s for s in stated if name in s), draft.now.values)[name] = value
    parts: tuple[ReadStatement | Event, ...] = (draft.now, *draft.events.values())
    for part in parts:
        part.qualifiers |= {n: code for n, code in answer.qualifiers.items() if n in part.values}
    for name in answer.omitted:
        for values in stated:
            values.pop(name, None)
    is_open = (name for name in out.needs_confirmation if name not in answer.settled)
    out.needs_confirmation = [] if answer.confirmed else list(is_open)


def _finish(draft: Draft) -> None:
    out = draft.out
    out.note = "; ".join(" ".join(note.split()) for note in draft.notes) or None
    if any(error.column is None for error in out.errors):
        return
    out.statements = list(draft.statements())
    if gone := withdrawal(draft.text("note")):
        values: dict[str, Plain] = {"legal_status": "abolished"}
        origin = f"note: {gone.words}"
        out.statements.append(
            ReadStatement(
                gone.cited.date,
                values,
                cites=[gone.cited],
                origin=origin,
                is_confirmed=draft.answer.confirmed,
            )
        )
