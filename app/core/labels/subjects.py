"""Labels of what sites and projects can be, and of what organizations are to them."""

from app.core.vocabulary import Code, CodeList

_CLUSTER_DECREE = "Nghị định 32/2024/NĐ-CP"
_ZONE_DECREE = "Nghị định 35/2022/NĐ-CP"
_REPORTING = "Thông tư 14/2024/TT-BCT"
_LAND_LAW = "Luật Đất đai 31/2024/QH15"
_PLANNING_LAW = "Luật Quy hoạch 21/2017/QH14"
SITE_LISTS = (
    CodeList(
        "site_kind",
        "Loại hình",
        "Kind of site",
        (
            Code(
                "zone",
                "Khu công nghiệp",
                "Industrial zone",
                "KCN. Its area has no upper limit; the zone management board looks after it.",
                _ZONE_DECREE,
            ),
            Code(
                "cluster",
                "Cụm công nghiệp",
                "Industrial cluster",
                "CCN. 10 to 75 ha, from 5 ha in mountain districts and for craft villages; the "
                "Department of Industry and Trade looks after it.",
                _CLUSTER_DECREE,
            ),
            Code(
                "craft_village",
                "Làng nghề",
                "Craft village",
                legal_source="Nghị định 52/2018/NĐ-CP",
            ),
        ),
    ),
    CodeList(
        "planning_status",
        "Tình trạng quy hoạch",
        "Planning status",
        (
            Code(
                "proposed",
                "Đề xuất quy hoạch",
                "Proposed",
                "Proposed for a province plan that does not list it yet.",
            ),
            Code(
                "planned",
                "Đã có trong quy hoạch",
                "Planned",
                "Listed in an approved province plan.",
                _PLANNING_LAW,
            ),
            Code(
                "removed",
                "Đã đưa ra khỏi quy hoạch",
                "Removed from the plan",
                "Listed in a province plan once, and taken out of it.",
            ),
        ),
    ),
    CodeList(
        "legal_status",
        "Tình trạng pháp lý",
        "Legal status",
        (
            Code("not_established", "Chưa thành lập", "Not established"),
            Code(
                "established",
                "Đã thành lập",
                "Established",
                "A cluster by the province's decision; a zone since 2022-07-15 by the decision on "
                "its investment.",
                f"{_CLUSTER_DECREE}; {_ZONE_DECREE}",
            ),
            Code(
                "expanded",
                "Đã mở rộng",
                "Expanded",
                "Established, and enlarged by a later decision.",
            ),
            Code("abolished", "Đã bãi bỏ", "Abolished"),
        ),
    ),
    CodeList(
        "clearance_status",
        "Tình trạng giải phóng mặt bằng",
        "Land clearance",
        (
            Code("not_started", "Chưa giải phóng mặt bằng", "Not started"),
            Code("in_progress", "Đang giải phóng mặt bằng", "In progress"),
            Code("completed", "Đã hoàn thành giải phóng mặt bằng", "Completed"),
            Code("suspended", "Tạm dừng giải phóng mặt bằng", "Suspended"),
        ),
    ),
    CodeList(
        "clearance_stage",
        "Bước giải phóng mặt bằng đã đạt",
        "Step of land clearance reached",
        (
            Code(
                "notified",
                "Đã thông báo thu hồi đất",
                "Land recovery notified",
                "The notice is valid for 12 months.",
                _LAND_LAW,
            ),
            Code(
                "inventory",
                "Đo đạc, kiểm đếm",
                "Land and assets being surveyed",
                "Measuring the land and counting what stands on it.",
                _LAND_LAW,
            ),
            Code(
                "plan_approved",
                "Đã phê duyệt phương án bồi thường, hỗ trợ, tái định cư",
                "Compensation plan approved",
                "The plan of compensation, support and resettlement; the decision to recover the "
                "land follows it.",
                _LAND_LAW,
            ),
            Code(
                "compensation",
                "Chi trả bồi thường, hỗ trợ",
                "Compensation being paid",
                legal_source=_LAND_LAW,
            ),
            Code(
                "handover",
                "Bàn giao mặt bằng",
                "Land being handed over",
                "Progress of land clearance is the land handed over divided by the land to clear.",
                _LAND_LAW,
            ),
        ),
    ),
    CodeList(
        "construction_status",
        "Tình trạng xây dựng hạ tầng kỹ thuật",
        "Construction of the infrastructure",
        (
            Code("not_started", "Chưa xây dựng hạ tầng", "Not started"),
            Code(
                "preparing",
                "Đang chuẩn bị đầu tư hạ tầng",
                "In preparation",
                "Feasibility study, environmental approval and the like; not yet construction.",
            ),
            Code("in_progress", "Đang xây dựng hạ tầng", "In progress"),
            Code("completed", "Đã hoàn thành hạ tầng", "Completed"),
        ),
    ),
    CodeList(
        "operation_status",
        "Tình trạng hoạt động",
        "Operation",
        (
            Code(
                "not_operating",
                "Chưa hoạt động",
                "Not operating",
                "Also of a site whose land is all leased while its plants are being built.",
            ),
            Code("trial", "Vận hành thử", "Trial operation"),
            Code("operating", "Đang hoạt động", "Operating", "Plants in the site produce."),
            Code("suspended", "Tạm ngừng hoạt động", "Suspended"),
            Code("closed", "Đã chấm dứt hoạt động", "Closed"),
        ),
    ),
    CodeList(
        "wastewater_treatment",
        "Xử lý nước thải tập trung",
        "Central wastewater treatment",
        (
            Code("not_built", "Chưa đầu tư", "Not built"),
            Code("under_construction", "Đang đầu tư xây dựng", "Under construction"),
            Code("built", "Đã đầu tư xây dựng", "Built", legal_source=_REPORTING),
            Code(
                "compliant",
                "Đã đầu tư, đạt tiêu chuẩn môi trường",
                "Built and compliant",
                "What it discharges meets the environmental standard.",
                _REPORTING,
            ),
        ),
    ),
    CodeList(
        "occupancy_definition",
        "Cách tính tỷ lệ lấp đầy",
        "Definition of occupancy",
        (
            Code(
                "ccn",
                "Cụm công nghiệp: trên đất công nghiệp theo quy hoạch chi tiết",
                "Cluster: over the industrial land of its detailed plan",
                "Leased land divided by the industrial land of the 1/500 plan.",
                _CLUSTER_DECREE,
            ),
            Code(
                "kcn_2018",
                "Khu công nghiệp, trước ngày 15/7/2022: trên đất công nghiệp",
                "Zone, before 2022-07-15: over industrial land",
                "Leased land divided by industrial land.",
                "Nghị định 82/2018/NĐ-CP",
            ),
            Code(
                "kcn_2022",
                "Khu công nghiệp, từ ngày 15/7/2022: trên đất công nghiệp và đất dịch vụ",
                "Zone, since 2022-07-15: over industrial and service land",
                "Leased land divided by industrial and service land.",
                _ZONE_DECREE,
            ),
            Code(
                "as_stated",
                "Theo nguồn, không nêu cách tính",
                "As stated, definition not given",
            ),
        ),
    ),
    CodeList(
        "geometry_accuracy",
        "Độ chính xác của ranh giới, vị trí",
        "Accuracy of the geometry",
        (
            Code("surveyed", "Đo đạc", "Surveyed", "Measured on the ground."),
            Code("digitised", "Số hóa từ bản đồ", "Digitised", "Drawn from a map or an image."),
            Code(
                "commune_point",
                "Điểm đại diện của xã",
                "Point of the commune",
                "Where the site is in its commune is unknown; exports say so where they fall back "
                "to this point.",
            ),
        ),
    ),
    CodeList(
        "stage",
        "Giai đoạn",
        "Stage",
        (
            Code(
                "closed",
                "Đã bãi bỏ hoặc chấm dứt hoạt động",
                "Closed",
                "Abolished, or its operation is closed. The first stage that applies counts.",
            ),
            Code("suspended", "Tạm dừng hoạt động", "Suspended", "Its operation is suspended."),
            Code("operating", "Đang hoạt động", "Operating", "Operating, or in trial operation."),
            Code(
                "construction",
                "Xây dựng hạ tầng",
                "Construction",
                "The infrastructure is being built or is completed.",
            ),
            Code(
                "clearance",
                "Giải phóng mặt bằng",
                "Land clearance",
                "Land clearance is under way, suspended or completed.",
            ),
            Code("established", "Đã thành lập", "Established", "Established or expanded."),
            Code("planned", "Đã có trong quy hoạch", "Planned"),
            Code("proposed", "Đề xuất quy hoạch", "Proposed"),
            Code(
                "removed",
                "Đã đưa ra khỏi quy hoạch",
                "Removed from the plan",
                "Removed from the plan, and no other stage applies.",
            ),
            Code("unknown", "Chưa rõ", "Unknown", "No status is known that gives a stage."),
        ),
    ),
)


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
