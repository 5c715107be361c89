"""What becomes of an import: what was recorded or would be, what was refused, what that changes."""

from pydantic import Field

from app.core.numbers import Whole
from app.core.types import Answer
from app.core.vocabulary import SiteKind
from app.entry.bulk import BulkFault
from app.entry.schemas import DRY_RUN, FINDINGS, DryRun, FindingChanges
from app.imports.contexts import Candidates
from app.imports.report import Report


class RefusedRow(Answer):
    """A row that was left out, or keeps the rest from being recorded."""

    row: Whole | None = Field(description="Its number in the file; null for the file as a whole.")
    name: str | None
    errors: list[BulkFault]


class MissingSite(Answer):
    """A site of the province that the register has and the file does not."""

    id: str
    name: str
    kind: SiteKind


class ImportOutcome(Answer):
    """What became of the rows of an import."""

    revision: Whole | None = Field(description="Null where nothing was recorded.")
    source_id: str = Field(description="The document that it is recorded of.")
    recorded: Whole = Field(description="How many entries and statements were recorded.")
    unchanged: list[Whole] = Field(description="Rows of which the register says everything.")
    refused: list[RefusedRow]
    missing: list[MissingSite] = Field(
        description="Sites of the province, of the kinds that the file has, that it has no row of."
    )
    findings: FindingChanges | None = FINDINGS
    dry_run: DryRun | None = DRY_RUN


def missing_sites(report: Report, candidates: Candidates) -> list[MissingSite]:
    """Return the sites of the province and of the kinds of a table that it has no row of."""
    rows = [row for row in report.rows if row.match]
    kinds = {row.kind for row in rows}
    there = {key for row in rows if row.match for key in (row.match.id, *row.match.candidates)}
    return [
        MissingSite(id=site.id, name=site.name, kind=site.kind)
        for site in candidates.sites.by_id.values()
        if site.kind.value in kinds and report.province in site.provinces and site.id not in there
    ]
