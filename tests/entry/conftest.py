"""Fixtures of the tests of writing."""

from typing import Any

import pytest

from app.entry import recording
from app.ledger import revisions as ledger
from app.ledger.revisions import Writer


@pytest.fixture
def interrupting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let something happen once, between the plan of a write and its turn."""

    def interrupt(happen: Any) -> None:
        real = ledger.revision

        def revision(writer: Writer, *arguments: Any) -> Any:
            class After:
                async def __aenter__(self) -> Any:
                    monkeypatch.setattr(recording, "revision", real)
                    await happen()
                    self._real = real(writer, *arguments)
                    return await self._real.__aenter__()

                async def __aexit__(self, *error: Any) -> Any:
                    return await self._real.__aexit__(*error)

            return After()

        monkeypatch.setattr(recording, "revision", revision)

    return interrupt
