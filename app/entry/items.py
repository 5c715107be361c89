"""What can be written, in the form in which it is judged and recorded."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, cast

from pydantic import BaseModel

from app.core.dates import PartialDate
from app.core.errors import DuplicateStatementError, RegistryError
from app.core.messages import Template
from app.core.validation import Faults
from app.core.vietnamese import name_key
from app.core.vocabulary import (
    AUTHORITY,
    ChangeSubjectType,
    Qualifier,
    SiteKind,
    SourceKind,
    SubjectType,
)
from app.entry.checks import references
from app.entry.duplicates import StatedUnit, keys_of_entry
from app.entry.known import Key, Known, Wanted
from app.entry.schemas import ProvinceStatementWrite, StatementHead, SubjectStatementWrite
from app.ledger.revisions import Entry, Writer
from app.ledger.schemas import OrganizationRegistration, SourceRegistration
from app.ledger.statements import HEAD, statement_digest
from app.ledger.tables import STATEMENTS, CorrectionType, Statement
from app.statistics.indicator_schemas import ObservationValue
from app.subjects.attributes import UNIT_LEVELS, encode, plain_decimal
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES
from app.subjects.schemas import Values

_SAID_ALREADY = Template(
    "entry.stated-already",
    "Statement {statement_id} says exactly this already; nothing was recorded.",
)
_SAID_TWICE = Template(
    "entry.stated-twice", "What stands at {place} of this request says exactly this already."
)


@dataclass(frozen=True, slots=True)
class Registering:
    """A source or an organization to be registered."""

    what: ChangeSubjectType
    body: SourceRegistration | OrganizationRegistration
    place: str = "#"
    only_if_named: bool = False
    """Whether it is left out unless something else that is recorded names it."""
    registers: ClassVar[bool] = True

    @property
    def subject(self) -> Key:
        """What it is about."""
        return self.what, self.body.id


@dataclass(frozen=True, slots=True)
class Stating:
    """A statement to be recorded, perhaps the one that registers its subject.

    ``values`` are those of a site, project or document; ``content`` is what the ledger stores, and
    ``hedges`` how exactly the values are given.
    """

    subject: Key
    head: StatementHead
    values: Mapping[str, Any]
    content: Any
    hedges: Mapping[str, Any]
    day: date
    digest: str
    registers: bool = False
    kind: SiteKind | None = None
    is_made: bool = False
    """Whether the id of its subject was made from a name."""
    is_patch: bool = False
    replaces: str | None = None
    """The statement that is retracted for it."""
    place: str = "#"

    @property
    def is_remark(self) -> bool:
        """Whether it gives no values of a site or project, so that it decides nothing."""
        return self.subject[0] in HISTORIES and not (self.values or self.replaces or self.registers)

    def row(self, authority: int) -> dict[str, Any]:
        """Return the row to be recorded, without its id and its place in the revision."""
        head = self.head
        return {
            "subject_type": self.subject[0],
            "subject_id": self.subject[1],
            "source_id": head.source_id,
            "authority": authority,
            "basis": head.basis.value,
            "effective_from": head.effective_from,
            "effective_day": self.day,
            "effective_to": getattr(head, "effective_to", None),
            "date_basis": head.date_basis.value,
            "locator": head.locator,
            "note": head.note,
            "cites": head.cites,
            "override_reason": head.override_reason,
            **self.hedges,
            "content": self.content,
            "content_digest": self.digest,
            "replaces": self.replaces,
            "rank_of": None,
        }


@dataclass(frozen=True, slots=True)
class Retracting:
    """A statement to be withdrawn."""

    statement_id: str
    reason: str
    place: str = "#"
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """A site or project to be withdrawn."""

    subject: Key
    reason: str
    place: str = "#"


@dataclass(frozen=True, slots=True)
class Correcting:
    """The entry of a source or an organization to be corrected, merged or withdrawn."""

    subject: Key
    type: CorrectionType
    patch: Mapping[str, Any] = field(default_factory=dict)
    """What is corrected, by members of the entry."""
    into: str | None = None
    """The organization that it is merged into."""
    override_reason: str | None = None
    place: str = "#"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that could not even be read, and is refused for it."""

    subject: Key
    error: RegistryError
    registers: bool
    place: str


Item = Registering | Stating | Retracting | Withdrawing | Correcting | Unreadable
"""One thing to be recorded; ``place`` is where it stands in the body of its request."""


