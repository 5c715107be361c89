"""Column types: what Python hands over comes back, and numbers print exactly."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Integer, create_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from app.database.tables import (
    CanonicalJson,
    DecimalText,
    HectaresType,
    Instant,
    PercentType,
    ordered_text,
)

SQLITE: Dialect = create_engine("sqlite://").dialect
POSTGRESQL: Dialect = create_engine("postgresql+asyncpg://").dialect
DIALECTS = (SQLITE, POSTGRESQL)
# Every number of at most fifteen digits is told apart by a binary fraction.
MOST = 10**15 - 1


def written(column: TypeDecorator[Any], value: Any) -> Any:
    return column.process_bind_param(value, SQLITE)


def read(column: TypeDecorator[Any], value: Any) -> Any:
    return column.process_result_value(value, SQLITE)


@given(st.integers(-MOST, MOST))
def test_hectares_survive_the_way_through_the_database(square_metres: int) -> None:
    hectares = read(HectaresType(), square_metres)
    assert type(hectares) is Decimal
    assert hectares == Decimal(square_metres).scaleb(-4)
    assert written(HectaresType(), hectares) == square_metres


@pytest.mark.parametrize(
    ("hectares", "square_metres"),
    [("74.4", 744_000), ("43.0", 430_000), ("0.0001", 1), ("0", 0), ("1E+3", 10_000_000)],
)
def test_hectares_are_kept_as_square_metres(hectares: str, square_metres: int) -> None:
    kept = written(HectaresType(), Decimal(hectares))
    assert (type(kept), kept) == (int, square_metres)
    assert read(HectaresType(), square_metres) == Decimal(hectares)


def test_what_is_finer_than_a_square_metre_is_refused() -> None:
    with pytest.raises(ValueError, match="four decimals"):
        written(HectaresType(), Decimal("0.00001"))


@given(st.integers(0, 2**31 - 1))
def test_percentages_survive_the_way_through_the_database(ten_thousandths: int) -> None:
    percentage = read(PercentType(), ten_thousandths)
    assert type(percentage) is Decimal
    assert f"{percentage:f}" == f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"
    assert written(PercentType(), percentage) == ten_thousandths


@pytest.mark.parametrize(
    ("percentage", "kept"),
    [("46.77", 467_700), ("100", 1_000_000), ("0", 0), ("33.3333", 333_333), ("1E+2", 1_000_000)],
)
def test_percentages_are_kept_as_ten_thousandths(percentage: str, kept: int) -> None:
    assert written(PercentType(), Decimal(percentage)) == kept
    assert read(PercentType(), kept) == Decimal(percentage)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100.40", "100.40"),
        ("27", "27"),
        ("1E+7", "10000000"),
        ("1E-4", "0.0001"),
        ("0.00", "0.00"),
    ],
)
def test_decimals_are_kept_with_the_digits_they_were_given_with(value: str, text: str) -> None:
    assert written(DecimalText(), Decimal(value)) == text
    assert str(read(DecimalText(), text)) == text
    assert read(DecimalText(), text) == Decimal(value)


@pytest.mark.parametrize(
    "content",
    [{"tên": ["Bắc Kạn", None, True, 27]}, [], {}, "x", 0, False, "", {"area_ha": "74.4"}],
)
def test_json_survives_the_way_through_the_database(content: Any) -> None:
    assert read(CanonicalJson(), written(CanonicalJson(), content)) == content


def test_json_is_kept_in_one_form_without_binary_fractions() -> None:
    assert written(CanonicalJson(), {"b": 1, "a": "ă"}) == '{"a":"ă","b":1}'
    with pytest.raises(TypeError):
        written(CanonicalJson(), {"a": 1.5})
    assert read(CanonicalJson(), "[1.10]") == [Decimal("1.10")]
    assert type(read(CanonicalJson(), "[1.10]")[0]) is Decimal


NOON = datetime(2024, 6, 30, 5, tzinfo=UTC)
HANOI = timezone(timedelta(hours=7))


def test_instants_are_kept_and_given_back_in_utc() -> None:
    kept = written(Instant(), datetime(2024, 6, 30, 12, tzinfo=HANOI))
    assert (kept, kept.utcoffset()) == (NOON, timedelta(0))
    for stored in (NOON.replace(tzinfo=None), NOON, NOON.astimezone(HANOI)):
        found = read(Instant(), stored)
        assert (found, found.utcoffset()) == (NOON, timedelta(0))


KEPT: tuple[TypeDecorator[Any], ...] = (
    HectaresType(),
    PercentType(),
    DecimalText(),
    CanonicalJson(),
    Instant(),
)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_the_unknown_stays_unknown(dialect: Dialect) -> None:
    assert [c for c in KEPT if c.process_bind_param(None, dialect) is not None] == []
    assert [c for c in KEPT if c.process_result_value(None, dialect) is not None] == []


def test_quantities_have_room_in_the_database() -> None:
    # A billion hectares are 10^13 square metres; 100 % are a million ten-thousandths.
    assert isinstance(HectaresType().impl, BigInteger)
    assert isinstance(PercentType().impl, Integer)


def test_text_is_ordered_by_bytes_on_both_databases() -> None:
    on_sqlite, on_postgresql = (ordered_text(20).compile(dialect=d) for d in DIALECTS)
    assert on_postgresql == 'VARCHAR(20) COLLATE "C"'
    assert on_sqlite == "VARCHAR(20)"
