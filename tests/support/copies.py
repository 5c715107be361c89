"""Copies of the project, to be changed as CONTRIBUTING says and run as processes of their own."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.processes import ICR
from tests.support.registers import SEEDS

_ROOT = SEEDS.parent


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


def icr(folder: Path, url: str, *arguments: str) -> str:
    """Run a command of the copy, and return what it printed."""
    environment = {**os.environ, "ICR_DATABASE_URL": url}
    done = subprocess.run(
        [*ICR, *arguments],
        cwd=folder,
        env=environment,
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    return done.stdout
