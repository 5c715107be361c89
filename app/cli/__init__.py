"""The command line: each command in the module of its subject, put together here."""

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.cli.backups import backup, restore, verify
from app.cli.common import ERR
from app.cli.documents import examples, messages, openapi
from app.cli.imports import import_, template
from app.cli.kept_imports import imports
from app.cli.keys import keys
from app.cli.serving import serve
from app.cli.upkeep import draft, migrate, rebuild, seed
from app.core.errors import UnavailableError

cli = typer.Typer(
    name="icr",
    help="The industrial cluster registry: every statement, its source and both time axes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    serve,
    migrate,
    seed,
    rebuild,
    verify,
    backup,
    restore,
    examples,
    openapi,
    messages,
    draft,
    template,
    imports,
)
for command in COMMANDS:
    cli.command()(command)
cli.command("import")(import_)
cli.add_typer(keys, name="keys")


def main() -> None:
    """Run the command line; what the database refuses is reported in one line."""
    try:
        cli()
    except (OSError, SQLAlchemyError, UnavailableError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            ERR.print(f"{error.filename}: {error.strerror}. Name another file or folder.")
            raise SystemExit(2) from error
        # The message for clients hides what the driver says, and that is what helps here.
        cause = error.__cause__ if isinstance(error, UnavailableError) else error
        reason = str(getattr(cause, "orig", None) or cause or error).partition("\n")[0]
        ERR.print(f"The database cannot be used: {reason}. ICR_DATABASE_URL says which it is.")
        raise SystemExit(2) from error
