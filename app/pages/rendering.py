"""Rendering templates: one Jinja environment for each language, with what templates may call."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.pages.addresses import address
from app.pages.charts.bars import share_bar, stage_bar
from app.pages.filters import filter_text
from app.pages.linked_data import dataset
from app.pages.speech import Speech
from app.pages.static_files import static
from app.pages.values import day_of

_LOCAL = re.compile(r'( (?:href|src|action|formaction|data-choices)=")/(?!/)')
_TEMPLATES = Path(__file__).resolve().parent / "templates"

NAVIGATION = (
    ("/", "home"),
    ("/map", "map"),
    ("/sites", "sites"),
    ("/findings", "findings"),
    ("/changes", "changes"),
    ("/compare", "compare"),
)
"""The pages that every page leads to, with their names in ``words/layout.py``."""
LISTS = ("/country", "/projects", "/organizations", "/sources")
"""Pages of a whole that are not among them."""


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    speech = Speech(language)
    environment.globals |= {
        "lang": language,
        "t": speech.text,
        "number": speech.number,
        "signed": speech.signed,
        "day": speech.day,
        "instant": speech.instant,
        "either": speech.either,
        "label": speech.label,
        "codes": speech.codes,
        "partial_date": speech.partial_date,
        "period": speech.period,
        "unit": speech.unit_of,
        "unit_of_difference": speech.unit_of_difference,
        "sentence": speech.sentence,
        "attribute": speech.attribute,
        "value": speech.value,
        "share_bar": partial(share_bar, speech=speech),
        "stage_bar": partial(stage_bar, speech=speech),
        "filter_text": partial(filter_text, speech=speech),
        "dataset": dataset,
        "navigation": NAVIGATION,
        "rule": speech.rule,
        "static": static,
        "address": address,
    }
    environment.filters["day_before"] = lambda day: day - timedelta(days=1)
    environment.filters["as_day"] = day_of
    environment.tests["web_address"] = _is_web_address
    return environment


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def render(language: str, template: str, context: Mapping[str, object], root: str = "") -> str:
    """Return a template as HTML; what it is given never becomes markup.

    Addresses of the service get ``root`` in front, the path below which a proxy serves it.
    """
    html = _environment(language).get_template(template).render(context)
    # In texts quotation marks are escaped, so this is found in tags alone.
    return _LOCAL.sub(rf"\1{root}/", html) if root else html
