"""Charts that stand on their own: SVG documents with the stylesheet of charts inside.

In a page the stylesheet is a file; a picture in another page can load none. A policy with the
digest of the stylesheet allows it and nothing else.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from textwrap import wrap

import svg

from app.pages.charts import drawing
from app.pages.charts.drawing import Chart

_STYLES = Path(__file__).resolve().parents[1] / "static" / "charts.css"
_MARGIN, _LINE = 12, 18
_TITLE_LETTER = 8.4
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
    heads = wrap(chart.title, int(width // _TITLE_LETTER))
    feet = wrap(f"{chart.note} {source}".lstrip(), int(width // drawing.LETTER))
    top = _MARGIN + len(heads) * _LINE
    bottom = top + height + _LINE
    elements: list[svg.Element] = [
        svg.Style(text=_styles()),
        *_lines(heads, _MARGIN + 12, "title"),
        *_lines(feet, bottom, "tick"),
    ]
    size = (width + 2 * _MARGIN, bottom + len(feet) * _LINE)
    whole = str(drawing.drawn(size, elements, title=chart.title, described=source))
    inner = str(chart.drawing).replace("<svg ", f'<svg x="{_MARGIN}" y="{top}" ', 1)
    return f"{whole.removesuffix(_END)}{inner}{_END}"


def _lines(texts: Sequence[str], y: float, name: str) -> Iterator[svg.Element]:
    for number, words in enumerate(texts):
        yield drawing.text(_MARGIN, y + number * _LINE, words, name)
