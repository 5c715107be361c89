"""Drafts of imports: what is sent beside a file, what is answered, and how far an import is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from app.core.numbers import Quantity, Whole
from app.core.query_parameters import PageQuery
from app.core.types import Answer, Body, Day, Line, Shown, Slug, SourceId, UnitCode, made_model
from app.core.vocabulary import Language, Qualifier, SiteKind, SourceKind
from app.imports.answers import LINE
from app.imports.outcomes import ImportFailure, ImportOutcome, ImportProgress
from app.imports.schemas import (
    VALUES,
    ImportCheck,
    ImportColumn,
    ImportHeader,
    ImportObservation,
    ImportPeriod,
    ImportRemark,
    ImportRow,
    ImportRowConcern,
    ImportRowRole,
    ImportSheet,
    ImportSource,
    ImportSubject,
    Part,
    absent,
)
from app.imports.store import DraftState
from app.imports.tables import IGNORED
from app.imports.words import wordings
from app.subjects.attributes import ValueType


def _one_of(names: Iterable[str]) -> object:
    """Return the type of texts that are one of some names, which data files decide."""
    return Literal[tuple(sorted(names))]


_Column = _one_of({wording.attribute for wording in wordings()} | {IGNORED})
_Attribute = _one_of(VALUES)
_MOST_ANSWERS = 50_000


class _Given(Body):
    """Members of which only those that are given are shown."""

    @model_serializer(mode="wrap")
    def show_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out what is not given."""
        shown: Mapping[str, object] = handler(self)
        given = self.model_fields_set
        return {name: value for name, value in shown.items() if name in given}


class ImportGiven(_Given):
    """What the file does not say; each member overrides what it says."""

    province_code: UnitCode | None = Field(
        default=None, description="The province that the file is about."
    )
    kind: SiteKind | None = Field(default=None, description="The kind of the sites.")
    effective_from: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="The date that figures hold at: 2026-06-14, 14/6/2026, 2026-Q2."
    )
    sheet: Annotated[str, Field(max_length=200)] | None = Field(
        default=None,
        description="The sheet to be read, where that is another than the default. A table below "
        "the first of a sheet is a sheet by the row of its header: Sheet1!12.",
    )
    source_id: SourceId | None = Field(
        default=None, description="The registered source that the file is; a new one otherwise."
    )
    source_kind: SourceKind | None = Field(default=None, description="Of a new source.")
    source_title: Line | None = Field(default=None, description="Of a new source.")
    source_number: Line | None = Field(default=None, description="Of a new source.")
    source_issuer: Line | None = Field(default=None, description="Of a new source.")
    source_published_on: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="Of a new source: a date of any precision."
    )


class ImportFields(ImportGiven):
    """What is sent with a file."""

    corrects: Slug | None = Field(
        default=None, description="The id of an earlier import that this file is a new edition of."
    )


def _answered(stated: object, kind: ValueType) -> object:
    return Line if kind is ValueType.organization else stated


ImportRowValues = made_model(
    _Given,
    "ImportRowValues",
    "The right values of a row, by attribute; organizations by their names. Null withdraws one.",
    **{
        name: (_answered(member.stated, member.attribute.type) | None, None)  # type: ignore[operator]
        for name, member in VALUES.items()
    },
)
ImportRowQualifiers = made_model(
    _Given,
    "ImportRowQualifiers",
    "How exactly the answered values of a row are given, by attribute; value: of the line.",
    **dict.fromkeys(
        (*(name for name, one in VALUES.items() if one.attribute.is_quantity), LINE),
        (Qualifier | None, None),
    ),
)


class _RowAnswer(_Given):
    match: Slug | None = Field(
        default=None, description="The id of the site that is meant, or new for none."
    )
    value: Quantity | None = Field(
        default=None, description="Of the line of a form: its value in the unit of the line."
    )
    omitted: list[_Attribute] | None = Field(  # type: ignore[valid-type]
        default=None, max_length=100, description="Attributes that are not to be stated."
    )
    confirmed: bool | None = Field(
        default=None, description="True confirms all of the row that needs to be."
    )
    included: bool | None = Field(
        default=None,
        description="False leaves the row out; true has a hidden one imported.",
    )


ImportRowAnswer = made_model(
    _RowAnswer,
    "ImportRowAnswer",
    "What is answered about a row.",
    values=(ImportRowValues | None, Field(default=None)),
    qualifiers=(ImportRowQualifiers | None, Field(default=None)),
)


class ImportPatch(ImportGiven):
    """Answers as a merge patch (RFC 7396) of those there are: null withdraws one.

    Columns are named by their letters, rows by their numbers in the file.
    """

    columns: dict[str, _Column | None] | None = Field(  # type: ignore[valid-type]
        default=None,
        max_length=256,
        description="What columns hold: an attribute; note: kept as notes; ignored: not read.",
    )
    rows: dict[str, ImportRowAnswer | None] | None = Field(  # type: ignore[valid-type]
        default=None, max_length=_MOST_ANSWERS, description="What is answered about rows."
    )


