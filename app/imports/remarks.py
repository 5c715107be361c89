"""What is said about a cell, a row or a file: warnings (imported), and errors (not imported)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.messages import TEMPLATES, Message, Template

MARKER = Template("imports.marker_read_as_unknown", "{marker!r} is read as unknown, not as 0.")
NORMALISED = Template("imports.normalized_to_nfc", "Decomposed letters were composed (NFC).")
SPACES = Template("imports.spaces_normalized", "Unusual spaces were made plain ones.")
HIDDEN = Template(
    "imports.hidden_row_imported", "The row is hidden; the file counts it, so it is read."
)
HIDDEN_LEFT_OUT = Template(
    "imports.hidden_row_left_out", "The row is hidden, and is imported only when that is confirmed."
)
SEVERAL_COMMUNES = Template(
    "imports.several_communes", "The place names several communes. Choose one: {communes}."
)
UNKNOWN_PLACE = Template("imports.unknown_place", "No commune of the province is called {text!r}.")
SEVERAL_ORGANIZATIONS = Template(
    "imports.several_organizations", "The cell names several organizations: {organizations}."
)
NOT_A_NUMBER = Template("imports.text_not_a_number", "{text!r} is no number; it is kept as a note.")
REST = Template("imports.text_after_number", "{text!r} after the number is kept as a note.")
REST_AS_NOTE = Template("imports.text_kept_as_note", "{text!r} after the number is kept as a note.")
WORD = Template("imports.word_read_as_number", "{text!r} is read as {value}.")
DENOMINATOR = Template("imports.denominator_differs", "{text}: the file states another whole.")
BY_COLUMN = Template(
    "imports.separator_decided_by_column",
    "Read as {chosen}, as the other numbers of the column are written; it could be {other}.",
)
BY_CONVENTION = Template(
    "imports.separator_decided_by_convention",
    "Read as {chosen}, as is usual in Vietnamese; it could be {other}.",
)
BY_TOTAL = Template(
    "imports.separator_decided_by_total",
    "Read as {chosen}, which fits the total; {other} does not.",
)
BY_PLAUSIBILITY = Template(
    "imports.separator_decided_by_plausibility",
    "Read as {chosen}, because {other} is out of range.",
)
AMBIGUOUS = Template(
    "imports.ambiguous_number", "{text!r} can be read as {candidates}. State which one is meant."
)
NOT_COMPUTED = Template(
    "imports.formula_without_value",
    "The formula has no saved value. Open the file, save it and send it again.",
)
OUT_OF_RANGE = Template("imports.out_of_range", "{value} is not possible for {attribute}.")
FOREIGN_CURRENCY = Template(
    "imports.foreign_currency",
    "{text!r} is in US dollars; it is kept as a note. State the amount in đồng.",
)
IMPOSSIBLE = Template(
    "imports.impossible_state",
    "{part} {value} is more than {whole} {limit}. Correct one of them; the row is not imported.",
)
FROM_NOTE = Template(
    "imports.status_from_note_needs_confirmation",
    "A note says that the status changed. Confirm it.",
)
MATCH = Template("imports.match_needs_confirmation", "Confirm which site of the register is meant.")
MATCH_OPEN = Template("imports.match_is_open", "Several sites are called {name!r}. Choose one.")
NO_SUCH_SITE = Template(
    "imports.no_such_site", "No site {id!r} is registered. Answer which one is meant."
)
CHECK_DIFFERS = Template(
    "imports.check_differs",
    "A figure that the row states is not what the file adds up to; see checks.",
)
LEAVES_OUT = Template("imports.total_leaves_out_rows", "The total fits without rows {rows}.")
TWO_AREAS = Template(
    "imports.two_areas", "The column states {column_ha} ha, the text {text_ha} ha."
)
UNKNOWN_COLUMNS = Template(
    "imports.unknown_column", "The register has no attribute for columns {columns}; kept aside."
)
TWO_COLUMNS = Template(
    "imports.two_columns",
    "Columns {columns} are all read as {attribute}; none is taken. Rename or delete all but one.",
)
FIRST_COLUMN = Template(
    "imports.first_column_taken",
    "Columns {columns} are all read as {attribute}. The first is taken, the rest is kept as notes.",
)
NO_PROVINCE = Template(
    "imports.no_province",
    "No province is known, so sites and communes are not matched. State province_code, on the"
    " command line --province.",
)
OTHER_KIND = Template(
    "imports.other_kind", "The row names a {kind:word}, not the {stated:word} that was stated."
)
NO_DAY = Template("imports.no-date", "no date: give --effective-from")
OLDER_DIFFERS = Template(
    "imports.older_sheet_differs", "Sheet {sheet} says {older} for {name}, this one {newer}."
)
REGISTER_DIFFERS = Template(
    "imports.differs_from_register",
    "The register has {attribute} {register} from {register_from}, the file {file} from"
    " {file_from}.",
)
NO_DATE = Template(
    "imports.decision_without_date",
    "{number} has no date; its values hold from the date of the file.",
)
NO_EFFECTIVE_FROM = Template(
    "imports.no_effective_from",
    "The file does not say which date it is about. State effective_from.",
)
UNKNOWN_SITE = Template(
    "imports.unknown_site",
    "The register has no site with the id {id!r}. Leave the id empty to register a new site.",
)
OTHER_KIND_OF_SITE = Template(
    "imports.other_kind_of_site", "{id} is a {kind:word}; the row says that it is a {stated:word}."
)
UNKNOWN_CODE = Template("imports.unknown_code", "{text!r} is not in the list: {codes}.")
NOT_A_DATE = Template(
    "imports.not_a_date",
    "{text!r} is not a date: write 30/6/2026, or a year (2026), a quarter (2026-Q2) or a month"
    " (2026-06).",
)
VERSION_CHANGED = Template(
    "imports.version_changed",
    "The register has changed the site in revision {revision}, after this file was made. Look at"
    " what the row changes.",
)
SAME_SITE = Template(
    "imports.same_site", "Row {other} is about the same site. Leave one of them out."
)
NOT_READ = Template(
    "imports.row_not_read", "The row has neither a name nor figures: {text!r} is not read."
)
PART_NOT_READ = Template(
    "imports.part_not_read",
    "{text!r} says more of another row, or repeats a sum: the row is not read. If it is a site,"
    " write its name.",
)
SECOND_TABLE = Template(
    "imports.second_table",
    "Another table with columns of its own begins here. It is read like a further sheet: state"
    " sheet {sheet!r}.",
)
NO_UNIT = Template(
    "imports.no_unit",
    "{text!r} has no unit. Write đồng, triệu đồng or tỷ đồng in brackets in the header.",
)
KIND_ASSUMED = Template(
    "imports.kind_assumed",
    "Neither the name nor a group says whether it is a zone or a cluster; it is read as a"
    " {kind:word}.",
)
NO_NAME = Template("imports.no_name", "The row has figures and no name. It is not imported.")
HEADER_GUESSED = Template(
    "imports.header_guessed",
    "The row is read as the header, though its words are not known. Answer what its columns hold,"
    " or put a header such as TT, Tên CCN, Diện tích above the rows.",
)
NO_NAME_COLUMN = Template(
    "imports.no_name_column",
    "No column is known to hold the names of sites, so nothing can be recorded. Answer which one"
    " does: columns, with the attribute name.",
)
NO_HEADER = Template(
    "imports.no-header",
    "No sheet has a table: a row with headers such as TT, Tên CCN, Diện tích. Sheets: {sheets}.",
)
NO_SHEET = Template("imports.no-sheet", "The file has no sheet {name!r}. It has {sheets}.")
PREFIX = "imports."


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark; ``details`` are the members beside its place, in reports and in the message.

    Rows count from 1, as in the file; columns are letters.
    """

    template: Template
    row: int | None = None
    column: str | None = None
    details: dict[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code that programs tell it by."""
        return self.template.id.removeprefix(PREFIX)

    @property
    def message(self) -> Message:
        """The sentence for people."""
        wanted = self.template.parameters
        return self.template(**{name: _shown(self.details.get(name)) for name in wanted})

    @classmethod
    def of_json(cls, kept: Mapping[str, object]) -> "Remark":
        """Return a remark from what ``as_json`` made of it."""
        details = dict(kept)
        code, row, column = (details.pop(name, None) for name in ("code", "row", "column"))
        at = row if isinstance(row, int) else None
        letters = column if isinstance(column, str) else None
        return cls(TEMPLATES[f"{PREFIX}{code}"], at, letters, details)

    def as_json(self) -> dict[str, object]:
        """Return it as in a report."""
        place = {"row": self.row, "column": self.column}
        known = {name: value for name, value in place.items() if value is not None}
        return {**known, "code": self.code, **self.details}


def _shown(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
