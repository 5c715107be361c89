"""Labels of access: what principals are, and what the audit log tells of."""

from app.domain.labels.lists import Code, CodeList

ACCESS_LISTS = (
    CodeList(
        "principal_role",
        "Vai trò người dùng",
        "Role",
        (
            Code("reader", "Người đọc", "Reader", "May read where reading is not public."),
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
        ),
    ),
)
