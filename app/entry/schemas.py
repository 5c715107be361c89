"""Statements as they are written and read, and the answer of a dry run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, RootModel, field_validator, model_validator

from app.core.dates import DatePrecision
from app.core.messages import MessageError, Template
from app.core.numbers import Number, Whole
from app.core.types import (
    Answer,
    Body,
    Line,
    Paragraph,
    PartialDateText,
    RecordedAt,
    Slug,
    SourceId,
    is_absent,
    list_of,
    made_model,
    one_of,
)
from app.core.vocabulary import (
    HISTORIC,
    Basis,
    DateBasis,
    SiteKind,
    SubjectType,
)
from app.findings.schemas import Finding
from app.statistics.indicator_schemas import ObservationValue
from app.subjects.schemas import SCHEMAS, DocumentValues, Effect, Values, hedge_members

_CITED_TWICE = Template("entry.cited-twice", "name each document once")
_NO_VALUES = Template(
    "entry.no-values", "give values, or a note where the source only remarks something"
)
_NO_OBSERVATIONS = Template(
    "entry.no-observations", "give observations, or a note where the source only remarks something"
)
_UNTIL = (
    "The date before which it ends, a year, quarter, month or day meaning its first day: to "
    "include June write 2024-07. Null where the source names no end."
)
_CHANGED = "The members that differ; none where the state goes on and only begins or ends anew."
_BEFORE = "The version that would end; null where there is none."
_AFTER = "The version that would begin; null where there is none."


class WithEachType:
    """The base of models that have a member for each type of subject with a history."""

    def __init_subclass__(cls, each: Callable[[SubjectType], tuple[str, object]]) -> None:
        """Add the members before those of the class, before pydantic reads them."""
        super().__init_subclass__()
        cls.__annotations__ = dict(map(each, HISTORIC)) | cls.__annotations__


class VersionChange(Answer):
    """An interval of days in which another version of a subject would hold."""

    valid_from: date
    valid_to: date | None
    changed: list[str] = Field(description=_CHANGED)
    before: Answer | None = Field(description=_BEFORE)
    after: Answer | None = Field(description=_AFTER)


class FigureChange(Answer):
    """A figure of a rollup that would change."""

    province_code: str
    province_name: str | None
    as_of: date
    kind: SiteKind | None = Field(description="Null for a figure of no kind of site.")
    figure: str = Field(description="Where it stands in the rollup, as in area.total_ha.")
    before: Number | None
    after: Number | None


def _changes(what: SubjectType) -> tuple[str, object]:
    shown = SCHEMAS[what].state | None
    change = made_model(
        VersionChange,
        f"{what.title()}VersionChange",
        f"An interval of days in which another version of a {what} would hold.",
        before=(shown, Field(description=_BEFORE)),
        after=(shown, Field(description=_AFTER)),
    )
    return f"{what}s", list_of(change)


class DryRun(WithEachType, Answer, each=_changes):
    """The changes that a write would make; nothing was recorded."""

    figures: list[FigureChange] = Field(
        description="The figures of the provinces touched, today and on the first day changed."
    )


class FindingChanges(Answer):
    """The findings about the subjects of a write that it raises and settles.

    By the rules that look at one subject alone, as of today, or as of the first day of what is
    stated where that is yet to come. Of many subjects only those of the first 100.
    """

    raised: list[Finding] = Field(description="Those that there were not before.")
    settled: list[Finding] = Field(description="Those that there are no longer.")


FINDINGS = Field(
    default=None,
    exclude_if=is_absent,
    description="In answers to writes, dry or not, and only there: what they raise and settle.",
)
DRY_RUN = Field(
    default=None,
    exclude_if=is_absent,
    description="With dry_run=true, and only then: what would change.",
)


class Merged(Answer):
    """That an organization counts as another."""

    id: str
    into: str = Field(description="The organization that is kept.")
    revision: Whole
    reason: str
    dry_run: DryRun | None = DRY_RUN


class Withdrawal(Answer):
    """That something was withdrawn that was registered by mistake."""

    id: str
    revision: Whole
    reason: str
    findings: FindingChanges | None = FINDINGS
    dry_run: DryRun | None = DRY_RUN


class StatementHead(Body):
    """The head of every statement: its source, the day from which it holds, and its basis."""

    source_id: SourceId = Field(description="The source that says so; see /v1/sources.")
    effective_from: PartialDateText = Field(
        description="From when on it holds: a year, quarter, month or day; takes effect on its "
        "first day."
    )
    date_basis: DateBasis = Field(default=DateBasis.stated, description="How the date is known.")
    basis: Basis = Field(default=Basis.actual, description="How it is meant.")
    locator: Line | None = Field(default=None, description="Where in the source: line, page.")
    note: Paragraph | None = None
    cites: (
        Annotated[list[SourceId], Field(max_length=50, json_schema_extra={"uniqueItems": True})]
        | None
    ) = Field(
        default=None, description="The policy documents that the source refers to, by source id."
    )
    reason: Line | None = Field(default=None, description="Why this is recorded now.")
    override_reason: Line | None = Field(
        default=None, description="Why what is unusual or hardly right is right all the same."
    )

    @field_validator("cites")
    @classmethod
    def check_cites(cls, cites: list[str] | None) -> list[str] | None:
        """Name each document once; an empty list says as much as none, and is kept as none."""
        if cites and len(set(cites)) < len(cites):
            raise MessageError(_CITED_TWICE())
        return cites or None


class SubjectStatementWrite(StatementHead):
    """A statement of a source about a subject with attributes."""

    effective_to: PartialDateText | None = Field(default=None, description=_UNTIL)
    values: Values

    @model_validator(mode="after")
    def check_says_something(self) -> Self:
        """A statement without values is a remark and needs its note."""
        if not self.values.model_fields_set and self.note is None:
            raise MessageError(_NO_VALUES())
        return self


class SubjectRegistration(SubjectStatementWrite):
    """A subject to register, with the first statement about it."""

    id: Slug | None = None


class Retraction(Body):
    """Why a statement is withdrawn."""

    reason: Line
    override_reason: Line | None = Field(
        default=None,
        description="Why it is right although it leaves the subject without a name or a place, or "
        "a history that does not make sense; kept as reason of the revision.",
    )


class StatementRetraction(Answer):
    """How a statement was withdrawn."""

    revision: Whole
    retracted_at: RecordedAt
    author: str
    reason: str


class StatementLinks(Answer):
    """Addresses of details, relative to the address of the service."""

    subject: str = Field(description="The address of what it is about.")
    source: str = Field(description="The address of the document that says so.")


class StatementAnswer(Answer):
    """The members of every recorded statement."""

    id: str = Field(description="Revision and position in it, as in 57-1.")
    revision: Whole
    recorded_at: RecordedAt
    author: str
    approved_by: str | None = Field(None, exclude_if=is_absent, description="Who approved it.")
    reason: str | None
    subject_type: SubjectType
    subject_id: str
    subject_name: str | None = Field(
        default=None,
        exclude_if=is_absent,
        description="In the list of all statements, and only there: its name on as_of.",
    )
    source_id: str
    source_title: str
    basis: Basis
    effective_from: str
    effective_precision: DatePrecision
    effective_to: str | None = Field(description=_UNTIL)
    date_basis: DateBasis
    locator: str | None
    note: str | None
    cites: list[str] = Field(description="The policy documents that the source refers to.")
    cite_titles: list[str] = Field(description="Their titles, in the same order.")
    override_reason: str | None
    retraction: StatementRetraction | None
    replaces: str | None = Field(
        description="The statement that was retracted for it; it has the rank of that one."
    )
    replaced_by: str | None = Field(description="The statement that it was retracted for.")
    links: StatementLinks
    findings: FindingChanges | None = FINDINGS
    effects: list[Effect] | None = Field(
        default=None,
        exclude_if=is_absent,
        description="In lists of what was said of a subject, and only there: of each attribute "
        "or figure whether it is in effect on as_of, or else today.",
    )
    dry_run: DryRun | None = DRY_RUN


class DocumentStatement(StatementAnswer):
    """A statement of a source about a policy document; a remark has no values."""

    subject_type: Literal[SubjectType.source]
    values: DocumentValues | None


class ProvinceStatement(StatementAnswer):
    """A statement of a source about a province; a remark has no observations."""

    subject_type: Literal[SubjectType.province]
    observations: list[ObservationValue] | None


class SubjectStatementPage(Answer):
    """A page of statements about one subject, newest first."""

    items: Sequence[BaseModel]
    next_cursor: str | None
    revision: Whole


@dataclass(frozen=True, slots=True)
class Bodies:
    """What is written and answered about a type of subject with a history."""

    write: type[SubjectStatementWrite]
    registration: type[SubjectRegistration]
    statement: type[StatementAnswer]
    statements: type[SubjectStatementPage]


def _bodies(what: SubjectType) -> Bodies:
    """Make the models of a type of subject; only sites have a kind."""
    name, values, has_kind = what.title(), SCHEMAS[what].values, what is SubjectType.site
    made_of = "kind and name" if has_kind else "name"
    described = f"Readable id; made from {made_of} when absent."
    write = made_model(
        SubjectStatementWrite,
        f"{name}StatementWrite",
        f"A statement of a source about a {what}.",
        values=(values, Field(default_factory=values)),
        **hedge_members(SCHEMAS[what].hedges, default=None),
    )
    statement = made_model(
        StatementAnswer,
        f"{name}Statement",
        f"A statement of a source about a {what}; a remark has no values.",
        subject_type=(Literal[what], ...),
        values=(values | None, ...),
        **hedge_members(SCHEMAS[what].shown_hedges),
    )
    return Bodies(
        write=write,
        registration=made_model(
            SubjectRegistration,
            f"{name}Registration",
            f"A {what} to register, with the first statement about it.",
            (write, SubjectRegistration),
            id=(Slug | None, Field(default=None, description=described)),
            **({"kind": (SiteKind, ...)} if has_kind else {}),
        ),
        statement=statement,
        statements=made_model(
            SubjectStatementPage,
            f"{name}StatementPage",
            f"A page of statements about a {what}, newest first.",
            items=(list_of(statement), ...),
        ),
    )


BODIES: Mapping[SubjectType, Bodies] = {what: _bodies(what) for what in HISTORIC}
"""What is written and answered about the subjects of each type."""
ANSWERS: Mapping[SubjectType, type[StatementAnswer]] = {
    **{what: bodies.statement for what, bodies in BODIES.items()},
    SubjectType.source: DocumentStatement,
    SubjectType.province: ProvinceStatement,
}
"""The answers about statements, by what they are about."""


class Statement(RootModel[StatementAnswer]):
    """A recorded statement; its kind is in ``subject_type``."""

    root: Annotated[one_of(ANSWERS.values()), Field(discriminator="subject_type")]  # type: ignore[valid-type]


class StatementPage(SubjectStatementPage):
    """A page of statements about any subjects, newest first."""

    items: list[Statement]


class AllStatementsPage(StatementPage):
    """A page of everything that was said."""

    count: Whole | None = Field(description="Items of the whole list; null unless requested.")
    as_of: date = Field(description="The date that names and places are of.")


class DocumentStatementPage(SubjectStatementPage):
    """A page of statements about a policy document, newest first."""

    items: list[DocumentStatement]


class ProvinceStatementPage(SubjectStatementPage):
    """A page of statements about a province, newest first."""

    items: list[ProvinceStatement]


class ProvinceStatementWrite(StatementHead):
    """A statement of a source about a province."""

    observations: list[ObservationValue] = Field(default_factory=list, max_length=200)

    @model_validator(mode="after")
    def check_says_something(self) -> Self:
        """A statement without observations is a remark and needs its note."""
        if not self.observations and self.note is None:
            raise MessageError(_NO_OBSERVATIONS())
        return self


class DocumentStatementWrite(SubjectStatementWrite):
    """A statement of a source about a policy document."""

    values: DocumentValues = Field(default_factory=DocumentValues)
