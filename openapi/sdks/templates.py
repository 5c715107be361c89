"""The templates of openapi-generator with what they lack."""

from pathlib import Path

from openapi.sdks.tools import FailedError, Workplace

_CODE = "    {{{name}}},\n{{/enumVars}}{{/allowableValues}}"
_MENDED = {
    "rust": {
        "model.mustache": {
            # A statement keeps the member that says its kind, so the members tell the kinds apart.
            '#[serde(tag = "{{{propertyBaseName}}}")]': "#[serde(untagged)]",
            # Codes that were added later are read as the last one, unknown_default_open_api.
            _CODE: "{{#-last}}    #[serde(other)]\n{{/-last}}" + _CODE,
        },
        "reqwest/api.mustache": {
            # Only the parameters that are wanted need to be named.
            "#[derive(Clone, Debug)]": "#[derive(Clone, Debug, Default)]",
            # A code in a form would be of models::models.
            "    }}{{^isString}}{{^isUuid}}{{^isPrimitiveType}}{{^isContainer}}models::": (
                "    }}{{^isString}}{{^isUuid}}{{^isPrimitiveType}}{{^isContainer}}"
                "{{^isFormParam}}models::{{/isFormParam}}"
            ),
            # A patch is of another media type than application/json.
            "    req_builder = req_builder.json(": (
                "    {{#consumes}}{{#-first}}req_builder = req_builder"
                '.header("Content-Type", "{{{mediaType}}}");{{/-first}}{{/consumes}}\n'
                "    req_builder = req_builder.json("
            ),
        },
    },
    "java": {
        "libraries/native/oneof_model.mustache": {
            # A choice is null where the member that has it may be null.
            'throw new JsonMappingException(ctxt.getParser(), "{{classname}} cannot be null");': (
                "return null;"
            ),
        },
    },
}
"""What is written otherwise in the templates of a generator: each stands there once."""


def mended_templates(place: Workplace, generator: str) -> Path:
    """Write the templates of a generator, mended, to a folder and return it."""
    folder = place.build / "templates"
    place.run(["openapi-generator-cli", "author", "template", "-g", generator, "-o", folder])
    for name, changes in _MENDED[generator].items():
        template = folder / name
        content = template.read_text(encoding="utf-8")
        for before, after in changes.items():
            if content.count(before) != 1:
                message = f"{name} of {generator} is not the template that is mended: {before}"
                raise FailedError(message)
            content = content.replace(before, after)
        template.write_text(content, encoding="utf-8")
    return folder
