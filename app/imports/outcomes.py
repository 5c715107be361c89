"""What became of a commit: recorded, refused, unchanged; kept with the import, and as answers.

Messages are kept by id and parameters, and rendered for whoever reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import Field

from app.core.digest import JsonObject
from app.core.errors import Fault, ForbiddenError, RegistryError
from app.core.messages import Catalogue, Message
from app.core.numbers import Whole
from app.core.types import Answer, is_absent
from app.core.validation import faults_of
from app.core.vocabulary import SiteKind
from app.entry.schemas import DRY_RUN, FINDINGS, DryRun, FindingChanges
from app.imports.contexts import Candidates
from app.imports.report import Report


class ImportFault(Answer):
    """Why something was refused, or stays."""

    pointer: str = Field(description="Where it stands, as in #/rows/12/values/area_ha.")
    type: str = Field(description="The problem that this alone would be.")
    code: str | None = Field(
        default=None,
        exclude_if=is_absent,
        description="The guard that asks for override_reason; see docs/guards.md.",
    )
    message_vi: str
    message_en: str


class ImportRefusal(Answer):
    """A row that was left out, or keeps the others from being recorded."""

    row: Whole | None = Field(description="Its number in the file; null for the file as a whole.")
    name: str | None
    errors: list[ImportFault]


class ImportMissingSite(Answer):
    """A site of the province that the register has and the file does not."""

    id: str
    name: str
    kind: SiteKind


class ImportOutcome(Answer):
    """What became of the rows of an import, or would."""

    revision: Whole | None = Field(description="Null where nothing was recorded.")
    source_id: str = Field(description="The document that it is recorded of.")
    recorded: Whole = Field(description="How many entries and statements were recorded.")
    unchanged: list[Whole] = Field(
        description="The rows of which the register says everything already."
    )
    refused: list[ImportRefusal]
    missing: list[ImportMissingSite] = Field(
        description="Sites of the province, of the kinds that the file has, that it has no row of."
    )
    findings: FindingChanges | None = FINDINGS
    dry_run: DryRun | None = DRY_RUN


class ImportProgress(Answer):
    """How far a commit is."""

    done: Whole = Field(description="Items that are judged; then all are recorded at once.")
    of: Whole | None = Field(description="Null while the file is read.")


class ImportFailure(Answer):
    """Why nothing was recorded."""

    type: str = Field(description="The problem, as it would answer a request.")
    message_vi: str
    message_en: str
    errors: list[ImportFault]


_PROBLEMS = "/problems/"


def shown_fault(fault: Fault, vietnamese: Catalogue) -> ImportFault:
    """Return a fault as an answer, in both languages."""
    return ImportFault(
        pointer=fault.pointer or "#",
        type=f"{_PROBLEMS}{fault.type}",
        code=fault.code,
        message_vi=fault.detail.render(vietnamese),
        message_en=str(fault.detail),
    )


class Effects(Answer):
    """What a commit changes in the register."""

    findings: FindingChanges | None = None
    dry_run: DryRun | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was refused, and why."""

    row: int | None
    name: str | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a commit."""

    revision: int | None
    source_id: str
    recorded: int
    unchanged: tuple[int, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    missing: tuple[Mapping[str, str], ...] = ()
    effects: Effects = field(default_factory=Effects)
    new_sites: tuple[str, ...] = ()
    """The sites that are registered; of many, the effects have only the first subjects."""
    forbidden: ForbiddenError | None = None
    """The first thing that was left out for want of a right, for the audit log."""

    def shown(self, vietnamese: Catalogue) -> ImportOutcome:
        """Return it as an answer."""
        return ImportOutcome.model_validate(
            {
                "revision": self.revision,
                "source_id": self.source_id,
                "recorded": self.recorded,
                "unchanged": list(self.unchanged),
                "refused": [
                    ImportRefusal(
                        row=one.row,
                        name=one.name,
                        errors=[shown_fault(fault, vietnamese) for fault in one.faults],
                    )
                    for one in self.refused
                ],
                "missing": [dict(one) for one in self.missing],
                **{name: getattr(self.effects, name) for name in Effects.model_fields},
            }
        )

    def kept(self) -> JsonObject:
        """Return it as JSON to be kept; what changes is not."""
        return {
            "revision": self.revision,
            "source_id": self.source_id,
            "recorded": self.recorded,
            "unchanged": self.unchanged,
            "refused": [
                {"row": r.row, "name": r.name, "faults": list(map(_kept_fault, r.faults))}
                for r in self.refused
            ],
            "missing": self.missing,
        }


def outcome_of(kept: Mapping[str, Any]) -> Outcome:
    """Return an outcome that was kept."""
    refused = tuple(
        RefusedRow(one["row"], one["name"], tuple(map(_fault_of, one["faults"])))
        for one in kept["refused"]
    )
    return Outcome(**{**kept, "refused": refused})


def failure_of(error: RegistryError) -> JsonObject:
    """Return why a commit failed, as JSON to be kept."""
    each = (replace(f, pointer=f.pointer or "#", type=f.type or error.type) for f in error.errors)
    faults = [_kept_fault(fault) for fault in each]
    return {"type": error.type, "detail": error.detail, "faults": faults}


def shown_failure(kept: Mapping[str, Any], vietnamese: Catalogue) -> ImportFailure:
    """Return why a commit failed, as an answer."""
    why = _message_of(kept["detail"])
    return ImportFailure(
        type=f"{_PROBLEMS}{kept['type']}",
        message_vi=why.render(vietnamese),
        message_en=str(why),
        errors=[shown_fault(_fault_of(one), vietnamese) for one in kept["faults"]],
    )


def commit_of(kept: Mapping[str, Any] | None, vietnamese: Catalogue) -> JsonObject:
    """Return the members of an import that say how far its commit is, or what became of it."""
    shown = kept or {}
    progress = {name: shown[name] for name in ("done", "of")} if "attempt" in shown else None
    return {
        "progress": progress,
        "outcome": outcome_of(shown["outcome"]).shown(vietnamese) if "outcome" in shown else None,
        "failure": shown_failure(shown["failure"], vietnamese) if "failure" in shown else None,
    }


def _kept_fault(fault: Fault) -> JsonObject:
    names = ("detail", "pointer", "type", "code")
    return {name: getattr(fault, name) for name in names}


def _fault_of(kept: Mapping[str, Any]) -> Fault:
    return Fault(**{**kept, "detail": _message_of(kept["detail"])})


def _message_of(kept: Any) -> Any:
    """Return a message as it was; its parameters may be messages."""
    if isinstance(kept, list):
        return tuple(map(_message_of, kept))
    if isinstance(kept, Mapping) and kept.keys() == {"id", "parameters"}:
        parameters = {name: _message_of(value) for name, value in kept["parameters"].items()}
        return Message(kept["id"], parameters)
    return kept


def missing_sites(report: Report, candidates: Candidates) -> tuple[Mapping[str, str], ...]:
    """Return the sites of the province and of the kinds of a table that it has no row of."""
    rows = [row for row in report.rows if row.match]
    kinds = {row.kind for row in rows}
    there = {key for row in rows if row.match for key in (row.match.id, *row.match.candidates)}
    return tuple(
        {"id": site.id, "name": site.name, "kind": site.kind.value}
        for site in candidates.sites.by_id.values()
        if site.kind.value in kinds and report.province in site.provinces and site.id not in there
    )


def refused_rows(
    refused: Mapping[str, list[RegistryError]], report: Report, place: Callable[[int], str]
) -> tuple[RefusedRow, ...]:
    """Return what was refused by places, as rows."""
    names = {place(row.row): (row.row, row.name) for row in report.rows}
    found = []
    for at, errors in refused.items():
        number, name = names.get(at, (None, None))
        faults = tuple(fault for error in errors for fault in faults_of(at, error))
        found.append(RefusedRow(number, name, faults))
    return tuple(found)
