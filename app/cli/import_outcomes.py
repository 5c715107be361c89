"""What becomes of an import, as `icr import` prints it."""

from rich.console import Console

from app.entry.schemas import DryRun, FindingChanges
from app.imports.outcomes import Outcome, RefusedRow


def print_outcome(outcome: Outcome, to: Console) -> None:
    """Print what would change, and what is left out or not in the file."""
    for row in outcome.refused:
        _print_refused(row, to)
    for site in outcome.missing:
        to.print(f"Not in the file: {site['id']} ({site['name']})")
    if outcome.effects.dry_run is not None:
        _print_changes(outcome.effects.dry_run, to)
    if outcome.effects.findings is not None:
        _print_findings(outcome.effects.findings, to)
    counts = f"{outcome.recorded} entries and statements, {len(outcome.unchanged)} rows unchanged"
    to.print(f"{counts}, {len(outcome.refused)} refused.")


def _print_refused(row: RefusedRow, to: Console) -> None:
    at = " ".join(str(part) for part in (row.row, row.name) if part is not None)
    for fault in row.faults:
        to.print(f"Refused: {at}: {fault.detail}" if at else f"Refused: {fault.detail}")


def _print_changes(changes: DryRun, to: Console) -> None:
    to.print(f"Versions of sites that change: {len(getattr(changes, 'sites', ()))}")
    for one in changes.figures:
        kind = one.kind or "all"
        at = f"{one.province_code} {one.as_of} {kind}"
        to.print(f"{at} {one.figure}: {_figure(one.before)} → {_figure(one.after)}")


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.15g}"


def _print_findings(changes: FindingChanges, to: Console) -> None:
    for word, findings in (("Raised", changes.raised), ("Settled", changes.settled)):
        for one in findings:
            to.print(f"{word}: {one.rule}: {one.message_en}")
