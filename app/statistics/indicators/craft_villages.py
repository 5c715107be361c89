"""The indicators of craft villages (làng nghề): how many are recognised, by group, and their work.

Groups follow the report of a province: processed products, traditional crafts and handicraft art.
None has a computed counterpart: the register lists craft villages whether recognised or not.
"""

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, SiteKind
from app.statistics.indicators.indicator import Indicator


def _count(
    code: str, name_vi: str, name_en: str, meaning: str, part_of: str | None, part_group: str
) -> Indicator:
    return Indicator(
        f"craft_village_{code}_count",
        SiteKind.craft_village,
        UnitOfMeasure.number,
        name_vi,
        name_en,
        meaning,
        AddsUp.stock,
        part_of=part_of and f"craft_village_{part_of}_count",
        part_group=part_group,
    )


CRAFT_VILLAGE_INDICATORS: tuple[Indicator, ...] = (
    _count(
        "recognised",
        "Số làng nghề, làng nghề truyền thống được công nhận",
        "Number of recognised craft villages",
        "How many craft villages the province has recognised and not struck off.",
        None,
        "",
    ),
    _count(
        "processed_products",
        "Số làng nghề chế biến nông, lâm sản, thực phẩm",
        "Number of recognised craft villages that process products",
        "Recognised craft villages that process food, drink and products of farm and forest.",
        "recognised",
        "group",
    ),
    _count(
        "traditional",
        "Số làng nghề sản xuất hàng thủ công truyền thống",
        "Number of recognised craft villages of traditional wares",
        "Recognised craft villages that make wares of wood, bamboo, clay or cloth.",
        "recognised",
        "group",
    ),
    _count(
        "handicraft_art",
        "Số làng nghề thủ công mỹ nghệ",
        "Number of recognised craft villages of handicraft art",
        "Recognised craft villages that make ornamental pieces.",
        "recognised",
        "group",
    ),
    _count(
        "bamboo_rattan",
        "Số làng nghề mây tre đan",
        "Number of recognised craft villages of bamboo and rattan",
        "Those of the traditional wares that weave bamboo and rattan.",
        "traditional",
        "craft",
    ),
    _count(
        "brocade",
        "Số làng nghề dệt thổ cẩm",
        "Number of recognised craft villages of brocade",
        "Those of the traditional wares that weave brocade.",
        "traditional",
        "craft",
    ),
    _count(
        "ornamental_stone",
        "Số làng nghề đá cảnh",
        "Number of recognised craft villages of ornamental stone",
        "Those of handicraft art that work ornamental stone alone.",
        "handicraft_art",
        "craft",
    ),
    _count(
        "driftwood_stone",
        "Số làng nghề gỗ lũa, đá cảnh",
        "Number of recognised craft villages of driftwood and ornamental stone",
        "Those of handicraft art that work driftwood along with ornamental stone.",
        "handicraft_art",
        "craft",
    ),
    _count(
        "workers",
        "Số lao động trong làng nghề",
        "Number of workers in craft villages",
        "How many people work in the crafts of the craft villages.",
        None,
        "",
    ),
)
