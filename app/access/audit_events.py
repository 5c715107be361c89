"""The events of the audit log: administrative actions one by one, refusals counted."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network
from itertools import chain


class AuditAction(StrEnum):
    """The kind of an entry."""

    refused = "refused"
    key_created = "key_created"
    key_revoked = "key_revoked"
    signed_in = "signed_in"
    signed_out = "signed_out"
    proposal_submitted = "proposal_submitted"
    proposal_returned = "proposal_returned"
    proposal_withdrawn = "proposal_withdrawn"
    proposal_approved = "proposal_approved"


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


_MORE = "Further refusals, counted together because there were so many."
# The least that a client with IPv6 is given is a network of 64 bits: all its addresses are of one.
_IPV6_NETWORK = 64


def network_of_address(address: str) -> str:
    """Return an address, for IPv6 the network of its client."""
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    network = IPv6Network((parsed.packed, _IPV6_NETWORK), strict=False)
    return str(parsed.ipv4_mapped or network)


class Refusals:
    """A bounded count of refusals: equal ones are one item, and there is a limit on items.

    However many requests come, memory is bounded. Each principal and each network of unknown
    clients has a place of its own: what exceeds it is counted there as one item that names whose it
    is, so that nobody can crowd out the refusals of another.
    """

    def __init__(self, principals: int, networks: int, each: int) -> None:
        """Keep at most ``each`` different refusals of so many principals and networks.

        Those of others, who come when all places are taken, are counted together.
        """
        self._most = {True: principals, False: networks}
        self._each = each
        self._counts: dict[bool, dict[str, Counter[Refusal]]] = {True: {}, False: {}}
        self._others = 0

    def add(self, refusal: Refusal, count: int = 1) -> None:
        """Count a refusal; if its place has too many different ones, among the others there."""
        is_known = refusal.principal_id is not None
        places = self._counts[is_known]
        place = refusal.principal_id or network_of_address(refusal.address or "")
        if refusal == _OTHERS or (place not in places and len(places) >= self._most[is_known]):
            self._others += count
            return
        counts = places.setdefault(place, Counter())
        is_one_too_many = refusal not in counts and len(counts) >= self._each
        counts[_others_of(refusal) if is_one_too_many else refusal] += count

    def take(self) -> list[tuple[Refusal, int]]:
        """Return all refusals with their counts, and begin anew."""
        counters = chain.from_iterable(places.values() for places in self._counts.values())
        counted = [item for counter in counters for item in counter.items()]
        if self._others:
            counted.append((_OTHERS, self._others))
        self._counts = {True: {}, False: {}}
        self._others = 0
        return counted


def _others_of(refusal: Refusal) -> Refusal:
    address = None if refusal.principal_id else network_of_address(refusal.address or "") or None
    return Refusal(address, None, None, None, _MORE, refusal.principal, refusal.principal_id)


_OTHERS = Refusal(None, None, None, None, _MORE)
