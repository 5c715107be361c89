"""Imports as officers read them; members are named as in the samples' reports.

What is unknown or empty is left out, of values by attribute as well. Organizations are named as in
the file.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.core.numbers import Number, Whole
from app.core.types import Answer, Shown, is_absent, made_model
from app.core.vocabulary import Basis, SiteKind, SourceKind, SubjectType
from app.subjects.attributes import Origin, ValueType
from app.subjects.schemas import SCHEMAS, where_known
from app.subjects.sites import SiteState


def absent(description: str | None = None, **more: Any) -> Any:
    """Return the field of a member that is left out where there is nothing to say."""
    return Field(default=None, exclude_if=is_absent, description=description, **more)


class Part(Answer):
    """A part of a report: members that have nothing to say are left out."""

    model_config = ConfigDict(validate_by_name=True)


VALUES = {
    name: member
    for name, member in SiteState.members.items()
    if member.attribute.origin is Origin.stated and member.attribute.type is not ValueType.geometry
}
"""The attributes that a row can state, with their types."""
_Hedges = SCHEMAS[SubjectType.site].shown_hedges
ImportValues = made_model(
    Answer,
    "ImportValues",
    "What a row states, by attribute: only what it states.",
    **{name: where_known(member, member.shown) for name, member in VALUES.items()},
)
ImportBases = made_model(
    Answer,
    "ImportBases",
    "How values are meant, by attribute: only those that are not actual.",
    **{name: where_known(member, Basis) for name, member in VALUES.items()},
)


class ImportRowRole(StrEnum):
    """What a row of a file is."""

    data = "data"
    group = "group"
    subtotal_group = "subtotal_group"
    total = "total"
    header = "header"
    numbering = "numbering"
    title_ = "title"
    form_title = "form_title"
    citation = "citation"
    reporter = "reporter"
    recipient = "recipient"
    period = "period"
    unit = "unit"
    cutoff = "cutoff"
    note = "note"
    footnote = "footnote"
    signature = "signature"
    unnamed = "unnamed"
    part = "part"
    other_table = "other_table"
    hidden = "hidden"
    left_out = "left_out"
    empty = "empty"


class ImportRowConcern(StrEnum):
    """What there is to look at in a row."""

    errors = "errors"
    warnings = "warnings"
    needs_confirmation = "needs_confirmation"


class ImportSheet(Part):
    """A sheet of a file: `default` is the one that is read."""

    name: str
    use: str = Field(description="default, offered, hidden or no_table.")
    as_of: str | None = absent("The date that its table is about.")


class ImportSource(Part):
    """The document that an import is from, as the file and its sender say."""

    id: str | None = absent("A registered source; a new one is made otherwise.")
    kind: Annotated[str, Shown(SourceKind)] | None = absent()
    title: str | None = absent()
    number: str | None = absent()
    issuer: str | None = absent()
    published_on: str | None = absent()


class ImportHeader(Part):
    """Where the header of the table is; rows count from 1."""

    rows: list[Whole]
    numbering_row: Whole | None


class ImportColumn(Part):
    """A column of the table, and what it is read as."""

    column: str = Field(description="Its letters, as in AA.")
    header: str
    attribute: str | None = Field(
        description="Null where the header stands for none: texts are kept in notes then."
    )
    unit: str | None = absent("The unit that the header names.")
    known: bool | None = absent("False where the register has no attribute for its figures.")


class ImportRemark(Part):
    """What is said about a cell, a row or the file.

    The other members are what the message names, where a remark of its code has them.
    """

    code: str
    message_vi: str
    message_en: str
    row: Whole | None = absent()
    column: str | None = absent()
    attribute: str | None = absent()
    text: str | None = absent("What was read.")
    value: Number | None = absent()
    candidates: list[Number] | None = absent("The readings of which one is to be answered.")
    chosen: Number | None = absent("The reading that was taken.")
    other: Number | None = absent("The reading that was not taken, or another row.")
    limit: Number | None = absent()
    columns: list[str] | None = absent()
    headers: list[str] | None = absent()
    rows: list[Whole] | None = absent()
    communes: list[str] | None = absent("The communes of which one is to be answered.")
    organizations: list[str] | None = absent()
    register_: str | None = absent("What the register has.", alias="register")
    register_from: str | None = absent()
    file: str | None = absent("What the file has.")
    file_from: str | None = absent()


class ImportCheck(Part):
    """A figure of the file beside the same figure computed from its rows."""

    row: Whole
    column: str
    what_vi: str
    what_en: str
    stated: Number
    computed: Number
    difference: Number
    verdict: str = Field(description="ok, ok_without (some rows), or differs.")
    without_rows: list[Whole] | None = absent("The rows without which it fits.")
    with_all_rows: Number | None = absent("What all rows come to.")
    relation: str | None = absent("What is checked instead of equality, as in <=.")


class ImportPeriod(Part):
    """The period of a report, by the circular that prescribes its form."""

    label: str
    from_: date = Field(alias="from")
    to: date


class ImportSubject(Part):
    """What a form is about."""

    type: str
    code: str
    name: str


class ImportObservation(Part):
    """The value of an indicator of the province."""

    indicator: str
    value: Number
    basis: Annotated[str, Shown(Basis)] | None = absent()


class ImportCitation(Part):
    """A decision that a row names."""

    number: str
    date: str | None


class _Statement(Part):
    effective_from: str | None
    cites: list[ImportCitation] | None = absent()
    observations: list[ImportObservation] | None = absent("Of a form: what it says.")
    needs_confirmation: bool | None = absent("True where only a note says so.")
    from_: str | None = absent("The note that says so.", alias="from")


ImportStatement = made_model(
    _Statement,
    "ImportStatement",
    "What a row says from a date on.",
    values=(ImportValues, ...),
    basis=(ImportBases | None, absent()),
    qualifiers=(_Hedges["qualifiers"], absent("How exactly numbers are given.")),
    tops=(_Hedges["values_to"], absent("The upper ends of ranges.")),
)


class ImportPlace(Part):
    """Where a site is."""

    text: str | None = absent("As written.")
    commune_code: str | None = absent()
    candidates: list[str] | None = absent("The communes that may be meant.")


class ImportMatch(Part):
    """The site of the register that a row is about."""

    id: str | None = absent()
    how: str | None = absent("How it was found.")
    register_name: str | None = absent("Its name in the register, where that differs.")
    new: bool | None = absent("True where the register has none.")
    needs_confirmation: bool | None = absent()
    candidates: list[str] | None = absent("The sites of which one is to be answered.")
    not_: str | None = absent("A site of that name that is another one.", alias="not")
    because_vi: str | None = absent("Why it is another one.")
    because_en: str | None = absent("The same in English.")


class ImportExpected(Part):
    """When something is expected, as a date of any precision."""

    establishment: str | None = absent()
    construction_start: str | None = absent()
    infrastructure_completion: str | None = absent()


class _Row(Part):
    row: Whole = Field(description="Its number in the file, from 1.")
    sheet: str
    role: Annotated[str, Shown(ImportRowRole)]
    hidden: bool | None = absent()
    text: str | None = absent("The title of a group.")
    name: str | None = absent()
    kind: Annotated[str, Shown(SiteKind)] | None = absent()
    group: list[str] | None = absent("The groups that it is in.")
    as_of: str | None = absent("The date that the row itself is about.")
    place: ImportPlace | None = absent()
    match: ImportMatch | None = absent()
    note: str | None = absent("What is kept as a note.")
    needs_confirmation: list[str] | None = absent("The attributes to be confirmed.")
    organizations: list[str] | None = absent("Those that a cell names, if they are several.")
    organization_matches: dict[str, str] | None = absent("Ids of registered ones, by name.")
    proposed_investor: str | None = absent()
    footnotes: dict[str, str] | None = absent("Footnotes to the name, by their marks.")
    expected: ImportExpected | None = absent()
    previous_area_ha: Number | None = absent()
    previous_planned_area_ha: Number | None = absent()
    extra: dict[str, Number] | None = absent("Figures that the register has no attribute for.")
    form_line: str | None = absent("Of a form: the number of the line.")
    raw: str | None = absent("What the cell holds.")
    unit: str | None = absent("The unit of the line.")
    value: Number | None = absent("The value in the unit of the line.")
    indicator: str | None = absent("The indicator that is stated.")
    unknown_to_catalogue: bool | None = absent()
    line: str | None = absent("The line by its name.")
    read_as: str | None = absent("How a value was read that is not plain.")
    warnings: list[ImportRemark] | None = absent("What is imported all the same.")
    errors: list[ImportRemark] | None = absent("Why the row is not imported as it is.")


ImportRow = made_model(
    _Row,
    "ImportRow",
    "A physical row of the file. Members that have nothing to say are left out.",
    statements=(list[ImportStatement] | None, absent()),  # type: ignore[valid-type]
    suggested=(ImportValues | None, absent("What a note suggests; answer it as a value.")),
)
