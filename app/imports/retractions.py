"""Undoing an import: what still counts of it is retracted, what only it registered is withdrawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import Field
from sqlalchemy import select

from app.core.errors import ConflictError, Fault
from app.core.messages import Catalogue, Message, Template
from app.core.numbers import Whole
from app.core.types import Answer
from app.core.validation import faults_of
from app.core.vocabulary import ChangeSubjectType, SubjectType
from app.database.connections import Executor
from app.entry.items import Correcting, Item, Retracting, Withdrawing
from app.entry.known import in_parts
from app.entry.naming import MOST_NAMED, STATEMENT_PATH
from app.entry.recording import Recorded, recording
from app.imports.commits import Noting
from app.imports.outcomes import ImportFault, shown_fault
from app.ledger.revisions import Writer
from app.ledger.tables import (
    OPEN_REVISION,
    ORGANIZATIONS,
    REGISTRATIONS,
    SOURCES,
    STATEMENTS,
    CorrectionType,
)
from app.subjects.histories import PROJECT_HISTORY

_OTHERS_SAY = Template(
    "imports.others-say", "Others say something of it, so it stays registered: {named}."
)
_HAS_PROJECTS = Template(
    "imports.has-projects", "Projects are in it, so it stays registered: {named}."
)
_S, _SITES = STATEMENTS.c, REGISTRATIONS[SubjectType.site]
_ENTRIES = {ChangeSubjectType.source: SOURCES, ChangeSubjectType.organization: ORGANIZATIONS}
"""What is withdrawn last, what may name the other first."""


class Staying(Answer):
    """Something of an import that stays, and why."""

    address: str = Field(description="Its address, as in /v1/sites/ccn-quang-chu.")
    errors: list[ImportFault]


class ImportRetraction(Answer):
    """What became of what an import recorded."""

    revision: Whole | None = Field(description="Null where nothing of it counted any more.")
    retracted: Whole = Field(description="How many statements were retracted.")
    withdrawn: list[str] = Field(
        description="The addresses of sites, sources and organizations that were withdrawn."
    )
    stays: list[Staying]


@dataclass(slots=True)
class _Of:
    """What a revision recorded that is still there."""

    statements: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    entries: list[tuple[ChangeSubjectType, str]] = field(default_factory=list)
    kept: dict[str, Message] = field(default_factory=dict)
    """The sites that others need, and why they stay."""

    def items(self, reason: str) -> Iterator[Item]:
        """Yield what undoes it, what is named after what names it."""
        for one in self.statements:
            # That nothing is left of what only this named is what is wanted.
            yield Retracting(one, reason, f"{STATEMENT_PATH}{one}", override_reason=reason)
        for key in self.sites:
            if key not in self.kept:
                yield Withdrawing((SubjectType.site, key), reason, f"/v1/sites/{key}")
        for named in self.entries:
            yield Correcting(named, CorrectionType.withdrawn, place="/v1/{}s/{}".format(*named))


async def retract_import(
    writer: Writer, revision: int, reason: str, vietnamese: Catalogue, note: Noting | None = None
) -> ImportRetraction:
    """Undo what a revision recorded, as one revision.

    What others corrected, cite or state more of stays, and so does what the writer may not change.
    """
    async with writer.database.read(at_length=True) as connection:
        found = await _recorded_in(connection, revision)
    async with recording(writer, list(found.items(reason)), reason, skip_refused=True) as done:
        if note is not None and done.draft is not None:
            await note(done)
        return _answer(done, found, vietnamese)


def _answer(done: Recorded, found: _Of, vietnamese: Catalogue) -> ImportRetraction:
    accepted = [done.plan.items[number] for number in sorted(done.plan.accepted)]
    staying = [
        Staying(address=f"/v1/sites/{key}", errors=[_why(why, vietnamese)])
        for key, why in found.kept.items()
    ]
    for number, error in sorted(done.plan.refused.items()):
        place = done.plan.items[number].place
        errors = [shown_fault(fault, vietnamese) for fault in faults_of("#", error)]
        staying.append(Staying(address=place, errors=errors))
    return ImportRetraction(
        revision=None if done.draft is None else done.number,
        retracted=sum(isinstance(item, Retracting) for item in accepted),
        withdrawn=[item.place for item in accepted if not isinstance(item, Retracting)],
        stays=staying,
    )


def _why(why: Message, vietnamese: Catalogue) -> ImportFault:
    return shown_fault(Fault(why, type=ConflictError.type), vietnamese)


async def _recorded_in(connection: Executor, revision: int) -> _Of:
    found = _Of()
    live = select(_S.id).where(_S.revision == revision, _S.retracted_in.is_(None))
    found.statements = list((await connection.execute(live.order_by(_S.position))).scalars())
    present = (_SITES.c.revision == revision, _SITES.c.withdrawn_in.is_(None))
    sites = select(_SITES.c.id).where(*present).order_by(_SITES.c.id)
    found.sites = list((await connection.execute(sites)).scalars())
    for what, table in _ENTRIES.items():
        entries = select(table.c.id).where(table.c.revision == revision).order_by(table.c.id)
        keys = (await connection.execute(entries)).scalars()
        found.entries += [(what, key) for key in keys]
    for part in in_parts(found.sites):
        found.kept |= await _kept(connection, part, revision)
    return found


async def _kept(connection: Executor, sites: Sequence[str], revision: int) -> dict[str, Message]:
    """Return which sites others need, and why."""
    others = select(_S.subject_id, _S.id).where(
        _S.subject_type == SubjectType.site.value,
        _S.subject_id.in_(sites),
        _S.revision != revision,
        _S.retracted_in.is_(None),
    )
    versions = PROJECT_HISTORY.versions.c
    inside = select(versions.site, PROJECT_HISTORY.id).where(
        versions.site.in_(sites), versions.known_to == OPEN_REVISION
    )
    kept: dict[str, Message] = {}
    for why, query in ((_HAS_PROJECTS, inside), (_OTHERS_SAY, others)):
        named: dict[str, list[str]] = {}
        for site, key in await connection.execute(query.distinct()):
            named.setdefault(site, []).append(key)
        kept |= {key: why(named=", ".join(ids[:MOST_NAMED])) for key, ids in named.items()}
    return kept
