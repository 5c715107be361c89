"""Cells of CSV: what a program would run or change is guarded, and every cell is read back."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import cells
from app.core.cells import guarded, kept_as_text, listed
from tests.support import spreadsheets
from tests.support.spreadsheets import is_sign, is_skipped, runs, unguarded

TRICKY = st.text(
    st.sampled_from("=+-@＝－﹣\u2212'\",;|\t\r\n \u00a0\u200b\ufeffaĂ1."), max_size=12
)


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1",
        "-1",
        "@a",
        "\t1",
        " =1",
        "\r=1",
        "＝1",
        "﹣1",
        "\u200b=1",
        "\ufeff \u202e@a",
        '"=1',
    ],
)
def test_what_begins_as_a_formula_is_guarded(text: str) -> None:
    assert guarded(text).startswith(f"'{text[0]}")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Cụm;=HYPERLINK(1)", "Cụm;'=HYPERLINK(1)"),
        ("Cụm, -5 ha", "Cụm,' -5 ha"),
        ("Cụm|\u200b=1", "Cụm|'\u200b=1"),
        ("Dòng 1\n=1", "Dòng 1\n'=1"),
        ('Cụm;"=1', "Cụm;'\"=1"),
        ("'=1", "''=1"),
    ],
)
def test_what_another_delimiter_would_split_is_guarded(text: str, written: str) -> None:
    assert guarded(text) == written
    assert unguarded(written) == text


@pytest.mark.parametrize("text", ["", "a=1", "Cụm -", "'s", "1", "1747/QĐ-UBND", "A; B", "a - b"])
def test_what_is_left_alone(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(TRICKY | st.text())
def test_every_cell_is_safe_and_is_read_back(text: str) -> None:
    assert not runs(guarded(text))
    assert unguarded(guarded(text)) == text


@given(TRICKY | st.text())
def test_a_cell_is_read_back_as_the_rules_of_the_docs_have_it(text: str) -> None:
    assert cells.unguarded(text) == unguarded(text)
    assert cells.unguarded(guarded(text)) == text
    assert cells.written(kept_as_text(text)) == text


def test_every_sign_and_every_unseen_character_is_known() -> None:
    characters = list(map(chr, range(sys.maxunicode + 1)))
    signs = [c for c in characters if is_sign(c) and c not in "⁺⁻⁼₊₋₌﬩"]
    assert [c for c in signs if guarded(f"{c}1") != f"'{c}1"] == []
    unseen = [c for c in characters if is_skipped(c)]
    assert [c for c in unseen if guarded(f"{c}=1") != f"'{c}=1"] == []


@pytest.mark.parametrize(
    "text",
    ["06", "02131", "2024-06", "12/2024", "1.124", "74,4", "1E5", "(5)", "12:30", "5%", "'06"],
)
def test_text_that_excel_would_change_is_kept_as_text(text: str) -> None:
    assert kept_as_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["2024", "0", "2024-06-30", "2024-Q4", "1747/QĐ-UBND", "CCN 06", "", "-"]
)
def test_text_that_excel_leaves_alone_is_not(text: str) -> None:
    assert kept_as_text(text) == text


@given(st.lists(st.text(st.sampled_from('ab;", \n'), min_size=1)))
def test_the_items_of_a_list_come_back_whole(items: list[str]) -> None:
    assert spreadsheets.items_of(listed(items)) == items
    assert cells.items(listed(items)) == items
