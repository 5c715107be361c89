"""Does appending stay cheap? Beside many other statements, and at the end of a long history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from statistics import median

from rich.progress import Progress

from benchmarks.building import Built, Size
from benchmarks.client import Order
from benchmarks.endpoints import appending, statement_request
from benchmarks.load import Load

LENGTHS = (10, 100, 1000)
SMALL = Size(sites=100, statements=10, with_provinces=False)
_SECONDS = 120.0
_BATCH = 10
_APPENDS = 10
_FIRST_DAY = date(2017, 1, 1)
_DAYS_APART = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """The median time of one append, milliseconds, in registers of two sizes."""

    small: int
    large: int
    small_ms: float
    large_ms: float


@dataclass(frozen=True, slots=True)
class Grown:
    """The median time of one append to a site that has so many statements already."""

    length: int
    milliseconds: float


def compare_sizes(
    load: Load, port: int, built: Built, small: tuple[int, Built], rounds: int
) -> Beside:
    """Append in turn to a large register and to a small one, each served by a server of its own.

    Sites are chosen one after another, so that each gets about one statement in either register.
    """
    small_port, small_built = small
    large_writes = appending(built, start=1_000_000)
    small_writes = appending(small_built, start=1_000_000)
    large_ms, small_ms = [], []
    for _ in range(rounds):
        large_ms.append(_append(load, port, list(islice(large_writes, _APPENDS))))
        small_ms.append(_append(load, small_port, list(islice(small_writes, _APPENDS))))
    return Beside(small_built.statements, built.statements, median(small_ms), median(large_ms))


def grow(
    load: Load, port: int, built: Built, lengths: Sequence[int], progress: Progress
) -> list[Grown]:
    """Append to one site until its history is as long as the longest of ``lengths``.

    The statements are about one day after another, within the years of the register. At each
    length the last appends are timed.
    """
    task = progress.add_task("appending to one site", total=lengths[-1])
    site = built.sites[0]
    requests = (
        statement_request(built, site, _day(number), 2_000_000 + number) for number in count()
    )
    length, grown = SMALL.statements, []
    for wanted in lengths:
        while length < wanted - _BATCH:
            batch = list(islice(requests, min(_BATCH, wanted - _BATCH - length)))
            _append(load, port, batch)
            length += len(batch)
            progress.update(task, completed=length)
        grown.append(Grown(wanted, _append(load, port, list(islice(requests, _BATCH)))))
        length += _BATCH
    progress.remove_task(task)
    return grown


def _day(number: int) -> str:
    return (_FIRST_DAY + timedelta(_DAYS_APART * number)).isoformat()


def _append(load: Load, port: int, requests: Sequence[str]) -> float:
    """Send the requests one after another; return the median time in milliseconds."""
    order = Order(port, 1, _SECONDS, len(requests), list(requests))
    return load.run(order).median_ms
