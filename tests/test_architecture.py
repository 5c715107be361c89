"""The house rules that no other tool checks, each with how to mend what breaks it."""

import ast
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the ground up: a module imports from its own floor and the floors before it.
FLOORS = (
    ("settings", "errors", "domain"),
    ("schemas",),
    ("models",),
    ("database", "faults", "sqlite_files"),
    ("repositories",),
    ("services",),
    ("migrations",),
    ("api",),
    ("main", "cli"),
)
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}

# What a part leaves alone although its floor would allow it.
NEVER_IMPORTED = {
    "domain": {
        "app.settings",
        "app.errors",
        "fastapi",
        "pydantic",
        "sqlalchemy",
        "sqlmodel",
        "starlette",
    },
    "schemas": {"fastapi", "sqlalchemy", "starlette"},
    "repositories": {"fastapi", "starlette"},
    "services": {"fastapi", "starlette"},
    "api": {"sqlalchemy", "sqlmodel"},
}
TRANSACTION_CALLS = {"async_sessionmaker", "begin", "commit", "sessionmaker"}
TRANSACTION_PARTS = {"database", "migrations"}
LONGEST_FILE = 300

MACHINE_PATH = re.compile(r"(?:^|[^\w./])/(?:work|root|(?:home|Users)/[A-Za-z]+)/", re.MULTILINE)
ADDRESS = re.compile(r"https?://")
PIN = re.compile(r"^[a-z0-9.\-]+(?:\[[a-z,]+\])?==[^\s;]+", re.MULTILINE)


class Module(NamedTuple):
    """A module of the application, read but not imported."""

    path: str
    source: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, self.path)

    @property
    def part(self) -> str:
        """The name that the module, or the folder it is in, has directly under `app/`."""
        return Path(self.path).parts[1].removesuffix(".py")

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


Rule = Callable[[Module], Iterator[str]]


def imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.AST, str]]:
    """Give every name that is imported, with dots: `from a.b import c` gives `a.b.c`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            yield from ((node, f"{prefix}.{alias.name}") for alias in node.names)


def floor_order(module: Module) -> Iterator[str]:
    """Let a module import only from its own floor and from those below it."""
    if module.part == "__init__":
        return
    if module.part not in HEIGHT:
        yield f"{module.path}: app/{module.part} is on no floor; add it to FLOORS or move the file"
        return
    for node, name in imports(ast.walk(module.tree)):
        parts = name.split(".")
        if not parts[0]:
            yield f"{module.at(node)}: write the relative import out, from `app.` on"
        elif parts[0] == "app" and HEIGHT.get(parts[1], 0) > HEIGHT[module.part]:
            yield (
                f"{module.at(node)}: {module.part} imports {name} from a higher floor; move what"
                f" both need down, or hand it over as an argument"
            )


def parts_left_alone(module: Module) -> Iterator[str]:
    """Keep frameworks and the database out of the parts that do without them."""
    never = NEVER_IMPORTED.get(module.part, set())
    for node, name in imports(ast.walk(module.tree)):
        if any(name == one or name.startswith(f"{one}.") for one in never):
            yield f"{module.at(node)}: {module.part} never imports {name}; let a higher floor do it"


def imports_at_the_top(module: Module) -> Iterator[str]:
    """Let nothing be imported inside a function."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for function in (node for node in ast.walk(module.tree) if isinstance(node, functions)):
        for node, name in imports(ast.walk(function)):
            yield (
                f"{module.at(node)}: {function.name} imports {name}; import it at the top, and"
                f" where that is a circle, move what both need down a floor"
            )


def one_place_commits(module: Module) -> Iterator[str]:
    """Let transactions begin and end in `app/database/` alone."""
    if module.part in TRANSACTION_PARTS:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in TRANSACTION_CALLS:
            yield (
                f"{module.at(node)}: calls {called(node)}; take the session as an argument and"
                f" leave the transaction to app/database/"
            )


def called(call: ast.Call) -> str:
    """Name the function or method that a call calls, without what it is a method of."""
    function = call.func
    if isinstance(function, ast.Subscript):
        function = function.value
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def short_files(module: Module) -> Iterator[str]:
    """Let no file pass the length at which it asks to be split."""
    lines = len(module.source.splitlines())
    if lines > LONGEST_FILE:
        yield f"{module.path}: {lines} lines, {LONGEST_FILE} at most; split it by what it does"


def module_docstrings(module: Module) -> Iterator[str]:
    """Let every module say what it is for."""
    if not ast.get_docstring(module.tree):
        yield f"{module.path}: has no docstring; say in its first line what the module is for"


RULES: tuple[Rule, ...] = (
    floor_order,
    parts_left_alone,
    imports_at_the_top,
    one_place_commits,
    short_files,
    module_docstrings,
)

