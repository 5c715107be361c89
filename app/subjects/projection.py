"""The projection of the ledger: from timelines to rows with both time axes.

A write replaces only the rows that changed; a rebuild replays every revision with the same
functions, so both come out identical.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.dates import PartialDate
from app.core.digest import JsonObject
from app.core.vietnamese import search_text, sort_key, words_of_id
from app.core.vocabulary import SubjectType
from app.database.connections import AnyRow
from app.database.tables import insert_rows, parts
from app.ledger.entries import NONE_MERGED, Kept, Merge, kept_by
from app.ledger.tables import OPEN_REVISION, Statement
from app.subjects.attributes import PLANNED, ValueType, encode, hedges_in, hedges_of, plans_in
from app.subjects.definitions import DEFINITIONS, Subject, definition_of
from app.subjects.fold import FOREVER, Assertion, StatePeriod, numbers_of
from app.subjects.histories import HISTORIES, History, Values
from app.subjects.tables import UNNAMED
from app.subjects.timeline import subject_timeline
from app.units.units import Units

# PostgreSQL takes index entries of 2,700 bytes at most; a key is six times as long as its name.
_MOST_SORT_KEY = 1000
_ENDS_AT_ONCE = 500
_WORDS_AT_ONCE = 5000
_KNOWN = {"known_from", "known_to"}


def decoded(what: SubjectType, content: Values) -> Values:
    """Return the values of a statement about a site, project or document from their stored form."""
    return DEFINITIONS[what].attributes.decode(content)


def led(what: str, values: Mapping[str, object], kept: Kept) -> Mapping[str, object]:
    """Return values with the organizations that those which they name were merged into."""
    if not kept:
        return values
    named = DEFINITIONS[SubjectType(what)].attributes.of_type(ValueType.organization)
    found = {name: kept.get(str(values[name])) for name in named if name in values}
    return {**values, **{name: into for name, into in found.items() if into is not None}}


def assertion_of(
    row: Statement | AnyRow, kept: Kept = NONE_MERGED, values: Values | None = None
) -> Assertion:
    """Return the part of a statement about a site, project or document that the fold needs.

    A row may have columns of other tables besides. ``kept`` are the organizations that others were
    merged into, where it matters which one is named; ``values`` what its content is decoded to,
    where that is known.
    """
    what = SubjectType(row.subject_type)
    stated = decoded(what, row.content) if values is None else values
    return Assertion(
        effective_day=row.effective_day,
        authority=row.authority,
        revision=row.revision,
        position=row.position,
        values=_in_lanes(what, row.basis, led(what, stated, kept)),
        end_day=end_day_of(row.effective_to),
        hedges=_hedges(what, row.basis, hedges_of(row.qualifiers, row.values_to)),
        place=_kept(row.rank_of),
    )


def assertion(
    row: JsonObject, values: Mapping[str, object], recorded: tuple[int, int], kept: Kept
) -> Assertion:
    """Return the same of a row that is not recorded yet, with the place it is to have."""
    return Assertion(
        effective_day=row["effective_day"],
        authority=row["authority"],
        revision=recorded[0],
        position=recorded[1],
        values=_in_lanes(row["subject_type"], row["basis"], led(row["subject_type"], values, kept)),
        end_day=end_day_of(row["effective_to"]),
        hedges=_hedges(
            row["subject_type"], row["basis"], hedges_of(row["qualifiers"], row["values_to"])
        ),
        place=_kept(row["rank_of"]),
    )


def place_of(row: Statement | AnyRow) -> tuple[int, int]:
    """Return the place of a statement among all: of a replacement, that of what it replaces."""
    return _kept(row.rank_of) or (row.revision, row.position)


def _kept(rank_of: str | None) -> tuple[int, int] | None:
    return None if rank_of is None else numbers_of(rank_of)


def _in_lanes(what: str, basis: str, values: Mapping[str, object]) -> Mapping[str, object]:
    return DEFINITIONS[SubjectType(what)].attributes.in_lanes(basis, values)


def _hedges(what: str, basis: str, hedges: Mapping[str, object]) -> Mapping[str, object]:
    # Few statements have any, and all are read for a fold.
    return _in_lanes(what, basis, hedges) if hedges else hedges


def end_day_of(effective_to: str | None) -> date:
    """Return the day before which a statement ends, by what it says of that."""
    return FOREVER if effective_to is None else PartialDate.parse(effective_to).first_day


def version_rows(subject: Subject, timeline: Iterable[StatePeriod]) -> list[Values]:
    """Return the rows of a subject's versions, without the revisions that they are known for."""
    return [_version_row(subject, period) for period in timeline]


def _version_row(subject: Subject, period: StatePeriod) -> Values:
    rules = definition_of(subject)
    values: Values = {name: period.values.get(name) for name in (*rules.attributes, *rules.derived)}
    searched = [values[a.name] or () for a in rules.attributes.values() if a.searched]
    if rules.attributes.planned:
        plans = plans_in(period.values)
        values["planned"] = encode(plans) | hedges_in(period.values, PLANNED)
    if rules.attributes.numbers:
        hedges = hedges_in(period.values)
        values |= {name: hedges.get(name) for name in ("qualifiers", "values_to")}
    texts = [text for one in searched for text in ([one] if isinstance(one, str) else one)]
    return {
        HISTORIES[subject.type].key: subject.id,
        **({"kind": subject.kind.value} if subject.kind else {}),
        "valid_from": period.valid_from,
        "valid_to": period.valid_to,
        **values,
        "name_sort": sort_key(values["name"])[:_MOST_SORT_KEY] if values["name"] else UNNAMED,
        "search_text": search_text(*texts, words_of_id(subject.id)),
    }


