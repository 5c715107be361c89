"""The state of a site: a zone, a cluster or a craft village (làng nghề)."""

from typing import Annotated

from app.core.vocabulary import (
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    GeometryAccuracy,
    LegalStatus,
    OccupancyDefinition,
    OperationStatus,
    PlanningStatus,
    SiteKind,
    Stage,
)
from app.subjects.attributes import Attribute, Origin, Tallied
from app.subjects.site_use import SiteUse
from app.subjects.states import PlacedState, State
from app.subjects.value_types import (
    Code,
    CodeValue,
    CountValue,
    DateValue,
    GeometryValue,
    HectaresOrZeroValue,
    HectaresValue,
    MoneyValue,
    OrganizationValue,
    PercentValue,
    PhaseValue,
)


class _Head(State):
    """What is always known of a site."""

    kind: Annotated[
        Code[SiteKind],
        Attribute(
            ("Loại hình", "Kind"),
            "Kind of site (loại hình)",
            origin=Origin.registered,
            codes="site_kind",
            filtered=True,
        ),
    ]
    stage: Annotated[
        Code[Stage],
        Attribute(
            ("Giai đoạn", "Stage"),
            "One word derived from the status tracks.",
            origin=Origin.derived,
            filtered=True,
            sorts=True,
            tallied=Tallied.counted,
        ),
    ]


