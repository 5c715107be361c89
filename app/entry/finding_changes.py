"""The findings that a write raises and settles, by the rules that look at one subject alone."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from app.core.dates import today
from app.core.vocabulary import SubjectType
from app.entry.known import Key
from app.entry.schemas import FindingChanges
from app.findings import RULES, Fact, Finding, ProvinceFacts, SubjectFacts, findings_of
from app.findings.province_facts import read_province_facts, territory_of
from app.findings.queries import as_answer
from app.findings.schemas import Finding as FindingAnswer
from app.findings.subject_facts import SaidFact, misplaced_of, read_changed
from app.ledger.revisions import Draft
from app.ledger.snapshots import At
from app.subjects.histories import HISTORIES
from app.units.units import UnitLevel, Units

_OF_PROVINCES: tuple[Fact, ...] = ("observed",)
_ALONE = [rule for rule in RULES.values() if rule.alone and not rule.by_time]
_BY_PROVINCE = [rule for rule in _ALONE if rule.needs == _OF_PROVINCES]
_BY_SUBJECT = [rule for rule in _ALONE if rule.needs != _OF_PROVINCES]
_Found = tuple[date, Finding]


async def finding_changes(
    draft: Draft,
    about: Sequence[tuple[Key, date | None]],
    known: Sequence[SaidFact] | None = None,
) -> FindingChanges:
    """Compare the findings about some subjects before a revision and after it.

    They are those of today, or of the first day that is stated where that is yet to come. ``known``
    are the statements about the subjects, before and after, where they are known already.
    """
    by_day: dict[date, list[Key]] = defaultdict(list)
    remarked = _only_remarked(draft)
    for subject, day in about:
        if subject in remarked:
            continue
        by_day[max(day or date.min, today())].append(subject)
    before: list[_Found] = []
    after: list[_Found] = []
    for day, subjects in sorted(by_day.items()):
        of_subjects = await _of_subjects(draft, subjects, day, known)
        of_provinces = [await _of_provinces(draft, subjects, at) for at in _around(draft, day)]
        for found, *facts in zip((before, after), of_subjects, of_provinces, strict=True):
            found += [(day, one) for one in await to_thread(_found, *facts)]
    return FindingChanges(raised=_new(after, before), settled=_new(before, after))


def _around(draft: Draft, day: date) -> tuple[At, At]:
    """Return a day as known before a revision, and after it."""
    return At(day, draft.number - 1), At(day, draft.number)


def _found(
    of_subjects: Iterable[ProvinceFacts], of_provinces: Iterable[ProvinceFacts]
) -> list[Finding]:
    found = [findings_of(facts, _BY_SUBJECT) for facts in of_subjects]
    found += [findings_of(facts, _BY_PROVINCE) for facts in of_provinces]
    return [one for some in found for one in some]


def _only_remarked(draft: Draft) -> set[Key]:
    """Return the subjects of remarks alone: statements without values are no facts of any rule."""
    if draft.retractions:
        return set()
    rows = [entry.row for entry in draft.entries if "content" in entry.row]
    said = {(row["subject_type"], row["subject_id"]) for row in rows if row["content"]}
    return {(row["subject_type"], row["subject_id"]) for row in rows} - said


async def _of_subjects(
    draft: Draft,
    subjects: Collection[Key],
    day: date,
    known: Sequence[SaidFact] | None,
) -> tuple[list[ProvinceFacts], list[ProvinceFacts]]:
    """Return the facts of sites and projects alone, province by province, before and after."""
    before: list[SubjectFacts] = []
    after: list[SubjectFacts] = []
    for what, history in HISTORIES.items():
        ids = [key for kind, key in subjects if kind == what]
        if ids:
            found = await read_changed(draft.session, history, ids, At(day, draft.number), known)
            before += found[0]
            after += found[1]
    units = draft.writer.units
    return list(_by_province(units, before, day)), list(_by_province(units, after, day))


def _by_province(
    units: Units, subjects: Iterable[SubjectFacts], day: date
) -> Iterator[ProvinceFacts]:
    """Yield the facts of each province; without one a subject is in no findings of a province."""
    by_code: dict[str, list[SubjectFacts]] = defaultdict(list)
    for subject in subjects:
        by_code[subject.text("province_code") or ""].append(subject)
    for code, inside in sorted(by_code.items()):
        unit = units.at(UnitLevel.province, code, day)
        if unit is not None:
            yield ProvinceFacts(
                province=unit,
                day=day,
                sites=[one for one in inside if one.type is SubjectType.site],
                projects=[one for one in inside if one.type is SubjectType.project],
                observed=(),
                misplaced=misplaced_of(units, inside),
                territory=territory_of(units, unit, day),
            )


async def _of_provinces(draft: Draft, subjects: Collection[Key], at: At) -> list[ProvinceFacts]:
    """Return what is observed of provinces; one that ended has no findings of a later day."""
    units = draft.writer.units
    codes = sorted({key for what, key in subjects if what == SubjectType.province})
    found = [units.at(UnitLevel.province, code, at.day) for code in codes]
    return [
        await read_province_facts(draft.session, units, unit, at, (), _OF_PROVINCES)
        for unit in found
        if unit is not None
    ]


def _new(found: Iterable[_Found], known: Iterable[_Found]) -> list[FindingAnswer]:
    """Return the findings that say something else than those that are known."""
    there = {(day, one.rule, one.subject_id, one.message_en) for day, one in known}
    return [
        as_answer(one, day)
        for day, one in found
        if (day, one.rule, one.subject_id, one.message_en) not in there
    ]
