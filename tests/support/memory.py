"""Files of tests in memory, where there is room: nobody keeps them, so none has to reach a disk.

On a disk PostgreSQL takes ten times as long to copy a database, and most of that is processor time.
"""

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 -- whoever makes a file in it makes a private folder first
_ROOM = 4 * 2**30
"""How many bytes must be free; what a container has by default is too little."""


def prefer_memory() -> None:
    """Let temporary files of this process, and of those that it starts, be in memory.

    A folder that TMPDIR names is kept to.
    """
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(_MEMORY)
        # What was chosen before is chosen anew.
        tempfile.tempdir = None


def _has_room() -> bool:
    if not os.access(_MEMORY, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(_MEMORY)
    return found.f_bavail * found.f_frsize >= _ROOM
