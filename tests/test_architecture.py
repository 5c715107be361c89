"""The house rules that linters and `lint-imports` leave out, each with how to mend a breach."""

import ast
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

TRANSACTION_CALLS = {"async_sessionmaker", "begin", "commit", "sessionmaker"}
TRANSACTION_PARTS = {"database"}
LONGEST_FILE = 400

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


def imports_at_the_top(module: Module) -> Iterator[str]:
    """Let nothing be imported inside a function."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for function in (node for node in ast.walk(module.tree) if isinstance(node, functions)):
        for node, name in imports(ast.walk(function)):
            yield (
                f"{module.at(node)}: {function.name} imports {name}; import it at the top, and"
                f" where that is a circle, move what both need to a room before"
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
    imports_at_the_top,
    one_place_commits,
    short_files,
    module_docstrings,
)

BROKEN = (
    (imports_at_the_top, "app/cli/keys.py", "def main():\n    import app.main"),
    (
        imports_at_the_top,
        "app/cli/keys.py",
        "async def main():\n    if 1:\n        from a import b",
    ),
    (one_place_commits, "app/subjects/queries.py", "async def f(s):\n    await s.commit()"),
    (one_place_commits, "app/entry/seeding.py", "with session.begin():\n    pass"),
    (one_place_commits, "app/main.py", "make = async_sessionmaker[Session](engine)"),
    (short_files, "app/main.py", "\n" * (LONGEST_FILE + 1)),
    (module_docstrings, "app/main.py", "import app"),
)
KEPT = (
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
    locks = [*ROOT.glob("openapi/**/package-lock.json"), ROOT / "vendor/package-lock.json"]
    locks = [lock for lock in locks if "node_modules" not in lock.parts]
    assert len(locks) == 3
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        mend = "take every `resolved` and `funding` out of it"
        assert not ADDRESS.search(text), f"{lock.relative_to(ROOT)} names an address; {mend}"
        packages = json.loads(text)["packages"]
        bare = [name for name, package in packages.items() if name and "integrity" not in package]
        assert not bare, (
            f"{lock.relative_to(ROOT)} has no hash for {bare}; write it by `npm install`"
        )


def test_the_lock_file_of_rust_holds_versions_and_hashes_only() -> None:
    text = (ROOT / "openapi/sdks/rust/crates.lock").read_text(encoding="utf-8")
    assert not ADDRESS.search(text), "crates.lock names an address; take every `source` out of it"
    bare = [block for block in text.split("[[package]]")[1:] if "\nchecksum = " not in block]
    assert [re.findall(r'name = "(\w+)"', block) for block in bare] == [["icr"], ["round_trip"]]


def test_the_development_lock_repeats_every_version_of_the_other() -> None:
    installed = set(PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    developed = set(PIN.findall((ROOT / "requirements-dev.lock").read_text(encoding="utf-8")))
    assert installed, "requirements.lock holds no version; write it by `make lock`"
    assert not installed - developed, "the lock files differ; write both by `make lock`"
