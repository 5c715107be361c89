"""Secondary investment projects (dự án thứ cấp): their state, and their definition."""

from typing import Annotated

from app.core.vocabulary import CapacityPeriod, LicenceStatus, ProjectOperationStatus
from app.subjects.attributes import Attribute
from app.subjects.definitions import SubjectDefinition
from app.subjects.state_machine import PROJECT_STATES
from app.subjects.states import PlacedState
from app.subjects.value_types import (
    CodeValue,
    DateValue,
    MoneyValue,
    OrganizationValue,
    QuantityValue,
    SiteValue,
    TextValue,
    UnitTextValue,
)


class ProjectState(PlacedState):
    """What is known of a project on a day."""

    site: Annotated[
        SiteValue,
        Attribute(
            ("Khu, cụm công nghiệp", "Site"),
            "The zone or cluster it is in, by id",
            foreseeable=True,
            filtered=True,
            sorts=True,
        ),
    ] = None
    investor: Annotated[
        OrganizationValue,
        Attribute(
            ("Chủ đầu tư", "Investor"),
            "Organization that invests in the project (nhà đầu tư)",
            foreseeable=True,
            filtered=True,
            sorts=True,
        ),
    ] = None
    product: Annotated[
        TextValue,
        Attribute(("Sản phẩm", "Product"), "What it is to produce (sản phẩm)", foreseeable=True),
    ] = None
    licence_status: Annotated[
        CodeValue[LicenceStatus],
        Attribute(
            ("Tình trạng cấp phép đầu tư", "Investment licence"),
            "Investment policy approved, licensed, revoked (chấp thuận, cấp phép, thu hồi)",
            filtered=True,
            sorts=True,
        ),
    ] = None
    operation_status: Annotated[
        CodeValue[ProjectOperationStatus],
        Attribute(
            ("Tình trạng triển khai dự án", "Progress of the project"),
            "From preparation to operation (tình trạng hoạt động)",
            codes="project_operation_status",
            filtered=True,
            sorts=True,
        ),
    ] = None
    design_capacity: Annotated[
        QuantityValue,
        Attribute(
            ("Công suất thiết kế", "Design capacity"),
            "Design capacity (công suất thiết kế), in design_capacity_unit",
            foreseeable=True,
            sorts=True,
        ),
    ] = None
    design_capacity_unit: Annotated[
        UnitTextValue,
        Attribute(
            ("Đơn vị công suất", "Unit of capacity"),
            "Unit of the design capacity, as in t, m3, pairs",
            foreseeable=True,
            head="design_capacity",
        ),
    ] = None
    design_capacity_period: Annotated[
        CodeValue[CapacityPeriod],
        Attribute(
            ("Kỳ tính công suất", "Period of capacity"),
            "Period of the design capacity; null where the source names none",
            words=("kỳ tính công suất", "period of capacity"),
            foreseeable=True,
            codes="capacity_period",
            head="design_capacity",
        ),
    ] = None
    registered_capital_vnd: Annotated[
        MoneyValue,
        Attribute(
            ("Vốn đăng ký (đồng)", "Registered capital (VND)"),
            "Registered capital (vốn đăng ký), VND",
            foreseeable=True,
            sorts=True,
        ),
    ] = None
    total_investment_vnd: Annotated[
        MoneyValue,
        Attribute(
            ("Tổng mức đầu tư (đồng)", "Total investment (VND)"),
            "Total investment (tổng mức đầu tư), own and borrowed capital, VND",
            foreseeable=True,
            sorts=True,
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


DEFINITION = SubjectDefinition(
    ProjectState,
    labels=("Dự án đầu tư thứ cấp", "Project"),
    described="Secondary investment projects (dự án thứ cấp).",
    example="du-an-khu-lien-hop-gang-thep",
    state_machine=PROJECT_STATES,
)
