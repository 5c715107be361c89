"""Settings: read from the environment, refused when they cannot work."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import ValidationError
from sqlalchemy import make_url

from app.cli.common import read_settings
from app.core.database_urls import file_system_of
from app.core.settings import Settings, get_settings, misspelt

PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "database_url": "postgresql://icr@db/icr",
    "forwarded_allow_ips": "10.0.0.0/8",
    "rate_per_address": "1200/minute",
    "rate_per_credential": "600/minute",
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the environment of the test run may set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ICR_{name.upper()}", raising=False)


def test_without_any_setting_the_register_is_a_file_in_the_working_directory() -> None:
    settings = Settings()
    assert settings.database_url == "sqlite+aiosqlite:///icr.sqlite3"
    assert settings.max_body_bytes == 1_000_000
    assert settings.max_streams == 100
    assert settings.pool_size == 10


def test_the_seeds_are_those_of_the_project() -> None:
    assert Settings().seeds_dir == Path(__file__).resolve().parents[2] / "seeds"
    assert (Settings().seeds_dir / "units" / "admin-units.csv").is_file()


def test_settings_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ICR_DATABASE_URL", "postgresql://lan@db.example.org/register")
    monkeypatch.setenv("ICR_SEEDS_DIR", str(tmp_path))
    monkeypatch.setenv("ICR_MAX_BODY_BYTES", "2000")
    monkeypatch.setenv("ICR_MAX_STREAMS", "4")
    monkeypatch.setenv("ICR_POOL_SIZE", "3")
    monkeypatch.setenv("ICR_READ_DATABASE_URL", "postgresql://lan@db2.example.org/register")
    monkeypatch.setenv("ICR_LOCK_TIMEOUT_SECONDS", "0.5")
    given = {
        "database_url": "postgresql+asyncpg://lan@db.example.org/register",
        "seeds_dir": tmp_path,
        "max_body_bytes": 2000,
        "max_streams": 4,
        "pool_size": 3,
        "read_database_url": "postgresql+asyncpg://lan@db2.example.org/register",
        "lock_timeout_seconds": 0.5,
    }
    assert Settings().model_dump().items() >= given.items()


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
        # Several hosts, as libpq takes them; a port that is not named is the usual one.
        (
            "postgresql://lan@db1:5433,db2/r?target_session_attrs=primary",
            "postgresql+asyncpg://lan@/r?host=db1%3A5433&host=db2%3A5432&target_session_attrs=primary",
        ),
        ("postgresql://db1,db2", "postgresql+asyncpg:///?host=db1%3A5432&host=db2%3A5432"),
        (
            "postgresql://lan@pooler:6432/register?pgbouncer=true",
            "postgresql+asyncpg://lan@pooler:6432/register?pgbouncer=true",
        ),
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


def test_a_comma_in_a_password_is_no_list_of_hosts() -> None:
    url = make_url(Settings(database_url="postgresql://lan:b,c@db/register").database_url)
    assert (url.host, url.password) == ("db", "b,c")


def test_a_standby_is_of_postgresql_or_none() -> None:
    assert Settings(read_database_url="").read_database_url == ""
    with pytest.raises(ValidationError, match="only PostgreSQL has standbys"):
        Settings(read_database_url="sqlite:///copy.sqlite3")


@pytest.mark.parametrize("name", ["pool_wait_seconds", "connect_timeout_seconds"])
@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_waits_that_must_end_are_above_zero(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ICR_{name.upper()}", value)
    with pytest.raises(ValidationError, match=name):
        Settings()


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


def test_the_guide_has_every_setting_with_its_default() -> None:
    """A path is told in words there: it differs from checkout to checkout."""
    path = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
    text = path.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `ICR_(\w+)` \| (.+?) \| .+ \|$", text, flags=re.MULTILINE))
    assert {name.lower() for name in rows} == set(Settings.model_fields)
    told = {name.lower(): default for name, default in rows.items() if name != "SEEDS_DIR"}
    defaults = {name: Settings.model_fields[name].get_default() for name in told}
    assert told == {
        name: "none" if default in (None, "") else f"`{default}`"
        for name, default in defaults.items()
    }


@pytest.mark.parametrize("rate", ["600/minute", "10 per second", "1/day"])
def test_rates_are_a_number_and_a_unit(rate: str) -> None:
    assert Settings(rate_per_address=rate).rate_per_address == rate


@pytest.mark.parametrize("rate", ["600", "0/minute", "-1/minute", "6/fortnight", "1/s, 9/m"])
def test_another_rate_is_refused_with_what_would_do(rate: str) -> None:
    with pytest.raises(ValidationError, match="as in 600/minute"):
        Settings(rate_per_credential=rate)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("rate_store_url", "memcached://host", "redis://host:6379/0"),
        ("forwarded_allow_ips", "proxy.example.org", "write addresses and networks with commas"),
        ("metrics_allow_ips", "10.0.0.1/8", "as in 10.0.0.7,10.1.0.0/16"),
        ("cors_origins", "https://maps.example.org/", "is not an origin"),
        ("cors_origins", "maps.example.org", "is not an origin"),
        ("request_timeout", "0", "greater than 0"),
        ("log_level", "loud", "Input should be 'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_what_cannot_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(f"ICR_{name.upper()}", value)
    with pytest.raises(ValidationError, match=name) as refusal:
        Settings()
    assert reason in str(refusal.value)


def test_a_mistyped_url_is_not_repeated_it_may_hold_a_password() -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(database_url="postgresql:/lan:geheim@db")
    assert "geheim" not in refusal.value.errors()[0]["msg"]


def test_production_takes_what_is_safe(tmp_path: Path) -> None:
    Settings(**PRODUCTION)
    Settings(**PRODUCTION | {"database_url": f"sqlite:///{tmp_path}/icr.sqlite3"})


@pytest.mark.parametrize(
    ("name", "value", "mended"),
    [
        ("database_url", "sqlite:///icr.sqlite3", "write the whole path"),
        ("forwarded_allow_ips", None, "name the address of the proxy"),
        ("forwarded_allow_ips", "*", "name the address of the proxy"),
        ("forwarded_allow_ips", " , ", "name the address of the proxy"),
        ("forwarded_allow_ips", "10.0.0.0/8,0.0.0.0/0", "name the address of the proxy"),
        ("forwarded_allow_ips", "::/0", "name the address of the proxy"),
        ("cors_origins", "*", "name the origins"),
        ("metrics_allow_ips", "*", "name the addresses"),
        ("metrics_allow_ips", "::/0", "name the addresses"),
        ("rate_per_address", None, "set a limit"),
        ("rate_per_credential", None, "set a limit"),
    ],
)
def test_production_refuses_what_is_not_safe(name: str, value: str | None, mended: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**PRODUCTION | {name: value})
    told = refusal.value.errors()[0]["msg"]
    assert f"ICR_{name.upper()}: " in told
    assert mended in told
    # Elsewhere it is fine.
    Settings(**PRODUCTION | {name: value, "environment": "development"})


def test_everything_unsafe_is_told_at_once() -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(environment="production")
    assert refusal.value.errors()[0]["msg"].count("ICR_") == 4


def test_the_file_system_of_a_path_is_that_of_the_longest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda / ext4 rw 0 0\nhost:/share /srv/shared\\040drive nfs4 rw 0 0\n"
        "tmpfs /srv tmpfs rw 0 0\n"
    )
    assert file_system_of(Path("/srv/shared drive/icr.sqlite3"), mounts) == "nfs4"
    assert file_system_of(Path("/srv/icr.sqlite3"), mounts) == "tmpfs"
    assert file_system_of(Path("/var/icr.sqlite3"), mounts) == "ext4"
    assert file_system_of(Path("/var/icr.sqlite3"), tmp_path / "none") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("oidc_issuer", "http://lan:geheim@login.example.org"),
        ("oidc_jwks_url", "ftp://lan:geheim@login.example.org/keys"),
        ("database_url", "postgresql://lan:geheim@db:port/register"),
        ("database_url", "postgresql://lan:geheim@db/register?password=geheim"),
        ("database_url", "postgresql://lan@db/register?geheim=x"),
        ("database_url", "sqlite://lan:geheim@db/register"),
        ("read_database_url", "sqlite:///geheim"),
        ("rate_store_url", "http://:geheim@store"),
        ("rate_store_url", "redis://:geheim@store:99999"),
        ("rate_per_address", "redis://:geheim@store"),
        ("rate_per_credential", "geheim"),
        ("cors_origins", "https://lan:geheim@maps.example.org/"),
        ("forwarded_allow_ips", "lan:geheim@proxy"),
        ("metrics_allow_ips", "lan:geheim@proxy"),
        ("environment", "geheim"),
        ("pool_size", "geheim"),
    ],
)
def test_no_error_repeats_a_password(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"ICR_{name.upper()}", value)
    monkeypatch.setenv("ICR_OIDC_AUDIENCE" if "oidc" in name else "ICR_UNUSED", "register")
    get_settings.cache_clear()
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "geheim" not in str(refused.value)
    with pytest.raises(typer.Exit):
        read_settings()
    shown = capsys.readouterr().err
    assert f"ICR_{name.upper()}: " in shown
    assert "geheim" not in shown


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("connect_timeout=3", "ICR_CONNECT_TIMEOUT_SECONDS"),
        ("ssl=require", "write sslmode instead"),
        ("channel_binding=require", "sslmode=verify-full authenticates the server"),
        ("user=lan", "write it before the host"),
        ("sslmode=on", "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"),
        ("sslmode=verify-full&sslrootcert=system", "sslrootcert names a file"),
        ("sslmode=verify-full&sslrootcert=/no/ca.crt", "sslrootcert names no file"),
        ("sslcert=/no/x.crt&sslkey=/no/x.key", "sslkey names no file"),
        ("keepalives_idle=3", "known are application_name, host, options"),
        ("pgbouncer=true&options=-csearch_path%3Da", "options cannot be set behind a pooler"),
    ],
)
@pytest.mark.parametrize("name", ["database_url", "read_database_url"])
def test_a_parameter_that_is_not_taken_is_refused_with_what_would_do(
    name: str, query: str, told: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(told)):
        Settings.model_validate({name: f"postgresql://icr@db/icr?{query}"})


def test_names_that_are_nearly_those_of_settings_are_found() -> None:
    names = ("ICR_DATABSE_URL", "icr_log_levl", "ICR_LOG_LEVEL", "ICR_KEY", "ICR_URL", "PATH")
    assert misspelt(names) == {
        "ICR_DATABSE_URL": "ICR_DATABASE_URL",
        "icr_log_levl": "ICR_LOG_LEVEL",
    }


@pytest.mark.parametrize(
    "url", ["https://tiles.example.org/{z}/{x}.png", "http://tiles.example.org/{z}/{x}/{y}.png"]
)
def test_a_base_map_is_an_address_of_tiles_that_nobody_can_change(url: str) -> None:
    with pytest.raises(ValidationError, match=re.escape("with {z}, {x} and {y}")):
        Settings.model_validate({"map_tiles": url})
