"""How many connections there are, and how long anything waits for the database."""

from dataclasses import dataclass
from typing import Self

from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one process; times are in seconds, and 0 means without end.

    The defaults are those of a command line: nothing that is at work is broken off.
    """

    pool_size: int = 10
    """Connections kept for reading; as many again are opened when all of them are lent."""
    pool_wait: float = 30
    pool_recycle: float = 1800
    connect: float = 5
    """For each host of the address."""
    statement: float = 0
    lock: float = 30
    """For the turn to write, and for any lock of the database."""
    idle_transaction: float = 60
    standby_wait: float = 0.5
    """For a standby to catch up, before the primary is asked."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits of a service."""
        return cls(
            pool_size=settings.pool_size,
            pool_wait=settings.pool_wait_seconds,
            pool_recycle=settings.pool_recycle_seconds,
            connect=settings.connect_timeout_seconds,
            statement=settings.statement_timeout_seconds,
            lock=settings.lock_timeout_seconds,
            idle_transaction=settings.idle_transaction_timeout_seconds,
            standby_wait=settings.standby_wait_seconds,
        )
