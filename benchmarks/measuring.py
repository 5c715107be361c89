"""Measuring in rounds: the bare application before and after each endpoint.

A machine is not equally fast all the time, so a rate on its own says little; the ratio to what an
application of one route that returns as many bytes did in the seconds before and after says more.
The median of the rounds is reported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from statistics import median

from rich.progress import Progress

from benchmarks.building import Built
from benchmarks.client import Order, Outcome
from benchmarks.endpoints import Endpoint, appending
from benchmarks.load import Load, get_request
from benchmarks.serving import BARE_PATH, lengthen

CONNECTIONS = 8
_MOST_REQUESTS = 1_000_000
_WARM_UP_SECONDS = 0.3
_BARE_SHARE = 0.25
"""The bare application is measured for this part of the time of the others, twice."""
_WRITTEN_LENGTH = 700
"""About how many bytes the answer to a statement has."""

_PREPARED_WRITES = 5000


@dataclass(frozen=True, slots=True)
class Task:
    """Something to measure: its name, how it is shown, over how many connections, what to send.

    A statement cannot be recorded twice, so requests that write are generated each time.
    """

    name: str
    shown: str
    port: int
    connections: int
    requests: Callable[[], Sequence[str]]
    length: int
    """How long its answers are, about; those of the bare application are as long."""
    targets: Mapping[str, float] = field(default_factory=dict)
    """The ratios to reach, by database."""
    writes: bool = False


@dataclass(slots=True)
class Line:
    """The measurements of one task: its outcomes and those of the bare application around them."""

    task: Task
    outcomes: list[Outcome] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """The median rate, answers per second."""
        return median(outcome.per_second for outcome in self.outcomes)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios to the bare application."""
        return median(o.per_second / b for o, b in zip(self.outcomes, self.bare, strict=True))

    @property
    def median_ms(self) -> float:
        """The median time of an answer, milliseconds."""
        return median(outcome.median_ms for outcome in self.outcomes)

    @property
    def p95_ms(self) -> float:
        """The time within which 95 of 100 answers came, milliseconds."""
        return median(outcome.p95_ms for outcome in self.outcomes)


def reading(endpoints: Sequence[Endpoint], cold_port: int, hot_port: int) -> list[Task]:
    """Return the tasks of endpoints that read: with answers made anew, and with the same again."""
    tasks = []
    for one, task in zip(endpoints, cold(endpoints, cold_port), strict=True):
        tasks.append(task)
        if one.hot:
            again = replace(one, paths=one.paths[:1]).requests
            name = f"{one.name}, again"
            tasks.append(replace(task, name=name, port=hot_port, requests=again, targets=one.hot))
    return tasks


def cold(endpoints: Sequence[Endpoint], port: int, prefix: str = "") -> list[Task]:
    """Return the tasks of endpoints whose answers are made anew."""
    return [
        Task(
            prefix + one.name,
            one.shown,
            port,
            CONNECTIONS,
            one.requests,
            one.check(port),
            one.cold,
        )
        for one in endpoints
    ]


def revalidating(endpoint: Endpoint, port: int) -> Task:
    """Return the task of an endpoint that answers without a body."""
    return Task(endpoint.name, endpoint.shown, port, CONNECTIONS, endpoint.requests, 0)


def writing(built: Built, port: int) -> list[Task]:
    """Return the tasks that append statements, one after another and eight at once."""
    requests = appending(built)

    def next_writes() -> list[str]:
        return list(islice(requests, _PREPARED_WRITES))

    shown = "POST /v1/sites/{id}/statements"
    return [
        Task(
            f"one statement appended, {writers}",
            shown,
            port,
            connections,
            next_writes,
            _WRITTEN_LENGTH,
            writes=True,
        )
        for connections, writers in ((1, "one writer"), (CONNECTIONS, f"{CONNECTIONS} writers"))
    ]


def measure(
    load: Load,
    bare_port: int,
    tasks: Sequence[Task],
    rounds: int,
    seconds: float,
    progress: Progress,
) -> tuple[list[Line], float]:
    """Measure tasks in rounds; return their lines and the median rate of the bare application."""
    shown = progress.add_task("measuring", total=rounds * len(tasks))
    lines = [Line(task) for task in tasks]
    for task in tasks:
        _run(load, task, _WARM_UP_SECONDS)
    _bare(load, bare_port, _WARM_UP_SECONDS)
    rates = []
    for _ in range(rounds):
        for line in lines:
            progress.update(shown, description=f"measuring: {line.task.name}")
            lengthen(bare_port, line.task.length)
            before = _bare(load, bare_port, seconds * _BARE_SHARE)
            line.outcomes.append(_run(load, line.task, seconds))
            after = _bare(load, bare_port, seconds * _BARE_SHARE)
            line.bare.append((before + after) / 2)
            rates += [before, after]
            progress.advance(shown)
    progress.remove_task(shown)
    return lines, median(rates)


def _run(load: Load, task: Task, seconds: float) -> Outcome:
    requests = list(task.requests())
    most = len(requests) if task.writes else _MOST_REQUESTS
    return load.run(Order(task.port, task.connections, seconds, most, requests))


def _bare(load: Load, port: int, seconds: float) -> float:
    order = Order(port, CONNECTIONS, seconds, _MOST_REQUESTS, [get_request(BARE_PATH)])
    return load.run(order).per_second
