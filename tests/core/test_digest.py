"""Canonical JSON and the digest chain."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.digest import GENESIS, canonical_json, chain_digest, content_digest

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
contents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
objects = st.dictionaries(texts, contents, min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"a": {"d": 1, "c": [2, {"f": 3, "e": 4}]}}, '{"a":{"c":[2,{"e":4,"f":3}],"d":1}}'),
        ({"tên": "Bắc Kạn"}, '{"tên":"Bắc Kạn"}'),
        ({"é": 1, "z": 2}, '{"z":2,"é":1}'),
        ('a "quoted"\\\n', '"a \\"quoted\\"\\\\\\n"'),
        ([None, True, False, 10**20], "[null,true,false,100000000000000000000]"),
        ((1, "2"), '[1,"2"]'),
        ({}, "{}"),
    ],
)
def test_json_is_written_in_one_way_only(content: Any, expected: str) -> None:
    assert canonical_json(content) == expected


@pytest.mark.parametrize(
    "content",
    [1.5, 1.0, float("nan"), float("inf"), [1.5], {"a": 1.5}, {"a": [{"b": (0.1,)}]}],
)
def test_binary_fractions_are_refused_however_deep(content: Any) -> None:
    with pytest.raises(TypeError, match="binary fraction"):
        canonical_json(content)


def test_decimals_are_refused_because_they_have_many_spellings() -> None:
    with pytest.raises(TypeError):
        canonical_json({"area_ha": Decimal("74.4")})


@given(objects)
def test_the_order_of_members_does_not_matter(content: dict[str, Any]) -> None:
    turned = dict(reversed(content.items()))
    assert canonical_json(turned) == canonical_json(content)


@given(contents)
def test_nothing_is_lost(content: Any) -> None:
    assert json.loads(canonical_json(content)) == content


def test_known_digests() -> None:
    # SHA-256 of the two bytes {} and of "Bắc Kạn" with its quotes in UTF-8, by sha256sum.
    assert content_digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert content_digest("Bắc Kạn") == (
        "7bfec2cd6b90fb90d5dadc92cee793bafed7e1adb89fc1a4af593692e9490274"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": None}, {}),
        ({"a": "x"}, {"a": "X"}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": "Bắc Kạn"}, {"a": "Bắc Cạn"}),
        ({"a": "1,2"}, {"a": ["1", "2"]}),
        ({"a": "", "b": "x"}, {"a": "x", "b": ""}),
    ],
)
def test_different_contents_have_different_digests(one: Any, other: Any) -> None:
    assert content_digest(one) != content_digest(other)


REVISIONS: tuple[dict[str, Any], ...] = (
    {"number": 1, "author": "lan", "reason": None, "entries": [{"values": {"area_ha": "43"}}]},
    {"number": 2, "author": "lan", "reason": "typo", "entries": [{"values": {"area_ha": "40"}}]},
    {"number": 3, "author": "minh", "reason": None, "entries": []},
)


def chain(*revisions: dict[str, Any]) -> list[str]:
    digests = [GENESIS]
    for revision in revisions:
        digests.append(chain_digest(digests[-1], revision))
    return digests[1:]


def test_a_digest_has_64_hexadecimal_digits() -> None:
    assert len(GENESIS) == 64
    for digest in chain(*REVISIONS):
        assert len(digest) == 64
        assert set(digest) <= set("0123456789abcdef")


def test_the_same_revisions_have_the_same_digests() -> None:
    assert chain(*REVISIONS) == chain(*(dict(reversed(r.items())) for r in REVISIONS))


@pytest.mark.parametrize(
    "change",
    [{"number": 9}, {"author": "Lan"}, {"reason": ""}, {"entries": []}, {"more": None}],
)
@pytest.mark.parametrize("place", range(3))
def test_any_change_changes_that_digest_and_all_that_follow(
    change: dict[str, Any], place: int
) -> None:
    changed = [dict(revision) for revision in REVISIONS]
    changed[place] |= change
    if changed[place] == REVISIONS[place]:
        changed[place].pop(next(iter(change)))
    same = [old == new for old, new in zip(chain(*REVISIONS), chain(*changed), strict=True)]
    assert same == [at < place for at in range(3)]


def test_the_order_of_revisions_matters() -> None:
    first, second, third = REVISIONS
    assert chain(first, third, second)[1:] != chain(first, second, third)[1:]
    assert chain_digest(GENESIS, first) != chain_digest("1" * 64, first)
