"""Which content coding an answer is sent in: what Accept-Encoding asks for (RFC 9110, 12.5.3)."""

import re
from functools import lru_cache

CODINGS = ("zstd", "br", "gzip")
"""The codings of the service; among those that a client likes equally the first is taken."""

_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_ALIASES = {"x-gzip": "gzip"}


@lru_cache(maxsize=256)
def preferred_coding(accepted: str) -> str | None:
    """Return the coding that an Accept-Encoding header prefers; ``None`` for no coding at all.

    Where a client refuses everything, the answer is sent without a coding all the same: that
    serves it better than a refusal.
    """
    qualities = _qualities(accepted)
    others = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: qualities.get(coding, others))
    quality = qualities.get(best, others)
    return best if quality > 0 and quality >= qualities.get("identity", 0.0) else None


def _qualities(accepted: str) -> dict[str, float]:
    """Read how much each coding is liked, from 0 (refused) to 1; what is malformed is left out."""
    found = {}
    for item in accepted.lower().split(","):
        coding, separator, parameter = (part.strip() for part in item.partition(";"))
        quality = _QUALITY.fullmatch(parameter)
        if coding and (quality or not separator):
            found[_ALIASES.get(coding, coding)] = float(quality[1]) if quality else 1.0
    return found
