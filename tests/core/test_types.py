"""What is accepted as a number, a date, a text, an id: and what is refused."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.core.numbers import Count, Hectares, HectaresOrZero, Percent, Phase, Quantity
from app.core.types import (
    Body,
    Day,
    InstantText,
    Line,
    Paragraph,
    PartialDateText,
    PeriodText,
    Slug,
    UnitCode,
)
from app.core.vocabulary import SubjectType
from app.statistics.query_parameters import RollupSeriesQuery
from app.subjects.query_parameters import SitesQuery
from app.subjects.schemas import SCHEMAS

SITE_VALUES = SCHEMAS[SubjectType.site].values


class Types(BaseModel):
    """One member of each type."""

    hectares: Hectares | None = None
    hectares_or_zero: HectaresOrZero | None = None
    percent: Percent | None = None
    quantity: Quantity | None = None
    count: Count | None = None
    phase: Phase | None = None
    line: Line | None = None
    paragraph: Paragraph | None = None
    slug: Slug | None = None
    unit_code: UnitCode | None = None
    partial_date: PartialDateText | None = None
    period: PeriodText | None = None
    day: Day | None = None
    instant: InstantText | None = None


def accept(name: str, value: Any) -> Any:
    return getattr(Types.model_validate({name: value}), name)


def refuse(name: str, value: Any) -> str:
    """Check that a value is refused as an error of its member, and give the reasons."""
    with pytest.raises(ValidationError) as caught:
        Types.model_validate({name: value})
    errors = caught.value.errors()
    assert {error["loc"][0] for error in errors} == {name}
    return "; ".join(error["msg"] for error in errors)


# Numbers

QUANTITIES = ("hectares", "hectares_or_zero", "percent", "quantity")
NUMBERS = (*QUANTITIES, "count", "phase")


@pytest.mark.parametrize("name", QUANTITIES)
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (43, "43"),
        (43.0, "43.0"),
        (74.4, "74.4"),
        (0.1, "0.1"),
        (0.0001, "0.0001"),
        (Decimal("74.40"), "74.40"),
        (Decimal("4.3E+1"), "43"),
        (Decimal("0.00010000"), "0.00010000"),
        (100, "100"),
    ],
)
def test_quantities_are_read_exactly(name: str, value: Any, text: str) -> None:
    found = accept(name, value)
    assert type(found) is Decimal
    assert found == Decimal(text)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "value", [True, False, "43", "", [43], {"value": 43}, b"43", 1j], ids=ascii
)
def test_only_numbers_are_numbers(name: str, value: Any) -> None:
    assert "number" in refuse(name, value)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "sNaN"])
def test_numbers_are_finite(name: str, value: str) -> None:
    refuse(name, Decimal(value))
    if value != "sNaN":
        refuse(name, float(value))


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [Decimal("1E+30"), 10**30, 1e300, -1e300])
def test_numbers_are_within_reason(name: str, value: Any) -> None:
    refuse(name, value)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [-1, -0.5, Decimal("-0.0001")])
def test_only_values_of_indicators_may_be_negative(name: str, value: Any) -> None:
    if name == "quantity":
        assert accept(name, value) == Decimal(str(value))
    else:
        refuse(name, value)


@pytest.mark.parametrize("name", QUANTITIES)
@pytest.mark.parametrize("value", [0.00001, 43.00005, Decimal("1E-40"), Decimal("0.33333")])
def test_quantities_have_four_decimals_at_most(name: str, value: Any) -> None:
    assert "four decimals" in refuse(name, value)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("hectares", "0.0001", "1000000000"),
        ("hectares_or_zero", "0", "1000000000"),
        ("percent", "0", "100"),
        ("quantity", "-100000000000", "100000000000"),
    ],
)
def test_the_bounds_of_quantities(name: str, least: str, most: str) -> None:
    step = Decimal("0.0001")
    assert accept(name, Decimal(least)) == Decimal(least)
    assert accept(name, Decimal(most)) == Decimal(most)
    refuse(name, Decimal(least) - step)
    refuse(name, Decimal(most) + step)


@pytest.mark.parametrize("name", ["hectares_or_zero", "percent", "quantity"])
@pytest.mark.parametrize("value", [-0.0, Decimal("-0"), 0, 0.0])
def test_zero_has_no_sign(name: str, value: Any) -> None:
    assert not accept(name, value).is_signed()


@pytest.mark.parametrize("name", ["count", "phase"])
@pytest.mark.parametrize(("value", "expected"), [(3, 3), (3.0, 3), (Decimal("3.00"), 3)])
def test_whole_numbers_may_be_written_with_zeros(name: str, value: Any, expected: int) -> None:
    found = accept(name, value)
    assert (type(found), found) == (int, expected)


@pytest.mark.parametrize("name", ["count", "phase"])
@pytest.mark.parametrize("value", [3.5, Decimal("3.0001"), 0.5])
def test_whole_numbers_have_no_fraction(name: str, value: Any) -> None:
    assert "whole number" in refuse(name, value)


def test_the_bounds_of_whole_numbers() -> None:
    assert accept("count", 0) == 0
    assert accept("count", 2_000_000_000) == 2_000_000_000
    refuse("count", 2_000_000_001)
    assert accept("phase", 1) == 1
    assert accept("phase", 100) == 100
    refuse("phase", 0)
    refuse("phase", 101)


@pytest.mark.parametrize("name", QUANTITIES)
def test_quantities_are_shown_as_numbers(name: str) -> None:
    shown = json.loads(Types.model_validate({name: Decimal("74.40")}).model_dump_json())
    assert shown[name] == 74.4
    assert type(shown[name]) is float


@pytest.mark.parametrize("name", ["area_min", "area_max", "occupancy_min", "occupancy_max"])
def test_a_number_in_a_query_comes_as_text(name: str) -> None:
    for text, expected in (("10", "10"), ("10.5", "10.5"), ("0.0001", "0.0001")):
        assert getattr(SitesQuery.model_validate({name: text}), name) == Decimal(expected)
    for text in ("", "ten", "nan", "inf", "-1", "1_0", "１０", " 10", "1e99", "0.00001", "10,5"):
        with pytest.raises(ValidationError):
            SitesQuery.model_validate({name: text})


# Dates


@pytest.mark.parametrize("text", ["2023-12-31", "2024-02-29", "1900-01-01", "2199-12-31"])
def test_a_full_date(text: str) -> None:
    assert accept("day", text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "value",
    [
        "2023-12-32",
        "2023-02-29",
        "2023-12",
        "2023",
        "20231231",
        "2023/12/31",
        "31-12-2023",
        "2023-W52-7",
        "2023-12-31T00:00:00",
        " 2023-12-31",
        "2023-12-3１",
        "２０２３-12-31",
        "",
        "today",
        "1703980800",  # seconds since 1970 of 2023-12-31
        1703980800,
        "9999-12-31",  # the open end of time, not a date to ask about
    ],
    ids=ascii,
)
def test_what_is_no_full_date(value: Any) -> None:
    refuse("day", value)


def test_the_dates_of_a_series_are_full_dates() -> None:
    query = RollupSeriesQuery.model_validate({"from": "2021-12-31", "to": "2023-12-31"})
    assert (query.from_, query.to) == (date(2021, 12, 31), date(2023, 12, 31))


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2024-01-31T09:00:00Z", 0),
        ("2024-01-31T16:00:00+07:00", 7),
        ("2024-01-31T09:00:00.000+00:00", 0),
    ],
)
def test_an_instant_has_an_offset(text: str, offset: int) -> None:
    found = accept("instant", text)
    assert found == datetime(2024, 1, 31, 9, tzinfo=UTC)
    assert found.utcoffset() == timezone(timedelta(hours=offset)).utcoffset(None)


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-31",
        "2024-01-31T09:00:00",
        "2024-01-31T25:00:00Z",
        "2024-02-30T09:00:00Z",
        "",
        "now",
        "1706691600",  # seconds since 1970
        "1706691600.5",
        1706691600,
    ],
    ids=ascii,
)
def test_what_is_no_instant(value: Any) -> None:
    refuse("instant", value)


def test_a_plus_that_became_a_blank_is_explained() -> None:
    assert "%2B" in refuse("instant", "2024-01-31T16:00:00 07:00")


@pytest.mark.parametrize("text", ["2024", "2024-06", "2024-06-30", "2024-02-29"])
def test_a_partial_date_stays_as_it_is(text: str) -> None:
    assert accept("partial_date", text) == text
    assert accept("period", text) == text


@pytest.mark.parametrize("text", ["2016/2020", "2016/2020-06", "2024-01-01/2024-12-31"])
def test_a_period_may_have_two_ends(text: str) -> None:
    assert accept("period", text) == text
    refuse("partial_date", text)


@pytest.mark.parametrize("name", ["partial_date", "period"])
@pytest.mark.parametrize(
    "value",
    [
        "2024-6",
        "2024-13",
        "2023-02-29",
        "",
        " 2024",
        "２０２４",
        "1899",
        "2200",
        "2024-",
        2024,
        None,
    ],
)
def test_what_is_no_partial_date(name: str, value: Any) -> None:
    if value is None:
        assert accept(name, value) is None
    else:
        refuse(name, value)


def test_a_period_does_not_end_before_it_starts() -> None:
    assert "earlier date first" in refuse("period", "2020/2016")


# Text

TEXTS = ("line", "paragraph")


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Quảng Chu", "Quảng Chu"),
        ("  Quảng Chu ", "Quảng Chu"),
        ("Qua\u0309ng", "Quảng"),
        ("e\u0302\u0301", "ế"),
        ("\u00a0x\u3000", "x"),
        ("a  b", "a  b"),
        ("0", "0"),
    ],
)
def test_text_is_composed_and_trimmed(name: str, given: str, expected: str) -> None:
    assert accept(name, given) == expected


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", ["", " ", "\u00a0", "\u3000"])
def test_blank_text_is_refused(name: str, value: str) -> None:
    assert "write some text" in refuse(name, value)


@pytest.mark.parametrize("text", ["Quảng\nChu", "Quảng Chu\n", "\tQuảng Chu", "\t\n"])
def test_a_line_has_no_breaks_at_its_ends_either(text: str) -> None:
    assert "on one line" in refuse("line", text)


def test_a_paragraph_is_trimmed_of_breaks() -> None:
    assert accept("paragraph", "\n Quảng\n\tChu \t\n") == "Quảng\n\tChu"
    assert "write some text" in refuse("paragraph", "\t\n")


DESCRIBED = TypeAdapter(Types).json_schema()["properties"]
ANY = st.characters(exclude_categories=["Cs"])


@pytest.mark.parametrize("name", TEXTS)
@given(value=st.text(st.sampled_from(" \t\n\r\x00\x1c\x7f\x85\u3000ạ") | ANY, max_size=6))
def test_text_is_accepted_as_it_is_described(name: str, value: str) -> None:
    """The document says that there must be some text; which characters it has, the refusal says."""
    pattern = DESCRIBED[name]["anyOf"][0]["pattern"]
    described = re.search(pattern.replace("$", r"\Z"), value) is not None
    try:
        accept(name, value)
        refusal = ""
    except ValidationError as error:
        refusal = str(error)
    # Which characters these are no pattern says: languages differ in how it would be written.
    kept = "\t\n" if name == "paragraph" else ""
    has_controls = any(category(one) == "Cc" and one not in kept for one in value)
    of_characters = ("not seen", "control characters", "on one line")
    if has_controls:
        assert any(one in refusal for one in of_characters)
    else:
        assert described == (not refusal) or "not seen" in refusal


@given(st.text("0123456789-/", max_size=21) | st.dates().map(str))
def test_dates_that_are_accepted_fit_what_is_described(text: str) -> None:
    for name in ("partial_date", "period"):
        try:
            accept(name, text)
        except ValidationError:
            continue
        assert re.search(DESCRIBED[name]["anyOf"][0]["pattern"], text)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", ["a\x00b", "a\x07b", "a\x1bb", "a\x7fb", "a\x85b", "a\rb"])
def test_control_characters_are_refused(name: str, value: str) -> None:
    assert "control characters" in refuse(name, value)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("value", "character"),
    [
        ("Quảng\u200b Chu", "U+200B"),
        ("\ufeffQuảng Chu", "U+FEFF"),
        ("Quảng\u00adChu", "U+00AD"),
        ("\u202euhC gnảuQ", "U+202E"),
        ("Quảng \u2066Chu\u2069", "U+2066"),
        ("\u3164", "U+3164"),
        ("Chu\u2028", "U+2028"),
    ],
)
def test_characters_that_are_not_seen_are_refused(name: str, value: str, character: str) -> None:
    assert f"not seen, {character}" in refuse(name, value)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", [5, True, ["a"], "\ud800", "a\udfff"])
def test_only_text_is_text(name: str, value: Any) -> None:
    refuse(name, value)


@pytest.mark.parametrize(("name", "most"), [("line", 500), ("paragraph", 10_000)])
def test_text_has_a_limit(name: str, most: int) -> None:
    assert accept(name, "đ" * most) == "đ" * most
    refuse(name, "đ" * (most + 1))


def test_paragraphs_keep_their_lines() -> None:
    assert accept("paragraph", "first\n\tsecond") == "first\n\tsecond"


# Ids and codes


@pytest.mark.parametrize("text", ["a", "7", "ccn-quang-chu", "a-1-b", "x" * 100])
def test_a_slug(text: str) -> None:
    assert accept("slug", text) == text


@pytest.mark.parametrize(
    "value",
    ["", "A", "ccn_quang", "-a", "a-", "a--b", "a b", "quảng", "a\n", "a/b", "٣", "x" * 101, 7],
)
def test_what_is_no_slug(value: Any) -> None:
    refuse("slug", value)


@pytest.mark.parametrize("text", ["06", "065", "01921", "2131"])
def test_a_unit_code_keeps_its_zeros(text: str) -> None:
    assert accept("unit_code", text) == text


@pytest.mark.parametrize(
    "value", ["", "6", "019210", "6a", "٠٦", "０６", "06\n", " 06", "-6", 6, 6.0], ids=ascii
)
def test_what_is_no_unit_code(value: Any) -> None:
    refuse("unit_code", value)


# Bodies


@pytest.mark.parametrize("name", list(Types.model_fields))
def test_null_is_unknown_for_every_type(name: str) -> None:
    assert accept(name, None) is None


def test_unknown_members_are_refused() -> None:
    with pytest.raises(ValidationError, match="area"):
        SITE_VALUES.model_validate({"area": 43})
    assert Body.model_config.get("extra") == "forbid"


def test_what_was_not_said_differs_from_what_was_said_to_be_unknown() -> None:
    said = SITE_VALUES.model_validate({"area_ha": None, "to_clear_ha": 0})
    assert said.model_dump() == {"area_ha": None, "to_clear_ha": Decimal(0)}
    assert said.model_dump_json() == '{"area_ha":null,"to_clear_ha":0.0}'
    assert SITE_VALUES().model_dump() == {}


@pytest.mark.parametrize("name", ["area_ha", "planned_area_ha", "industrial_land_ha"])
def test_an_area_is_above_zero(name: str) -> None:
    for value in (0, 0.0, -43):
        with pytest.raises(ValidationError):
            SITE_VALUES.model_validate({name: value})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hectares", {"type": "number", "minimum": 0.0001, "maximum": 1_000_000_000}),
        ("hectares_or_zero", {"type": "number", "minimum": 0, "maximum": 1_000_000_000}),
        ("percent", {"type": "number", "minimum": 0, "maximum": 100}),
        ("quantity", {"type": "number", "minimum": -(10**11), "maximum": 10**11}),
        ("count", {"type": "integer", "minimum": 0, "maximum": 2_000_000_000}),
        ("phase", {"type": "integer", "minimum": 1, "maximum": 100}),
    ],
)
def test_numbers_are_described_with_the_bounds_they_have(
    name: str, expected: dict[str, Any]
) -> None:
    described = TypeAdapter(Types).json_schema()["properties"][name]["anyOf"]
    formats = {"number": "double", "integer": "int64"}
    assert described[0] == expected | {"format": formats[expected["type"]]}
    assert described[1] == {"type": "null"}
