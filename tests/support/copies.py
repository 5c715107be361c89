"""Copies of the project, to be changed as CONTRIBUTING says and run as processes of their own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.registers import SEEDS

_ROOT = SEEDS.parent
# Each process would import the changed project for itself, which takes longer than most commands.
_COMMANDS = """\
import json, sys
from app.cli import program
for command in json.loads(sys.argv[1]):
    if code := program(command[:1])(command, standalone_mode=False):
        sys.exit(code)
"""


def copied(folder: Path) -> Path:
    """Copy what runs of the project into a folder, with what is compiled of it, and return that."""
    for part in ("app", "seeds"):
        shutil.copytree(_ROOT / part, folder / part)
    return folder


def example(beginning: str) -> str:
    """Return the one example of CONTRIBUTING whose code begins like this."""
    text = (_ROOT / "CONTRIBUTING.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (found,) = [block for block in blocks if block.lstrip().startswith(beginning)]
    return str(found)


def replaced(path: Path, *changes: tuple[str, str]) -> None:
    """Replace in a file what is there once each."""
    text = path.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


def icr(folder: Path, url: str, *commands: tuple[str, ...]) -> str:
    """Run commands of the copy, one after the other in one process; return what they printed."""
    environment = {**os.environ, "ICR_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", _COMMANDS, json.dumps(commands)],
        cwd=folder,
        env=environment,
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    return done.stdout
