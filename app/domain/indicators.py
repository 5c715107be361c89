"""The indicators of a province: what documents state of its zones and clusters as a whole.

The code of an indicator says the kind of site, what is counted and the unit. Where the register
can compute the same figure from its sites, the indicator names that ``Counterpart``.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.stage import ESTABLISHED, IN_PROGRESS
from app.domain.vocabulary import ConstructionStatus, SiteKind, Stage


class Unit(StrEnum):
    """The unit of an indicator's value."""

    number = "count"
    hectares = "ha"
    percent = "pct"


class Measure(StrEnum):
    """What the computed counterpart of an indicator is made of."""

    number = "count"
    area = "area"
    leased = "leased"
    industrial_land = "industrial_land"
    occupancy = "occupancy"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What is computed, and over which sites: those whose ``track`` is among ``codes``.

    An empty ``track`` takes in every site that is not closed.
    """

    measure: Measure
    track: str = ""
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its code, the kind of site it is about (``None`` for all), unit and names."""

    code: str
    kind: SiteKind | None
    unit: Unit
    name_vi: str
    name_en: str
    counterpart: Counterpart | None = None


_KIND_NAMES = {
    SiteKind.zone: ("khu công nghiệp", "industrial zones"),
    SiteKind.cluster: ("cụm công nghiệp", "industrial clusters"),
}
_GROUPS: tuple[tuple[str, str, str, str, frozenset[str]], ...] = (
    ("", "", "", "", frozenset()),
    ("established_", " đã thành lập", " established", "legal_status", frozenset(ESTABLISHED)),
    ("in_progress_", " đang triển khai", " in progress", "stage", frozenset(IN_PROGRESS)),
    ("operating_", " đang hoạt động", " in operation", "stage", frozenset({Stage.operating})),
    (
        "infrastructure_completed_",
        " hoàn thành hạ tầng",
        " with completed infrastructure",
        "construction_status",
        frozenset({ConstructionStatus.completed}),
    ),
)


def planned_count_code(kind: SiteKind) -> str:
    """Return the code of the indicator that states how many sites a province plan has."""
    return f"{kind}_planned_count"


def planned_area_code(kind: SiteKind) -> str:
    """Return the code of the indicator that states how many hectares a province plan has."""
    return f"{kind}_planned_area_ha"


def _grouped(kind: SiteKind) -> list[Indicator]:
    vi, en = _KIND_NAMES[kind]
    return [
        indicator
        for part, vi_part, en_part, track, codes in _GROUPS
        for indicator in (
            Indicator(
                f"{kind}_{part}count",
                kind,
                Unit.number,
                f"Số {vi}{vi_part}",
                f"Number of {en}{en_part}",
                Counterpart(Measure.number, track, codes),
            ),
            Indicator(
                f"{kind}_{part}area_ha",
                kind,
                Unit.hectares,
                f"Diện tích {vi}{vi_part}",
                f"Area of {en}{en_part}",
                Counterpart(Measure.area, track, codes),
            ),
        )
    ]


def _of_kind(kind: SiteKind) -> list[Indicator]:
    vi, en = _KIND_NAMES[kind]
    return [
        *_grouped(kind),
        Indicator(
            planned_count_code(kind),
            kind,
            Unit.number,
            f"Số {vi} quy hoạch",
            f"Number of planned {en}",
        ),
        Indicator(
            planned_area_code(kind),
            kind,
            Unit.hectares,
            f"Diện tích {vi} quy hoạch",
            f"Area of planned {en}",
        ),
        Indicator(
            f"{kind}_seeking_planning_count",
            kind,
            Unit.number,
            f"Số {vi} kêu gọi tài trợ quy hoạch",
            f"Number of {en} seeking sponsors for their planning",
        ),
        Indicator(
            f"{kind}_industrial_land_ha",
            kind,
            Unit.hectares,
            f"Đất công nghiệp trong {vi}",
            f"Industrial land of {en}",
            Counterpart(Measure.industrial_land),
        ),
        Indicator(
            f"{kind}_leased_ha",
            kind,
            Unit.hectares,
            f"Diện tích đã cho thuê trong {vi}",
            f"Leased land of {en}",
            Counterpart(Measure.leased),
        ),
        Indicator(
            f"{kind}_occupancy_pct",
            kind,
            Unit.percent,
            f"Tỷ lệ lấp đầy {vi}",
            f"Occupancy of {en}",
            Counterpart(Measure.occupancy),
        ),
    ]


INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        *_of_kind(SiteKind.zone),
        *_of_kind(SiteKind.cluster),
        Indicator(
            "zone_and_cluster_land_ha",
            None,
            Unit.hectares,
            "Quỹ đất phát triển khu, cụm công nghiệp",
            "Land set aside for zones and clusters",
        ),
    )
}
"""The catalogue, by code."""
