"""Search, sorting and ids of Vietnamese names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vietnamese import (
    company_name,
    company_text,
    fold,
    search_text,
    search_words,
    slug,
    sort_key,
    without_prefix,
)

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
ETH = "\u00d0"  # stands for Đ in text from old systems

letters = st.sampled_from(LETTERS + LETTERS.upper())
syllables = st.lists(
    st.builds(str.__add__, letters, st.sampled_from(TONES)), min_size=1, max_size=6
).map("".join)
names = st.lists(syllables, min_size=1, max_size=5).map(" ".join)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def found(q: str, *texts: str) -> bool:
    """Search the way the database does: every word of the query begins a word of the text."""
    searched = search_text(*texts)
    return all(f" {word}" in searched for word in search_words(q))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hoà Bình", "hoa binh"),
        ("Hòa Bình", "hoa binh"),
        ("Đức Xuân", "duc xuan"),
        (f"{ETH}ức Xuân", "duc xuan"),
        ("  CCN \u2013 Quảng Chu (mở rộng) ", "ccn quang chu mo rong"),
        ("1747/QĐ-UBND", "1747 qd ubnd"),
        ("100%_\\", "100"),
        ("\x00", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text() | names)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(nfc(text)) == fold(nfd(text)) == fold(text)


@given(names)
def test_folding_leaves_plain_words_and_is_stable(name: str) -> None:
    folded = fold(name)
    assert folded.isascii()
    assert folded.islower()
    assert fold(folded) == folded
    assert fold(name.upper()) == folded


@pytest.mark.parametrize(
    "in_order",
    [
        ["An", "Ăn", "Ân"],
        ["Cẩm", "Chu", "Dương", "Đức"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["Chợ Mới", "Chợ Mới 1", "Chợ Mới 2", "Chợ Mới 10", "Chợ Mới Tây"],
        ["Chu Hương", "Chu Văn", "Chung"],
        ["Cẩm Giàng", "Chu Hương", "Huyền Tụng", "Nam Bằng Lũng", "Thanh Bình", "Vằng Mười"],
        ["KCN An", "CCN Ăn", "Cụm công nghiệp Ân", "Khu công nghiệp Bình"],
        ["Hoà An", "Hòa Bình", "Hoà Chung"],
        ["an", "AN BÌNH", "An Cư"],
        ["Lô 2a", "Lô 2b", "Lô 10a"],
        ["Lô A2", "Lô A10", "Lô B1"],
        ["A Bằng", "A-Bình"],
        ["Dũng", f"{ETH}ặng", "Em"],
    ],
)
def test_names_sort_as_in_a_vietnamese_list(in_order: list[str]) -> None:
    keys = [sort_key(name) for name in in_order]
    assert keys == sorted(set(keys))
    assert all(key.isascii() for key in keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("CCN Quảng Chu", "Quảng Chu"),
        ("QUẢNG CHU", "Quảng  Chu"),
        ("Chợ Mới 02", "Chợ Mới 2"),
    ],
)
def test_what_does_not_count_in_the_order(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


def test_a_text_without_words_has_an_empty_sort_key() -> None:
    assert sort_key("") == sort_key(" - ") == ""


@given(names)
def test_composed_and_decomposed_names_sort_alike(name: str) -> None:
    assert sort_key(nfc(name)) == sort_key(nfd(name))


@given(st.text())
def test_a_sort_key_is_plain_text_for_whatever_comes(text: str) -> None:
    assert set(sort_key(text)) <= set("0123456789abcdef ")


@given(st.text(LETTERS, min_size=1), st.text(LETTERS, min_size=1))
def test_words_without_tones_sort_by_the_alphabet(one: str, other: str) -> None:
    by_alphabet = [LETTERS.index(c) for c in one] < [LETTERS.index(c) for c in other]
    assert (sort_key(one) < sort_key(other)) == by_alphabet


@given(names, names)
def test_the_first_syllable_that_differs_decides(one: str, other: str) -> None:
    keys = [sort_key(word) for word in one.split()], [sort_key(word) for word in other.split()]
    assert (sort_key(one) < sort_key(other)) == (keys[0] < keys[1])


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_in_names_sort_by_value(one: int, other: int) -> None:
    assert (sort_key(f"Chợ Mới {one}") < sort_key(f"Chợ Mới {other}")) == (one < other)


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("CCN Quảng Chu", "Quảng Chu"),
        ("Cụm công nghiệp Quảng Chu", "Quảng Chu"),
        ("cụm CN Quảng Chu", "Quảng Chu"),
        ("CỤM CÔNG NGHIỆP Quảng Chu", "Quảng Chu"),
        ("Cum cong nghiep Quang Chu", "Quang Chu"),
        ("CCN - Quảng Chu", "Quảng Chu"),
        ("CCN: Quảng Chu (mở rộng)", "Quảng Chu (mở rộng)"),
        ("KCN Thanh Bình", "Thanh Bình"),
        ("Khu công nghiệp Thanh Bình", "Thanh Bình"),
        ("khu CN Thanh Bình", "Thanh Bình"),
        ("Làng nghề Côn Minh", "Côn Minh"),
        ("Dự án Giày dép", "Giày dép"),
        ("Dự án", "Dự án"),
        ("CCN làng nghề Côn Minh", "làng nghề Côn Minh"),
        ("Quảng Chu", "Quảng Chu"),
        ("KCNC Hòa Lạc", "KCNC Hòa Lạc"),
        ("Cụm Quảng Chu", "Cụm Quảng Chu"),
        ("Ban quản lý các KCN", "Ban quản lý các KCN"),
        ("CCN", "CCN"),
        ("Khu công nghiệp", "Khu công nghiệp"),
        ("CCN - ", "CCN - "),
        ("", ""),
    ],
)
def test_the_words_for_the_kind_are_left_out(name: str, rest: str) -> None:
    assert without_prefix(name) == rest
    assert without_prefix(nfd(name)) == nfd(rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quảng Chu", "quang-chu"),
        ("Chợ Mới 2", "cho-moi-2"),
        ("  Đức — Xuân! ", "duc-xuan"),
        ("東京", ""),
        ("", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_search_text_holds_each_word_once_after_a_space() -> None:
    assert search_text("CCN Quảng Chu", "Cụm CN Quảng Chu 2") == (
        " ccn cum cong nghiep quang chu 2"
    )
    assert search_text() == search_text("", " - ") == ""


def test_a_kind_is_not_read_across_two_texts() -> None:
    assert search_words("Cụm") + search_words("CN") == ["cum", "cn"]
    assert search_text("Cụm", "CN") == " cum cn"


@pytest.mark.parametrize(
    "q",
    [
        "CCN Quảng Chu",
        "cụm công nghiệp quang chu",
        "cum cn QUANG CHU",
        "Quảng Chu",
        "chu quảng",
        "quang chu ccn",
        "cụm",
        "cụm công ng",
        "nghiệp",
        "qu",
        "cc",
        "",
    ],
)
@pytest.mark.parametrize(
    "name", ["CCN Quảng Chu", "Cụm công nghiệp Quảng Chu", "cụm CN Quảng Chu", nfd("CCN Quảng Chu")]
)
def test_a_cluster_is_found_under_each_spelling(q: str, name: str) -> None:
    assert found(q, name)
    assert found(nfd(q), name)


@pytest.mark.parametrize(
    "q", ["KCN Quảng Chu", "khu công nghiệp Quảng Chu", "Quảng Chung", "uang", "hu", "Cẩm Giàng"]
)
def test_a_cluster_is_not_found_under_other_words(q: str) -> None:
    assert not found(q, "CCN Quảng Chu")


def test_a_name_is_found_however_its_tone_is_placed() -> None:
    assert found("Hoà Bình", "Hòa Bình")
    assert found("Hòa Bình", "Hoà Bình")


@given(st.lists(names, min_size=1, max_size=3), st.data())
def test_every_beginning_of_every_word_finds_the_text(
    texts: list[str], data: st.DataObject
) -> None:
    words = data.draw(st.permutations(" ".join(texts).split()))
    q = " ".join(nfc(word)[: data.draw(st.integers(1, len(nfc(word))))] for word in words)
    assert found(q, *texts)


@given(st.text())
def test_search_words_hold_no_wildcards(text: str) -> None:
    assert not any(set(word) & set("%_\\ ") for word in search_words(text))


@pytest.mark.parametrize(
    "name",
    [
        "Công ty Cổ phần Đầu tư Xây dựng Hà An",
        "CTCP ĐT XD Hà An",
        "CT CP Đầu tư XD Hà An",
        "Cty CP ĐT Xây dựng Hà An",
        "C.ty cổ phần đt & xd HÀ AN",
    ],
)
@pytest.mark.parametrize(
    "q", ["CTCP", "ct cp", "Cty CP Hà An", "công ty cổ ph", "ĐT XD", "đầu tư xây dựng", "dau tu xd"]
)
def test_companies_are_found_by_every_spelling(name: str, q: str) -> None:
    text = company_text(name)
    assert all(f" {word}" in text for word in search_words(q))
    assert company_name(name) == "cong ty co phan dau tu xay dung ha an"


def test_other_abbreviations_of_companies() -> None:
    short = "Cty TNHH MTV XNK Bắc"
    full = "Công ty trách nhiệm hữu hạn một thành viên xuất nhập khẩu Bắc"
    assert company_name(short) == company_name(full)
    for q in ("tnhh mtv", "xnk", "trách nhiệm hữu hạn", "một thành viên", "cty"):
        for name in (short, full):
            assert all(f" {word}" in company_text(name) for word in search_words(q)), (q, name)
    assert "cty" not in company_text("Ban quản lý các KCN").split()