def stating(what: SubjectType, key: str, body: StatementHead, **members: Any) -> Stating:
    """Return a statement in the form in which it is judged and recorded."""
    values: dict[str, Any] = {}
    content: Any
    if isinstance(body, ProvinceStatementWrite):
        content = [_encoded(observation) for observation in body.observations]
    else:
        values = stated_values(cast("SubjectStatementWrite", body).values)
        content = encode(values)
    hedged = _hedged(body)
    head = {name: getattr(body, name, None) for name in HEAD} | hedged
    digest = statement_digest((what, key), head, content)
    day = PartialDate.parse(body.effective_from).first_day
    return Stating((what, key), body, values, content, hedged, day, digest, **members)


def _hedged(body: StatementHead) -> dict[str, dict[str, Any] | None]:
    """Return how exactly the values of a statement are given, as the ledger stores it.

    What is exact needs no word, and is the same statement with it and without.
    """
    qualifiers = _given(getattr(body, "qualifiers", None))
    hedges = {n: code.value for n, code in qualifiers.items() if code is not Qualifier.exact}
    ends = encode(_given(getattr(body, "values_to", None)))
    return {"qualifiers": hedges or None, "values_to": ends or None}


def named_anew(item: Stating, key: str) -> Stating:
    """Return a statement about a subject with another id."""
    subject = (SubjectType(item.subject[0]), key)
    head = {name: getattr(item.head, name, None) for name in HEAD} | dict(item.hedges)
    digest = statement_digest(subject, head, item.content)
    return replace(item, subject=subject, digest=digest)


def overridden(item: Item, reason: str) -> Item:
    """Return an item that says why what is doubted of it is right."""
    given = {"override_reason": reason}
    if isinstance(item, Stating):
        return replace(item, head=item.head.model_copy(update=given))
    if isinstance(item, Registering):
        return replace(item, body=item.body.model_copy(update=given))
    if isinstance(item, Correcting | Retracting):
        return replace(item, override_reason=reason)
    return item


def stated_values(values: Values) -> dict[str, Any]:
    """Return the attributes that a statement gives, those it clears as ``None``."""
    return {
        name: value.model_dump() if isinstance(value, BaseModel) else value
        for name, value in _given(values).items()
        if name in values.members
    }


def _given(model: BaseModel | None) -> dict[str, Any]:
    """Return the members that a body gives."""
    given = model.model_fields_set if model else set()
    return {n: value for n, value in (model.__dict__ if model else {}).items() if n in given}


def _encoded(observation: ObservationValue) -> dict[str, Any]:
    """Return an observation for the ledger: numbers as text, with the decimals they came with."""
    stated = observation.model_dump(mode="python", exclude_none=True)
    return {name: _text(value) for name, value in stated.items()}