class ImportAnswers(Answer):
    """All answers to an import."""

    columns: dict[str, str] = Field(description="What columns hold, by their letters.")
    rows: dict[str, ImportRowAnswer] = Field(  # type: ignore[valid-type]
        description="Answers about rows, by their numbers in the file."
    )


class ImportFile(Answer):
    """The file of an import."""

    name: str
    size: Whole = Field(description="In bytes.")
    sha256: str


class ImportFormat(Part):
    """What the file turned out to be."""

    format: str
    encoding: str | None = absent()
    delimiter: str | None = absent()


class ImportCounts(Answer):
    """How much there is to look at. Rows are those of data, without those left out."""

    rows: Whole = Field(description="Rows that say something of a site, or of the province.")
    new: Whole = Field(description="Those about sites that the register does not have.")
    to_confirm: Whole = Field(description="Those that need to be confirmed.")
    with_errors: Whole = Field(description="Those that cannot be imported as they are.")
    with_warnings: Whole
    left_out: Whole = Field(description="Those that are not to be imported.")
    hidden: Whole = Field(description="Hidden ones, which are imported only if that is answered.")
    checks: Whole
    checks_differing: Whole


class ImportSummary(Answer):
    """An import in a list."""

    id: str = Field(description="dry-run for a file that was only tried, and is not kept.")
    state: Annotated[str, Shown(DraftState)]
    author: str
    created_at: datetime
    changed_at: datetime
    expires_at: datetime | None = Field(description="Null where it was recorded.")
    file: ImportFile
    province: str | None
    kind: Annotated[str, Shown(SiteKind)] | None
    effective_from: str | None
    counts: ImportCounts
    corrects: str | None = Field(description="The import that it is a new edition of.")
    revision: Whole | None = Field(description="The revision that it was committed in.")
    retracted_in: Whole | None


class ImportDetail(ImportSummary):
    """An import with all of its report but the rows."""

    read_at: Whole = Field(description="The revision that it was compared with.")
    edited: Whole = Field(description="How often it was changed; what If-Match compares.")
    given: ImportGiven
    answers: ImportAnswers
    layout_id: str | None = Field(
        description="The layout whose answers about columns were taken over."
    )
    format: ImportFormat
    sheets: list[ImportSheet]
    source: ImportSource
    header: ImportHeader
    columns: list[ImportColumn]
    checks: list[ImportCheck] = Field(description="At most 500, those that differ first.")
    warnings: list[ImportRemark] = Field(
        description="Those about the file; at most 500. Others are at their rows."
    )
    errors: list[ImportRemark] = Field(description="Those about the file.")
    province_statements: list[ImportObservation] = Field(
        description="What a plan states of the province."
    )
    period: ImportPeriod | None
    subject: ImportSubject | None = Field(description="The province that a form is about.")
    progress: ImportProgress | None = Field(description="How far it is while it is committed.")
    outcome: ImportOutcome | None = Field(description="What became of it when it was committed.")
    failure: ImportFailure | None = Field(description="Why nothing was recorded, where it failed.")


class ImportPage(Answer):
    """A page of imports, newest first."""

    items: list[ImportSummary]
    next_cursor: str | None


class ImportRowPage(Answer):
    """A page of the rows of an import, in the order of the file."""

    items: list[ImportRow]  # type: ignore[valid-type]
    next_cursor: str | None


class ImportLayout(Answer):
    """What was answered about the columns of files of one issuer and header."""

    id: str
    author: str
    changed_at: datetime
    issuer: str | None
    headers: dict[str, str] = Field(description="The headers, by the letters of columns.")
    columns: dict[str, str] = Field(description="What columns hold, by their letters.")


class ImportLayoutList(Answer):
    """The layouts that are remembered, the last changed first."""

    items: list[ImportLayout]


class ImportsQuery(PageQuery):
    """The filters of imports."""

    state: list[DraftState] = Field(default_factory=list, description="How far they are.")


class ImportTemplateQuery(BaseModel):
    """What the empty workbook is about."""

    province_code: str | None = Field(
        default=None,
        max_length=10,
        description="Official code of the province with its leading zero: its communes are listed.",
    )
    as_of: Day | None = Field(
        default=None, description="The date that its rows will be about; today if absent."
    )


class ImportRemarksQuery(BaseModel):
    """How remarks are written."""

    lang: Language = Field(default=Language.vi, description="The language of remarks.")


class ImportRowsQuery(PageQuery):
    """The filters of rows."""

    role: list[ImportRowRole] = Field(default_factory=list, description="What rows are.")
    having: list[ImportRowConcern] = Field(
        default_factory=list, description="Rows that have any of these."
    )
