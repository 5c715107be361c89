"""Labels of how something is stated: sources, subjects, dates, exactness, types of values."""

from app.core.vocabulary import AUTHORITY, Code, CodeList, SourceKind

SOURCE_KINDS = {
    SourceKind.law: ("Luật", "Law"),
    SourceKind.decree: ("Nghị định", "Decree"),
    SourceKind.resolution: ("Nghị quyết", "Resolution"),
    SourceKind.decision: ("Quyết định", "Decision"),
    SourceKind.conclusion: ("Kết luận", "Conclusion"),
    SourceKind.programme: ("Chương trình, đề án", "Programme"),
    SourceKind.plan: ("Kế hoạch, quy hoạch", "Plan"),
    SourceKind.report: ("Báo cáo", "Report"),
    SourceKind.article: ("Bài báo", "Article"),
}
"""What kinds of documents are called, in Vietnamese and English."""


def _source_kind(kind: SourceKind) -> Code:
    rule = "the higher wins among statements of one attribute with the same effective date"
    return Code(kind.value, *SOURCE_KINDS[kind], f"Authority {AUTHORITY[kind]}: {rule}.")


_SUBJECTS = (
    Code("site", "Khu công nghiệp, cụm công nghiệp hoặc làng nghề", "Site"),
    Code("project", "Dự án đầu tư thứ cấp", "Project"),
    Code("province", "Tỉnh, thành phố trực thuộc trung ương", "Province"),
    Code("source", "Văn bản", "Document"),
)
STATEMENT_LISTS = (
    CodeList(
        "subject_type",
        "Đối tượng của thông tin",
        "Subject of a statement",
        _SUBJECTS,
    ),
    CodeList(
        "change_type",
        "Loại thay đổi",
        "Type of change",
        (
            Code("registered", "Đăng ký", "Registered"),
            Code("corrected", "Đính chính", "Corrected"),
            Code("merged", "Nhập vào tổ chức khác", "Merged into another organization"),
            Code("stated", "Ghi nhận thông tin", "Stated", "A statement about it was recorded."),
            Code("retracted", "Rút lại thông tin", "Retracted", "A statement was retracted."),
            Code("withdrawn", "Đưa ra khỏi sổ đăng ký", "Withdrawn"),
        ),
    ),
    CodeList(
        "change_subject_type",
        "Đối tượng của thay đổi",
        "Subject of a change",
        (*_SUBJECTS, Code("organization", "Tổ chức", "Organization")),
    ),
    CodeList(
        "source_kind",
        "Loại văn bản",
        "Kind of source",
        tuple(_source_kind(kind) for kind in SourceKind),
    ),
    CodeList(
        "document_status",
        "Tình trạng của văn bản",
        "Status of a policy document",
        (
            Code("drafting", "Dự thảo", "Draft"),
            Code("approved", "Đã phê duyệt", "Approved", "Approved, and not yet in force."),
            Code("in_force", "Có hiệu lực", "In force"),
            Code("expired", "Hết hiệu lực", "Expired"),
        ),
    ),
    CodeList(
        "basis",
        "Tính chất của thông tin",
        "Basis of a statement",
        (
            Code("actual", "Thực hiện", "Actual", "It is or was so."),
            Code("estimate", "Ước thực hiện", "Estimate", "Ước, ước đạt: estimated to be so."),
            Code("plan", "Kế hoạch", "Plan", "It is planned or expected (dự kiến)."),
            Code("target", "Mục tiêu", "Target", "It is aimed at (phấn đấu)."),
        ),
    ),
    CodeList(
        "date_basis",
        "Căn cứ xác định ngày",
        "How a date is known",
        (
            Code("stated", "Nguồn nêu rõ", "Stated by the source"),
            Code(
                "publication",
                "Theo ngày của văn bản",
                "Date of the document",
                "What is stated was so at that date at the latest.",
            ),
            Code("inferred", "Suy ra từ nội dung", "Concluded from the text"),
        ),
    ),
    CodeList(
        "lane",
        "Hiện trạng hay quy hoạch",
        "What is, or what is planned",
        (
            Code("actual", "Hiện trạng", "What is"),
            Code("planned", "Theo quy hoạch, mục tiêu", "What is planned beside it"),
        ),
    ),
    CodeList(
        "date_precision",
        "Độ chính xác của ngày",
        "Precision of a date",
        (
            Code("year", "Biết năm", "Year", "2024: takes effect on the first day of the year."),
            Code("quarter", "Biết quý", "Quarter", "2024-Q4: takes effect on its first day."),
            Code("month", "Biết tháng", "Month", "2024-06: takes effect on its first day."),
            Code("day", "Biết ngày", "Day", "2024-06-30."),
        ),
    ),
    CodeList(
        "qualifier",
        "Mức độ chính xác của con số",
        "Exactness of a number",
        (
            Code("exact", "Đúng bằng", "Exactly"),
            Code("about", "Khoảng", "About"),
            Code("over", "Trên, hơn", "Over"),
            Code("at_least", "Tối thiểu", "At least"),
            Code("up_to", "Lên đến, tối đa", "Up to"),
            Code("range", "Từ … đến …", "Range", "From value to value_to."),
        ),
    ),
    CodeList(
        "trend",
        "Xu hướng so với kỳ trước",
        "Trend against the period before",
        (
            Code("rising", "Tăng", "Rising"),
            Code("steady", "Ổn định", "Steady"),
            Code("falling", "Giảm", "Falling"),
        ),
    ),
    CodeList(
        "value_type",
        "Kiểu giá trị của thuộc tính",
        "Type of an attribute's value",
        (
            Code("text", "Chuỗi ký tự", "Text"),
            Code("texts", "Danh sách chuỗi ký tự", "List of texts"),
            Code("code", "Mã trong danh mục", "Code", "One of the codes of a list."),
            Code(
                "unit",
                "Mã đơn vị hành chính",
                "Administrative unit",
                "Official code as text, with its leading zeros: 06.",
            ),
            Code(
                "organization",
                "Tổ chức",
                "Organization",
                "Id of a registered organization; see /v1/organizations.",
            ),
            Code("site", "Khu, cụm", "Site", "Id of a registered site; see /v1/sites."),
            Code("hectares", "Diện tích (héc-ta)", "Hectares", "With at most four decimals."),
            Code("percent", "Tỷ lệ phần trăm", "Percent", "46.77 is 46.77 %."),
            Code("quantity", "Số lượng", "Quantity", "In a unit given beside it; four decimals."),
            Code("count", "Số đếm", "Count", "A whole number."),
            Code("vnd", "Số tiền (đồng)", "Sum of money", "Whole VND."),
            Code(
                "partial_date",
                "Ngày, tháng, quý hoặc năm",
                "Partial date",
                "2024, 2024-Q4, 2024-06 or 2024-06-30 (ISO 8601 with reduced precision).",
            ),
            Code(
                "geometry",
                "Hình học (điểm, vùng)",
                "Geometry",
                "A Point, Polygon or MultiPolygon (GeoJSON, RFC 7946).",
            ),
        ),
    ),
)
