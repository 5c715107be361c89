"""What guards doubt of one thing to be written, by what is known of it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from app.core.dates import today
from app.core.errors import Fault
from app.core.vietnamese import name_key
from app.core.vocabulary import ChangeSubjectType, SiteKind, SubjectType
from app.entry.duplicates import keys_of_entry
from app.entry.guards.catalogue import ENTRY_GUARDS, LOSS_GUARDS, STATEMENT_GUARDS
from app.entry.guards.declared import Entered, Lessened, Namesake, Said, Values, doubts
from app.entry.items import Stating
from app.entry.known import Known
from app.subjects.attributes import text_of
from app.subjects.definitions import Subject
from app.subjects.fold import StatePeriod
from app.subjects.projection import decoded


def doubted_of_subject(
    known: Known,
    item: Stating,
    subject: Subject,
    timeline: Sequence[StatePeriod],
    earlier: Callable[[], Sequence[StatePeriod]] | None = None,
) -> list[Fault]:
    """Return what is doubted of a statement about a site or project, by values of its first day.

    What was so by an ``earlier`` timeline is not doubted again. Mostly there is no doubt, and no
    need to make that.
    """
    if item.head.override_reason is not None:
        return []
    now, name = _values_on(timeline, item.day), item.values.get("name")
    values = decoded(subject.type, item.content)
    said = _said(known, item, subject.kind, values, now, text_of(now, "province_code"))
    said["namesakes"] = known.namesakes.get((subject.type, name_key(name)), ()) if name else ()
    found = doubts(STATEMENT_GUARDS, Said(**said, before={}))
    if not found or earlier is None:
        return found
    return doubts(STATEMENT_GUARDS, Said(**said, before=_values_on(earlier(), item.day)))


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
    source = known.registered[ChangeSubjectType.source, item.head.source_id]
    issuer = known.find(ChangeSubjectType.organization, source.get("issuer_id") or "") or {}
    return {
        "subject": item.subject,
        "kind": kind,
        "body": item.head,
        "day": item.day,
        "stated": values,
        "now": now,
        "source": {**source, "issuer_name": issuer.get("name")},
        "province_code": province_code,
        "units": known.units,
        "today": today(),
    }


def _values_on(timeline: Sequence[StatePeriod], day: date) -> Values:
    on_day = (one.values for one in timeline if one.valid_from <= day < one.valid_to)
    return next(on_day, {})


def note_name(
    known: Known, item: Stating, subject: Subject, timeline: Sequence[StatePeriod]
) -> None:
    """Let later items of the same request know the name that a subject got."""
    name = item.values.get("name")
    if not name:
        return
    known.namesakes[subject.type, name_key(name)] += [
        Namesake(
            subject.id,
            subject.kind,
            name,
            text_of(one.values, "province_code"),
            text_of(one.values, "commune_code"),
            text_of(one.values, "site"),
            one.valid_from,
            one.valid_to,
        )
        for one in timeline
        if one.values.get("name") == name
    ]


def doubted_of_loss(
    subject: Subject, before: Sequence[StatePeriod], after: Sequence[StatePeriod]
) -> list[Fault]:
    """Return what is doubted of taking a statement from a subject: the timelines with it, without.

    A subject that has no place of its own cannot lose it.
    """
    return doubts(LOSS_GUARDS, Lessened((subject.type, subject.id), before, after))


def doubted_of_entry(known: Known, what: str, row: Values, before: Values | None) -> list[Fault]:
    """Return what is doubted of a source or organization, and was not so ``before``."""
    shared = [*keys_of_entry(what, row)]
    others = {key: one for name in shared for key, one in known.alike.get(name, {}).items()}
    others.pop(row["id"], None)
    guards, rest = ENTRY_GUARDS[what], [*others.values()]
    found = doubts(guards, Entered(row, rest, today()))
    if not found or before is None:
        return found
    already = doubts(guards, Entered(before, rest, today()))
    return [fault for fault in found if fault not in already]


def note_entry(known: Known, what: str, row: Values) -> None:
    """Let later items of the same request know an entry."""
    for name in keys_of_entry(what, row):
        known.alike[name][row["id"]] = {**row}
