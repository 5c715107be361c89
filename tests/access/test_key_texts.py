"""Keys as texts: only what was given out is one."""

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.keys import ID_ALPHABET, ID_LENGTH, SECRET_ALPHABET, SECRET_LENGTH, ApiKey

ids = st.text(ID_ALPHABET, min_size=ID_LENGTH, max_size=ID_LENGTH)
secrets = st.text(SECRET_ALPHABET, min_size=SECRET_LENGTH, max_size=SECRET_LENGTH)
api_keys = st.builds(ApiKey, ids, secrets)
KEY = ApiKey("k7f3q9x2ab", "A" * 20 + "z" * 20)


def test_a_key_is_its_id_its_secret_and_their_checksum() -> None:
    body = "icr_k7f3q9x2ab_" + "A" * 20 + "z" * 20
    assert KEY.text == body + f"{zlib.crc32(body.encode()):08x}"
    assert KEY.secret_hash == hashlib.sha256(b"A" * 20 + b"z" * 20).hexdigest()


@given(api_keys)
def test_a_key_is_read_as_it_was_given_out(key: ApiKey) -> None:
    assert ApiKey.parse(key.text) == key
    assert key.fits(key.secret_hash)


@given(api_keys, st.data())
def test_a_slip_of_one_character_is_no_key(key: ApiKey, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(key.text) - 1))
    other = data.draw(st.characters().filter(lambda char: char != key.text[position]))
    assert ApiKey.parse(key.text[:position] + other + key.text[position + 1 :]) is None


@given(st.text() | st.text(SECRET_ALPHABET + "_", max_size=100).map("icr_".__add__))
def test_other_texts_are_no_keys(text: str) -> None:
    assert ApiKey.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        KEY.text + "\n",
        " " + KEY.text,
        KEY.text[:-1],
        KEY.text + "0",
        KEY.text.upper(),
        KEY.text.replace("k7", "ｋ7"),
        KEY.text.replace("icr_", "icr-"),
    ],
)
def test_what_looks_like_a_key_is_none(text: str) -> None:
    assert ApiKey.parse(text) is None


@given(secrets)
def test_another_secret_does_not_fit(secret: str) -> None:
    assert ApiKey(KEY.id, secret).fits(KEY.secret_hash) is (secret == KEY.secret)


def test_a_key_shown_by_mistake_shows_no_secret() -> None:
    assert KEY.secret not in repr(KEY)
    assert KEY.secret not in f"{KEY}"
