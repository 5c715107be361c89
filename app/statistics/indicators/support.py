"""The indicators of support for industry, and of those who get it."""

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, PriceBase
from app.statistics.indicators.indicator import Indicator


def _number(code: str, name_vi: str, name_en: str, meaning: str, adds_up: AddsUp) -> Indicator:
    return Indicator(
        f"{code}_count", None, UnitOfMeasure.number, name_vi, name_en, meaning, adds_up
    )


def _money(code: str, name_vi: str, name_en: str, meaning: str) -> Indicator:
    """Make an indicator of money spent or promised, which is never recounted at other prices."""
    return Indicator(
        code,
        None,
        UnitOfMeasure.billion_vnd,
        name_vi,
        name_en,
        meaning,
        AddsUp.flow,
        price_base=PriceBase.current,
    )


SUPPORT_INDICATORS: tuple[Indicator, ...] = (
    _number(
        "industrial_promotion_projects",
        "Số đề án khuyến công",
        "Number of industrial promotion projects",
        "How many projects industrial promotion (khuyến công) supported in the period.",
        AddsUp.flow,
    ),
    _money(
        "industrial_promotion_budget",
        "Kinh phí khuyến công",
        "Budget of industrial promotion",
        "What industrial promotion (khuyến công) paid for its projects in the period.",
    ),
    _number(
        "hitech_cooperatives_supported",
        "Số hợp tác xã được hỗ trợ ứng dụng công nghệ cao",
        "Number of cooperatives supported in high technology",
        "How many cooperatives were supported in the period to apply high technology.",
        AddsUp.flow,
    ),
    _money(
        "hitech_cooperatives_budget",
        "Kinh phí hỗ trợ hợp tác xã ứng dụng công nghệ cao",
        "Budget of support for cooperatives in high technology",
        "What supporting cooperatives in high technology cost in the period.",
    ),
    _number(
        "mineral_area_resolutions",
        "Số nghị quyết về khu vực khoáng sản",
        "Number of resolutions on mineral areas",
        "How many resolutions the people's council passed in the period on areas of minerals.",
        AddsUp.flow,
    ),
    _number(
        "mineral_areas_planned",
        "Số khu vực khoáng sản bổ sung vào quy hoạch",
        "Number of mineral areas added to the plan",
        "How many areas of minerals were added to the plan in the period.",
        AddsUp.flow,
    ),
    _number(
        "licensed_industrial_projects",
        "Số dự án công nghiệp được cấp phép",
        "Number of licensed industrial projects",
        "How many industrial projects were licensed in the period.",
        AddsUp.flow,
    ),
    _money(
        "licensed_registered_capital",
        "Vốn đăng ký của các dự án công nghiệp được cấp phép",
        "Registered capital of licensed industrial projects",
        "The capital that the industrial projects licensed in the period registered.",
    ),
    _number(
        "industry_cooperative_unions",
        "Số liên hiệp hợp tác xã công nghiệp, tiểu thủ công nghiệp",
        "Number of cooperative unions in industry",
        "How many unions of cooperatives there are in industry and crafts.",
        AddsUp.stock,
    ),
    _number(
        "industry_cooperatives",
        "Số hợp tác xã công nghiệp, tiểu thủ công nghiệp",
        "Number of cooperatives in industry",
        "How many cooperatives there are in industry and crafts.",
        AddsUp.stock,
    ),
    _number(
        "ocop_industry_products",
        "Số sản phẩm OCOP công nghiệp, tiểu thủ công nghiệp",
        "Number of OCOP products of industry",
        "How many products of industry and crafts hold the mark One Commune One Product (OCOP).",
        AddsUp.stock,
    ),
)
