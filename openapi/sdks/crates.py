"""The crates of the Rust client, locked."""

import re

from openapi.sdks.tools import FailedError, Workplace


def lock_crates(place: Workplace) -> None:
    """Write Cargo.lock as crates.lock has it: versions and checksums, without addresses.

    Cargo wants the name of the registry with each crate; it is the one that Cargo itself names.
    """
    lock = place.build / "Cargo.lock"
    place.run(["cargo", "generate-lockfile"])
    source = re.search(r'^source = ".*"\n', lock.read_text(encoding="utf-8"), re.MULTILINE)
    if source is None:
        message = "cargo generate-lockfile names no registry"
        raise FailedError(message)
    locked = (place.sources / "crates.lock").read_text(encoding="utf-8")
    lock.write_text(locked.replace("checksum =", f"{source.group()}checksum ="), encoding="utf-8")
