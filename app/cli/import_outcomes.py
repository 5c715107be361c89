"""What becomes of an import, as `icr import` prints it: a digest, or all of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console

from app.entry.dry_run import MOST_SUBJECTS
from app.entry.schemas import DryRun, FigureChange, FindingChanges
from app.imports.outcomes import Outcome, RefusedRow

_ASIDE = ("known", "rates", ".definitions.")
"""In the names of figures that only say how many sites others cover, or what they consist of."""
_MOST_LINES = 6
_MOST_FIGURES = 12
_MOST_IDS = 5


def print_outcome(outcome: Outcome, to: Console, *, in_full: bool = False) -> None:
    """Print what would change, and what is left out or not in the file.

    In a digest each part has a few lines, and figures are those of the latest day.
    """
    changes, findings = outcome.effects.dry_run, outcome.effects.findings
    refused = [line for row in outcome.refused for line in _refused(row)]
    _print_some(refused, None if in_full else _MOST_LINES, to)
    missing = [f"{site['id']} ({site['name']})" for site in outcome.missing]
    if missing:
        to.print(f"Not in the file: {_listed(missing, in_full=in_full)}")
    if changes is not None:
        if outcome.new_sites:
            to.print(f"New sites: {_listed(outcome.new_sites, in_full=in_full)}")
        _print_versions(changes, to)
        shown = changes.figures if in_full else list(_digest(changes.figures))
        _print_some(map(_figure, shown), None if in_full else _MOST_FIGURES, to)
    if findings is not None:
        _print_findings(findings, None if in_full else _MOST_LINES, to)
    counts = f"{outcome.recorded} entries and statements, {len(outcome.unchanged)} rows unchanged"
    to.print(f"{counts}, {len(outcome.refused)} refused.")
    if not in_full and changes is not None:
        to.print("--effects prints all figures, findings and refusals.")


def _refused(row: RefusedRow) -> Iterator[str]:
    at = " ".join(str(part) for part in (row.row, row.name) if part is not None)
    for fault in row.faults:
        yield f"Refused: {at}: {fault.detail}" if at else f"Refused: {fault.detail}"


def _print_some(lines: Iterable[str], most: int | None, to: Console) -> None:
    lines = list(lines)
    for line in lines[:most]:
        to.print(line)
    if most is not None and len(lines) > most:
        to.print(f"… and {len(lines) - most} more.")


def _listed(names: Sequence[str], *, in_full: bool) -> str:
    """Return how many there are and their names, of many the first ones."""
    rest = 0 if in_full else max(0, len(names) - _MOST_IDS)
    more = f" and {rest} more" if rest else ""
    return f"{len(names)}: {', '.join(names[: len(names) - rest])}{more}"


def _print_versions(changes: DryRun, to: Console) -> None:
    versions: list[Any] = getattr(changes, "sites", [])
    sites = {state.id for one in versions for state in (one.before, one.after) if state}
    first = " (the first of more)" if len(sites) >= MOST_SUBJECTS else ""
    to.print(f"Versions of sites that change: {len(versions)}, of {len(sites)} sites{first}")


def _digest(figures: Sequence[FigureChange]) -> Iterator[FigureChange]:
    """Give the figures of the latest day, without those that only go with others."""
    latest = max((one.as_of for one in figures), default=None)
    for one in figures:
        if one.as_of == latest and not any(aside in one.figure for aside in _ASIDE):
            yield one


def _figure(one: FigureChange) -> str:
    at = f"{one.province_code} {one.as_of} {one.kind or 'all'}"
    return f"{at} {one.figure}: {_number(one.before)} → {_number(one.after)}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.15g}"


def _print_findings(changes: FindingChanges, most: int | None, to: Console) -> None:
    for word, findings in (("Raised", changes.raised), ("Settled", changes.settled)):
        _print_some((f"{word}: {one.rule}: {one.message_en}" for one in findings), most, to)
