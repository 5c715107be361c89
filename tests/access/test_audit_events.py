"""Refusals are counted, and however many come, what is kept of them is bounded."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.access.audit_events import Refusal, Refusals

REFUSAL = Refusal("192.0.2.1", "POST", "/v1/sites", 401, "No.")


def test_equal_refusals_are_counted_as_one() -> None:
    refusals = Refusals(5, 5, 5)
    other = replace(REFUSAL, address="192.0.2.2")
    for refusal in (REFUSAL, other, REFUSAL):
        refusals.add(refusal)
    assert refusals.take() == [(REFUSAL, 2), (other, 1)]
    assert refusals.take() == []


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=300),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_what_is_kept_is_bounded_fair_and_all_are_counted(
    sent: list[tuple[int, int, bool]], principals: int, networks: int, each: int
) -> None:
    """Each sender has a place of its own, as long as there is one, whatever others send."""
    refusals = Refusals(principals, networks, each)
    for sender, path, is_known in sent:
        refusals.add(refusal_of(sender, path, is_known=is_known))
    kept = refusals.take()
    assert len(kept) <= (principals + networks) * (each + 1) + 1
    assert sum(count for _, count in kept) == len(sent)
    for is_known, most in ((True, principals), (False, networks)):
        first = list(dict.fromkeys(sender for sender, _, known in sent if known is is_known))[:most]
        for sender in first:
            own = [path for one, path, known in sent if (one, known) == (sender, is_known)]
            rows = [row for row in kept if is_of(row[0], sender, is_known=is_known)]
            named = {row.path: count for row, count in rows if row.path is not None}
            assert named == {str(p): own.count(p) for p in list(dict.fromkeys(own))[:each]}
            assert sum(count for _, count in rows) == len(own)


def refusal_of(sender: int, path: int, *, is_known: bool) -> Refusal:
    if is_known:
        return replace(REFUSAL, address=str(path), path=str(path), principal_id=f"key:{sender}")
    return replace(REFUSAL, address=f"192.0.2.{sender}", path=str(path))


def is_of(refusal: Refusal, sender: int, *, is_known: bool) -> bool:
    if is_known:
        return refusal.principal_id == f"key:{sender}"
    return refusal.principal_id is None and refusal.address == f"192.0.2.{sender}"


def test_addresses_of_one_network_share_a_place() -> None:
    refusals = Refusals(1, 2, 2)
    for number in range(50):
        refusals.add(replace(REFUSAL, address=f"2001:db8:0:1::{number:x}"))
    other = replace(REFUSAL, address="192.0.2.7")
    refusals.add(other)
    kept = refusals.take()
    assert (other, 1) in kept
    assert [(row.address, row.path, count) for row, count in kept if row.path is None] == [
        ("2001:db8:0:1::/64", None, 48)
    ]


def test_those_that_could_not_be_written_are_counted_again() -> None:
    refusals = Refusals(2, 2, 2)
    for number in range(9):
        refusals.add(replace(REFUSAL, address=str(number), path=str(number), principal_id="key:a"))
        refusals.add(replace(REFUSAL, address=str(number)))
    kept = refusals.take()
    for refusal, count in kept:
        refusals.add(refusal, count)
    assert refusals.take() == kept


def test_neither_strangers_nor_principals_hide_what_another_was_refused() -> None:
    refusals = Refusals(2, 2, 2)
    for number in range(9):
        refusals.add(replace(REFUSAL, address=str(number)))
        refusals.add(replace(REFUSAL, path=str(number), principal="Noisy", principal_id="key:a"))
    known = replace(REFUSAL, principal="Lan", principal_id="key:abc")
    refusals.add(known)
    kept = refusals.take()
    assert (known, 1) in kept
    assert sum(count for _, count in kept) == 19
