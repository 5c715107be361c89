"""The commands that keep the contract."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from app.cli import cli
from tests.domain.contract.mutations import DOCUMENT, Mutate, mutated


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], env={"COLUMNS": "200"})


def written(folder: Path, document: Any) -> Path:
    path = folder / "written.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def compared(folder: Path, change: Mutate) -> Result:
    run("openapi", folder, "--release")
    return run("compatibility", folder / "released.json", written(folder, mutated(change)))


def test_the_documents_are_written_and_one_released_only_when_asked(tmp_path: Path) -> None:
    assert run("openapi", tmp_path).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"openapi.json", "openapi-3.0.json"}
    assert run("openapi", tmp_path, "--release").exit_code == 0
    released = json.loads((tmp_path / "released.json").read_text(encoding="utf-8"))
    assert released == DOCUMENT


def test_a_document_that_keeps_its_promises_is_let_pass(tmp_path: Path) -> None:
    result = compared(tmp_path, lambda d: d["info"].update(title="Else"))
    assert result.exit_code == 0
    assert f"keeps what version {DOCUMENT['info']['version']} promised" in result.stdout


def test_what_breaks_is_named_with_its_place(tmp_path: Path) -> None:
    result = compared(tmp_path, lambda d: d["paths"].pop("/livez"))
    assert result.exit_code == 1
    assert result.stdout == "#/paths/~1livez\n    The path /livez was removed.\n"
    assert ": 1" in result.stderr


def test_what_is_no_document_is_told(tmp_path: Path) -> None:
    other = written(tmp_path, [1])
    for path in (other, tmp_path / "none.json"):
        result = run("compatibility", path, path)
        assert result.exit_code == 2
        assert path.name in result.stderr
