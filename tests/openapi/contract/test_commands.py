"""`icr openapi`, and the commands that convert, release and compare the document."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from app.cli import program
from openapi.contract.__main__ import commands
from tests.openapi.contract.mutations import DOCUMENT, Mutate, mutated


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, [str(one) for one in arguments], env={"COLUMNS": "200"})


def written(folder: Path, document: Any) -> Path:
    path = folder / "written.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def compared(folder: Path, change: Mutate) -> Result:
    released = folder / "released.json"
    released.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return run("compatibility", released, written(folder, mutated(change)))


def test_the_document_is_written_converted_and_released(tmp_path: Path) -> None:
    newer, older, served, released = (tmp_path / f"{name}.json" for name in ("a", "b", "c", "d"))
    assert CliRunner().invoke(program(), ["openapi", str(newer)]).exit_code == 0
    assert json.loads(newer.read_text(encoding="utf-8")) == DOCUMENT
    assert run("convert", newer, older, "--served", served).exit_code == 0
    converted = json.loads(older.read_text(encoding="utf-8"))
    assert converted["openapi"] == "3.0.3"
    assert json.loads(served.read_text(encoding="utf-8")) == converted
    assert run("release", newer, released).exit_code == 0
    assert json.loads(released.read_text(encoding="utf-8")) == DOCUMENT


def test_a_document_that_keeps_its_promises_passes(tmp_path: Path) -> None:
    result = compared(tmp_path, lambda d: d["info"].update(title="Else"))
    assert result.exit_code == 0
    assert f"keeps what version {DOCUMENT['info']['version']} promised" in result.stdout


def test_what_breaks_is_named_with_its_place(tmp_path: Path) -> None:
    result = compared(tmp_path, lambda d: d["paths"].pop("/livez"))
    assert result.exit_code == 1
    assert result.stdout == "#/paths/~1livez\n    The path /livez was removed.\n"
    assert ": 1" in result.stderr


def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    other = written(tmp_path, [1])
    for path in (other, tmp_path / "none.json"):
        result = run("compatibility", path, path)
        assert result.exit_code == 2
        assert path.name in result.stderr
