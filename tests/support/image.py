"""The build of the image without a container engine: the steps of the Dockerfile in a folder."""

import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Step:
    """An instruction of the Dockerfile with what follows it."""

    instruction: str
    value: str


def stages(path: Path = ROOT / "Dockerfile") -> list[list[Step]]:
    """Return the steps of each stage, from its FROM on."""
    with path.open("rb") as file:
        parsed: list[dict[str, Any]] = DockerfileParser(fileobj=file).structure
    found: list[list[Step]] = []
    for part in parsed:
        if part["instruction"] == "FROM":
            found.append([])
        if found and part["instruction"] != "COMMENT":
            found[-1].append(Step(part["instruction"], part["value"]))
    return found


def values(stage: list[Step], instruction: str) -> list[str]:
    """Return what follows an instruction, for each time it stands there."""
    return [step.value for step in stage if step.instruction == instruction]


class Built:
    """A folder that stands for the root of the image: absolute paths of steps lie in it."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}

    def inside(self, text: str) -> str:
        """Move the image's own folders of a text into this folder."""
        for name in ("/opt/icr", "/srv/icr", "/data"):
            text = text.replace(name, f"{self.folder}{name}")
        return text

    def take(self, step: Step) -> None:
        """Do what a step of the first stage says."""
        if step.instruction == "RUN":
            command = ["sh", "-euc", self.inside(step.value)]
            subprocess.run(command, check=True, env=self.environment, cwd=self.folder)
        elif step.instruction == "ENV":
            for word in shlex.split(step.value):
                name, _, value = word.partition("=")
                path = self.environment["PATH"]
                self.environment[name] = self.inside(value).replace("$PATH", path)
        elif step.instruction == "COPY":
            *sources, target = step.value.split()
            for source in sources:
                self._copy(source, Path(self.inside(target)), target)

    def _copy(self, source: str, target: Path, written: str) -> None:
        """Copy what the build is given: never what .dockerignore leaves out."""
        assert is_given(source), f"{source} is left out by .dockerignore"
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, target, ignore=left_out)
        else:
            if written.endswith("/"):
                target.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, target)


def is_given(name: str) -> bool:
    """Tell whether .dockerignore lets a name at the top pass; the last that fits decides."""
    given = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and fnmatch(name, pattern.removeprefix("!")):
            given = pattern.startswith("!")
    return given


def command_of(value: str) -> list[str]:
    """Return the words of a CMD or HEALTHCHECK in JSON form."""
    words: list[str] = json.loads(value[value.index("[") :])
    return words
