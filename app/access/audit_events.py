"""What the audit log tells of: administrative actions as they are, refusals counted."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class AuditAction(StrEnum):
    """What happened."""

    refused = "refused"
    key_created = "key_created"
    key_revoked = "key_revoked"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, to whom and why.

    ``path`` is that of the operation, without what stood for its parameters; nothing that a client
    sends in its place, such as a secret, can come into the log.
    """

    address: str | None
    method: str | None
    path: str | None
    status: int | None
    detail: str
    principal: str | None = None
    principal_id: str | None = None


_OTHERS = Refusal(
    None, None, None, None, "Further refusals, counted together because there were so many."
)


class Refusals:
    """Refusals counted until they are taken: equal ones as one, and only so many different ones.

    However many requests come, what is kept of them between two takings is bounded. Principals and
    those whom nobody knows have places of their own, so that the latter cannot crowd out what the
    former were refused.
    """

    def __init__(self, most: int) -> None:
        """Keep at most so many different refusals of principals, and as many of others."""
        self._most = most
        self._counts: dict[bool, Counter[Refusal]] = {True: Counter(), False: Counter()}

    def add(self, refusal: Refusal, count: int = 1) -> None:
        """Count a refusal; with the others where there are too many different ones."""
        counts = self._counts[refusal.principal_id is not None]
        is_one_too_many = refusal not in counts and len(counts) >= self._most
        counts[_OTHERS if is_one_too_many else refusal] += count

    def take(self) -> list[tuple[Refusal, int]]:
        """Return what was counted, and begin anew."""
        counted = [item for counts in self._counts.values() for item in counts.items()]
        for counts in self._counts.values():
            counts.clear()
        return counted
