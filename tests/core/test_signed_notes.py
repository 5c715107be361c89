"""Signed notes are those of C2SP: the key and the note are of the documentation of Go's package."""

from datetime import UTC, datetime

import pytest

from app.core.signed_notes import Checkpoint, NoteError, Signer, Verifier, notes_in

PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = f"{TEXT}\n{SIGNATURE}"
POINT = Checkpoint(
    "register.example.vn/icr",
    148,
    "0ac5186291863e8e1d90c80c02aaa8bf5fd6a2abf2d6cf3a9e3be80a5bd3cd40",
    datetime(2026, 11, 30, 23, 10, 5, tzinfo=UTC),
    12,
    "00" * 32,
)
WRITTEN = """\
register.example.vn/icr
148
CsUYYpGGPo4dkMgMAqqov1/Woqvy1s86njvoClvTzUA=
time 2026-11-30T23:10:05Z
audit 12 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""


def test_a_note_of_another_program_is_opened_and_signed_alike() -> None:
    assert Verifier.parse(PUBLIC).opened(NOTE) == TEXT
    signer = Signer.parse(PRIVATE)
    assert signer.signed(TEXT) == NOTE
    assert (str(signer.verifier), signer.text) == (PUBLIC, PRIVATE)
    assert PRIVATE not in repr(signer)


@pytest.mark.parametrize(
    ("note", "says"),
    [
        (NOTE.replace("answer", "anser"), "its signature is not of its text"),
        (NOTE.replace("PeterNeumann x08", "PeterNeumann y08"), "did not sign it with this key"),
        (NOTE.replace("PeterNeumann", "Somebody"), "did not sign it with this key"),
        (NOTE.replace("x08go", "x08g%"), "did not sign it with this key"),
        (TEXT, "it has no signature"),
        ("", "it has no signature"),
    ],
)
def test_a_note_that_the_key_did_not_sign_is_refused(note: str, says: str) -> None:
    with pytest.raises(NoteError, match=says):
        Verifier.parse(PUBLIC).opened(note)


def test_signatures_of_others_are_passed_over() -> None:
    other = Signer.new("witness.example.org")
    both = NOTE + other.signed(TEXT).rpartition("\n\n")[2]
    assert Verifier.parse(PUBLIC).opened(both) == other.verifier.opened(both) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a+b",
        PUBLIC[:-4],
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("PeterNeumann", "Peter Neumann"),
        PRIVATE,
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(NoteError, match="neither spaces nor plus signs"):
        Signer.new(name)


def test_checkpoints_are_written_as_the_format_asks_for_and_read_back() -> None:
    assert str(POINT) == WRITTEN
    assert Checkpoint.parse(WRITTEN) == POINT


@pytest.mark.parametrize(
    "text", ["", "a\n1\nx\n", WRITTEN.replace("148", "x"), WRITTEN.replace("time 2026", "time x")]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="it is not an anchor of a register"):
        Checkpoint.parse(text)


def test_notes_are_found_one_after_the_other() -> None:
    assert list(notes_in("")) == []
    assert list(notes_in(NOTE)) == [NOTE]
    assert list(notes_in(f"\n{NOTE}\n{NOTE}{NOTE}\n\n")) == [NOTE] * 3
    double = NOTE + SIGNATURE.replace("PeterNeumann", "Other")
    assert list(notes_in(f"{double}\n{NOTE}")) == [double, NOTE]
