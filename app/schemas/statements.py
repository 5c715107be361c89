"""Statements: what a source says of a subject from a date on, and their retraction."""

from datetime import datetime

from pydantic import Field

from app.domain.partial_dates import DatePrecision
from app.domain.vocabulary import Basis, DateBasis, SubjectType
from app.schemas.observations import ObservationValue
from app.schemas.sites import SiteValues
from app.schemas.types import Answer, Body, Line, Paragraph, PartialDateText, Slug, Whole


class StatementHead(Body):
    """What every statement has: who says it, from when on, and how it is meant."""

    source_id: Slug = Field(description="The source that says so; see /v1/sources.")
    effective_from: PartialDateText = Field(
        description="From when on it holds: a year, month or day; takes effect on its first day."
    )
    date_basis: DateBasis = Field(default=DateBasis.stated, description="How the date is known.")
    basis: Basis = Field(default=Basis.actual, description="How it is meant.")
    locator: Line | None = Field(default=None, description="Where in the source: line, page.")
    note: Paragraph | None = None
    reason: Line | None = Field(default=None, description="Why this is recorded now.")


class Retraction(Body):
    """Why a statement is withdrawn."""

    reason: Line


class StatementRetraction(Answer):
    """How a statement was withdrawn."""

    revision: Whole
    retracted_at: datetime
    author: str
    reason: str


class StatementAnswer(Answer):
    """What every recorded statement shows."""

    id: str = Field(description="Revision and position in it, as in 57-1.")
    revision: Whole
    recorded_at: datetime
    author: str
    reason: str | None
    subject_type: SubjectType
    subject_id: str
    source_id: str
    source_title: str
    basis: Basis
    effective_from: str
    effective_precision: DatePrecision
    date_basis: DateBasis
    locator: str | None
    note: str | None
    override_reason: str | None
    retraction: StatementRetraction | None


class Statement(StatementAnswer):
    """A recorded statement: ``values`` of a site or ``observations`` of a province."""

    values: SiteValues | None = None
    observations: list[ObservationValue] | None = None


class StatementPage(Answer):
    """A page of statements, newest first."""

    items: list[Statement]
    next_cursor: str | None
    revision: Whole
