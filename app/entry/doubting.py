"""What guards doubt of one thing to be written, by what is known of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.core.dates import today
from app.core.errors import Fault
from app.core.vietnamese import sort_key
from app.core.vocabulary import ChangeSubjectType, SiteKind, SubjectType
from app.entry.guards.catalogue import SOURCE_GUARDS, STATEMENT_GUARDS
from app.entry.guards.declared import Document, Namesake, Said, Values, doubts
from app.entry.items import Registering, Stating
from app.entry.known import Known
from app.entry.lives import Life
from app.subjects.attributes import text_of
from app.subjects.fold import StatePeriod


def doubted_of_subject(
    known: Known, item: Stating, life: Life, values: Values, timeline: Sequence[StatePeriod]
) -> list[Fault]:
    """Return what is doubted of a statement about a site or project, by values of its first day."""
    now = _values_on(timeline, item.day)
    name = item.values.get("name")
    said = _said(known, item, life.subject.kind, values, now, now.get("province_code"))
    said["namesakes"] = (
        known.namesakes.get(sort_key(name), ()) if life.subject.kind and name else ()
    )
    found = doubts(STATEMENT_GUARDS, Said(**said, before={}))
    if not found or not life.assertions:
        return found
    # What was so before is not doubted again; mostly there is no doubt, and no need to look.
    earlier = life.timeline if life.timeline is not None else life.timeline_of(life.assertions)
    return doubts(STATEMENT_GUARDS, Said(**said, before=_values_on(earlier, item.day)))


def doubted_of_other(known: Known, item: Stating) -> list[Fault]:
    """Return what is doubted of a statement about a province or a document."""
    code = item.subject[1] if item.subject[0] == SubjectType.province else None
    return doubts(
        STATEMENT_GUARDS, Said(**_said(known, item, None, item.values, {}, code), before={})
    )


def _said(
    known: Known,
    item: Stating,
    kind: SiteKind | None,
    values: Values,
    now: Values,
    province_code: str | None,
) -> dict[str, Any]:
    return {
        "subject": item.subject,
        "kind": kind,
        "body": item.head,
        "day": item.day,
        "stated": values,
        "now": now,
        "source": known.registered[ChangeSubjectType.source, item.head.source_id],
        "province_code": province_code,
        "units": known.units,
        "today": today(),
    }


def _values_on(timeline: Sequence[StatePeriod], day: date) -> Values:
    on_day = (one.values for one in timeline if one.valid_from <= day < one.valid_to)
    return next(on_day, {})


def note_name(known: Known, item: Stating, life: Life, timeline: Sequence[StatePeriod]) -> None:
    """Let later items of the same request know the name that a site got."""
    name = item.values.get("name")
    if life.subject.kind is None or not name:
        return
    known.namesakes[sort_key(name)] += [
        Namesake(
            life.subject.id,
            life.subject.kind,
            name,
            text_of(one.values, "province_code"),
            text_of(one.values, "commune_code"),
            one.valid_from,
            one.valid_to,
        )
        for one in timeline
        if one.values.get("name") == name
    ]


def doubted_of_source(known: Known, item: Registering, row: Values) -> list[Fault]:
    """Return what is doubted of a source to be registered."""
    if getattr(item.body, "override_reason", None) is not None:
        return []
    others = list(known.decisions[row["published_on"]].values()) if row.get("number") else []
    return doubts(SOURCE_GUARDS, Document(row, others, today()))
