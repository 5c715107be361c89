"""Settings: read from the environment, refused when they cannot work."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url

from app.settings import Settings, get_settings

NAMES = tuple(name.upper() for name in Settings.model_fields)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the environment of the test run may set."""
    for name in NAMES:
        monkeypatch.delenv(f"ICR_{name}", raising=False)


def test_without_any_setting_the_register_is_a_file_in_the_working_directory() -> None:
    settings = Settings()
    assert settings.database_url == "sqlite+aiosqlite:///icr.sqlite3"
    assert settings.max_body_bytes == 1_000_000
    assert settings.max_streams == 100
    assert settings.pool_size == 10


def test_the_seeds_are_those_of_the_project() -> None:
    assert Settings().seeds_dir == Path(__file__).resolve().parent.parent / "seeds"
    assert (Settings().seeds_dir / "units" / "admin-units.csv").is_file()


def test_settings_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ICR_DATABASE_URL", "postgresql://lan@db.example.org/register")
    monkeypatch.setenv("ICR_SEEDS_DIR", str(tmp_path))
    monkeypatch.setenv("ICR_MAX_BODY_BYTES", "2000")
    monkeypatch.setenv("ICR_MAX_STREAMS", "4")
    monkeypatch.setenv("ICR_POOL_SIZE", "3")
    assert Settings().model_dump() == Settings.model_construct().model_dump() | {
        "database_url": "postgresql+asyncpg://lan@db.example.org/register",
        "seeds_dir": tmp_path,
        "max_body_bytes": 2000,
        "max_streams": 4,
        "pool_size": 3,
    }


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///icr.sqlite3", "sqlite+aiosqlite:///icr.sqlite3"),
        ("sqlite:////var/lib/icr.sqlite3", "sqlite+aiosqlite:////var/lib/icr.sqlite3"),
        ("sqlite+aiosqlite:///icr.sqlite3", "sqlite+aiosqlite:///icr.sqlite3"),
        (
            "postgresql://lan@/register?host=/run/pg",
            "postgresql+asyncpg://lan@/register?host=%2Frun%2Fpg",
        ),
        ("postgresql+asyncpg://db/register", "postgresql+asyncpg://db/register"),
        ("postgresql+psycopg://db:5433/register", "postgresql+asyncpg://db:5433/register"),
    ],
)
def test_the_asynchronous_driver_is_put_into_the_url(given: str, used: str) -> None:
    assert Settings(database_url=given).database_url == used


def test_a_password_is_kept() -> None:
    """A password may hold any character, percent-encoded."""
    url = make_url(Settings(database_url="postgresql://lan:b%40c%2Fd@db/register").database_url)
    assert url.password == "b@c/d"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is not a database URL"),
        ("icr.sqlite3", "is not a database URL"),
        ("mysql://lan@db/register", "'mysql' is not supported; use sqlite or postgresql"),
        ("postgres://lan@db/register", "'postgres' is not supported; use sqlite or postgresql"),
    ],
)
def test_another_database_is_refused_with_what_would_do(url: str, reason: str) -> None:
    with pytest.raises(ValidationError, match="database_url") as refusal:
        Settings(database_url=url)
    assert reason in str(refusal.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite://"])
def test_a_register_in_memory_is_refused(url: str) -> None:
    """Each connection would have a register of its own, and all would be gone at the end."""
    with pytest.raises(ValidationError, match="database_url"):
        Settings(database_url=url)


@pytest.mark.parametrize("name", ["max_body_bytes", "max_streams", "pool_size"])
@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_sizes_are_whole_and_above_zero(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ICR_{name.upper()}", value)
    with pytest.raises(ValidationError, match=name):
        Settings()


@pytest.mark.parametrize(
    "url",
    ["https://id.example.org/realms/icr", "http://127.0.0.1:8080", "http://localhost/realms/icr"],
)
def test_an_issuer_is_reached_safely(url: str) -> None:
    assert Settings(oidc_issuer=url, oidc_audience="icr").oidc_issuer == url


@pytest.mark.parametrize("name", ["oidc_issuer", "oidc_jwks_url"])
@pytest.mark.parametrize(
    "url",
    ["http://id.example.org", "id.example.org", "https://", "", "ftp://a", "http://[::1", "//a"],
)
def test_keys_that_come_in_the_open_are_refused(name: str, url: str) -> None:
    given = {"oidc_issuer": "https://id.example.org", "oidc_audience": "icr"} | {name: url}
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate(given)


@pytest.mark.parametrize("given", [{"oidc_issuer": "https://a.example"}, {"oidc_audience": "icr"}])
def test_an_issuer_and_an_audience_belong_together(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="ICR_OIDC_AUDIENCE"):
        Settings.model_validate(given)


def test_a_process_reads_its_settings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    get_settings.cache_clear()
    try:
        before = get_settings()
        monkeypatch.setenv("ICR_POOL_SIZE", "3")
        assert get_settings() is before
    finally:
        get_settings.cache_clear()


def test_the_readme_has_every_setting_with_its_default() -> None:
    """A path is told in words there: it differs from checkout to checkout."""
    text = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `ICR_(\w+)` \| (.+?) \| .+ \|$", text, flags=re.MULTILINE))
    assert {name.lower() for name in rows} == set(Settings.model_fields)
    told = {name.lower(): default for name, default in rows.items() if name != "SEEDS_DIR"}
    assert told == {name: f"`{Settings.model_fields[name].default}`" for name in told}
