"""Colours of charts: words can be read on what they stand on, in light and in dark."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from app import pages

STYLES = (Path(pages.__file__).parent / "static" / "charts.css").read_text(encoding="utf-8")
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z0-9-]+): light-dark\((#\w+), (#\w+)\)", STYLES)
}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("c-ink", "c-paper"),
        ("c-soft", "c-paper"),
        *(("on-light", f"l-{level}") for level in (1, 2, 3)),
        *(("on-dark", f"l-{level}") for level in (4, 5, 6)),
        ("on-dark", "l-ended"),
    ],
)
def test_words_can_be_read(words: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[words][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("line", ["c-1", "c-2", "c-3", "c-4"])
def test_lines_can_be_seen(line: str, theme: int) -> None:
    assert contrast(COLOURS[line][theme], COLOURS["c-paper"][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1])
def test_levels_run_from_the_paper_to_the_ink(theme: int) -> None:
    distances = [contrast(COLOURS[f"l-{n}"][theme], COLOURS["c-paper"][theme]) for n in range(1, 7)]
    assert distances == sorted(distances)
    assert all(after / before > 1.2 for before, after in pairwise(distances))
