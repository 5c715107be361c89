"""Query parameters: one model an endpoint, made of the few that all reads share."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from app.domain.vocabulary import (
    Basis,
    Boundaries,
    ChangeSubjectType,
    DateBasis,
    Language,
    Severity,
    SiteKind,
    SourceKind,
)
from app.schemas.numbers import whole_number_from_text
from app.schemas.types import Day, InstantText, Line, Matching, Paragraph, PartialDateText, Slug


class GroupKey(StrEnum):
    """What rollups can be grouped by; ``country`` is the whole."""

    country = "country"
    kind = "kind"
    province_code = "province_code"
    stage = "stage"
    planning_status = "planning_status"
    legal_status = "legal_status"
    clearance_status = "clearance_status"
    construction_status = "construction_status"
    operation_status = "operation_status"


class Step(StrEnum):
    """The distance between the dates of a series."""

    month = "month"
    quarter = "quarter"
    half_year = "half_year"
    year = "year"


_FROM_TEXT = BeforeValidator(whole_number_from_text)
_INT64 = {"format": "int64"}
RevisionNumber = Annotated[int, Field(ge=0, le=2**53, json_schema_extra=_INT64), _FROM_TEXT]
"""A number of a revision as text: in a query or a header."""


class KnownQuery(BaseModel):
    """System time: what the register knew."""

    known_at: InstantText | None = Field(
        default=None,
        description="As known at this instant, with offset: 2024-01-31T00:00:00Z.",
    )
    revision: RevisionNumber | None = Field(
        default=None, description="As known at this revision; not together with known_at."
    )


class TimeQuery(KnownQuery):
    """Both time axes."""

    as_of: Day | None = Field(
        default=None, description="As it was on this date; today when absent."
    )


class LimitQuery(BaseModel):
    """How long a page is."""

    limit: Annotated[int, Field(ge=1, le=1000, json_schema_extra=_INT64), _FROM_TEXT] = Field(
        default=50, description="At most so many items."
    )


class PageQuery(LimitQuery):
    """Where a page begins and how long it is."""

    cursor: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="next_cursor of the page before."
    )


class CountQuery(BaseModel):
    """Whether to count a whole list."""

    count: Annotated[str, Matching("^exact$", "write exact, or leave it out")] | None = Field(
        default=None,
        description="With exact, the page says how many items the whole list has, in count.",
    )


class BoundariesQuery(BaseModel):
    """Which units places are told by."""

    boundaries: Boundaries = Field(
        default=Boundaries.then,
        description="By the units of the as_of date, or by today's.",
    )


class KnownPageQuery(KnownQuery, PageQuery):
    """A list as known at a time."""


SearchWords: Any = Field(
    default=None,
    description="Words of a name, alias or id; case, accents and đ do not count.",
)


class OrganizationsQuery(KnownPageQuery):
    """Which organizations to list."""

    q: Line | None = SearchWords


class SourcesQuery(KnownPageQuery):
    """Which sources to list."""

    q: Line | None = Field(
        default=None,
        description="Words of a title, number, issuer or id; case, accents and đ do not count.",
    )
    kind: list[SourceKind] = Field(
        default_factory=list,
        description="Kind of document (loại tài liệu). Repeat it for several; all when absent.",
    )


class FeedQuery(BaseModel):
    """Which changes to follow, and from where on."""

    after: RevisionNumber = Field(
        default=0,
        description="Only what came after this revision: next_after of the page before; "
        "0 is from the beginning.",
    )
    subject_type: list[ChangeSubjectType] = Field(
        default_factory=list, description="Only revisions that did something to one of these."
    )
    subject_id: Slug | None = Field(
        default=None,
        description="Only revisions that did something to this one subject; "
        "together with one subject_type.",
    )


class ChangesQuery(FeedQuery, LimitQuery):
    """A page of changes."""


class StatementsQuery(KnownQuery, PageQuery):
    """The statements of a subject."""

    as_of: Day | None = Field(
        default=None, description="Only the statements effective by this date."
    )


ByteOrderMark: Any = Field(
    default=False,
    description="Begin with a byte order mark: spreadsheet programs then read the text as UTF-8.",
)
InLanguage: Any = Field(default=Language.vi, description="Of the labels of columns and codes.")


class TimelineQuery(KnownQuery):
    """The states of a site or project."""

    as_of: Day | None = Field(
        default=None, description="Only the states that had begun by this date."
    )


class PatchQuery(BaseModel):
    """What a patch needs to become a statement."""

    source_id: Slug = Field(description="The source that says so.")
    effective_from: PartialDateText | None = Field(
        default=None, description="From when on it holds; today when absent."
    )
    date_basis: DateBasis | None = Field(
        default=None, description="How the date is known; inferred when no date is given."
    )
    basis: Basis = Basis.actual
    locator: Line | None = None
    note: Paragraph | None = None
    reason: Line | None = None
    override_reason: Line | None = None


class ProvincesQuery(BaseModel):
    """Provinces as of a date."""

    as_of: Day | None = Field(default=None, description="The provinces of this date.")


class ObservationsQuery(TimeQuery, PageQuery):
    """Which observations of a province to list."""

    indicator: list[Line] = Field(default_factory=list)
    kind: list[SiteKind] = Field(default_factory=list)
    basis: list[Basis] = Field(default_factory=list)
    include_superseded: bool = Field(
        default=False, description="Also list values that a later statement superseded."
    )


class FindingsQuery(TimeQuery, PageQuery):
    """Which findings to list."""

    rule: list[Line] = Field(default_factory=list, description="Codes of rules.")
    severity: list[Severity] = Field(default_factory=list)


class TargetsQuery(TimeQuery):
    """Which targets of a province to list."""

    indicator: list[Line] = Field(default_factory=list)
    kind: list[SiteKind] = Field(default_factory=list)


class IndicatorSeriesQuery(TimeQuery):
    """One indicator of a province."""


class RollupQuery(TimeQuery, BoundariesQuery):
    """A province's figures."""

    kind: list[SiteKind] = Field(default_factory=list, description="All kinds when absent.")


