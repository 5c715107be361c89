"""Judging entries of sources and organizations: new ones, corrections, merges, withdrawals."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import (
    BadBodyError,
    ConflictError,
    Fault,
    ForbiddenError,
    PreconditionRequiredError,
)
from app.core.messages import Template
from app.core.vocabulary import (
    AUTHORITY,
    ChangeSubjectType,
    SourceKind,
)
from app.entry.checks import refuse_violations
from app.entry.doubting import doubted_of_entry, note_entry
from app.entry.ids import id_gone
from app.entry.items import Correcting, Registering
from app.entry.known import Key, Known, is_gone
from app.entry.lives import Lives
from app.entry.rights import Rights
from app.ledger.entries import CONTENT, CORRECTIONS
from app.ledger.revisions import Entry, Writer
from app.ledger.sources import not_registered, withdrawn
from app.ledger.tables import ORGANIZATIONS, SOURCES, CorrectionType

_REQUIRED = ("kind", "title", "name")
_NOT_CLEARABLE = Template("entry.entry-needs", "{member} cannot be left empty: write another.")
_READS_SO = Template("entry.reads-so", "The {what} {key!r} reads so already; nothing was recorded.")
_IF_MATCH = Template(
    "entry.if-match-of-entry",
    "Read the {what}, and send its ETag as If-Match, so that no correction is lost.",
)
_NOT_OWN = Template(
    "entry.not-own-entry",
    "The {what} {key!r} was registered by another principal, and may be named in any province: "
    "it is for administrators to correct.",
)
_WEIGHS = Template(
    "entry.other-weight",
    "A {kind} weighs {weight}, and what the source says was recorded with the weight {before}, as "
    "{named}: register it as another source, and replace these statements.",
)
_REFERRED_TO = Template(
    "entry.referred-to",
    "Only what nothing refers to is withdrawn; the {what} {key!r} is named by {named}. Retract or "
    "replace these first.",
)
_TAKEN_FOR_EVER = Template(
    "ledger.id-taken",
    "The {what} {key!r} is registered already: refer to it, or give another id to another {what}.",
)
_NO_ISSUER = Template(
    "ledger.no-issuer", "No organization {key!r} is registered; register it first."
)
_MERGED = Template(
    "entry.merged-already",
    "The organization {key!r} was merged into {into!r} in revision {number}: correct, merge or "
    "withdraw {into!r} instead; what leads to it goes along.",
)
_MERGED_TARGET = Template(
    "entry.merged-target",
    "The organization {key!r} was merged into {into!r} in revision {number}: write {into!r}.",
)
_INTO_ITSELF = Template("entry.into-itself", "An organization cannot be merged into itself.")


def register(known: Known, item: Registering) -> Entry:
    """Accept a source or an organization that is new: return its row, and note it."""
    what, key = item.subject
    if item.subject in known.registered:
        registered = known.registered[item.subject]
        if is_gone(registered):
            raise id_gone(what, key, registered["changed_in"])
        detail = _TAKEN_FOR_EVER(what=what, key=key)
        raise ConflictError(detail, errors=[Fault(detail, pointer="#/id")])
    row = item.body.model_dump(mode="json", exclude={"override_reason"})
    if row.get("issuer_id"):
        _check_issuer(known, row["issuer_id"])
    doubted = doubted_of_entry(known, what, row, None)
    refuse_violations((), row, item.body.override_reason, doubted)
    note_entry(known, what, row)
    known.registered[item.subject] = {**row, "type": None}
    return Entry(SOURCES if what == ChangeSubjectType.source else ORGANIZATIONS, row)


def _check_issuer(known: Known, key: str) -> None:
    named = (ChangeSubjectType.organization, key)
    known.check_not_refused(named, "#/issuer_id")
    if known.find(*named) is None:
        raise BadBodyError.of("#/issuer_id", _NO_ISSUER(key=key))
    known.check_reference(named, "#/issuer_id")


def correct(
    writer: Writer, known: Known, rights: Rights, lives: Lives, item: Correcting
) -> list[Entry]:
    """Accept what is done to an entry: return the row of it, and note what it is from now on.

    A merge also gives the subjects that name the one the lives in which they name the other.
    """
    what, key = item.subject
    entry = _present(known, item.subject)
    _check_writer(writer, known, item, entry)
    content = {name: entry[name] for name in CONTENT[what]}
    if item.type is CorrectionType.corrected:
        content = _amended(known, item, content)
    elif item.type is CorrectionType.withdrawn:
        _check_unused(known, item.subject)
    else:
        _merge(known, rights, lives, item)
    if what == ChangeSubjectType.organization:
        content["merged_into"] = item.into
    row = {"id": key, "type": item.type.value, **content}
    known.registered[item.subject] = {**entry, **row}
    return [Entry(CORRECTIONS[what], row)]


def _present(known: Known, named: Key) -> Mapping[str, Any]:
    what, key = named
    entry = known.registered.get(named)
    if entry is None:
        raise not_registered(what, key, known.head.number)
    if entry["type"] == CorrectionType.withdrawn:
        raise withdrawn(what, key, entry["changed_in"])
    if entry["type"] == CorrectionType.merged:
        into, number = known.kept[key], entry["changed_in"]
        raise ConflictError(
            _MERGED(key=key, into=into, number=number), members={"merged_into": into}
        )
    return entry


def _check_writer(writer: Writer, known: Known, item: Correcting, entry: Mapping[str, Any]) -> None:
    what, key = item.subject
    principal, precondition = writer.principal, writer.precondition
    is_own = principal is not None and known.registered_by.get(item.subject) == principal.id
    if principal is not None and principal.is_bound and not is_own:
        raise ForbiddenError(_NOT_OWN(what=what, key=key))
    if precondition is not None:
        precondition.check(entry["changed_in"])
    elif item.type is CorrectionType.corrected:
        detail = _IF_MATCH(what=what)
        raise PreconditionRequiredError(detail, errors=[Fault(detail, parameter="If-Match")])


def _amended(known: Known, item: Correcting, before: dict[str, Any]) -> dict[str, Any]:
    """Return the content of an entry with the members of a patch (RFC 7396)."""
    what, key = item.subject
    amended = {**before, **item.patch}
    for member in _REQUIRED:
        if member in amended and amended[member] is None:
            raise BadBodyError.of(f"#/{member}", _NOT_CLEARABLE(member=member))
    if amended == before:
        raise ConflictError(_READS_SO(what=what, key=key))
    if item.patch.get("issuer_id"):
        _check_issuer(known, item.patch["issuer_id"])
    if "kind" in amended:
        _check_weight(known, item.subject, before["kind"], amended["kind"])
    rows = [{"id": key, **content} for content in (amended, before)]
    refuse_violations((), amended, item.override_reason, doubted_of_entry(known, what, *rows))
    return amended


def _check_weight(known: Known, named: Key, before: str, after: str) -> None:
    """Refuse a kind of another weight once something counts by it: statements keep theirs."""
    weights = [AUTHORITY[SourceKind(kind)] for kind in (before, after)]
    if weights[0] != weights[1] and (referring := known.referred_to(named)):
        detail = _WEIGHS(
            kind=after, weight=weights[1], before=weights[0], named=", ".join(referring)
        )
        raise ConflictError(detail, errors=[Fault(detail, pointer="#/kind")])


def _check_unused(known: Known, named: Key) -> None:
    what, key = named
    if referring := known.referred_to(named):
        raise ConflictError(_REFERRED_TO(what=what, key=key, named=", ".join(referring)))


def _merge(known: Known, rights: Rights, lives: Lives, item: Correcting) -> None:
    key, into = item.subject[1], str(item.into)
    if into == key:
        raise BadBodyError.of("#/into", _INTO_ITSELF())
    named = (ChangeSubjectType.organization, into)
    known.check_reference(named, "#/into")
    if known.registered[named]["type"] == CorrectionType.merged:
        kept, number = known.kept[into], known.registered[named]["changed_in"]
        raise BadBodyError.of("#/into", _MERGED_TARGET(key=into, into=kept, number=number))
    known.kept = {old: into if kept == key else kept for old, kept in known.kept.items()}
    known.kept = {**known.kept, key: into}
    for subject in sorted(known.naming.get(key, ())):
        rights.check_known(subject)
        life = lives.recorded(lives.registered(subject))
        life.timeline = life.timeline_of(life.assertions)
        lives.by_subject[subject] = life
