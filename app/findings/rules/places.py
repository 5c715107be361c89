"""Places of a site or project that do not lie in each other."""

from collections.abc import Iterator
from decimal import Decimal

from app.core.vocabulary import Severity
from app.findings.facts import (
    Finding,
    Misplaced,
    Number,
    ProvinceFacts,
    Rule,
    SubjectFacts,
    of_subject,
)
from app.findings.wording import Text, quoted, when

_CODE = "places_contradict"


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    misplaced = facts.misplaced
    for subject in (*facts.open_sites, *facts.projects):
        for one in misplaced.get((subject.type, subject.id), ()):
            yield _finding(facts, subject, one)


def _finding(facts: ProvinceFacts, subject: SubjectFacts, one: Misplaced) -> Finding:
    stated, place = one.unit.label, one.place.label
    title, since = quoted(one.cited.source_title), when(one.cited.effective_from)
    other, later = quoted(one.by.source_title), when(one.by.effective_from)
    text = Text(
        f"{subject.name}: {title.vi} ({since.vi}) nêu {stated}, không nằm cùng nơi với {place} mà "
        f"{other.vi} ({later.vi}) nêu và được dùng.",
        f"{subject.name}: {title.en} ({since.en}) has {stated}, which does not fit {place}, which "
        f"{other.en} ({later.en}) has and which counts.",
    )
    numbers = (Number("places", Decimal(2), "count"),)
    behind = [one.cited, one.by]
    return of_subject(facts, subject, _CODE, Severity.warning, numbers, behind, text)


PLACES_CONTRADICT = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Các nguồn nêu những địa danh không nằm trong nhau",
    title_en="Stated places do not lie in each other",
    basis=(
        "A commune lies in one district and province on a day. Where sources give places that do "
        "not lie in each other, the later statement counts, of one date the weightier; the other "
        "is kept, and one of them is wrong."
    ),
    needs=("sites", "projects", "misplaced"),
    find=_find,
    alone=True,
)
