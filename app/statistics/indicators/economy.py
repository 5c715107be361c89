"""The indicators of a province's economy: industrial output, growth, shares, trade.

Output and value added are as stated, at current or at constant prices; the growth of both is
published at constant prices, so that it leaves out what only became dearer.
"""

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, PriceBase
from app.statistics.indicators.indicator import Indicator

_OUTPUT = "industrial_output_value"
_VALUE_ADDED = "industrial_value_added"
_RETAIL = "retail_and_services_revenue"


def _sector(sector: str, name_vi: str, name_en: str, meaning: str) -> Indicator:
    return Indicator(
        f"industrial_output_{sector}_value",
        None,
        UnitOfMeasure.billion_vnd,
        f"Giá trị sản xuất ngành {name_vi}",
        f"Output value of {name_en}",
        meaning,
        AddsUp.flow,
        part_of=_OUTPUT,
        part_group="sector",
    )


def _growth(
    code: str, name_vi: str, name_en: str, meaning: str, growth_of: str | None = None
) -> Indicator:
    return Indicator(
        code,
        None,
        UnitOfMeasure.percent,
        name_vi,
        name_en,
        meaning,
        AddsUp.ratio,
        growth_of=growth_of,
        is_growth=True,
    )


def _share(code: str, name_vi: str, name_en: str, meaning: str) -> Indicator:
    return Indicator(code, None, UnitOfMeasure.percent, name_vi, name_en, meaning, AddsUp.ratio)


_OUTPUTS = (
    Indicator(
        _OUTPUT,
        None,
        UnitOfMeasure.billion_vnd,
        "Giá trị sản xuất công nghiệp",
        "Industrial output value",
        "The value of all that industry in the province produced in the period.",
        AddsUp.flow,
    ),
    _sector(
        "mining",
        "khai khoáng",
        "mining",
        "What mining and quarrying contributed to the industrial output value.",
    ),
    _sector(
        "processing",
        "công nghiệp chế biến, chế tạo",
        "processing and manufacturing",
        "What processing and manufacturing contributed to the industrial output value.",
    ),
    _sector(
        "electricity_gas",
        "sản xuất, phân phối điện, khí đốt",
        "electricity and gas",
        "What making and distributing electricity, gas and steam contributed to the industrial "
        "output value.",
    ),
    _sector(
        "water_waste",
        "cung cấp nước, xử lý rác thải, nước thải",
        "water supply and waste treatment",
        "What supplying water and treating waste contributed to the industrial output value.",
    ),
    Indicator(
        _VALUE_ADDED,
        None,
        UnitOfMeasure.billion_vnd,
        "Giá trị tăng thêm ngành công nghiệp",
        "Industrial value added",
        "The output value of industry less what it used up of the products of others.",
        AddsUp.flow,
    ),
)
_GROWTHS = (
    _growth(
        "industrial_output_growth_pct",
        "Tốc độ tăng giá trị sản xuất công nghiệp",
        "Growth of industrial output value",
        "By how much the industrial output value is above that of the year before.",
        growth_of=_OUTPUT,
    ),
    _growth(
        "industrial_value_added_growth_pct",
        "Tốc độ tăng giá trị tăng thêm ngành công nghiệp",
        "Growth of industrial value added",
        "By how much the value added of industry is above that of the year before.",
        growth_of=_VALUE_ADDED,
    ),
    _growth(
        "industry_growth_avg_pct",
        "Tốc độ tăng trưởng công nghiệp bình quân hằng năm",
        "Mean yearly growth of industry",
        "The mean growth a year of the industrial output value over the period.",
    ),
    _growth(
        "iip_growth_pct",
        "Mức tăng chỉ số sản xuất công nghiệp (IIP)",
        "Growth of the index of industrial production (IIP)",
        "By how much the index of industrial production, which measures quantities, is above that "
        "of the year before.",
    ),
    _growth(
        "iip_growth_avg_pct",
        "Mức tăng bình quân hằng năm của chỉ số sản xuất công nghiệp (IIP)",
        "Mean yearly growth of the index of industrial production (IIP)",
        "The mean growth a year of the index of industrial production over the period.",
    ),
    _growth(
        "industry_budget_revenue_growth_pct",
        "Tốc độ tăng thu ngân sách từ công nghiệp",
        "Growth of budget revenue from industry",
        "By how much more industry pays into the budget each year than in the year before.",
    ),
)
_SHARES = (
    _share(
        "mining_share_of_industry_pct",
        "Tỷ trọng khai khoáng trong công nghiệp",
        "Share of mining in industry",
        "How much of industry is mining, by whatever measure the source takes.",
    ),
    _share(
        "industry_share_of_grdp_pct",
        "Tỷ trọng công nghiệp trong GRDP",
        "Share of industry in the gross regional product",
        "How much of the gross regional product (GRDP) is from industry, construction aside.",
    ),
    _share(
        "industry_construction_share_of_grdp_pct",
        "Tỷ trọng công nghiệp - xây dựng trong GRDP",
        "Share of industry and construction in the gross regional product",
        "How much of the gross regional product (GRDP) is from industry and construction.",
    ),
    _share(
        "grid_electricity_households_pct",
        "Tỷ lệ hộ sử dụng điện lưới quốc gia",
        "Share of households on the national grid",
        "How many of all households use electricity of the national grid.",
    ),
)
_TRADE = (
    Indicator(
        _RETAIL,
        None,
        UnitOfMeasure.billion_vnd,
        "Tổng mức bán lẻ hàng hóa và doanh thu dịch vụ tiêu dùng",
        "Retail sales and revenue of services",
        "What consumers paid in the period for goods and services, at the prices of the time.",
        AddsUp.flow,
        price_base=PriceBase.current,
    ),
    _growth(
        "retail_and_services_growth_pct",
        "Tốc độ tăng tổng mức bán lẻ hàng hóa và doanh thu dịch vụ",
        "Growth of retail sales and revenue of services",
        "By how much retail sales and the revenue of services are above those of the year before.",
        growth_of=_RETAIL,
    ),
    Indicator(
        "trade_turnover",
        None,
        UnitOfMeasure.million_usd,
        "Tổng kim ngạch xuất nhập khẩu",
        "Foreign trade turnover",
        "Exports and imports of the province together, at the prices of the time.",
        AddsUp.flow,
        price_base=PriceBase.current,
    ),
    Indicator(
        "exports_value",
        None,
        UnitOfMeasure.million_usd,
        "Kim ngạch xuất khẩu",
        "Value of exports",
        "What the province exported in the period, at the prices of the time.",
        AddsUp.flow,
        price_base=PriceBase.current,
    ),
)
ECONOMY_INDICATORS: tuple[Indicator, ...] = (*_OUTPUTS, *_GROWTHS, *_SHARES, *_TRADE)
