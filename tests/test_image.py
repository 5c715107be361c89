"""The Dockerfile and compose.yaml, as far as a machine without a container engine can show."""

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from compose_spec import PyCompose

from app.core.settings import Settings
from tests.support.image import ROOT, Built, command_of, is_given, stages, values
from tests.support.valkey import free_port

SECONDS = 120

# Whoever owns the files may not write what is not writable, without the privileges of root.
UNPRIVILEGED = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]


def test_the_last_stage_has_no_tools_of_the_first_and_runs_as_nobody_special() -> None:
    build, final = stages()
    assert values(build, "FROM")[0].endswith("AS build")
    assert values(final, "COPY") == [
        "--from=build /opt/icr /opt/icr",
        "--from=build /srv/icr /srv/icr",
    ]
    assert "pip" not in " ".join(values(final, "RUN"))
    assert values(final, "USER") == ["icr"]
    names = [step.instruction for step in final]
    assert names.index("USER") < names.index("CMD")
    assert "--require-hashes" in " ".join(values(build, "RUN"))


def test_the_image_is_healthy_when_the_service_lives() -> None:
    (check,) = values(stages()[1], "HEALTHCHECK")
    assert "/livez" in command_of(check)[2]
    assert "--start-period=20s" in check


@pytest.mark.parametrize("name", [".git", ".venv", "icr.sqlite3", "production.env", "tests"])
def test_the_build_is_given_nothing_private(name: str) -> None:
    assert not is_given(name)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Take the steps of the first stage; the packages come from the index, as in the build."""
    folder = tmp_path_factory.mktemp("image")
    made = Built(folder)
    for step in stages()[0]:
        made.take(step)
    made.take(next(step for step in stages()[1] if step.instruction == "ENV"))
    yield made
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
    shutil.rmtree(folder)


def test_what_is_built_serves_from_sources_that_cannot_be_written(built: Built) -> None:
    """The command of the image, on a port of this machine, without any privilege."""
    data = built.folder / "data"
    data.mkdir()
    for path in (built.folder / "srv").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    written = unprivileged(["touch", str(built.folder / "srv" / "icr" / "app" / "new")])
    assert subprocess.run(written, check=False, stderr=subprocess.DEVNULL).returncode != 0
    port = free_port()
    words = command_of(values(stages()[1], "CMD")[0])
    command = [w.replace("--host 0.0.0.0", f"--host 127.0.0.1 --port {port}") for w in words]
    before = set((built.folder / "srv").rglob("*"))
    process = subprocess.Popen(
        unprivileged(command), env=built.environment, cwd=built.folder / "srv" / "icr"
    )
    try:
        health = command_of(values(stages()[1], "HEALTHCHECK")[0])
        assert until_healthy([word.replace("8000", str(port)) for word in health], built, process)
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=SECONDS) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)
    assert (data / "icr.sqlite3").stat().st_size > 0
    assert set((built.folder / "srv").rglob("*")) == before


def unprivileged(command: list[str]) -> list[str]:
    return [*UNPRIVILEGED, *command] if os.geteuid() == 0 else command


def until_healthy(command: list[str], built: Built, process: subprocess.Popen[bytes]) -> bool:
    """Ask as the engine would, until the answer is that all is well."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        asked = subprocess.run(
            command, check=False, env=built.environment, stderr=subprocess.DEVNULL
        )
        if asked.returncode == 0:
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="module")
def composed() -> Any:
    """Read compose.yaml."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def test_compose_is_valid(composed: Any) -> None:
    """By the types of the specification; names and values it does not know are errors."""
    read = PyCompose.from_json(json.dumps(composed))
    read.validate()
    assert sorted(read.service_names()) == ["database", "migrate", "rates", "service"]
    broken = copy.deepcopy(composed)
    broken["services"]["service"]["restart"] = "sometimes"
    with pytest.raises(ValueError, match="sometimes"):
        PyCompose.from_json(json.dumps(broken))


def test_compose_serves_when_all_is_there_from_a_root_that_cannot_be_written(
    composed: Any,
) -> None:
    services = composed["services"]
    assert all(service["read_only"] for service in services.values())
    assert services["service"]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }
    assert services["migrate"]["depends_on"]["database"] == {"condition": "service_healthy"}
    for name in ("database", "rates", "service"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    # Only a proxy on the same machine reaches the service, and nothing reaches the database.
    assert services["service"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in services["database"]
    assert "PASSWORD" not in str(services["database"]["environment"])


def test_compose_has_settings_that_production_accepts(
    composed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (example,) = re.findall("```\n(ICR_DATABASE_URL=postgresql://icr:.*)\n```", guide)
    variables = dict([example.split("=", 1)])
    variables |= composed["services"]["service"]["environment"]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.environment == "production"
    assert settings.database_url.startswith("postgresql+asyncpg://icr:")
    # The one address of a proxy on the machine, and no network.
    (network,) = composed["networks"]["default"]["ipam"]["config"]
    assert settings.forwarded_allow_ips == network["gateway"]


def test_the_service_does_not_know_the_passwords_of_the_owner_and_of_the_server(
    composed: Any,
) -> None:
    files = {name: service.get("env_file") for name, service in composed["services"].items()}
    assert files == {
        "database": "database.env",
        "rates": None,
        "migrate": "migrate.env",
        "service": "production.env",
    }
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"*.env", "*.replaced-*", "*.sqlite3-wal"} <= set(ignored)
