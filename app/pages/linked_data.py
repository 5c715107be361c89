"""What pages say to machines: schema.org in JSON-LD, as a block of data in the page.

The address of an id has no host: by which name a reader came to the service is not known.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from markupsafe import Markup

from app.core.publishing import PublishingSettings
from app.pages.catalogue import MEDIA_TYPES

_CONTEXT = "https://schema.org"
_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
Document = Mapping[str, Any]


def data_block(document: Document) -> Markup:
    """Return a document as a script of data; no text in it can end the block."""
    text = json.dumps({"@context": _CONTEXT, **_known(document)}, ensure_ascii=False)
    escaped = text.translate(_ESCAPED)
    return Markup(f'<script type="application/ld+json">{escaped}</script>')  # noqa: S704 (escaped)


def _known(document: Document) -> Document:
    return {name: value for name, value in document.items() if value not in (None, "", [])}


def place(path: str, state: Document) -> Document:
    """Return a site as a ``Place``, with its point if it has one."""
    province = state.get("province_name")
    return {
        "@type": "Place",
        "@id": path,
        "url": path,
        "identifier": state["id"],
        "name": state["name"],
        "alternateName": [*(state.get("aliases") or ()), *filter(None, [state.get("name_en")])],
        "address": state.get("address"),
        "geo": _point(state.get("geometry")),
        "containedInPlace": province and {"@type": "AdministrativeArea", "name": province},
    }


def _point(geometry: Any) -> Document | None:
    if geometry is None or geometry["type"] != "Point":
        return None
    longitude, latitude = geometry["coordinates"]
    return {
        "@type": "GeoCoordinates",
        "longitude": float(longitude),
        "latitude": float(latitude),
    }


class File(Protocol):
    """What is seen as a file."""

    @property
    def format(self) -> str:
        """The name of its format."""

    @property
    def address(self) -> str:
        """Where it is."""


def dataset(
    name: str, description: str, path: str, files: Iterable[File], publishing: PublishingSettings
) -> Markup:
    """Return the figures of a page as a ``Dataset``, in a block of data."""
    return data_block(
        {
            "@type": "Dataset",
            "@id": publishing.root + path,
            "url": publishing.root + path,
            "name": name,
            "description": description,
            "license": publishing.licence_url,
            "isAccessibleForFree": True,
            "spatialCoverage": "Việt Nam",
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": MEDIA_TYPES.get(file.format.lower()),
                    "contentUrl": publishing.root + file.address,
                }
                for file in files
            ],
        }
    )
