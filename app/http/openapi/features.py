"""Maps in the OpenAPI document: collections of features (RFC 7946).

The properties of a feature are the columns of the same table, and each has the schema that the
member of that path has in an answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.digest import JsonObject
from app.core.vocabulary import SubjectType
from app.exports.formats import GEOJSON
from app.exports.maps import property_names
from app.exports.rollups import MAP_PROPERTIES
from app.exports.tables import TABLES

_NULL = {"type": "null"}
_SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class _Map:
    """A map that can be exported: what a feature is called, and where its properties stand."""

    path: str
    name: str
    like: str
    properties: Iterable[str]
    what: str


_MAPS = (
    _Map(
        "/v1/sites.geojson",
        "Site",
        "Site",
        property_names(TABLES[SubjectType.site]),
        "A site where it is, or at the point of its commune.",
    ),
    _Map(
        "/v1/rollups.geojson",
        "Rollup",
        "GroupRollup",
        MAP_PROPERTIES,
        "The figures of a province for one kind of site, with its outline.",
    ),
)


def describe_features(document: JsonObject) -> None:
    """Describe the answers of maps: as objects, not as files of any bytes."""
    schemas = document["components"]["schemas"]
    _name_geometries(schemas)
    for each in _MAPS:
        schemas |= _schemas(each, schemas)
        content = document["paths"][each.path]["get"]["responses"]["200"]["content"]
        content[GEOJSON.media_type]["schema"] = _named(f"{each.name}FeatureCollection")
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _name_geometries(schemas: JsonObject) -> None:
    """Give the choice of geometries a name: of one without, some generators make no type."""
    members = [schema.get("properties", {}).get("geometry") for schema in schemas.values()]
    found = [member for member in members if member and "oneOf" in member["anyOf"][0]]
    described = {"title": "Geometry", "description": "A GeoJSON geometry: where a site is."}
    schemas["Geometry"] = found[0]["anyOf"][0] | described
    for member in found:
        member["anyOf"] = [_named("Geometry"), _NULL]


def _schemas(each: _Map, schemas: JsonObject) -> JsonObject:
    name, like = each.name, _named(each.like)
    properties = {path: _nullable(_at(path, like, schemas)) for path in each.properties}
    feature = {
        "type": {"type": "string", "const": "Feature", "title": "Type"},
        "id": {"type": "string", "title": "Id"},
        "geometry": {"anyOf": [_named("Geometry"), _NULL], "title": "Geometry"},
        "properties": _named(f"{name}FeatureProperties"),
    }
    collection = {
        "type": {"type": "string", "const": "FeatureCollection", "title": "Type"},
        "as_of": {"type": "string", "format": "date", "title": "As Of"},
        "revision": {"type": "integer", "format": "int64", "title": "Revision"},
        "boundaries": _named("Boundaries"),
        "licence": {
            "type": "string",
            "format": "uri",
            "title": "Licence",
            "description": "The address of the licence of the data.",
        },
        "features": {"type": "array", "items": _named(f"{name}Feature"), "title": "Features"},
    }
    sometimes = {
        "notes": {"type": "string", "title": "Notes", "description": "What to know of the map."},
        "bbox": {
            "type": "array",
            "items": {"type": "number", "format": "double"},
            "minItems": 4,
            "maxItems": 4,
            "title": "Bbox",
            "description": "West, south, east and north; absent where no feature has a place.",
        },
    }
    return {
        f"{name}FeatureProperties": _object(
            f"{name}FeatureProperties", "Columns of the table of the same name.", properties
        ),
        f"{name}Feature": _object(f"{name}Feature", each.what, feature),
        f"{name}FeatureCollection": _object(
            f"{name}FeatureCollection", "A feature collection (RFC 7946).", collection, sometimes
        ),
    }


def _object(
    title: str, description: str, always: JsonObject, sometimes: JsonObject | None = None
) -> JsonObject:
    return {
        "type": "object",
        "properties": always | (sometimes or {}),
        "required": list(always),
        "title": title,
        "description": description,
    }


def _named(name: str) -> JsonObject:
    return {"$ref": f"{_SCHEMAS}{name}"}


def _at(path: str, schema: JsonObject, schemas: JsonObject) -> JsonObject:
    """Return the schema of the member at a path; a label is no member of any answer."""
    if path == "label":
        return {"type": "string", "title": "Label", "description": "What to write on the map."}
    for name in path.split("."):
        (reference,) = (one["$ref"] for one in _choices(schema) if "$ref" in one)
        schema = schemas[reference.removeprefix(_SCHEMAS)]["properties"][name]
    return schema


def _choices(schema: JsonObject) -> list[JsonObject]:
    choices: list[JsonObject] = schema.get("anyOf", [schema])
    return choices


def _nullable(schema: JsonObject) -> JsonObject:
    """Return a schema that also takes null: not every row has every column."""
    if _NULL in _choices(schema):
        return schema
    beside: JsonObject = {n: schema[n] for n in ("title", "description") if n in schema}
    rest = {name: value for name, value in schema.items() if name not in {*beside, "default"}}
    return {"anyOf": [rest, _NULL], **beside}