def _text(value: Any) -> str:
    """Keep trailing zeros after the point (100.40): they show how exactly a figure is given."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if "." in text or not isinstance(value, Decimal) else plain_decimal(value)


def check_sources(known: Known, item: Stating) -> None:
    """Refuse a statement of a source that is not registered, or that cites such ones."""
    faults = Faults()
    with faults.apart():
        known.check_source(item.head.source_id, "#/source_id")
    for position, cited in enumerate(item.head.cites or ()):
        with faults.apart():
            known.check_source(cited, f"#/cites/{position}")
    faults.refuse()


def statement_entry(
    known: Known,
    item: Stating,
    said: Mapping[str, str] = MappingProxyType({}),
    replaced: Statement | None = None,
) -> Entry:
    """Return the row of a statement whose sources were checked.

    What is recorded, or ``said`` before it in its request, is not stated again. What replaces
    another statement keeps its rank.
    """
    source = known.check_source(item.head.source_id, "#/source_id")
    twin = said.get(item.digest) or known.twins.get(item.digest)
    if twin is not None:
        if twin.startswith("#"):
            raise DuplicateStatementError(_SAID_TWICE(place=twin))
        detail = _SAID_ALREADY(statement_id=twin)
        raise DuplicateStatementError(detail, members={"statement_id": twin})
    row = item.row(AUTHORITY[SourceKind(source["kind"])])
    if replaced is not None:
        row["rank_of"] = replaced.rank_of or replaced.id
    return Entry(STATEMENTS, row)


def named_by(item: Item) -> Iterator[Key]:
    """Yield all that an item names and is about: what becomes of it depends on all of these."""
    if isinstance(item, Retracting | Unreadable):
        return
    yield item.subject
    if isinstance(item, Registering | Correcting):
        yield from ((ChangeSubjectType.organization, key) for key in _organizations(item))
    elif isinstance(item, Stating):
        yield from ((ChangeSubjectType.source, key) for key in _sources(item))
        yield from (named for _, named in references(item.subject[0], item.values))


def left_unnamed(items: Sequence[Item], accepted: Collection[int]) -> set[int]:
    """Return which accepted items register what others have to name, and none does."""
    entries = {n: one for n in accepted if isinstance(one := items[n], Registering)}
    if not any(one.only_if_named for one in entries.values()):
        return set()
    named = {key for n in accepted if n not in entries for key in named_by(items[n])}
    return {n for n, one in entries.items() if one.only_if_named and one.subject not in named}


def _organizations(item: Registering | Correcting) -> Iterator[str]:
    """Yield the organizations that an entry names, and the one that it is merged into."""
    named = (
        (getattr(item.body, "issuer_id", None),)
        if isinstance(item, Registering)
        else (item.patch.get("issuer_id"), item.into)
    )
    yield from (key for key in named if key is not None)


def _sources(item: Stating) -> Iterator[str]:
    yield item.head.source_id
    yield from item.head.cites or ()


def wanted_by(items: Sequence[Item], writer: Writer) -> Wanted:
    """Return what has to be known before these are judged."""
    wanted = Wanted(
        has_places=writer.looks_at_provinces,
        is_of_one=len(items) == 1,
        is_conditional=writer.precondition is not None,
        since=min(map(_since, items), default=date.min),
    )
    for item in items:
        if isinstance(item, Retracting):
            wanted.statements.add(item.statement_id)
        if isinstance(item, Retracting | Unreadable):
            continue
        wanted.named.update(named_by(item))
        wanted.alike.update(_shared(item))
        if item.subject[0] in HISTORIES:
            is_remark = isinstance(item, Stating) and item.is_remark
            (wanted.remarked if is_remark else wanted.subjects).add(item.subject)
        if isinstance(item, Correcting):
            _want_entry(wanted, item)
        if isinstance(item, Stating):
            wanted.digests.add(item.digest)
            wanted.names.update(_named(item))
            wanted.units.update(_units(item))
            wanted.statements.update([item.replaces] if item.replaces else ())
    return wanted


def _since(item: Item) -> date:
    """Return the first day of which an item may change or need a version."""
    if not isinstance(item, Stating) or item.registers or item.replaces:
        return date.min
    if item.subject[0] not in HISTORIES:
        return date.max
    catalogue = DEFINITIONS[SubjectType(item.subject[0])].attributes
    return date.min if any(catalogue[name].is_lasting for name in item.values) else item.day


def _want_entry(wanted: Wanted, item: Correcting) -> None:
    wanted.entries.add(item.subject)
    if item.type is CorrectionType.withdrawn or "kind" in item.patch:
        wanted.referred.add(item.subject)
    if item.into:
        wanted.merged.add(item.subject[1])
    if item.patch:
        wanted.patches[item.subject] = dict(item.patch)


def _shared(item: Item) -> Iterator[Key]:
    """Yield what an entry to be registered may share with one that is the same."""
    if isinstance(item, Registering):
        yield from keys_of_entry(item.what, item.body.model_dump(mode="json"))


def _named(item: Stating) -> Iterator[Key]:
    """Yield the name that a site or project gets: another may have it."""
    if item.subject[0] in HISTORIES and item.values.get("name"):
        yield item.subject[0], name_key(item.values["name"])


def _units(item: Stating) -> Iterator[StatedUnit]:
    """Yield the units that a statement names."""
    if item.subject[0] in HISTORIES:
        for name, level in UNIT_LEVELS.items():
            if item.values.get(name):
                yield level, item.values[name], item.day


def override_of(item: Item) -> tuple[str, str] | None:
    """Return why something doubted is right that no column keeps, after the id that it is about."""
    if isinstance(item, Registering):
        key, reason = item.body.id, item.body.override_reason
    elif isinstance(item, Correcting):
        key, reason = item.subject[1], item.override_reason
    elif isinstance(item, Retracting) and item.override_reason != item.reason:
        key, reason = item.statement_id, item.override_reason
    else:
        return None
    return (key, reason) if reason is not None else None
