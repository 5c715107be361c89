"""Charts that stand on their own: SVG documents with the stylesheet of charts inside.

In a page the stylesheet is a file; a picture in another page can load none. A policy with the
digest of the stylesheet allows it and nothing else.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

import svg

from app.pages.charts import drawing
from app.pages.charts.drawing import Chart

_STYLES = Path(__file__).resolve().parents[1] / "static" / "charts.css"
_HEAD, _FOOT = 24, 24
_END = "</svg>"


@cache
def _styles() -> str:
    return _STYLES.read_text(encoding="utf-8")


@cache
def policy() -> str:
    """Return the Content-Security-Policy of a chart that stands on its own."""
    digest = b64encode(sha256(_styles().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'"


def document(chart: Chart, source: str) -> str:
    """Return a chart as an SVG document with its title above it and where it is from below."""
    width, height = chart.size
    elements: list[svg.Element] = [
        svg.Style(text=_styles()),
        drawing.text(0, 14, drawing.shortened(chart.title, width), "title"),
        drawing.text(0, _HEAD + height + 16, drawing.shortened(source, width), "tick"),
    ]
    inner = str(chart.drawing).replace("<svg ", f'<svg y="{_HEAD}" ', 1)
    size = (width, _HEAD + height + _FOOT)
    whole = str(drawing.drawn(size, elements, title=chart.title, described=source))
    return f"{whole.removesuffix(_END)}{inner}{_END}"
