"""`icr messages`: what translators begin with."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.cli.common import OUT
from app.core.messages import TEMPLATES, Template
from app.http.languages import LOCALES

POT = LOCALES / "messages.pot"
"""Every message of the service: its id as msgid, its English text as comment."""


def messages(file: Annotated[Path, typer.Argument(help="The file to write.")] = POT) -> None:
    """Write the template of the catalogues: the ids of all messages, with their English texts."""
    file.write_bytes(messages_template())
    OUT.print(f"Written: {file}")


def messages_template(templates: Mapping[str, Template] = TEMPLATES) -> bytes:
    """Return the template as a PO file; it differs only where the messages do."""
    catalog = Catalog(header_comment="# The messages of the industrial cluster registry.")
    for name, template in sorted(templates.items()):
        catalog.add(name, auto_comments=[template.english])
    content = BytesIO()
    write_po(content, catalog, width=0, omit_header=True)
    return content.getvalue()
