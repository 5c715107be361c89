"""Judging what is to be written, one thing after the other, by what is known before each.

Nothing here reads or writes the database: a plan is made of what was read at once, before the
counter of revisions is taken, and made again where the register changed meanwhile.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from app.core.errors import (
    BadBodyError,
    ConflictError,
    Fault,
    PreconditionRequiredError,
    RegistryError,
    WithdrawnError,
)
from app.core.messages import Template
from app.core.validation import Faults, refusal_of_many
from app.core.vocabulary import SubjectType
from app.entry.checks import check_end, check_values, refuse_violations
from app.entry.corrections import correct, register
from app.entry.doubting import doubted_of_other
from app.entry.ids import id_gone, id_taken
from app.entry.items import (
    Correcting,
    Item,
    Registering,
    Retracting,
    Stating,
    Unreadable,
    Withdrawing,
    check_sources,
    left_unnamed,
    named_by,
    statement_entry,
)
from app.entry.known import MERGED, Key, Known
from app.entry.lives import Life, Lives, check_loss
from app.entry.observations import check_observations
from app.entry.rights import Rights, check_rights
from app.entry.schemas import ProvinceStatementWrite
from app.entry.statement_queries import not_recorded
from app.ledger.revisions import DIGESTED_FROM, Entry, Writer, entry_digest
from app.ledger.tables import STATEMENTS, Statement
from app.subjects.definitions import Subject
from app.subjects.histories import HISTORIES, not_registered
from app.subjects.projection import Projection
from app.units.provinces import stated_province
from app.units.units import UnitLevel

_WITHDRAWN = Template(
    "entry.withdrawn", "The {what} {key!r} was withdrawn in revision {withdrawn_in}."
)
_IF_MATCH = Template(
    "entry.if-match",
    "Read the {what}, and send its ETag as If-Match, so that no change is lost.",
)
_RETRACTED_ALREADY = Template(
    "entry.retracted-already",
    "Statement {statement_id} is retracted already, in revision {revision}.",
)
_ABOUT_ANOTHER = Template(
    "entry.replaces-another",
    "Statement {statement_id} is about the {what:word} {key!r}: what replaces it must be about it.",
)
_REPLACED_TWICE = Template(
    "entry.replaced-twice", "Another member of this request replaces statement {statement_id}."
)
_HISTORIES = frozenset(HISTORIES)


@dataclass(slots=True)
class Plan:
    """What of a write is accepted, and what is not."""

    writer: Writer
    items: Sequence[Item]
    known: Known
    rights: Rights
    lives: Lives
    accepted: dict[int, list[Entry]] = field(default_factory=dict)
    """The rows to be recorded for each item, by its position among all of them."""
    refused: dict[int, RegistryError] = field(default_factory=dict)
    changed: set[Key] = field(default_factory=set)
    """The sites and projects of which other versions hold than before."""

    @classmethod
    def of(cls, writer: Writer, items: Sequence[Item], known: Known) -> "Plan":
        """Begin a plan in which nothing is judged yet."""
        rights = Rights(writer, known)
        return cls(writer, items, known, rights, Lives(known, rights, is_of_one=len(items) == 1))

    # Judging

    def judge(self, numbers: Iterable[int]) -> Iterator[None]:
        """Judge items as if each was sent after the one before it; stop now and then.

        Statements wait for later ones about their subject, until something comes that cannot be
        judged together with them, or changes what they may name.
        """
        waiting: dict[Key, dict[int, Stating]] = {}
        for number in numbers:
            item = self.items[number]
            if self._can_wait(item):
                waiting.setdefault(item.subject, {})[number] = item
                continue
            for about in list(waiting) if getattr(item, "registers", True) else [self.about(item)]:
                yield from self._judge_many(waiting.pop(about, {}))
            self._judge(number)
            yield
        for together in waiting.values():
            yield from self._judge_many(together)

    def _can_wait(self, item: Item) -> TypeGuard[Stating]:
        return (
            isinstance(item, Stating)
            and item.replaces is None
            and item.subject[0] in _HISTORIES
            and item.subject in self.known.registered
            and not item.is_remark
            and self.lives.can_wait(item)
        )

    def _judge_many(self, items: Mapping[int, Stating]) -> Iterator[None]:
        """Judge statements about one subject."""
        if items:
            about = next(iter(items.values())).subject
            for run in self.lives.runs(about, items):
                self._judge_run(run)
                yield

    def _judge_run(self, items: Mapping[int, Stating]) -> None:
        """Judge statements together, by halves where one of them is refused."""
        numbers = list(items)
        if len(numbers) == 1:
            self._judge(numbers[0])
            return
        try:
            found = self.lives.state(self._subject(items[numbers[0]]), items)
        except RegistryError:
            middle = len(numbers) // 2
            for half in (numbers[:middle], numbers[middle:]):
                self._judge_run({number: items[number] for number in half})
        else:
            self.accepted |= {number: [entry] for number, entry in found.items()}

    def _judge(self, number: int) -> None:
        """Accept an item or refuse it."""
        item = self.items[number]
        try:
            self.accepted[number] = self._judged(number, item)
            self.known.retracted.update(_retracted_by(item))
        except RegistryError as error:
            self.refused[number] = error
            if getattr(item, "registers", False) and not self._is_there(item):
                self.known.refused.add(self.about(item))

    def _is_there(self, item: Item) -> bool:
        """Return whether what an item was to register can be referred to although it is refused.

        A source that is sent again can; a site that had the id before the request is another one.
        """
        about = self.about(item)
        if isinstance(item, Registering):
            return about in self.known.registered
        others = (self.items[number] for number in self.accepted)
        return any(getattr(o, "registers", False) and self.about(o) == about for o in others)

    def _judged(self, number: int, item: Item) -> list[Entry]:
        if isinstance(item, Unreadable):
            raise item.error
        if isinstance(item, Stating):
            if item.subject[0] in _HISTORIES:
                return self._state(number, item)
            return self._say(item)
        if isinstance(item, Registering):
            return [register(self.known, item)]
        if isinstance(item, Correcting):
            return correct(self.writer, self.known, self.rights, self.lives, item)
        if isinstance(item, Withdrawing):
            self._withdraw(item)
        else:
            self._retract(item)
        return []

    def _state(self, number: int, item: Stating) -> list[Entry]:
        """Judge a statement about a site or project by everything known of it."""
        subject = self._subject(item)
        if item.is_remark:
            return [self.lives.remark(subject, item)]
        replaced = self._replaced(item)
        entries = list(self.lives.state(subject, {number: item}, replaced).values())
        if not item.registers:
            return entries
        row = {"id": subject.id} | ({"kind": subject.kind.value} if subject.kind else {})
        self.known.registered[item.subject] = {**row, "withdrawn_in": None}
        return [Entry(HISTORIES[subject.type].registrations, row), *entries]

    def _subject(self, item: Stating) -> Subject:
        """Return the subject of a statement, which must be registered by it or before."""
        what, key = SubjectType(item.subject[0]), item.subject[1]
        if not item.registers:
            return self._writable(what, key, is_patch=item.is_patch)
        if (row := self.known.find(what, key)) is not None:
            if row["withdrawn_in"] is not None:
                raise id_gone(what, key, row["withdrawn_in"])
            raise id_taken(item, self.known.versions.get(item.subject, ()), self.writer.units)
        return Subject(what, key, item.kind)

    def _writable(self, what: SubjectType, key: str, *, is_patch: bool = False) -> Subject:
        """Return a site or project to be written to, in the state that the client has seen."""
        row = self.known.find(what, key)
        self.known.check_not_refused((what, key))
        if row is None:
            raise not_registered(what, key, self.known.head.number)
        if row["withdrawn_in"] is not None:
            detail = _WITHDRAWN(what=what, key=key, withdrawn_in=row["withdrawn_in"])
            raise WithdrawnError(detail, members={"withdrawn_in": row["withdrawn_in"]})
        self.rights.check_known((what, key))
        precondition = self.writer.precondition
        if precondition is not None:
            precondition.check(self.known.changed_in((what, key)))
        elif is_patch:
            detail = _IF_MATCH(what=what)
            raise PreconditionRequiredError(detail, errors=[Fault(detail, parameter="If-Match")])
        return self.lives.registered((what, key))

    def _say(self, item: Stating) -> list[Entry]:
        """Judge a statement about a province or a document."""
        what, key = item.subject
        if what == SubjectType.province:
            province = stated_province(self.writer.units, key, item.head.effective_from)
            check_rights(self.writer, [province])
        else:
            self.known.check_document(key)
        faults = Faults()
        with faults.apart():
            check_sources(self.known, item)
        with faults.apart():
            check_end(what, item.head, item.values)
        with faults.apart():
            if isinstance(item.head, ProvinceStatementWrite):
                check_observations(item.head)
            else:
                check_values(self.known, what, item.head.basis, item.values)
        faults.refuse()
        reason = item.head.override_reason
        refuse_violations((), item.content, reason, doubted_of_other(self.known, item))
        entry = statement_entry(self.known, item, replaced=self._replaced(item))
        self.known.twins[item.digest] = item.place
        return [entry]

    def _replaced(self, item: Stating) -> Statement | None:
        """Return the statement that another replaces: about the same, and by no other as well."""
        if item.replaces is None:
            return None
        row = self._retractable(item.replaces)
        if (row.subject_type, row.subject_id) != item.subject:
            detail = _ABOUT_ANOTHER(statement_id=row.id, what=row.subject_type, key=row.subject_id)
            raise BadBodyError.of("#/replaces", detail)
        if row.id in self.known.retracted:
            raise BadBodyError.of("#/replaces", _REPLACED_TWICE(statement_id=row.id))
        return row

    def _withdraw(self, item: Withdrawing) -> None:
        what, key = SubjectType(item.subject[0]), item.subject[1]
        subject = self._writable(what, key)
        self.lives.by_subject[item.subject] = Life(subject, self.writer.units, [], timeline=[])

    def _retractable(self, statement_id: str) -> Statement:
        """Return a statement that counts still, and that the writer may retract."""
        row = self.known.statements.get(statement_id)
        if row is None:
            raise not_recorded(statement_id, self.known.head.number)
        what = SubjectType(row.subject_type)
        subject = (what, row.subject_id)
        if what is SubjectType.province:
            unit = self.writer.units.at(UnitLevel.province, row.subject_id, row.effective_day)
            check_rights(self.writer, [unit] if unit else [])
        elif what in HISTORIES:
            self.rights.check_known(subject)
        if row.retracted_in is not None:
            detail = _RETRACTED_ALREADY(statement_id=row.id, revision=row.retracted_in)
            raise ConflictError(detail)
        return row

    def _retract(self, item: Retracting) -> None:
        row, subject = self._retractable(item.statement_id), self.about(item)
        registered = self.known.registered.get(subject)
        if subject[0] not in HISTORIES or not registered or registered["withdrawn_in"] is not None:
            return
        before = self.lives.of(self.lives.registered(subject))
        life = before.less(row)
        life.timeline = life.timeline_of(life.assertions)
        self.rights.check_change(subject, life.timeline)
        if item.override_reason is None:
            check_loss(before, life)
        self.rights.accept(subject, life.timeline)
        self.lives.by_subject[subject] = life

    # Once all is judged

    def affected(self, touched: Collection[Key]) -> list[int]:
        """Return the items to judge anew after others did something to some subjects.

        With an item all others about the same subject are judged anew.
        """
        moved = self.rights.are_looked_at and any(what == SubjectType.site for what, _ in touched)
        # What refers to an entry, or to an organization that is merged, may be anything.
        moved |= any(what == MERGED for what, _ in touched)
        names = set(touched)
        subjects = {
            self.about(item)
            for item in self.items
            if moved
            or isinstance(item, Correcting)
            or self.about(item) in names
            or not names.isdisjoint(named_by(item))
        }
        return [n for n, item in enumerate(self.items) if self.about(item) in subjects]

    def about(self, item: Item) -> Key:
        """Return the subject of an item."""
        if not isinstance(item, Retracting):
            return item.subject
        row = self.known.statements.get(item.statement_id)
        return (row.subject_type, row.subject_id) if row else ("statement", item.statement_id)

    def reopen(self, numbers: Iterable[int], touched: Iterable[Key]) -> None:
        """Forget how some items were judged, and what was known of all that was touched."""
        subjects = set(touched)
        for number in numbers:
            item = self.items[number]
            subjects.add(self.about(item))
            self.accepted.pop(number, None)
            self.refused.pop(number, None)
            if isinstance(item, Correcting):
                subjects.update(self.lives.by_subject)
            if isinstance(item, Stating):
                self.known.twins.pop(item.digest, None)
            self.known.retracted.difference_update(_retracted_by(item))
        for subject in subjects:
            self.lives.by_subject.pop(subject, None)
        self.rights.forget(subjects)
        self.known.forget(subjects)

    def refusal(self) -> RegistryError:
        """Return the error for all that is refused: of a single write its own."""
        if self.items[0].place == "#":
            return self.refused[0]
        refused = [(self.items[n].place, self.refused[n]) for n in sorted(self.refused)]
        return refusal_of_many(refused, len(self.items))

    @property
    def recorded(self) -> list[int]:
        """The accepted items that are recorded: all but entries that nothing names."""
        return sorted(self.accepted.keys() - left_unnamed(self.items, self.accepted))

    def numbered(self, revision: int) -> list[Entry]:
        """Return the rows to be recorded, statements with their ids in the revision."""
        entries = [entry for number in self.recorded for entry in self.accepted[number]]
        is_large = len(entries) >= DIGESTED_FROM
        position = 0
        for entry in entries:
            if entry.table is STATEMENTS:
                position += 1
                if entry.row.get("position") != position:
                    entry.row["position"] = position
                    entry.digest = None
                entry.row["id"] = f"{revision}-{position}"
            if is_large and entry.digest is None:
                entry.digest = entry_digest(entry.row)
        return entries

    def projections(self) -> dict[SubjectType, Projection]:
        """Return the rows of versions that end and begin, and note whose they are."""
        found = {what: Projection() for what in HISTORIES}
        self.changed.clear()
        for key, life in self.lives.by_subject.items():
            if life.timeline is not None:
                rows = self.known.versions.get(key, [])
                if found[life.subject.type].add(life.subject, life.timeline, rows, life.since):
                    self.changed.add(key)
        return found


def _retracted_by(item: Item) -> set[str]:
    """Return the statement that an item retracts or replaces."""
    if isinstance(item, Retracting):
        return {item.statement_id}
    return {item.replaces} if isinstance(item, Stating) and item.replaces else set()
