"""Measuring in rounds: the endpoint without a database before and after each of the others.

A machine is not equally fast all the time, so a rate on its own says little; the ratio to what the
same server did in the seconds before and after says more. The median of the rounds is reported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median

from rich.progress import Progress

from benchmarks.building import Built
from benchmarks.client import Order, Outcome
from benchmarks.endpoints import BARE, Endpoint, appending
from benchmarks.load import Load

CONNECTIONS = 8
_MOST_REQUESTS = 1_000_000
_WARM_UP_SECONDS = 0.3
_BARE_SHARE = 0.5
"""The bare endpoint is measured for this part of the time of the others."""

_PREPARED_WRITES = 5000


@dataclass(frozen=True, slots=True)
class Task:
    """Something to measure: its name, how it is shown, over how many connections, what to send.

    A statement cannot be recorded twice, so requests that write are generated each time.
    """

    name: str
    shown: str
    connections: int
    requests: Callable[[], Sequence[str]]
    target: float | None = None
    writes: bool = False


@dataclass(slots=True)
class Line:
    """The measurements of one task: its outcomes and those of the bare endpoint around them."""

    task: Task
    outcomes: list[Outcome] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """The median rate, answers per second."""
        return median(outcome.per_second for outcome in self.outcomes)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios to the bare endpoint."""
        return median(o.per_second / b for o, b in zip(self.outcomes, self.bare, strict=True))

    @property
    def median_ms(self) -> float:
        """The median time of an answer, milliseconds."""
        return median(outcome.median_ms for outcome in self.outcomes)

    @property
    def p95_ms(self) -> float:
        """The time within which 95 of 100 answers came, milliseconds."""
        return median(outcome.p95_ms for outcome in self.outcomes)


def reading(endpoints: Sequence[Endpoint]) -> list[Task]:
    """Return the tasks of endpoints that read."""
    return [Task(e.name, e.shown, CONNECTIONS, e.requests, e.target) for e in endpoints]


def writing(built: Built) -> list[Task]:
    """Return the tasks that append statements, one after another and eight at once."""
    requests = appending(built)

    def next_writes() -> list[str]:
        return list(islice(requests, _PREPARED_WRITES))

    shown = "POST /v1/sites/{id}/statements"
    return [
        Task(f"one statement appended, {writers}", shown, connections, next_writes, writes=True)
        for connections, writers in ((1, "one writer"), (CONNECTIONS, f"{CONNECTIONS} writers"))
    ]


def measure(
    load: Load, port: int, tasks: Sequence[Task], rounds: int, seconds: float, progress: Progress
) -> tuple[list[Line], float]:
    """Measure tasks in rounds; return their lines and the median rate of the bare endpoint."""
    shown = progress.add_task("measuring", total=rounds * len(tasks))
    lines = [Line(task) for task in tasks]
    for task in tasks:
        _run(load, port, task, _WARM_UP_SECONDS)
    _bare(load, port, _WARM_UP_SECONDS)
    rates = [_bare(load, port, seconds * _BARE_SHARE)]
    for _ in range(rounds):
        for line in lines:
            progress.update(shown, description=f"measuring: {line.task.name}")
            line.outcomes.append(_run(load, port, line.task, seconds))
            rates.append(_bare(load, port, seconds * _BARE_SHARE))
            line.bare.append((rates[-2] + rates[-1]) / 2)
            progress.advance(shown)
    progress.remove_task(shown)
    return lines, median(rates)


def _run(load: Load, port: int, task: Task, seconds: float) -> Outcome:
    requests = list(task.requests())
    most = len(requests) if task.writes else _MOST_REQUESTS
    return load.run(Order(port, task.connections, seconds, most, requests))


def _bare(load: Load, port: int, seconds: float) -> float:
    order = Order(port, CONNECTIONS, seconds, _MOST_REQUESTS, BARE.requests())
    return load.run(order).per_second