class RollupSeriesQuery(KnownQuery, BoundariesQuery):
    """A province's figures on a series of dates."""

    kind: list[SiteKind] = Field(default_factory=list)
    from_: Day = Field(alias="from", description="First date.")
    to: Day = Field(description="Last date; included when a step falls on it.")
    step: Step = Field(default=Step.year, description="Distance between the dates.")


class RollupsMapQuery(TimeQuery, BoundariesQuery):
    """The figures of each province, to be drawn."""

    kind: list[SiteKind] = Field(default_factory=list)


class RollupsQuery(TimeQuery, BoundariesQuery):
    """The figures of all provinces, grouped as asked."""

    group_by: Annotated[list[GroupKey], Field(min_length=1, max_length=3)] = Field(
        default=[GroupKey.province_code],
        description="Repeat for several keys: "
        + ", ".join(GroupKey)
        + ". Kinds are always kept apart.",
    )
    kind: list[SiteKind] = Field(default_factory=list)


class RollupsCsvQuery(RollupsQuery):
    """Which figures to write to a CSV file."""

    bom: bool = ByteOrderMark


class RollupsWorkbookQuery(RollupsQuery):
    """Which figures to write to a spreadsheet, and in which language."""

    lang: Language = InLanguage


class ReportQuery(TimeQuery, BoundariesQuery):
    """A table of the half-yearly report."""


class ReportCsvQuery(ReportQuery):
    """A table of the half-yearly report as a CSV file."""

    bom: bool = ByteOrderMark


class ReportWorkbookQuery(ReportQuery):
    """A table of the half-yearly report as a spreadsheet, and in which language."""

    lang: Language = InLanguage
