"""Prometheus metrics of all workers of the service together."""

import os
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.core.settings import split
from app.database import Database
from app.upkeep.readiness import ProjectionStatistics, read_projection_statistics

MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names where the workers of one service keep their figures; the library's."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_STATISTICS_SECONDS = 60
_REACHED = "The latest revision that the standby shows; absent where it does not answer."
_ROWS = "Rows of a projection, of all revisions; counted once a minute."
_LATEST = "The latest revision that a projection has a row of; never more than icr_revision."
_Measured = tuple[Counter, Histogram]


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self, allow_ips: str) -> None:
        """Begin at zero; ``allow_ips`` lists who may read."""
        self.registry = CollectorRegistry()
        self._networks = [ip_network(item) for item in split(allow_ips) if item != "*"]
        self._is_open = "*" in split(allow_ips)
        self._requests = Counter(
            "icr_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "icr_http_request_seconds",
            "Seconds from the head of a request to the end of its answer.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._in_progress = self._gauge("icr_http_requests_in_progress", "Requests being answered.")
        self._limited = Counter(
            "icr_rate_limited",
            "Requests refused because of a limit.",
            ["policy"],
            registry=self.registry,
        )
        self.streams = self._gauge("icr_feed_streams", "Streams of changes that are open.")
        self.connections = self._gauge(
            "icr_database_connections_in_use", "Database connections lent, when last counted."
        )
        self.database: Database | None = None
        """The database whose connections are watched, while the application runs."""
        self._measured: dict[tuple[str, str, int], _Measured] = {}
        self._held: tuple[float, bytes] | None = None

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(name, what, registry=self.registry, multiprocess_mode="livesum")

    def enter(self) -> None:
        """Note that a request has come."""
        self._in_progress.inc()

    def leave(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note that a request is answered."""
        self._in_progress.dec()
        # Whoever makes methods up must not make figures.
        known = method if method in _METHODS else "other"
        measured = self._measured.get((known, route, status))
        if measured is None:
            counter = self._requests.labels(known, route, str(status))
            measured = (counter, self._seconds.labels(known, route))
            self._measured[known, route, status] = measured
        measured[0].inc()
        measured[1].observe(seconds)

    def look_at_connections(self) -> None:
        """Count the connections that are lent."""
        if self.database is not None:
            self.connections.set(self.database.connections_in_use)

    def refuse(self, policy: str) -> None:
        """Note that a limit refused a request."""
        self._limited.labels(policy).inc()

    def may_be_read_from(self, host: str | None) -> bool:
        """Return whether an address may read the figures."""
        if self._is_open:
            return True
        with suppress(ValueError):
            address = ip_address(host or "")
            return any(address in network for network in self._networks)
        return False

    async def exposition(self, database: Database) -> bytes:
        """Return the figures of all workers, and those of the database, as Prometheus reads them.

        The database's rows are counted once a minute at most: that reads all of them.
        """
        now = monotonic()
        if self._held is None or now - self._held[0] > _STATISTICS_SECONDS:
            async with database.read(at_length=True) as connection:
                held = await read_projection_statistics(connection)
            reached = await database.standby.reached() if database.standby else None
            self._held = (now, _described(held, reached))
        return generate_latest(self._registry_of_all()) + self._held[1]

    def _registry_of_all(self) -> CollectorRegistry:
        folder = os.environ.get(MULTIPROCESS_FOLDER)
        if folder is None:
            return self.registry
        _forget_the_dead(Path(folder))
        everything = CollectorRegistry()
        MultiProcessCollector(everything, folder)  # type: ignore[no-untyped-call]
        return everything


def _forget_the_dead(folder: Path) -> None:
    """Drop what a worker that died had in progress."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _described(statistics: ProjectionStatistics, reached: int | None) -> bytes:
    registry = CollectorRegistry()
    Gauge("icr_revision", "The latest revision.", registry=registry).set(statistics.revision)
    if reached is not None:
        Gauge("icr_standby_revision", _REACHED, registry=registry).set(reached)
    rows = Gauge("icr_projection_rows", _ROWS, ["projection"], registry=registry)
    latest = Gauge("icr_projection_revision", _LATEST, ["projection"], registry=registry)
    for name, held in statistics.projections.items():
        rows.labels(name).set(held.rows)
        latest.labels(name).set(held.latest)
    return generate_latest(registry)
