"""The indicators of zones and clusters: how many, how large, how full."""

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, ConstructionStatus, SiteKind, Stage
from app.statistics.indicators.indicator import Counterpart, Indicator, Measure
from app.subjects.derived import ESTABLISHED, IN_PROGRESS

_KIND_NAMES = {
    SiteKind.zone: ("khu công nghiệp", "industrial zones"),
    SiteKind.cluster: ("cụm công nghiệp", "industrial clusters"),
}
# The code's part, the two names' parts, which sites are taken in, and the same in a sentence.
_GROUPS: tuple[tuple[str, str, str, str, frozenset[str], str], ...] = (
    ("", "", "", "", frozenset(), "that are neither closed nor removed from the plan"),
    (
        "established_",
        " đã thành lập",
        " established",
        "legal_status",
        frozenset(ESTABLISHED),
        "established by decision, whatever became of them since",
    ),
    (
        "in_progress_",
        " đang triển khai",
        " in progress",
        "stage",
        frozenset(IN_PROGRESS),
        "from their establishment until they operate",
    ),
    (
        "operating_",
        " đang hoạt động",
        " in operation",
        "stage",
        frozenset({Stage.operating}),
        "in which plants produce or are on trial",
    ),
    (
        "infrastructure_completed_",
        " hoàn thành hạ tầng",
        " with completed infrastructure",
        "construction_status",
        frozenset({ConstructionStatus.completed}),
        "whose technical infrastructure is built",
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
        for part, vi_part, en_part, track, codes, which in _GROUPS
        for indicator in (
            Indicator(
                f"{kind}_{part}count",
                kind,
                UnitOfMeasure.number,
                f"Số {vi}{vi_part}",
                f"Number of {en}{en_part}",
                f"How many {en} there are {which}.",
                AddsUp.stock,
                Counterpart(Measure.number, track, codes),
            ),
            Indicator(
                f"{kind}_{part}area_ha",
                kind,
                UnitOfMeasure.hectares,
                f"Diện tích {vi}{vi_part}",
                f"Area of {en}{en_part}",
                f"The whole area of the {en} {which}.",
                AddsUp.stock,
                Counterpart(Measure.area, track, codes),
            ),
        )
    ]


def _planned(kind: SiteKind) -> list[Indicator]:
    vi, en = _KIND_NAMES[kind]
    return [
        Indicator(
            planned_count_code(kind),
            kind,
            UnitOfMeasure.number,
            f"Số {vi} quy hoạch",
            f"Number of planned {en}",
            f"How many {en} the province plan has by the end of its period.",
            AddsUp.stock,
            is_planned=True,
        ),
        Indicator(
            planned_area_code(kind),
            kind,
            UnitOfMeasure.hectares,
            f"Diện tích {vi} quy hoạch",
            f"Area of planned {en}",
            f"The area of all {en} in the province plan by the end of its period.",
            AddsUp.stock,
            is_planned=True,
        ),
        Indicator(
            f"{kind}_seeking_planning_count",
            kind,
            UnitOfMeasure.number,
            f"Số {vi} kêu gọi tài trợ quy hoạch",
            f"Number of {en} seeking sponsors for their planning",
            f"For how many {en}, new ones and extensions, someone is sought to pay the planning.",
            AddsUp.stock,
        ),
    ]


def _land(kind: SiteKind) -> list[Indicator]:
    vi, en = _KIND_NAMES[kind]
    return [
        Indicator(
            f"{kind}_industrial_land_ha",
            kind,
            UnitOfMeasure.hectares,
            f"Đất công nghiệp trong {vi}",
            f"Industrial land of {en}",
            f"The land inside {en} that is meant for plants, without roads, green and services.",
            AddsUp.stock,
            Counterpart(Measure.industrial_land),
        ),
        Indicator(
            f"{kind}_leased_ha",
            kind,
            UnitOfMeasure.hectares,
            f"Diện tích đã cho thuê trong {vi}",
            f"Leased land of {en}",
            f"The land inside {en} that is leased or handed to tenants.",
            AddsUp.stock,
            Counterpart(Measure.leased),
        ),
        Indicator(
            f"{kind}_occupancy_pct",
            kind,
            UnitOfMeasure.percent,
            f"Tỷ lệ lấp đầy {vi}",
            f"Occupancy of {en}",
            f"Leased over leasable land of all {en}; what is leasable follows the legal "
            "definition of the day.",
            AddsUp.ratio,
            Counterpart(Measure.occupancy),
        ),
    ]


SITE_INDICATORS: tuple[Indicator, ...] = (
    *(i for kind in _KIND_NAMES for i in (*_grouped(kind), *_planned(kind), *_land(kind))),
    Indicator(
        "zone_and_cluster_land_ha",
        None,
        UnitOfMeasure.hectares,
        "Quỹ đất phát triển khu, cụm công nghiệp",
        "Land set aside for zones and clusters",
        "The land that plans keep for zones and clusters, established or not.",
        AddsUp.stock,
    ),
)
