"""The command line: each command in the module of its subject, put together here.

Loading the commands takes longer than most of them run: only the one that runs is loaded, and for
help none at all.
"""

import gc
import os
import sys
from collections.abc import Iterable, Mapping
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Final, NamedTuple

import typer

from app.core.garbage import uncollected


class Command(NamedTuple):
    """Where a command is, and what it does, as its own help begins."""

    place: str
    help: str


COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        "serve": Command(
            "app.cli.serving:serve",
            "Serve the register over HTTP. ICR_DATABASE_URL names the database.",
        ),
        "migrate": Command(
            "app.cli.upkeep:migrate",
            "Bring the database to this release: its tables, and the administrative units.",
        ),
        "seed": Command(
            "app.cli.upkeep:seed",
            "Record the facts of seed sets. Loading again changes nothing.",
        ),
        "rebuild": Command(
            "app.cli.upkeep:rebuild",
            "Make the projections anew from the ledger; afterwards they are as they were.",
        ),
        "verify": Command(
            "app.cli.backups:verify",
            "Check the whole register; nothing is changed, and the service may run meanwhile.",
        ),
        "anchor": Command(
            "app.cli.anchors:anchor",
            "Sign revision and digest of now, to be kept where nobody reaches who reaches "
            "the database.",
        ),
        "backup": Command(
            "app.cli.backups:backup",
            "Copy the register to a file while the service runs, and check the copy.",
        ),
        "restore": Command(
            "app.cli.backups:restore",
            "Put a backup in the place of the register, once it is checked. Stop the "
            "service before.",
        ),
        "dump": Command(
            "app.cli.dumps:dump",
            "Write the whole ledger to a file, one line of JSON a revision; the service may "
            "run meanwhile.",
        ),
        "load": Command(
            "app.cli.dumps:load",
            "Load a dump into a register without revisions, and verify it; all of it or nothing.",
        ),
        "examples": Command(
            "app.cli.documents:examples",
            "Answer the examples of the OpenAPI document anew, from a register that is made "
            "for it.",
        ),
        "openapi": Command(
            "app.cli.documents:openapi",
            "Write the OpenAPI document of this version, in OpenAPI 3.1.",
        ),
        "messages": Command(
            "app.cli.documents:messages",
            "Write the template of the catalogues: the ids of all messages, with their "
            "English texts.",
        ),
        "draft": Command(
            "app.cli.upkeep:draft",
            "Write the migration that a change of the models needs (for developers).",
        ),
        "template": Command(
            "app.cli.imports:template",
            "Write an empty workbook that icr import reads without a question.",
        ),
        "import": Command(
            "app.cli.imports:import_",
            "Read a file, print the report of it and what it would change, and record it if "
            "confirmed.",
        ),
        "imports": Command(
            "app.cli.kept_imports:imports",
            "List imports, those that were sent over HTTP as well; icr import --retract "
            "undoes one.",
        ),
        "keys": Command(
            "app.cli.keys:keys",
            "Keys: who may write, and as what.",
        ),
    }
)
"""In the order in which help lists them."""
_OVERVIEW: Final[tuple[list[str], ...]] = ([], ["--help"])


def program(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with these commands."""
    made = _without_commands()
    for name in names:
        command = resolve_name(COMMANDS[name].place)
        if isinstance(command, typer.Typer):
            made.add_typer(command, name=name)
        else:
            made.command(name)(command)
    return made


def overview() -> typer.Typer:
    """Return a program that lists the commands in its help, and runs none."""
    made = _without_commands()
    for name, command in COMMANDS.items():
        made.command(name, help=command.help)(lambda: None)
    return made


def _without_commands() -> typer.Typer:
    made = typer.Typer(
        name="icr",
        help="The industrial cluster registry: every statement, its source and both time axes.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    # With a callback, one command alone still goes by its name.
    made.callback()(lambda: None)
    return made


def main() -> None:
    """Run the command line; what the database refuses is reported in one line."""
    # A shell that completes a line leaves the arguments to a variable.
    if sys.argv[1:] in _OVERVIEW and "_ICR_COMPLETE" not in os.environ:
        overview()()
    with uncollected():
        made = program([name for name in sys.argv[1:2] if name in COMMANDS] or COMMANDS)
        reporting = resolve_name("app.cli.refusals:reporting")
    # The modules stay: the collector need not walk through them.
    gc.freeze()
    with reporting():
        made()
