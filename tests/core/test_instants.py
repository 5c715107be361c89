"""Instants as they are written: what they cover, and how they are shown."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.types import RecordedAt, WrittenInstant

WRITTEN: TypeAdapter[WrittenInstant] = TypeAdapter(WrittenInstant)
SHOWN: TypeAdapter[datetime] = TypeAdapter(RecordedAt)


def microseconds(count: int) -> timedelta:
    return timedelta(microseconds=count)


NINE = datetime(2024, 1, 31, 9, tzinfo=UTC)
instants = st.integers(-(10**15), 5 * 10**15).map(lambda count: NINE + microseconds(count))


@pytest.mark.parametrize(
    ("text", "first", "length"),
    [
        ("2024-01-31T09:00Z", NINE, microseconds(60_000_000)),
        ("2024-01-31T09:00:00Z", NINE, microseconds(1_000_000)),
        ("2024-01-31T16:00:00+07:00", NINE, microseconds(1_000_000)),
        ("2024-01-31T09:00:00.1Z", NINE + microseconds(100_000), microseconds(100_000)),
        ("2024-01-31T09:00:00.000Z", NINE, microseconds(1000)),
        ("2024-01-31T09:00:00.123Z", NINE + microseconds(123_000), microseconds(1000)),
        ("2024-01-31T09:00:00.123456Z", NINE + microseconds(123_456), microseconds(1)),
        ("2024-01-31T09:00:00.1234567Z", NINE + microseconds(123_456), microseconds(1)),
        ("2199-12-31T23:59Z", datetime(2199, 12, 31, 23, 59, tzinfo=UTC), microseconds(60_000_000)),
    ],
)
def test_an_instant_covers_what_its_last_digit_does(
    text: str, first: datetime, length: timedelta
) -> None:
    written = WRITTEN.validate_python(text)
    assert (written.first, written.last - written.first) == (first, length - microseconds(1))


@pytest.mark.parametrize("text", ["2024-01-31", "2024-01-31T09:00:00", "1703980800", "now", ""])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        WRITTEN.validate_python(text)


@given(instants, st.integers(0, 6))
def test_a_cut_instant_covers_the_whole_one(instant: datetime, decimals: int) -> None:
    whole = instant.strftime("%Y-%m-%dT%H:%M:%S.%f")
    text = whole[: len("2024-01-31T09:00:00.") + decimals].rstrip(".") + "Z"
    written = WRITTEN.validate_python(text)
    assert written.first <= instant <= written.last


@given(instants)
def test_what_is_shown_covers_itself_and_no_millisecond_besides(instant: datetime) -> None:
    text = SHOWN.dump_python(instant, mode="json")
    written = WRITTEN.validate_python(text)
    assert written.first == instant
    assert written.last - written.first < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NINE, "2024-01-31T09:00:00.000Z"),
        (NINE + microseconds(120_000), "2024-01-31T09:00:00.120Z"),
        (NINE + microseconds(250), "2024-01-31T09:00:00.000250Z"),
        (datetime.fromisoformat("2024-01-31T16:00:00.5+07:00"), "2024-01-31T09:00:00.500Z"),
    ],
)
def test_instants_are_shown_with_milliseconds_at_least(instant: datetime, text: str) -> None:
    assert SHOWN.dump_python(instant, mode="json") == text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/rollups.geojson?kind=cluster&as_of=2023-12-31",
        "/v1/sites/ccn-huyen-tung/projects?as_of=2024-12-31",
    ],
)
async def test_a_query_made_of_another_keeps_its_instant(
    documents: httpx.AsyncClient, path: str
) -> None:
    """The map of figures and the projects of a site are read by a query made of the request's."""
    page = (await documents.get("/v1/revisions?limit=1")).json()
    answer = await documents.get(f"{path}&known_at={page['items'][0]['recorded_at']}")
    assert answer.status_code == 200, answer.text
