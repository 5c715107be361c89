"""`icr dump` and `icr load`: what they say, and how they end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.settings import get_settings
from app.database import Database
from tests.cli.test_backups import END, end_of
from tests.cli.test_cli import done, icr


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Let each test read its own environment."""
    yield
    get_settings.cache_clear()


async def test_a_dump_is_loaded_and_verified(
    seeded: Database, empty_url: str, tmp_path: Path
) -> None:
    target = tmp_path / "ledger.ndjson.gz"
    told = await done(seeded.url, "dump", str(target))
    assert f"Written: {target} ({len(target.read_bytes()):,} bytes)" in told
    assert END.findall(told) == [await end_of(seeded)]
    again = await icr(seeded.url, "dump", str(target))
    assert again.exit_code == 1
    assert "--force" in again.stderr
    await done(seeded.url, "dump", str(target), "--force")
    told = await done(empty_url, "load", str(target))
    assert f"Loaded: {target}" in told
    assert "rows of the projections are what the ledger gives." in told
    assert END.findall(told) == [await end_of(seeded)]
    refused = await icr(empty_url, "load", str(target))
    assert refused.exit_code == 1
    assert "Nothing was changed. The register has 5 revisions" in refused.stderr


@pytest.mark.databases("sqlite")
async def test_a_bad_line_is_named(empty_url: str, tmp_path: Path) -> None:
    source = tmp_path / "ledger.ndjson"
    source.write_text("{}\n")
    refused = await icr(empty_url, "load", str(source))
    assert refused.exit_code == 1
    assert "Line 1: it is not the first line of a dump." in refused.stderr
