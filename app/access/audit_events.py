"""The events of the audit log: administrative actions one by one, refusals counted."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class AuditAction(StrEnum):
    """The kind of an entry."""

    refused = "refused"
    key_created = "key_created"
    key_revoked = "key_revoked"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request: where it came from, which operation it was for, and why it was refused.

    ``path`` is the template of the operation, without the values of its parameters, so that nothing
    a client sends there, such as a secret, can get into the log.
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
    """A bounded count of refusals: equal ones are one item, and there is a limit on items.

    However many requests come, memory is bounded. Principals and unknown clients have separate
    limits, so that the latter cannot crowd out the refusals of the former.
    """

    def __init__(self, most: int) -> None:
        """Keep at most ``most`` different refusals of principals, and as many of others."""
        self._most = most
        self._counts: dict[bool, Counter[Refusal]] = {True: Counter(), False: Counter()}

    def add(self, refusal: Refusal, count: int = 1) -> None:
        """Count a refusal; if there are too many different ones, among the others."""
        counts = self._counts[refusal.principal_id is not None]
        is_one_too_many = refusal not in counts and len(counts) >= self._most
        counts[_OTHERS if is_one_too_many else refusal] += count

    def take(self) -> list[tuple[Refusal, int]]:
        """Return all refusals with their counts, and begin anew."""
        counted = [item for counts in self._counts.values() for item in counts.items()]
        for counts in self._counts.values():
            counts.clear()
        return counted
