"""The ratios as a chart: a bar for each task, and a mark where the target lies."""

from collections.abc import Iterator, Sequence
from html import escape

import svg

from benchmarks.measuring import Line

_WIDTH, _ROW, _TOP = 760, 22, 34
_LABELS, _BARS = 300, 380
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1b2024 }
.title { font-weight: 600; font-size: 14px }
.track { fill: #e4e8ea } .bar { fill: #0b5f6b } .other { fill: #8a5a00 } .target { stroke: #b00020 }
@media (prefers-color-scheme: dark) {
  text { fill: #e8ecee } .track { fill: #2a3034 } .bar { fill: #6cc6d2 } .other { fill: #e0b050 }
  .target { stroke: #ff8a80 }
}
"""


def chart(kind: str, name: str, lines: Sequence[Line]) -> str:
    """Draw the ratios of one database to the bare application, which has 1."""
    drawn: list[svg.Element] = [
        svg.Style(text=_STYLE),
        svg.Title(text=f"Ratios to an application of one route, {name}"),
        svg.Text(
            x=0, y=18, class_=["title"], text=f"{name}: ratio to bare; the mark is the target"
        ),
        *(part for row, line in enumerate(lines) for part in _row(kind, line, _TOP + row * _ROW)),
    ]
    size = _TOP + len(lines) * _ROW
    return svg.SVG(viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, size), elements=drawn).as_str()


def _row(kind: str, line: Line, y: int) -> Iterator[svg.Element]:
    other = line.task.name.startswith(("Datasette", "tipg"))
    length = min(line.ratio, 1) * _BARS
    yield svg.Text(x=0, y=y + 12, text=escape(line.task.name))
    yield svg.Rect(x=_LABELS, y=y, width=_BARS, height=14, class_=["track"])
    bar = "other" if other else "bar"
    yield svg.Rect(x=_LABELS, y=y, width=round(length, 1), height=14, class_=[bar])
    yield svg.Text(x=_LABELS + _BARS + 8, y=y + 12, text=f"{line.ratio:.3f}")
    if kind in line.task.targets:
        x = _LABELS + line.task.targets[kind] * _BARS
        yield svg.Line(x1=x, x2=x, y1=y - 2, y2=y + 16, stroke_width=2, class_=["target"])