def word_rows(history: History, versions: Iterable[Values]) -> list[Values]:
    """Return the rows of the words that subjects of one type are searched by in some versions."""
    first: dict[tuple[str, str], int] = {}
    for row in versions:
        for word in words_in(row):
            key = (row[history.key], word)
            first[key] = min(first.get(key, OPEN_REVISION), row["known_from"])
    return [
        {history.key: key, "word": word, "known_from": revision}
        for (key, word), revision in first.items()
    ]


def words_in(version: Values) -> Sequence[str]:
    """Return the words that a subject is searched by in a version."""
    return str(version["search_text"]).split()


def changes(
    open_rows: Sequence[Values], wanted: Sequence[Values]
) -> tuple[list[Values], list[Values]]:
    """Return the open rows that end and the rows that begin as ``wanted`` becomes the timeline."""
    wanted_on = {row["valid_from"]: row for row in wanted}
    open_on = {row["valid_from"]: _bare(row) for row in open_rows}
    ending = [row for row in open_rows if _bare(row) != wanted_on.get(row["valid_from"])]
    return ending, [row for row in wanted if row != open_on.get(row["valid_from"])]


def _bare(row: Values) -> Values:
    return {name: value for name, value in row.items() if name not in _KNOWN}


@dataclass(slots=True)
class Projection:
    """The rows of the versions of one type of subject that end, and those that begin."""

    ending: list[Values] = field(default_factory=list)
    beginning: list[Values] = field(default_factory=list)
    renamed: list[Values] = field(default_factory=list)
    """Those that begin with words that no open row of their subject has."""

    def add(
        self,
        subject: Subject,
        timeline: Iterable[StatePeriod],
        open_rows: Iterable[Values],
        since: date,
    ) -> bool:
        """Let ``timeline`` replace the open rows of a subject; return whether any differs.

        None that ends before ``since`` does.
        """
        later = (period for period in timeline if period.valid_to >= since)
        open_later = [row for row in open_rows if row["valid_to"] >= since]
        ending, beginning = changes(open_later, version_rows(subject, later))
        self.ending += ending
        self.beginning += beginning
        words = {word for row in open_rows for word in words_in(row)}
        self.renamed += [row for row in beginning if not words.issuperset(words_in(row))]
        return bool(ending or beginning)

    async def write(self, session: AsyncSession, history: History, revision: int) -> None:
        """Let all of them end and begin with a revision."""
        ends = [(row[history.key], row["valid_from"], row["known_from"]) for row in self.ending]
        for part in parts(ends, _ENDS_AT_ONCE):
            await session.execute(history.closing, {"end": revision, "keys": part})
        known = {"known_from": revision, "known_to": OPEN_REVISION}
        await insert_rows(session, history.versions, [row | known for row in self.beginning])
        words = word_rows(history, [row | known for row in self.renamed])
        for some in parts(words, _WORDS_AT_ONCE):
            await _add_words(session, history, some)


async def _add_words(session: AsyncSession, history: History, rows: Sequence[Values]) -> None:
    """Insert those words that the subjects did not have before."""
    keys = sorted({row[history.key] for row in rows})
    known = await session.execute(history.known_words, {"keys": keys})
    present = {tuple(row) for row in known.all()}
    new = [row for row in rows if (row[history.key], row["word"]) not in present]
    await insert_rows(session, history.words, new)


def replay(
    subject: Subject,
    statements: Sequence[Statement],
    withdrawn_in: int | None,
    units: Units,
    merges: Sequence[Merge],
) -> list[Values]:
    """Return all rows of versions that a subject ever had, by replaying its revisions in turn."""
    closed: list[Values] = []
    open_rows: list[Values] = []
    merged = _named_in(statements, merges)
    for revision in _revisions_of(statements, withdrawn_in, merged):
        kept = kept_by(merged, revision)
        live = [row for row in statements if _counts(row, revision)]
        gone = withdrawn_in is not None and withdrawn_in <= revision
        counted = [assertion_of(row, kept) for row in live]
        timeline = [] if gone else subject_timeline(subject, counted, units)
        ending, beginning = changes(open_rows, version_rows(subject, timeline))
        ended = {row["valid_from"] for row in ending}
        closed += [{**row, "known_to": revision} for row in ending]
        open_rows = [row for row in open_rows if row["valid_from"] not in ended]
        known = {"known_from": revision, "known_to": OPEN_REVISION}
        open_rows += [row | known for row in beginning]
    return closed + open_rows


def _named_in(statements: Sequence[Statement], merges: Sequence[Merge]) -> list[Merge]:
    """Return the merges of organizations that statements name, or that these were merged into."""
    if not merges:
        return []
    named = {str(v) for row in statements for v in row.content.values() if isinstance(v, str)}
    found = []
    for merge in merges:
        if merge.id in named:
            named.add(merge.into)
            found.append(merge)
    return found


def _revisions_of(
    statements: Iterable[Statement], withdrawn_in: int | None, merges: Iterable[Merge]
) -> list[int]:
    revisions = {number for row in statements for number in (row.revision, row.retracted_in)}
    # Before anything is said of it, a subject has no versions.
    revisions |= {merge.revision for merge in merges}
    return sorted(number for number in revisions | {withdrawn_in} if number is not None)


def _counts(row: Statement, revision: int) -> bool:
    return row.revision <= revision and (row.retracted_in is None or row.retracted_in > revision)
