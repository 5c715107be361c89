"""Running the tools that generate and compile the clients."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LIMIT_SECONDS = 900


class FailedError(Exception):
    """What went wrong with one client, in words for the developer who runs it."""


@dataclass(frozen=True)
class Workplace:
    """Where one client is made: its folder of sources, its build folder and its log."""

    sources: Path
    build: Path
    document: Path
    tools: Path
    """The folder with the programs of requirements-sdk.lock."""

    @property
    def client(self) -> Path:
        """The folder that the generated code goes to."""
        return self.build / "client"

    @property
    def log(self) -> Path:
        """The file with the output of all tools."""
        return self.build / "log.txt"

    def run(self, command: Sequence[str | Path], extra: Mapping[str, str] | None = None) -> str:
        """Run a program in the build folder and return its output; ``FailedError`` if it fails.

        Programs of the lock file come before those of the machine.
        """
        path = os.pathsep.join([str(self.tools), os.environ.get("PATH", os.defpath)])
        environment = {**os.environ, "PATH": path, **(extra or {})}
        program = shutil.which(command[0], path=path)
        if program is None:
            message = f"{command[0]} is missing on this machine; see openapi/sdks/README.md"
            raise FailedError(message)
        done = subprocess.run(  # noqa: S603  (the programs of the lock file and of the machine)
            [program, *command[1:]],
            cwd=self.build,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
        self._keep(command, done.stdout)
        if done.returncode:
            last = "\n".join(done.stdout.splitlines()[-15:])
            message = f"{Path(command[0]).name} ended with {done.returncode}:\n{last}"
            raise FailedError(message)
        return done.stdout

    def _keep(self, command: Sequence[str | Path], output: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(map(str, command))}\n{output}\n")

    def renew(self) -> None:
        """Begin with an empty build folder."""
        shutil.rmtree(self.build, ignore_errors=True)
        self.client.parent.mkdir(parents=True)

    def copy(self, *names: str) -> None:
        """Put files of the sources beside the generated code."""
        for name in names:
            shutil.copy(self.sources / name, self.build)
