"""The words for the codes of imports and proposals."""

from app.core.vocabulary import Code, CodeList

IMPORT_LISTS: tuple[CodeList, ...] = (
    CodeList(
        "draft_state",
        "Trạng thái bản nhập",
        "State of an import",
        (
            Code("draft", "Bản nháp", "Draft", "Nothing of it is recorded."),
            Code("committing", "Đang ghi", "Being committed"),
            Code("committed", "Đã ghi", "Committed"),
            Code("retracted", "Đã rút lại", "Retracted"),
            Code("failed", "Chưa ghi được", "Failed", "Nothing of it was recorded; commit again."),
        ),
    ),
    CodeList(
        "proposal_state",
        "Trạng thái đề xuất",
        "State of a proposal",
        (
            Code("submitted", "Chờ duyệt", "Submitted", "Nobody has decided on it yet."),
            Code("returned", "Trả lại", "Returned", "Its author may change it and submit again."),
            Code("approved", "Đã duyệt", "Approved", "It is recorded."),
            Code("withdrawn", "Đã rút", "Withdrawn", "Nothing will become of it."),
        ),
    ),
    CodeList(
        "gone",
        "Xử lý dòng không còn trong tệp mới",
        "What becomes of rows that a newer file does not have",
        (
            Code("keep", "Giữ nguyên", "Keep what was said"),
            Code("retract", "Rút lại", "Retract what was said"),
        ),
    ),
    CodeList(
        "import_row_concern",
        "Điều cần xem ở một dòng",
        "What there is to look at in a row",
        (
            Code("errors", "Lỗi", "Errors"),
            Code("warnings", "Cảnh báo", "Warnings"),
            Code("needs_confirmation", "Cần xác nhận", "To be confirmed"),
        ),
    ),
    CodeList(
        "import_row_role",
        "Vai trò của một dòng trong tệp",
        "What a row of a file is",
        (
            Code("data", "Dữ liệu", "Data"),
            Code("group", "Dòng nhóm", "Group"),
            Code("subtotal_group", "Dòng nhóm có cộng", "Group with its subtotal"),
            Code("total", "Dòng cộng", "Total"),
            Code("header", "Tiêu đề cột", "Header"),
            Code("numbering", "Dòng đánh số cột", "Numbers of the columns"),
            Code("title", "Tên bảng", "Title"),
            Code("form_title", "Tên biểu mẫu", "Title of the form"),
            Code("citation", "Căn cứ", "Document that is cited"),
            Code("reporter", "Đơn vị báo cáo", "Who reports"),
            Code("recipient", "Đơn vị nhận báo cáo", "Who receives the report"),
            Code("period", "Kỳ báo cáo", "Reporting period"),
            Code("unit", "Đơn vị tính", "Unit of measure"),
            Code("cutoff", "Thời điểm số liệu", "Date of the figures"),
            Code("note", "Ghi chú", "Note"),
            Code("footnote", "Chú thích", "Footnote"),
            Code("signature", "Chữ ký", "Signature"),
            Code("unnamed", "Dòng không có tên", "Row without a name"),
            Code("part", "Một phần của dòng trên", "Part of the row above"),
            Code("other_table", "Bảng khác", "Another table"),
            Code("hidden", "Dòng ẩn", "Hidden"),
            Code("left_out", "Được bỏ qua", "Left out"),
            Code("empty", "Dòng trống", "Empty"),
        ),
    ),
)
