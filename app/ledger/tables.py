"""The ledger: revisions, sources, organizations, subjects, statements. Rows are only added.

Only the marks that withdraw a statement or a subject are set later, once. Triggers refuse
every other change, on both databases. Answers kept for repeated requests are no part of the
ledger: their rows are deleted after a day.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel

from app.core.vocabulary import (
    HISTORIC,
    Basis,
    DateBasis,
    SiteKind,
    SourceKind,
    SubjectType,
)
from app.database.tables import (
    CanonicalJson,
    Instant,
    code_check,
    made_table,
    ordered_text,
    table_of,
)

OPEN_REVISION = 2**62
"""The open end of system time."""
# SQLite's hidden number of a row would be a way around the triggers: REPLACE by it deletes quietly.
_NO_ROWID = {"sqlite_with_rowid": False}


class Revision(SQLModel, table=True):
    """One committed write.

    ``author`` is the name of the writer; ``principal_id`` distinguishes those of the same name, and
    is null where there is no principal, as on the command line. ``approved_by`` and ``approver_id``
    are the same of whoever approved what the author proposed. ``digest_format`` says how the
    content is digested; it is null for the format of the first releases.
    """

    __tablename__ = "revision"
    __table_args__ = (
        Index("ix_revision_recorded_at", "recorded_at", "number"),
        Index("ix_revision_author", "author", "number"),
        _NO_ROWID,
    )

    number: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    recorded_at: datetime = Field(sa_type=Instant)
    author: str = Field(sa_type=Text)
    principal_id: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    digest_format: int | None = None
    digest: str = Field(max_length=64)
    approved_by: str | None = Field(default=None, sa_type=Text)
    approver_id: str | None = Field(default=None, sa_type=Text)


class Source(SQLModel, table=True):
    """A document that says something."""

    __tablename__ = "source"
    __table_args__ = (code_check("source", "kind", SourceKind), _NO_ROWID)

    id: str = Field(primary_key=True, sa_type=ordered_text())
    revision: int = Field(foreign_key="revision.number", sa_type=BigInteger, index=True)
    kind: str
    title: str = Field(sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    issuer: str | None = Field(default=None, sa_type=Text)
    issuer_id: str | None = Field(
        default=None, foreign_key="organization.id", sa_type=ordered_text(), index=True
    )
    published_on: str | None = Field(index=True)
    url: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


class Organization(SQLModel, table=True):
    """An investor, an infrastructure developer, a managing body or an issuing authority."""

    __tablename__ = "organization"
    __table_args__ = (_NO_ROWID,)

    id: str = Field(primary_key=True, sa_type=ordered_text())
    revision: int = Field(foreign_key="revision.number", sa_type=BigInteger, index=True)
    name: str = Field(sa_type=Text)
    name_en: str | None = Field(default=None, sa_type=Text)
    aliases: list[str] | None = Field(default=None, sa_type=CanonicalJson)


class CorrectionType(StrEnum):
    """What became of the entry of a source or an organization after it was registered."""

    corrected = "corrected"
    merged = "merged"
    withdrawn = "withdrawn"


class _Corrected(SQLModel):
    """The whole entry as it reads from a revision on, and what was done to it."""

    id: str = Field(primary_key=True, sa_type=ordered_text())
    revision: int = Field(
        primary_key=True,
        foreign_key="revision.number",
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
        index=True,
    )
    type: str


class SourceCorrection(_Corrected, table=True):
    """The entry of a source as it was amended, or that it was withdrawn."""

    __tablename__ = "source_correction"
    __table_args__ = (
        code_check("source_correction", "type", CorrectionType),
        code_check("source_correction", "kind", SourceKind),
        _NO_ROWID,
    )

    id: str = Field(primary_key=True, foreign_key="source.id", sa_type=ordered_text())
    kind: str
    title: str = Field(sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    issuer: str | None = Field(default=None, sa_type=Text)
    issuer_id: str | None = Field(
        default=None, foreign_key="organization.id", sa_type=ordered_text(), index=True
    )
    published_on: str | None = Field(index=True)
    url: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


class OrganizationCorrection(_Corrected, table=True):
    """The entry of an organization as it was amended, or that it was merged or withdrawn."""

    __tablename__ = "organization_correction"
    __table_args__ = (
        code_check("organization_correction", "type", CorrectionType),
        _NO_ROWID,
    )

    id: str = Field(primary_key=True, foreign_key="organization.id", sa_type=ordered_text())
    name: str = Field(sa_type=Text)
    name_en: str | None = Field(default=None, sa_type=Text)
    aliases: list[str] | None = Field(default=None, sa_type=CanonicalJson)
    merged_into: str | None = Field(
        default=None, foreign_key="organization.id", sa_type=ordered_text()
    )


class _Registered(SQLModel):
    id: str = Field(primary_key=True, sa_type=ordered_text())
    revision: int = Field(foreign_key="revision.number", sa_type=BigInteger, index=True)


class _OfKind(SQLModel):
    kind: str


class _Withdrawable(SQLModel):
    withdrawn_in: int | None = Field(
        default=None, foreign_key="revision.number", sa_type=BigInteger, index=True
    )
    withdrawal_reason: str | None = Field(default=None, sa_type=Text)


class Registration(_Withdrawable, _Registered):
    """What the registrations of all types of subjects have."""


def _registrations(what: SubjectType) -> Table:
    """Make the table of the registered subjects of a type; only sites have a kind.

    Everything else about them is in statements.
    """
    has_kind = what is SubjectType.site
    bases = (_Withdrawable, *((_OfKind,) if has_kind else ()), _Registered)
    checks = (code_check(what, "kind", SiteKind),) if has_kind else ()
    members = {"__tablename__": what.value, "__table_args__": (*checks, _NO_ROWID)}
    return made_table(what.title(), bases, members)


class Statement(SQLModel, table=True):
    """The statement of one source about one subject from a date on.

    ``content`` is the map of attribute values, or the list of observations of a province.
    ``effective_to`` is the date before which it ends, if it says so. ``cites`` are the ids of the
    policy documents that the source refers to. ``qualifiers`` say of some of the values how exactly
    they are given, ``values_to`` are the upper ends of those that are ranges. ``replaces`` is the
    statement that was retracted for it; ``rank_of`` is the first of such a chain, whose place in
    the order it keeps.
    """

    __tablename__ = "statement"
    __table_args__ = (
        code_check("statement", "subject_type", SubjectType),
        code_check("statement", "basis", Basis),
        code_check("statement", "date_basis", DateBasis),
        Index("ix_statement_subject", "subject_type", "subject_id", "revision", "position"),
        Index("ix_statement_revision", "revision", "position"),
        Index("ix_statement_replaces", "replaces", unique=True),
        Index("ix_statement_source", "source_id", "revision", "position"),
        Index("ix_statement_effective", "effective_day", "revision", "position"),
        _NO_ROWID,
    )

    id: str = Field(primary_key=True, sa_type=ordered_text())
    revision: int = Field(foreign_key="revision.number", sa_type=BigInteger)
    position: int
    subject_type: str
    subject_id: str = Field(sa_type=ordered_text())
    source_id: str = Field(foreign_key="source.id", sa_type=ordered_text())
    authority: int
    basis: str
    effective_from: str
    effective_day: date
    date_basis: str
    locator: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    cites: list[str] | None = Field(default=None, sa_type=CanonicalJson)
    override_reason: str | None = Field(default=None, sa_type=Text)
    content: Any = Field(sa_type=CanonicalJson)
    content_digest: str = Field(max_length=64, index=True)
    retracted_in: int | None = Field(
        default=None, foreign_key="revision.number", sa_type=BigInteger, index=True
    )
    retraction_reason: str | None = Field(default=None, sa_type=Text)
    effective_to: str | None = Field(default=None, sa_type=Text)
    qualifiers: dict[str, str] | None = Field(default=None, sa_type=CanonicalJson)
    values_to: dict[str, str] | None = Field(default=None, sa_type=CanonicalJson)
    # Without a foreign key: SQLite cannot add one to a table, and the planner has read both.
    replaces: str | None = Field(default=None, sa_type=ordered_text())
    rank_of: str | None = Field(default=None, sa_type=ordered_text())


class Erasure(_Registered, table=True):
    """That members of an entry were erased, and what is left of the revision that recorded it.

    ``about`` is type and id, as in ``statement/5-1``. ``left_digest`` is that of the content of the
    erased revision as it is from then on. Both are null where nothing of the ledger was erased.
    """

    __tablename__ = "erasure"
    __table_args__ = (_NO_ROWID,)

    about: str = Field(sa_type=ordered_text())
    members: list[str] = Field(sa_type=CanonicalJson)
    erased_revision: int | None = Field(
        default=None, foreign_key="revision.number", sa_type=BigInteger, index=True
    )
    left_digest: str | None = Field(default=None, max_length=64)


class IdempotencyKey(SQLModel, table=True):
    """The answer to a write that came with a key, kept in the transaction of its revision.

    ``content_digest`` is that of the request: method, path, query and body; ``digest`` that of the
    row.
    """

    __tablename__ = "idempotency_key"

    author: str = Field(primary_key=True, sa_type=ordered_text())
    key: str = Field(primary_key=True, sa_type=ordered_text())
    recorded_at: datetime = Field(sa_type=Instant, index=True)
    content_digest: str = Field(max_length=64)
    status: int
    media_type: str = Field(sa_type=Text)
    headers: dict[str, str] = Field(sa_type=CanonicalJson)
    body: bytes = Field(sa_type=LargeBinary)
    digest: str | None = Field(default=None, max_length=64)


ERASURES = table_of(Erasure)
IDEMPOTENCY_KEYS = table_of(IdempotencyKey)
ORGANIZATION_CORRECTIONS = table_of(OrganizationCorrection)
ORGANIZATIONS = table_of(Organization)
REVISIONS = table_of(Revision)
SOURCE_CORRECTIONS = table_of(SourceCorrection)
SOURCES = table_of(Source)
STATEMENTS = table_of(Statement)
REGISTRATIONS: Mapping[SubjectType, Table] = {what: _registrations(what) for what in HISTORIC}
"""Where the subjects that can be withdrawn are registered."""
SITES = REGISTRATIONS[SubjectType.site]
