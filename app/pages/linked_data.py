"""What pages say to machines: schema.org in JSON-LD, as a block of data in the page.

The address of an id is relative, to that of the page: how a reader came to the service, through
which proxies, is not known.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

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
    """Return a site or a project as a ``Place``, with its point if it has one."""
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


def dataset(path: str, words: Document, files: Sequence[tuple[str, str]], licence: str) -> Document:
    """Return figures as a ``Dataset``; ``files`` are media types and paths."""
    return {
        "@type": "Dataset",
        "@id": path,
        "url": path,
        **words,
        "license": licence,
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": address}
            for media_type, address in files
        ],
    }
