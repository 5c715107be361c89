"""The command line: each command in the module of its subject, put together here."""

import sys
from collections.abc import Iterable, Mapping
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Final

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.cli.common import ERR
from app.core.errors import UnavailableError

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "serve": "app.cli.serving:serve",
        "migrate": "app.cli.upkeep:migrate",
        "seed": "app.cli.upkeep:seed",
        "rebuild": "app.cli.upkeep:rebuild",
        "verify": "app.cli.backups:verify",
        "anchor": "app.cli.anchors:anchor",
        "backup": "app.cli.backups:backup",
        "restore": "app.cli.backups:restore",
        "dump": "app.cli.dumps:dump",
        "load": "app.cli.dumps:load",
        "examples": "app.cli.documents:examples",
        "openapi": "app.cli.documents:openapi",
        "messages": "app.cli.documents:messages",
        "draft": "app.cli.upkeep:draft",
        "template": "app.cli.imports:template",
        "import": "app.cli.imports:import_",
        "imports": "app.cli.kept_imports:imports",
        "keys": "app.cli.keys:keys",
    }
)
"""In the order in which help lists them, with where each is. Only the one that runs is loaded."""


def program(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with these commands."""
    made = typer.Typer(
        name="icr",
        help="The industrial cluster registry: every statement, its source and both time axes.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    # With a callback, one command alone still goes by its name.
    made.callback()(lambda: None)
    for name in names:
        command = resolve_name(COMMANDS[name])
        if isinstance(command, typer.Typer):
            made.add_typer(command, name=name)
        else:
            made.command(name)(command)
    return made


def main() -> None:
    """Run the command line; what the database refuses is reported in one line."""
    named = [name for name in sys.argv[1:2] if name in COMMANDS]
    try:
        program(named or COMMANDS)()
    except (OSError, SQLAlchemyError, UnavailableError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            ERR.print(f"{error.filename}: {error.strerror}. Name another file or folder.")
            raise SystemExit(2) from error
        # The message for clients hides what the driver says, and that is what helps here.
        cause = error.__cause__ if isinstance(error, UnavailableError) else error
        reason = str(getattr(cause, "orig", None) or cause or error).partition("\n")[0]
        ERR.print(f"The database cannot be used: {reason}. ICR_DATABASE_URL says which it is.")
        raise SystemExit(2) from error