class _Facts(PlacedState):
    """All but its use and the outline."""

    planning_status: Annotated[
        CodeValue[PlanningStatus],
        Attribute(
            ("Tình trạng quy hoạch", "Planning status"),
            "In a province plan (quy hoạch) or not",
            foreseeable=True,
            filtered=True,
            sorts=True,
            tallied=Tallied.counted,
        ),
    ] = None
    legal_status: Annotated[
        CodeValue[LegalStatus],
        Attribute(
            ("Tình trạng pháp lý", "Legal status"),
            "Established, expanded, abolished (thành lập, mở rộng, bãi bỏ)",
            filtered=True,
            sorts=True,
            tallied=Tallied.counted,
        ),
    ] = None
    investor: Annotated[
        OrganizationValue,
        Attribute(
            ("Chủ đầu tư hạ tầng", "Infrastructure investor"),
            "Organization that builds and runs the infrastructure (chủ đầu tư hạ tầng)",
            words=("chủ đầu tư", "investor"),
            foreseeable=True,
            two_lanes=True,
            filtered=True,
        ),
    ] = None
    managing_body: Annotated[
        OrganizationValue,
        Attribute(
            ("Cơ quan quản lý", "Managing body"),
            "Organization that manages the site (cơ quan quản lý)",
            foreseeable=True,
            two_lanes=True,
            filtered=True,
        ),
    ] = None
    area_ha: Annotated[
        HectaresValue,
        Attribute(
            ("Diện tích (ha)", "Area (ha)"),
            "The whole site as it stands, hectares (diện tích)",
            range="area",
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    planned_area_ha: Annotated[
        HectaresValue,
        Attribute(
            ("Diện tích quy hoạch (ha)", "Planned area (ha)"),
            "Area in the plan, hectares (diện tích quy hoạch)",
            foreseeable=True,
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    detailed_plan_area_ha: Annotated[
        HectaresValue,
        Attribute(
            ("Diện tích quy hoạch chi tiết (ha)", "Detailed plan area (ha)"),
            "Area in the 1/500 plan, hectares (quy hoạch chi tiết)",
            words=("diện tích quy hoạch chi tiết", "area of the detailed plan"),
            foreseeable=True,
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    industrial_land_ha: Annotated[
        HectaresValue,
        Attribute(
            ("Đất công nghiệp (ha)", "Industrial land (ha)"),
            "Industrial land, hectares (đất công nghiệp)",
            foreseeable=True,
            two_lanes=True,
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    service_land_ha: Annotated[
        HectaresOrZeroValue,
        Attribute(
            ("Đất dịch vụ (ha)", "Service land (ha)"),
            "Service land, hectares (đất dịch vụ)",
            foreseeable=True,
            two_lanes=True,
            tallied=Tallied.summed,
        ),
    ] = None
    leased_ha: Annotated[
        HectaresOrZeroValue,
        Attribute(
            ("Diện tích đã cho thuê (ha)", "Leased (ha)"),
            "Leased land, hectares (diện tích đã cho thuê)",
            words=("diện tích đã cho thuê", "leased land"),
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    leasable_ha: Annotated[
        HectaresOrZeroValue,
        Attribute(
            ("Diện tích có thể cho thuê (ha)", "Leasable (ha)"),
            "What can be leased under the definition of the day, hectares.",
            words=("diện tích có thể cho thuê", "leasable land"),
            origin=Origin.derived,
            tallied=Tallied.summed,
        ),
    ] = None
    stated_occupancy_pct: Annotated[
        PercentValue,
        Attribute(
            ("Tỷ lệ lấp đầy theo nguồn (%)", "Stated occupancy (%)"),
            "Occupancy where only a rate is stated, percent (tỷ lệ lấp đầy)",
            words=("tỷ lệ lấp đầy được nêu", "stated occupancy"),
        ),
    ] = None
    occupancy_definition: Annotated[
        CodeValue[OccupancyDefinition],
        Attribute(
            ("Cách tính tỷ lệ lấp đầy theo nguồn", "Definition of the stated occupancy"),
            "What the stated rate divides by",
            head="stated_occupancy_pct",
        ),
    ] = None
    occupancy_pct: Annotated[
        PercentValue,
        Attribute(
            ("Tỷ lệ lấp đầy (%)", "Occupancy (%)"),
            "Leased over leasable, percent; the stated rate where areas are unknown.",
            origin=Origin.derived,
            range="occupancy",
            sorts=True,
            tallied=Tallied.averaged,
        ),
    ] = None
    occupancy_pct_definition: Annotated[
        CodeValue[OccupancyDefinition],
        Attribute(
            ("Cách tính tỷ lệ lấp đầy", "Definition of occupancy"),
            "What occupancy_pct divides by.",
            origin=Origin.derived,
            codes="occupancy_definition",
            head="occupancy_pct",
            tallied=Tallied.defining,
        ),
    ] = None
    clearance_status: Annotated[
        CodeValue[ClearanceStatus],
        Attribute(
            ("Giải phóng mặt bằng", "Land clearance"),
            "Land clearance (giải phóng mặt bằng)",
            filtered=True,
            sorts=True,
            tallied=Tallied.counted,
        ),
    ] = None
    clearance_stage: Annotated[
        CodeValue[ClearanceStage],
        Attribute(
            ("Bước giải phóng mặt bằng", "Step of land clearance"),
            "Step of land clearance reached",
            filtered=True,
        ),
    ] = None
    clearance_phase: Annotated[
        PhaseValue,
        Attribute(
            ("Giai đoạn giải phóng mặt bằng", "Phase of land clearance"),
            "Phase of land clearance (giai đoạn)",
            ordinal=True,
        ),
    ] = None
    to_clear_ha: Annotated[
        HectaresOrZeroValue,
        Attribute(
            ("Diện tích cần giải phóng (ha)", "To clear (ha)"),
            "Land to clear, hectares",
            words=("diện tích phải giải phóng mặt bằng", "land to clear"),
            foreseeable=True,
            two_lanes=True,
            head="clearance_phase",
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    cleared_ha: Annotated[
        HectaresOrZeroValue,
        Attribute(
            ("Diện tích đã giải phóng (ha)", "Cleared (ha)"),
            "Land cleared and handed over, hectares",
            words=("diện tích đã giải phóng mặt bằng", "cleared land"),
            head="clearance_phase",
            sorts=True,
            tallied=Tallied.summed,
        ),
    ] = None
    clearance_pct: Annotated[
        PercentValue,
        Attribute(
            ("Tỷ lệ giải phóng mặt bằng (%)", "Cleared (%)"),
            "Cleared over to clear, percent.",
            origin=Origin.derived,
            sorts=True,
        ),
    ] = None
    affected_households: Annotated[
        CountValue,
        Attribute(
            ("Số hộ bị ảnh hưởng", "Affected households"),
            "Households affected (số hộ)",
            foreseeable=True,
            two_lanes=True,
            sorts=True,
        ),
    ] = None
    households_inventoried: Annotated[
        CountValue,
        Attribute(
            ("Số hộ đã kiểm đếm", "Households inventoried"),
            "Households whose land and assets are inventoried (số hộ đã kiểm đếm)",
        ),
    ] = None
    households_paid: Annotated[
        CountValue,
        Attribute(
            ("Số hộ đã chi trả bồi thường", "Households paid"),
            "Households that compensation is paid to (số hộ đã chi trả bồi thường)",
        ),
    ] = None
    paid_vnd: Annotated[
        MoneyValue,
        Attribute(
            ("Kinh phí bồi thường đã chi trả (đồng)", "Compensation paid (VND)"),
            "Compensation and support paid so far (kinh phí bồi thường đã chi trả), VND",
            sorts=True,
        ),
    ] = None
    infrastructure_investment_vnd: Annotated[
        MoneyValue,
        Attribute(
            ("Tổng mức đầu tư hạ tầng (đồng)", "Total investment in infrastructure (VND)"),
            "Total investment in the infrastructure as approved (tổng mức đầu tư), VND",
            foreseeable=True,
            sorts=True,
        ),
    ] = None
    construction_status: Annotated[
        CodeValue[ConstructionStatus],
        Attribute(
            ("Xây dựng hạ tầng", "Construction"),
            "Construction of the infrastructure (xây dựng hạ tầng)",
            filtered=True,
            sorts=True,
            tallied=Tallied.counted,
        ),
    ] = None
    operation_status: Annotated[
        CodeValue[OperationStatus],
        Attribute(
            ("Tình trạng hoạt động", "Operation"),
            "Operation (hoạt động)",
            filtered=True,
            sorts=True,
            tallied=Tallied.counted,
        ),
    ] = None
    expected_operation: Annotated[
        DateValue,
        Attribute(
            ("Dự kiến hoạt động", "Expected operation"),
            "When operation is expected to begin (dự kiến)",
            words=("thời điểm dự kiến hoạt động", "expected operation"),
            foreseeable=True,
            sorts=True,
        ),
    ] = None
    planned_increase_ha: Annotated[
        HectaresValue,
        Attribute(
            ("Điều chỉnh tăng (ha)", "Planned increase (ha)"),
            "By how much the plan was enlarged last, hectares (điều chỉnh tăng)",
            words=("diện tích tăng thêm theo quy hoạch", "planned increase"),
            foreseeable=True,
        ),
    ] = None


class Outlined(State):
    """The outline, which may be as large as a whole page of sites: lists do without."""

    geometry: Annotated[
        GeometryValue,
        Attribute(
            ("Ranh giới, vị trí", "Outline or point"),
            "Outline or point of the site, GeoJSON (ranh giới, vị trí)",
            foreseeable=True,
        ),
    ] = None


class _Accuracy(State):
    """What is known of the outline."""

    geometry_accuracy: Annotated[
        CodeValue[GeometryAccuracy],
        Attribute(
            ("Độ chính xác vị trí", "Accuracy of the place"),
            "How the outline or point was obtained (độ chính xác)",
            foreseeable=True,
            head="geometry",
        ),
    ] = None


class ListedSiteState(_Accuracy, SiteUse, _Facts, _Head):
    """What lists show of a site."""


class SiteFacts(_Accuracy, Outlined, SiteUse, _Facts):
    """What may be known of a site on a day."""


class SiteState(SiteFacts, _Head):
    """A site on a day."""
