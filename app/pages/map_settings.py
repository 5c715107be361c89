"""What the script of the map needs besides data: words, labels of codes, and where it stands."""

from collections.abc import Mapping, Sequence

from pydantic_core import to_json

from app.core.labels import CODE_LISTS
from app.core.vocabulary import Stage
from app.pages.speech import Speech

LISTS = {"kind": "site_kind", "stage": "stage", "clearance_status": "clearance_status"}
"""The filters by code, with the code list of each."""
_WORDS: Mapping[str, Sequence[str]] = {
    "known_latest": (),
    "revision": ("number",),
    "play": (),
    "pause": (),
    "count": ("count", "day"),
    "more": ("shown",),
    "none": (),
    "new": (),
    "changed": (),
    "ended": (),
    "unplaced": ("count",),
    "unnamed": (),
    "failed": (),
}
"""The words that the script puts numbers into, with the names of what it puts in."""
_LOCALE = {
    "Map.Title": "map.name",
    "NavigationControl.ZoomIn": "map.zoom-in",
    "NavigationControl.ZoomOut": "map.zoom-out",
    "Popup.Close": "map.close",
    "CooperativeGesturesHandler.WindowsHelpText": "map.scroll",
    "CooperativeGesturesHandler.MacHelpText": "map.scroll-mac",
    "CooperativeGesturesHandler.MobileHelpText": "map.two-fingers",
}
"""The texts of MapLibre that a reader meets."""


def settings_of(speech: Speech, revision: int | None) -> str:
    """Return as JSON what the script needs, with the revision if the page is pinned to one."""
    content = {
        "language": speech.language,
        "revision": revision,
        "words": {name: _pattern(speech, name) for name in _WORDS},
        "labels": {name: dict(codes_of(speech, name)) for name in LISTS.values()},
        "stages": [*Stage],
        "locale": {name: speech.text(word) for name, word in _LOCALE.items()},
    }
    return to_json(content).decode()


def _pattern(speech: Speech, name: str) -> str:
    """Return a word that keeps the places of its parameters."""
    parameters = {parameter: f"{{{parameter}}}" for parameter in _WORDS[name]}
    return speech.text(f"map.{name.replace('_', '-')}", **parameters)


def codes_of(speech: Speech, name: str) -> list[tuple[str, str]]:
    """Return the codes of a list with their labels."""
    return [(code.code, speech.label(name, code.code)) for code in CODE_LISTS[name].codes]
