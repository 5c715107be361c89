"""The catalogue of the data for machines, by DCAT 3 (W3C), as JSON-LD."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.core.publishing import PublishingSettings
from app.http.languages import CATALOGUES
from app.pages.words import word

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
_TABLE, _MAP = ("json", "csv", "xlsx"), ("json", "csv", "xlsx", "geojson")
Node = Mapping[str, Any]


class _Data(NamedTuple):
    """A data set: its name among the words and in the paths of ``/v1``, and its formats."""

    name: str
    formats: Sequence[str]


DATA = (
    _Data("sites", _MAP),
    _Data("projects", _TABLE),
    _Data("rollups", _MAP),
    _Data("sources", _TABLE),
    _Data("organizations", _TABLE),
    _Data("statements", ("json",)),
    _Data("findings", ("json",)),
)


def catalogue(settings: PublishingSettings, modified: datetime | None, revision: int) -> Node:
    """Return the catalogue of a register at a revision."""
    at = f"revision={revision}"
    base = settings.public_url or None
    return {
        "@context": {**({"@base": f"{base}/"} if base else {}), **_CONTEXT},
        "@id": "catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _words("catalogue.title"),
        "dct:description": _words("catalogue.description"),
        "dct:license": {"@id": settings.licence_url},
        "dct:language": ["vi", "en"],
        "foaf:homepage": {"@id": "."},
        **_modified(modified),
        "dcat:version": str(revision),
        "dcat:service": {
            "@id": "v1",
            "@type": "dcat:DataService",
            "dct:title": _words("catalogue.service"),
            "dcat:endpointURL": {"@id": "v1"},
            "dcat:endpointDescription": {"@id": "openapi.json"},
        },
        "dcat:dataset": [
            {
                "@id": f"v1/{one.name}",
                "@type": "dcat:Dataset",
                "dct:title": _words("data." + one.name),
                "dct:license": {"@id": settings.licence_url},
                "dct:spatial": {"dct:title": "Việt Nam"},
                **_modified(modified),
                "dcat:version": str(revision),
                "dcat:distribution": list(_distributions(one, at)),
            }
            for one in DATA
        ],
    }


def _distributions(one: _Data, at: str) -> Iterator[Node]:
    for name in one.formats:
        ending = "" if name == "json" else f".{name}"
        address = f"v1/{one.name}{ending}"
        yield {
            "@type": "dcat:Distribution",
            "dct:title": name.upper(),
            "dcat:accessURL": {"@id": address},
            "dcat:downloadURL": {"@id": f"{address}?{at}"},
            "dcat:mediaType": MEDIA_TYPES[name],
        }


def _modified(modified: datetime | None) -> Node:
    if modified is None:
        return {}
    return {"dct:modified": {"@value": modified.isoformat(), "@type": "xsd:dateTime"}}


def _words(name: str) -> list[Node]:
    """Return a word in both languages."""
    message = word(name)
    return [
        {"@value": message.render(CATALOGUES["vi"]), "@language": "vi"},
        {"@value": str(message), "@language": "en"},
    ]
