"""What the script of the map needs besides data: words, labels of codes, and where it stands."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pydantic_core import to_json

from app.core.labels import CODE_LISTS
from app.core.publishing import MapSettings
from app.core.vocabulary import Stage
from app.pages.speech import Speech

LISTS = {"kind": "site_kind", "stage": "stage", "clearance_status": "clearance_status"}
"""The filters by code, with the code list of each."""
_WORDS: Mapping[str, Sequence[str]] = {
    "map.known-latest": (),
    "map.revision": ("number",),
    "map.play": (),
    "map.pause": (),
    "map.count": ("count", "day"),
    "map.more": ("shown",),
    "map.none": (),
    "map.new": (),
    "map.changed": (),
    "map.ended": (),
    "map.unplaced": ("count",),
    "map.unnamed": (),
    "map.failed": (),
    "map.outline": (),
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


def settings_of(speech: Speech, revision: int | None, settings: MapSettings) -> str:
    """Return as JSON what the script needs, with the revision if the page is pinned to one."""
    tiles = {"url": settings.map_tiles, "attribution": settings.map_attribution}
    content = {
        "language": speech.language,
        "revision": revision,
        "words": {
            name.removeprefix("map.").replace("-", "_"): speech.text(
                name, **{parameter: f"{{{parameter}}}" for parameter in parameters}
            )
            for name, parameters in _WORDS.items()
        },
        "labels": {name: dict(codes_of(speech, name)) for name in LISTS.values()},
        "stages": [*Stage],
        "tiles": tiles if settings.map_tiles else None,
        "locale": {name: speech.text(word) for name, word in _LOCALE.items()},
    }
    return to_json(content).decode()


def host_of(settings: MapSettings) -> str | None:
    """Return the scheme and host of the base map; ``None`` where there is none."""
    if settings.map_tiles is None:
        return None
    scheme, host, *_ = urlsplit(settings.map_tiles)
    return f"{scheme}://{host}"


def codes_of(speech: Speech, name: str) -> list[tuple[str, str]]:
    """Return the codes of a list with their labels."""
    return [(code.code, speech.label(name, code.code)) for code in CODE_LISTS[name].codes]
