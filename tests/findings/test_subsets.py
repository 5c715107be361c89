"""Sets of figures that add up to a total, against trying all of them."""

from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from app.findings.spans import Span, rounded
from app.findings.subsets import LARGEST_POOL, sets_that_add_to

# Huyền Tụng, Vằng Mười, Nam Bằng Lũng, Chu Hương, Quảng Chu, Cẩm Giàng, Thanh Thịnh
AREAS = [Decimal(area) for area in ("16", "15", "20", "18", "74.4", "43", "50")]
FIGURES = st.lists(st.integers(0, 12).map(Decimal), max_size=9)


def brute_force(total: Decimal, figures: list[Decimal], sizes: list[int]) -> list[tuple[int, ...]]:
    return sorted(
        places
        for size in sizes
        for places in combinations(range(len(figures)), size)
        if sum((figures[place] for place in places), Decimal()) == total
    )


@given(FIGURES, st.integers(0, 60).map(Decimal), st.integers(0, 9))
def test_sets_of_one_size(figures: list[Decimal], total: Decimal, size: int) -> None:
    sizes = [size] if size <= len(figures) else []
    assert sets_that_add_to(Span.exactly(total), figures, size, 1000) == brute_force(
        total, figures, sizes
    )


@given(FIGURES, st.integers(0, 60).map(Decimal))
def test_sets_of_any_size(figures: list[Decimal], total: Decimal) -> None:
    sizes = list(range(1, len(figures) + 1))
    assert sets_that_add_to(Span.exactly(total), figures, None, 1000) == brute_force(
        total, figures, sizes
    )


def test_six_clusters_of_seven() -> None:
    assert sets_that_add_to(Span.exactly(Decimal("186.4")), AREAS, 6, 4) == [(0, 1, 2, 3, 4, 5)]
    assert sets_that_add_to(Span.exactly(Decimal("186.4")), AREAS, 5, 4) == []


def test_no_more_sets_than_asked_for() -> None:
    ones = [Decimal(1)] * 6
    assert len(sets_that_add_to(Span.exactly(Decimal(3)), ones, None, 4)) == 4


def test_too_many_figures_are_not_searched() -> None:
    ones = [Decimal(1)] * LARGEST_POOL
    assert sets_that_add_to(Span.exactly(Decimal(LARGEST_POOL)), ones, None, 4) == [
        tuple(range(LARGEST_POOL))
    ]
    assert sets_that_add_to(Span.exactly(Decimal(1)), [*ones, Decimal(1)], None, 4) == []


def test_a_total_within_its_rounding() -> None:
    # 15.12 + 20.11 + 25.15 = 60.38, and 60.35 to 60.45 is written 60.4.
    figures = [Decimal(figure) for figure in ("15.12", "20.11", "25.15", "30")]
    assert sets_that_add_to(rounded(Decimal("60.4")), figures, None, 4) == [(0, 1, 2)]
    assert sets_that_add_to(rounded(Decimal("60.5")), figures, None, 4) == []
