"""Signed notes and checkpoints, as C2SP has them: a text, and who signed it with Ed25519.

A note is readable text with signature lines below (c2sp.org/signed-note); a checkpoint is the note
of a log (c2sp.org/tlog-checkpoint): its name, its size, its hash, and extension lines. Keys are
written as Go's ``golang.org/x/mod/sumdb/note`` does, which other tools read.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_KEY_BYTES = 32
_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"
_TIME, _AUDIT = "time ", "audit "
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


class NoteError(ValueError):
    """A note, a checkpoint or a key that is not written as it should be, or not signed."""


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(f"{name}\n".encode() + _ED25519 + public).digest()[:4]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("the name of a key has neither spaces nor plus signs, as register.vn/icr")


def _unpacked(text: str, prefix: str) -> tuple[str, bytes, bytes]:
    """Return name, id and bytes of a key that is written as ``NAME+ID+BASE64``."""
    try:
        name, key_id, encoded = text.strip().removeprefix(prefix).split("+", 2)
        packed = b64decode(encoded, validate=True)
        is_key = packed[:1] == _ED25519 and len(packed) == 1 + _KEY_BYTES
        if not text.startswith(prefix) or not is_key:
            raise NoteError("it is not an Ed25519 key for signed notes")
        _check_name(name)
        return name, bytes.fromhex(key_id), packed[1:]
    except (ValueError, Base64Error) as error:
        raise NoteError(f"it is not a key for signed notes: {error}") from error


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by its name."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key as ``icr anchor --new-key`` prints it; ``NoteError`` for anything else."""
        name, key_id, public = _unpacked(text, "")
        if _key_id(name, public) != key_id:
            raise NoteError("its parts do not belong together: copy it whole")
        return cls(name, public)

    def __str__(self) -> str:
        """Write the key as others take it."""
        key_id = _key_id(self.name, self.public).hex()
        return f"{self.name}+{key_id}+{b64encode(_ED25519 + self.public).decode()}"

    def opened(self, note: str) -> str:
        """Return the text of a note; ``NoteError`` if this key did not sign it."""
        text, blank, signatures = note.rpartition("\n\n")
        if not blank:
            raise NoteError("it has no signature")
        text += "\n"
        for line in signatures.splitlines():
            if line.startswith(f"{_DASH}{self.name} ") and self._signed(text, line):
                return text
        raise NoteError(f"{self.name} did not sign it with this key")

    def _signed(self, text: str, line: str) -> bool:
        try:
            packed = b64decode(line.rpartition(" ")[2], validate=True)
        except Base64Error:
            return False
        if packed[:4] != _key_id(self.name, self.public):
            return False
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public)
            key.verify(packed[4:], text.encode())
        except InvalidSignature as error:
            raise NoteError("its signature is not of its text") from error
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key by its name."""

    name: str
    seed: bytes

    @classmethod
    def new(cls, name: str) -> Self:
        """Make a key; ``NoteError`` if its name cannot be one."""
        _check_name(name)
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key as it is kept; ``NoteError`` for anything else."""
        name, _, seed = _unpacked(text, _PRIVATE)
        return cls(name, seed)

    @property
    def text(self) -> str:
        """The key as it is kept."""
        key_id = _key_id(self.name, self.verifier.public).hex()
        return f"{_PRIVATE}{self.name}+{key_id}+{b64encode(_ED25519 + self.seed).decode()}"

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(self.name, key.public_bytes_raw())

    def signed(self, text: str) -> str:
        """Return a note: the text, a blank line and the signature."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        packed = _key_id(self.name, self.verifier.public) + signature
        return f"{text}\n{_DASH}{self.name} {b64encode(packed).decode()}\n"

    def __repr__(self) -> str:
        """Hide the key, in case it is logged by mistake."""
        return f"Signer({self.name})"


def notes_in(text: str) -> Iterator[str]:
    """Yield the notes of a file, into which one after the other was written."""
    lines: list[str] = []
    signed = False
    for line in text.splitlines():
        if signed and not line.startswith(_DASH):
            yield "\n".join(lines) + "\n"
            lines, signed = [], False
        if line or lines:
            lines.append(line)
        signed = line.startswith(_DASH)
    if lines:
        yield "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ends of ledger and audit log at an instant; digests are hexadecimal."""

    origin: str
    revision: int
    digest: str
    at: datetime
    audit_number: int
    audit_digest: str

    def __str__(self) -> str:
        """Write the text that is signed."""
        lines = (
            self.origin,
            str(self.revision),
            _base64(self.digest),
            f"{_TIME}{self.at.astimezone(UTC):{_INSTANT}}",
            f"{_AUDIT}{self.audit_number} {_base64(self.audit_digest)}",
        )
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note; ``NoteError`` if it is not a checkpoint of a register."""
        try:
            origin, size, root, at, audit = text.splitlines()[:5]
            number, _, audit_root = audit.removeprefix(_AUDIT).partition(" ")
            instant = datetime.strptime(at.removeprefix(_TIME), _INSTANT).replace(tzinfo=UTC)
            roots = _hexadecimal(root), _hexadecimal(audit_root)
            return cls(origin, int(size), roots[0], instant, int(number), roots[1])
        except (ValueError, Base64Error) as error:
            raise NoteError(f"it is not an anchor of a register: {error}") from error


def _base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()


def _hexadecimal(root: str) -> str:
    return b64decode(root, validate=True).hex()
