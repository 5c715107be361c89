"""Keyset cursors: they carry a page's end, and nothing else passes for one."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.errors import BadParameterError
from app.core.vocabulary import SubjectType
from app.database.paging import Cursor, mark_of, read_cursor
from app.subjects.query_parameters import QUERIES, SitesQuery, StatementsQuery

PROJECTS = QUERIES[SubjectType.project].many
MARK = "00a1928e5c1bbbc3"
DAY = date(2023, 12, 31)
NAMED = Cursor(MARK, 58, DAY, ("15170b1c15", "ccn-cam-giang"))

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
whole_numbers = st.integers(1 - 2**63, 2**63 - 1)
revisions = st.integers(0, 2**53 - 1)
keys = st.lists(st.none() | words | whole_numbers, max_size=3).map(tuple)


def packed(content: Any) -> str:
    """Write a cursor as someone would who knows how they are made."""
    text = content if isinstance(content, str) else json.dumps(content)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def types_of(values: tuple[Any, ...]) -> list[Any]:
    return [str | None if value is None else type(value) for value in values]


def refuse(text: str, types: tuple[type, ...] = (str, str)) -> None:
    with pytest.raises(BadParameterError) as caught:
        read_cursor(text, MARK, types)
    assert caught.value.status == 400
    assert [fault.parameter for fault in caught.value.errors] == ["cursor"]


@given(st.from_regex(r"[0-9a-f]{16}", fullmatch=True), revisions, st.dates(), keys)
def test_a_cursor_survives_the_way_to_the_client_and_back(
    mark: str, revision: int, day: date, values: tuple[str | int | None, ...]
) -> None:
    cursor = Cursor(mark, revision, day, values)
    text = cursor.encode()
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert read_cursor(text, mark, types_of(values)) == cursor


@pytest.mark.parametrize("kind", [int | None, str | None], ids=str)
def test_a_key_may_be_unknown_where_that_is_foreseen(kind: Any) -> None:
    cursor = Cursor(MARK, 58, DAY, (None, "ccn-cam-giang"))
    assert read_cursor(cursor.encode(), MARK, [kind, str]) == cursor


@pytest.mark.parametrize("kind", [int, str])
def test_a_key_may_not_be_unknown_elsewhere(kind: type) -> None:
    """No row comes after an unknown id, and a database cannot be asked for one."""
    refuse(packed([MARK, 58, "2023-12-31", None]), (kind,))
    refuse(packed([MARK, 58, "2023-12-31", "a", None]), (str, kind))


def test_a_cursor_of_another_query_is_refused() -> None:
    refuse(Cursor("ffffffffffffffff", 58, DAY, NAMED.keys).encode())
    refuse(Cursor("", 58, DAY, NAMED.keys).encode())


@pytest.mark.parametrize("types", [(), (str,), (int, str), (str, int), (int, int), (str, str, str)])
def test_a_cursor_with_keys_of_other_types_is_refused(types: tuple[type, ...]) -> None:
    refuse(NAMED.encode(), types)


def test_a_truncated_cursor_is_refused() -> None:
    text = NAMED.encode()
    for length in range(len(text)):
        refuse(text[:length])
        refuse(text[length + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", "=", "====", "a", "x", "not a cursor", "Bắc Kạn", "\ud800", "\x00", "a" * 2000, "💥",
     "-_-_", packed("["), packed("[" * 1400), packed("not json"), packed("9" * 1400),
     packed("[" + "9" * 1400 + "]")],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(text: str) -> None:
    refuse(text)


@pytest.mark.parametrize(
    "content",
    [
        None,
        True,
        5,
        1.5,
        '"text"',
        [],
        [MARK],
        [MARK, 58],
        [MARK, 58, "2023-12-31"],
        [MARK, 58, "2023-12-31", "a"],
        [MARK, 58, "2023-12-31", "a", "b", "c"],
        [MARK, "58", "2023-12-31", "a", "b"],
        [MARK, 58.0, "2023-12-31", "a", "b"],
        [MARK, True, "2023-12-31", "a", "b"],
        [MARK, None, "2023-12-31", "a", "b"],
        [MARK, [58], "2023-12-31", "a", "b"],
        [MARK, -1, "2023-12-31", "a", "b"],
        [MARK, 2**53, "2023-12-31", "a", "b"],
        [MARK, 10**30, "2023-12-31", "a", "b"],
        [MARK, 58, "2023-02-29", "a", "b"],
        [MARK, 58, "2023", "a", "b"],
        [MARK, 58, "", "a", "b"],
        [MARK, 58, 20231231, "a", "b"],
        [MARK, 58, None, "a", "b"],
        [MARK, 58, ["2023-12-31"], "a", "b"],
        [None, 58, "2023-12-31", "a", "b"],
        [5, 58, "2023-12-31", "a", "b"],
        [[MARK], 58, "2023-12-31", "a", "b"],
        [MARK, 58, "2023-12-31", True, "b"],
        [MARK, 58, "2023-12-31", 1.5, "b"],
        [MARK, 58, "2023-12-31", ["a"], "b"],
        [MARK, 58, "2023-12-31", {"a": "a"}, "b"],
        f'["{MARK}",58,"2023-12-31",NaN,"b"]',
        f'["{MARK}",58,"2023-12-31",1e999,"b"]',
        {MARK: 1, "58": 2, "2023-12-31": 3},
        {"mark": MARK, "revision": 58, "day": "2023-12-31", "keys": ["a", "b"]},
    ],
)
def test_a_forged_cursor_is_refused(content: Any) -> None:
    refuse(packed(content))


def test_a_forged_cursor_that_fits_is_read() -> None:
    content = [MARK, 58, "2023-12-31", "15170b1c15", "ccn-cam-giang"]
    assert read_cursor(packed(content), MARK, [str, str]) == NAMED


@pytest.mark.parametrize("key", ["\ud800", "a\udfff", "a\x00b"])
def test_text_that_a_database_cannot_take_is_refused(key: str) -> None:
    refuse(packed([MARK, 58, "2023-12-31", key, "b"]))


@pytest.mark.parametrize("key", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_a_database_cannot_take_is_refused(key: int) -> None:
    refuse(packed([MARK, 58, "2023-12-31", key, "b"]), (int, str))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.text(max_size=60) | json_values.map(packed))
@example("W10")
def test_anything_else_is_refused_and_nothing_worse_happens(text: str) -> None:
    refuse(text)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_a_damaged_cursor_is_refused_or_says_the_same(place: int, damage: bytes) -> None:
    raw = urlsafe_b64decode(NAMED.encode() + "=" * (-len(NAMED.encode()) % 4))
    damaged = raw[:place] + damage + raw[place + len(damage) :]
    text = urlsafe_b64encode(damaged).decode().rstrip("=")
    try:
        found = read_cursor(text, MARK, [str, str])
    except BadParameterError:
        return
    assert found.mark == MARK
    assert len(found.keys) == 2


# What makes a query another one


def test_a_mark_is_short_and_the_same_for_the_same_query() -> None:
    mark = mark_of(SitesQuery(q="quảng chu"))
    assert mark == mark_of(SitesQuery(q="quảng chu"))
    assert re.fullmatch(r"[0-9a-f]{16}", mark)


@pytest.mark.parametrize(
    "other",
    [
        {"limit": 5},
        {"cursor": "abc"},
        {"as_of": DAY},
        {"revision": 3},
        {"known_at": datetime(2024, 1, 1, tzinfo=UTC)},
    ],
)
def test_paging_and_time_do_not_make_another_query(other: dict[str, Any]) -> None:
    assert mark_of(SitesQuery(**other)) == mark_of(SitesQuery())


@pytest.mark.parametrize(
    "other",
    [
        {"q": "chu"},
        {"kind": ["zone"]},
        {"stage": ["planned"]},
        {"province_code": ["06"]},
        {"sort": "-name"},
        {"sort": "area_ha"},
        {"boundaries": "now"},
        {"area_min": 10},
        {"area_max": 10},
    ],
)
def test_filters_order_and_boundaries_make_another_query(other: dict[str, Any]) -> None:
    assert mark_of(SitesQuery.model_validate(other)) != mark_of(SitesQuery())


def test_what_is_asked_by_default_need_not_be_said() -> None:
    """A parameter that a release adds leaves the cursors of the release before as they were."""
    spelled: dict[str, Any] = {"sort": "name", "boundaries": "then", "kind": [], "q": None}
    assert mark_of(SitesQuery.model_validate(spelled)) == mark_of(SitesQuery())
    assert mark_of(PROJECTS(sort="name"), "project") == mark_of(PROJECTS(), "project")


def test_sites_and_projects_are_other_queries() -> None:
    of_all = [
        mark_of(SitesQuery(), "site"),
        mark_of(PROJECTS(), "project"),
    ]
    of_one = [
        mark_of(PROJECTS.model_validate({"site": [key]}), "project") for key in ("ccn-a", "ccn-b")
    ]
    assert len({*of_all, *of_one}) == 4


def test_the_subject_makes_another_query() -> None:
    query = StatementsQuery()
    marks = {mark_of(query), mark_of(query, "ccn-a"), mark_of(query, "ccn-b"), mark_of(query, "06")}
    assert len(marks) == 4
