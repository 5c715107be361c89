"""API keys as texts: ``icr_<id>_<secret><check>``.

The prefix lets secret scanners recognise a leaked key; the id finds its entry without a search; the
check (CRC-32 in hexadecimal) distinguishes a typing or pasting mistake from a wrong secret without
a query. Of the secret only the SHA-256 is stored: it is random and long, so that no slow hash is
needed against guessing.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self
from zlib import crc32

PREFIX = "icr_"
ID_LENGTH = 10
SECRET_LENGTH = 40
"""Letters and digits: about 238 bits."""
ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
SECRET_ALPHABET = ID_ALPHABET + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEY = re.compile(
    rf"({PREFIX}([a-z0-9]{{{ID_LENGTH}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}}))([0-9a-f]{{8}})"
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in clear: known to its holder, and to the service while it answers."""

    id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse a key; ``None`` if the text is none, or is not exactly as issued."""
        match = _KEY.fullmatch(text)
        if match is None or f"{crc32(match[1].encode()):08x}" != match[4]:
            return None
        return cls(match[2], match[3])

    @property
    def text(self) -> str:
        """The key as its holder sends it."""
        body = f"{PREFIX}{self.id}_{self.secret}"
        return f"{body}{crc32(body.encode()):08x}"

    @property
    def secret_hash(self) -> str:
        """The hash of the secret, as it is stored."""
        return sha256(self.secret.encode()).hexdigest()

    def fits(self, secret_hash: str) -> bool:
        """Return whether the secret has this hash, in the same time for any secret."""
        return hmac.compare_digest(self.secret_hash, secret_hash)

    def __repr__(self) -> str:
        """Hide the secret, in case a key is logged by mistake."""
        return f"ApiKey({self.id})"