BROKEN = (
    (floor_order, "app/domain/stage.py", "from app.schemas.sites import Site"),
    (floor_order, "app/repositories/sites.py", "import app.services.ledger"),
    (floor_order, "app/services/seed.py", "from app import api"),
    (floor_order, "app/migrations/env.py", "from app.api import router"),
    (floor_order, "app/api/sites.py", "from . import places"),
    (floor_order, "app/helpers.py", ""),
    (parts_left_alone, "app/domain/stage.py", "from app.errors import NotFound"),
    (parts_left_alone, "app/domain/stage.py", "from app import settings"),
    (parts_left_alone, "app/domain/stage.py", "import pydantic"),
    (parts_left_alone, "app/schemas/sites.py", "from sqlalchemy.orm import Mapped"),
    (parts_left_alone, "app/services/seed.py", "from fastapi import HTTPException"),
    (parts_left_alone, "app/api/sites.py", "from sqlalchemy import select"),
    (imports_at_the_top, "app/cli.py", "def main():\n    import app.main"),
    (imports_at_the_top, "app/cli.py", "async def main():\n    if 1:\n        from a import b"),
    (one_place_commits, "app/repositories/sites.py", "async def f(s):\n    await s.commit()"),
    (one_place_commits, "app/services/seed.py", "with session.begin():\n    pass"),
    (one_place_commits, "app/main.py", "make = async_sessionmaker[Session](engine)"),
    (short_files, "app/main.py", "\n" * (LONGEST_FILE + 1)),
    (module_docstrings, "app/main.py", "import app"),
)
KEPT = (
    (floor_order, "app/domain/stage.py", "from app.domain.timeline import fold"),
    (floor_order, "app/errors.py", "from app import settings"),
    (floor_order, "app/cli.py", "from app.main import app"),
    (floor_order, "app/__init__.py", '__version__ = "0.1.0"'),
    (floor_order, "app/api/sites.py", "from app import services\nimport httpx"),
    (parts_left_alone, "app/domain/stage.py", "import pydantic_core"),
    (imports_at_the_top, "app/main.py", "if True:\n    import app"),
    (one_place_commits, "app/database/__init__.py", "async_sessionmaker(engine)"),
    (short_files, "app/main.py", "\n" * LONGEST_FILE),
    (module_docstrings, "app/main.py", '"""Serve."""'),
)


def modules() -> list[Module]:
    paths = sorted((ROOT / "app").rglob("*.py"))
    return [Module(p.relative_to(ROOT).as_posix(), p.read_text(encoding="utf-8")) for p in paths]


@pytest.mark.parametrize("rule", RULES)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    broken = [problem for module in modules() for problem in rule(module)]
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(("rule", "path", "source"), BROKEN)
def test_a_rule_notices_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert list(rule(Module(path, source)))


@pytest.mark.parametrize(("rule", "path", "source"), KEPT)
def test_a_rule_lets_pass_what_keeps_it(rule: Rule, path: str, source: str) -> None:
    assert not list(rule(Module(path, source)))


def text_files() -> Iterator[tuple[Path, str]]:
    """Give the project's own text files: no caches, environments or build results."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if belongs_to_the_project(name)]
        for path in (Path(folder, name) for name in files):
            try:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def belongs_to_the_project(folder: str) -> bool:
    if folder.startswith("."):
        return folder in {".ci", ".github"}
    return folder not in {"__pycache__", "build", "dist", "node_modules"} and not folder.endswith(
        ".egg-info"
    )


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group().strip()}"
        for path, text in text_files()
        for match in MACHINE_PATH.finditer(text)
    ]
    assert not found, "write the path relative to the project, or as a setting:\n" + "\n".join(
        found
    )


def test_the_pattern_knows_a_path_of_one_machine() -> None:
    assert MACHINE_PATH.search("see /" + "home/lan/registry/app")
    assert not MACHINE_PATH.search("see docs/work/plan.md and https://example.org/root/x")


def test_lock_files_hold_versions_and_hashes_only() -> None:
    for lock in sorted(ROOT.glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert not ADDRESS.search(text), f"{lock.name} names an address; write it by `make lock`"
        blocks = re.split(r"\n(?=\w)", text)
        bare = [block for block in blocks if PIN.match(block) and "--hash=sha256:" not in block]
        assert not bare, f"{lock.name} has no hash for {bare}; write it by `make lock`"


def test_lock_files_of_node_hold_versions_and_hashes_only() -> None:
    locks = sorted(ROOT.glob("openapi/**/package-lock.json"))
    locks = [lock for lock in locks if "node_modules" not in lock.parts]
    assert len(locks) == 2
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        mend = "take every `resolved` and `funding` out of it"
        assert not ADDRESS.search(text), f"{lock.relative_to(ROOT)} names an address; {mend}"
        packages = json.loads(text)["packages"]
        bare = [name for name, package in packages.items() if name and "integrity" not in package]
        assert not bare, (
            f"{lock.relative_to(ROOT)} has no hash for {bare}; write it by `npm install`"
        )


def test_the_development_lock_repeats_every_version_of_the_other() -> None:
    installed = set(PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    developed = set(PIN.findall((ROOT / "requirements-dev.lock").read_text(encoding="utf-8")))
    assert installed, "requirements.lock holds no version; write it by `make lock`"
    assert not installed - developed, "the lock files differ; write both by `make lock`"
