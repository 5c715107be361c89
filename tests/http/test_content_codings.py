"""Which content coding Accept-Encoding asks for, and tags as headers list them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.entity_tags import (
    CODINGS,
    is_known,
    preferred_coding,
    read_tags,
    tag_of,
)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP ; Q=0.5", "gzip"),
        ("deflate, compress", None),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.999", "gzip"),
        ("zstd;q=0, br;q=0.000, gzip;q=0.001", "gzip"),
        # Nobody who names none of them need read the newer ones.
        ("*", "gzip"),
        ("*, zstd;q=0", "gzip"),
        ("gzip, *", "gzip"),
        ("gzip;q=0, *", None),
        ("br;q=0.5, *", "gzip"),
        ("br, *;q=0.5", "br"),
        ("identity, *;q=0.5", None),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0", None),
        ("gzip;q=0.3, *;q=0.2", "gzip"),
        ("identity", None),
        ("identity;q=0", None),
        ("identity;q=0.5, gzip;q=0.4", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0.5, gzip;q=0.6", "gzip"),
        # What is malformed is as if it were not there.
        ("gzip;q=2", None),
        ("gzip;q=nan", None),
        ("gzip;q=", None),
        ("gzip;q=0.1234, br;q=0.1", "br"),
        ("gzip;level=9, br", "br"),
        (",, ,;q=1,br", "br"),
    ],
)
def test_preferences(accepted: str, expected: str | None) -> None:
    assert preferred_coding(accepted) == expected


QUALITIES = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(st.dictionaries(st.sampled_from([*CODINGS, "identity"]), QUALITIES))
def test_nothing_liked_better_is_passed_over(qualities: dict[str, float]) -> None:
    chosen = preferred_coding(", ".join(f"{name};q={q:.3f}" for name, q in qualities.items()))
    best = max((qualities.get(coding, 0) for coding in CODINGS), default=0)
    if best == 0 or best < qualities.get("identity", 0):
        assert chosen is None
    else:
        assert chosen is not None
        assert qualities[chosen] == best


@given(st.text())
def test_any_header_is_read(text: str) -> None:
    assert preferred_coding(text) in {None, *CODINGS}
    assert all(tag in text for tag in read_tags(text))


def test_tags() -> None:
    # The beginning of the SHA-256 of nothing.
    assert tag_of(b"") == '"e3b0c44298fc1c149afbf4c8996fb924"'


def test_lists_of_tags() -> None:
    assert read_tags('"a", W/"b,c" ,, ""') == ['"a"', '"b,c"', '""']
    assert read_tags("") == read_tags("*") == read_tags("a") == read_tags('"a') == []
    assert is_known('"b", W/"a"', '"a"')
    assert is_known('"a"', 'W/"a"')
    assert is_known("*", None)
    assert not is_known('"a"', None)
    assert not is_known('"A"', '"a"')
