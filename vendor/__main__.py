"""Copy what pages load from the installed packages, and record where each file is from.

`npm ci` has checked the packages against the integrity in `package-lock.json`. What is copied stays
in the repository, so that whoever runs the service needs neither Node.js nor a package registry.
"""

import json
import shutil
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

FILES = {
    "maplibre-gl": {
        "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css": "maplibre-gl.css",
        "LICENSE.txt": "maplibre-gl.LICENSE.txt",
    },
}
"""By package: each file of it that is copied, and its name here."""
HERE = Path(__file__).parent
TARGET = HERE.parent / "app/pages/static/vendor"
RECORD = "vendored.json"


def integrity(content: bytes) -> str:
    """Return the digest of a file as `integrity` attributes have it."""
    return "sha384-" + b64encode(sha384(content).digest()).decode()


def main() -> None:
    """Copy the files, and write the record beside them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    record = [
        {
            "package": package,
            "version": locked[f"node_modules/{package}"]["version"],
            "license": locked[f"node_modules/{package}"]["license"],
            "integrity": locked[f"node_modules/{package}"]["integrity"],
            "files": {name: _copy(package, path, name) for path, name in files.items()},
        }
        for package, files in FILES.items()
    ]
    text = json.dumps(record, indent=2, ensure_ascii=False)
    (TARGET / RECORD).write_text(text + "\n", encoding="utf-8")


def _copy(package: str, path: str, name: str) -> str:
    """Copy one file of a package, and return its integrity."""
    copied = shutil.copyfile(HERE / "node_modules" / package / path, TARGET / name)
    return integrity(copied.read_bytes())


if __name__ == "__main__":
    main()
