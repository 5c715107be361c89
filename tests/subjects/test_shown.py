"""Answers about subjects, which no model is made of: their bytes are those of their schemas."""

from collections.abc import Iterator
from random import Random

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import literal_column, select

from app.core.vocabulary import HISTORIC, SubjectType
from app.database import Database
from app.database.tables import HectaresType, PercentType, QuantityType
from app.subjects.histories import as_number
from app.subjects.schemas import SCHEMAS, SPARSE
from tests.support.registers import get

# Every number of at most fifteen digits is told apart by a binary fraction.
MOST = 10**15 - 1
AT_ONCE = 500
DAYS = ("", "as_of=2020-06-30", "as_of=2024-01-01&boundaries=now")


def check(response: httpx.Response, model: type[BaseModel]) -> None:
    """Check that a body is what its schema makes of what it says, to the last byte."""
    assert response.status_code == 200, response.text
    said = model.model_validate_json(response.content)
    assert said.model_dump_json().encode() == response.content


@pytest.mark.parametrize("query", DAYS)
@pytest.mark.parametrize("what", HISTORIC)
async def test_lists_have_the_form_of_their_schemas(
    documents: httpx.AsyncClient, what: SubjectType, query: str
) -> None:
    for more in ("", "&count=exact", "&sort=-name&limit=3"):
        response = await documents.get(f"/v1/{what}s?{query}{more}")
        check(response, SCHEMAS[what].page)


@pytest.mark.parametrize("what", HISTORIC)
async def test_subjects_and_their_versions_have_the_form_of_their_schemas(
    documents: httpx.AsyncClient, what: SubjectType
) -> None:
    listed = (await get(documents, f"/v1/{what}s", limit=1000))["items"]
    assert len(listed) > 5
    for item in listed:
        check(await documents.get(f"/v1/{what}s/{item['id']}"), SCHEMAS[what].detail)
        check(await documents.get(f"/v1/{what}s/{item['id']}/timeline"), SCHEMAS[what].timeline)


@pytest.mark.parametrize("what", HISTORIC)
async def test_sparse_answers_are_those_members_of_the_whole_ones(
    documents: httpx.AsyncClient, what: SubjectType
) -> None:
    fields = [*SCHEMAS[what].state.model_fields][::3]
    chosen = {"id", *fields}
    whole = await get(documents, f"/v1/{what}s", limit=1000)
    sparse = await get(documents, f"/v1/sparse/{what}s", limit=1000, fields=",".join(fields))
    items = [{n: v for n, v in item.items() if n in chosen} for item in whole["items"]]
    assert sparse == {**whole, "items": items}
    assert set(SPARSE[what].page.model_fields) == set(sparse)


def exact(ten_thousandths: int) -> str:
    """Write a number of ten-thousandths by hand: 6764000 is 676.4."""
    digits = f"{ten_thousandths:05d}"
    return f"{digits[:-4]}.{digits[-4:]}".rstrip("0").rstrip(".")


def test_the_expected_text_is_right() -> None:
    assert [exact(n) for n in (0, 1, 10_000, 430_000, 744_000, 6_764_000, 61_134_801)] == [
        "0", "0.0001", "1", "43", "74.4", "676.4", "6113.4801",
    ]  # fmt: skip


def stored() -> Iterator[int]:
    """Give whole numbers that may be stored: all small ones, and some of each length."""
    yield from range(2_000)
    random = Random(1)  # noqa: S311  (no secret)
    for digits in range(4, 16):
        yield from (random.randrange(10**digits) for _ in range(200))
    yield MOST


@pytest.mark.parametrize("number", [HectaresType, PercentType, QuantityType])
async def test_numbers_print_as_what_they_are(
    seeded: Database, number: type[HectaresType | PercentType | QuantityType]
) -> None:
    wanted = sorted(set(stored()))
    async with seeded.read() as connection:
        for first in range(0, len(wanted), AT_ONCE):
            part = wanted[first : first + AT_ONCE]
            columns = [as_number(literal_column(str(n), number())) for n in part]
            (row,) = await connection.execute(select(*columns))
            assert [repr(one).removesuffix(".0") for one in row] == [exact(n) for n in part]
