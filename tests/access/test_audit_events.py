"""Refusals are counted, and however many come, what is kept of them is bounded."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.access.audit_events import Refusal, Refusals

REFUSAL = Refusal("192.0.2.1", "POST", "/v1/sites", 401, "No.")


def test_equal_refusals_are_counted_as_one() -> None:
    refusals = Refusals(5)
    other = replace(REFUSAL, address="192.0.2.2")
    for refusal in (REFUSAL, other, REFUSAL):
        refusals.add(refusal)
    assert refusals.take() == [(REFUSAL, 2), (other, 1)]
    assert refusals.take() == []


@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 10))
def test_what_is_kept_is_bounded_and_all_are_counted(addresses: list[int], most: int) -> None:
    refusals = Refusals(most)
    for address in addresses:
        refusals.add(replace(REFUSAL, address=str(address)))
    kept = refusals.take()
    assert len(kept) <= most + 1
    assert sum(count for _, count in kept) == len(addresses)
    first = list(dict.fromkeys(addresses))[:most]
    told = {int(r.address): count for r, count in kept if r.address is not None}
    assert told == {address: addresses.count(address) for address in first}


def test_strangers_cannot_crowd_out_what_principals_were_refused() -> None:
    refusals = Refusals(2)
    for address in range(9):
        refusals.add(replace(REFUSAL, address=str(address)))
    known = replace(REFUSAL, principal="Lan", principal_id="key:abc")
    refusals.add(known)
    kept = refusals.take()
    assert (known, 1) in kept
    assert sum(count for _, count in kept) == 10
