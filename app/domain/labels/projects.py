"""Labels of what a project can be, and of what organizations are in statements."""

from app.domain.labels.lists import Code, CodeList

_INVESTMENT_LAW = "Luật Đầu tư 61/2020/QH14"

PROJECT_LISTS = (
    CodeList(
        "licence_status",
        "Tình trạng cấp phép đầu tư",
        "Investment licence",
        (
            Code(
                "policy_approved",
                "Đã chấp thuận chủ trương đầu tư",
                "Investment policy approved",
                "The authority agrees to the project in principle; the certificate comes after.",
                _INVESTMENT_LAW,
            ),
            Code(
                "licensed",
                "Đã cấp giấy chứng nhận đăng ký đầu tư",
                "Investment certificate granted",
                "Giấy chứng nhận đầu tư in older documents.",
                _INVESTMENT_LAW,
            ),
            Code(
                "revoked",
                "Đã thu hồi giấy chứng nhận đầu tư",
                "Investment certificate revoked",
                legal_source=_INVESTMENT_LAW,
            ),
        ),
    ),
    CodeList(
        "project_operation_status",
        "Tình trạng triển khai dự án",
        "Progress of a project",
        (
            Code("preparing", "Đang chuẩn bị đầu tư", "In preparation"),
            Code("under_construction", "Đang xây dựng", "Under construction"),
            Code("trial", "Đang chạy thử", "Trial operation"),
            Code("operating", "Đang hoạt động", "Operating"),
            Code(
                "idle",
                "Tạm ngừng, chưa hoạt động trở lại",
                "Idle",
                "Stopped, and not taken up again yet.",
            ),
            Code("closed", "Đã chấm dứt hoạt động", "Closed"),
        ),
    ),
    CodeList(
        "capacity_period",
        "Kỳ tính công suất thiết kế",
        "Period of a design capacity",
        (
            Code("year", "Mỗi năm", "Per year"),
            Code("month", "Mỗi tháng", "Per month"),
            Code("day", "Mỗi ngày", "Per day"),
        ),
    ),
    CodeList(
        "organization_role",
        "Vai trò của tổ chức",
        "Role of an organization",
        (
            Code(
                "infrastructure_developer",
                "Chủ đầu tư hạ tầng",
                "Infrastructure developer",
                "Builds and runs the infrastructure of a site.",
            ),
            Code("managing_body", "Cơ quan quản lý", "Managing body", "Manages a site."),
            Code(
                "project_investor",
                "Nhà đầu tư dự án thứ cấp",
                "Investor of a project",
                "Invests in a secondary project, as a rule a plant in a site.",
            ),
            Code("issuer", "Cơ quan ban hành", "Issuing authority", "Issues a document."),
            Code(
                "approver",
                "Cơ quan phê duyệt",
                "Approving authority",
                "Approves or adopts a document.",
            ),
        ),
    ),
)
