"""Labels of figures, units, prices, groupings, severities, principals and audit actions."""

from app.core.vocabulary import Code, CodeList

ACCESS_LISTS = (
    CodeList(
        "principal_role",
        "Vai trò người dùng",
        "Role",
        (
            Code("reader", "Người đọc", "Reader", "May read where reading is not public."),
            Code(
                "contributor",
                "Người đề xuất",
                "Contributor",
                "May propose what editors of the provinces named then decide.",
            ),
            Code("editor", "Biên tập viên", "Editor", "May write for the provinces named."),
            Code("auditor", "Kiểm toán viên", "Auditor", "May read the audit log as well."),
            Code("administrator", "Quản trị viên", "Administrator", "May do everything."),
        ),
    ),
    CodeList(
        "audit_action",
        "Sự kiện kiểm toán",
        "Audited event",
        (
            Code("refused", "Từ chối yêu cầu", "Request refused"),
            Code("key_created", "Cấp khóa", "Key made"),
            Code("key_revoked", "Thu hồi khóa", "Key revoked"),
            Code("signed_in", "Đăng nhập", "Signed in"),
            Code("signed_out", "Đăng xuất", "Signed out"),
            Code("proposal_submitted", "Gửi đề xuất", "Proposal submitted"),
            Code("proposal_returned", "Trả lại đề xuất", "Proposal returned"),
            Code("proposal_withdrawn", "Rút đề xuất", "Proposal withdrawn"),
            Code("proposal_approved", "Duyệt đề xuất", "Proposal approved"),
        ),
    ),
    CodeList(
        "erasable_type",
        "Nội dung có thể xóa",
        "What something can be erased of",
        (
            Code("statement", "Thông tin", "Statement"),
            Code("source", "Văn bản", "Document"),
            Code("organization", "Tổ chức", "Organization"),
            Code("site", "Khu, cụm", "Site"),
            Code("project", "Dự án", "Project"),
            Code("revision", "Lần ghi", "Revision"),
            Code("import", "Lần nhập tệp", "Import"),
            Code("proposal", "Đề xuất", "Proposal"),
        ),
    ),
)
FIGURE_LISTS = (
    CodeList(
        "language",
        "Ngôn ngữ của nhãn",
        "Language of labels",
        (
            Code("vi", "Tiếng Việt", "Vietnamese"),
            Code("en", "Tiếng Anh", "English"),
        ),
    ),
    CodeList(
        "unit",
        "Đơn vị tính",
        "Unit of a value",
        (
            Code("count", "Số lượng", "Count"),
            Code("ha", "Héc-ta", "Hectares"),
            Code("pct", "Phần trăm", "Percent"),
            Code("vnd", "Đồng", "VND"),
            Code("billion_vnd", "Tỷ đồng", "Billion VND"),
            Code("million_usd", "Triệu đô la Mỹ", "Million USD"),
        ),
    ),
    CodeList(
        "price_base",
        "Giá dùng để tính",
        "Price base",
        (
            Code("current", "Giá hiện hành", "Current prices", "Prices of the period itself."),
            Code(
                "constant_2010",
                "Giá so sánh 2010",
                "Constant prices of 2010",
                "Growth in volume is counted at these.",
                "Thông tư 02/2012/TT-BKHĐT",
            ),
        ),
    ),
    CodeList(
        "implication_rule",
        "Cách suy ra giá trị",
        "How a value is implied",
        (
            Code(
                "growth",
                "Từ mức tăng so với năm trước",
                "Growth",
                "The level of a year and its growth imply the level of the year before.",
            ),
            Code(
                "pct_of_target",
                "Từ tỷ lệ so với mục tiêu",
                "Percent of target",
                "A value that is so much of a target implies the target.",
            ),
        ),
    ),
    CodeList(
        "adds_up",
        "Cách cộng dồn",
        "How values add up",
        (
            Code(
                "flow",
                "Cộng được theo tỉnh và theo kỳ",
                "Flow",
                "Adds up over provinces and over periods, as output does.",
            ),
            Code(
                "stock",
                "Cộng được theo tỉnh, không cộng theo kỳ",
                "Stock",
                "Adds up over provinces but not over periods, as numbers of sites do.",
            ),
            Code(
                "ratio",
                "Không cộng được",
                "Ratio",
                "Does not add up: the value of a whole is a weighted mean at best.",
            ),
        ),
    ),
    CodeList(
        "severity",
        "Mức độ của phát hiện",
        "Severity of a finding",
        (
            Code(
                "error",
                "Lỗi",
                "Error",
                "Two facts cannot both be true, or a rule is broken.",
            ),
            Code(
                "warning",
                "Cảnh báo",
                "Warning",
                "Two facts are unlikely to be both true.",
            ),
            Code("info", "Cần hỏi lại", "Information", "Something to ask about."),
        ),
    ),
    CodeList(
        "higher",
        "Số nào lớn hơn",
        "Which figure is the greater",
        (
            Code("stated", "Số công bố", "Stated"),
            Code("computed", "Số hệ thống tính", "Computed", "Computed from the sites."),
            Code("neither", "Bằng nhau", "Neither"),
        ),
    ),
    CodeList(
        "remainder_qualifier",
        "Mức độ chính xác của số liệu tính được",
        "Exactness of what is computed",
        (
            Code("exact", "Đúng bằng", "Exactly"),
            Code("about", "Khoảng", "About", "A figure that it is computed from is not exact."),
            Code(
                "at_most",
                "Nhiều nhất",
                "At most",
                "A figure that it is computed from is a ceiling, or one that it is less by is "
                "unknown.",
            ),
            Code(
                "at_least",
                "Ít nhất",
                "At least",
                "A figure that it is computed from is a lower bound.",
            ),
        ),
    ),
    CodeList(
        "boundaries",
        "Địa giới hành chính áp dụng",
        "Boundaries to report by",
        (
            Code("then", "Địa giới tại thời điểm báo cáo", "Units of that day"),
            Code("now", "Địa giới hiện nay", "Units of today"),
        ),
    ),
    CodeList(
        "unknown",
        "Đã có thông tin hay chưa",
        "Whether a value is known",
        (
            Code("null", "Chưa có thông tin", "Unknown"),
            Code("not_null", "Đã có thông tin", "Known"),
        ),
    ),
    CodeList(
        "unit_level",
        "Cấp hành chính",
        "Level of an administrative unit",
        (
            Code("province", "Cấp tỉnh", "Province"),
            Code(
                "district",
                "Cấp huyện",
                "District",
                "Until 2025-07-01, when the level ended.",
                "Nghị quyết 203/2025/QH15",
            ),
            Code("commune", "Cấp xã", "Commune"),
        ),
    ),
    CodeList(
        "group_key",
        "Tiêu chí phân nhóm",
        "What to group figures by",
        (
            Code("country", "Cả nước", "Country", "The whole, not grouped by anything else."),
            Code("kind", "Loại hình", "Kind of site", "Kinds are always kept apart."),
            Code("province_code", "Tỉnh", "Province"),
            Code("stage", "Giai đoạn", "Stage"),
            Code("planning_status", "Tình trạng quy hoạch", "Planning status"),
            Code("legal_status", "Tình trạng pháp lý", "Legal status"),
            Code("clearance_status", "Tình trạng giải phóng mặt bằng", "Land clearance"),
            Code(
                "construction_status",
                "Tình trạng xây dựng hạ tầng kỹ thuật",
                "Construction of the infrastructure",
            ),
            Code("operation_status", "Tình trạng hoạt động", "Operation"),
        ),
    ),
    CodeList(
        "step",
        "Khoảng cách giữa các ngày của chuỗi",
        "Distance between the dates of a series",
        (
            Code("month", "Một tháng", "One month"),
            Code("quarter", "Một quý", "One quarter"),
            Code("half_year", "Nửa năm", "Half a year"),
            Code("year", "Một năm", "One year"),
        ),
    ),
)
