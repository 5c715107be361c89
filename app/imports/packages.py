"""Packed XML files (XLSX, ODS, DOCX): parts read as streams, within bounds and without entities."""

from collections.abc import Mapping
from io import BytesIO
from typing import Protocol
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile
from zlib import error as zlib_error

from app.core.messages import Template
from app.imports.limits import MOST_PARTS, MOST_UNPACKED, refuse

_CHUNK = 1 << 16
_ENCRYPTED_FLAG = 1
DAMAGED = Template(
    "imports.damaged", "The file is damaged or incomplete. Open it, save it again and send that."
)
ENCRYPTED = Template(
    "imports.encrypted", "The file is protected by a password. Save it without one."
)
UNPACKS_TOO_LARGE = Template(
    "imports.unpacks-too-large",
    "Unpacked, the file has more than {most} bytes. Divide it, or save it as CSV.",
)
HAS_ENTITIES = Template(
    "imports.has-entities",
    "The file declares XML entities, which no spreadsheet does. Save it anew in your program.",
)


class Handler(Protocol):
    """What takes the elements of a part in turn; names come without their namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, data: str) -> None:
        """Take text."""


class _Names(dict[str, str]):
    """The local names of elements, each split off its prefix once."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


class Package:
    """A ZIP file of XML parts."""

    def __init__(self, content: bytes) -> None:
        """Read the table of contents; ``UnreadableFileError`` where it is damaged or encrypted."""
        try:
            self._zip = ZipFile(BytesIO(content))
        except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise refuse(DAMAGED()) from error
        entries = self._zip.infolist()
        if len(entries) > MOST_PARTS:
            raise refuse(UNPACKS_TOO_LARGE(most=MOST_UNPACKED))
        if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            raise refuse(ENCRYPTED())
        self.parts = {entry.filename: entry for entry in entries}
        self._left = MOST_UNPACKED

    def parse(self, part: str, handler: Handler) -> None:
        """Pass the elements of a part to a handler; a part that is not there has none."""
        if part not in self.parts:
            return
        # A stream ends at the size that was declared, so a size that lies does no harm.
        self._left -= self.parts[part].file_size
        if self._left < 0:
            raise refuse(UNPACKS_TOO_LARGE(most=MOST_UNPACKED))
        parser = _parser(handler)
        try:
            with self._zip.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (BadZipFile, expat.ExpatError, EOFError, zlib_error, NotImplementedError) as error:
            raise refuse(DAMAGED()) from error


def _parser(handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names = _Names()
    start, end = handler.start, handler.end
    parser.StartElementHandler = lambda name, attributes: start(names[name], attributes)
    parser.EndElementHandler = lambda name: end(names[name])
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_entities
    return parser


def _refuse_entities(*_: object) -> None:
    raise refuse(HAS_ENTITIES())


def attribute(attributes: Mapping[str, str], name: str, default: str = "") -> str:
    """Return an attribute by its local name, whatever prefix the file gives it."""
    for key, value in attributes.items():
        if key.rpartition(":")[2] == name:
            return value
    return default
