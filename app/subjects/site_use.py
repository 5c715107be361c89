"""What goes on in a site: its tenants, what they earn and pay, the craft of a craft village."""

from typing import Annotated

from app.core.vocabulary import SiteKind, WastewaterTreatment
from app.subjects.attributes import Attribute
from app.subjects.states import State
from app.subjects.value_types import CodeValue, CountValue, DateValue, MoneyValue, TextValue

_CRAFT = frozenset({SiteKind.craft_village})


class SiteUse(State):
    """What is known of the use of a site on a day."""

    licensed_projects: Annotated[
        CountValue,
        Attribute(
            ("Số dự án được cấp phép", "Licensed projects"),
            "Secondary projects licensed in the site (dự án thứ cấp được cấp phép)",
        ),
    ] = None
    tenants: Annotated[
        CountValue,
        Attribute(
            ("Số dự án đầu tư sản xuất kinh doanh", "Tenants"),
            "Investment projects in the site (dự án đầu tư sản xuất kinh doanh)",
            words=("số dự án trong khu, cụm", "tenants"),
            sorts=True,
        ),
    ] = None
    tenants_foreign: Annotated[
        CountValue,
        Attribute(
            ("Số dự án có vốn đầu tư nước ngoài", "Tenants with foreign capital"),
            "Those of the tenants that have foreign capital (có vốn đầu tư nước ngoài)",
        ),
    ] = None
    tenants_operating: Annotated[
        CountValue,
        Attribute(
            ("Số dự án đang hoạt động", "Tenants in operation"),
            "Those of the tenants that operate (đang hoạt động)",
        ),
    ] = None
    workers: Annotated[
        CountValue,
        Attribute(
            ("Số lao động", "Workers"),
            "People who work in the site, or in the craft of a craft village (lao động)",
            sorts=True,
        ),
    ] = None
    revenue_vnd: Annotated[
        MoneyValue,
        Attribute(
            ("Doanh thu (đồng)", "Revenue (VND)"),
            "Revenue of the tenants in the reporting period (doanh thu), VND",
            sorts=True,
        ),
    ] = None
    budget_vnd: Annotated[
        MoneyValue,
        Attribute(
            ("Nộp ngân sách nhà nước (đồng)", "Contribution to the state budget (VND)"),
            "What the tenants paid into the state budget in the reporting period (nộp ngân sách), "
            "VND",
            sorts=True,
        ),
    ] = None
    wastewater_treatment: Annotated[
        CodeValue[WastewaterTreatment],
        Attribute(
            ("Xử lý nước thải tập trung", "Central wastewater treatment"),
            "Whether central treatment of wastewater is built, and complies "
            "(xử lý nước thải tập trung)",
            filtered=True,
        ),
    ] = None
    craft: Annotated[
        TextValue,
        Attribute(
            ("Nghề", "Craft"), "Craft of a craft village (nghề)", foreseeable=True, kinds=_CRAFT
        ),
    ] = None
    households: Annotated[
        CountValue,
        Attribute(
            ("Số hộ làm nghề", "Households in the craft"),
            "Households that practise the craft (số hộ)",
            words=("số hộ", "households"),
            kinds=_CRAFT,
        ),
    ] = None
    recognised_on: Annotated[
        DateValue,
        Attribute(
            ("Ngày công nhận", "Recognised on"),
            "When the craft village was recognised (công nhận), decree 52/2018",
            words=("thời điểm công nhận", "date of recognition"),
            kinds=_CRAFT,
        ),
    ] = None
