"""The registers that the tests of imports share."""

from collections.abc import AsyncIterator

import pytest

from app.database import Database
from tests.support.import_registers import prepare_lao_cai, prepare_outside
from tests.support.registers import Templates, opened


@pytest.fixture
async def seeded(kind: str, templates: Templates) -> AsyncIterator[Database]:
    """Give a register with the facts of the documents and of the outside set."""
    async with templates.copy(kind, prepare_outside) as url, opened(url) as database:
        yield database


@pytest.fixture
async def lao_cai(kind: str, templates: Templates) -> AsyncIterator[Database]:
    """Give a register with the sites that sample 4 expects to find."""
    async with templates.copy(kind, prepare_lao_cai) as url, opened(url) as database:
        yield database
