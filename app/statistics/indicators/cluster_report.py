"""The indicators of the report on clusters (Thông tư 14/2024/TT-BCT, forms 03 and 04).

Those that the register has for zones as well are in ``sites.py``. What the report counts in its
period is a flow; all else is cumulative to its last day.
"""

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, PriceBase, SiteKind
from app.statistics.indicators.indicator import Indicator

_ESTABLISHMENT = "establishment"
# The code's part, the two names' parts, and which clusters are taken in.
_GROUPS: tuple[tuple[str, str, str, str], ...] = (
    (
        "established_in_period",
        "đã thành lập trong kỳ",
        "established in the period",
        "whose decision of establishment is of the period",
    ),
    (
        "enterprise",
        "do doanh nghiệp làm chủ đầu tư hạ tầng",
        "developed by enterprises",
        "whose infrastructure an enterprise invests in, not a public body",
    ),
    (
        "detailed_plan",
        "đã được phê duyệt quy hoạch chi tiết",
        "with an approved detailed plan",
        "whose detailed plan (1/500) is approved",
    ),
    (
        "infrastructure_project",
        "đã được phê duyệt dự án đầu tư hạ tầng",
        "with an approved infrastructure project",
        "whose project of building the infrastructure is approved",
    ),
    (
        "operating_established",
        "hoạt động đã thành lập",
        "in operation that are established",
        "that operate and are established by decision",
    ),
    (
        "operating_not_established",
        "hoạt động nhưng chưa thành lập",
        "in operation that are not established",
        "that operate and were never established by decision",
    ),
    (
        "operating_craft",
        "làng nghề đã hoạt động",
        "of craft villages in operation",
        "that operate and were made for craft villages",
    ),
    (
        "operating_specialised",
        "chuyên ngành đã hoạt động",
        "of one industry in operation",
        "that operate and have 60 % of their industrial land or more in one industry",
    ),
)
_PARTS = ("operating_established", "operating_not_established")
"""What clusters in operation are the sum of; the other groups overlap."""
_SOME_OF = {
    "enterprise": "established",
    "operating_craft": "operating",
    "operating_specialised": "operating",
}
"""The groups whose clusters are all of another group."""


def _grouped() -> list[Indicator]:
    return [
        Indicator(
            f"cluster_{group}_{measured}",
            SiteKind.cluster,
            unit,
            f"{vi} cụm công nghiệp {which_vi}",
            f"{en} industrial clusters {which_en}",
            f"{meaning} {which}.",
            AddsUp.flow if group == "established_in_period" else AddsUp.stock,
            part_of=f"cluster_operating_{measured}" if group in _PARTS else None,
            part_group=_ESTABLISHMENT if group in _PARTS else "",
            some_of=f"cluster_{_SOME_OF[group]}_{measured}" if group in _SOME_OF else None,
        )
        for group, which_vi, which_en, which in _GROUPS
        for measured, unit, vi, en, meaning in (
            ("count", UnitOfMeasure.number, "Số", "Number of", "How many clusters there are"),
            ("area_ha", UnitOfMeasure.hectares, "Diện tích", "Area of", "The area of the clusters"),
        )
    ]


def _number(
    code: str, name_vi: str, name_en: str, meaning: str, some_of: str | None = None
) -> Indicator:
    return Indicator(
        f"cluster_{code}_count",
        SiteKind.cluster,
        UnitOfMeasure.number,
        name_vi,
        name_en,
        meaning,
        AddsUp.stock,
        some_of=some_of,
    )


def _money(
    code: str,
    name_vi: str,
    name_en: str,
    meaning: str,
    adds_up: AddsUp,
    some_of: str | None = None,
) -> Indicator:
    """Make an indicator of money as it was spent or earned, at the prices of the time."""
    return Indicator(
        f"cluster_{code}",
        SiteKind.cluster,
        UnitOfMeasure.billion_vnd,
        name_vi,
        name_en,
        meaning,
        adds_up,
        price_base=PriceBase.current,
        some_of=some_of,
    )


CLUSTER_REPORT_INDICATORS: tuple[Indicator, ...] = (
    *_grouped(),
    _money(
        "infrastructure_approved_capital",
        "Vốn đầu tư hạ tầng cụm công nghiệp được phê duyệt",
        "Approved capital for the infrastructure of industrial clusters",
        "What the approved projects of building the infrastructure of clusters cost in all.",
        AddsUp.stock,
    ),
    _money(
        "infrastructure_paid_capital",
        "Vốn đầu tư hạ tầng cụm công nghiệp đã thanh toán",
        "Paid capital for the infrastructure of industrial clusters",
        "What was paid so far for building the infrastructure of clusters.",
        AddsUp.stock,
        "cluster_infrastructure_approved_capital",
    ),
    _number(
        "tenants",
        "Số dự án đầu tư sản xuất kinh doanh trong cụm công nghiệp",
        "Number of tenants of industrial clusters",
        "How many projects of production and business have invested in clusters.",
    ),
    _number(
        "tenants_foreign",
        "Số dự án có vốn đầu tư nước ngoài trong cụm công nghiệp",
        "Number of tenants of industrial clusters with foreign capital",
        "How many of the tenants of clusters have foreign capital.",
        "cluster_tenants_count",
    ),
    _number(
        "tenants_operating",
        "Số dự án đang hoạt động trong cụm công nghiệp",
        "Number of tenants of industrial clusters in operation",
        "How many of the tenants of clusters operate.",
        "cluster_tenants_count",
    ),
    _money(
        "revenue",
        "Doanh thu của các dự án trong cụm công nghiệp",
        "Revenue of the tenants of industrial clusters",
        "What the tenants of clusters earned in the period.",
        AddsUp.flow,
    ),
    _money(
        "budget_contribution",
        "Nộp ngân sách nhà nước của các dự án trong cụm công nghiệp",
        "Contribution of the tenants of industrial clusters to the state budget",
        "What the tenants of clusters paid into the state budget in the period.",
        AddsUp.flow,
    ),
    _number(
        "workers",
        "Số lao động trong cụm công nghiệp",
        "Number of workers in industrial clusters",
        "How many people work in clusters under a labour contract.",
    ),
    _number(
        "wastewater_built",
        "Số cụm công nghiệp đã và đang đầu tư xử lý nước thải tập trung",
        "Number of industrial clusters that have or build central wastewater treatment",
        "How many clusters have built, or are building, central treatment of wastewater.",
    ),
    _number(
        "wastewater_compliant",
        "Số cụm công nghiệp có xử lý nước thải tập trung đạt tiêu chuẩn",
        "Number of industrial clusters with compliant central wastewater treatment",
        "How many clusters have central treatment of wastewater that meets the standard.",
        "cluster_wastewater_built_count",
    ),
)
