"""Drawings: the elements that charts are made of, and the only place where words become markup.

``svg.py`` writes elements as they are given. So words go through ``_words`` here, which escapes
them, and no other module writes text into a drawing, which a test holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import svg
from markupsafe import Markup, escape

LETTER = 6.6
"""The width of a letter of the smaller size, in pixels: about so much in most fonts."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a drawing shows, in words: for those who cannot see it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its width and height, and the table that says the same."""

    title: str
    drawing: Markup
    table: Table
    size: tuple[float, float]
    note: str = ""
    """What is to be said below it."""


def _words(text: str) -> str:
    return str(escape(text))


def text(x: float, y: float, words: str, *names: str) -> svg.Text:
    """Draw words; names are classes, among them ``start``, ``middle`` and ``end``."""
    return svg.Text(x=x, y=y, text=_words(words), class_=list(names) or None)


def line(x1: float, y1: float, x2: float, y2: float, *names: str) -> svg.Line:
    """Draw a straight line."""
    return svg.Line(x1=x1, y1=y1, x2=x2, y2=y2, class_=list(names) or None)


def box(x: float, y: float, size: tuple[float, float], *names: str, says: str = "") -> svg.Rect:
    """Draw a box of a width and height; ``says`` is shown when it is pointed at."""
    width, height = (round(max(length, 0), 1) for length in size)
    told: list[svg.Element] | None = [svg.Title(text=_words(says))] if says else None
    return svg.Rect(x=x, y=y, width=width, height=height, class_=list(names), elements=told)


def dot(x: float, y: float, radius: float, *names: str) -> svg.Circle:
    """Draw a dot."""
    return svg.Circle(cx=x, cy=y, r=radius, class_=list(names))


def path(commands: Sequence[svg.PathData], *names: str) -> svg.Path:
    """Draw a path."""
    return svg.Path(d=list(commands), class_=list(names))


def drawn(
    size: tuple[float, float],
    elements: Iterable[svg.Element],
    *names: str,
    title: str,
    described: str = "",
) -> Markup:
    """Return a drawing with its name and description, by which it is read out.

    It is as wide as there is room, and never wider than its size.
    """
    width, height = size
    said: list[svg.Element] = [svg.Title(text=_words(title))]
    if described:
        said.append(svg.Desc(text=_words(described)))
    whole = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, width, height),
        width=width,
        height=height,
        class_=["chart", *names],
        extra={"role": "img"},
        elements=[*said, *elements],
    )
    return Markup(str(whole))  # noqa: S704 (the words in it went through _words)


def chart(
    title: str,
    size: tuple[float, float],
    elements: Iterable[svg.Element],
    table: Table,
    *names: str,
    described: str = "",
) -> Chart:
    """Return a drawing with the table that says the same."""
    drawing = drawn(size, elements, *names, title=title, described=described)
    return Chart(title, drawing, table, size)


def fits(words: str, width: float) -> bool:
    """Return whether words have room in a width."""
    return len(words) * LETTER <= width


def width_of(words: str) -> float:
    """Return about how wide words are."""
    return len(words) * LETTER


def shortened(words: str, width: float) -> str:
    """Return words cut to a width, with an ellipsis."""
    room = int(width // LETTER)
    return words if len(words) <= room else f"{words[: max(room - 1, 0)].rstrip()}…"
