"""What becomes of an import, as `icr import` prints it."""

from app.cli.common import OUT
from app.entry.schemas import DryRun, FindingChanges
from app.imports.outcomes import Outcome, RefusedRow


def print_outcome(outcome: Outcome) -> None:
    """Print what would change, and what is left out or not in the file."""
    for row in outcome.refused:
        _print_refused(row)
    for site in outcome.missing:
        OUT.print(f"Not in the file: {site['id']} ({site['name']})")
    if outcome.effects.dry_run is not None:
        _print_changes(outcome.effects.dry_run)
    if outcome.effects.findings is not None:
        _print_findings(outcome.effects.findings)
    counts = f"{outcome.recorded} entries and statements, {len(outcome.unchanged)} rows unchanged"
    OUT.print(f"{counts}, {len(outcome.refused)} refused.")


def _print_refused(row: RefusedRow) -> None:
    at = " ".join(str(part) for part in (row.row, row.name) if part is not None)
    for fault in row.faults:
        OUT.print(f"Refused: {at}: {fault.detail}" if at else f"Refused: {fault.detail}")


def _print_changes(changes: DryRun) -> None:
    OUT.print(f"Versions of sites that change: {len(getattr(changes, 'sites', ()))}")
    for one in changes.figures:
        kind = one.kind or "all"
        at = f"{one.province_code} {one.as_of} {kind}"
        OUT.print(f"{at} {one.figure}: {one.before} → {one.after}")


def _print_findings(changes: FindingChanges) -> None:
    for word, findings in (("Raised", changes.raised), ("Settled", changes.settled)):
        for one in findings:
            OUT.print(f"{word}: {one.rule}: {one.message_en}")
