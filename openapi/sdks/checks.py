"""What is checked of every generated client: that no operation and no warning got lost."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from openapi.sdks.tools import FailedError

STEPS = [
    "register",
    "state",
    "read",
    "page",
    "rollup",
    "conflict",
    "patch",
    "retract",
    "download",
]
"""What each round trip prints after each step that succeeded, in this order."""

_HARMLESS = {
    "OpenAPI 3.1 support is still in beta": "printed for every 3.1 document, whatever it contains",
    "Failed to get the schema name: null": "printed for parameters that may be null",
    "Ignoring complex example on request body": "an example is left out of the comments",
    "Codegen property is null (e.g. map/dict of undefined type)": "an object of any members is Any",
    "Header name is not canonical": "Go writes names of header fields in a form of its own",
    "matching HTTP status code will not be enforced": "the status is in the body and in the head",
    "From (reserved word) cannot be used as model name": "the parameter `from` gets another name",
    "Renamed to ": "a word or sign that Rust does not have in names is written otherwise",
    "to a PHP literal; omitting defaultValue": "the service has the default of what is left out",
}
"""Warnings of openapi-generator that lose nothing, and why."""


_LATER_CODES = {"PlanningStatus": "planned", "DatePrecision": "day"}
"""Codes that answers of the round trip have, and that the clients are made without."""


def without_later_codes(document: Path, written: Path) -> Path:
    """Write the document as it was before codes were added to two lists, to make clients of it.

    They get codes that they do not know in pages of sites and with each statement.
    """
    content = json.loads(document.read_text(encoding="utf-8"))
    for name, code in _LATER_CODES.items():
        content["components"]["schemas"][name]["enum"].remove(code)
    written.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return written


def check_warnings(output: str) -> None:
    """Refuse what a generator warns of, but for the few warnings known to lose nothing."""
    warnings = [line for line in output.splitlines() if re.search(r"\b(WARN|ERROR|WARNING)", line)]
    lost = [line for line in warnings if not any(known in line for known in _HARMLESS)]
    if lost:
        message = "the generator warns:\n" + "\n".join(lost)
        raise FailedError(message)


def operation_ids(document: Path) -> list[str]:
    """Return the ids of all operations of the document."""
    paths: Mapping[str, Mapping[str, dict[str, str]]] = json.loads(
        document.read_text(encoding="utf-8")
    )["paths"]
    methods = ("get", "post", "put", "patch", "delete", "head", "options")
    operations = [path[method] for path in paths.values() for method in path if method in methods]
    return [operation["operationId"] for operation in operations]


def check_operations(document: Path, code: Iterable[Path], declaration: str | None) -> int:
    """Return how many operations the code has; ``FailedError`` names those that are missing.

    ``declaration`` is a regular expression with one group, the name of an operation as the
    language writes it; without it the files are named after the operations. Names are compared
    without case and underscores.
    """
    found = {_plain(name) for path in code for name in _declared(path, declaration)}
    wanted = operation_ids(document)
    missing = [name for name in wanted if _plain(name) not in found]
    if missing:
        message = f"operations missing in the client: {', '.join(missing)}"
        raise FailedError(message)
    return len(wanted)


def _declared(path: Path, declaration: str | None) -> list[str]:
    if declaration is None:
        return [path.stem]
    return re.findall(declaration, path.read_text(encoding="utf-8"), re.MULTILINE)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def check_steps(output: str) -> None:
    """Refuse a round trip that left a step out."""
    steps = [line for line in output.splitlines() if line in STEPS]
    if steps != STEPS:
        message = f"the round trip made the steps {steps}, not {STEPS}"
        raise FailedError(message)
